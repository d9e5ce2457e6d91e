//! One entry of an `--input` file: an object, or a string in its place. An object may have our keys,
//! or those of hosted scrapers that mean the same.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::EntryError;
use super::fault::Fault;
use super::field::{string, string_due};
use super::fields::Fields;
use crate::input::{Ask, HashtagName, Proxy, TagUrl};

/// What one entry says.
pub(super) struct Entry {
    /// The hashtags it asks for.
    pub(super) asks: Vec<Ask>,
    /// The hashtag it has both a name and a URL for.
    pub(super) contested: Option<HashtagName>,
    /// Its keys that mean nothing to us.
    pub(super) unknown: Vec<String>,
    /// Its keys that are known and not heeded, each with what is used instead.
    pub(super) ignored: Vec<(String, String)>,
    /// The proxy it names for the run.
    pub(super) proxy: Option<Proxy>,
}

/// Reads an object with the keys `name url region limit`, the filters' or those of hosted
/// scrapers, or a string that is a `TAG|URL`.
pub(super) fn read(value: &RawValue) -> Result<Entry, Fault> {
    if value.get().starts_with('{') {
        return object(value);
    }
    let text = string("an object or a string", value)?;
    Ok(Entry {
        asks: vec![text.parse::<Ask>().map_err(EntryError::from)?],
        contested: None,
        unknown: Vec::new(),
        ignored: Vec::new(),
        proxy: None,
    })
}

fn object(value: &RawValue) -> Result<Entry, Fault> {
    let mut fields = Fields::of(value)?;
    let name: Option<HashtagName> = fields.take("name").parsed(string_due)?;
    let url: Option<TagUrl> = fields.take("url").parsed(string_due)?;
    let contested = name.clone().filter(|_| url.is_some());
    let mut asks: Vec<Ask> = Ask::new(name, url).into_iter().collect();
    fields.hashtags(&mut asks)?;
    let region = fields.region()?;
    let limit = fields.limit()?;
    let filter = fields.filter()?;
    let proxy = fields.proxy()?;
    if asks.is_empty() {
        return Err(EntryError::NoTarget.into());
    }
    let filter = filter.is_some().then(|| Arc::new(filter));
    for ask in &mut asks {
        ask.region = region;
        ask.limit = limit;
        ask.filter = filter.clone();
    }
    let (unknown, ignored) = fields.left();
    Ok(Entry {
        asks,
        contested,
        unknown,
        ignored,
        proxy,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::{Entry, Fault, read};
    use crate::input::{Ask, Target};

    fn read_json(json: &str) -> Result<Entry, Fault> {
        read(serde_json::from_str::<&RawValue>(json).expect(json))
    }

    fn good(json: &str) -> Entry {
        read_json(json).unwrap_or_else(|fault| panic!("{json}: {}", fault.cause))
    }

    /// The hashtags, each with its region and limit.
    fn told(json: &str) -> Vec<String> {
        let asks = good(json).asks;
        let line = |ask: &Ask| {
            let Target::Tag(name) = &ask.target else {
                panic!("{json}: a short link")
            };
            let region = ask.region.map_or("-", |it| it.as_str());
            let limit = ask
                .limit
                .map_or_else(|| "-".to_owned(), |it| it.to_string());
            format!("{name} {region} {limit}")
        };
        asks.iter().map(line).collect()
    }

    #[test]
    fn other_tools_keys_ask_for_the_same() {
        for (json, lines) in [
            (
                r##"{"hashtags":["#Cats","dogs",""],"resultsPerPage":5,"proxyCountryCode":"US"}"##,
                &["cats US 5", "dogs US 5"][..],
            ),
            (
                r#"{"hashtags":"cats","proxyCountryCode":"None"}"#,
                &["cats - -"],
            ),
            (
                r#"{"hashtag":"cats","limit":5,"isUnlimited":true}"#,
                &["cats - all"],
            ),
            (
                r#"{"hashtag":"cats","limit":5,"isUnlimited":false}"#,
                &["cats - 5"],
            ),
            (
                r#"{"tag_name":"cats","country":"de","maxVideos":"7"}"#,
                &["cats DE 7"],
            ),
            (
                r#"{"startUrls":[{"url":"https://www.tiktok.com/tag/cats"},"tiktok.com/tag/dogs"],
                   "maxItems":3,"hashtag":""}"#,
                &["cats - 3", "dogs - 3"],
            ),
            (
                r#"{"name":"a","hashtag":"b","tag_name":"c","hashtags":["d"]}"#,
                &["a - -", "b - -", "c - -", "d - -"],
            ),
        ] {
            assert_eq!(told(json), lines, "{json}");
        }
    }

    #[test]
    fn what_is_not_heeded_is_told_with_what_to_use_instead() {
        let entry = good(
            r#"{"hashtags":["a"],"resultsPerPage":5,"maxItems":6,"country":"US","region":"US",
                "profiles":["x"],"postURLs":[],"shouldDownloadVideos":true,
                "shouldDownloadCovers":false,"colour":1,
                "proxyConfiguration":{"useApifyProxy":true,"apifyProxyGroups":[]}}"#,
        );
        let ignored: Vec<&str> = entry.ignored.iter().map(|(key, _)| key.as_str()).collect();
        let keys = [
            "maxItems",
            "proxyConfiguration.useApifyProxy",
            "profiles",
            "shouldDownloadVideos",
        ];
        assert_eq!(ignored, keys);
        assert_eq!(entry.ignored[0].1, "resultsPerPage is given too and wins");
        assert_eq!(entry.unknown, ["colour"]);
        assert_eq!(entry.proxy, None);
    }

    #[test]
    fn the_first_proxy_is_the_runs() {
        for json in [
            r#"{"name":"a","proxyConfiguration":{"proxyUrls":["http://u:p@h:1"]}}"#,
            r#"{"name":"a","proxy":{"useApifyProxy":false,"proxyUrls":["http://u:p@h:1","http://b"]}}"#,
        ] {
            let entry = good(json);
            let url = entry.proxy.expect(json).into_url();
            assert_eq!(url.as_str(), "http://u:p@h:1/");
            assert_eq!(entry.ignored.len(), usize::from(json.contains("http://b")));
        }
    }

    #[test]
    fn null_is_as_good_as_absent_and_digits_as_a_number() {
        let entry = r#"{"name":null,"url":"tiktok.com/tag/x","region":null,"limit":null}"#;
        let Entry {
            asks, contested, ..
        } = good(entry);
        assert_eq!(asks[0].url.as_deref(), Some("tiktok.com/tag/x"));
        assert_eq!(
            (asks[0].region, asks[0].limit, contested),
            (None, None, None)
        );
        for entry in [r#"{"name":"x","limit":"7"}"#, r#"{"name":"x","limit":7}"#] {
            let limit = good(entry).asks[0].limit;
            assert_eq!(limit.and_then(|limit| limit.get()), Some(7));
        }
    }

    #[test]
    fn a_bad_entry_says_what_is_due() {
        let no_target = "no hashtag is given; looked for under name, url, hashtags, hashtag, \
            tag_name and startUrls; an entry is e.g. {\"name\": \"travel\"} or \
            {\"hashtags\": [\"travel\"]}";
        for (json, key, said) in [
            (
                r#"{"name":5}"#,
                Some("name"),
                "a string is due, not a number",
            ),
            (
                r#"{"name":["a"]}"#,
                Some("name"),
                "a string is due, not an array",
            ),
            (
                r#"{"name":"a b"}"#,
                Some("name"),
                "\"a b\" has a space; a hashtag is one word, e.g. travel",
            ),
            (
                r#"{"name":"\ud83d"}"#,
                Some("name"),
                "a string is due, not a string with a broken escape",
            ),
            (
                r#"{"url":{}}"#,
                Some("url"),
                "a string is due, not an object",
            ),
            (
                r#"{"name":"a","url":"https://example.com/tag/x"}"#,
                Some("url"),
                "\"example.com\" is not a TikTok site with tag pages; \
              give a tag URL such as https://www.tiktok.com/tag/travel",
            ),
            (
                r#"{"name":"a","region":"UK"}"#,
                Some("region"),
                "\"UK\" is no country code; write GB",
            ),
            (
                r#"{"name":"a","limit":0}"#,
                Some("limit"),
                "a limit of 0 would write nothing; give 1 or more, or --all for everything",
            ),
            (
                r#"{"name":"a","limit":1.5}"#,
                Some("limit"),
                "\"1.5\" is not a whole number, e.g. 100",
            ),
            (
                r#"{"name":"a","limit":-1}"#,
                Some("limit"),
                "\"-1\" is not a whole number, e.g. 100",
            ),
            (
                r#"{"name":"a","limit":true}"#,
                Some("limit"),
                "a whole number, e.g. 100, is due, not true or false",
            ),
            (
                r#"{"hashtags":["a","b c"]}"#,
                Some("hashtags/1"),
                "\"b c\" has a space; a hashtag is one word, e.g. travel",
            ),
            (
                r#"{"hashtags":[5]}"#,
                Some("hashtags/0"),
                "a string is due, not a number",
            ),
            (
                r#"{"startUrls":[{"url":5}]}"#,
                Some("startUrls/0/url"),
                "a string is due, not a number",
            ),
            (
                r#"{"name":"a","country":"UK"}"#,
                Some("country"),
                "\"UK\" is no country code; write GB",
            ),
            (
                r#"{"name":"a","maxItems":0}"#,
                Some("maxItems"),
                "a limit of 0 would write nothing; give 1 or more, or --all for everything",
            ),
            (
                r#"{"name":"a","isUnlimited":"yes"}"#,
                Some("isUnlimited"),
                "true or false is due, not a string",
            ),
            (
                r#"{"name":"a","proxyConfiguration":{"proxyUrls":["ftp://u:hush@h"]}}"#,
                Some("proxyConfiguration/proxyUrls/0"),
                "not a proxy URL; one looks like http://host:3128 or socks5://host:1080",
            ),
            (
                r#"{"name":"a","proxy":true}"#,
                Some("proxy"),
                "an object is due, not true or false",
            ),
            (r#"{"hashtags":[],"profiles":["a"]}"#, None, no_target),
            (r#"{"region":"US"}"#, None, no_target),
            ("{}", None, no_target),
            (r#"{"\ud83d":1}"#, None, "a key with a broken escape"),
            ("null", None, "an object or a string is due, not null"),
            ("[]", None, "an object or a string is due, not an array"),
            ("7", None, "an object or a string is due, not a number"),
        ] {
            let Err(fault) = read_json(json) else {
                panic!("{json} is read")
            };
            assert_eq!(
                (fault.key.as_deref(), fault.cause.to_string().as_str()),
                (key, said),
                "{json}"
            );
        }
    }
}
