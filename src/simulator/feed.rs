//! A feed: the items of one hashtag, cast on demand or saved, and the windows it is paged by.

use serde_json::Value;

use super::item::Item;
use super::odd;
use super::saved::SavedItems;

/// Items on a page, whatever more is asked for.
pub(crate) const PAGE: usize = 30;

/// The items of one hashtag.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Feed<'a> {
    Cast {
        tag: &'a str,
        items: usize,
        odd: bool,
    },
    Saved(&'a SavedItems),
}

impl Feed<'_> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Cast { items, .. } => *items,
            Self::Saved(saved) => saved.len(),
        }
    }

    /// Adds one item's JSON to `out`.
    pub(crate) fn write(&self, index: usize, padding: usize, out: &mut Vec<u8>) {
        match self {
            Self::Cast {
                tag, odd: false, ..
            } => Item::new(tag, place(index)).write(padding, out),
            Self::Cast { tag, odd: true, .. } => {
                odd::write(Item::new(tag, place(index)), index, out)
            }
            Self::Saved(saved) => {
                out.extend_from_slice(saved.get(index).unwrap_or("null").as_bytes())
            }
        }
    }

    /// The item to look into, for the pages that say the same in another shape.
    pub(crate) fn json(&self, index: usize) -> Value {
        let mut text = Vec::new();
        self.write(index, 0, &mut text);
        serde_json::from_slice(&text).unwrap_or(Value::Null)
    }

    pub(crate) fn index_of(&self, id: &str) -> Option<usize> {
        let index = match self {
            Self::Cast { tag, .. } => {
                usize::try_from(Item::index_of(tag, id.parse().ok()?)?).ok()?
            }
            Self::Saved(saved) => saved.index_of(id)?,
        };
        (index < self.len()).then_some(index)
    }
}

fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// How pages follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paging {
    Plain,
    /// Pages of 30, 29, 20 and 30, then an empty one: what was removed is missing from its page.
    Short,
    /// Every page begins with the last five items of the one before.
    Overlap,
    /// From the third page on always that page, while the cursor moves.
    Loop,
    /// The cursor stays at 30.
    Stuck,
}

/// One page: which items, and what the answer says of the rest.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) items: std::ops::Range<usize>,
    pub(crate) next: u64,
    pub(crate) more: bool,
}

const SHORT: [usize; 4] = [30, 29, 20, 30];
/// Items of the feed that [`Paging::Short`] serves.
pub(crate) const SHORT_ITEMS: usize = 30 + 29 + 20 + 30;
const OVERLAP: usize = 5;

impl Paging {
    pub(crate) fn window(self, length: usize, cursor: u64, count: usize) -> Window {
        let at = usize::try_from(cursor).unwrap_or(usize::MAX);
        let count = count.min(PAGE);
        match self {
            Self::Plain => window(at, count, length),
            Self::Overlap if at > OVERLAP => window(at - OVERLAP, count, length),
            Self::Overlap => window(at, count, length),
            Self::Short => short(at, cursor),
            Self::Loop => Window {
                next: cursor + PAGE as u64,
                more: true,
                ..window(at.min(2 * PAGE), PAGE, length)
            },
            Self::Stuck => Window {
                next: PAGE as u64,
                more: true,
                ..window(at.min(PAGE), PAGE, length)
            },
        }
    }
}

fn window(at: usize, count: usize, length: usize) -> Window {
    let from = at.min(length);
    let to = from.saturating_add(count).min(length);
    Window {
        items: from..to,
        next: to as u64,
        more: to < length,
    }
}

fn short(at: usize, cursor: u64) -> Window {
    let page = (at / PAGE).min(SHORT.len());
    let from = SHORT[..page].iter().sum();
    let to = from + SHORT.get(page).unwrap_or(&0);
    let more = page < SHORT.len();
    Window {
        items: from..to,
        next: if more {
            (page as u64 + 1) * PAGE as u64
        } else {
            cursor
        },
        more,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The windows of a feed, followed like a client does, at most eight.
    fn windows(paging: Paging, length: usize) -> Vec<Window> {
        let mut cursor = 0;
        let mut windows = Vec::new();
        while windows.last().is_none_or(|window: &Window| window.more) && windows.len() < 8 {
            let window = paging.window(length, cursor, 30);
            cursor = window.next;
            windows.push(window);
        }
        windows
    }

    #[test]
    fn the_last_page_keeps_its_cursor() {
        let sizes: Vec<usize> = windows(Paging::Plain, 95)
            .iter()
            .map(|window| window.items.len())
            .collect();
        assert_eq!(sizes, [30, 30, 30, 5]);
        assert_eq!(
            Paging::Plain.window(95, 90, 30),
            Window {
                items: 90..95,
                next: 95,
                more: false
            }
        );
        assert_eq!(
            Paging::Plain.window(95, 9999, 30),
            Window {
                items: 95..95,
                next: 95,
                more: false
            }
        );
        assert_eq!(
            Paging::Plain.window(95, 0, 5),
            Window {
                items: 0..5,
                next: 5,
                more: true
            }
        );
    }

    #[test]
    fn short_pages_go_on_and_end_with_an_empty_one() {
        let windows = windows(Paging::Short, SHORT_ITEMS);
        let sizes: Vec<usize> = windows.iter().map(|window| window.items.len()).collect();
        assert_eq!(sizes, [30, 29, 20, 30, 0]);
        assert_eq!(windows.iter().filter(|window| window.more).count(), 4);
        assert_eq!(windows[3].items.end, SHORT_ITEMS);
    }

    #[test]
    fn overlapping_pages_cover_everything() {
        let windows = windows(Paging::Overlap, 95);
        assert!(
            windows
                .windows(2)
                .all(|pair| pair[1].items.start == pair[0].items.end - 5)
        );
        assert_eq!(windows.last().unwrap().items.end, 95);
    }

    #[test]
    fn loops_move_their_cursor_and_stuck_ones_do_not() {
        let looping = windows(Paging::Loop, 95);
        assert_eq!(looping[2].items, looping[7].items);
        assert!(looping[7].next > looping[6].next);
        assert!(
            windows(Paging::Stuck, 95)
                .iter()
                .all(|window| window.next == 30 && window.more)
        );
    }
}
