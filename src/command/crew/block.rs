//! Bytes that follow each other in a file, with what has been made of their lines ahead.

use std::sync::mpsc::Sender;

use memchr::{memchr, memchr_iter, memrchr};
use simdutf8::basic::from_utf8;

use super::mappers::Work;
use super::{Mapper, On};
use crate::record::RawItem;
use crate::source::saved::plain_item;

/// Bytes a block may have: few enough to hold some of them, many enough that handing them on costs
/// nothing.
const SIZE: usize = 256 << 10;

/// Lines of a block of which something is made ahead. What is made of the shortest takes hundreds of
/// times their bytes.
const MOST: usize = 128;

/// The way back to a thread. Each gets back the hundreds of values it has made of an entry, to
/// drop them itself: when threads free what others have allocated, all of them wait for the
/// allocator, and two are no faster than one.
pub(super) enum Home<T> {
    /// The one that reads.
    Reader(Sender<Block<T>>),
    /// One that maps.
    Mapper(Sender<Work<T>>),
}

/// A part of a file. It ends with a line, unless that is longer than a block or the file's last.
pub(super) struct Block<T> {
    room: Vec<u8>,
    len: usize,
    /// Lines in the file before it.
    pub(super) lines_before: u64,
    /// How many more entries than lines there were before it, as far as was known.
    pub(super) surplus: i64,
    /// In the order of the lines.
    pub(super) ready: Vec<Ready<T>>,
    /// To whom it goes back, the first of them last.
    homes: Vec<Home<T>>,
}

/// A line of which something has been made.
pub(super) struct Ready<T> {
    /// Where it begins in its block.
    pub(super) start: usize,
    /// Where it ends, its line end included.
    pub(super) end: usize,
    /// What its number is if every line before it is an entry.
    pub(super) number: u64,
    pub(super) raw: RawItem,
    pub(super) made: T,
}

impl<T> Block<T> {
    pub(super) fn new() -> Self {
        Self {
            room: vec![0; SIZE],
            len: 0,
            lines_before: 0,
            surplus: 0,
            ready: Vec::new(),
            homes: Vec::new(),
        }
    }

    /// Sees to it that it comes back once nobody needs it.
    pub(super) fn lend(&mut self, home: Home<T>) {
        self.homes.push(home);
    }

    /// Goes back to whoever lent it last, or is dropped where that thread is gone.
    pub(super) fn go_home(mut self) {
        match self.homes.pop() {
            Some(Home::Reader(home)) => drop(home.send(self)),
            Some(Home::Mapper(home)) => drop(home.send(Work::Spent(self))),
            None => {}
        }
    }

    /// Drops what was made of its lines.
    pub(super) fn forget(&mut self) {
        self.ready.clear();
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.room[..self.len]
    }

    /// Begins with these bytes, of which there are fewer than it has room for.
    pub(super) fn begin(&mut self, bytes: &[u8]) {
        self.room[..bytes.len()].copy_from_slice(bytes);
        self.len = bytes.len();
    }

    /// The room for more bytes; none where it is full.
    pub(super) fn room(&mut self) -> &mut [u8] {
        &mut self.room[self.len..]
    }

    /// So many bytes have been put into its room.
    pub(super) fn grow(&mut self, count: usize) {
        self.len += count;
    }

    /// Leaves what stands behind its last line end to another; nothing where it has none.
    pub(super) fn cut(&mut self, rest: &mut Vec<u8>) {
        if let Some(end) = memrchr(b'\n', self.bytes()) {
            rest.extend_from_slice(&self.bytes()[end + 1..]);
            self.len = end + 1;
        }
    }

    pub(super) fn lines(&self) -> usize {
        memchr_iter(b'\n', self.bytes()).count()
    }

    /// Makes what can be made of its lines. Where the first is no plain item it is taken for
    /// something else than a file of such lines.
    pub(super) fn map<M: Mapper<Made = T>>(&mut self, mapper: &M) {
        let mut number = self.lines_before.wrapping_add_signed(self.surplus);
        let mut start = 0;
        while let Some(length) = memchr(b'\n', &self.bytes()[start..])
            && self.ready.len() < MOST
        {
            let line = from_utf8(&self.bytes()[start..start + length]);
            let item = line.ok().and_then(|line| plain_item(line, mapper.texts()));
            let end = start + length + 1;
            match item {
                Some(mut raw) => self.ready.push(Ready {
                    start,
                    end,
                    number,
                    made: mapper.map(&mut raw, number, On::Helper),
                    raw,
                }),
                None if self.ready.is_empty() => return,
                None => {}
            }
            (start, number) = (end, number + 1);
        }
    }
}
