//! Whether a record meets a filter, by its own fields alone.

use super::{Lane, Record};
use crate::input::{Filter, HashtagName};

/// A filter for one hashtag, its times fixed.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    filter: Filter,
    since: Option<i64>,
    until: Option<i64>,
    /// The hashtag that has to be named; nobody's where it is not known.
    tag: Option<HashtagName>,
}

impl Wanted {
    /// What `filter` wants of the hashtag `name` in a run that began at `now`.
    #[must_use]
    pub fn new(filter: &Filter, name: Option<&HashtagName>, now: i64) -> Self {
        Self {
            since: filter.since.map(|when| when.second(now)),
            until: filter.until.map(|when| when.second(now)),
            tag: name.filter(|_| filter.strict_tag).cloned(),
            filter: filter.clone(),
        }
    }

    /// The first rule that a record breaks, by its name in the receipt.
    #[must_use]
    pub fn broken_by(&self, record: &Record) -> Option<&'static str> {
        let filter = &self.filter;
        let plays = record.statistics.as_ref().and_then(|it| it.play_count);
        let likes = record.statistics.as_ref().and_then(|it| it.digg_count);
        let rules = [
            (
                "since",
                self.since
                    .is_none_or(|at| record.create_time.is_some_and(|it| it >= at)),
            ),
            (
                "until",
                self.until
                    .is_none_or(|at| record.create_time.is_some_and(|it| it < at)),
            ),
            (
                "min_plays",
                filter
                    .min_plays
                    .is_none_or(|n| plays.is_some_and(|it| it >= n)),
            ),
            (
                "min_likes",
                filter
                    .min_likes
                    .is_none_or(|n| likes.is_some_and(|it| it >= n)),
            ),
            (
                "max_likes",
                filter
                    .max_likes
                    .is_none_or(|n| likes.is_some_and(|it| it < n)),
            ),
            (
                "only_region",
                filter.only_region.is_empty() || self.has_region(record),
            ),
            (
                "only_language",
                filter.only_language.is_empty() || self.has_language(record),
            ),
            ("strict_tag", !filter.strict_tag || self.is_tagged(record)),
            (
                "pinned",
                !filter.without_pinned || record.is_top != Some(true),
            ),
        ];
        rules
            .into_iter()
            .find(|(_, meets)| !meets)
            .map(|(rule, _)| rule)
    }

    fn has_region(&self, record: &Record) -> bool {
        let wanted = &self.filter.only_region;
        let made_in = record.region.as_deref();
        made_in.is_some_and(|made_in| wanted.iter().any(|it| it.as_str() == made_in))
    }

    fn has_language(&self, record: &Record) -> bool {
        let wanted = &self.filter.only_language;
        let written_in = record.desc_language.as_deref();
        written_in.is_some_and(|tag| wanted.iter().any(|it| it.takes_in(tag)))
    }

    fn is_tagged(&self, record: &Record) -> bool {
        record.hashtag_names().into_iter().flatten().any(|name| {
            let name: Option<HashtagName> = name.parse().ok();
            name.is_some() && name == self.tag
        })
    }
}

impl Lane {
    /// The switch of `filter` that asks for something the lane's answers never say, and words
    /// about that: nothing that comes this way can pass.
    #[must_use]
    pub fn is_blind_to(self, filter: &Filter) -> Option<(&'static str, &'static str)> {
        match self {
            // That stands on the video's own page alone.
            Self::Web | Self::Browser if !filter.only_region.is_empty() => Some((
                "--only-region",
                "never says where a video was made, so nothing it gives passes; --source embed says it",
            )),
            Self::Embed if !filter.only_language.is_empty() => Some((
                "--only-language",
                "never says a caption's language, so nothing it gives passes; --source web says it",
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::option::of;
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};
    use serde_json::{Value, json};

    use super::Wanted;
    use crate::input::{Filter, HashtagName, When};
    use crate::record::specimen::mapped;
    use crate::record::{Lane, Record, Shape};

    const NOW: i64 = 1_000_000;

    /// A record that says this much, made of an item of the site.
    fn record(item: &Value) -> Record {
        let mapped = mapped(Shape::Web, &item.to_string());
        *mapped
            .unwrap_or_else(|error| panic!("{item}: {error}"))
            .record
    }

    fn items() -> impl Strategy<Value = Value> {
        let tags = || {
            of(subsequence(
                vec!["a", "A", "É", "e\u{301}", "b c", "@é"],
                0..3,
            ))
        };
        let counts = || of(0u64..4);
        let time = of(select(vec![NOW - 90, NOW - 60, NOW - 59, NOW, NOW + 1]));
        let region = of(select(vec!["US", "DE", "VN"]));
        let language = of(select(vec!["en", "zh-Hans", "zh", "fi", "fil", "un"]));
        (
            time,
            counts(),
            counts(),
            region,
            language,
            tags(),
            tags(),
            of(any::<bool>()),
        )
            .prop_map(
                |(time, plays, likes, region, language, challenges, marks, pinned)| {
                    let list = |tags: Option<Vec<&str>>, key: &str| {
                        tags.map(|tags| {
                            tags.iter().map(|tag| json!({key: tag})).collect::<Vec<_>>()
                        })
                    };
                    json!({
                        "id": "42", "createTime": time, "isPinnedItem": pinned,
                        "stats": {"playCount": plays, "diggCount": likes},
                        "locationCreated": region, "textLanguage": language,
                        "challenges": list(challenges, "title"),
                        "textExtra": list(marks, "hashtagName"),
                    })
                },
            )
    }

    fn filters() -> impl Strategy<Value = Filter> {
        let when = || {
            of(select(vec![
                When::At(NOW - 60),
                When::Ago(60),
                When::Ago(0),
            ]))
        };
        let counts = || of(0u64..4);
        let region = subsequence(vec!["US", "DE"], 0..=2);
        let language = subsequence(vec!["en", "zh", "zh-Hans", "fi"], 0..=2);
        let flags = any::<(bool, bool)>();
        (
            when(),
            when(),
            counts(),
            counts(),
            counts(),
            region,
            language,
            flags,
        )
            .prop_map(
                |(since, until, min_plays, min_likes, max_likes, region, language, flags)| Filter {
                    since,
                    until,
                    min_plays,
                    min_likes,
                    max_likes,
                    only_region: region.iter().map(|cc| cc.parse().unwrap()).collect(),
                    only_language: language.iter().map(|tag| tag.parse().unwrap()).collect(),
                    strict_tag: flags.0,
                    without_pinned: flags.1,
                },
            )
    }

    /// The same judgement once more, on the record as it is written and with nothing of ours.
    fn naive(filter: &Filter, tag: &str, record: &Value) -> Option<&'static str> {
        let second = |when: When| match when {
            When::At(second) => second,
            When::Ago(seconds) => NOW - seconds,
        };
        let published = record["create_time"].as_i64();
        if let Some(since) = filter.since {
            match published {
                Some(published) if published >= second(since) => {}
                _ => return Some("since"),
            }
        }
        if let Some(until) = filter.until {
            match published {
                Some(published) if published < second(until) => {}
                _ => return Some("until"),
            }
        }
        let likes = record["statistics"]["digg_count"].as_u64();
        if let Some(least) = filter.min_plays {
            match record["statistics"]["play_count"].as_u64() {
                Some(plays) if plays >= least => {}
                _ => return Some("min_plays"),
            }
        }
        match (filter.min_likes, likes) {
            (None, _) => {}
            (Some(least), Some(likes)) if likes >= least => {}
            _ => return Some("min_likes"),
        }
        match (filter.max_likes, likes) {
            (None, _) => {}
            (Some(most), Some(likes)) if likes < most => {}
            _ => return Some("max_likes"),
        }
        let regions: Vec<Value> = filter.only_region.iter().map(|it| json!(it)).collect();
        if !regions.is_empty() && !regions.contains(&record["region"]) {
            return Some("only_region");
        }
        let languages: Vec<String> = filter
            .only_language
            .iter()
            .map(|it| it.to_string())
            .collect();
        let tag_in = record["desc_language"]
            .as_str()
            .unwrap_or("")
            .to_lowercase();
        let kinds = [tag_in.as_str(), tag_in.split('-').next().unwrap()];
        if !languages.is_empty() && !languages.iter().any(|it| kinds.contains(&it.as_str())) {
            return Some("only_language");
        }
        let names = |list: &str, key: &str| -> Vec<String> {
            let list = record[list].as_array().cloned().unwrap_or_default();
            let names = list.iter().filter_map(|it| it[key].as_str());
            names
                .map(|it| it.to_lowercase().replace("e\u{301}", "é"))
                .collect()
        };
        let named = [
            names("cha_list", "cha_name"),
            names("text_extra", "hashtag_name"),
        ]
        .concat();
        if filter.strict_tag && !named.iter().any(|it| it == tag) {
            return Some("strict_tag");
        }
        (filter.without_pinned && record["is_top"] == true).then_some("pinned")
    }

    proptest! {
        #[test]
        fn a_filter_judges_as_its_words_say(
            item in items(), filter in filters(), tag in select(vec!["a", "é"])
        ) {
            let record = record(&item);
            let name: HashtagName = tag.parse().unwrap();
            let judged = Wanted::new(&filter, Some(&name), NOW).broken_by(&record);
            let record = serde_json::to_value(record).unwrap();
            prop_assert_eq!(judged, naive(&filter, tag, &record), "{} {}", filter, record);
        }
    }

    #[test]
    fn without_conditions_everything_is_wanted() {
        let bare = record(&json!({"id": "42"}));
        assert_eq!(Wanted::default().broken_by(&bare), None);
        let strict = Filter {
            strict_tag: true,
            ..Filter::default()
        };
        let nameless = Wanted::new(&strict, None, NOW);
        let tagged = record(&json!({"id": "42", "challenges": [{"title": "a"}]}));
        assert_eq!(nameless.broken_by(&tagged), Some("strict_tag"));
    }

    #[test]
    fn a_lane_is_blind_to_what_its_answers_never_say() {
        let of = |region: bool, language: bool| Filter {
            only_region: region.then(|| "US".parse().unwrap()).into_iter().collect(),
            only_language: language
                .then(|| "en".parse().unwrap())
                .into_iter()
                .collect(),
            ..Filter::default()
        };
        for (lane, region, language) in [
            (Lane::Web, true, false),
            (Lane::Browser, true, false),
            (Lane::Embed, false, true),
            (Lane::Import, false, false),
        ] {
            assert_eq!(
                lane.is_blind_to(&of(true, false)).is_some(),
                region,
                "{lane}"
            );
            assert_eq!(
                lane.is_blind_to(&of(false, true)).is_some(),
                language,
                "{lane}"
            );
            assert!(lane.is_blind_to(&of(false, false)).is_none());
        }
    }
}
