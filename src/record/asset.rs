//! Pictures, sounds and video files: lists of equivalent addresses, and when those run out.

use std::sync::LazyLock;

use memchr::{memchr, memchr_iter, memmem::Finder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A picture or a sound: the same bytes under one or more addresses.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Asset {
    /// The file's name inside TikTok's storage; null where only addresses are given.
    pub uri: Option<String>,
    /// Equivalent addresses, best first.
    pub url_list: Vec<String>,
    /// Width in pixels as stated by the source (the app states 720 for many pictures whatever
    /// their size).
    pub width: Option<u64>,
    /// Height in pixels, as stated by the source.
    pub height: Option<u64>,
    /// Epoch second at which the first of the addresses runs out; null when none says so.
    pub expires_at: Option<i64>,
}

/// A video file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VideoFile {
    /// The file's name inside TikTok's storage; null where only addresses are given.
    pub uri: Option<String>,
    /// Equivalent addresses, best first. Most need the cookies of the answer that named them.
    pub url_list: Vec<String>,
    /// Width in pixels.
    pub width: Option<u64>,
    /// Height in pixels.
    pub height: Option<u64>,
    /// Name of this very encoding, for example `v0..._h264_540p_1115509`.
    pub url_key: Option<String>,
    /// Size in bytes.
    pub data_size: Option<u64>,
    /// Hash of the file, hexadecimal.
    pub file_hash: Option<String>,
    /// The source's checksum of the file, for example `c:0-27081-3440`.
    pub file_cs: Option<String>,
    /// Epoch second at which the first of the addresses runs out; null when none says so.
    pub expires_at: Option<i64>,
}

/// The earliest second at which one of these addresses stops working.
pub(super) fn earliest_expiry(urls: &[String]) -> Option<i64> {
    urls.iter().filter_map(|url| expiry(url)).min()
}

/// What both keys have in common, found far faster than every key of a long query is read.
static EXPIRE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("expire"));

/// The epoch second an address carries: query `x-expires` or `expire`, else the second group of
/// a path `/<32 hex>/<8 hex>/`, which is the second in hexadecimal. Both forms stand in captured
/// answers of 2021 to 2026.
pub(super) fn expiry(url: &str) -> Option<i64> {
    let mark = memchr(b'?', url.as_bytes());
    let (path, query) = mark.map_or((url, ""), |at| (&url[..at], &url[at + 1..]));
    expiry_in_query(query)
        .or_else(|| expiry_in_path(path))
        .filter(|second| *second > 0)
}

fn expiry_in_query(query: &str) -> Option<i64> {
    let mut from = 0;
    // One search after another: an iterator would begin with a copy of the searcher.
    let next = || {
        let at = from + EXPIRE.find(&query.as_bytes()[from..])?;
        from = at + EXPIRE.needle().len();
        Some(at)
    };
    std::iter::from_fn(next).find_map(|at| {
        let (before, behind) = (&query[..at], &query[at + EXPIRE.needle().len()..]);
        let (before, value) = match before.strip_suffix("x-") {
            Some(before) => (before, behind.strip_prefix("s=")?),
            None => (before, behind.strip_prefix('=')?),
        };
        let value = value.split('&').next()?;
        let is_key = before.is_empty() || before.ends_with('&');
        (is_key && is_digits(value)).then(|| value.parse().ok())?
    })
}

/// Ten digits reach the year 2286; more would be no epoch second.
fn is_digits(text: &str) -> bool {
    matches!(text.len(), 1..=10) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn expiry_in_path(path: &str) -> Option<i64> {
    let host_end = memchr_iter(b'/', path.as_bytes()).nth(2)?;
    let groups = path.get(host_end + 1..host_end + 43)?;
    let (signature, second) = groups.strip_suffix('/')?.split_once('/')?;
    let signed = is_hex(signature, 32) && is_hex(second, 8);
    signed
        .then(|| i64::from_str_radix(second, 16).ok())
        .flatten()
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNATURE: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn an_address_says_when_it_runs_out() {
        let path = format!("https://v16.example.com/{SIGNATURE}/64532fb5/video/a/?a=1233");
        let both = format!("https://v16.example.com/{SIGNATURE}/64532fb5/a/?x-expires=7");
        for (url, second) in [
            (
                "https://p16.example.com/a~b.jpeg?x-expires=1757545200&x-signature=zz",
                Some(1_757_545_200),
            ),
            (
                "https://v16.example.com/video/?a=1&expire=1769812052&l=2026",
                Some(1_769_812_052),
            ),
            (path.as_str(), Some(0x6453_2fb5)),
            (both.as_str(), Some(7)),
            ("https://p16.example.com/obj/a_1683171894", None),
            ("https://p16.example.com/a?x-expires=soon", None),
            ("https://p16.example.com/a?x-expires=-5", None),
            ("https://p16.example.com/a?x-expires=0", None),
            (
                "https://p16.example.com/a?x-expires=99999999999999999999",
                None,
            ),
            ("https://p16.example.com/a?not-x-expires=1757545200", None),
            ("https://p16.example.com/a?x-expire=1757545200", None),
            ("https://p16.example.com/a?expires=1757545200", None),
            ("https://p16.example.com/a?b=expire=1757545200", None),
            (
                "https://p16.example.com/a?expire=soon&b&x-expires=9",
                Some(9),
            ),
            ("", None),
        ] {
            assert_eq!(expiry(url), second, "{url}");
        }
    }

    #[test]
    fn a_path_needs_both_groups_and_something_behind_them() {
        for url in [
            format!("https://v16.example.com/{SIGNATURE}/64532fb5"),
            format!("https://v16.example.com/{SIGNATURE}/64532fb/video"),
            format!("https://v16.example.com/{}/64532fb5/video", &SIGNATURE[1..]),
            format!("https://v16.example.com/x/{SIGNATURE}/64532fb5/video"),
        ] {
            assert_eq!(expiry(&url), None, "{url}");
        }
    }

    #[test]
    fn the_earliest_address_decides() {
        let urls = [
            "https://e.example/a?expire=30",
            "https://e.example/b",
            "https://e.example/c?expire=20",
        ]
        .map(str::to_owned);
        assert_eq!(earliest_expiry(&urls), Some(20));
        assert_eq!(earliest_expiry(&[]), None);
    }
}
