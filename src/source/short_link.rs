//! Short links: the one place where a redirect may lead to another host. Followed hop by hop
//! without cookies, and only as far as the first address that names a hashtag, which is not
//! fetched.

use url::Url;

use super::Error;
use super::http::Http;
use crate::input::{HashtagName, Query};
use crate::input::{ShortLink, TagUrl, Target, tag_of};

/// Hops of a link before it is given up.
const HOPS: usize = 5;

/// Why a short link gave no hashtag.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShortLinkError {
    /// It leads somewhere that is no hashtag.
    #[error(
        "{link} leads to {to}, which is no hashtag; give a link such as https://www.tiktok.com/tag/travel"
    )]
    Elsewhere {
        /// The link as given.
        link: String,
        /// Where it leads, without the query.
        to: String,
    },
    /// It leads nowhere, or on and on.
    #[error("{0} leads nowhere; the link may have expired")]
    Nowhere(String),
    /// The site did not say where it leads.
    #[error(transparent)]
    Source(#[from] Error),
}

/// The question behind a short link.
///
/// # Errors
/// [`ShortLinkError`] when it leads to no hashtag.
pub async fn resolve(http: &Http, link: ShortLink) -> Result<Query, ShortLinkError> {
    let mut at = link.link.clone();
    for _ in 0..HOPS {
        let Some(location) = http.hop(&at).await? else {
            break;
        };
        let next = at.join(&location);
        match next.ok().map(|next| judge(&next).ok_or(next)) {
            Some(Ok(Hop::Tag(name))) => return Ok(link.resolved(name)),
            Some(Ok(Hop::On(next))) => at = next,
            Some(Err(next)) => {
                return Err(ShortLinkError::Elsewhere {
                    link: link.given,
                    to: plain(&next),
                });
            }
            None => break,
        }
    }
    Err(ShortLinkError::Nowhere(link.given))
}

enum Hop {
    Tag(HashtagName),
    On(Url),
}

/// A hashtag, a further short link, or neither.
fn judge(next: &Url) -> Option<Hop> {
    if let Some(name) = tag_of(next.as_str()) {
        return Some(Hop::Tag(name));
    }
    match next.as_str().parse::<TagUrl>().ok()?.target() {
        Target::ShortLink(next) => Some(Hop::On(next.clone())),
        Target::Tag(name) => Some(Hop::Tag(name.clone())),
    }
}

/// A URL as it may be shown: its query can hold somebody's identity.
fn plain(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    format!("{}://{host}{}", url.scheme(), url.path())
}
