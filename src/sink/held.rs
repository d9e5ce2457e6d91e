//! What an output file holds already: its ids, and how much of it is whole.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek as _, Write as _};
use std::path::Path;

use super::lines::{Lines, Read, Told};
use super::{Coding, Known, OutputError};

/// The most that a member of ours holds unpacked. A larger one that is damaged is not cut.
const LARGEST_MEMBER: u64 = 64 * 1024 * 1024;

/// A file's rows as far as they are whole.
#[derive(Default)]
struct Held {
    known: Known,
    /// Bytes of the file that hold whole rows.
    whole: u64,
    /// The last row is one, but for its line end.
    lacks_line_end: bool,
    /// Rows read.
    number: usize,
}

/// Why reading a member stopped early.
enum Stop {
    /// Here the file is damaged, or ends.
    Torn,
    /// It is not ours.
    Foreign(OutputError),
}

/// Reads the ids of a file of rows, and cuts what a killed run left of its last page.
pub(super) fn mend(
    file: &mut File,
    path: &Path,
    lines: &dyn Lines,
    coding: Coding,
) -> Result<Known, OutputError> {
    let mut held = Held::default();
    // Whoever looked at it before may have left it anywhere.
    file.rewind()
        .map_err(|error| OutputError::io(path, error))?;
    match coding {
        Coding::Plain => held.read_plain(file, path, lines)?,
        Coding::Gzip | Coding::Zstd => held.read_members(file, path, lines, coding)?,
    }
    let mended = file.set_len(held.whole).and_then(|()| {
        if held.lacks_line_end {
            file.write_all(&coding.member(b"\n")?)?;
        }
        Ok(())
    });
    mended.map_err(|error| OutputError::io(path, error))?;
    Ok(held.known)
}

impl Held {
    fn read_plain(
        &mut self,
        file: &File,
        path: &Path,
        lines: &dyn Lines,
    ) -> Result<(), OutputError> {
        let mut input = BufReader::new(file);
        let mut row = Vec::new();
        loop {
            row.clear();
            let read = lines.next(&mut input, &mut row);
            let read = read.map_err(|error| OutputError::io(path, error))?;
            if read == Read::End {
                return Ok(());
            }
            match self.take(&row, read, path, lines) {
                Ok(()) => self.whole += row.len() as u64,
                Err(Stop::Torn) => return Ok(()),
                Err(Stop::Foreign(error)) => return Err(error),
            }
            if read == Read::Torn {
                self.lacks_line_end = true;
                return Ok(());
            }
        }
    }

    /// The ids of one row.
    fn take(&mut self, row: &[u8], read: Read, path: &Path, lines: &dyn Lines) -> Result<(), Stop> {
        self.number += 1;
        match lines.tell(row, self.number, read == Read::Whole) {
            Told::Id(name, id) => {
                self.known.0.insert((name, id));
                Ok(())
            }
            Told::Nothing => Ok(()),
            Told::OtherColumns => Err(Stop::Foreign(OutputError::OtherColumns(path.to_owned()))),
            // What a killed run left of its last row, or a power cut of the whole file. Only a
            // file that holds records, or the beginning of one, is ours to cut.
            Told::Junk
                if read == Read::Torn && (self.number > 1 || is_beginning(row, &lines.start())) =>
            {
                Err(Stop::Torn)
            }
            Told::Junk => Err(Stop::Foreign(self.foreign(path))),
        }
    }

    fn foreign(&self, path: &Path) -> OutputError {
        OutputError::NotRecords {
            path: path.to_owned(),
            line: self.number.max(1),
        }
    }

    /// The same of a compressed file, of which whole members count.
    fn read_members(
        &mut self,
        file: &File,
        path: &Path,
        lines: &dyn Lines,
        coding: Coding,
    ) -> Result<(), OutputError> {
        let mut input = Counted {
            input: BufReader::new(file),
            taken: 0,
            failed: false,
        };
        let io = |error| OutputError::io(path, error);
        let first = input.fill_buf().map_err(io)?;
        let begins = begins_member(first, coding.magic());
        while !input.fill_buf().map_err(io)?.is_empty() {
            let mut member = Self {
                number: self.number,
                ..Self::default()
            };
            match member.read_member(&mut input, path, lines, coding) {
                Ok(()) if !self.lacks_line_end => self.add(member, input.taken),
                Err(Stop::Torn) if input.failed => {
                    return Err(io(io::Error::other("it cannot be read")));
                }
                Err(Stop::Torn) if self.whole > 0 || begins => return Ok(()),
                Err(Stop::Foreign(error)) => return Err(error),
                _ => return Err(self.foreign(path)),
            }
        }
        Ok(())
    }

    fn add(&mut self, member: Self, whole: u64) {
        self.known.0.extend(member.known.0);
        self.number = member.number;
        self.lacks_line_end = member.lacks_line_end;
        self.whole = whole;
    }

    /// One member, from its first row to its last.
    fn read_member(
        &mut self,
        input: &mut Counted<'_>,
        path: &Path,
        lines: &dyn Lines,
        coding: Coding,
    ) -> Result<(), Stop> {
        let mut row = Vec::new();
        let member = coding.open(input).map_err(|_| Stop::Torn)?;
        let mut member = BufReader::new(member);
        let mut unpacked = 0;
        loop {
            row.clear();
            let read = lines.next(&mut member, &mut row);
            unpacked += row.len() as u64;
            let Ok(read) = read else {
                let is_ours = unpacked <= LARGEST_MEMBER
                    && (self.number > 0 || is_beginning(&row, &lines.start()));
                return Err(if is_ours {
                    Stop::Torn
                } else {
                    Stop::Foreign(self.foreign(path))
                });
            };
            match read {
                Read::End => return Ok(()),
                Read::Whole => self.take(&row, read, path, lines)?,
                Read::Torn => {
                    self.lacks_line_end = true;
                    // A member is written whole: half a row in it is not ours.
                    return self
                        .take(&row, read, path, lines)
                        .map_err(|stop| match stop {
                            Stop::Torn => Stop::Foreign(self.foreign(path)),
                            foreign @ Stop::Foreign(_) => foreign,
                        });
                }
            }
        }
    }
}

/// Whether `bytes` can be what is left of a file that began with `start`: its beginning, or the
/// zeros of blocks that a power cut kept from being written.
fn is_beginning(bytes: &[u8], start: &[u8]) -> bool {
    let common = bytes.len().min(start.len());
    bytes[..common] == start[..common] || bytes.iter().all(|byte| *byte == 0)
}

/// Whether `bytes` can be what is left of a file that began with a member: its first byte is
/// written when the others are there.
fn begins_member(bytes: &[u8], magic: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(magic.len())];
    is_beginning(head, magic) || head[0] == 0 && is_beginning(&head[1..], &magic[1..])
}

/// A file that counts the bytes taken from it.
struct Counted<'a> {
    input: BufReader<&'a File>,
    taken: u64,
    /// The file itself could not be read.
    failed: bool,
}

impl io::Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(into);
        self.failed |= read.is_err();
        self.taken += *read.as_ref().unwrap_or(&0) as u64;
        read
    }
}

impl BufRead for Counted<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let filled = self.input.fill_buf();
        self.failed |= filled.is_err();
        filled
    }

    fn consume(&mut self, bytes: usize) {
        self.taken += bytes as u64;
        self.input.consume(bytes);
    }
}
