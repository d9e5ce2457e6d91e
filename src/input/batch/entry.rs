//! One entry of an `--input` file: an object, or a string in its place. An object may have our keys,
//! or those of hosted scrapers that mean the same.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::foreign::{instead_of, is_off, time};
use crate::input::{
    Ask, AskError, Filter, HashtagError, HashtagName, Limit, LimitError, Proxy, ProxyError, Region,
    RegionError, TagUrl, TagUrlError, WhenError,
};

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

/// What is wrong with an entry, or with what it has under `key`, a JSON pointer without its first
/// slash.
pub(super) struct Fault {
    pub(super) key: Option<String>,
    pub(super) cause: EntryError,
}

impl<E: Into<EntryError>> From<E> for Fault {
    fn from(cause: E) -> Self {
        Self {
            key: None,
            cause: cause.into(),
        }
    }
}

/// What is wrong with one entry of a batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// Another JSON type than the one due.
    #[error("{due} is due, not {found}")]
    WrongType {
        /// What should stand there.
        due: &'static str,
        /// What does.
        found: &'static str,
    },
    /// An object with a key that is no text.
    #[error("a key with a broken escape")]
    BrokenKey,
    /// An object that names no hashtag.
    #[error("neither name nor url is given; an entry is e.g. {{\"name\": \"travel\"}}")]
    NoTarget,
    /// A count that is none.
    #[error("this is no count; a whole number is due, e.g. 1000")]
    NotACount,
    /// A bad line, or a string in place of an object.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// A bad `name`.
    #[error(transparent)]
    Name(#[from] HashtagError),
    /// A bad `url`.
    #[error(transparent)]
    Url(#[from] TagUrlError),
    /// A bad `region`.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// A bad `limit`.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// A bad time.
    #[error(transparent)]
    When(#[from] WhenError),
    /// A bad proxy.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
}

/// Reads an object with the keys `name url region limit` or those of hosted scrapers, or a string
/// that is a `TAG|URL`.
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

/// The fields of an object that were not yet read.
struct Fields<'a> {
    left: BTreeMap<String, &'a RawValue>,
    /// Keys that were read and are not heeded, each with what is used instead.
    ignored: Vec<(String, String)>,
}

impl<'a> Fields<'a> {
    fn of(value: &'a RawValue) -> Result<Self, EntryError> {
        let left = serde_json::from_str(value.get()).map_err(|_| EntryError::BrokenKey)?;
        let ignored = Vec::new();
        Ok(Self { left, ignored })
    }

    fn take(&mut self, key: &str) -> Field<'a> {
        let value = self.left.remove(key);
        Field {
            key: key.to_owned(),
            value: value.filter(|value| value.get() != "null"),
        }
    }

    /// A key of other tools, in which an empty text is none.
    fn foreign(&mut self, key: &str) -> Field<'a> {
        let mut field = self.take(key);
        field.value = field.value.filter(|value| value.get() != "\"\"");
        field
    }

    /// The first of several keys for one thing that is there; a later one that says otherwise is
    /// not heeded.
    fn first<T: PartialEq>(
        &mut self,
        keys: &[&str],
        read: impl Fn(Field<'a>) -> Result<Option<T>, Fault>,
    ) -> Result<Option<T>, Fault> {
        let mut first: Option<(&str, T)> = None;
        for key in keys {
            match (read(self.foreign(key))?, &first) {
                (Some(value), None) => first = Some((key, value)),
                (Some(value), Some((winner, won))) if value != *won => {
                    self.ignore(key, format!("{winner} is given too and wins"));
                }
                _ => {}
            }
        }
        Ok(first.map(|(_, value)| value))
    }

    fn ignore(&mut self, key: &str, instead: impl Into<String>) {
        self.ignored.push((key.to_owned(), instead.into()));
    }

    /// The hashtags other tools' keys name.
    fn hashtags(&mut self, asks: &mut Vec<Ask>) -> Result<(), Fault> {
        for key in ["hashtag", "tag_name"] {
            asks.extend(self.foreign(key).parsed::<Ask>(string_due)?);
        }
        for tag in self.foreign("hashtags").items()? {
            asks.extend(tag.parsed::<Ask>(string_due)?);
        }
        for start in self.foreign("startUrls").items()? {
            let url: Option<TagUrl> = start.or_inside("url")?.parsed(string_due)?;
            asks.extend(Ask::new(None, url));
        }
        Ok(())
    }

    fn region(&mut self) -> Result<Option<Region>, Fault> {
        self.first(&["region", "country", "proxyCountryCode"], |field| {
            // What a tool's own form writes where no country was chosen.
            let is_none = field.value.is_some_and(|it| it.get() == "\"None\"");
            if is_none {
                Ok(None)
            } else {
                field.parsed(string_due)
            }
        })
    }

    fn limit(&mut self) -> Result<Option<Limit>, Fault> {
        let keys = ["limit", "resultsPerPage", "maxItems", "maxVideos"];
        let limit = self.first(&keys, |field| field.parsed(digits_due))?;
        let is_unlimited = self.foreign("isUnlimited").flag()?;
        Ok(if is_unlimited {
            Some(Limit::All)
        } else {
            limit
        })
    }

    fn filter(&mut self) -> Result<Filter, Fault> {
        let time_of = |field: Field<'a>| field.read_as(|value| Ok(time(&words(value)?)?));
        let likes_of = |field: Field<'a>| {
            let likes = field.read_as(|value| count(&digits_due(value)?))?;
            Ok::<_, Fault>(likes.filter(|likes| *likes > 0))
        };
        Ok(Filter {
            since: self.first(&["oldestPostDateUnified", "oldestPostDate"], time_of)?,
            until: time_of(self.foreign("newestPostDate"))?,
            min_likes: likes_of(self.foreign("leastDiggs"))?,
            max_likes: likes_of(self.foreign("mostDiggs"))?,
            without_pinned: self.foreign("excludePinnedPosts").flag()?,
            ..Filter::default()
        })
    }

    /// The first proxy of `proxyConfiguration.proxyUrls`, or of the same under `proxy`.
    fn proxy(&mut self) -> Result<Option<Proxy>, Fault> {
        let mut proxy = None;
        for key in ["proxyConfiguration", "proxy"] {
            let Some(value) = self.foreign(key).value else {
                continue;
            };
            if !value.get().starts_with('{') {
                return Err(Fault {
                    key: Some(key.to_owned()),
                    cause: wrong("an object", value),
                });
            }
            let mut inner = Fields::of(value)?;
            let mut urls = inner.foreign("proxyUrls");
            urls.key = format!("{key}/proxyUrls");
            let urls = urls.items()?;
            if urls.len() > 1 {
                let instead = "only the first proxy is used; nothing here rotates identities";
                self.ignore(&format!("{key}.proxyUrls"), instead);
            }
            if let (None, Some(first)) = (&proxy, urls.into_iter().next()) {
                proxy = first.parsed(string_due)?;
            }
            for (inside, value) in inner.left {
                if !is_off(value) {
                    let instead = "a hosted service's proxies are its own; give --proxy URL";
                    self.ignore(&format!("{key}.{inside}"), instead);
                }
            }
        }
        Ok(proxy)
    }

    /// The keys that mean nothing, and those that are not heeded.
    fn left(mut self) -> (Vec<String>, Vec<(String, String)>) {
        let mut unknown = Vec::new();
        for (key, value) in self.left {
            match instead_of(&key) {
                Some(_) if is_off(value) => {}
                Some(instead) => self.ignored.push((key, instead.to_owned())),
                None => unknown.push(key),
            }
        }
        (unknown, self.ignored)
    }
}

/// One field of an object.
struct Field<'a> {
    key: String,
    /// `None` where it is absent or null.
    value: Option<&'a RawValue>,
}

impl<'a> Field<'a> {
    /// The field's domain value, made from the text that `text` finds in it.
    fn parsed<T: FromStr>(
        self,
        text: fn(&RawValue) -> Result<String, EntryError>,
    ) -> Result<Option<T>, Fault>
    where
        EntryError: From<T::Err>,
    {
        self.read_as(|value| Ok(text(value)?.parse()?))
    }

    fn read_as<T>(
        self,
        read: impl Fn(&'a RawValue) -> Result<T, EntryError>,
    ) -> Result<Option<T>, Fault> {
        let read = self.value.map(read).transpose();
        read.map_err(|cause| Fault {
            key: Some(self.key),
            cause,
        })
    }

    /// Whether it says true.
    fn flag(self) -> Result<bool, Fault> {
        let flag = self.read_as(|value| match value.get() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(wrong("true or false", value)),
        });
        Ok(flag?.unwrap_or(false))
    }

    /// The elements of a list, or the lone value in place of one; empty texts are none.
    fn items(self) -> Result<Vec<Self>, Fault> {
        let Some(value) = self.value else {
            return Ok(Vec::new());
        };
        if !value.get().starts_with('[') {
            return Ok(vec![self]);
        }
        let items: Vec<&RawValue> =
            serde_json::from_str(value.get()).map_err(|_| wrong("a list", value))?;
        let items = items.into_iter().enumerate().map(|(at, value)| Self {
            key: format!("{}/{at}", self.key),
            value: Some(value).filter(|it| !matches!(it.get(), "null" | "\"\"")),
        });
        Ok(items.filter(|item| item.value.is_some()).collect())
    }

    /// The field itself, or what an object in its place has under `key`.
    fn or_inside(self, key: &str) -> Result<Self, Fault> {
        match self.value {
            Some(value) if value.get().starts_with('{') => {
                let inside = Fields::of(value)?.take(key);
                Ok(Field {
                    key: format!("{}/{key}", self.key),
                    ..inside
                })
            }
            _ => Ok(self),
        }
    }
}

fn count(text: &str) -> Result<u64, EntryError> {
    text.parse().map_err(|_| EntryError::NotACount)
}

/// A text, or a number in its place.
fn words(value: &RawValue) -> Result<String, EntryError> {
    digits_due(value).map_err(|_| wrong("a date or a span such as 7 days", value))
}

fn string_due(value: &RawValue) -> Result<String, EntryError> {
    string("a string", value)
}

/// The digits of a number, or of a string in its place.
fn digits_due(value: &RawValue) -> Result<String, EntryError> {
    let text = value.get();
    if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    string("a whole number, e.g. 100,", value)
}

fn string(due: &'static str, value: &RawValue) -> Result<String, EntryError> {
    serde_json::from_str(value.get()).map_err(|_| wrong(due, value))
}

fn wrong(due: &'static str, value: &RawValue) -> EntryError {
    let found = match value.get().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') if serde_json::from_str::<String>(value.get()).is_ok() => "a string",
        Some(b'"') => "a string with a broken escape",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    };
    EntryError::WrongType { due, found }
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

    /// The hashtags, each with its region and limit, and the filter of the first.
    fn told(json: &str) -> (Vec<String>, String) {
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
        let filter = asks[0].filter.as_deref().map(ToString::to_string);
        (asks.iter().map(line).collect(), filter.unwrap_or_default())
    }

    #[test]
    fn other_tools_keys_ask_for_the_same() {
        for (json, lines, filter) in [
            (
                r##"{"hashtags":["#Cats","dogs",""],"resultsPerPage":5,"proxyCountryCode":"US"}"##,
                &["cats US 5", "dogs US 5"][..],
                "",
            ),
            (
                r#"{"hashtags":"cats","proxyCountryCode":"None"}"#,
                &["cats - -"],
                "",
            ),
            (
                r#"{"hashtag":"cats","limit":5,"isUnlimited":true}"#,
                &["cats - all"],
                "",
            ),
            (
                r#"{"hashtag":"cats","limit":5,"isUnlimited":false}"#,
                &["cats - 5"],
                "",
            ),
            (
                r#"{"tag_name":"cats","country":"de","maxVideos":"7"}"#,
                &["cats DE 7"],
                "",
            ),
            (
                r#"{"startUrls":[{"url":"https://www.tiktok.com/tag/cats"},"tiktok.com/tag/dogs"],
                   "maxItems":3,"hashtag":""}"#,
                &["cats - 3", "dogs - 3"],
                "",
            ),
            (
                r#"{"name":"a","hashtag":"b","tag_name":"c","hashtags":["d"]}"#,
                &["a - -", "b - -", "c - -", "d - -"],
                "",
            ),
            (
                r#"{"hashtags":["a"],"oldestPostDateUnified":"3 days","newestPostDate":"@9",
                   "leastDiggs":10,"mostDiggs":20,"excludePinnedPosts":true}"#,
                &["a - -"],
                "since=259200s until=@9 min_likes=10 max_likes=20 without_pinned",
            ),
            (
                r#"{"hashtags":["a"],"oldestPostDateUnified":7,"newestPostDate":null,
                   "leastDiggs":0,"mostDiggs":null,"excludePinnedPosts":false}"#,
                &["a - -"],
                "since=604800s",
            ),
        ] {
            let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            assert_eq!(told(json), (lines, filter.to_owned()), "{json}");
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
        let no_target = "neither name nor url is given; an entry is e.g. {\"name\": \"travel\"}";
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
                r#"{"name":"a","leastDiggs":-1}"#,
                Some("leastDiggs"),
                "this is no count; a whole number is due, e.g. 1000",
            ),
            (
                r#"{"name":"a","newestPostDate":[]}"#,
                Some("newestPostDate"),
                "a date or a span such as 7 days is due, not an array",
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
