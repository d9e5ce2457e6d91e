//! Reads a file ahead, block by block, and maps those for which there is time.

use std::io::{self, ErrorKind, Read};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel};

use super::block::{Block, Home};
use super::mappers::Mappers;
use super::{Mapper, Next, Signs};

/// Blocks in the queue that keep the thread that takes them busy for as long as one is mapped.
const ENOUGH: usize = 2;

/// The thread that reads.
pub(super) struct Reader<'a, R, T> {
    input: R,
    is_eager: bool,
    signs: &'a Signs,
    /// The beginning of a line whose end has not been read.
    rest: Vec<u8>,
    lines: u64,
    home: Sender<Block<T>>,
    /// Blocks that have come back.
    spent: Receiver<Block<T>>,
}

impl<'a, R: Read, T: Send> Reader<'a, R, T> {
    pub(super) fn new(input: R, is_eager: bool, signs: &'a Signs) -> Self {
        let (home, spent) = channel();
        Self {
            input,
            is_eager,
            signs,
            rest: Vec::new(),
            lines: 0,
            home,
            spent,
        }
    }

    /// Puts block after block into the queue, until the input ends or nobody takes any more.
    pub(super) fn run<M: Mapper<Made = T>>(
        mut self,
        queue: &SyncSender<Next<T>>,
        mut mappers: Mappers<T>,
        mapper: &M,
    ) {
        let mut is_over = false;
        while !is_over {
            let mut block = self.block();
            let filled = self.fill(&mut block);
            is_over = !matches!(filled, Ok(true));
            let part = if mappers.is_empty() {
                Some(self.mapped(block, mapper))
            } else {
                mappers.give(block)
            };
            let is_taken = part.is_some_and(|part| self.hand(part, queue));
            if let Err(error) = filled {
                self.hand(Next::Failed(error), queue);
            }
            is_over |= !is_taken;
        }
    }

    fn hand(&self, part: Next<T>, queue: &SyncSender<Next<T>>) -> bool {
        self.signs.waiting.fetch_add(1, Ordering::Relaxed);
        queue.send(part).is_ok()
    }

    /// Maps a block while enough others wait in the queue; else whoever takes it has to.
    fn mapped<M: Mapper<Made = T>>(&self, mut block: Block<T>, mapper: &M) -> Next<T> {
        if self.signs.waiting.load(Ordering::Relaxed) > ENOUGH {
            block.map(mapper);
        }
        Next::Here(block)
    }

    /// One that has come back, or a new one.
    fn block(&mut self) -> Block<T> {
        let mut block = self.spent.try_recv().unwrap_or_else(|_| Block::new());
        block.forget();
        block.lend(Home::Reader(self.home.clone()));
        block
    }

    /// Fills a block up to its last line end; whether there may be more after it.
    fn fill(&mut self, block: &mut Block<T>) -> io::Result<bool> {
        block.begin(&self.rest);
        self.rest.clear();
        let read = self.read(block);
        if let Ok(true) = read {
            block.cut(&mut self.rest);
        }
        block.lines_before = self.lines;
        block.surplus = self.signs.surplus.load(Ordering::Relaxed);
        self.lines += block.lines() as u64;
        read
    }

    /// Reads until a block is full, or a line has ended that is waited for; false at the end.
    fn read(&mut self, block: &mut Block<T>) -> io::Result<bool> {
        loop {
            let room = block.room();
            if room.is_empty() {
                return Ok(true);
            }
            match self.input.read(room) {
                Ok(0) => return Ok(false),
                Ok(count) => {
                    let has_line = room[..count].contains(&b'\n');
                    block.grow(count);
                    if self.is_eager && has_line {
                        return Ok(true);
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
