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
mod jobs;
#[cfg(feature = "store")]
mod lock;
mod page;
mod past;
mod place;
#[cfg(feature = "store")]
mod reader;
#[cfg(feature = "postgres")]
mod renewal;
#[cfg(feature = "store")]
mod schema;
#[cfg(feature = "store")]
mod still;
#[cfg(feature = "store")]
mod tags;
#[cfg(all(test, feature = "postgres"))]
mod trial;
#[cfg(not(feature = "store"))]
mod without;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::clock::epoch_seconds;
use crate::input::Query;
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
#[cfg(feature = "store")]
pub use reader::read;
#[cfg(not(feature = "store"))]
pub use without::read;

use page::Page;

/// What is remembered between runs.
#[derive(Default)]
pub struct Store {
    /// What all jobs of a run share.
    database: Option<Arc<Mutex<Database>>>,
    new_only: bool,
    job: Option<Job>,
    /// The job's row.
    id: i64,
    /// The hashtags leased to this run, and what each was to the job before.
    leases: HashMap<String, Before>,
    /// Whether another run took one of them over while a page of it was written.
    is_lost: bool,
    /// What was seen since the last commit, of whatever hashtags.
    page: Page,
}

/// What a store gives to those who only read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept<'a> {
    /// A video's newest record, as JSON.
    Record(&'a str),
    /// How often a video had been played when it was seen.
    Sighting {
        /// The video's id.
        id: &'a str,
        /// When, epoch seconds.
        at: i64,
        /// Its plays.
        plays: u64,
    },
}

/// What is to be pulled next of the store's own hashtags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// This one, which is leased to this run now.
    Hashtag(Query),
    /// Other runs have in hand what is due, and may die.
    Elsewhere,
    /// None is due.
    Nothing,
}

/// What a leased hashtag was to the job before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "store"),
    expect(dead_code, reason = "nothing is leased there")
)]
pub(crate) enum Before {
    /// In its hand, and in nobody's since.
    Its,
    /// Not so.
    Not,
}

/// A hashtag in hand.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(feature = "store"),
    expect(dead_code, reason = "nobody reads it there")
)]
pub(crate) struct Work<'a> {
    /// The job's row.
    pub(crate) job: i64,
    pub(crate) tag: &'a str,
    pub(crate) is_leased: bool,
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
    /// How many ids it wrote in pulls before the one that it is at.
    pub(crate) earlier: u64,
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
            Some(place) => Some(Arc::new(Mutex::new(Database::open(place).await?))),
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

    /// The same store for another job, which is taken on, see [`claim`](Self::claim).
    ///
    /// # Errors
    /// [`StoreError`] of that.
    pub async fn beside(&self, job: Job) -> Result<(Self, Option<u64>), StoreError> {
        let mut store = Self {
            database: self.database.clone(),
            new_only: self.new_only,
            ..Self::default()
        };
        let committed = store.claim(job).await?;
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
        let Some(database) = &self.database else {
            return Ok(None);
        };
        let mut database = database.lock().await;
        let mut unfinished = database.claim(&job, epoch_seconds()).await?;
        if let Some(left) = unfinished.filter(|_| job.is_anew) {
            database.finish(left.id).await?;
            unfinished = None;
        }
        self.id = unfinished.map_or(0, |unfinished| unfinished.id);
        self.job = Some(job);
        Ok(unfinished.map(|unfinished| unfinished.committed))
    }

    /// Writes the job down before the first record: its output holds `length` bytes now.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not take it.
    pub async fn begin(&mut self, length: u64) -> Result<(), StoreError> {
        let (Some(database), Some(job)) = (&self.database, &self.job) else {
            return Ok(());
        };
        let mut database = database.lock().await;
        self.id = database
            .begin(job, self.id, length, epoch_seconds())
            .await?;
        Ok(())
    }

    /// Whether the store has hashtags of its own.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not tell.
    pub async fn has_hashtags(&mut self) -> Result<bool, StoreError> {
        match &self.database {
            Some(database) => database.lock().await.has_hashtags().await,
            None => Ok(false),
        }
    }

    /// Adds hashtags to the store's own, as they are asked for from now on.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not take them.
    pub async fn add(&mut self, queries: &[Query]) -> Result<(), StoreError> {
        match &self.database {
            Some(database) if !queries.is_empty() => database.lock().await.add(queries).await,
            _ => Ok(()),
        }
    }

    /// Leases to this run the hashtag of the store that was pulled longest ago, `every` or more.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not tell.
    pub async fn lease(&mut self, every: Duration) -> Result<Due, StoreError> {
        let Some(database) = &self.database else {
            return Ok(Due::Nothing);
        };
        let mut database = database.lock().await;
        if let Some((query, before)) = database.lease(self.id, every).await? {
            self.leases.insert(query.name.to_string(), before);
            return Ok(Due::Hashtag(query));
        }
        Ok(match database.due(self.id, every).await? {
            0 => Due::Nothing,
            _ => Due::Elsewhere,
        })
    }

    /// How many of the store's hashtags are due, but for those this run has in hand.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not tell.
    pub async fn due(&mut self, every: Duration) -> Result<u64, StoreError> {
        match &self.database {
            Some(database) => database.lock().await.due(self.id, every).await,
            None => Ok(0),
        }
    }

    /// What is known of a hashtag. With one that is leased the job begins anew, unless it is at it.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not tell.
    pub async fn past(&mut self, tag: &str) -> Result<Past, StoreError> {
        let mut past = Past::default();
        let Some(database) = &self.database else {
            return Ok(past);
        };
        let mut database = database.lock().await;
        past.left = database.left(self.id, tag).await?;
        database.written(self.id, tag, &mut past.known).await?;
        if let Some(before) = self.leases.get(tag)
            && (*before == Before::Not || past.is_done())
        {
            let earlier = past.known.len();
            past.left = Some(database.afresh(self.id, tag, earlier).await?);
        }
        let earlier = past.left.as_ref().map_or(0, |left| left.earlier);
        past.written = past.known.len().saturating_sub(earlier);
        if self.new_only {
            database.seen(tag, &mut past.known).await?;
        }
        Ok(past)
    }

    /// Makes sure that a hashtag is still this run's, before a page of it is written.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when it is not, another when the database does not tell.
    pub async fn hold(&mut self, tag: &str) -> Result<(), StoreError> {
        let work = self.work(tag);
        let is_held = match &self.database {
            Some(_) if self.is_lost => false,
            Some(database) if work.is_leased => database.lock().await.renew(work).await?,
            _ => true,
        };
        if is_held {
            return Ok(());
        }
        Err(StoreError::LeaseLost)
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
    /// Without a length they are not safe before the output is closed: that they are written is
    /// for this job alone until they are [settled](Self::settle).
    ///
    /// # Errors
    /// [`StoreError`] when the database does not take it, or another run has the hashtag; the store
    /// is as before the page then.
    pub async fn commit(
        &mut self,
        tag: &str,
        at: &Waypoint,
        length: Option<u64>,
    ) -> Result<(), StoreError> {
        let work = self.work(tag);
        let Some(database) = &self.database else {
            return Ok(());
        };
        let mut database = database.lock().await;
        // What was written of it stands among these bytes, and is nobody's.
        if self.is_lost {
            return Err(StoreError::LeaseLost);
        }
        if database.commit(work, &self.page, at, length).await? {
            self.page = Page::default();
            return Ok(());
        }
        self.is_lost = true;
        Err(StoreError::LeaseLost)
    }

    /// Keeps for all later runs what the job has written, once its output is closed and safe.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not take it.
    pub async fn settle(&mut self) -> Result<(), StoreError> {
        match &self.database {
            Some(database) => database.lock().await.settle(self.id).await,
            None => Ok(()),
        }
    }

    /// Keeps the receipt of a hashtag that was pulled, and whether the job is done with it; gives
    /// its lease back. What was imported has no `query`: it is none of the store's own hashtags.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not take it.
    pub async fn end(
        &mut self,
        query: Option<&Query>,
        receipt: &Receipt,
    ) -> Result<(), StoreError> {
        let tag = query.map_or("", |query| query.name.as_str());
        let work = self.work(tag);
        self.leases.remove(tag);
        match &self.database {
            Some(database) => database.lock().await.end(work, query, receipt).await,
            None => Ok(()),
        }
    }

    /// Whether a later run may go on with the job.
    #[must_use]
    pub fn may_go_on(&self) -> bool {
        self.job.as_ref().is_some_and(|job| job.may_go_on)
    }

    /// Forgets the job: nothing of it is left to do.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not take it.
    pub async fn finish(&mut self) -> Result<(), StoreError> {
        match &self.database {
            Some(database) => database.lock().await.finish(self.id).await,
            None => Ok(()),
        }
    }

    /// Closes the database and lets go of the lock, once no other job uses it.
    pub async fn close(self) {
        if let Some(database) = self.database.and_then(Arc::into_inner) {
            database.into_inner().close().await;
        }
    }

    fn work<'a>(&self, tag: &'a str) -> Work<'a> {
        Work {
            job: self.id,
            tag,
            is_leased: self.leases.contains_key(tag),
        }
    }
}
