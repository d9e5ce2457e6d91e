//! An input whose first bytes have been looked at, and which is unpacked as it is read.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

use super::Ahead;
use super::what::What;

const BUFFER: usize = 64 << 10;
const GZIP: &[u8] = &[0x1f, 0x8b];

/// What an input's first bytes say of it.
#[derive(Debug, Clone, Default)]
pub struct Head {
    bytes: Vec<u8>,
}

/// All bytes of an input, the first ones included.
type Whole<R> = Chain<Cursor<Vec<u8>>, BufReader<R>>;

/// An input that is about to be read, unpacked if it is gzipped.
pub enum Opened<R> {
    /// It is as it is.
    Plain(Whole<R>),
    /// It is gzipped.
    Gzip(BufReader<MultiGzDecoder<Whole<R>>>),
}

impl Head {
    /// Whether the input is unpacked as it is read.
    pub(super) fn is_packed(&self) -> bool {
        self.bytes.starts_with(GZIP)
    }

    /// What the first bytes give away, when they are no text at all.
    pub(super) fn foreign(&self) -> Option<What> {
        match self.bytes.as_slice() {
            [0x28, 0xb5, 0x2f, 0xfd] => Some(What::Packed("zstd")),
            [b'P', b'K', 3, 4] => Some(What::Packed("zip")),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(What::Utf16),
            _ => None,
        }
    }
}

/// Looks at an input's first bytes.
///
/// # Errors
/// When they cannot be read.
pub fn open<R: Read>(raw: R) -> io::Result<(Head, Opened<R>)> {
    let mut raw = BufReader::with_capacity(BUFFER, raw);
    let mut bytes = Vec::new();
    raw.by_ref().take(4).read_to_end(&mut bytes)?;
    let head = Head {
        bytes: bytes.clone(),
    };
    let whole = Cursor::new(bytes).chain(raw);
    let opened = if head.is_packed() {
        let unpacked = MultiGzDecoder::new(whole);
        Opened::Gzip(BufReader::with_capacity(BUFFER, unpacked))
    } else {
        Opened::Plain(whole)
    };
    Ok((head, opened))
}

impl<R: Read> Read for Opened<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(bytes) => bytes.read(into),
            Self::Gzip(bytes) => bytes.read(into),
        }
    }
}

impl<R: Read> BufRead for Opened<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::Plain(bytes) => bytes.fill_buf(),
            Self::Gzip(bytes) => bytes.fill_buf(),
        }
    }

    fn consume(&mut self, count: usize) {
        match self {
            Self::Plain(bytes) => bytes.consume(count),
            Self::Gzip(bytes) => bytes.consume(count),
        }
    }
}

/// Nobody reads it but who reads it.
impl<R: Read> Ahead for Opened<R> {}
