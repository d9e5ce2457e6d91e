//! A pipe, a device or standard input, of which nobody knows when its next byte comes. Whoever
//! waits for it hears of what ends the run meanwhile.

use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, Read};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::retry_on_intr;

/// An input that is waited for.
pub(super) struct Stream {
    input: File,
    bell: PipeReader,
    feeds_stdout: bool,
}

/// What was waited for.
enum Heard {
    /// Input, or its end.
    Input,
    /// The bell.
    Bell,
    /// That nobody reads standard output any more.
    ReaderClosed,
    /// Nothing at all: macOS may return from a wait without an end.
    Nothing,
}

impl Stream {
    /// Where what is read `feeds_stdout`, its end is the error that writing there would be, once
    /// nothing is to be read and nobody reads there.
    pub(super) fn new(input: File, bell: PipeReader, feeds_stdout: bool) -> Self {
        Self {
            input,
            bell,
            feeds_stdout,
        }
    }

    fn wait(&mut self) -> io::Result<Heard> {
        let stdout = io::stdout();
        let mut ends = [
            PollFd::new(&self.bell, PollFlags::IN),
            PollFd::new(&self.input, PollFlags::IN),
            // That it has failed is told unasked on Linux. By its source macOS watches nothing for
            // one who asks for nothing; not tried there.
            PollFd::new(&stdout, PollFlags::HUP),
        ];
        let count = if self.feeds_stdout { 3 } else { 2 };
        retry_on_intr(|| poll(&mut ends[..count], None))?;
        let [bell, input, stdout] = ends.map(|end| end.revents());
        // One that cannot be watched would end every wait.
        self.feeds_stdout &= !stdout.contains(PollFlags::NVAL);
        let is_closed = stdout.intersects(PollFlags::ERR | PollFlags::HUP);
        Ok(match (bell.is_empty(), input.is_empty()) {
            (false, _) => Heard::Bell,
            (_, false) => Heard::Input,
            _ if is_closed => Heard::ReaderClosed,
            _ => Heard::Nothing,
        })
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.wait()? {
                Heard::Input => match self.input.read(into) {
                    // It does not block, and another has read what was there.
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    read => return read,
                },
                Heard::Bell => return Ok(0),
                Heard::ReaderClosed => return Err(ErrorKind::BrokenPipe.into()),
                Heard::Nothing => {}
            }
        }
    }
}
