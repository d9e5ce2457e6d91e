//! Pages that promise more and bring nothing new: three in a row end a feed.

/// Pages in a row without progress that end a run.
const MOST: u32 = 3;

/// The strikes of a feed so far.
#[derive(Debug, Default)]
pub(super) struct Strikes {
    count: u32,
    last: Option<Strike>,
    /// Whether a cursor that stood still has moved on since the last new video. That clears once
    /// only: a feed could stand still and move on for ever.
    freed: bool,
}

/// A page that promises more and brings nothing new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strike {
    /// No entries at all.
    Empty,
    /// Only videos this run has met.
    Known,
    /// A cursor that is not above the one sent.
    Stuck,
}

/// What a page that promises more brought.
#[derive(Debug, Clone, Copy)]
pub(super) struct Brought {
    /// No entries.
    pub(super) is_empty: bool,
    /// A video this run had not met.
    pub(super) is_fresh: bool,
    /// A cursor above the one sent.
    pub(super) has_moved: bool,
}

/// What to ask for after a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// What follows it.
    On,
    /// The same once more.
    Again,
    /// The same once more, in a fresh session.
    Renewed,
    /// Nothing more, for this cause.
    End(&'static str),
}

impl Strikes {
    /// Takes note of a page.
    pub(super) fn take(&mut self, page: Brought) -> Turn {
        if page.is_fresh {
            (self.count, self.freed) = (0, false);
        }
        match self.strike(page) {
            None => {
                self.freed |= !page.is_fresh;
                (self.count, self.last) = (0, None);
                Turn::On
            }
            Some(strike) => self.add(strike, page.has_moved),
        }
    }

    fn strike(&self, page: Brought) -> Option<Strike> {
        let is_freed = page.has_moved && self.last == Some(Strike::Stuck) && !self.freed;
        if page.is_empty {
            Some(Strike::Empty)
        } else if !page.has_moved {
            Some(Strike::Stuck)
        } else if !page.is_fresh && !is_freed {
            Some(Strike::Known)
        } else {
            None
        }
    }

    fn add(&mut self, strike: Strike, has_moved: bool) -> Turn {
        let again = self.last == Some(strike);
        self.count += 1;
        self.last = Some(strike);
        if self.count >= MOST {
            return Turn::End(strike.cause());
        }
        tracing::info!("{}; asking again", strike.cause());
        match strike {
            Strike::Empty if again && has_moved => Turn::On,
            Strike::Known if again => Turn::On,
            Strike::Known => Turn::Renewed,
            Strike::Empty | Strike::Stuck => Turn::Again,
        }
    }
}

impl Strike {
    fn cause(self) -> &'static str {
        match self {
            Self::Empty => "the feed promises more and hands out nothing",
            Self::Known => "the feed repeats what it already gave",
            Self::Stuck => "the feed's cursor does not advance",
        }
    }
}
