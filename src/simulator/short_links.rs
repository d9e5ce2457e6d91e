//! Short links: codes that lead somewhere, most of them to the hashtag of their own name.

use hyper::{Response, StatusCode};

use super::embed_pages::encoded;
use super::reply::{Body, redirect, status};

/// What a code leads to.
pub(crate) fn follow(code: &str) -> Response<Body> {
    let location = match code {
        "video" => "https://www.tiktok.com/@teal.kettle/video/7520000000000000042?_r=1".to_owned(),
        "home" => "https://www.tiktok.com/?_r=1".to_owned(),
        "hops" => "https://vm.tiktok.com/cats/".to_owned(),
        "round" => "https://vm.tiktok.com/round/".to_owned(),
        "abroad" => "https://example.com/tag/cats".to_owned(),
        "gone" => return status(StatusCode::NOT_FOUND),
        _ => format!("https://www.tiktok.com/tag/{}", encoded(code)),
    };
    redirect(StatusCode::MOVED_PERMANENTLY, &location)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_to_their_hashtag() {
        for (code, to) in [
            ("cats", "https://www.tiktok.com/tag/cats"),
            ("köln", "https://www.tiktok.com/tag/k%C3%B6ln"),
            ("abroad", "https://example.com/tag/cats"),
        ] {
            assert_eq!(follow(code).headers()["location"], to);
        }
        assert_eq!(follow("gone").status(), 404);
    }
}
