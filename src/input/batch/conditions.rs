//! The filters of an entry that is an object: ours, named as their switches in snake_case or
//! camelCase, and those of hosted scrapers.

use std::str::FromStr;

use serde_json::value::RawValue;

use super::EntryError;
use super::fault::Fault;
use super::field::{Field, digits_due, string_due, words};
use super::fields::Fields;
use super::foreign::time;
use crate::input::{Count, Filter, When};

/// Keys of hosted scrapers, where a bare number is so many days and no likes are no filter.
const THEIRS: [&str; 5] = [
    "oldestPostDateUnified",
    "oldestPostDate",
    "newestPostDate",
    "leastDiggs",
    "mostDiggs",
];

impl Fields<'_> {
    /// Which videos are wanted.
    pub(super) fn filter(&mut self) -> Result<Filter, Fault> {
        let since = ["since", "oldestPostDateUnified", "oldestPostDate"];
        let min_likes = ["min_likes", "minLikes", "leastDiggs"];
        let max_likes = ["max_likes", "maxLikes", "mostDiggs"];
        Ok(Filter {
            since: self.first(&since, when)?,
            until: self.first(&["until", "newestPostDate"], when)?,
            min_plays: self.first(&["min_plays", "minPlays"], count)?,
            min_likes: self.first(&min_likes, count)?,
            max_likes: self.first(&max_likes, count)?,
            only_region: self.listed(&["only_region", "onlyRegion"])?,
            only_language: self.listed(&["only_language", "onlyLanguage"])?,
            strict_tag: self.any(&["strict_tag", "strictTag"])?,
            without_pinned: self.any(&["excludePinnedPosts"])?,
        })
    }

    /// The values of a list, or of a text with commas between them.
    fn listed<T: FromStr + PartialEq>(&mut self, keys: &[&str]) -> Result<Vec<T>, Fault>
    where
        EntryError: From<T::Err>,
    {
        let listed = self.first(keys, |field| {
            let items = field.items()?.into_iter();
            let read: Result<Vec<_>, Fault> = items.map(|it| it.read_as(split)).collect();
            let values: Vec<T> = read?.into_iter().flatten().flatten().collect();
            Ok(Some(values).filter(|it| !it.is_empty()))
        });
        Ok(listed?.unwrap_or_default())
    }

    /// Whether one of the keys says true.
    fn any(&mut self, keys: &[&str]) -> Result<bool, Fault> {
        let said = self.first(keys, |field| Ok(Some(field.flag()?).filter(|it| *it)));
        Ok(said?.is_some())
    }
}

fn when(field: Field<'_>) -> Result<Option<When>, Fault> {
    if THEIRS.contains(&field.key.as_str()) {
        return field.read_as(|value| Ok(time(&words(value)?)?));
    }
    field.parsed(words)
}

fn count(field: Field<'_>) -> Result<Option<u64>, Fault> {
    let is_theirs = THEIRS.contains(&field.key.as_str());
    let count = field.parsed(digits_due)?.map(Count::get);
    Ok(count.filter(|count| !is_theirs || *count > 0))
}

fn split<T: FromStr>(value: &RawValue) -> Result<Vec<T>, EntryError>
where
    EntryError: From<T::Err>,
{
    let text = string_due(value)?;
    text.split(',').map(|part| Ok(part.parse()?)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use crate::input::batch::entry::{Entry, read};
    use crate::input::batch::fault::Fault;

    fn read_json(json: &str) -> Result<Entry, Fault> {
        read(serde_json::from_str::<&RawValue>(json).expect(json))
    }

    #[test]
    fn ours_and_theirs_become_filters() {
        for (json, filter) in [
            (
                r#"{"hashtags":["a"],"oldestPostDateUnified":"3 days","newestPostDate":"@9",
                   "leastDiggs":10,"mostDiggs":20,"excludePinnedPosts":true}"#,
                "since=259200s until=@9 min_likes=10 max_likes=20 without_pinned",
            ),
            (
                r#"{"name":"a","since":"7d","until":"2025-01-31","min_plays":"10k","min_likes":5,
                   "max_likes":9,"only_region":["us","DE"],"only_language":"en, pt",
                   "strict_tag":true}"#,
                "since=604800s until=@1738281600 min_plays=10000 min_likes=5 max_likes=9 \
                 only_region=DE/US only_language=en/pt strict_tag",
            ),
            (
                r#"{"name":"a","minPlays":1,"minLikes":0,"maxLikes":"1.5k","onlyRegion":"GB",
                   "onlyLanguage":["en",""],"strictTag":true,"leastDiggs":0}"#,
                "min_plays=1 min_likes=0 max_likes=1500 only_region=GB only_language=en strict_tag",
            ),
            (
                r#"{"name":"a","since":null,"until":"","min_plays":null,"only_region":[],
                   "onlyLanguage":"","strict_tag":false}"#,
                "",
            ),
            (
                r#"{"hashtags":["a"],"oldestPostDateUnified":7,"newestPostDate":null,
                   "leastDiggs":0,"mostDiggs":null,"excludePinnedPosts":false}"#,
                "since=604800s",
            ),
        ] {
            let entry = read_json(json).unwrap_or_else(|fault| panic!("{json}: {}", fault.cause));
            let told = entry.asks[0].filter.as_deref().map(ToString::to_string);
            assert_eq!(told.unwrap_or_default(), filter, "{json}");
            assert!(
                entry.unknown.is_empty() && entry.ignored.is_empty(),
                "{json}"
            );
        }
    }

    #[test]
    fn our_own_name_wins_over_theirs() {
        let entry = read_json(r#"{"name":"a","min_likes":5,"leastDiggs":9}"#);
        let entry = entry.unwrap_or_else(|fault| panic!("{}", fault.cause));
        let filter = entry.asks[0].filter.as_deref();
        assert_eq!(filter.and_then(|it| it.min_likes), Some(5));
        assert_eq!(entry.ignored[0].1, "min_likes is given too and wins");
    }

    #[test]
    fn a_bad_filter_says_what_is_due() {
        for (json, key, said) in [
            (
                r#"{"name":"a","leastDiggs":-1}"#,
                "leastDiggs",
                "\"-1\" is no count; a whole number, e.g. 1000 or 10k",
            ),
            (
                r#"{"name":"a","since":7}"#,
                "since",
                "\"7\" is no time; give a date (2025-01-31), a time with its zone \
                 (2025-01-31T12:00:00Z), a span back from now (7d) or @ and epoch seconds",
            ),
            (
                r#"{"name":"a","minPlays":"many"}"#,
                "minPlays",
                "\"many\" is no count; a whole number, e.g. 1000 or 10k",
            ),
            (
                r#"{"name":"a","only_region":["US","UK"]}"#,
                "only_region/1",
                "\"UK\" is no country code; write GB",
            ),
            (
                r#"{"name":"a","strictTag":1}"#,
                "strictTag",
                "true or false is due, not a number",
            ),
            (
                r#"{"name":"a","newestPostDate":[]}"#,
                "newestPostDate",
                "a date or a span such as 7 days is due, not an array",
            ),
        ] {
            let Err(fault) = read_json(json) else {
                panic!("{json} is read")
            };
            assert_eq!(fault.key.as_deref(), Some(key), "{json}");
            assert_eq!(fault.cause.to_string(), said, "{json}");
        }
    }
}
