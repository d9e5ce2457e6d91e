//! Databases for tests, on the server that `TIKTOK_HASHTAG_TEST_POSTGRES` holds the URL of.

#![expect(clippy::unwrap_used, reason = "tests cannot go on without")]

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use url::Url;

/// The server's URL.
const SERVER: &str = "TIKTOK_HASHTAG_TEST_POSTGRES";

/// A new database; `None` where there is no server.
pub(super) async fn database() -> Option<Url> {
    let server = std::env::var(SERVER).ok().filter(|url| !url.is_empty())?;
    sqlx::any::install_default_drivers();
    let name = format!("u{:x}", fastrand::u64(..));
    let mut db = AnyConnection::connect(&server).await.unwrap();
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::raw_sql(create).execute(&mut db).await.unwrap();
    let mut url: Url = server.parse().unwrap();
    url.set_path(&name);
    Some(url)
}
