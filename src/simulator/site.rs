//! The site: what it remembers of its callers, and how a call gets its answer.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::{Response, StatusCode};
use serde_json::Value;
use tokio::time::sleep;

use super::api;
use super::call::{Ask, Call};
use super::embed_pages::{self, Embed};
use super::faults::{code_body, empty};
use super::feed::{Feed, PAGE};
use super::item::challenge_id;
use super::log::Log;
use super::reply::{self, Body, Outcome, brotli, gzip, html, json, status};
use super::saved::SavedItems;
use super::scenario::Scenario;
use super::short_links;
use super::tag_page::{abroad_page, login_page, tag_page};
use super::trouble::When;

/// The most items a list call may ask for, as clients found out.
const LARGEST_COUNT: usize = 35;

/// A site of one server.
#[derive(Debug)]
pub(crate) struct Site {
    /// What every hashtag's feed is, unless empty.
    saved: SavedItems,
    notes: Mutex<Notes>,
}

#[derive(Debug)]
struct Notes {
    log: Log,
    /// The names behind the numeric ids of hashtags.
    names: HashMap<u64, String>,
    /// Calls that came within reach of a fault, by hashtag.
    tries: HashMap<String, u32>,
    /// The newest `msToken` by hashtag and device.
    tokens: HashMap<(String, String), String>,
}

impl Notes {
    fn new() -> Self {
        Self {
            log: Log::new(),
            names: HashMap::new(),
            tries: HashMap::new(),
            tokens: HashMap::new(),
        }
    }
}

impl Site {
    pub(crate) fn new(saved: SavedItems) -> Self {
        Self {
            saved,
            notes: Mutex::new(Notes::new()),
        }
    }

    pub(crate) async fn answer(&self, call: &Call) -> Outcome {
        if let Ask::Sim(word) = &call.ask {
            return Ok(self.own(word));
        }
        let tag = self.tag_of(call);
        let name = tag.clone().unwrap_or_default();
        self.notes().log.note(call, &name);
        if !call.fits_its_method() {
            return Ok(status(StatusCode::METHOD_NOT_ALLOWED));
        }
        let scenario = self.scenario(&name);
        sleep(scenario.latency).await;
        let good = || self.good(call, tag.as_deref(), &scenario);
        let shown = scenario
            .troubles_for(call)
            .find(|trouble| self.strikes(call, &name, trouble.when));
        match shown {
            Some(trouble) => trouble.fault.outcome(call, || whole(good())),
            None => Ok(good()),
        }
    }

    /// The requests seen.
    pub(crate) fn log(&self) -> Value {
        self.notes().log.entries()
    }

    /// How many of each kind.
    pub(crate) fn stats(&self) -> Value {
        self.notes().log.stats()
    }

    /// The simulator's own pages.
    fn own(&self, word: &str) -> Response<Body> {
        match word {
            "log" => json(self.log().to_string()),
            "stats" => json(self.stats().to_string()),
            "reset" => {
                self.reset();
                json("{}")
            }
            _ => status(StatusCode::NOT_FOUND),
        }
    }

    /// Forgets requests and counts; what ids stand for remains.
    fn reset(&self) {
        let mut notes = self.notes();
        let names = std::mem::take(&mut notes.names);
        *notes = Notes {
            names,
            ..Notes::new()
        };
    }

    fn scenario(&self, tag: &str) -> Scenario {
        if self.saved.is_empty() {
            Scenario::of(tag)
        } else {
            Scenario::plain()
        }
    }

    fn feed<'a>(&'a self, tag: &'a str, scenario: &Scenario) -> Feed<'a> {
        if self.saved.is_empty() {
            Feed::Cast {
                tag,
                items: scenario.items,
                odd: scenario.odd,
            }
        } else {
            Feed::Saved(&self.saved)
        }
    }

    /// The hashtag a call is about. A name given is remembered by its id.
    fn tag_of(&self, call: &Call) -> Option<String> {
        let id = || call.param("challengeID")?.parse::<u64>().ok();
        match &call.ask {
            Ask::Detail => match call.param("challengeName") {
                Some(name) => Some(self.remember(name.to_lowercase())),
                None => self.name_of(id()?, call),
            },
            Ask::List => self.name_of(id()?, call),
            Ask::EmbedTag(name) | Ask::TagPage(name) => Some(self.remember(name.clone())),
            Ask::EmbedVideo(id) => self.tag_with(id),
            Ask::Errand(_) | Ask::ShortLink(_) | Ask::Sim(_) | Ask::Other => None,
        }
    }

    fn remember(&self, name: String) -> String {
        self.notes().names.insert(challenge_id(&name), name.clone());
        name
    }

    /// After a restart the page a call comes from still tells the name.
    fn name_of(&self, id: u64, call: &Call) -> Option<String> {
        let known = self.notes().names.get(&id).cloned();
        known.or_else(|| {
            call.referring_tag()
                .filter(|name| challenge_id(name) == id)
                .map(|name| self.remember(name))
        })
    }

    /// The hashtag, of those asked for so far, that has this video.
    fn tag_with(&self, id: &str) -> Option<String> {
        let names: Vec<String> = self.notes().names.values().cloned().collect();
        names
            .into_iter()
            .find(|name| self.feed(name, &self.scenario(name)).index_of(id).is_some())
    }

    /// Counts this call and says whether the fault shows.
    fn strikes(&self, call: &Call, tag: &str, when: When) -> bool {
        let cursor = cursor(call);
        match when {
            When::Always => true,
            When::From(from) => cursor.is_some_and(|cursor| cursor >= from),
            When::OnceAt(at) => cursor == Some(at) && self.try_number(tag) == 1,
            When::First(times) => self.try_number(tag) <= times,
        }
    }

    fn try_number(&self, tag: &str) -> u32 {
        let mut notes = self.notes();
        let tries = notes.tries.entry(tag.to_owned()).or_default();
        *tries += 1;
        *tries
    }

    /// The answer when nothing goes wrong.
    fn good(&self, call: &Call, tag: Option<&str>, scenario: &Scenario) -> Response<Body> {
        let Some(tag) = tag else {
            return unknown(call);
        };
        let feed = self.feed(tag, scenario);
        let counted = scenario.counted.unwrap_or(feed.len());
        let route = route(call);
        match &call.ask {
            Ask::Detail => self.with_token(
                call,
                tag,
                scenario,
                json(api::detail(tag, scenario, counted).to_string()),
            ),
            Ask::List => self.list(call, tag, scenario),
            Ask::EmbedTag(_) => html(embed_pages::tag_page(
                &route,
                tag,
                scenario.embed,
                feed,
                counted,
            )),
            Ask::EmbedVideo(id) => embed_video(&route, tag, id, scenario.embed, feed),
            _ => html(tag_page(
                tag,
                scenario.page,
                scenario.worker,
                &api::challenge_info(tag, scenario, counted),
            )),
        }
    }

    fn list(&self, call: &Call, tag: &str, scenario: &Scenario) -> Response<Body> {
        let count = call.param("count").map_or(Ok(PAGE), |count| count.parse());
        let (Ok(count @ 1..=LARGEST_COUNT), Some(cursor)) = (count, cursor(call)) else {
            return json(code_body(10201));
        };
        if scenario.rotating && !self.token_holds(call, tag) {
            return empty();
        }
        let feed = self.feed(tag, scenario);
        let window = scenario.paging.window(feed.len(), cursor, count);
        let page = api::page(feed, scenario, &window);
        let reply = if scenario.packed {
            packed(call, cursor, page)
        } else {
            json(page)
        };
        self.with_token(call, tag, scenario, reply)
    }

    /// Whether a call carries the newest token its device was given, everywhere it carries one.
    fn token_holds(&self, call: &Call, tag: &str) -> bool {
        let notes = self.notes();
        let Some(newest) = notes.tokens.get(&device(call, tag)) else {
            return true;
        };
        let shown = [
            call.param("msToken"),
            call.cookie("msToken").map(str::to_owned),
        ];
        let mut shown = shown.iter().flatten().peekable();
        shown.peek().is_some() && shown.all(|token| token == newest)
    }

    /// Hands out a new token, in the two ways the site does.
    fn with_token(
        &self,
        call: &Call,
        tag: &str,
        scenario: &Scenario,
        reply: Response<Body>,
    ) -> Response<Body> {
        if !scenario.rotating {
            return reply;
        }
        let mut notes = self.notes();
        let token = format!("simulated_token_{:0>111}=", notes.log.requests());
        notes.tokens.insert(device(call, tag), token.clone());
        let reply = reply::with(
            reply,
            "set-cookie",
            &format!("msToken={token}; Path=/; Max-Age=864000"),
        );
        reply::with(reply, "x-ms-token", &token)
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn device(call: &Call, tag: &str) -> (String, String) {
    (tag.to_owned(), call.param("device_id").unwrap_or_default())
}

/// Where a list call wants to go on; `None` if that is no number.
fn cursor(call: &Call) -> Option<u64> {
    call.param("cursor")
        .map_or(Some(0), |cursor| cursor.parse().ok())
}

/// Path and query as they came: the key of an embed page's data.
fn route(call: &Call) -> String {
    if call.query.is_empty() {
        call.path.clone()
    } else {
        format!("{}?{}", call.path, call.query)
    }
}

fn embed_video(route: &str, tag: &str, id: &str, embed: Embed, feed: Feed<'_>) -> Response<Body> {
    match feed.index_of(id) {
        Some(2..) if embed == Embed::Refused => status(StatusCode::FORBIDDEN),
        Some(index) => html(embed_pages::video_page(route, tag, embed, feed, index)),
        None => html(embed_pages::no_video(route)),
    }
}

/// Answers for calls about no hashtag we know.
fn unknown(call: &Call) -> Response<Body> {
    match &call.ask {
        Ask::Detail => json(code_body(10205)),
        Ask::List => json(code_body(10201)),
        Ask::EmbedVideo(_) => html(embed_pages::no_video(&route(call))),
        Ask::Errand(errand) => errand.reply(),
        Ask::ShortLink(code) => short_links::follow(code),
        Ask::Other if call.path.starts_with("/login") => html(login_page()),
        Ask::Other if call.path.ends_with("/notfound") => absent(html(abroad_page())),
        _ => status(StatusCode::NOT_FOUND),
    }
}

fn absent(mut page: Response<Body>) -> Response<Body> {
    *page.status_mut() = StatusCode::NOT_FOUND;
    page
}

/// Brotli where the client takes it, and gzip on every other page or where it does not.
fn packed(call: &Call, cursor: u64, page: Vec<u8>) -> Response<Body> {
    let even = (cursor / PAGE as u64).is_multiple_of(2);
    if call.accepts("br") && (even || !call.accepts("gzip")) {
        reply::with(json(brotli(&page)), "content-encoding", "br")
    } else if call.accepts("gzip") {
        reply::with(json(gzip(&page)), "content-encoding", "gzip")
    } else {
        json(page)
    }
}

/// The bytes of a good reply, for the faults that change them.
fn whole(reply: Response<Body>) -> Vec<u8> {
    match reply.into_body() {
        Body::Whole(Some(bytes)) => bytes.to_vec(),
        Body::Whole(None) | Body::Flow(_) => Vec::new(),
    }
}
