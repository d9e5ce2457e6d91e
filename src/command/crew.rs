//! Entries of a file, read by one thread, mapped by others, and handed back in the file's order.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use crate::record::{Malformed, Mapped, RawItem};
use crate::source::saved;

/// Bytes of entries that go from thread to thread together: few enough to hold some of them, many
/// enough that handing them on costs nothing.
const BATCH: usize = 256 << 10;
/// Batches a thread that may wait in the queue.
const ROOM: usize = 2;

/// What became of an entry.
type Outcome = Result<Mapped, Malformed>;
/// An entry and what became of it.
type Entry = (RawItem, Outcome);

/// Maps one entry.
type Map<'a> = dyn Fn(&mut RawItem) -> Outcome + Sync + 'a;
/// Takes one that is mapped; a break ends the reading.
type Take<'a> = dyn FnMut(&RawItem, &mut Outcome) -> ControlFlow<()> + 'a;

/// The threads of an import, this one included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crew {
    /// How many.
    pub(super) threads: usize,
    /// Whether each entry goes on at once, without waiting for others.
    pub(super) is_eager: bool,
}

/// Entries on their way, in the order of the file.
enum Batch {
    /// Still to be mapped, by whoever takes them.
    Raw(Vec<RawItem>),
    /// Mapped by the thread that read them.
    Mapped(Vec<Entry>),
    /// In the hands of a thread that maps them.
    Soon(Receiver<Lent>),
}

/// Mapped entries, and the way back to the thread that mapped them.
type Lent = (Vec<Entry>, Home);

/// Where a thread gets back what it has made, to drop it itself: when threads free what others have
/// allocated, all of them wait for the allocator, and two are no faster than one.
type Home = mpsc::Sender<Box<dyn Send>>;

/// Entries to be mapped, and where they go then.
type Task = (Vec<RawItem>, SyncSender<Lent>);

impl Crew {
    /// Reads `input` to its end, or until `take` breaks.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub(super) fn read(
        self,
        input: Box<dyn Read + Send>,
        map: &Map<'_>,
        take: &mut Take<'_>,
    ) -> io::Result<saved::Outcome> {
        if self.threads < 2 {
            return saved::read(input, &mut |mut raw| {
                let mut outcome = map(&mut raw);
                take(&raw, &mut outcome)
            });
        }
        // Besides the one that reads and this one, which writes.
        let mappers = self.threads - 2;
        thread::scope(|scope| {
            let (queue, batches) = sync_channel(ROOM * self.threads);
            let (tasks, todo) = channel::<Task>();
            let todo = Arc::new(Mutex::new(todo));
            for _ in 0..mappers {
                let todo = Arc::clone(&todo);
                scope.spawn(move || map_all(&todo, map));
            }
            let (home, spent) = channel();
            let waiting = Arc::new(AtomicUsize::new(0));
            let belt = Belt {
                queue,
                waiting: Arc::clone(&waiting),
                spent,
                tasks: (mappers > 0).then_some(tasks),
                map,
                has_time: Cell::new(false),
            };
            let reader = scope.spawn(move || self.hand_out(input, &belt));
            take_all(&batches, &waiting, map, take, &home);
            // A reader that waits for room sees that nobody takes any more.
            drop(batches);
            reader
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Reads entries into batches.
    fn hand_out(self, input: Box<dyn Read + Send>, belt: &Belt<'_>) -> io::Result<saved::Outcome> {
        let (mut items, mut bytes) = (Vec::new(), 0);
        let room = if self.is_eager { 0 } else { BATCH };
        let mut sink = |raw: RawItem| {
            bytes += raw.json.len();
            items.push(raw);
            if bytes < room {
                return ControlFlow::Continue(());
            }
            bytes = 0;
            belt.hand(std::mem::take(&mut items))
        };
        let outcome = saved::read_with_help(input, &mut sink, &belt.has_time);
        // Nobody takes the rest where somebody said to stop.
        let _ = belt.hand(items);
        outcome
    }
}

/// Where the thread that reads puts what it has read.
struct Belt<'a> {
    queue: SyncSender<Batch>,
    /// Batches in the queue.
    waiting: Arc<AtomicUsize>,
    /// What was taken and has come back.
    spent: Receiver<Box<dyn Send>>,
    /// The way to the threads that map, where there are any.
    tasks: Option<mpsc::Sender<Task>>,
    map: &'a Map<'a>,
    /// Enough waits in the queue, so the next batch is read and mapped by this thread.
    has_time: Cell<bool>,
}

impl Belt<'_> {
    /// Puts entries into the queue, and into the hands of a mapper where there are any. Where
    /// there are none, whoever has time maps: this thread while enough waits in the queue, else
    /// the one that takes them out of it.
    fn hand(&self, items: Vec<RawItem>) -> ControlFlow<()> {
        self.spent.try_iter().for_each(drop);
        let handed = self.batch(items).map(|batch| {
            let waiting = self.waiting.fetch_add(1, Ordering::Relaxed) + 1;
            self.has_time.set(self.tasks.is_none() && waiting > ROOM);
            self.queue.send(batch).is_ok()
        });
        match handed {
            Some(true) => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }

    /// Entries as they go into the queue; none once nobody maps them any more.
    fn batch(&self, items: Vec<RawItem>) -> Option<Batch> {
        if self.has_time.get() {
            return Some(Batch::Mapped(mapped(items, self.map)));
        }
        let Some(tasks) = &self.tasks else {
            return Some(Batch::Raw(items));
        };
        let (done, soon) = sync_channel(1);
        tasks.send((items, done)).ok()?;
        Some(Batch::Soon(soon))
    }
}

/// Maps batch after batch until no more come.
fn map_all(todo: &Mutex<Receiver<Task>>, map: &Map<'_>) {
    let (home, spent) = channel::<Box<dyn Send>>();
    loop {
        let next = todo.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((items, done)) = next else {
            return;
        };
        spent.try_iter().for_each(drop);
        // Nobody waits for it any more where the reading was ended.
        let _ = done.send((mapped(items, map), home.clone()));
    }
}

/// Takes every batch. What a thread has sent it gets back, unless it is gone.
fn take_all(
    batches: &Receiver<Batch>,
    waiting: &AtomicUsize,
    map: &Map<'_>,
    take: &mut Take<'_>,
    home: &Home,
) {
    for batch in batches {
        waiting.fetch_sub(1, Ordering::Relaxed);
        let taken = match batch {
            Batch::Raw(mut items) => {
                let mut each = |raw: &mut RawItem| {
                    let mut outcome = map(raw);
                    take(raw, &mut outcome)
                };
                let taken = items.iter_mut().try_for_each(&mut each);
                let _ = home.send(Box::new(items));
                taken
            }
            Batch::Mapped(entries) => take_mapped((entries, home.clone()), take),
            Batch::Soon(soon) => soon
                .into_iter()
                .try_for_each(|lent| take_mapped(lent, take)),
        };
        if taken.is_break() {
            return;
        }
    }
}

fn take_mapped((mut entries, home): Lent, take: &mut Take<'_>) -> ControlFlow<()> {
    let mut entry = |(raw, outcome): &mut Entry| take(raw, outcome);
    let taken = entries.iter_mut().try_for_each(&mut entry);
    let _ = home.send(Box::new(entries));
    taken
}

fn mapped(items: Vec<RawItem>, map: &Map<'_>) -> Vec<Entry> {
    let mapped = |mut raw: RawItem| {
        let outcome = map(&mut raw);
        (raw, outcome)
    };
    items.into_iter().map(mapped).collect()
}

#[cfg(test)]
mod tests {
    use super::Crew;
    use crate::record::{Lane, Record, Sighting};
    use std::io::Cursor;
    use std::ops::ControlFlow;

    const SIGHTING: Sighting<'_> = Sighting {
        query: None,
        lane: Lane::Import,
        position: 1,
        collected_at: None,
        hashtag_feed: None,
    };

    /// So many lines of items, some of which are none.
    fn lines(count: u64) -> Vec<u8> {
        let line = |number: u64| match number % 7 {
            3 => "{\"itemList\":[{\"desc\":\"no id\"}],\"hasMore\":true}\n".to_owned(),
            _ => format!(
                "{{\"itemList\":[{{\"id\":\"{}\",\"desc\":\"{}\",\"video\":{{}},\"stats\":{{}}}}]}}\n",
                7_300_000_000_000_000_000 + number,
                "x".repeat(3_000)
            ),
        };
        (0..count).map(line).collect::<String>().into_bytes()
    }

    /// The ids in the order they were handed out, up to the one at which it was enough.
    fn ids(threads: usize, is_eager: bool, count: u64, enough: usize) -> (Vec<String>, u64) {
        let mut ids = Vec::new();
        let crew = Crew { threads, is_eager };
        let outcome = crew.read(
            Box::new(Cursor::new(lines(count))),
            &|raw| Record::from_read(raw, &SIGHTING),
            &mut |_, mapped| {
                ids.push(match mapped {
                    Ok(mapped) => mapped.record.aweme_id.clone(),
                    Err(malformed) => malformed.to_string(),
                });
                match ids.len() {
                    len if len == enough => ControlFlow::Break(()),
                    _ => ControlFlow::Continue(()),
                }
            },
        );
        (ids, outcome.unwrap().items)
    }

    #[test]
    fn any_number_of_threads_gives_the_same_in_the_same_order() {
        let (one, items) = ids(1, false, 1_500, usize::MAX);
        assert_eq!((one.len(), items), (1_500, 1_500));
        assert!(
            one.iter().any(|id| id.starts_with("73000000000000014")),
            "{one:?}"
        );
        for threads in [2, 3, 5] {
            for is_eager in [false, true] {
                let many = ids(threads, is_eager, 1_500, usize::MAX);
                assert!(many.0 == one && many.1 == items, "{threads}");
            }
        }
    }

    #[test]
    fn enough_is_enough_with_any_number_of_threads() {
        for threads in [1, 2, 4] {
            let (some, items) = ids(threads, false, 5_000, 10);
            assert_eq!(some.len(), 10, "{threads}");
            assert!(items < 5_000, "{threads} threads read all of it");
        }
    }
}
