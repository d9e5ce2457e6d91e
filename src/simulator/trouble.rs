//! What may go wrong with a hashtag: a fault, and which calls it meets how often.

use super::call::{Ask, Call};
use super::faults::Fault;

/// A fault, and which calls it meets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trouble {
    pub(crate) fault: Fault,
    pub(super) reach: Reach,
    pub(crate) when: When,
}

impl Trouble {
    /// Whether it is one for this call; how often it shows is another question.
    pub(super) fn meets(self, call: &Call) -> bool {
        self.reach.covers(call) && self.fault.met_by(call)
    }
}

/// The kinds of call a fault meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    List,
    /// List calls of our own page.
    Script,
    /// The list and the hashtag's page.
    Shown,
    Detail,
    /// Look-up and list.
    Api,
    /// Those and the hashtag's page.
    Site,
    Everything,
}

/// How often a fault shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Always,
    /// The first so many calls within reach.
    First(u32),
    /// List calls from this cursor on.
    From(u64),
    /// The first list call at this cursor.
    OnceAt(u64),
}

impl Reach {
    fn covers(self, call: &Call) -> bool {
        match call.ask {
            Ask::List if self == Self::Script => call.signature_holds(),
            Ask::List => self != Self::Detail,
            Ask::Detail => !matches!(self, Self::List | Self::Script | Self::Shown),
            Ask::TagPage(_) => matches!(self, Self::Shown | Self::Site | Self::Everything),
            Ask::EmbedTag(_) | Ask::EmbedVideo(_) => self == Self::Everything,
            Ask::Errand(_) | Ask::ShortLink(_) | Ask::Sim(_) | Ask::Other => false,
        }
    }
}
