use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::{Crew, Mapper, On};
use crate::record::{Lane, Malformed, Mapped, RawItem, Record, Sighting};
use crate::source::saved::Texts;

const THREADS: [usize; 4] = [1, 2, 3, 5];

/// Makes records, and panics at the entry of one number.
struct Maker {
    panics_at: u64,
    /// Entries that were mapped ahead of the thread that takes them.
    ahead: AtomicU64,
    /// Entries whose number turned out to be another.
    renumbered: AtomicU64,
}

impl Maker {
    fn new(panics_at: u64) -> Self {
        Self {
            panics_at,
            ahead: AtomicU64::new(0),
            renumbered: AtomicU64::new(0),
        }
    }
}

impl Mapper for Maker {
    type Made = Result<Mapped, Malformed>;

    fn map(&self, raw: &mut RawItem, number: u64, on: On) -> Self::Made {
        self.ahead.fetch_add((on == On::Helper).into(), Relaxed);
        assert_ne!(number, self.panics_at);
        let sighting = Sighting {
            query: None,
            lane: Lane::Import,
            position: number + 1,
            collected_at: None,
            hashtag_feed: None,
        };
        Record::from_read(raw, &sighting)
    }

    fn renumber(&self, made: &mut Self::Made, number: u64) {
        self.renumbered.fetch_add(1, Relaxed);
        if let Ok(mapped) = made {
            mapped.record.collection.position = number + 1;
        }
    }

    fn texts(&self) -> Texts {
        Texts::Dropped
    }
}

/// Gives so many bytes a read at most.
struct Drip<R>(R, usize);

impl<R: Read> Read for Drip<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(self.1);
        self.0.read(&mut into[..most])
    }
}

fn item(number: u64, length: usize) -> String {
    let (id, desc) = (7_300_000_000_000_000_000 + number, "x".repeat(length));
    format!(r#"{{"id":"{id}","video":{{}},"desc":"{desc}"}}"#)
}

/// Lines of items, and among them whatever else a file may have.
fn mixed(count: u64) -> Vec<u8> {
    let line = |number: u64| match number % 200 {
        3 => "{\"itemList\":[{\"desc\":\"no id\"}],\"hasMore\":true}\n".to_owned(),
        50 => format!(
            "{{\"itemList\":[\n{},\n{}\n]}}\n",
            item(number, 9),
            item(number, 8)
        ),
        90 => "\n \n".to_owned(),
        91 => "broken {\n".to_owned(),
        110 => format!("  {}\r\n", item(number, 3_000)),
        130 => format!("{}{}\n", item(number, 10), item(number, 20)),
        150 => item(number, 300_000) + "\n",
        170 => format!("{{\"aweme_id\":\"{number}\",\"author\":{{}}}}\n"),
        _ => item(number, 3_000) + "\n",
    };
    (0..count).map(line).collect::<String>().into_bytes()
}

/// What was taken, in its order.
fn taken(crew: Crew, input: impl Read + Send + 'static, enough: usize) -> (Vec<String>, String) {
    made(&Maker::new(u64::MAX), crew, input, enough)
}

/// The same, made by `maker`.
fn made(
    maker: &Maker,
    crew: Crew,
    input: impl Read + Send + 'static,
    enough: usize,
) -> (Vec<String>, String) {
    let mut taken = Vec::new();
    let outcome = crew.read(Box::new(input), || {}, maker, &mut |_, mapped| {
        taken.push(match mapped {
            Ok(Mapped { record, .. }) => {
                format!("{} at {}", record.aweme_id, record.collection.position)
            }
            Err(malformed) => malformed.to_string(),
        });
        match taken.len() {
            len if len == enough => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    });
    (taken, format!("{outcome:?}"))
}

fn crew(threads: usize, is_eager: bool) -> Crew {
    Crew { threads, is_eager }
}

#[test]
fn any_number_of_threads_gives_the_same_in_the_same_order() {
    let lines = mixed(1_500);
    let one = taken(crew(1, false), Cursor::new(lines.clone()), usize::MAX);
    assert_eq!(one.0.len(), 1_499, "{}", one.1);
    assert!(one.0.iter().any(|it| it.starts_with("73000000000000014")));
    for threads in &THREADS[1..] {
        for (is_eager, bytes) in [(false, usize::MAX), (true, usize::MAX), (true, 10_007)] {
            let input = Drip(Cursor::new(lines.clone()), bytes);
            let many = taken(crew(*threads, is_eager), input, usize::MAX);
            assert!(many == one, "{threads}, {is_eager}, {bytes}: {}", many.1);
        }
    }
}

#[test]
fn threads_that_map_are_ahead_and_corrected() {
    for threads in [3, 5, 40] {
        let maker = Maker::new(u64::MAX);
        let input = Cursor::new(mixed(1_500));
        let (taken, _) = made(&maker, crew(threads, false), input, usize::MAX);
        let [ahead, renumbered] = [&maker.ahead, &maker.renumbered].map(|it| it.load(Relaxed));
        assert!(ahead > taken.len() as u64 / 2, "{threads}: {ahead}");
        assert!((1..ahead).contains(&renumbered), "{threads}: {renumbered}");
    }
}

#[test]
fn of_the_shortest_lines_few_are_mapped_ahead() {
    let lines: String = (0..50_000).map(|number| item(number, 0) + "\n").collect();
    let maker = Maker::new(u64::MAX);
    let blocks = lines.len() / (256 << 10) + 1;
    let (taken, _) = made(&maker, crew(3, false), Cursor::new(lines), usize::MAX);
    assert_eq!(taken.len(), 50_000);
    let ahead = maker.ahead.load(Relaxed);
    assert!(ahead > 0 && ahead <= 128 * blocks as u64, "{ahead}");
}

#[test]
fn enough_is_enough_with_any_number_of_threads() {
    for threads in THREADS {
        let input = Cursor::new(mixed(5_000));
        let (some, outcome) = taken(crew(threads, false), input, 10);
        assert_eq!(some.len(), 10, "{threads}");
        assert!(outcome.contains("items: 10,"), "{threads}: {outcome}");
    }
}

#[test]
fn what_was_read_before_an_error_is_taken() {
    struct Torn;
    impl Read for Torn {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("torn"))
        }
    }
    for threads in THREADS {
        let input = Cursor::new(mixed(300)).chain(Torn);
        let (taken, outcome) = taken(crew(threads, false), input, usize::MAX);
        assert!(outcome.contains("torn"), "{threads}: {outcome}");
        assert_eq!(taken.len(), 299, "{threads}: {}", taken.len());
    }
}

#[test]
fn nothing_is_taken_behind_an_entry_whose_mapping_panics() {
    let lines: String = (0..3_000)
        .map(|number| item(number, 9_000) + "\n")
        .collect();
    for threads in THREADS {
        let mut taken = Vec::new();
        let maker = Maker::new(1_000);
        let run = AssertUnwindSafe(|| {
            let input = Cursor::new(lines.clone());
            crew(threads, false).read(Box::new(input), || {}, &maker, &mut |_, mapped| {
                taken.extend(mapped.as_ref().map(|it| it.record.collection.position));
                ControlFlow::Continue(())
            })
        });
        assert!(panic::catch_unwind(run).is_err(), "{threads}");
        assert!(taken.len() <= 1_000, "{threads}: {}", taken.len());
        assert!(
            taken.iter().copied().eq(1..=taken.len() as u64),
            "{threads}"
        );
    }
}

/// Waits after its bytes to be told that it is over, and counts when nobody does.
struct Open {
    bytes: Cursor<Vec<u8>>,
    told: Option<Receiver<()>>,
    untold: Arc<AtomicUsize>,
}

impl Read for Open {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(into)?;
        if count == 0
            && let Some(told) = self.told.take()
            && told.recv_timeout(Duration::from_secs(10)).is_err()
        {
            self.untold.fetch_add(1, Relaxed);
        }
        Ok(count)
    }
}

/// Whether a reading that ends before its input does says so while its threads wait.
fn is_told(threads: usize, bytes: &[u8], maker: &Maker, take_panics: bool) -> bool {
    let (tell, told) = channel();
    let untold = Arc::new(AtomicUsize::new(0));
    let input = Open {
        bytes: Cursor::new(bytes.to_vec()),
        told: Some(told),
        untold: Arc::clone(&untold),
    };
    let run = AssertUnwindSafe(|| {
        let over = || {
            // One that has ended by itself needs not be told.
            let _ = tell.send(());
        };
        crew(threads, true).read(Box::new(input), over, maker, &mut |_, _| {
            assert!(!take_panics);
            ControlFlow::Break(())
        })
    });
    let _ = panic::catch_unwind(run);
    untold.load(Relaxed) == 0
}

#[test]
fn however_a_reading_ends_nobody_waits_for_input() {
    let lines = item(1, 9) + "\n";
    let [sound, panics] = [u64::MAX, 0].map(Maker::new);
    for threads in THREADS {
        for (bytes, maker, take_panics) in [
            (lines.as_bytes(), &sound, false),
            (lines.as_bytes(), &sound, true),
            (lines.as_bytes(), &panics, false),
            (b"\xff\xfe{\0}\0", &sound, false),
        ] {
            let is_told = is_told(threads, bytes, maker, take_panics);
            assert!(is_told, "{threads}, {bytes:?}, {take_panics}");
        }
    }
}
