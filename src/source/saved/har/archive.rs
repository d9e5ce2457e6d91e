//! A zip archive with a recording and its bodies in it, as Playwright's `attach` writes it. Reads
//! members by name; nothing is unpacked to disk.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Write as _};

use flate2::bufread::DeflateDecoder;
use rawzip::{
    CompressionMethod, FileReader, RECOMMENDED_BUFFER_SIZE, ZipArchive, ZipArchiveEntryWayfinder,
};

use super::super::input::Input;

/// How many members are looked at.
const MEMBERS: usize = 100_000;
/// How a recording's name ends.
const SUFFIX: &[u8] = b".har";

/// An archive and where its members are.
pub(super) struct Archive {
    zip: ZipArchive<FileReader>,
    members: HashMap<Vec<u8>, Member>,
}

/// One file in an archive.
#[derive(Clone, Copy)]
pub(super) struct Member {
    place: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
}

impl Archive {
    /// Copies the input, which cannot be read twice, to an unlinked file only this user can read;
    /// `None` if it is no whole archive.
    pub(super) fn open(input: &mut Input<'_>) -> io::Result<Option<Self>> {
        let mut file = tempfile::tempfile()?;
        input.pour_rest(|bytes| file.write_all(bytes))?;
        let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
        let Ok(zip) = ZipArchive::from_file(file, &mut buffer) else {
            return Ok(None);
        };
        let mut members = HashMap::new();
        let mut entries = zip.entries(&mut buffer);
        while members.len() < MEMBERS
            && let Ok(Some(entry)) = entries.next_entry()
        {
            let member = Member {
                place: entry.wayfinder(),
                method: entry.compression_method(),
            };
            members.insert(entry.file_path().as_ref().to_vec(), member);
        }
        Ok(Some(Self { zip, members }))
    }

    /// The recording, the first by name if there are several.
    pub(super) fn recording(&self) -> Option<Member> {
        let names = self.members.iter();
        let recordings = names.filter(|(name, _)| name.ends_with(SUFFIX));
        let first = recordings.min_by_key(|(name, _)| *name);
        first.map(|(_, member)| *member)
    }

    /// The member of that name.
    pub(super) fn member(&self, name: &str) -> Option<Member> {
        self.members.get(name.as_bytes()).copied()
    }

    /// A member's bytes, unpacked and checked. Whatever goes wrong is damage in the archive.
    pub(super) fn reader(&self, member: Member) -> io::Result<impl Read + '_> {
        let entry = self.zip.get_entry(member.place).map_err(damage)?;
        let packed = BufReader::new(entry.reader());
        let unpacked: Box<dyn Read> = match member.method {
            CompressionMethod::STORE => Box::new(packed),
            CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(packed)),
            _ => return Err(damage("packed in another way than deflate")),
        };
        Ok(Checked(entry.verifying_reader(unpacked)))
    }
}

fn damage(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// A member's bytes, every failure of which is damage.
struct Checked<R>(R);

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into).map_err(damage)
    }
}
