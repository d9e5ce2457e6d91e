//! The one writer of the tables, in the SQL that both databases speak. Every call is one
//! transaction, or one statement that is one by itself.

use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, ConnectOptions as _, Connection as _, Row as _};
use url::Url;

use super::commit::{commit, end, settle, whole};
use super::ids::Ids;
use super::lock::{Lock, NoLock};
use super::page::Page;
#[cfg(feature = "postgres")]
use super::renewal::Renewal;
use super::schema::{Dialect, Found, NEWEST};
use super::still::Still;
use super::{Before, Job, Left, Place, StoreError, Unfinished, Waypoint, Work, jobs, tags};
use crate::input::Query;
use crate::receipt::Receipt;

/// Longest wait for a server to let us in.
const PATIENCE: Duration = Duration::from_secs(10);
/// Ids read at a time, so that a long list is never there twice.
const CHUNK: i64 = 10_000;

/// An open store.
pub(super) struct Database {
    db: AnyConnection,
    dialect: Dialect,
    /// Its name in messages.
    name: String,
    /// Keeps what the run has leased while it waits.
    #[cfg(feature = "postgres")]
    renewal: Option<Renewal>,
    /// How it is reached once more.
    #[cfg(feature = "postgres")]
    options: AnyConnectOptions,
    /// What a file that is read without anything beside it has to stay.
    still: Option<Still>,
    /// Dropped after the connection.
    _lock: Option<Lock>,
}

impl Database {
    /// Opens the store at `place`, which is made where there is none.
    pub(super) async fn open(place: &Place) -> Result<Self, StoreError> {
        install_drivers();
        let name = place.to_string();
        let mut store = match place {
            Place::File(path) => Self::open_file(path, name).await?,
            #[cfg(feature = "postgres")]
            Place::Server(url) => Self::connect(url, Dialect::Postgres, name, None).await?,
            #[cfg(not(feature = "postgres"))]
            Place::Server(_) => return Err(StoreError::LeftOut("postgres")),
        };
        let ready = match store.make_ready().await {
            Ok(()) => store
                .dialect
                .enter(&mut store.db)
                .await
                .map_err(|it| store.told(&it)),
            Err(error) => Err(error),
        };
        match ready {
            Ok(()) => Ok(store),
            Err(error) => {
                store.close().await;
                Err(error)
            }
        }
    }

    async fn open_file(path: &Path, name: String) -> Result<Self, StoreError> {
        let lock = match Lock::take(path) {
            Ok(lock) => lock,
            Err(NoLock::Taken) => return Err(StoreError::Locked(name)),
            Err(NoLock::NotADatabase) => return Err(StoreError::NotADatabase(name)),
            Err(NoLock::Io(error)) => return Err(unusable(name, error)),
        };
        let url = file_url(path, "rw").map_err(|error| unusable(name.clone(), error))?;
        Self::connect(&url, Dialect::Sqlite, name, Some(lock)).await
    }

    /// Reaches the store at `place` to read it alone: without a lock, and it is not made; `None`
    /// for a database in which there is nothing yet.
    pub(super) async fn open_to_read(place: &Place) -> Result<Option<Self>, StoreError> {
        install_drivers();
        let name = place.to_string();
        let mut store = match place {
            Place::File(path) => Self::file_to_read(path, name).await?,
            #[cfg(feature = "postgres")]
            Place::Server(url) => Self::connect(url, Dialect::Postgres, name, None).await?,
            #[cfg(not(feature = "postgres"))]
            Place::Server(_) => return Err(StoreError::LeftOut("postgres")),
        };
        if store.version().await? == 0 {
            store.close().await;
            return Ok(None);
        }
        let entered = store.dialect.enter(&mut store.db).await;
        entered.map_err(|error| store.told(&error))?;
        Ok(Some(store))
    }

    /// Reaches a file as one who might write, for only such a one takes away what SQLite puts
    /// beside it for a reader. Where the folder lets nobody put anything there, it is read by
    /// itself.
    async fn file_to_read(path: &Path, name: String) -> Result<Self, StoreError> {
        let still = Still::at(path);
        let (refused, still) = match (Self::reached(path, "rw", &name).await, still) {
            (Err(error @ StoreError::Unusable { .. }), Some(still)) => (error, still),
            (reached, _) => return reached,
        };
        let reached = Self::reached(path, "ro&immutable=1", &name).await;
        let mut store = reached.map_err(|_| refused)?;
        store.still = Some(still);
        Ok(store)
    }

    /// Reaches a file and looks whether it can be read.
    async fn reached(path: &Path, mode: &str, name: &str) -> Result<Self, StoreError> {
        let url = file_url(path, mode).map_err(|error| unusable(name.to_owned(), error))?;
        let mut store = Self::connect(&url, Dialect::Sqlite, name.to_owned(), None).await?;
        match store.version().await {
            Ok(_) => Ok(store),
            Err(error) => {
                store.close().await;
                Err(error)
            }
        }
    }

    /// Whether what was read can be relied on: nobody wrote the file meanwhile.
    pub(super) fn is_as_it_was(&self) -> bool {
        self.still.as_ref().is_none_or(Still::is_still)
    }

    /// Which database it is, and the way to it.
    pub(super) fn connection(&mut self) -> (Dialect, &mut AnyConnection) {
        (self.dialect, &mut self.db)
    }

    async fn connect(
        url: &Url,
        dialect: Dialect,
        name: String,
        lock: Option<Lock>,
    ) -> Result<Self, StoreError> {
        let options = AnyConnectOptions::from_url(url);
        let options = options.map_err(|error| told(dialect, &name, &error))?;
        // What a statement is told about may be long, and is nobody's business.
        let options = options.disable_statement_logging();
        let connected = tokio::time::timeout(PATIENCE, options.connect()).await;
        let Ok(connected) = connected else {
            return Err(unusable(name, "the server does not answer"));
        };
        Ok(Self {
            db: connected.map_err(|error| told(dialect, &name, &error))?,
            dialect,
            name,
            #[cfg(feature = "postgres")]
            renewal: None,
            #[cfg(feature = "postgres")]
            options,
            still: None,
            _lock: lock,
        })
    }

    /// Refuses what is not ours, newer or damaged, before anything is written; makes the tables.
    async fn make_ready(&mut self) -> Result<(), StoreError> {
        let from = self.version().await?;
        let damage = self.dialect.damage(&mut self.db).await;
        if let Some(cause) = damage.map_err(|error| self.told(&error))? {
            let place = self.name.clone();
            return Err(StoreError::Damaged { place, cause });
        }
        if from == NEWEST {
            return Ok(());
        }
        let made = self.dialect.migrate(&mut self.db, from).await;
        made.map_err(|error| self.told(&error))
    }

    /// The version of its tables, 0 where there are none yet; refuses what is not ours, or newer.
    async fn version(&mut self) -> Result<i64, StoreError> {
        let looked = self.dialect.look(&mut self.db).await;
        match looked.map_err(|error| self.told(&error))? {
            Found::Nothing => Ok(0),
            Found::Foreign => Err(StoreError::Foreign(self.name.clone())),
            Found::Version(found) if found > NEWEST => Err(StoreError::Newer {
                place: self.name.clone(),
                found,
                known: NEWEST,
            }),
            Found::Version(found) => Ok(found),
        }
    }

    /// What the unfinished job of `job`'s output left; it must be this job.
    pub(super) async fn claim(
        &mut self,
        job: &Job,
        now: i64,
    ) -> Result<Option<Unfinished>, StoreError> {
        #[cfg(feature = "postgres")]
        self.lock(job).await?;
        let found = jobs::unfinished(&mut self.db, job, now).await;
        let Some((unfinished, theirs)) = found.map_err(|error| self.told(&error))? else {
            return Ok(None);
        };
        match theirs.differs_in(job) {
            Some(parameter) => Err(StoreError::OtherJob(parameter)),
            None => Ok(Some(unfinished)),
        }
    }

    /// Takes the job's lock on a server, which is freed with the connection.
    #[cfg(feature = "postgres")]
    async fn lock(&mut self, job: &Job) -> Result<(), StoreError> {
        if self.dialect != Dialect::Postgres {
            return Ok(());
        }
        let question = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))";
        let question = sqlx::query(question).bind(format!("tiktok-hashtag {}", job.output));
        let row = question.fetch_one(&mut self.db).await;
        let taken = row.and_then(|row| row.try_get::<bool, _>(0));
        if taken.map_err(|error| self.told(&error))? {
            return Ok(());
        }
        Err(StoreError::Locked(format!(
            "{} (this job of it)",
            self.name
        )))
    }

    /// Writes down that job `id`, 0 for a new one, goes on now; its row.
    pub(super) async fn begin(
        &mut self,
        job: &Job,
        id: i64,
        committed: u64,
        now: i64,
    ) -> Result<i64, StoreError> {
        let begun = jobs::begin(&mut self.db, job, id, whole(committed), now).await;
        let id = begun.map_err(|error| self.told(&error))?;
        if job.is_from_store() {
            self.begin_to_lease(id).await?;
        }
        Ok(id)
    }

    /// Frees what a run of job `id` had leased that died; keeps what this one will.
    async fn begin_to_lease(&mut self, id: i64) -> Result<(), StoreError> {
        let freed = tags::free(&mut self.db, self.dialect, id).await;
        freed.map_err(|error| self.told(&error))?;
        #[cfg(feature = "postgres")]
        if self.dialect == Dialect::Postgres {
            self.renewal = Some(Renewal::start(self.options.clone(), id));
        }
        Ok(())
    }

    /// Notes that the run gets on with what it has leased.
    fn moved(&self) {
        #[cfg(feature = "postgres")]
        if let Some(renewal) = &self.renewal {
            renewal.moved();
        }
    }

    /// Whether there are hashtags of the store's own.
    pub(super) async fn has_hashtags(&mut self) -> Result<bool, StoreError> {
        let any = tags::any(&mut self.db).await;
        any.map_err(|error| self.told(&error))
    }

    /// Adds hashtags to those.
    pub(super) async fn add(&mut self, queries: &[Query]) -> Result<(), StoreError> {
        let added = tags::add(&mut self.db, self.dialect, queries).await;
        added.map_err(|error| self.told(&error))
    }

    /// Leases one to job `id` that was not pulled within `every`.
    pub(super) async fn lease(
        &mut self,
        id: i64,
        every: Duration,
    ) -> Result<Option<(Query, Before)>, StoreError> {
        let leased = tags::lease(&mut self.db, self.dialect, id, every).await;
        let Some(listed) = leased.map_err(|error| self.told(&error))? else {
            return Ok(None);
        };
        self.moved();
        let before = listed.before;
        let query = listed.query();
        let query = query.map_err(|cause| unusable(self.name.clone(), cause))?;
        Ok(Some((query, before)))
    }

    /// How many were not pulled within `every` that job `id` has not in hand.
    pub(super) async fn due(&mut self, id: i64, every: Duration) -> Result<u64, StoreError> {
        let due = tags::due(&mut self.db, self.dialect, id, every).await;
        due.map_err(|error| self.told(&error))
    }

    /// Renews a lease; false when another run has the hashtag now.
    pub(super) async fn renew(&mut self, work: Work<'_>) -> Result<bool, StoreError> {
        let renewed = tags::renew(&mut self.db, self.dialect, work.job, work.tag).await;
        renewed.map_err(|error| self.told(&error))
    }

    /// Begins with a hashtag at the top again, of which job `id` has written so many ids already.
    pub(super) async fn afresh(
        &mut self,
        id: i64,
        tag: &str,
        earlier: u64,
    ) -> Result<Left, StoreError> {
        let afresh = jobs::afresh(&mut self.db, id, tag, earlier).await;
        afresh.map_err(|error| self.told(&error))
    }

    /// Where job `id` is with a hashtag.
    pub(super) async fn left(&mut self, id: i64, tag: &str) -> Result<Option<Left>, StoreError> {
        let left = jobs::left(&mut self.db, id, tag).await;
        left.map_err(|error| self.told(&error))
    }

    /// Adds the ids that job `id` has written of a hashtag.
    pub(super) async fn written(
        &mut self,
        id: i64,
        tag: &str,
        ids: &mut Ids,
    ) -> Result<(), StoreError> {
        let question = "SELECT aweme_id FROM written \
                        WHERE tag = $1 AND aweme_id > $2 AND job = $4 \
                        ORDER BY aweme_id LIMIT $3";
        self.add_ids(question, tag, Some(id), ids).await
    }

    /// Adds the ids that were ever written of a hashtag.
    pub(super) async fn seen(&mut self, tag: &str, ids: &mut Ids) -> Result<(), StoreError> {
        let question = "SELECT aweme_id FROM seen WHERE tag = $1 AND aweme_id > $2 \
                        ORDER BY aweme_id LIMIT $3";
        self.add_ids(question, tag, None, ids).await
    }

    async fn add_ids(
        &mut self,
        question: &'static str,
        tag: &str,
        job: Option<i64>,
        ids: &mut Ids,
    ) -> Result<(), StoreError> {
        let mut last = Some(String::new());
        while let Some(after) = last.take() {
            let asked = sqlx::query(question).bind(tag.to_owned()).bind(after);
            let asked = asked.bind(CHUNK);
            let asked = match job {
                Some(job) => asked.bind(job),
                None => asked,
            };
            let rows = asked.fetch_all(&mut self.db).await;
            for row in rows.map_err(|error| self.told(&error))? {
                let id: String = row.try_get(0).map_err(|error| self.told(&error))?;
                last = Some(id.clone());
                ids.add(id);
            }
        }
        Ok(())
    }

    /// One page: its sightings, what of them was written, and where the job is now; false when
    /// another run has the hashtag, and nothing is kept.
    pub(super) async fn commit(
        &mut self,
        work: Work<'_>,
        page: &Page,
        at: &Waypoint,
        committed: Option<u64>,
    ) -> Result<bool, StoreError> {
        let committed = committed.map(whole);
        self.moved();
        let done = commit(&mut self.db, self.dialect, work, page, at, committed).await;
        done.map_err(|error| self.told(&error))
    }

    /// Counts as seen what job `id` has written.
    pub(super) async fn settle(&mut self, id: i64) -> Result<(), StoreError> {
        let done = settle(&mut self.db, id).await;
        done.map_err(|error| self.told(&error))
    }

    /// Keeps a receipt, and that the job is done with a hashtag.
    pub(super) async fn end(
        &mut self,
        work: Work<'_>,
        query: Option<&Query>,
        receipt: &Receipt,
    ) -> Result<(), StoreError> {
        let done = end(&mut self.db, self.dialect, work, query, receipt).await;
        done.map_err(|error| self.told(&error))
    }

    /// Forgets job `id`; what belongs to it goes with it.
    pub(super) async fn finish(&mut self, id: i64) -> Result<(), StoreError> {
        let done = jobs::forget(&mut self.db, id).await;
        done.map_err(|error| self.told(&error))
    }

    /// Closes the connection, then lets go of the lock.
    pub(super) async fn close(self) {
        if let Err(error) = self.db.close().await {
            tracing::debug!("closing the store {}: {error}", self.name);
        }
    }

    pub(super) fn told(&self, error: &sqlx::Error) -> StoreError {
        told(self.dialect, &self.name, error)
    }
}

fn install_drivers() {
    static DRIVERS: Once = Once::new();
    DRIVERS.call_once(sqlx::any::install_default_drivers);
}

/// The URL of an SQLite file that is there.
fn file_url(path: &Path, mode: &str) -> Result<Url, String> {
    let real = path.canonicalize().map_err(|error| error.to_string())?;
    let text = real.to_str().ok_or("its path is no UTF-8")?;
    let text = utf8_percent_encode(text, NON_ALPHANUMERIC);
    Url::parse(&format!("sqlite:{text}?mode={mode}")).map_err(|error| error.to_string())
}

/// What the database said, as our error.
fn told(dialect: Dialect, place: &str, error: &sqlx::Error) -> StoreError {
    let place = place.to_owned();
    let database = error.as_database_error();
    let code = database.and_then(|error| error.code());
    let cause = database.map_or_else(|| error.to_string(), |it| it.message().to_owned());
    // The primary code is the lowest byte of SQLite's.
    let code = code
        .and_then(|code| code.parse::<u32>().ok())
        .map(|code| code & 0xff);
    match (dialect, code) {
        // Another program writes to it just now.
        (Dialect::Sqlite, Some(5)) => StoreError::Locked(place),
        (Dialect::Sqlite, Some(26)) => StoreError::NotADatabase(place),
        (Dialect::Sqlite, Some(11)) => StoreError::Damaged { place, cause },
        _ => StoreError::Unusable { place, cause },
    }
}

fn unusable(place: String, cause: impl ToString) -> StoreError {
    let cause = cause.to_string();
    StoreError::Unusable { place, cause }
}
