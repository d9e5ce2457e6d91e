//! A loopback server that answers like the site, for the demo and for tests.
//!
//! It shares no type with the rest of this crate: a field name that were wrong in both would
//! agree with itself. Its people, captions and ids are invented, and the same on every run.
//!
//! # Hashtags and what they do
//!
//! The name picks the scenario. The items of a feed are made when asked for, 30 a page; embed
//! pages hold the first 10. Unless said otherwise a scenario's feed has 95 items and only its list
//! calls meet the fault. Counts such as "twice" are kept by server and hashtag, until
//! `/__sim/reset`.
//!
//! | name | what the server does |
//! | --- | --- |
//! | `t<N>` | a feed of N items. Suffixes, in any order: `_l<MS>` waits before each answer, `_dup` repeats 5 items at page borders, `_fat` pages of 5 MB, `_signed` empty 200 for list calls whose signature is not our page's; `_sw`, `_captcha` and `_login` are for browsers, below |
//! | any other name | a feed of 300 items |
//! | `ok30` | pages of 30, 30, 30, 5; the last says `hasMore` false and keeps its cursor |
//! | `short` | pages of 30, 29, 20, 30, all with `hasMore` true, then an empty one; 109 items |
//! | `dups` | each page begins with the last 5 items of the one before |
//! | `loop` | from the third page on always that page, the cursor moving |
//! | `stuck` | the cursor is always 30; 60 items |
//! | `hiccup` | the second page first comes without a list and with cursor 60, then well |
//! | `intcursor` | cursor a number, `hasMore` 0 or 1 |
//! | `odd` | 60 entries, 58 of them videos, a dozen odd: no author, author or times as text, id as a number, half a surrogate pair, a live room (27th), null (30th) |
//! | `big` | 60 items on 2 MB pages; brotli and gzip in turn, as the client takes them |
//! | `rotate` | each answer brings a new `msToken` as cookie and header; a call of the same device without it gets an empty 200 |
//! | `soft_empty` | the look-up counts 500 videos, the list is empty |
//! | `wrong_tag` | the look-up's title is another |
//! | `badcursor_null`, `_text`, `_inject`, `_back`, `cursor_huge` | a cursor of `null`, `next`, `30&count=1`, `-30`, 23 digits |
//! | `empty200` | empty 200 unless the query has `X-Gnarly`, whatever it is; our page's own calls pass |
//! | `gated` | empty 200, however signed |
//! | `needdev` | empty 200, also for look-ups, unless `device_id` has 19 digits |
//! | `mid_empty` | two good pages, then empty 200 |
//! | `captcha_json`, `captcha_header` | a captcha demanded by a list call, in its body · beside it |
//! | `captcha_html`, `waf` | a page to check the visitor, for list calls and the hashtag's page |
//! | `login` · `akamai` | look-up, list and page redirect to `/login` · are refused with 403 |
//! | `geo` | all of it, embed pages too, redirects to `/hk/notfound` |
//! | `r429`, `r429_date` | 429 twice with `Retry-After` of 1 s, as seconds · as a date, by a `Date` an hour slow |
//! | `r429_always`, `r429_bare`, `r429_hour` | 429 for ever, after 1 s · unsaid · after an hour |
//! | `nf_10205`, `nf_hollow`, `ban_10211` | three ways of not being there, for embed pages and the page too |
//! | `bad_10201`, `bad_10201_always` | code 10201 once · always; also for any `count` above 35 |
//! | `html_ssr` | look-up and embed page say nothing, the page holds the id |
//! | `html_none` | look-up and page say nothing, the embed page holds the id |
//! | `no_id` | none of the three says anything |
//! | `embed`, `embed_notime`, `embed_heart`, `embed_error` | 10 items; no `createTime` · `heartCount` as text · unknown to embeds |
//! | `embed_hole`, `embed_refused` | the third video's page is unknown · video pages answer 403 from the third on |
//! | `slow` | a byte a second, for ever |
//! | `flaky` | the connection is reset three times, then all is well |
//! | `reset`, `hang` | every call is reset · never answered |
//! | `half`, `cut`, `gzip_cut` | ends within the announced length · after 512 KiB, no length announced · within the gzip |
//! | `chunks`, `bom`, `latin`, `as_html` | good, but in chunks · with a byte order mark · with a byte that is no UTF-8 · labelled HTML |
//! | `html200`, `not_json`, `empty_obj`, `empty_array`, `null`, `nan`, `trailing` | no page: the site's shell, a word, `{}`, `[]`, `null`, `NaN`, a page with more behind it |
//! | `http<NNN>` | that status for look-up and list |
//! | `redirect_other`, `redirect_loop`, `redirect_same` | to another port · to itself for ever · to itself, once |
//! | `bomb`, `huge`, `huge_chunked`, `endless`, `deep`, `many` | gzip of 128 MiB zeros · 100 MB in a string, announced or not · without end · 200,000 deep · 5,000,000 empty objects |
//!
//! Any scenario with a fault also comes as `mid_NAME` (after two good pages), `detail_NAME` (the
//! look-up meets it instead), `NAME_list` (only the list does) and `NAME_once` (the first call).
//!
//! Short links (`/t/CODE`, `/CODE/`) lead to the hashtag CODE, but `video` to a video, `home` to
//! the front page, `hops` to a second short link, `round` to itself, `abroad` to another site,
//! and `gone` nowhere.
//!
//! # In a browser
//!
//! `/tag/NAME` runs a script of its own: it looks the hashtag up unless the page holds the look-up,
//! then lists a page of the feed whenever the end of what it shows comes into view, one at a time,
//! until `hasMore` is false. It signs each query; the signature is a toy that only this server
//! knows. List calls without one that holds are answered all the same, but where said otherwise,
//! and counted. It also asks for settings, and for `/api/preload/item_list/`: ten videos that are
//! no part of the feed.
//!
//! | what the script meets | what the page does |
//! | --- | --- |
//! | a page of the feed | a `[data-e2e="challenge-item"]` for each entry in `[data-e2e="challenge-item-list"]` |
//! | nothing, or no page | "Something went wrong" in `#list-failure` with a button; asks again at the next scroll, once, and at each click |
//! | a captcha | `#captcha-verify-container`; a person's click on `#captcha-verify-button` posts to `/captcha/verify`, whose cookie opens `_captcha` feeds, and the page goes on at the same cursor |
//! | a login asked for | `#loginContainer`, also `[data-e2e="login-modal"]`; asks no more |
//! | no such hashtag | "Couldn’t find this hashtag"; asks no more |
//!
//! `t<N>_captcha` and `t<N>_login` put that wall after the first page, for calls signed as the
//! page's own; others pass it. `t<N>_sw` lists through a service worker,
//! `t<N>_alert` opens a dialog.
//!
//! # Asking the simulator
//!
//! `/__sim/log` lists the requests seen, `/__sim/stats` counts them by kind and by host, and the
//! list calls that were not signed or came from a service worker; `/__sim/reset` forgets them and
//! every count. These three are not counted.

mod api;
mod call;
mod caption;
mod dice;
mod embed_pages;
mod errand;
mod faults;
mod feed;
mod item;
mod log;
mod mould;
mod odd;
mod reply;
mod saved;
mod scenario;
mod server;
mod short_links;
mod signature;
mod site;
mod slot;
mod tag_page;
mod tls;
mod trouble;

#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;
use tokio::task::JoinHandle;

pub use saved::SavedItems;

use site::Site;
use tls::Identity;

/// What a simulator serves, and where.
#[derive(Debug, Default)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes any that is free.
    pub port: u16,
    /// If there are any, these are the feed of every hashtag and no name is a scenario.
    pub from: SavedItems,
    /// Whether to speak TLS, with a certificate made at start, instead of plain HTTP.
    pub https: bool,
}

/// A running server; it ends when this is dropped.
pub struct Simulator {
    address: SocketAddr,
    identity: Option<Identity>,
    site: Arc<Site>,
    task: JoinHandle<()>,
}

impl Simulator {
    /// Starts serving on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// The operating system's, when the port or the randomness for a key cannot be had.
    pub async fn start(options: Options) -> io::Result<Self> {
        let identity = options.https.then(Identity::make).transpose()?;
        let (listener, address) = server::listen(options.port).await?;
        let site = Arc::new(Site::new(options.from));
        let acceptor = identity.as_ref().map(|identity| identity.acceptor.clone());
        let task = tokio::spawn(server::serve(listener, acceptor, Arc::clone(&site)));
        Ok(Self {
            address,
            identity,
            site,
            task,
        })
    }

    /// Where it listens, without a slash at the end: `http://127.0.0.1:8899`.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.identity.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.address)
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What Chromium's `--ignore-certificate-errors-spki-list` takes to trust its certificate;
    /// `None` where it speaks plain HTTP.
    #[must_use]
    pub fn spki_pin(&self) -> Option<&str> {
        self.identity.as_ref().map(|identity| &*identity.pin)
    }

    /// Its certificate in DER, for clients that are told which one to trust.
    #[must_use]
    pub fn certificate(&self) -> Option<&[u8]> {
        self.identity
            .as_ref()
            .map(|identity| &*identity.certificate)
    }

    /// What `/__sim/log` says.
    #[must_use]
    pub fn log(&self) -> Value {
        self.site.log()
    }

    /// What `/__sim/stats` says.
    #[must_use]
    pub fn stats(&self) -> Value {
        self.site.stats()
    }

    /// Ends the server and every connection it holds.
    pub fn stop(self) {
        drop(self);
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}
