//! The entries of a file, taken in its order by the thread that writes, while others read the
//! file ahead of it and map what they can of it.

mod belt;
mod block;
mod mappers;
mod over;
mod reader;
mod taker;
#[cfg(test)]
mod tests;

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicI64, AtomicUsize};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use crate::record::RawItem;
use crate::source::saved::{self, Outcome, Texts};
use belt::Belt;
use block::Block;
use mappers::Mappers;
use over::Over;
use reader::Reader;
use taker::Taker;

/// Blocks that may wait to be taken.
const ROOM: usize = 8;
/// Threads that map: more than the one that takes can keep busy, for it has a fourth of the work.
const MAPPERS: usize = 6;

/// Makes something of entries, on any thread.
pub(super) trait Mapper: Sync {
    /// What becomes of an entry.
    type Made: Send;

    /// What is made of the entry of that number, counted from 0.
    fn map(&self, raw: &mut RawItem, number: u64, on: On) -> Self::Made;

    /// Corrects the number of one that was made before its place was known.
    fn renumber(&self, made: &mut Self::Made, number: u64);

    /// Whether whoever takes the entries needs their texts.
    fn texts(&self) -> Texts;
}

/// Takes an entry and what was made of it; a break ends the reading.
type Take<'a, T> = dyn FnMut(&RawItem, &mut T) -> ControlFlow<()> + 'a;

/// On which thread an entry is mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    /// The one that takes it.
    Taker,
    /// Another.
    Helper,
}

/// The threads of an import, this one included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crew {
    /// How many.
    pub(super) threads: usize,
    /// Whether each entry goes on at once, without waiting for others.
    pub(super) is_eager: bool,
}

/// What comes next in the file.
enum Next<T> {
    /// A part of it.
    Here(Block<T>),
    /// A part in the hands of a thread that maps it.
    Soon(Receiver<Block<T>>),
    /// It cannot be read any further.
    Failed(io::Error),
}

/// What the thread that takes tells the one that reads.
#[derive(Debug, Default)]
struct Signs {
    /// Parts in the queue.
    waiting: AtomicUsize,
    /// How many more entries there were than lines, so far.
    surplus: AtomicI64,
}

impl Crew {
    /// Reads `input` to its end, or until `take` breaks. Once nobody wants more of it, `over` is
    /// called, perhaps twice: it is to end the wait for more.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub(super) fn read<M: Mapper>(
        self,
        input: Box<dyn Read + Send>,
        over: impl Fn(),
        mapper: &M,
        take: &mut Take<'_, M::Made>,
    ) -> io::Result<Outcome> {
        let (head, opened) = saved::open(input)?;
        let mut take = |raw: &RawItem, made: &mut M::Made| {
            let taken = take(raw, made);
            if taken.is_break() {
                over();
            }
            taken
        };
        let taker = Taker::new(mapper, &mut take);
        let mut sink = |raw| taker.entry(raw);
        if self.threads < 2 {
            return saved::read_opened((head, opened), mapper.texts(), &mut sink);
        }
        let signs = &Signs::default();
        // Besides the one that reads and this one, which writes.
        let count = MAPPERS.min(self.threads - 2);
        thread::scope(|scope| {
            let _over = Over(&over);
            let (queue, next) = sync_channel(ROOM);
            let mappers = Mappers::start(count, mapper, scope);
            let reader = Reader::new(opened, self.is_eager, signs);
            scope.spawn(move || reader.run(&queue, mappers, mapper));
            let belt = Belt::new(next, &taker, signs);
            saved::read_opened((head, belt), mapper.texts(), &mut sink)
        })
    }
}
