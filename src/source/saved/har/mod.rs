//! A browser's HAR recording: finds the answers of hashtags' feeds among everything a page loads,
//! and hands their items over in the order of the feeds. Reads the recording once, as it streams
//! by; only the bodies that matter are put aside. Headers and cookies are never kept.

mod archive;
mod bodies;
mod entry;
mod feed;
mod log;
mod recording;
mod seen;
mod sniff;
mod stream;
#[cfg(test)]
mod tests;
mod unescape;

use std::io;

use super::find::Finder;
use super::input::Input;
use super::what::What;
use archive::Archive;
use bodies::Bodies;
use log::Log;
pub use recording::Recording;
pub(super) use sniff::begins;
use stream::Halt;

/// Reads the recording that begins here.
pub(super) fn read(input: &mut Input<'_>, finder: &mut Finder<'_>) -> io::Result<Recording> {
    take(input, Bodies::new(None), finder)
}

/// Reads the recording inside a zip archive, with its bodies as files beside it, as Playwright
/// writes it; `None` after saying what an archive without one is.
pub(super) fn read_archive(
    input: &mut Input<'_>,
    finder: &mut Finder<'_>,
) -> io::Result<Option<Recording>> {
    let Some(archive) = Archive::open(input)? else {
        finder.cut();
        return Ok(None);
    };
    let Some(har) = archive.recording() else {
        finder.note(What::Packed("zip"));
        return Ok(None);
    };
    let unpacked = archive.reader(har);
    let opened = unpacked.and_then(|bytes| Input::unpacked(bytes, input.limit()));
    let Ok(mut inside) = opened else {
        finder.cut();
        return Ok(None);
    };
    let recording = read_member(&mut inside, &archive, finder)?;
    if inside.is_damaged() {
        finder.cut();
    }
    Ok(recording)
}

fn read_member(
    input: &mut Input<'_>,
    archive: &Archive,
    finder: &mut Finder<'_>,
) -> io::Result<Option<Recording>> {
    if input.skip_blank()?.is_some() && begins(input)? {
        return take(input, Bodies::new(Some(archive)), finder).map(Some);
    }
    if !input.is_damaged() {
        finder.note(What::Packed("zip"));
    }
    Ok(None)
}

fn take(
    input: &mut Input<'_>,
    mut bodies: Bodies<'_>,
    finder: &mut Finder<'_>,
) -> io::Result<Recording> {
    let limit = input.limit();
    let mut log = Log::new(&mut bodies);
    match log.read(input) {
        Ok(()) => {}
        Err(Halt::Io(error)) => return Err(error),
        Err(Halt::Cut) => finder.cut(),
        Err(Halt::Broken) => {
            finder.note(What::Broken);
            // Where the next value begins nobody can tell.
            input.pour_rest(|_| Ok(()))?;
        }
    }
    if log.is_full() {
        finder.note(What::TooMany(log::ANSWERS));
    }
    let found = log.found();
    feed::hand_over(found, &mut bodies, limit, finder)
}
