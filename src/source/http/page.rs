//! The door as a page of the site in a real browser uses it: it sends for itself, but in our
//! turns, and what it gets is counted with the rest.

use http::HeaderMap;
use tokio::time::Instant;
use url::Url;

use super::{Http, Patience};
use crate::source::{Error, Verdict};

impl Http {
    /// Waits for the next turn without sending anything: for a page of the site that is about to
    /// be made to send something.
    ///
    /// # Errors
    /// [`Error`] when the run may cost no more.
    pub(crate) async fn turn(&self) -> Result<(), Error> {
        let asked = Instant::now();
        let turn = self.door.pace.turn().await;
        let waited = asked.elapsed();
        self.count(|tally| tally.waited += waited);
        drop(turn);
        match self.spent(std::time::Duration::ZERO) {
            Some(spent) => Err(Error::new(Verdict::Budget, spent)),
            None => Ok(()),
        }
    }

    /// Counts an answer that a page of the site got.
    pub(crate) fn count_answer(&self, headers: &HeaderMap) {
        self.count(|tally| tally.requests += 1);
        self.note_date(headers);
    }

    /// How long and how often one request is tried.
    pub(crate) fn patience(&self) -> Patience {
        self.door.patience
    }

    /// The address of a page of the site.
    pub(crate) fn page(&self, path: &str) -> Url {
        self.door.site.page(path)
    }

    /// Whether `url` is the site's.
    pub(crate) fn is_site(&self, url: &Url) -> bool {
        self.door.site.has(url)
    }
}
