//! What earlier runs left: records, counts over time, ids written and where to go on. It keeps one
//! transaction a page, after the page is safe in the output; the database alone makes that last.
//!
//! Without a `--store` it is one that remembers nothing, so nobody else has to ask whether there
//! is one. Only this room names a database.

#[cfg(feature = "store")]
mod commit;
#[cfg(feature = "store")]
mod database;
mod error;
mod ids;
mod job;
#[cfg(feature = "store")]
mod lock;
mod page;
mod past;
mod place;
#[cfg(feature = "store")]
mod schema;
#[cfg(not(feature = "store"))]
mod without;

use crate::clock::epoch_seconds;
use crate::receipt::Receipt;
use crate::record::Record;
#[cfg(feature = "store")]
use database::Database;
#[cfg(not(feature = "store"))]
use without::Database;

pub use error::StoreError;
pub use job::{Job, Waypoint};
pub use page::SeenAt;
pub use past::Past;
pub use place::{Place, PlaceError};

use page::Page;

/// What is remembered between runs.
#[derive(Default)]
pub struct Store {
    database: Option<Database>,
    new_only: bool,
    job: Option<Job>,
    /// The job's row.
    id: i64,
    /// What was seen since the last commit, of whatever hashtags.
    page: Page,
}

/// What an unfinished job left in the store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unfinished {
    /// Its row.
    pub(crate) id: i64,
    /// The bytes of its output that are committed.
    pub(crate) committed: u64,
}

/// Where a job is with one hashtag.
#[derive(Debug, Clone)]
pub(crate) struct Left {
    /// Whether the hashtag is complete.
    pub(crate) done: bool,
    /// Where it is, otherwise.
    pub(crate) at: Waypoint,
}

impl Store {
    /// Opens the one at `place` for this run alone; `None` for one that remembers nothing.
    ///
    /// # Errors
    /// [`StoreError`] when another run holds it or it cannot be used; it is as it was then.
    pub async fn open(place: Option<&Place>, new_only: bool) -> Result<Self, StoreError> {
        let database = match place {
            Some(place) => Some(Database::open(place).await?),
            None => None,
        };
        Ok(Self {
            database,
            new_only,
            ..Self::default()
        })
    }

    /// Opens the one at `place` and takes `job` on, see [`claim`](Self::claim).
    ///
    /// # Errors
    /// [`StoreError`] of either.
    pub async fn claimed(
        place: Option<&Place>,
        new_only: bool,
        job: &Job,
    ) -> Result<(Self, Option<u64>), StoreError> {
        let mut store = Self::open(place, new_only).await?;
        let committed = store.claim(job.clone()).await?;
        Ok((store, committed))
    }

    /// Whether anything is remembered.
    #[must_use]
    pub fn remembers(&self) -> bool {
        self.database.is_some()
    }

    /// Takes `job` on: the bytes of its output that are committed, where it is unfinished.
    ///
    /// # Errors
    /// [`StoreError`] when another run has it, or another job of the same output is unfinished.
    pub async fn claim(&mut self, job: Job) -> Result<Option<u64>, StoreError> {
        let Some(database) = &mut self.database else {
            return Ok(None);
        };
        let unfinished = database.claim(&job, epoch_seconds()).await?;
        self.id = unfinished.map_or(0, |unfinished| unfinished.id);
        self.job = Some(job);
        Ok(unfinished.map(|unfinished| unfinished.committed))
    }

    /// Writes the job down before the first record: its output holds `length` bytes now.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not take it.
    pub async fn begin(&mut self, length: u64) -> Result<(), StoreError> {
        let (Some(database), Some(job)) = (&mut self.database, &self.job) else {
            return Ok(());
        };
        self.id = database
            .begin(job, self.id, length, epoch_seconds())
            .await?;
        Ok(())
    }

    /// What is known of a hashtag.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not tell.
    pub async fn past(&mut self, tag: &str) -> Result<Past, StoreError> {
        let mut past = Past::default();
        let Some(database) = &mut self.database else {
            return Ok(past);
        };
        past.left = database.left(self.id, tag).await?;
        database.written(self.id, tag, &mut past.known).await?;
        past.written = past.known.len();
        if self.new_only {
            database.seen(tag, &mut past.known).await?;
        }
        Ok(past)
    }

    /// Notes a video that was seen under a hashtag, and whether it is written, for the next
    /// transaction.
    pub fn sight(&mut self, tag: &str, record: &Record, seen_at: SeenAt, written: bool) {
        if self.database.is_some() {
            self.page.add(tag, record, seen_at, written);
        }
    }

    /// Commits a page of a hashtag whose records are safe in the output, `length` bytes of it by
    /// now. Those of other hashtags that lie between go with it, for they are among these bytes.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not take it; the store is as before the page then.
    pub async fn commit(
        &mut self,
        tag: &str,
        at: &Waypoint,
        length: u64,
    ) -> Result<(), StoreError> {
        let page = std::mem::take(&mut self.page);
        match &mut self.database {
            Some(database) => database.commit(self.id, tag, &page, at, length).await,
            None => Ok(()),
        }
    }

    /// Keeps the receipt of the hashtag, and whether the job is done with it.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not take it.
    pub async fn end(&mut self, receipt: &Receipt) -> Result<(), StoreError> {
        match &mut self.database {
            Some(database) => database.end(self.id, receipt).await,
            None => Ok(()),
        }
    }

    /// Forgets the job: nothing of it is left to do.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not take it.
    pub async fn finish(&mut self) -> Result<(), StoreError> {
        match &mut self.database {
            Some(database) => database.finish(self.id).await,
            None => Ok(()),
        }
    }

    /// Closes the database and lets go of the lock.
    pub async fn close(self) {
        if let Some(database) = self.database {
            database.close().await;
        }
    }
}
