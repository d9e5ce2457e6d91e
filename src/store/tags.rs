//! The store's own list of hashtags: which of them are due, and which run has one in hand. Many
//! runs may share it; its times are those of the database, for machines' clocks differ.

use std::sync::Arc;
use std::time::Duration;

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _};

use super::commit::{Table, insert, whole};
use super::page::column;
use super::schema::Dialect;
use super::{Before, Work};
use crate::exit::Exit;
use crate::input::{HashtagName, Limit, Query};
use crate::receipt::Receipt;

/// Seconds after its last renewal at which a lease has run out.
pub(super) const LEASE: i64 = 5 * 60;
/// Hashtags that are added with one statement.
const CHUNK: usize = 1_000;

const TAGS: Table = Table {
    into: "tags (tag, url, region, asked, added_at)",
    columns: 5,
    conflict: "ON CONFLICT (tag) DO UPDATE SET url = excluded.url, region = excluded.region, \
               asked = excluded.asked",
};

/// A hashtag of the list, as it stands there.
pub(super) struct Listed {
    pub(super) tag: String,
    pub(super) url: Option<String>,
    pub(super) region: Option<String>,
    /// The limit; `None` for no bound.
    pub(super) asked: Option<i64>,
    pub(super) before: Before,
}

impl Listed {
    /// The question that it is.
    pub(super) fn query(self) -> Result<Query, String> {
        let wrong = |error: &dyn std::fmt::Display| format!("its hashtag {:?}: {error}", self.tag);
        let region = self.region.as_deref().map(str::parse).transpose();
        let limit = match self.asked {
            Some(asked) => Limit::try_from(u64::try_from(asked).unwrap_or(0)),
            None => Ok(Limit::All),
        };
        let name: HashtagName = self.tag.parse().map_err(|error| wrong(&error))?;
        if name.as_str() != self.tag {
            return Err(wrong(&format!("it is written {name}")));
        }
        Ok(Query {
            name,
            region: region.map_err(|error| wrong(&error))?,
            limit: limit.map_err(|error| wrong(&error))?,
            url: self.url,
            filter: Arc::default(),
        })
    }
}

/// Whether there is any.
pub(super) async fn any(db: &mut AnyConnection) -> sqlx::Result<bool> {
    let row = sqlx::query("SELECT COUNT(*) FROM tags").fetch_one(db).await;
    row?.try_get::<i64, _>(0).map(|count| count > 0)
}

/// Adds `queries`, or what they say now of hashtags that are there.
pub(super) async fn add(
    db: &mut AnyConnection,
    dialect: Dialect,
    queries: &[Query],
) -> sqlx::Result<()> {
    // In one order, so that two runs that add the same do not wait for each other.
    let mut queries: Vec<&Query> = queries.iter().collect();
    queries.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
    let mut all = db.begin().await?;
    let clock = format!("SELECT {}", dialect.now());
    let clock = sqlx::query(AssertSqlSafe(clock)).fetch_one(&mut *all).await;
    let now: i64 = clock?.try_get(0)?;
    for some in queries.chunks(CHUNK) {
        insert(&mut all, &TAGS, some, |row, query| {
            row.bind(query.name.to_string())
                .bind(query.url.as_deref().map(column))
                .bind(query.region.map(|region| region.to_string()))
                .bind(query.limit.get().map(whole))
                .bind(now)
        })
        .await?;
    }
    all.commit().await
}

/// Leases to job `job` the one that was pulled longest ago, if that is `every` or more.
pub(super) async fn lease(
    db: &mut AnyConnection,
    dialect: Dialect,
    job: i64,
    every: Duration,
) -> sqlx::Result<Option<Listed>> {
    let (now, lock) = (dialect.now(), dialect.skip_locked());
    let next = format!(
        "SELECT tag, url, region, asked, leased_by FROM tags \
         WHERE (pulled_at IS NULL OR pulled_at <= {now} - $1) AND \
         (leased_until IS NULL OR (leased_until <= {now} AND leased_by <> $2)) \
         ORDER BY pulled_at NULLS FIRST, added_at, tag LIMIT 1 {lock}"
    );
    let mut all = db.begin().await?;
    let next = sqlx::query(AssertSqlSafe(next)).bind(seconds(every));
    let Some(row) = next.bind(job).fetch_optional(&mut *all).await? else {
        return Ok(None);
    };
    let listed = listed(&row, job)?;
    let take =
        format!("UPDATE tags SET leased_by = $1, leased_until = {now} + {LEASE} WHERE tag = $2");
    let take = sqlx::query(AssertSqlSafe(take)).bind(job);
    take.bind(listed.tag.clone()).execute(&mut *all).await?;
    all.commit().await?;
    Ok(Some(listed))
}

fn listed(row: &AnyRow, job: i64) -> sqlx::Result<Listed> {
    let last: Option<i64> = row.try_get("leased_by")?;
    Ok(Listed {
        tag: row.try_get("tag")?,
        url: row.try_get("url")?,
        region: row.try_get("region")?,
        asked: row.try_get("asked")?,
        before: if last == Some(job) {
            Before::Its
        } else {
            Before::Not
        },
    })
}

/// How many are due that job `job` has not in hand itself, others' ones too.
pub(super) async fn due(
    db: &mut AnyConnection,
    dialect: Dialect,
    job: i64,
    every: Duration,
) -> sqlx::Result<u64> {
    let now = dialect.now();
    let due = format!(
        "SELECT COUNT(*) FROM tags WHERE (pulled_at IS NULL OR pulled_at <= {now} - $1) \
         AND (leased_until IS NULL OR leased_by <> $2)"
    );
    let due = sqlx::query(AssertSqlSafe(due)).bind(seconds(every));
    let row = due.bind(job).fetch_one(db).await?;
    row.try_get::<i64, _>(0).map(|count| count.unsigned_abs())
}

/// Renews a lease; false when another run has taken the hashtag over.
pub(super) async fn renew(
    db: &mut AnyConnection,
    dialect: Dialect,
    job: i64,
    tag: &str,
) -> sqlx::Result<bool> {
    let renew = format!(
        "UPDATE tags SET leased_until = {} + {LEASE} \
         WHERE tag = $1 AND leased_by = $2 AND leased_until IS NOT NULL",
        dialect.now()
    );
    let renew = sqlx::query(AssertSqlSafe(renew)).bind(tag.to_owned());
    let done = renew.bind(job).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

/// Frees what a run of job `job` had in hand that died. Whoever opens a file has it alone, so that
/// there all of them are dead.
pub(super) async fn free(db: &mut AnyConnection, dialect: Dialect, job: i64) -> sqlx::Result<()> {
    let free = match dialect {
        Dialect::Sqlite => sqlx::query("UPDATE tags SET leased_until = NULL"),
        #[cfg(feature = "postgres")]
        Dialect::Postgres => {
            sqlx::query("UPDATE tags SET leased_until = NULL WHERE leased_by = $1").bind(job)
        }
    };
    #[cfg(not(feature = "postgres"))]
    let _ = job;
    free.execute(db).await.map(drop)
}

/// Notes that a pull of a hashtag ended. One that was stopped is as due as before.
pub(super) async fn ended(
    db: &mut AnyConnection,
    dialect: Dialect,
    work: Work<'_>,
    query: &Query,
    receipt: &Receipt,
) -> sqlx::Result<()> {
    let exit = receipt.stopped_because.exit();
    let pulled_at = if exit.is_final() {
        "pulled_at"
    } else {
        dialect.now()
    };
    if work.is_leased {
        let free = format!(
            "UPDATE tags SET leased_until = NULL, pulled_at = {pulled_at} \
             WHERE tag = $1 AND leased_by = $2 AND leased_until IS NOT NULL"
        );
        let free = sqlx::query(AssertSqlSafe(free)).bind(query.name.to_string());
        return free.bind(work.job).execute(db).await.map(drop);
    }
    // A slip of the pen does not become one of the hashtags that are pulled again and again.
    if exit != Exit::NotFound {
        add_new(db, dialect, query).await?;
    }
    let note = format!("UPDATE tags SET pulled_at = {pulled_at} WHERE tag = $1");
    let note = sqlx::query(AssertSqlSafe(note)).bind(query.name.to_string());
    note.execute(db).await.map(drop)
}

/// Adds a hashtag unless it is there: who pulls it once in another way does not change the list.
async fn add_new(db: &mut AnyConnection, dialect: Dialect, query: &Query) -> sqlx::Result<()> {
    let add = format!(
        "INSERT INTO tags (tag, url, region, asked, added_at) VALUES ($1, $2, $3, $4, {}) \
         ON CONFLICT (tag) DO NOTHING",
        dialect.now()
    );
    let add = sqlx::query(AssertSqlSafe(add))
        .bind(query.name.to_string())
        .bind(query.url.as_deref().map(column))
        .bind(query.region.map(|region| region.to_string()))
        .bind(query.limit.get().map(whole));
    add.execute(db).await.map(drop)
}

fn seconds(every: Duration) -> i64 {
    // A part of one is rounded up: times have none.
    whole(
        every
            .as_millis()
            .div_ceil(1_000)
            .try_into()
            .unwrap_or(u64::MAX),
    )
}
