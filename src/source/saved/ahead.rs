//! Lines that somebody has read before it is their turn.

use std::io::{self, BufRead};
use std::ops::ControlFlow;

/// The bytes of an input, some of whose lines may have been dealt with ahead of their turn.
pub trait Ahead: BufRead {
    /// How many bytes the line has that begins here, its end included, if something has been made
    /// of it already: that of one item of the site and nothing else, as [`plain_item`] tells it.
    ///
    /// [`plain_item`]: super::plain_item
    fn item(&self) -> Option<usize> {
        None
    }

    /// Takes what has been made of that line, but not its bytes; a break ends the reading.
    fn take_item(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// The end of an input.
impl Ahead for io::Empty {}
