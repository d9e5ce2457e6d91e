//! Takes the entries of a file in its order, whoever has mapped them.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use super::block::Ready;
use super::{Mapper, On, Take};
use crate::record::RawItem;

/// Numbers the entries and hands them on.
pub(super) struct Taker<'a, 't, M: Mapper> {
    mapper: &'a M,
    take: RefCell<&'a mut Take<'t, M::Made>>,
    next: Cell<u64>,
}

impl<'a, 't, M: Mapper> Taker<'a, 't, M> {
    pub(super) fn new(mapper: &'a M, take: &'a mut Take<'t, M::Made>) -> Self {
        Self {
            mapper,
            take: RefCell::new(take),
            next: Cell::new(0),
        }
    }

    /// Maps an entry and takes it.
    pub(super) fn entry(&self, mut raw: RawItem) -> ControlFlow<()> {
        let number = self.next.get();
        let mut made = self.mapper.map(&mut raw, number, On::Taker);
        self.take(&raw, &mut made)
    }

    /// Takes an entry that was mapped ahead; by how much its number was wrong.
    pub(super) fn ready(&self, ready: &mut Ready<M::Made>) -> (ControlFlow<()>, i64) {
        let number = self.next.get();
        let off = number.wrapping_sub(ready.number).cast_signed();
        if off != 0 {
            self.mapper.renumber(&mut ready.made, number);
        }
        (self.take(&ready.raw, &mut ready.made), off)
    }

    fn take(&self, raw: &RawItem, made: &mut M::Made) -> ControlFlow<()> {
        self.next.set(self.next.get() + 1);
        self.take.borrow_mut()(raw, made)
    }
}
