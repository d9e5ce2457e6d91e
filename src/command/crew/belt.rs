//! The bytes of a file as they come from the thread that reads it ahead, with what has been made
//! of its lines.

use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;

use super::block::Block;
use super::taker::Taker;
use super::{Mapper, Next, Signs};
use crate::source::saved::Ahead;

/// Block after block.
pub(super) struct Belt<'a, 't, M: Mapper> {
    /// None once a part was lost: what follows it is not what comes next.
    parts: Option<Receiver<Next<M::Made>>>,
    taker: &'a Taker<'a, 't, M>,
    signs: &'a Signs,
    block: Option<Block<M::Made>>,
    /// Bytes of the block that have been taken.
    at: usize,
    /// Lines of which something was made that have been passed.
    passed: usize,
}

impl<'a, 't, M: Mapper> Belt<'a, 't, M> {
    pub(super) fn new(
        parts: Receiver<Next<M::Made>>,
        taker: &'a Taker<'a, 't, M>,
        signs: &'a Signs,
    ) -> Self {
        Self {
            parts: Some(parts),
            taker,
            signs,
            block: None,
            at: 0,
            passed: 0,
        }
    }

    fn left(&self) -> &[u8] {
        let block = self.block.as_ref();
        block.map_or(&[], |block| &block.bytes()[self.at..])
    }

    /// Gives the block back and takes the next; false at the end, or where whoever had the next one
    /// is gone.
    fn turn(&mut self) -> io::Result<bool> {
        if let Some(block) = self.block.take() {
            block.go_home();
        }
        (self.at, self.passed) = (0, 0);
        let Some(Ok(part)) = self.parts.as_ref().map(Receiver::recv) else {
            return Ok(false);
        };
        self.signs.waiting.fetch_sub(1, Ordering::Relaxed);
        self.block = match part {
            Next::Here(block) => Some(block),
            Next::Soon(soon) => soon.recv().ok(),
            Next::Failed(error) => return Err(error),
        };
        let is_here = self.block.is_some();
        self.parts = self.parts.take().filter(|_| is_here);
        Ok(is_here)
    }
}

impl<M: Mapper> BufRead for Belt<'_, '_, M> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.left().is_empty() && self.turn()? {}
        Ok(self.left())
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
        let ready = self.block.iter().flat_map(|block| &block.ready);
        let behind = ready.skip(self.passed).take_while(|it| it.start < self.at);
        self.passed += behind.count();
    }
}

impl<M: Mapper> Read for Belt<'_, '_, M> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl<M: Mapper> Ahead for Belt<'_, '_, M> {
    fn item(&self) -> Option<usize> {
        let ready = self.block.as_ref()?.ready.get(self.passed)?;
        (ready.start == self.at).then_some(ready.end - ready.start)
    }

    fn take_item(&mut self) -> ControlFlow<()> {
        let Some(block) = &mut self.block else {
            return ControlFlow::Continue(());
        };
        let (taken, off) = self.taker.ready(&mut block.ready[self.passed]);
        if off != 0 {
            let surplus = block.surplus + off;
            self.signs.surplus.store(surplus, Ordering::Relaxed);
        }
        taken
    }
}
