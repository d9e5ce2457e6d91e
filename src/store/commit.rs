//! What is written at the end of a page and of a hashtag, each in one transaction.

use std::collections::BTreeMap;

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Connection as _};

use super::page::{Page, Seen, SeenAt};
use super::schema::Dialect;
use super::{Waypoint, Work, tags};
use crate::clock::epoch_seconds;
use crate::input;
use crate::receipt::Receipt;

/// Notes how far a job has come. A clock that was set back does not make it look forgotten.
pub(super) const GONE_ON: &str = "UPDATE jobs SET committed = $1, \
     updated_at = CASE WHEN updated_at < $2 THEN $2 ELSE updated_at END WHERE id = $3";

/// One page of a hashtag: the sightings since the last one, what of them was written, and where the
/// job is now. What is not safe in an output of `committed` bytes is written to the job alone.
/// Nothing, and false, when another run has taken the hashtag over.
pub(super) async fn commit(
    db: &mut AnyConnection,
    dialect: Dialect,
    work: Work<'_>,
    page: &Page,
    at: &Waypoint,
    committed: Option<i64>,
) -> sqlx::Result<bool> {
    let (id, tag) = (work.job, work.tag);
    let mut all = db.begin().await?;
    if work.is_leased && !tags::renew(&mut all, dialect, id, tag).await? {
        all.rollback().await?;
        return Ok(false);
    }
    let videos = latest(&page.0);
    insert(&mut all, &VIDEOS, &videos, |query, video| {
        query
            .bind(video.id.clone())
            .bind(video.author_uid.clone())
            .bind(video.author_unique_id.clone())
            .bind(video.create_time)
            .bind(video.at)
            .bind(video.at)
            .bind(video.record.clone())
    })
    .await?;
    let sightings: Vec<&Seen> = page.0.iter().collect();
    observe(&mut all, &sightings).await?;
    let now = epoch_seconds();
    let mut written = sightings;
    written.retain(|video| video.written);
    written.sort_by_key(|video| (&video.tag, &video.id));
    let safe = if committed.is_some() {
        &written[..]
    } else {
        &[]
    };
    insert(&mut all, &SEEN, safe, |query, video| {
        let query = query.bind(video.tag.clone()).bind(video.id.clone());
        query.bind(now)
    })
    .await?;
    insert(&mut all, &WRITTEN, &written, |query, video| {
        let query = query.bind(id).bind(video.tag.clone());
        query.bind(video.id.clone())
    })
    .await?;
    progress(&mut all, id, tag, at).await?;
    let job = sqlx::query(GONE_ON);
    let job = job.bind(committed.unwrap_or(0)).bind(now).bind(id);
    job.execute(&mut *all).await?;
    all.commit().await?;
    Ok(true)
}

/// Counts as seen what job `id` has written. In one order, as a page's ids.
pub(super) async fn settle(db: &mut AnyConnection, id: i64) -> sqlx::Result<()> {
    let seen = "INSERT INTO seen (tag, aweme_id, written_at) \
                SELECT tag, aweme_id, $1 FROM written WHERE job = $2 ORDER BY tag, aweme_id \
                ON CONFLICT (tag, aweme_id) DO NOTHING";
    let seen = sqlx::query(seen).bind(epoch_seconds()).bind(id);
    seen.execute(db).await.map(drop)
}

/// Each video once, as it was seen last: a statement may touch a row once only. In the order of
/// their ids, so that two runs on one server which meet the same videos do not wait for each other
/// in a circle.
fn latest(sightings: &[Seen]) -> Vec<&Seen> {
    let videos: BTreeMap<&str, &Seen> = sightings.iter().map(|it| (&*it.id, it)).collect();
    videos.into_values().collect()
}

/// Keeps the counts of what was seen. Those of a file count once however often it is read, and not
/// at all where it does not say when they were right.
async fn observe(db: &mut AnyConnection, sightings: &[&Seen]) -> sqlx::Result<()> {
    let of = |wanted: fn(SeenAt) -> bool| {
        let all = sightings.iter().copied();
        all.filter(|it| wanted(it.seen_at)).collect::<Vec<_>>()
    };
    let now = of(|seen_at| matches!(seen_at, SeenAt::Now(_)));
    insert(db, &OBSERVATIONS, &now, |query, video| {
        observation(query, video)
    })
    .await?;
    for video in of(|seen_at| matches!(seen_at, SeenAt::Saved(Some(_)))) {
        let query = observation(sqlx::query(SAVED_OBSERVATION), video);
        query.execute(&mut *db).await?;
    }
    Ok(())
}

fn observation<'q>(query: Statement<'q>, video: &Seen) -> Statement<'q> {
    let query = query.bind(video.id.clone()).bind(video.tag.clone());
    let query = query.bind(video.at);
    let counts = video.counts.iter();
    counts.fold(query, |query, count| query.bind(*count))
}

async fn progress(db: &mut AnyConnection, id: i64, tag: &str, at: &Waypoint) -> sqlx::Result<()> {
    let row = "INSERT INTO progress \
               (job, tag, lane, cursor_previous, cursor_next, seen_previous, done) \
               VALUES ($1, $2, $3, $4, $5, $6, 0) \
               ON CONFLICT (job, tag) DO UPDATE SET lane = excluded.lane, \
               cursor_previous = excluded.cursor_previous, cursor_next = excluded.cursor_next, \
               seen_previous = excluded.seen_previous";
    let row = sqlx::query(row)
        .bind(id)
        .bind(tag.to_owned())
        .bind(at.lane.clone())
        .bind(at.previous.clone())
        .bind(at.next.clone())
        .bind(whole(at.before));
    row.execute(db).await.map(drop)
}

/// A receipt, and that a hashtag is done which is complete, or which this run has tried and others
/// try next.
pub(super) async fn end(
    db: &mut AnyConnection,
    dialect: Dialect,
    work: Work<'_>,
    query: Option<&input::Query>,
    receipt: &Receipt,
) -> sqlx::Result<()> {
    let mut all = db.begin().await?;
    let tag = receipt.tag.clone().unwrap_or_default();
    let run = "INSERT INTO runs \
               (tag, started_at, finished_at, stopped_because, exit_code, written, receipt) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let run = sqlx::query(run)
        .bind(tag.clone())
        .bind(receipt.started_at)
        .bind(receipt.finished_at)
        .bind(receipt.stopped_because.as_str().to_owned())
        .bind(i64::from(receipt.exit_code))
        .bind(whole(receipt.written))
        .bind(crate::sink::safe_json(receipt));
    run.execute(&mut *all).await?;
    if let Some(query) = query {
        tags::ended(&mut all, dialect, work, query, receipt).await?;
    }
    let is_tried = work.is_leased && !receipt.stopped_because.exit().is_final();
    if receipt.complete || is_tried {
        let done = "INSERT INTO progress (job, tag, lane, seen_previous, done) \
                    VALUES ($1, $2, '', 0, 1) \
                    ON CONFLICT (job, tag) DO UPDATE SET done = 1, cursor_next = NULL";
        let done = sqlx::query(done).bind(work.job).bind(tag);
        done.execute(&mut *all).await?;
    }
    all.commit().await
}

/// A table that gets many rows at once.
pub(super) struct Table {
    pub(super) into: &'static str,
    pub(super) columns: usize,
    pub(super) conflict: &'static str,
}

const VIDEOS: Table = Table {
    into: "videos (aweme_id, author_uid, author_unique_id, create_time, first_seen_at, \
           last_seen_at, record)",
    columns: 7,
    conflict: "ON CONFLICT (aweme_id) DO UPDATE SET author_uid = excluded.author_uid, \
               author_unique_id = excluded.author_unique_id, create_time = excluded.create_time, \
               last_seen_at = excluded.last_seen_at, record = excluded.record \
               WHERE excluded.last_seen_at >= videos.last_seen_at",
};
const OBSERVATIONS: Table = Table {
    into: "observations (aweme_id, tag, observed_at, play_count, digg_count, comment_count, \
           share_count, collect_count)",
    columns: 8,
    conflict: "",
};
/// One that may be there.
const SAVED_OBSERVATION: &str = "INSERT INTO observations \
    (aweme_id, tag, observed_at, play_count, digg_count, comment_count, share_count, \
     collect_count) \
    SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE NOT EXISTS (SELECT 1 FROM observations \
    WHERE aweme_id = $1 AND tag = $2 AND observed_at = $3)";
const SEEN: Table = Table {
    into: "seen (tag, aweme_id, written_at)",
    columns: 3,
    conflict: "ON CONFLICT (tag, aweme_id) DO NOTHING",
};
const WRITTEN: Table = Table {
    into: "written (job, tag, aweme_id)",
    columns: 3,
    conflict: "ON CONFLICT (job, tag, aweme_id) DO NOTHING",
};

pub(super) type Statement<'q> = Query<'q, Any, AnyArguments>;

/// Most values of one statement; SQLite takes 32,766.
const VALUES: usize = 30_000;

/// Inserts `rows` with as few statements as can be, for the server may be far away.
pub(super) async fn insert<T>(
    db: &mut AnyConnection,
    table: &Table,
    rows: &[T],
    bind: impl for<'q> Fn(Statement<'q>, &T) -> Statement<'q>,
) -> sqlx::Result<()> {
    let (into, conflict) = (table.into, table.conflict);
    for rows in rows.chunks(VALUES / table.columns) {
        let values = placeholders(rows.len(), table.columns);
        let statement = format!("INSERT INTO {into} VALUES {values} {conflict}");
        // Made of constants and numbers.
        let query = sqlx::query(AssertSqlSafe(statement)).persistent(false);
        rows.iter().fold(query, &bind).execute(&mut *db).await?;
    }
    Ok(())
}

/// `($1, $2), ($3, $4)` and so on.
fn placeholders(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let numbers = (1..=columns).map(|column| format!("${}", row * columns + column));
        format!("({})", numbers.collect::<Vec<_>>().join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// A count as the database takes it.
pub(super) fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::placeholders;
    #[cfg(feature = "postgres")]
    use {
        crate::input::Filter,
        crate::store::page::{Seen, SeenAt},
        crate::store::{Job, Place, Store, StoreError, Waypoint, trial},
    };

    #[test]
    fn placeholders_count_through_the_rows() {
        assert_eq!(placeholders(1, 1), "($1)");
        assert_eq!(placeholders(2, 3), "($1, $2, $3), ($4, $5, $6)");
    }

    #[cfg(feature = "postgres")]
    fn seen(id: &u32) -> Seen {
        Seen {
            tag: "travel".to_owned(),
            id: id.to_string(),
            author_uid: None,
            author_unique_id: None,
            create_time: None,
            at: 7,
            seen_at: SeenAt::Now(7),
            counts: [None; 5],
            record: "{}".to_owned(),
            written: true,
        }
    }

    /// Commits one page after the other with the same videos, in this order or the other way.
    #[cfg(feature = "postgres")]
    async fn commit_pages(url: url::Url, is_reverse: bool) -> Result<(), StoreError> {
        let job = Job::from_store(None, &Filter::default(), None, String::new(), String::new());
        let (mut store, _) = Store::claimed(Some(&Place::Server(url)), false, &job).await?;
        store.begin(0).await?;
        let mut ids: Vec<u32> = (100..300).collect();
        if is_reverse {
            ids.reverse();
        }
        let at = Waypoint {
            lane: "web".to_owned(),
            previous: None,
            next: None,
            before: 0,
        };
        for _ in 0..20 {
            store.page.0.extend(ids.iter().map(seen));
            store.commit("travel", &at, Some(0)).await?;
        }
        Ok(())
    }

    #[cfg(feature = "postgres")]
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn runs_that_see_the_same_videos_do_not_bring_each_other_down() {
        let Some(url) = trial::database().await else {
            return;
        };
        let one = tokio::spawn(commit_pages(url.clone(), false));
        let other = tokio::spawn(commit_pages(url, true));
        one.await.unwrap().unwrap();
        other.await.unwrap().unwrap();
    }
}
