//! Standard input, of which nobody knows when the next byte comes. Whoever waits for it hears of
//! what ends the run meanwhile.

use std::io::{self, PipeWriter, Read, Write as _};

/// Ends the reading of standard input, also while it waits.
pub(super) struct Bell(PipeWriter);

impl Bell {
    pub(super) fn ring(&self) {
        // Where nobody reads any more there is nothing to end.
        let _ = (&self.0).write_all(b"\n");
    }
}

/// Opens standard input, and the bell that ends it. Where what is read `feeds_stdout`, its end is
/// the error that writing there would be, once nothing is to be read and nobody reads there.
pub(super) fn open(feeds_stdout: bool) -> io::Result<(Box<dyn Read + Send>, Bell)> {
    let (heard, bell) = io::pipe()?;
    #[cfg(unix)]
    let stdin = unix::Stdin::new(heard, feeds_stdout)?;
    #[cfg(not(unix))]
    let stdin = {
        // There it ends with its next byte only.
        let _ = feeds_stdout;
        drop(heard);
        io::stdin()
    };
    Ok((Box::new(stdin), Bell(bell)))
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{self, ErrorKind, PipeReader, Read};
    use std::os::fd::AsFd as _;

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::retry_on_intr;

    /// Standard input past the buffer of [`io::stdin`], in which it cannot be waited for.
    pub(super) struct Stdin {
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
    }

    impl Stdin {
        pub(super) fn new(bell: PipeReader, feeds_stdout: bool) -> io::Result<Self> {
            Ok(Self {
                input: io::stdin().as_fd().try_clone_to_owned()?.into(),
                bell,
                feeds_stdout,
            })
        }

        fn wait(&self) -> io::Result<Heard> {
            let stdout = io::stdout();
            let mut ends = [
                PollFd::new(&self.bell, PollFlags::IN),
                PollFd::new(&self.input, PollFlags::IN),
                // Nothing is asked of it: that it has failed is always told.
                PollFd::new(&stdout, PollFlags::empty()),
            ];
            let count = if self.feeds_stdout { 3 } else { 2 };
            retry_on_intr(|| poll(&mut ends[..count], None))?;
            let [bell, input, stdout] = ends.map(|end| end.revents());
            let is_closed = stdout.intersects(PollFlags::ERR | PollFlags::HUP);
            Ok(match (bell.is_empty(), input.is_empty()) {
                (false, _) => Heard::Bell,
                (_, true) if is_closed => Heard::ReaderClosed,
                _ => Heard::Input,
            })
        }
    }

    impl Read for Stdin {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            match self.wait()? {
                Heard::Input => self.input.read(into),
                Heard::Bell => Ok(0),
                Heard::ReaderClosed => Err(ErrorKind::BrokenPipe.into()),
            }
        }
    }
}
