//! A compressed file as it grows. A killed process may leave a write half done, and what unpacks
//! such a member shows half a row of it; so each member's first byte, without which it is none, is
//! written when the others are there.

use std::fs::File;
use std::io::{self, Write};

/// A file that is written a whole member at a time.
pub(super) struct Members {
    file: File,
    /// Bytes of whole members in it.
    #[cfg(unix)]
    length: u64,
}

#[cfg(unix)]
impl Members {
    /// Adds to a file that holds `length` bytes of them.
    pub(super) fn new(file: File, length: u64) -> io::Result<Self> {
        use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
        // To be added to alone, it would not take a byte in its place.
        let flags = fcntl_getfl(&file)?;
        fcntl_setfl(&file, flags - OFlags::APPEND)?;
        Ok(Self { file, length })
    }
}

/// A write that a kill cuts short is not guarded against there.
#[cfg(not(unix))]
impl Members {
    /// Adds to a file.
    pub(super) fn new(file: File, _: u64) -> io::Result<Self> {
        Ok(Self { file })
    }
}

impl Write for Members {
    #[cfg(unix)]
    fn write(&mut self, member: &[u8]) -> io::Result<usize> {
        use std::os::unix::fs::FileExt as _;
        let Some((first, others)) = member.split_at_checked(1) else {
            return Ok(0);
        };
        self.file.write_all_at(others, self.length + 1)?;
        self.file.write_all_at(first, self.length)?;
        self.length += member.len() as u64;
        Ok(member.len())
    }

    #[cfg(not(unix))]
    fn write(&mut self, member: &[u8]) -> io::Result<usize> {
        self.file.write(member)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use super::Members;

    #[test]
    fn members_follow_each_other_in_a_file_to_be_added_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.gz");
        fs::write(&path, "one").unwrap();
        let file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        let mut members = Members::new(file, 3).unwrap();
        for member in ["two", "x", "", "three"] {
            assert_eq!(members.write(member.as_bytes()).unwrap(), member.len());
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "onetwoxthree");
    }
}
