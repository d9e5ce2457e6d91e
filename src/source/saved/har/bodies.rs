//! The bodies of the answers that matter. A recording is read once, front to back, and what its
//! feeds are shows only at its end; so these are put aside meanwhile, and nothing else is.

use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _};

use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::read::DecoderReader;
use tempfile::SpooledTempFile;

use super::super::input::Input;
use super::super::what::What;
use super::archive::Archive;
use super::stream::{Halt, next, skip, whole};
use super::unescape::Unescape;

/// Bytes put aside in memory before a file takes over.
const IN_MEMORY: usize = 4 << 20;
/// DevTools and Playwright pad; nobody is turned away for not doing so.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The body of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Body {
    /// The recording has none.
    #[default]
    Missing,
    /// Its text is put aside here.
    Aside {
        /// Where it begins.
        at: u64,
        /// Its length in bytes.
        length: u64,
    },
    /// A file of that name beside the recording.
    File(String),
    /// It is over the limit.
    TooLarge,
}

/// Bodies in an unlinked file only this user can read, in memory while they are small, or in the
/// archive around the recording.
pub(super) struct Bodies<'a> {
    aside: SpooledTempFile,
    end: u64,
    archive: Option<&'a Archive>,
}

impl<'a> Bodies<'a> {
    pub(super) fn new(archive: Option<&'a Archive>) -> Self {
        Self {
            aside: SpooledTempFile::new(IN_MEMORY),
            end: 0,
            archive,
        }
    }

    /// Puts the string that begins here aside, without its escapes.
    pub(super) fn put(&mut self, input: &mut Input<'_>) -> Result<Body, Halt> {
        if next(input)? != b'"' {
            skip(input)?;
            return Ok(Body::Missing);
        }
        // As base64 a body at the limit has a third more.
        let longest = input.limit() as u64 / 3 * 4 + 4;
        let (mut unescape, mut text, mut length) = (Unescape::default(), Vec::new(), 0);
        self.aside.seek(SeekFrom::Start(self.end))?;
        let taken = input.pour_value(|bytes| {
            text.clear();
            unescape.read(bytes, &mut text);
            length += text.len() as u64;
            if length > longest {
                return Ok(());
            }
            self.aside.write_all(&text).map_err(no_room)
        })?;
        whole(taken)?;
        text.clear();
        unescape.end(&mut text);
        self.aside.write_all(&text).map_err(no_room)?;
        length += text.len() as u64;
        if length > longest {
            return Ok(Body::TooLarge);
        }
        let at = self.end;
        self.end += length;
        Ok(Body::Aside { at, length })
    }

    /// Forgets the body put aside last.
    pub(super) fn drop_last(&mut self, body: &Body) {
        if let Body::Aside { at, .. } = body {
            self.end = *at;
        }
    }

    /// Reads a body of at most `limit` bytes, or says why it cannot be had.
    pub(super) fn read(
        &mut self,
        body: &Body,
        is_base64: bool,
        limit: usize,
        into: &mut Vec<u8>,
    ) -> io::Result<Result<(), What>> {
        into.clear();
        match body {
            Body::Missing => Ok(Err(What::NoContent)),
            Body::TooLarge => Ok(Err(What::TooLarge(limit >> 20))),
            Body::Aside { at, length } => {
                self.aside.seek(SeekFrom::Start(*at))?;
                let text = BufReader::new((&mut self.aside).take(*length));
                if !is_base64 {
                    return take(text, limit, into);
                }
                let decoded = take(DecoderReader::new(text, &BASE64), limit, into);
                Ok(decoded.unwrap_or(Err(What::Broken)))
            }
            Body::File(name) => Ok(self.file(name, limit, into)),
        }
    }

    /// Reads a file of the archive, in which nothing is base64.
    fn file(&self, name: &str, limit: usize, into: &mut Vec<u8>) -> Result<(), What> {
        let archive = self.archive.ok_or(What::NoContent)?;
        let member = archive.member(name).ok_or(What::NoContent)?;
        let unpacked = archive.reader(member);
        let taken = unpacked.and_then(|bytes| take(bytes, limit, into));
        taken.unwrap_or(Err(What::Broken))
    }
}

fn take(bytes: impl Read, limit: usize, into: &mut Vec<u8>) -> io::Result<Result<(), What>> {
    let count = bytes.take(limit as u64 + 1).read_to_end(into)?;
    Ok(match count {
        _ if count > limit => Err(What::TooLarge(limit >> 20)),
        _ => Ok(()),
    })
}

fn no_room(error: io::Error) -> io::Error {
    let words = format!("the temporary file for its answers cannot be written: {error}");
    io::Error::new(error.kind(), words)
}
