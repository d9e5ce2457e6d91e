//! Compression: every member of a `.gz`, every frame of a `.zst` holds whole rows, so that a file
//! is good up to its last whole member wherever its writer died.

use std::borrow::Cow;
use std::io::{self, BufRead, Read, Write as _};

/// The compression of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Coding {
    /// None.
    #[default]
    Plain,
    /// Members of gzip.
    Gzip,
    /// Frames of Zstandard.
    Zstd,
}

/// Zstandard's own middle way between speed and size.
const LEVEL: i32 = 3;
/// The largest window, 2 to this power, that a frame may want of the memory; `zstd -19` wants 23.
const WINDOW: u32 = 25;

impl Coding {
    /// A file's name without the suffix of a compression, and that compression.
    #[must_use]
    pub fn split(name: &str) -> (&str, Self) {
        let suffix = |coding: &str| {
            let at = name.len().checked_sub(coding.len())?;
            let is_it = name.get(at..)?.eq_ignore_ascii_case(coding);
            is_it.then(|| &name[..at])
        };
        match (suffix(".gz"), suffix(".zst")) {
            (Some(stem), _) => (stem, Self::Gzip),
            (_, Some(stem)) => (stem, Self::Zstd),
            _ => (name, Self::Plain),
        }
    }

    /// `rows` as one member.
    pub(super) fn member(self, rows: &[u8]) -> io::Result<Cow<'_, [u8]>> {
        Ok(match self {
            Self::Plain => Cow::Borrowed(rows),
            Self::Gzip => {
                let compression = flate2::Compression::default();
                let mut member = flate2::write::GzEncoder::new(Vec::new(), compression);
                member.write_all(rows)?;
                member.finish()?.into()
            }
            Self::Zstd => {
                let mut frame = zstd::bulk::Compressor::new(LEVEL)?;
                frame.include_checksum(true)?;
                frame.compress(rows)?.into()
            }
        })
    }

    /// The rows of the member that begins where `input` is, and none behind it.
    pub(super) fn open<'a>(self, input: &'a mut dyn BufRead) -> io::Result<Box<dyn Read + 'a>> {
        Ok(match self {
            Self::Plain => Box::new(input),
            Self::Gzip => Box::new(flate2::bufread::GzDecoder::new(input)),
            Self::Zstd => {
                let frame = zstd::stream::read::Decoder::with_buffer(input)?;
                let mut frame = frame.single_frame();
                frame.window_log_max(WINDOW)?;
                Box::new(frame)
            }
        })
    }

    /// How a member begins.
    pub(super) fn magic(self) -> &'static [u8] {
        match self {
            Self::Plain => b"",
            Self::Gzip => &[0x1f, 0x8b],
            Self::Zstd => &[0x28, 0xb5, 0x2f, 0xfd],
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::Coding;

    #[test]
    fn the_last_suffix_names_the_compression() {
        for (name, stem, coding) in [
            ("a.csv", "a.csv", Coding::Plain),
            ("a.csv.gz", "a.csv", Coding::Gzip),
            ("a.json.ZST", "a.json", Coding::Zstd),
            ("é.gz", "é", Coding::Gzip),
            ("gz", "gz", Coding::Plain),
            ("é", "é", Coding::Plain),
        ] {
            assert_eq!(Coding::split(name), (stem, coding), "{name}");
        }
    }

    #[test]
    fn members_are_read_one_by_one() {
        for coding in [Coding::Gzip, Coding::Zstd] {
            let rows: [&[u8]; 3] = [b"one\n", b"", b"three\n"];
            let file: Vec<u8> = rows
                .iter()
                .flat_map(|rows| coding.member(rows).unwrap().into_owned())
                .collect();
            assert!(file.starts_with(coding.magic()));
            let mut input = &file[..];
            for expected in rows {
                let mut found = Vec::new();
                let mut member = coding.open(&mut input).unwrap();
                member.read_to_end(&mut found).unwrap();
                drop(member);
                assert_eq!(found, expected, "{coding:?}");
            }
            assert!(input.is_empty());
            let mut torn = &file[..10];
            let mut member = coding.open(&mut torn).unwrap();
            assert!(member.read_to_end(&mut Vec::new()).is_err(), "{coding:?}");
        }
    }
}
