//! Questions to a program of this machine rather than to the site: no session, no proxy, no pace.

use std::time::Duration;

use url::Url;

/// How long a program of this machine may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The body of what answers at `url`, which is on this machine.
///
/// # Errors
/// What went wrong, in words.
pub(crate) async fn get_local(url: &Url) -> Result<String, String> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .map_err(|error| error.to_string())?;
    let answer = client.get(url.clone()).send().await;
    let answer = answer.and_then(reqwest::Response::error_for_status);
    let text = match answer {
        Ok(answer) => answer.text().await,
        Err(error) => Err(error),
    };
    text.map_err(|error| error.without_url().to_string())
}
