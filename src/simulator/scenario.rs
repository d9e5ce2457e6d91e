//! Scenarios: what the server does for a hashtag, told by its name alone. The table is in
//! [`super`]'s documentation.

use std::time::Duration;

use super::api::CursorForm;
use super::call::Call;
use super::embed_pages::Embed;
use super::faults::{CAPTCHA_HTML, CAPTCHA_JSON, NO_ITEMS, SHELL_HTML, WAF_HTML};
use super::faults::{Change, Fault, Flood, Hop, Wait};
use super::feed::{PAGE, Paging, SHORT_ITEMS};
use super::tag_page::Info;
use super::trouble::{Reach, Trouble, When};

/// Items of a hashtag whose name says nothing else.
const ORDINARY: usize = 300;
/// Items of the feed behind most scenarios: three pages of 30 and one of 5.
const FEW: usize = 95;

/// The code of calls that need a login.
const LOGIN_REQUIRED: i64 = 10102;

/// What the server does for a hashtag.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) items: usize,
    /// How many videos the look-up counts, where it is not the truth.
    pub(crate) counted: Option<usize>,
    pub(crate) odd: bool,
    pub(crate) paging: Paging,
    pub(crate) cursor: CursorForm,
    pub(crate) latency: Duration,
    /// Bytes added to a full page.
    pub(crate) padding: usize,
    /// Whether pages are compressed if the client takes that.
    pub(crate) packed: bool,
    /// Whether each list answer brings a new `msToken` that the next call must carry.
    pub(crate) rotating: bool,
    /// The title the look-up gives, where it is not the name.
    pub(crate) title: Option<&'static str>,
    pub(crate) embed: Embed,
    pub(crate) page: Info,
    /// Whether the page fetches its feed through a service worker.
    pub(crate) worker: bool,
    /// Of those that meet a call the first shows.
    pub(crate) troubles: Vec<Trouble>,
}

impl Scenario {
    pub(crate) fn of(name: &str) -> Self {
        named(name)
            .or_else(|| sized(name))
            .or_else(|| varied(name))
            .unwrap_or_else(Self::plain)
    }

    /// Nothing special.
    pub(crate) fn plain() -> Self {
        feed(ORDINARY)
    }

    /// The faults this call meets; how often is for the caller to count.
    pub(crate) fn troubles_for(&self, call: &Call) -> impl Iterator<Item = Trouble> {
        let troubles = self.troubles.iter().copied();
        troubles.filter(|trouble| trouble.meets(call))
    }
}

/// The table: names that stand for one scenario.
fn named(name: &str) -> Option<Scenario> {
    Some(match name {
        // feeds in good order, told in their own way
        "ok30" => feed(FEW),
        "short" => Scenario {
            paging: Paging::Short,
            ..feed(SHORT_ITEMS)
        },
        "dups" => Scenario {
            paging: Paging::Overlap,
            ..feed(FEW)
        },
        "intcursor" => Scenario {
            cursor: CursorForm::Bare,
            ..feed(FEW)
        },
        "odd" => Scenario {
            odd: true,
            ..feed(60)
        },
        "big" => Scenario {
            padding: 1_400_000,
            packed: true,
            ..feed(60)
        },
        "rotate" => Scenario {
            rotating: true,
            ..feed(FEW)
        },
        // feeds that go wrong
        "loop" => Scenario {
            paging: Paging::Loop,
            ..feed(FEW)
        },
        "stuck" => Scenario {
            paging: Paging::Stuck,
            ..feed(FEW)
        },
        "hiccup" => meets(Fault::Json(NO_ITEMS), Reach::List, When::OnceAt(30)),
        "soft_empty" => Scenario {
            counted: Some(500),
            ..feed(0)
        },
        "wrong_tag" => Scenario {
            title: Some("another_tag"),
            ..feed(FEW)
        },
        "badcursor_null" => fixed_cursor("null"),
        "badcursor_text" => fixed_cursor("\"next\""),
        "badcursor_inject" => fixed_cursor("\"30&count=1\""),
        "badcursor_back" => fixed_cursor("\"-30\""),
        "cursor_huge" => fixed_cursor("\"99999999999999999999999\""),
        // gates
        "empty200" => list(Fault::Unsigned),
        "gated" => list(Fault::Empty),
        "needdev" => meets(Fault::NoDevice, Reach::Api, When::Always),
        "mid_empty" => meets(Fault::Empty, Reach::List, When::From(60)),
        "captcha_json" => list(Fault::Json(CAPTCHA_JSON)),
        "captcha_html" => shown(CAPTCHA_HTML),
        "captcha_header" => list(Fault::Changed(Change::CaptchaHeader)),
        "waf" => shown(WAF_HTML),
        "login" => meets(Fault::Login, Reach::Site, When::Always),
        "geo" => meets(Fault::Geo, Reach::Everything, When::Always),
        "akamai" => meets(Fault::Akamai, Reach::Site, When::Always),
        // limits and codes
        "r429" => meets(
            Fault::TooMany(Wait::Seconds(1)),
            Reach::List,
            When::First(2),
        ),
        "r429_date" => meets(Fault::TooMany(Wait::Date(1)), Reach::List, When::First(2)),
        "r429_always" => list(Fault::TooMany(Wait::Seconds(1))),
        "r429_bare" => list(Fault::TooMany(Wait::Unsaid)),
        "r429_hour" => list(Fault::TooMany(Wait::Seconds(3600))),
        "nf_10205" => absent(Fault::Code(10205)),
        "nf_hollow" => absent(Fault::Hollow),
        "ban_10211" => absent(Fault::Code(10211)),
        "bad_10201" => meets(Fault::Code(10201), Reach::List, When::First(1)),
        "bad_10201_always" => list(Fault::Code(10201)),
        // look-ups that say nothing
        "html_ssr" => Scenario {
            embed: Embed::Bare,
            page: Info::Inlined,
            ..mute()
        },
        "html_none" => Scenario {
            page: Info::Left,
            ..mute()
        },
        "no_id" => Scenario {
            embed: Embed::Bare,
            page: Info::Left,
            ..mute()
        },
        // embed pages
        "embed" => feed(10),
        "embed_notime" => Scenario {
            embed: Embed::NoTime,
            ..feed(10)
        },
        "embed_heart" => Scenario {
            embed: Embed::HeartText,
            ..feed(10)
        },
        "embed_error" => Scenario {
            embed: Embed::Unknown,
            ..feed(10)
        },
        "embed_hole" => Scenario {
            embed: Embed::Hole,
            ..feed(10)
        },
        "embed_refused" => Scenario {
            embed: Embed::Refused,
            ..feed(10)
        },
        // bad luck on the wire
        "slow" => list(Fault::Drip),
        "flaky" => meets(Fault::Reset, Reach::List, When::First(3)),
        "reset" => meets(Fault::Reset, Reach::Everything, When::Always),
        "hang" => meets(Fault::Hang, Reach::Everything, When::Always),
        "half" => list(Fault::Changed(Change::Half)),
        "cut" => Scenario {
            padding: 1_400_000,
            ..list(Fault::Changed(Change::Cut))
        },
        "gzip_cut" => list(Fault::Changed(Change::CutGzip)),
        "chunks" => list(Fault::Changed(Change::Chunks)),
        // answers that are none
        "html200" => list(Fault::Html(SHELL_HTML)),
        "empty_obj" => list(Fault::Json("{}")),
        "empty_array" => list(Fault::Json("[]")),
        "null" => list(Fault::Json("null")),
        "nan" => list(Fault::Json(
            "{\"hasMore\":true,\"cursor\":\"30\",\"itemList\":[NaN]}",
        )),
        "not_json" => list(Fault::Json("upstream connect error")),
        "latin" => list(Fault::Changed(Change::Latin)),
        "bom" => list(Fault::Changed(Change::Bom)),
        "trailing" => list(Fault::Changed(Change::Trailing)),
        "as_html" => list(Fault::Changed(Change::AsHtml)),
        // redirects
        "redirect_other" => list(Fault::Redirect(Hop::Other)),
        "redirect_loop" => list(Fault::Redirect(Hop::Loop)),
        "redirect_same" => list(Fault::Redirect(Hop::Same)),
        // floods
        "bomb" => list(Fault::Flood(Flood::Bomb)),
        "huge" => list(Fault::Flood(Flood::Huge)),
        "huge_chunked" => list(Fault::Flood(Flood::HugeChunked)),
        "endless" => list(Fault::Flood(Flood::Endless)),
        "deep" => list(Fault::Flood(Flood::Deep)),
        "many" => list(Fault::Flood(Flood::Many)),
        _ => return status(name),
    })
}

/// `http503` and the like: that status for every look-up and list call.
fn status(name: &str) -> Option<Scenario> {
    let code: u16 = name.strip_prefix("http")?.parse().ok()?;
    let known = (200..600).contains(&code);
    known.then(|| meets(Fault::Status(code), Reach::Api, When::Always))
}

/// `t<N>` and its suffixes.
fn sized(name: &str) -> Option<Scenario> {
    let mut parts = name.strip_prefix('t')?.split('_');
    let mut scenario = feed(parts.next()?.parse().ok()?);
    for part in parts {
        match part {
            "dup" => scenario.paging = Paging::Overlap,
            "fat" => scenario.padding = 4_400_000,
            "sw" => scenario.worker = true,
            // The page's script looks for it by itself.
            "alert" => {}
            "signed" => scenario
                .troubles
                .push(trouble(Fault::Unproven, Reach::List, When::Always)),
            "captcha" => scenario.troubles.push(wall(Fault::Unverified)),
            "login" => scenario.troubles.push(wall(Fault::Code(LOGIN_REQUIRED))),
            _ => scenario.latency = Duration::from_millis(part.strip_prefix('l')?.parse().ok()?),
        }
    }
    Some(scenario)
}

/// Any fault of the table, moved: `mid_` after two good pages, `detail_` to the look-up,
/// `_list` to the list, `_once` to the first call.
fn varied(name: &str) -> Option<Scenario> {
    let fault = |name: &str| {
        named(name)
            .or_else(|| varied(name))
            .filter(|known| !known.troubles.is_empty())
    };
    let moved = |name: &str, change: fn(&mut Trouble)| {
        let mut scenario = fault(name)?;
        scenario.troubles.iter_mut().for_each(change);
        Some(scenario)
    };
    if let Some(name) = name.strip_prefix("mid_") {
        moved(name, |trouble| {
            (trouble.reach, trouble.when) = (Reach::List, When::From(60))
        })
    } else if let Some(name) = name.strip_prefix("detail_") {
        moved(name, |trouble| trouble.reach = Reach::Detail)
    } else if let Some(name) = name.strip_suffix("_list") {
        moved(name, |trouble| trouble.reach = Reach::List)
    } else {
        moved(name.strip_suffix("_once")?, |trouble| {
            trouble.when = When::First(1)
        })
    }
}

fn feed(items: usize) -> Scenario {
    Scenario {
        items,
        counted: None,
        odd: false,
        paging: Paging::Plain,
        cursor: CursorForm::Text,
        latency: Duration::ZERO,
        padding: 0,
        packed: false,
        rotating: false,
        title: None,
        embed: Embed::Plain,
        page: Info::ByName,
        worker: false,
        troubles: Vec::new(),
    }
}

fn meets(fault: Fault, reach: Reach, when: When) -> Scenario {
    Scenario {
        troubles: vec![trouble(fault, reach, when)],
        ..feed(FEW)
    }
}

fn trouble(fault: Fault, reach: Reach, when: When) -> Trouble {
    Trouble { fault, reach, when }
}

/// What our own page meets after its first page of videos.
fn wall(fault: Fault) -> Trouble {
    trouble(fault, Reach::Script, When::From(PAGE as u64))
}

fn list(fault: Fault) -> Scenario {
    meets(fault, Reach::List, When::Always)
}

/// A page that stands in the way of the hashtag's own, and of its list.
fn shown(page: &'static str) -> Scenario {
    meets(Fault::Html(page), Reach::Shown, When::Always)
}

/// A hashtag no page knows.
fn absent(fault: Fault) -> Scenario {
    Scenario {
        embed: Embed::Unknown,
        page: Info::NoSuchTag,
        ..meets(fault, Reach::Api, When::Always)
    }
}

fn mute() -> Scenario {
    meets(Fault::Empty, Reach::Detail, When::Always)
}

fn fixed_cursor(cursor: &'static str) -> Scenario {
    Scenario {
        cursor: CursorForm::Fixed(cursor),
        ..feed(FEW)
    }
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn met(name: &str) -> (Reach, When) {
        let scenario = Scenario::of(name);
        let [trouble] = scenario.troubles[..] else {
            panic!("{name}: {:?}", scenario.troubles);
        };
        (trouble.reach, trouble.when)
    }

    #[test]
    fn names_choose_feeds() {
        for (name, items) in [
            ("viral", 300),
            ("ok30", 95),
            ("t0", 0),
            ("t10000", 10_000),
            ("t60_fat", 60),
            ("tea", 300),
            ("t5_tea", 300),
            ("t", 300),
        ] {
            assert_eq!(Scenario::of(name).items, items, "{name}");
        }
    }

    #[test]
    fn suffixes_combine() {
        let scenario = Scenario::of("t1000_l200_dup_fat_signed");
        assert_eq!(scenario.latency, Duration::from_millis(200));
        assert_eq!(scenario.paging, Paging::Overlap);
        assert!(scenario.padding > 4_000_000);
        assert!(matches!(scenario.troubles[0].fault, Fault::Unproven));
        let walled = Scenario::of("t90_captcha_sw_login");
        assert!(walled.worker);
        assert_eq!(walled.troubles.len(), 2);
    }

    #[test]
    fn faults_can_be_moved() {
        assert_eq!(met("http404"), (Reach::Api, When::Always));
        assert_eq!(met("http404_list"), (Reach::List, When::Always));
        assert_eq!(met("http500_once"), (Reach::Api, When::First(1)));
        assert_eq!(met("mid_captcha_json"), (Reach::List, When::From(60)));
        assert_eq!(met("detail_captcha_html"), (Reach::Detail, When::Always));
        assert_eq!(met("http503_list_once"), (Reach::List, When::First(1)));
        for plain in [
            "mid_century",
            "once",
            "http",
            "http99",
            "detail_shot",
            "short_list",
        ] {
            assert!(Scenario::of(plain).troubles.is_empty(), "{plain}");
        }
    }

    #[test]
    fn edges_block_pages_but_not_embeds() {
        let meets = |name: &str, path: &str| {
            let call = Call::read(&Request::get(path).body(()).unwrap());
            Scenario::of(name).troubles_for(&call).next().is_some()
        };
        let (page, embed) = ("/tag/x", "/embed/tag/x");
        assert!(meets("login", page) && !meets("login", embed));
        assert!(meets("waf", page) && !meets("waf_list", page));
        assert!(meets("geo", embed));
        let (list, detail) = ("/api/challenge/item_list/", "/api/challenge/detail/");
        assert!(meets("empty200", list) && !meets("empty200", detail));
        assert!(meets("waf", list) && !meets("waf", detail));
    }
}
