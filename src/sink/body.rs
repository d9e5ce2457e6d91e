//! Rows on their way into a writer. Only whole rows go out, and where a write fails in the middle
//! of one, how many bytes are good is known.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write};

use super::lines::Lines;
use super::{Coding, Row};

/// Most bytes gathered before they go out. Each write touches the memory page at which the last one
/// ended once more, and a short member compresses badly.
const ROOM: usize = 1024 * 1024;
/// What is enough of rows that are flushed before long, as those of a page of a feed are.
const LEAST_ROOM: usize = ROOM / 8;

/// What fills an output in one format.
pub(super) trait Body {
    /// Takes a row.
    fn write(&mut self, row: Row<'_>) -> io::Result<()>;

    /// Hands out everything taken so far, as far as the format lets it.
    fn flush(&mut self) -> io::Result<()>;

    /// Hands out what is left, and what the format ends with.
    fn end(&mut self, complete: bool) -> io::Result<()>;

    /// Whether a write failed after which nothing in the output can be read.
    fn is_lost(&self) -> bool {
        false
    }

    /// Ends `file`, which is the one that is written, behind its last whole row after a write that
    /// failed.
    fn mend(&mut self, file: &File) -> io::Result<()>;
}

/// Rows of text into a writer.
pub(super) struct Text<W: Write> {
    lines: Box<dyn Lines>,
    coding: Coding,
    out: W,
    /// Whole rows that wait to go out together.
    pending: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
    /// Bytes gathered before they go out.
    room: usize,
    /// Bytes of whole rows in the writer.
    good: u64,
    /// A write failed, perhaps in the middle of a row: nothing may follow it.
    broken: bool,
}

impl<W: Write> Text<W> {
    /// Adds to a writer that holds `good` bytes of whole rows.
    pub(super) fn new(lines: Box<dyn Lines>, coding: Coding, out: W, good: u64) -> Self {
        Self {
            lines,
            coding,
            out,
            pending: Vec::new(),
            ends: Vec::new(),
            room: first_room(coding),
            good,
            broken: false,
        }
    }

    fn begun(&self) -> bool {
        self.good > 0 || !self.pending.is_empty()
    }

    /// What the format ends with, as it stands in the file.
    fn ending(&self, complete: bool) -> io::Result<Vec<u8>> {
        let end = self.lines.end(self.begun(), complete);
        Ok(if end.is_empty() {
            end
        } else {
            self.coding.member(&end)?.into_owned()
        })
    }

    fn hand_out(&mut self) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier write failed"));
        }
        if self.pending.is_empty() {
            return Ok(());
        }
        let member = self.coding.member(&self.pending)?;
        let (written, handed) = write_all(&mut self.out, &member);
        self.broken = handed.is_err();
        self.good += match self.coding {
            _ if handed.is_ok() => written,
            Coding::Plain => whole(&self.ends, written),
            Coding::Gzip | Coding::Zstd => 0,
        };
        drop(member);
        self.pending.clear();
        self.ends.clear();
        handed
    }
}

impl<W: Write> Body for Text<W> {
    fn write(&mut self, row: Row<'_>) -> io::Result<()> {
        let (begun, before) = (self.begun(), self.pending.len());
        self.pending.extend(self.lines.lead(begun));
        let put = self.lines.row(row, &mut self.pending);
        if put.is_err() {
            self.pending.truncate(before);
            return put;
        }
        self.ends.push(self.pending.len());
        if self.pending.len() < self.room {
            return Ok(());
        }
        self.room = ROOM.min(self.room * 2);
        self.hand_out()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.room = first_room(self.coding);
        self.hand_out()?;
        let flushed = self.out.flush();
        self.broken |= flushed.is_err();
        flushed
    }

    fn end(&mut self, complete: bool) -> io::Result<()> {
        let end = self.lines.end(self.begun(), complete);
        self.pending.extend(end);
        self.flush()
    }

    fn mend(&mut self, mut file: &File) -> io::Result<()> {
        file.set_len(self.good)?;
        file.seek(SeekFrom::Start(self.good))?;
        // What was cut off left room for it.
        let ended = file.write_all(&self.ending(false)?);
        if ended.is_err() {
            file.set_len(self.good)?;
        }
        ended
    }
}

/// The room of an output nobody has waited for so far.
fn first_room(coding: Coding) -> usize {
    match coding {
        Coding::Plain => LEAST_ROOM,
        Coding::Gzip | Coding::Zstd => ROOM,
    }
}

/// Writes all of it, or says how much it could.
fn write_all(out: &mut impl Write, bytes: &[u8]) -> (u64, io::Result<()>) {
    let mut written = 0;
    while written < bytes.len() {
        match out.write(&bytes[written..]) {
            Ok(0) => return (written as u64, Err(io::ErrorKind::WriteZero.into())),
            Ok(more) => written += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (written as u64, Err(error)),
        }
    }
    (written as u64, Ok(()))
}

/// How many of the first `written` bytes are whole rows, which end where `ends` says.
fn whole(ends: &[usize], written: u64) -> u64 {
    let ends = ends.iter().map(|end| *end as u64);
    ends.take_while(|end| *end <= written).last().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::{Body as _, LEAST_ROOM, Text};
    use crate::sink::lines::lines_of;
    use crate::sink::specimen::record;
    use crate::sink::{Coding, Format, Layout, Row};

    /// Room for so many bytes.
    struct Full<'a>(usize, &'a mut Vec<u8>);

    impl Write for Full<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let room = self.0.min(bytes.len());
            if room == 0 && !bytes.is_empty() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0 -= room;
            self.1.extend(&bytes[..room]);
            Ok(room)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The text of three records into a writer with `room`, and what is good of it.
    fn written(format: Format, coding: Coding, room: usize) -> (Vec<u8>, u64, bool) {
        let layout = Layout {
            format,
            coding,
            ..Layout::default()
        };
        let mut out = Vec::new();
        let mut text = Text::new(lines_of(&layout).unwrap(), coding, Full(room, &mut out), 0);
        for number in 1..=3 {
            text.write(Row::Record(&record(number))).unwrap();
        }
        let ended = text.end(true);
        let good = text.good;
        (out, good, ended.is_ok())
    }

    #[test]
    fn what_is_good_ends_with_the_last_whole_row() {
        for format in [Format::Jsonl, Format::Json, Format::Csv] {
            let (whole, good, is_whole) = written(format, Coding::Plain, usize::MAX);
            assert!(is_whole && good == whole.len() as u64, "{format}");
            let second = whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
            let rows = if format == Format::Csv { 3 } else { 2 };
            let second = second.map(|(at, _)| at + 1).nth(rows - 1).unwrap();
            for room in [second, second + 1, second + 50] {
                let (out, good, is_whole) = written(format, Coding::Plain, room);
                assert!(!is_whole);
                assert_eq!((out.len(), good), (room, second as u64), "{format}");
            }
        }
    }

    /// How much a writer is given at a time.
    #[derive(Default)]
    struct Pieces(Vec<usize>);

    impl Write for &mut Pieces {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            self.0.push(0);
            Ok(())
        }
    }

    #[test]
    fn more_is_gathered_while_nobody_flushes() {
        let (layout, mut pieces) = (Layout::default(), Pieces::default());
        let lines = lines_of(&layout).unwrap();
        let mut text = Text::new(lines, Coding::Plain, &mut pieces, 0);
        let row = vec![b'x'; LEAST_ROOM / 4];
        for is_page in [false, true, false] {
            for _ in 0..if is_page { 6 } else { 64 } {
                text.write(Row::Written(&row)).unwrap();
            }
            text.flush().unwrap();
        }
        drop(text);
        let rows: Vec<usize> = pieces.0.iter().map(|length| length / row.len()).collect();
        let long = [4, 8, 16, 32, 4, 0];
        assert_eq!(rows, [&long[..], &[4, 2, 0], &long[..]].concat());
    }

    #[test]
    fn a_member_that_is_not_whole_is_not_good() {
        for coding in [Coding::Gzip, Coding::Zstd] {
            let (whole, good, _) = written(Format::Jsonl, coding, usize::MAX);
            assert_eq!(good, whole.len() as u64);
            let (_, good, is_whole) = written(Format::Jsonl, coding, whole.len() - 1);
            assert_eq!((good, is_whole), (0, false));
        }
    }
}
