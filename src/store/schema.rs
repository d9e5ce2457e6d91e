//! The tables, version by version, and the little in which the two databases differ.

use sqlx::AnyConnection;
use sqlx::{Connection as _, Executor as _, Row as _};

/// The statements that lead from each version to the next; the first from nothing to version 1.
const VERSIONS: [&str; 2] = [include_str!("schema/1.sql"), include_str!("schema/2.sql")];
/// The newest version.
pub(super) const NEWEST: i64 = VERSIONS.len() as i64;
/// The server's lock for those who make the tables, which have a schema of their own there.
#[cfg(feature = "postgres")]
const MAKING: &str = "SELECT 1 FROM pg_advisory_xact_lock(8453102)";
#[cfg(feature = "postgres")]
const SCHEMAS: &str =
    "SELECT COUNT(*) FROM pg_catalog.pg_namespace WHERE nspname = 'tiktok_hashtag'";

/// Most pages of 4 KiB that are all looked at before a run; of a larger file only those are that
/// it uses.
const CHECKED: i64 = 131_072;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    #[cfg(feature = "postgres")]
    Postgres,
}

/// What stands in a database before it is touched.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// Tables, but not ours.
    Foreign,
    /// Our tables of this version.
    Version(i64),
}

impl Dialect {
    /// Looks, and changes nothing.
    pub(super) async fn look(self, db: &mut AnyConnection) -> sqlx::Result<Found> {
        let (tables, ours) = match self {
            Self::Sqlite => (
                "SELECT COUNT(*) FROM sqlite_master",
                "SELECT COUNT(*) FROM sqlite_master WHERE name = 'store_version'",
            ),
            #[cfg(feature = "postgres")]
            Self::Postgres => (
                "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = 'tiktok_hashtag'",
                "SELECT COUNT(*) FROM pg_catalog.pg_tables \
                 WHERE schemaname = 'tiktok_hashtag' AND tablename = 'store_version'",
            ),
        };
        if count(db, tables).await? == 0 {
            return Ok(Found::Nothing);
        }
        if count(db, ours).await? == 0 {
            return Ok(Found::Foreign);
        }
        let version = match self {
            Self::Sqlite => "SELECT MAX(version) FROM store_version",
            #[cfg(feature = "postgres")]
            Self::Postgres => "SELECT MAX(version) FROM tiktok_hashtag.store_version",
        };
        Ok(Found::Version(count(db, version).await?))
    }

    /// What the SQLite library itself finds wrong.
    pub(super) async fn damage(self, db: &mut AnyConnection) -> sqlx::Result<Option<String>> {
        if self != Self::Sqlite || pages(db).await? > CHECKED {
            return Ok(None);
        }
        let row = db.fetch_one("PRAGMA quick_check(1)").await?;
        let words: String = row.try_get(0)?;
        Ok((words != "ok").then_some(words))
    }

    /// Makes what lacks from version `from` on.
    pub(super) async fn migrate(self, db: &mut AnyConnection, from: i64) -> sqlx::Result<()> {
        if self == Self::Sqlite && from == 0 {
            // Readers and the one writer do not wait for each other.
            db.fetch_all("PRAGMA journal_mode = WAL").await?;
        }
        let mut all = db.begin().await?;
        #[cfg(feature = "postgres")]
        let from = match self {
            Self::Sqlite => from,
            Self::Postgres => making(&mut all).await?.max(from),
        };
        if from == 0 {
            all.execute("CREATE TABLE store_version (version BIGINT NOT NULL)")
                .await?;
        }
        for (version, statements) in (1..).zip(VERSIONS).filter(|&(version, _)| version > from) {
            sqlx::raw_sql(statements).execute(&mut *all).await?;
            let own = sqlx::raw_sql(self.own(version));
            own.execute(&mut *all).await?;
            let note = sqlx::query("INSERT INTO store_version (version) VALUES ($1)");
            note.bind::<i64>(version).execute(&mut *all).await?;
        }
        all.commit().await
    }

    /// What a version takes besides, in the words of this database.
    fn own(self, version: i64) -> &'static str {
        match (self, version) {
            (Self::Sqlite, 2) => include_str!("schema/2.sqlite.sql"),
            #[cfg(feature = "postgres")]
            (Self::Postgres, 2) => include_str!("schema/2.postgres.sql"),
            _ => "",
        }
    }

    /// The time of its clock, in epoch seconds, as an expression.
    pub(super) fn now(self) -> &'static str {
        match self {
            Self::Sqlite => "unixepoch()",
            #[cfg(feature = "postgres")]
            Self::Postgres => "CAST(FLOOR(EXTRACT(EPOCH FROM statement_timestamp())) AS BIGINT)",
        }
    }

    /// How a question takes rows that nobody else takes at the moment. A file has one user.
    pub(super) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            #[cfg(feature = "postgres")]
            Self::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }

    /// Makes our tables the ones that are meant from here on.
    pub(super) async fn enter(self, db: &mut AnyConnection) -> sqlx::Result<()> {
        if self != Self::Sqlite {
            db.execute("SET search_path TO tiktok_hashtag").await?;
        }
        Ok(())
    }

    /// Makes the transaction that has just begun see one state of the tables, and leave it. A
    /// file's does so by itself.
    pub(super) async fn only_read(self, db: &mut AnyConnection) -> sqlx::Result<()> {
        if self != Self::Sqlite {
            db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                .await?;
        }
        Ok(())
    }
}

/// Waits until nobody else makes the tables, and looks how far they came.
#[cfg(feature = "postgres")]
async fn making(db: &mut AnyConnection) -> sqlx::Result<i64> {
    db.execute(MAKING).await?;
    if count(db, SCHEMAS).await? == 0 {
        db.execute("CREATE SCHEMA tiktok_hashtag").await?;
    }
    db.execute("SET LOCAL search_path TO tiktok_hashtag")
        .await?;
    match Box::pin(Dialect::Postgres.look(db)).await? {
        Found::Version(version) => Ok(version),
        _ => Ok(0),
    }
}

/// How many pages an SQLite file has.
async fn pages(db: &mut AnyConnection) -> sqlx::Result<i64> {
    count(db, "PRAGMA page_count").await
}

async fn count(db: &mut AnyConnection, question: &'static str) -> sqlx::Result<i64> {
    db.fetch_one(question).await?.try_get(0)
}
