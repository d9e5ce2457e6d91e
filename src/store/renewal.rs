//! Leases renewed while a run waits: for an answer, for a person at its browser or for its reader,
//! longer than a lease lasts. Only a server has leases that somebody else could take.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, AssertSqlSafe, ConnectOptions as _, Connection as _};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::schema::Dialect;
use super::tags::LEASE;

/// How often they are renewed.
const BEAT: Duration = Duration::from_secs(60);
/// How long a run may wait for its next page until it counts as stuck, and others take over: more
/// than all tries of a request take, with the waits between them.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Renews what a job has in hand until it is dropped, each time on a connection of its own.
pub(super) struct Renewal {
    moved: Arc<Mutex<Instant>>,
    _task: JoinSet<()>,
}

impl Renewal {
    /// Begins to renew what `job` holds on `server`.
    pub(super) fn start(server: AnyConnectOptions, job: i64) -> Self {
        let moved = Arc::new(Mutex::new(Instant::now()));
        let mut task = JoinSet::new();
        task.spawn(beat(server, job, Arc::clone(&moved)));
        Self { moved, _task: task }
    }

    /// Notes that the run gets on.
    pub(super) fn moved(&self) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

async fn beat(server: AnyConnectOptions, job: i64, moved: Arc<Mutex<Instant>>) {
    loop {
        sleep(BEAT).await;
        let waits = moved.lock().map_or(LONGEST, |moved| moved.elapsed());
        if waits < LONGEST {
            // What fails now may not the next time; the run itself meets what stays.
            match timeout(BEAT, renew_all(&server, job)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!("renewing the leases: {error}"),
                Err(_) => tracing::debug!("renewing the leases: no answer"),
            }
        }
    }
}

/// Renews all that `job` has in hand.
async fn renew_all(server: &AnyConnectOptions, job: i64) -> sqlx::Result<()> {
    let mut db: AnyConnection = server.connect().await?;
    Dialect::Postgres.enter(&mut db).await?;
    // In one order, as whoever adds hashtags does.
    let renew = format!(
        "UPDATE tags SET leased_until = {} + {LEASE} WHERE tag IN \
         (SELECT tag FROM tags WHERE leased_by = $1 AND leased_until IS NOT NULL \
         ORDER BY tag FOR UPDATE)",
        Dialect::Postgres.now()
    );
    let renew = sqlx::query(AssertSqlSafe(renew)).bind(job);
    renew.execute(&mut db).await?;
    db.close().await
}

#[cfg(test)]
mod tests {
    use sqlx::{AnyConnection, Connection as _, Row as _};

    use super::renew_all;
    use crate::input::{Filter, Limit, Query};
    use crate::store::{Due, Job, Place, Store, trial};

    fn query(name: &str) -> Query {
        Query {
            name: name.parse().unwrap(),
            url: None,
            region: None,
            limit: Limit::All,
            filter: std::sync::Arc::default(),
        }
    }

    #[tokio::test]
    async fn what_a_job_has_in_hand_is_renewed_and_nothing_else() {
        let Some(url) = trial::database().await else {
            return;
        };
        let job = Job::from_store(None, &Filter::default(), None, String::new(), String::new());
        let place = Place::Server(url.clone());
        let (mut store, _) = Store::claimed(Some(&place), false, &job).await.unwrap();
        store.begin(0).await.unwrap();
        store.add(&["a", "b", "c"].map(query)).await.unwrap();
        let hour = std::time::Duration::from_secs(3_600);
        let leased = store.lease(hour).await.unwrap();
        assert_eq!(leased, Due::Hashtag(query("a")));
        let mut db = AnyConnection::connect(url.as_str()).await.unwrap();
        let old = "SET search_path TO tiktok_hashtag; \
                   UPDATE tags SET leased_by = 42 WHERE tag = 'b'; \
                   UPDATE tags SET leased_until = 7 WHERE tag <> 'c'";
        sqlx::raw_sql(old).execute(&mut db).await.unwrap();
        let options = url.as_str().parse().unwrap();
        renew_all(&options, store.id).await.unwrap();
        let rows = "SELECT tag FROM tags WHERE leased_until > 1000 AND leased_by = $1";
        let rows = sqlx::query(rows).bind(store.id).fetch_all(&mut db).await;
        let rows: Vec<String> = rows.unwrap().iter().map(|row| row.get(0)).collect();
        assert_eq!(rows, ["a"]);
        let others = "SELECT COUNT(*) FROM tags WHERE leased_until > 1000";
        let others = sqlx::query(others).fetch_one(&mut db).await.unwrap();
        assert_eq!(others.get::<i64, _>(0), 1);
    }
}
