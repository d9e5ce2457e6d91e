//! What was asked for, from wherever: arguments, switches and the `--input` file become one list
//! of hashtags, each of them once.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::Arc;

use url::Url;

use super::batch::Batch;
use super::quote::quote;
use super::{
    Filter, HashtagError, HashtagName, Limit, Proxy, Query, Region, TagUrl, TagUrlError, Target,
};

/// One hashtag as it was asked for: an argument, or an entry of the `--input` file.
///
/// Parsed from text, it is a `TAG|URL`: a hashtag's name or a link to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The hashtag, or the short link that leads to it.
    pub target: Target,
    /// The URL as it was given; `None` when only a name was.
    pub url: Option<String>,
    /// The region given with it.
    pub region: Option<Region>,
    /// The limit given with it.
    pub limit: Option<Limit>,
    /// The filter given with it.
    pub filter: Option<Arc<Filter>>,
}

/// Why a text is no `TAG|URL`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
#[non_exhaustive]
pub enum AskError {
    /// It was meant as a name.
    Name(#[from] HashtagError),
    /// It was meant as a URL.
    Url(#[from] TagUrlError),
}

impl Ask {
    /// What `name` and `url` ask for together, the name winning; `None` without either.
    #[must_use]
    pub fn new(name: Option<HashtagName>, url: Option<TagUrl>) -> Option<Self> {
        let given = url.as_ref().map(|url| url.as_str().to_owned());
        let target = match (name, url) {
            (Some(name), _) => Target::Tag(name),
            (None, Some(url)) => url.target().clone(),
            (None, None) => return None,
        };
        Some(Self {
            target,
            url: given,
            region: None,
            limit: None,
            filter: None,
        })
    }
}

impl FromStr for Ask {
    type Err = AskError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (target, url) = if TagUrl::is_meant_by(text) {
            let url: TagUrl = text.parse()?;
            (url.target().clone(), Some(url.as_str().to_owned()))
        } else {
            (Target::Tag(text.parse()?), None)
        };
        Ok(Self {
            target,
            url,
            region: None,
            limit: None,
            filter: None,
        })
    }
}

/// Everything the command line says about what to pull.
#[derive(Debug, Default)]
pub struct Asked {
    /// The `TAG|URL` arguments, in their order.
    pub tags: Vec<Ask>,
    /// `--name`.
    pub name: Option<HashtagName>,
    /// `--url`.
    pub url: Option<TagUrl>,
    /// What `--input` held.
    pub batch: Batch,
    /// `--region`; beats the file's.
    pub region: Option<Region>,
    /// `--limit` or `--all`; beats the file's.
    pub limit: Option<Limit>,
    /// The filter switches; each beats the file's.
    pub filter: Filter,
}

/// What to pull, in order, each hashtag and each short link once.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The questions to ask; none if nothing was asked for.
    pub items: Vec<Planned>,
    /// What to tell the user before the first request, a line each.
    pub warnings: Vec<String>,
    /// The proxy that the file names for the run.
    pub proxy: Option<Proxy>,
}

/// One hashtag to pull.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planned {
    /// Ready to be asked.
    Query(Query),
    /// To be resolved over the network first.
    ShortLink(ShortLink),
}

/// A question whose hashtag only the site knows as yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortLink {
    /// Where to start: https on `vm.`, `vt.` or `www.tiktok.com`.
    pub link: Url,
    /// The link as the user gave it.
    pub given: String,
    /// A hint about the viewer's country.
    pub region: Option<Region>,
    limit: Limit,
    filter: Arc<Filter>,
}

impl ShortLink {
    /// The question, now that the link is known to lead to `name`.
    #[must_use]
    pub fn resolved(self, name: HashtagName) -> Query {
        Query {
            name,
            url: Some(self.given),
            region: self.region,
            limit: self.limit,
            filter: self.filter,
        }
    }
}

impl Planned {
    /// Which of its videos are wanted.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        match self {
            Self::Query(query) => &query.filter,
            Self::ShortLink(short) => &short.filter,
        }
    }
}

impl Asked {
    /// Puts arguments, `--name` with `--url`, and the file's entries in one line, in this order;
    /// of a hashtag asked for twice the first stays, and what another wants of it is warned about.
    #[must_use]
    pub fn plan(self) -> Plan {
        let mut warnings = Vec::new();
        if let (Some(name), Some(_)) = (&self.name, &self.url) {
            warnings.push(both_given(name.as_str(), 1));
        }
        warnings.extend(self.batch.warnings);
        let asks = self.tags.into_iter();
        let asks = asks
            .chain(Ask::new(self.name, self.url))
            .chain(self.batch.asks);
        let (mut met, mut unheeded) = (HashMap::new(), Vec::new());
        let filter = Arc::new(self.filter);
        let mut items = Vec::new();
        for ask in asks {
            let key = key(&ask.target);
            let wants = (ask.region, ask.limit, ask.filter.clone());
            match met.get(&key) {
                Some(first) if *first != wants && wants != (None, None, None) => unheeded.push(key),
                Some(_) => {}
                None => {
                    met.insert(key, wants);
                    items.push(planned(ask, self.region, self.limit, &filter));
                }
            }
        }
        warnings.extend(asked_again(&unheeded));
        Plan {
            items,
            warnings,
            proxy: self.batch.proxy,
        }
    }
}

/// `queries` without those whose hashtag an earlier one has: for lists in which short links were
/// resolved.
#[must_use]
pub fn distinct(queries: Vec<Query>) -> Vec<Query> {
    let mut met = HashSet::new();
    let mut kept = queries;
    kept.retain(|query| met.insert(query.name.clone()));
    kept
}

/// The warning for hashtags that were asked for before, with other wishes.
fn asked_again(unheeded: &[String]) -> Option<String> {
    let first = quote(unheeded.first()?);
    let others = match unheeded.len() {
        1 => String::new(),
        n => format!(" and {} more", n - 1),
    };
    Some(format!(
        "asked for more than once: {first}{others}; the first time counts, with its region, limit \
         and filters"
    ))
}

/// The warning for `count` questions with a name and a URL, the first of them about `name`.
pub(super) fn both_given(name: &str, count: usize) -> String {
    let others = match count {
        0 | 1 => String::new(),
        n => format!(" and {} more", n - 1),
    };
    format!(
        "both name and url given for {}{others}: the name is used",
        quote(name)
    )
}

/// What makes two questions the same; a name has no `/`, so it never equals a link.
fn key(target: &Target) -> String {
    match target {
        Target::Tag(name) => name.as_str().to_owned(),
        Target::ShortLink(link) => link.as_str().to_owned(),
    }
}

fn planned(
    ask: Ask,
    region: Option<Region>,
    limit: Option<Limit>,
    filter: &Arc<Filter>,
) -> Planned {
    let region = region.or(ask.region);
    let limit = limit.or(ask.limit).unwrap_or_default();
    let filter = match ask.filter {
        Some(own) => Arc::new(Filter::clone(filter).or(Filter::clone(&own))),
        None => Arc::clone(filter),
    };
    match ask.target {
        Target::Tag(name) => Planned::Query(Query {
            name,
            url: ask.url,
            region,
            limit,
            filter,
        }),
        Target::ShortLink(link) => Planned::ShortLink(ShortLink {
            given: ask.url.unwrap_or_else(|| link.to_string()),
            link,
            region,
            limit,
            filter,
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Ask, Asked, Planned, distinct};
    use crate::input::{Batch, Filter, Limit, Plan, Query};

    fn ask(text: &str) -> Ask {
        text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    fn names(plan: &Plan) -> Vec<&str> {
        let names = plan.items.iter().map(|item| match item {
            Planned::Query(query) => query.name.as_str(),
            Planned::ShortLink(short) => short.link.as_str(),
        });
        names.collect()
    }

    fn query(plan: &Plan, at: usize) -> &Query {
        let Planned::Query(query) = &plan.items[at] else {
            panic!("{at} is a short link")
        };
        query
    }

    #[test]
    fn an_argument_is_a_name_or_a_url() {
        assert_eq!(ask("#Viral").url, None);
        let url = "https://www.tiktok.com/tag/Viral?lang=en";
        assert_eq!(ask(url).url.as_deref(), Some(url));
        assert_eq!(ask(url).target, ask("viral").target);
        for (text, said) in [
            ("", "a hashtag needs at least one character"),
            ("a b", "has a space"),
            ("https://example.com/tag/x", "is not a TikTok site"),
            ("https://www.tiktok.com/@u/video/1", "this is a video link"),
        ] {
            let error = text.parse::<Ask>().expect_err(text).to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn what_a_second_ask_wants_of_a_hashtag_is_not_dropped_in_silence() {
        let plan = |limits: [Option<&str>; 3]| {
            let asks = limits.into_iter().map(|limit| Ask {
                limit: limit.map(|limit| limit.parse().unwrap()),
                ..ask("cats")
            });
            let batch = Batch {
                asks: asks.collect(),
                ..Batch::default()
            };
            let asked = Asked {
                batch,
                ..Asked::default()
            };
            asked.plan().warnings
        };
        assert_eq!(plan([Some("3"), None, Some("3")]), [""; 0]);
        assert_eq!(
            plan([Some("3"), Some("5"), Some("6")]),
            [
                "asked for more than once: \"cats\" and 1 more; the first time counts, with its region, \
              limit and filters"
            ]
        );
    }

    #[test]
    fn all_sources_add_up_in_order_and_each_tag_once() {
        let plan = Asked {
            tags: vec![ask("b"), ask("#A"), ask("B")],
            name: Some("c".parse().expect("a name")),
            url: None,
            batch: Batch {
                asks: vec![ask("https://www.tiktok.com/tag/a"), ask("d")],
                warnings: vec!["from the file".to_owned()],
                ..Batch::default()
            },
            ..Asked::default()
        }
        .plan();
        assert_eq!(names(&plan), ["b", "a", "c", "d"]);
        assert_eq!(query(&plan, 1).url, None, "the first of two stays");
        assert_eq!(query(&plan, 0).limit.get(), Some(100));
        assert_eq!(plan.warnings, ["from the file"]);
    }

    #[test]
    fn a_name_wins_over_a_url_with_one_warning() {
        let url = "https://www.tiktok.com/tag/food";
        let plan = Asked {
            name: Some("travel".parse().expect("a name")),
            url: Some(url.parse().expect("a URL")),
            ..Asked::default()
        }
        .plan();
        assert_eq!(names(&plan), ["travel"]);
        assert_eq!(query(&plan, 0).url.as_deref(), Some(url));
        assert_eq!(
            plan.warnings,
            ["both name and url given for \"travel\": the name is used"]
        );
    }

    #[test]
    fn a_flag_beats_the_file() {
        let mut entry = ask("travel");
        entry.region = Some("VN".parse().expect("a region"));
        entry.limit = Some("5".parse().expect("a limit"));
        entry.filter = Some(Arc::new(Filter {
            min_plays: Some(5),
            min_likes: Some(5),
            ..Filter::default()
        }));
        let asked = |region: Option<&str>, limit| Asked {
            batch: Batch {
                asks: vec![entry.clone()],
                ..Batch::default()
            },
            region: region.map(|cc| cc.parse().expect("a region")),
            limit,
            filter: Filter {
                min_likes: region.map(|_| 9),
                ..Filter::default()
            },
            ..Asked::default()
        };
        let plan = asked(None, None).plan();
        assert_eq!(query(&plan, 0).region.map(|r| r.as_str()), Some("VN"));
        assert_eq!(query(&plan, 0).limit.get(), Some(5));
        let filter = query(&plan, 0).filter.to_string();
        assert_eq!(filter, "min_plays=5 min_likes=5");
        let plan = asked(Some("US"), Some(Limit::All)).plan();
        assert_eq!(query(&plan, 0).region.map(|r| r.as_str()), Some("US"));
        assert_eq!(query(&plan, 0).limit, Limit::All);
        let filter = query(&plan, 0).filter.to_string();
        assert_eq!(filter, "min_plays=5 min_likes=9");
    }

    #[test]
    fn a_short_link_waits_for_its_name() {
        let plan = Asked {
            tags: vec![
                ask("cats"),
                ask("vm.tiktok.com/ZMabc12"),
                ask("https://vm.tiktok.com/ZMabc12/?x=1"),
            ],
            limit: Some(Limit::All),
            ..Asked::default()
        }
        .plan();
        assert_eq!(names(&plan), ["cats", "https://vm.tiktok.com/ZMabc12/"]);
        let Planned::ShortLink(short) = plan.items[1].clone() else {
            panic!("no short link")
        };
        let resolved = short.resolved("cats".parse().expect("a name"));
        assert_eq!(resolved.url.as_deref(), Some("vm.tiktok.com/ZMabc12"));
        assert_eq!(resolved.limit, Limit::All);
        let kept = distinct(vec![query(&plan, 0).clone(), resolved]);
        assert_eq!(kept, [query(&plan, 0).clone()]);
    }

    #[test]
    fn nothing_asked_plans_nothing() {
        assert_eq!(Asked::default().plan(), Plan::default());
    }
}
