//! The jobs that are not finished: what each was asked to do, and how far it got with which
//! hashtag.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Connection as _, Row as _};

use super::commit::{GONE_ON, whole};
use super::job::LIFE;
use super::{Job, Left, Unfinished, Waypoint};

/// What the unfinished job of `job`'s output left, and what it was asked to do.
pub(super) async fn unfinished(
    db: &mut AnyConnection,
    job: &Job,
    now: i64,
) -> sqlx::Result<Option<(Unfinished, Job)>> {
    let question = "SELECT id, hashtags, region, format, source, committed FROM jobs \
                    WHERE output = $1 AND updated_at > $2";
    let question = sqlx::query(question).bind(job.output.clone());
    let row = question.bind(now - LIFE).fetch_optional(db).await?;
    row.map(|row| job_row(&row, job)).transpose()
}

fn job_row(row: &AnyRow, ours: &Job) -> sqlx::Result<(Unfinished, Job)> {
    let unfinished = Unfinished {
        id: row.try_get("id")?,
        committed: u64::try_from(row.try_get::<i64, _>("committed")?).unwrap_or(0),
    };
    let job = Job {
        output: ours.output.clone(),
        hashtags: row.try_get("hashtags")?,
        region: row.try_get("region")?,
        format: row.try_get("format")?,
        source: row.try_get("source")?,
        may_go_on: ours.may_go_on,
        is_anew: ours.is_anew,
    };
    Ok((unfinished, job))
}

/// Writes down that job `id`, 0 for a new one, goes on now; its row.
pub(super) async fn begin(
    db: &mut AnyConnection,
    job: &Job,
    id: i64,
    committed: i64,
    now: i64,
) -> sqlx::Result<i64> {
    if id != 0 {
        let on = sqlx::query(GONE_ON);
        on.bind(committed).bind(now).bind(id).execute(db).await?;
        return Ok(id);
    }
    let id = fastrand::i64(1..1 << 53);
    let mut all = db.begin().await?;
    // One of the same output that is still there is too old; so are those of runs that died and
    // that nobody goes on with.
    let old = sqlx::query("DELETE FROM jobs WHERE output = $1 OR updated_at <= $2");
    let old = old.bind(job.output.clone()).bind(now - LIFE);
    old.execute(&mut *all).await?;
    let new = "INSERT INTO jobs \
               (id, output, hashtags, region, format, source, committed, begun_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    let new = sqlx::query(new)
        .bind(id)
        .bind(job.output.clone())
        .bind(job.hashtags.clone())
        .bind(job.region.clone())
        .bind(job.format.clone())
        .bind(job.source.clone())
        .bind(committed)
        .bind(now);
    new.execute(&mut *all).await?;
    all.commit().await?;
    Ok(id)
}

/// Begins with a hashtag at the top again, of which job `id` has written so many ids already.
pub(super) async fn afresh(
    db: &mut AnyConnection,
    id: i64,
    tag: &str,
    earlier: u64,
) -> sqlx::Result<Left> {
    let afresh = "INSERT INTO progress (job, tag, lane, seen_previous, done, earlier) \
                  VALUES ($1, $2, '', 0, 0, $3) \
                  ON CONFLICT (job, tag) DO UPDATE SET lane = '', cursor_previous = NULL, \
                  cursor_next = NULL, seen_previous = 0, done = 0, earlier = excluded.earlier";
    let afresh = sqlx::query(afresh).bind(id).bind(tag.to_owned());
    afresh.bind(whole(earlier)).execute(db).await?;
    Ok(Left {
        done: false,
        earlier,
        at: Waypoint {
            lane: String::new(),
            previous: None,
            next: None,
            before: 0,
        },
    })
}

/// Where job `id` is with a hashtag.
pub(super) async fn left(db: &mut AnyConnection, id: i64, tag: &str) -> sqlx::Result<Option<Left>> {
    let question = "SELECT done, lane, cursor_previous, cursor_next, seen_previous, earlier \
                    FROM progress WHERE job = $1 AND tag = $2";
    let question = sqlx::query(question).bind(id).bind(tag.to_owned());
    let row = question.fetch_optional(db).await?;
    row.as_ref().map(left_row).transpose()
}

fn left_row(row: &AnyRow) -> sqlx::Result<Left> {
    Ok(Left {
        done: row.try_get::<i64, _>("done")? != 0,
        earlier: u64::try_from(row.try_get::<i64, _>("earlier")?).unwrap_or(0),
        at: Waypoint {
            lane: row.try_get("lane")?,
            previous: row.try_get("cursor_previous")?,
            next: row.try_get("cursor_next")?,
            before: u64::try_from(row.try_get::<i64, _>("seen_previous")?).unwrap_or(0),
        },
    })
}

/// Forgets job `id`; what belongs to it goes with it.
pub(super) async fn forget(db: &mut AnyConnection, id: i64) -> sqlx::Result<()> {
    let forget = sqlx::query("DELETE FROM jobs WHERE id = $1").bind(id);
    forget.execute(db).await.map(drop)
}
