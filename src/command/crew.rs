//! Entries of a file, read by one thread, mapped by others, and handed back in the file's order.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use crate::record::RawItem;
use crate::source::saved::{self, Outcome};

/// Bytes of entries that go from thread to thread together: few enough to hold some of them, many
/// enough that handing them on costs nothing.
const BATCH: usize = 256 << 10;
/// Batches a thread that may wait in the queue.
const ROOM: usize = 2;

/// Makes something of the entry of that number, counted from 0, on that thread.
type Map<'a, T> = dyn Fn(&mut RawItem, u64, On) -> T + Sync + 'a;
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

/// Entries on their way, in the order of the file.
enum Batch<T> {
    /// Still to be mapped, by whoever takes them.
    Raw(Items),
    /// Mapped by the thread that read them.
    Mapped(Vec<(RawItem, T)>),
    /// In the hands of a thread that maps them.
    Soon(Receiver<Lent<T>>),
}

/// Entries that follow each other, and the number of the first.
struct Items {
    first: u64,
    list: Vec<RawItem>,
}

/// Mapped entries, and the way back to the thread that mapped them.
type Lent<T> = (Vec<(RawItem, T)>, Home);

/// Where a thread gets back the hundreds of values it has made of each entry, to drop them itself:
/// when threads free what others have allocated, all of them wait for the allocator, and two are no
/// faster than one.
type Home = mpsc::Sender<Box<dyn Send>>;

/// Entries to be mapped, and where they go then.
type Task<T> = (Items, SyncSender<Lent<T>>);

impl Crew {
    /// Reads `input` to its end, or until `take` breaks.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub(super) fn read<T: Send + 'static>(
        self,
        input: Box<dyn Read + Send>,
        map: &Map<'_, T>,
        take: &mut Take<'_, T>,
    ) -> io::Result<Outcome> {
        if self.threads < 2 {
            let mut next = 0;
            return saved::read(input, &mut |mut raw| {
                let number = next;
                next += 1;
                let mut made = map(&mut raw, number, On::Taker);
                take(&raw, &mut made)
            });
        }
        // Besides the one that reads and this one, which writes.
        let mappers = self.threads - 2;
        thread::scope(|scope| {
            let (queue, batches) = sync_channel(ROOM * self.threads);
            let (tasks, todo) = channel::<Task<T>>();
            let todo = Arc::new(Mutex::new(todo));
            for _ in 0..mappers {
                let todo = Arc::clone(&todo);
                scope.spawn(move || map_all(&todo, map));
            }
            // Only those who map have it, so that nobody hands them anything once they are gone.
            drop(todo);
            let (home, spent) = channel();
            let waiting = Arc::new(AtomicUsize::new(0));
            let belt = Belt {
                queue,
                waiting: Arc::clone(&waiting),
                spent,
                tasks: (mappers > 0).then_some(tasks),
                map,
                first: Cell::new(0),
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
    fn hand_out<T: Send>(
        self,
        input: Box<dyn Read + Send>,
        belt: &Belt<'_, T>,
    ) -> io::Result<Outcome> {
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
struct Belt<'a, T> {
    queue: SyncSender<Batch<T>>,
    /// Batches in the queue.
    waiting: Arc<AtomicUsize>,
    /// What was taken and has come back.
    spent: Receiver<Box<dyn Send>>,
    /// The way to the threads that map, where there are any.
    tasks: Option<mpsc::Sender<Task<T>>>,
    map: &'a Map<'a, T>,
    /// The number of the next entry.
    first: Cell<u64>,
    /// Enough waits in the queue, so the next batch is read and mapped by this thread.
    has_time: Cell<bool>,
}

impl<T: Send> Belt<'_, T> {
    /// Puts entries into the queue, and into the hands of a mapper where there are any. Where
    /// there are none, whoever has time maps: this thread while enough waits in the queue, else
    /// the one that takes them out of it.
    fn hand(&self, list: Vec<RawItem>) -> ControlFlow<()> {
        self.spent.try_iter().for_each(drop);
        let first = self.first.get();
        self.first.set(first + list.len() as u64);
        let items = Items { first, list };
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

    /// Entries as they go into the queue; none once all who map are gone.
    fn batch(&self, items: Items) -> Option<Batch<T>> {
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
fn map_all<T: Send>(todo: &Mutex<Receiver<Task<T>>>, map: &Map<'_, T>) {
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
fn take_all<T: Send + 'static>(
    batches: &Receiver<Batch<T>>,
    waiting: &AtomicUsize,
    map: &Map<'_, T>,
    take: &mut Take<'_, T>,
    home: &Home,
) {
    for batch in batches {
        waiting.fetch_sub(1, Ordering::Relaxed);
        let taken = match batch {
            Batch::Raw(mut items) => {
                let mut each = |(raw, number): (&mut RawItem, u64)| {
                    let mut made = map(raw, number, On::Taker);
                    take(raw, &mut made)
                };
                let taken = items
                    .list
                    .iter_mut()
                    .zip(items.first..)
                    .try_for_each(&mut each);
                let _ = home.send(Box::new(items));
                taken
            }
            Batch::Mapped(entries) => take_mapped((entries, home.clone()), take),
            // Who was to map it is gone, and with it what would have to come first.
            Batch::Soon(soon) => match soon.recv() {
                Ok(lent) => take_mapped(lent, take),
                Err(_) => ControlFlow::Break(()),
            },
        };
        if taken.is_break() {
            return;
        }
    }
}

fn take_mapped<T: Send + 'static>(
    (mut entries, home): Lent<T>,
    take: &mut Take<'_, T>,
) -> ControlFlow<()> {
    let mut entry = |(raw, made): &mut (RawItem, T)| take(raw, made);
    let taken = entries.iter_mut().try_for_each(&mut entry);
    let _ = home.send(Box::new(entries));
    taken
}

fn mapped<T>(items: Items, map: &Map<'_, T>) -> Vec<(RawItem, T)> {
    let mapped = |(mut raw, number): (RawItem, u64)| {
        let made = map(&mut raw, number, On::Helper);
        (raw, made)
    };
    items
        .list
        .into_iter()
        .zip(items.first..)
        .map(mapped)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Crew;
    use crate::record::{Lane, Mapped, Record, Sighting};
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

    /// The ids and their places in the order they were handed out, up to the one at which it was enough.
    fn ids(threads: usize, is_eager: bool, count: u64, enough: usize) -> (Vec<String>, u64) {
        let mut ids = Vec::new();
        let crew = Crew { threads, is_eager };
        let outcome = crew.read(
            Box::new(Cursor::new(lines(count))),
            &|raw, number, _| {
                let sighting = Sighting {
                    position: number + 1,
                    ..SIGHTING
                };
                Record::from_read(raw, &sighting)
            },
            &mut |_, mapped| {
                ids.push(match mapped {
                    Ok(Mapped { record, .. }) => {
                        format!("{} at {}", record.aweme_id, record.collection.position)
                    }
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

    #[test]
    fn nothing_is_taken_behind_an_entry_whose_mapping_panics() {
        let lines = |count: u64| -> Vec<u8> {
            let line = |number| {
                format!(
                    "{{\"id\":\"{number}\",\"video\":{{}},\"desc\":\"{}\"}}\n",
                    "x".repeat(9_000)
                )
            };
            (0..count).map(line).collect::<String>().into_bytes()
        };
        for threads in [1, 2, 3, 5] {
            let taken = std::sync::Mutex::new(Vec::new());
            let run = || {
                let crew = Crew {
                    threads,
                    is_eager: false,
                };
                crew.read(
                    Box::new(Cursor::new(lines(3_000))),
                    &|_, number, _| {
                        assert_ne!(number, 1_000);
                        number
                    },
                    &mut |_, number| {
                        taken.lock().unwrap().push(*number);
                        ControlFlow::Continue(())
                    },
                )
            };
            assert!(std::panic::catch_unwind(run).is_err(), "{threads}");
            let taken = taken.into_inner().unwrap();
            assert!(taken.len() <= 1_000, "{threads}: {}", taken.len());
            assert!(taken.iter().copied().eq(0..taken.len() as u64), "{threads}");
        }
    }
}
