//! What a store holds of videos, for those who only read. They take no lock and change nothing, so
//! a run may write meanwhile; what they see is the store as it is when they begin.

use futures_util::TryStreamExt as _;
use sqlx::{AnyConnection, Connection as _, Row as _};

use super::database::Database;
use super::schema::Dialect;
use super::{Kept, Place, StoreError};

/// The videos, or those seen or written under a hashtag.
const VIDEOS: &str = "SELECT record FROM videos WHERE $1 = '' \
     OR aweme_id IN (SELECT aweme_id FROM observations WHERE tag = $1) \
     OR aweme_id IN (SELECT aweme_id FROM seen WHERE tag = $1)";
/// How often they had been played when they were seen, under whatever hashtag.
const SIGHTINGS: &str = "SELECT aweme_id, observed_at, play_count FROM observations \
     WHERE play_count IS NOT NULL";

/// Gives `take` each video's newest record, and after those each time that one was seen; with a
/// `tag`, the records of that hashtag alone.
///
/// # Errors
/// [`StoreError`] when there is none at `place`, or it cannot be read.
pub async fn read(
    place: &Place,
    tag: Option<&str>,
    take: impl FnMut(Kept<'_>),
) -> Result<(), StoreError> {
    let Some(mut database) = Database::open_to_read(place).await? else {
        return Ok(());
    };
    let (dialect, db) = database.connection();
    let done = read_all(db, dialect, tag.unwrap_or_default(), take).await;
    let done = done.map_err(|error| database.told(&error));
    let done = done.and_then(|()| match database.is_as_it_was() {
        true => Ok(()),
        false => Err(StoreError::Locked(place.to_string())),
    });
    database.close().await;
    done
}

/// All in one transaction, so that what a run writes meanwhile is not seen by half.
async fn read_all(
    db: &mut AnyConnection,
    dialect: Dialect,
    tag: &str,
    mut take: impl FnMut(Kept<'_>),
) -> sqlx::Result<()> {
    let mut all = db.begin().await?;
    dialect.only_read(&mut all).await?;
    let mut rows = sqlx::query(VIDEOS).bind(tag.to_owned()).fetch(&mut *all);
    while let Some(row) = rows.try_next().await? {
        take(Kept::Record(&row.try_get::<String, _>(0)?));
    }
    drop(rows);
    let mut rows = sqlx::query(SIGHTINGS).fetch(&mut *all);
    while let Some(row) = rows.try_next().await? {
        let id: String = row.try_get(0)?;
        take(Kept::Sighting {
            id: &id,
            at: row.try_get(1)?,
            plays: u64::try_from(row.try_get::<i64, _>(2)?).unwrap_or(0),
        });
    }
    drop(rows);
    all.rollback().await
}
