//! Where a tag's name stands in TikTok's links, and which links hold none.
//!
//! Nothing is fetched here: a short link is recognised, and left for the caller to follow.

use std::fmt;
use std::str::FromStr;

use url::Url;

use super::hashtag::{HashtagError, HashtagName};
use super::quote::quote;

/// How many bytes of a URL are looked at; browsers keep theirs below this too.
const LONGEST: usize = 4096;

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A hashtag, by its name.
    Tag(HashtagName),
    /// A short link, which only the site can resolve; always https, without query and fragment.
    ShortLink(Url),
}

/// A link to a hashtag: where it leads, and its text as the user gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagUrl {
    given: String,
    target: Target,
}

/// Why a text is no tag URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TagUrlError {
    /// Not a URL at all; holds the text, quoted.
    #[error("{0} is no URL; {HINT}")]
    NotAUrl(String),
    /// Longer than 4096 bytes.
    #[error("the URL is longer than 4096 bytes; {HINT}")]
    TooLong,
    /// A scheme other than http and https; holds it, quoted.
    #[error("{0} links are not read; {HINT}")]
    OtherScheme(String),
    /// A site that is not TikTok; holds its host, quoted.
    #[error("{0} is not a TikTok site with tag pages; {HINT}")]
    OtherHost(String),
    /// A user name or password, which the message leaves out.
    #[error("a tag URL has no user name or password; {HINT}")]
    HasUser,
    /// A port.
    #[error("a tag URL has no port; {HINT}")]
    HasPort,
    /// `/tag/` with nothing behind it.
    #[error("this tag URL has no name; {HINT}")]
    NoName,
    /// A video or photo post.
    #[error("this is a video link; {HINT}")]
    Video,
    /// A creator's page.
    #[error("this is a profile link; {HINT}")]
    Profile,
    /// An app link with the tag's number but not its name.
    #[error("this link holds only an id; {HINT}")]
    OnlyId,
    /// Any other page of the site.
    #[error("this link leads to no hashtag; {HINT}")]
    NoTag,
    /// A tag URL whose name is no hashtag.
    #[error(transparent)]
    Name(#[from] HashtagError),
}

/// The right form, for every message.
const HINT: &str = "give a tag URL such as https://www.tiktok.com/tag/travel";

impl TagUrl {
    /// The text as the user gave it, without white space around it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.given
    }

    /// Where it leads.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Whether a `TAG|URL` is meant as a URL: it has a scheme, or begins with a host and a path.
    pub(super) fn is_meant_by(text: &str) -> bool {
        let text = text.trim_start();
        let host = text.split(['/', '?', '#', ':']).next().unwrap_or(text);
        text.contains("://") || is_tiktok(host) || (host.len() < text.len() && host.contains('.'))
    }
}

impl FromStr for TagUrl {
    type Err = TagUrlError;

    /// Reads a link in any form the site and its apps hand out; without a scheme it is https.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let given = text.trim();
        let target = target_of(&parse(given)?)?;
        Ok(Self {
            given: given.to_owned(),
            target,
        })
    }
}

impl fmt::Display for TagUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.given)
    }
}

/// The hashtag that `location`, an absolute URL a short link redirects to, names; `None` for
/// every other page, a further short link included.
#[must_use]
pub fn tag_of(location: &str) -> Option<HashtagName> {
    match location.parse::<TagUrl>().ok()?.target {
        Target::Tag(name) => Some(name),
        Target::ShortLink(_) => None,
    }
}

/// The URL in `text` after the checks its normalised form no longer allows.
fn parse(text: &str) -> Result<Url, TagUrlError> {
    if text.len() > LONGEST {
        return Err(TagUrlError::TooLong);
    }
    if text.contains(|c: char| c.is_control() || c == '\\') {
        return Err(TagUrlError::NotAUrl(quote(text)));
    }
    let (scheme, rest) = text.split_once("://").unwrap_or(("https", text));
    if !["http", "https"]
        .map(|s| s.eq_ignore_ascii_case(scheme))
        .contains(&true)
    {
        return Err(other_scheme(scheme, rest));
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    if authority.contains('@') {
        return Err(TagUrlError::HasUser);
    }
    if authority.contains(':') {
        return Err(TagUrlError::HasPort);
    }
    Url::parse(&format!("https://{rest}")).map_err(|_| TagUrlError::NotAUrl(quote(text)))
}

/// The apps' own schemes end in a tag's number; the others are nothing of TikTok's.
fn other_scheme(scheme: &str, rest: &str) -> TagUrlError {
    let of_an_app = scheme.to_ascii_lowercase().starts_with("snssdk");
    if of_an_app && rest.starts_with("challenge/") {
        return TagUrlError::OnlyId;
    }
    TagUrlError::OtherScheme(quote(scheme))
}

/// What the page at `url` is about, by its host and path.
fn target_of(url: &Url) -> Result<Target, TagUrlError> {
    let host = url.host_str().unwrap_or_default();
    let path: Vec<&str> = url.path().split('/').filter(|s| !s.is_empty()).collect();
    match (host, path.as_slice()) {
        ("vm.tiktok.com" | "vt.tiktok.com", [code]) => short_link(host, "", code),
        ("vm.tiktok.com" | "vt.tiktok.com", _) => Err(TagUrlError::NoTag),
        ("tiktok.com" | "www.tiktok.com" | "m.tiktok.com", path) => page_target(url, path),
        _ => Err(TagUrlError::OtherHost(quote(host))),
    }
}

/// What a page of the main site is about.
fn page_target(url: &Url, path: &[&str]) -> Result<Target, TagUrlError> {
    match path {
        ["tag", name] | ["embed", "tag", name] | ["node", "share", "tag", name] => {
            Ok(Target::Tag(name.parse()?))
        }
        ["tag"] | ["embed", "tag"] | ["node", "share", "tag"] => Err(TagUrlError::NoName),
        ["h5", "share", "tag", ..] => named_in_query(url),
        ["t", code] => short_link("www.tiktok.com", "t/", code),
        [_, "video" | "photo", ..] | ["video" | "v", _] | ["embed", "v2" | "v3", _] => {
            Err(TagUrlError::Video)
        }
        [user] if user.starts_with('@') => Err(TagUrlError::Profile),
        _ => Err(TagUrlError::NoTag),
    }
}

/// The old app's share links: a number in the path, the name in the query.
fn named_in_query(url: &Url) -> Result<Target, TagUrlError> {
    let name = url.query_pairs().find(|(key, _)| key == "name");
    match name {
        Some((_, name)) if !name.is_empty() => Ok(Target::Tag(HashtagName::from_decoded(&name)?)),
        _ => Err(TagUrlError::OnlyId),
    }
}

fn short_link(host: &str, folder: &str, code: &str) -> Result<Target, TagUrlError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if !code.bytes().all(plain) {
        return Err(TagUrlError::NoTag);
    }
    let link = format!("https://{host}/{folder}{code}/");
    let link = Url::parse(&link).map_err(|_| TagUrlError::NotAUrl(quote(&link)))?;
    Ok(Target::ShortLink(link))
}

fn is_tiktok(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "tiktok.com" || host.ends_with(".tiktok.com")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{TagUrl, Target, tag_of};
    use crate::input::HashtagName;

    #[test]
    fn every_form_of_a_tag_url_holds_its_name() {
        for (given, name) in [
            ("https://www.tiktok.com/tag/travel", "travel"),
            ("https://www.tiktok.com/tag/travel/", "travel"),
            ("https://www.tiktok.com/tag/travel?lang=en", "travel"),
            (
                "https://www.tiktok.com/tag/Travel?is_copy_url=1&is_from_webapp=v1#top",
                "travel",
            ),
            ("http://www.tiktok.com/tag/travel", "travel"),
            ("HTTPS://WWW.TikTok.com/tag/travel", "travel"),
            ("https://tiktok.com/tag/travel", "travel"),
            ("https://m.tiktok.com/tag/travel", "travel"),
            ("www.tiktok.com/tag/travel", "travel"),
            ("tiktok.com/tag/travel", "travel"),
            ("m.tiktok.com/tag/travel", "travel"),
            ("  https://www.tiktok.com/tag/travel\n", "travel"),
            ("https://www.tiktok.com/tag/fyp%E3%82%B7", "fypシ"),
            ("https://www.tiktok.com/tag/fypシ", "fypシ"),
            ("https://www.tiktok.com/tag/%F0%9F%94%A5", "🔥"),
            ("https://www.tiktok.com/tag/%23travel", "travel"),
            ("https://www.tiktok.com/embed/tag/travel", "travel"),
            ("https://m.tiktok.com/node/share/tag/travel", "travel"),
            (
                "https://m.tiktok.com/h5/share/tag/5424.html?u_code=0&name=Travel",
                "travel",
            ),
            (
                "https://m.tiktok.com/h5/share/tag/5424.html?name=fyp%E3%82%B7",
                "fypシ",
            ),
        ] {
            assert_eq!(
                tag_of(given).as_ref().map(HashtagName::as_str),
                Some(name),
                "{given}"
            );
            let url: TagUrl = given.parse().expect(given);
            assert_eq!(url.as_str(), given.trim());
        }
    }

    #[test]
    fn short_links_are_kept_for_the_network() {
        for (given, link) in [
            (
                "https://vm.tiktok.com/ZMabc12/",
                "https://vm.tiktok.com/ZMabc12/",
            ),
            (
                "http://vt.tiktok.com/ZSabc12",
                "https://vt.tiktok.com/ZSabc12/",
            ),
            (
                "https://www.tiktok.com/t/ZTabc12/?_r=1",
                "https://www.tiktok.com/t/ZTabc12/",
            ),
            ("tiktok.com/t/ZTabc12", "https://www.tiktok.com/t/ZTabc12/"),
        ] {
            let url: TagUrl = given.parse().expect(given);
            let Target::ShortLink(found) = url.target() else {
                panic!("{given} is no short link")
            };
            assert_eq!(found.as_str(), link);
            assert_eq!(tag_of(given), None);
        }
    }

    #[test]
    fn other_links_say_what_they_are() {
        for (given, said) in [
            (
                "https://example.com/tag/x",
                "\"example.com\" is not a TikTok site",
            ),
            ("example.com/tag/x", "\"example.com\" is not a TikTok site"),
            (
                "https://tiktok.com.example.com/tag/x",
                "is not a TikTok site",
            ),
            ("https://nottiktok.com/tag/x", "is not a TikTok site"),
            ("https://ads.tiktok.com/tag/x", "is not a TikTok site"),
            ("https://127.0.0.1/tag/x", "is not a TikTok site"),
            ("https://u@www.tiktok.com/tag/x", "no user name or password"),
            (
                "https://u:hunter2@www.tiktok.com/tag/x",
                "no user name or password",
            ),
            (
                "https://www.tiktok.com@example.com/tag/x",
                "no user name or password",
            ),
            ("https://www.tiktok.com:8080/tag/x", "no port"),
            ("https://www.tiktok.com:443/tag/x", "no port"),
            ("https://www.tiktok.com:/tag/x", "no port"),
            ("ftp://www.tiktok.com/tag/x", "\"ftp\" links are not read"),
            ("file:///etc/passwd", "\"file\" links are not read"),
            ("snssdk1233://challenge/detail/5424", "holds only an id"),
            (
                "snssdk1233://user/profile/5424",
                "\"snssdk1233\" links are not read",
            ),
            (
                "https://m.tiktok.com/h5/share/tag/5424.html",
                "holds only an id",
            ),
            (
                "https://m.tiktok.com/h5/share/tag/5424.html?name=",
                "holds only an id",
            ),
            ("https://www.tiktok.com/tag/", "has no name"),
            ("https://www.tiktok.com/tag", "has no name"),
            ("https://www.tiktok.com/embed/tag/", "has no name"),
            ("https://www.tiktok.com/tag/%2e%2e", "leads to no hashtag"),
            ("https://www.tiktok.com/@u/video/1", "this is a video link"),
            ("https://www.tiktok.com/@u/photo/1", "this is a video link"),
            ("https://m.tiktok.com/v/1.html", "this is a video link"),
            ("https://www.tiktok.com/embed/v2/1", "this is a video link"),
            ("https://www.tiktok.com/@u", "this is a profile link"),
            ("https://www.tiktok.com/music/x-1", "leads to no hashtag"),
            ("https://www.tiktok.com/", "leads to no hashtag"),
            ("https://vm.tiktok.com/", "leads to no hashtag"),
            ("https://vm.tiktok.com/a%2Fb/", "leads to no hashtag"),
            ("https://www.tiktok.com\\@example.com/tag/x", "is no URL"),
            ("https://www.tiktok.com/tag/a\nb", "is no URL"),
            ("https://", "is no URL"),
            ("", "is no URL"),
        ] {
            let error = given.parse::<TagUrl>().expect_err(given).to_string();
            assert!(error.contains(said), "{given}: {error}");
            let hint = "give a tag URL such as https://www.tiktok.com/tag/travel";
            assert!(error.ends_with(hint), "{given}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_bad_name_gets_the_names_own_message() {
        for (given, said) in [
            ("https://www.tiktok.com/tag/a%20b", "\"a b\" has a space"),
            ("https://www.tiktok.com/tag/a b", "\"a b\" has a space"),
            ("https://www.tiktok.com/tag/a-b", "try ab or a_b"),
            ("https://www.tiktok.com/tag/%2561", "has a '%'"),
            ("https://www.tiktok.com/tag/a%2Fb", "has a '/'"),
            ("https://www.tiktok.com/tag/%E2%80%AEx", "U+202E"),
            ("https://www.tiktok.com/tag/%FF", "not as UTF-8"),
            (
                "https://m.tiktok.com/h5/share/tag/1.html?name=a+b",
                "\"a b\" has a space",
            ),
            (
                "https://m.tiktok.com/h5/share/tag/1.html?name=%2561",
                "has a '%'",
            ),
        ] {
            let error = given.parse::<TagUrl>().expect_err(given).to_string();
            assert!(error.contains(said), "{given}: {error}");
        }
        let long = format!("https://www.tiktok.com/tag/{}", "x".repeat(4096));
        let error = long.parse::<TagUrl>().expect_err("too long");
        assert!(error.to_string().contains("longer than 4096 bytes"));
    }

    #[test]
    fn a_url_is_told_from_a_name() {
        for (given, url) in [
            ("https://x", true),
            ("snssdk1233://challenge/detail/1", true),
            ("tiktok.com/tag/x", true),
            ("WWW.TIKTOK.COM/tag/x", true),
            ("vm.tiktok.com/abc", true),
            ("www.tiktok.com", true),
            ("example.com/tag/x", true),
            ("tiktok", false),
            ("tiktokcom", false),
            ("a.b", false),
            ("a/b", false),
            ("#viral", false),
            ("", false),
        ] {
            assert_eq!(TagUrl::is_meant_by(given), url, "{given}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in any::<String>()) {
            let _ = TagUrl::is_meant_by(&text);
            let _ = text.parse::<TagUrl>();
            let _ = format!("https://www.tiktok.com/{text}").parse::<TagUrl>();
        }

        #[test]
        fn a_name_survives_its_url(text in "[\\p{L}\\p{M}\\p{N}\\p{Emoji}_\u{200C}\u{200D}]{1,40}") {
            if let Ok(name) = text.parse::<HashtagName>() {
                for folder in ["tag/", "embed/tag/", "h5/share/tag/1.html?name="] {
                    let url = format!("https://www.tiktok.com/{folder}{}", name.encoded());
                    prop_assert_eq!(tag_of(&url), Some(name.clone()), "{}", url);
                }
            }
        }
    }
}
