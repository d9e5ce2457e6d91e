//! The stream of a feed's pages, and when to stop asking for more: three pages in a row without
//! progress end it. Written once for all lanes.

#[cfg(test)]
mod model;
mod strikes;

use super::{Cursor, Error, Next, Page, Source, Verdict};
use crate::input::Query;
use strikes::{Brought, Strikes, Turn};

/// A feed, page by page.
///
/// After each page the caller says with [`Pages::learn`] whether any of its videos was new.
pub struct Pages<'a> {
    source: &'a mut dyn Source,
    query: &'a Query,
    at: Option<Cursor>,
    strikes: Strikes,
    end: Option<Result<(), Error>>,
}

impl<'a> Pages<'a> {
    /// The feed of `query` from `at` on, `None` for its top.
    pub fn new(source: &'a mut dyn Source, query: &'a Query, at: Option<Cursor>) -> Self {
        Self {
            source,
            query,
            at,
            strikes: Strikes::default(),
            end: None,
        }
    }

    /// The lane the pages come from.
    pub fn source(&self) -> &dyn Source {
        &*self.source
    }

    /// Where the next page would be asked for; `None` before the first page and after the last.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        self.at.filter(|_| !matches!(self.end, Some(Ok(()))))
    }

    /// The next page; `None` once the feed has ended.
    ///
    /// # Errors
    /// [`Error`] when the feed should go on and does not.
    pub async fn next(&mut self) -> Option<Result<Page, Error>> {
        match &self.end {
            Some(Ok(())) => None,
            Some(Err(error)) => Some(Err(error.clone())),
            None => Some(self.ask().await),
        }
    }

    /// Asks for a page. Another lane that takes over begins at the top, so nothing that was
    /// learned of the one before holds.
    async fn ask(&mut self) -> Result<Page, Error> {
        let lane = self.source.lane();
        let page = self.source.page(self.query, self.at).await;
        if self.source.lane() != lane {
            (self.at, self.strikes) = (None, Strikes::default());
        }
        page
    }

    /// Takes note of a page, and whether it brought a video this run had not met, and decides what
    /// to ask for next.
    pub fn learn(&mut self, page: &Page, fresh: bool) {
        let cursor = match &page.next {
            Next::End => return self.end = Some(Ok(())),
            Next::Lost(error) => return self.end = Some(Err(error.clone())),
            Next::At(cursor) => *cursor,
        };
        if self.source.is_finite() {
            return self.at = Some(cursor);
        }
        let turn = self.strikes.take(Brought {
            is_empty: page.items.is_empty(),
            is_fresh: fresh,
            has_moved: self.at.is_none_or(|sent| cursor > sent) && cursor > Cursor(0),
        });
        match turn {
            Turn::On => self.at = Some(cursor),
            Turn::Again => {}
            Turn::Renewed => self.source.renew(),
            Turn::End(cause) => self.end = Some(Err(Error::new(Verdict::Stalled, cause))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pages;
    use super::model::everything;
    use crate::input::Query;
    use crate::record::{Lane, RawItem, Shape};
    use crate::source::{Cursor, Error, Next, Page, Source, TagInfo, Verdict};

    use async_trait::async_trait;
    use serde_json::value::RawValue;

    /// Answers from a script of (entries, new ones, next cursor) and notes what it was asked.
    struct Script {
        answers: Vec<(usize, u64, u64)>,
        asked: Vec<u64>,
        renewals: usize,
    }

    #[async_trait]
    impl Source for Script {
        fn lane(&self) -> Lane {
            Lane::Web
        }

        async fn page(&mut self, _: &Query, at: Option<Cursor>) -> Result<Page, Error> {
            let (items, _, next) = self.answers[self.asked.len()];
            self.asked.push(at.map_or(0, |cursor| cursor.0));
            let item = RawItem::new(Shape::Web, RawValue::from_string("{}".to_owned()).unwrap());
            Ok(Page {
                items: vec![item; items],
                next: Next::At(Cursor(next)),
                continued: false,
            })
        }

        async fn tag_info(&mut self, _: &Query) -> Result<TagInfo, Error> {
            Ok(TagInfo::default())
        }

        fn renew(&mut self) {
            self.renewals += 1;
        }
    }

    /// The cursors asked for until the script or the feed ends, the renewals, and whether it stalled.
    async fn run(answers: &[(usize, u64, u64)]) -> (Vec<u64>, usize, bool) {
        let mut script = Script {
            answers: answers.to_vec(),
            asked: Vec::new(),
            renewals: 0,
        };
        let query = everything();
        let mut stalled = false;
        let mut pages = Pages::new(&mut script, &query, None);
        for (_, fresh, _) in answers {
            match pages.next().await.unwrap() {
                Ok(page) => pages.learn(&page, *fresh > 0),
                Err(error) => stalled = error.verdict == Verdict::Stalled,
            }
        }
        if let Some(Err(error)) = &pages.end {
            stalled = error.verdict == Verdict::Stalled;
        }
        (script.asked, script.renewals, stalled)
    }

    /// Name, the pages as `Script` takes them, the cursors asked for, renewals, and whether it
    /// stalled.
    type Row<'a> = (&'a str, &'a [(usize, u64, u64)], &'a [u64], usize, bool);

    #[tokio::test]
    async fn strikes_and_what_is_asked_after_each() {
        let rows: &[Row<'_>] = &[
            ("healthy", &[(30, 30, 30), (30, 30, 60)], &[0, 30], 0, false),
            (
                "hiccup",
                &[(30, 30, 30), (0, 0, 60), (30, 30, 60)],
                &[0, 30, 30],
                0,
                false,
            ),
            (
                "empty moves on",
                &[(0, 0, 30), (0, 0, 30), (9, 9, 60), (9, 9, 90)],
                &[0, 0, 30, 60],
                0,
                false,
            ),
            (
                "empty for ever",
                &[(0, 0, 30), (0, 0, 30), (0, 0, 60)],
                &[0, 0, 30],
                0,
                true,
            ),
            (
                "repeats",
                &[(30, 30, 30), (30, 0, 60), (30, 0, 60), (30, 0, 90)],
                &[0, 30, 30, 60],
                1,
                true,
            ),
            (
                "repeat, then new",
                &[(30, 30, 30), (30, 0, 60), (30, 30, 60), (1, 1, 90)],
                &[0, 30, 30, 60],
                1,
                false,
            ),
            (
                "stuck",
                &[(30, 30, 0), (30, 0, 0), (30, 0, 0)],
                &[0, 0, 0],
                0,
                true,
            ),
            (
                "stuck, then free",
                &[(30, 30, 30), (30, 30, 30), (30, 0, 60), (30, 30, 90)],
                &[0, 30, 30, 60],
                0,
                false,
            ),
            (
                "stands still and moves on for ever",
                &[
                    (30, 30, 30),
                    (30, 0, 30),
                    (30, 0, 60),
                    (30, 0, 60),
                    (30, 0, 90),
                    (30, 0, 90),
                ],
                &[0, 30, 30, 60, 60, 60],
                1,
                true,
            ),
            (
                "backwards",
                &[(30, 30, 30), (30, 30, 7), (30, 0, 7), (30, 0, 7)],
                &[0, 30, 30, 30],
                0,
                true,
            ),
        ];
        for (name, answers, asked, renewals, stalled) in rows {
            let got = run(answers).await;
            assert_eq!(got, (asked.to_vec(), *renewals, *stalled), "{name}");
        }
    }
}
