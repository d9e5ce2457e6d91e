//! The one door to the network: wait for the pace, send, judge, ask again. Small on the outside
//! (`Http::get`); every attempt, look-up, retry and redirect hop goes through it.

mod attempt;
mod connects;
mod heard;
#[cfg(feature = "browser")]
mod local;
#[cfg(feature = "browser")]
mod page;
mod proxy;
mod ration;
mod send;
mod site;
mod tally;
mod visitor;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep};
use url::Url;

use self::attempt::Attempt;
use self::heard::Heard;
#[cfg(feature = "browser")]
pub(crate) use self::local::get_local;
pub use self::proxy::{SystemProxy, address};
use self::ration::Ration;
use self::send::{Broken, Client, Head, Received};
pub use self::site::{BaseUrlError, Site};
pub use self::tally::Tally;
use self::visitor::Visitor;
use super::cookies::Jar;
use super::judge::{Due, Judged};
use super::pace::Pace;
pub use super::retry::Patience;
use super::retry::{backoff, within_budget};
use super::{AnswerFacts, Budget, Error, Verdict, bounds};
use crate::input::Region;

/// Redirects followed for one request.
const HOPS: usize = 5;
/// The most that chance adds to a wait where the site is the real one.
const JITTER: Duration = Duration::from_secs(1);

/// What the door is built from.
#[derive(Debug)]
pub struct Options {
    /// The site, or the server that stands in for it.
    pub site: Site,
    /// Requests a second, 0 for no bound.
    pub rate: f64,
    /// How long and how often one request is tried.
    pub patience: Patience,
    /// What the run may cost.
    pub budget: Budget,
    /// The user's own user agent.
    pub user_agent: Option<String>,
    /// The user's cookies.
    pub jar: Jar,
    /// A proxy for every request; `None` for the system's.
    pub proxy: Option<Url>,
}

/// One request, still without the session's part.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Absolute path, percent-encoded.
    pub(crate) path: String,
    /// Parameters of its own; the session's common ones are added to API calls.
    pub(crate) own: Vec<(&'static str, String)>,
    /// Path of the page that would send it.
    pub(crate) referer: String,
    /// The viewer's country, a hint.
    pub(crate) region: Option<Region>,
    /// What should come back.
    pub(crate) due: Due,
}

impl Request {
    /// Whether it is a call of the site's own script.
    fn is_api(&self) -> bool {
        matches!(self.due, Due::Lookup | Due::List)
    }
}

/// The site seen through one session at one pace, with a count of what was sent through it.
#[derive(Debug)]
pub struct Http {
    door: Arc<Door>,
    /// What was sent through this way alone.
    own: Mutex<Tally>,
}

/// What all hashtags of a run share.
#[derive(Debug)]
struct Door {
    client: Client,
    site: Site,
    pace: Pace,
    patience: Patience,
    budget: Budget,
    visitor: Mutex<Visitor>,
    /// What the whole run has sent.
    tally: Mutex<Tally>,
    ration: Mutex<Option<Ration>>,
    heard: Mutex<Heard>,
}

/// What is asked for, as often as it takes.
#[derive(Clone, Copy)]
enum Asked<'a> {
    /// A page or an answer, redirects followed.
    Whole(&'a Request),
    /// Where a short link leads, not followed.
    Hop(&'a Url),
}

impl Http {
    /// Builds the door.
    ///
    /// # Errors
    /// When the TLS stack or the proxy cannot be set up.
    pub fn new(options: Options) -> anyhow::Result<Self> {
        let client = Client::new(&options)?;
        let jitter = if options.site.is_real() {
            JITTER
        } else {
            Duration::ZERO
        };
        let door = Door {
            client,
            pace: Pace::new(options.rate, jitter),
            site: options.site,
            patience: options.patience,
            budget: options.budget,
            visitor: Mutex::new(Visitor::new(options.user_agent, options.jar)),
            tally: Mutex::new(Tally::default()),
            ration: Mutex::new(None),
            heard: Mutex::new(Heard::default()),
        };
        Ok(Self {
            door: Arc::new(door),
            own: Mutex::default(),
        })
    }

    /// Another way through the same door, with a count of its own.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self {
            door: Arc::clone(&self.door),
            own: Mutex::default(),
        }
    }

    /// What has been sent and waited for so far this way.
    #[must_use]
    pub fn tally(&self) -> Tally {
        *locked(&self.own)
    }

    /// Counts for the run and for this way.
    fn count(&self, count: impl Fn(&mut Tally)) {
        count(&mut locked(&self.door.tally));
        count(&mut locked(&self.own));
    }

    /// Counts one retry; false, and nothing counted, when the run has no more of them.
    fn count_retry(&self) -> bool {
        let allowed = locked(&self.door.tally).retry();
        locked(&self.own).retries += u64::from(allowed);
        allowed
    }

    /// What the run may cost.
    #[must_use]
    pub fn budget(&self) -> Budget {
        self.door.budget
    }

    /// What the budget lacks for one more request after a wait, in words.
    #[must_use]
    pub fn spent(&self, wait: Duration) -> Option<String> {
        let sent = locked(&self.door.tally).requests;
        self.door.budget.spent(sent, wait)
    }

    /// Goes on as another anonymous visitor; the user's own cookies stay. Costs no request.
    pub(crate) fn renew(&self) {
        locked(&self.door.visitor).renew();
        tracing::info!("going on with a fresh session");
    }

    /// The body of a good answer, as valid UTF-8.
    ///
    /// # Errors
    /// [`Error`] once asking again is no longer worth it.
    pub(crate) async fn get(&self, request: &Request) -> Result<String, Error> {
        let attempt = self.persist(Asked::Whole(request)).await?;
        self.note_good(&attempt.facts);
        Ok(attempt.body)
    }

    /// Asks until the answer is good, or a redirect of a link that is not followed.
    async fn persist(&self, asked: Asked<'_>) -> Result<Attempt, Error> {
        let started = Instant::now();
        let (mut tries, mut failures, mut renewed) = (0, 0, false);
        loop {
            tries += 1;
            let attempt = match asked {
                Asked::Whole(request) => self.attempt(request).await,
                Asked::Hop(url) => self.peek(url).await,
            };
            let give_up = |verdict, cause: String| {
                self.error(verdict, &cause, attempt.facts.clone(), tries, started)
            };
            let (cause, wait) = match attempt.judged {
                Judged::Good | Judged::Redirect(_) => return Ok(attempt),
                Judged::Fail { verdict, cause } => return Err(give_up(verdict, cause)),
                Judged::Renew { cause } if renewed => {
                    let cause = format!("{cause}, also with a fresh session");
                    return Err(give_up(Verdict::Gated, cause));
                }
                Judged::Renew { cause } if self.is_rationed() => {
                    return Err(give_up(Verdict::Gated, cause));
                }
                Judged::Renew { cause } => {
                    renewed = true;
                    self.renew();
                    (cause, Duration::ZERO)
                }
                Judged::Again { verdict, cause, .. } if failures >= self.retries() => {
                    return Err(give_up(verdict, cause));
                }
                Judged::Again {
                    verdict,
                    cause,
                    after,
                } => {
                    failures += 1;
                    let wait = after.unwrap_or_else(|| backoff(failures));
                    if wait > self.door.patience.max_wait {
                        return Err(give_up(verdict, too_long(&cause, wait)));
                    }
                    if after.is_some() {
                        self.door.pace.hush(Instant::now() + wait);
                    }
                    (cause, wait)
                }
            };
            if let Some(spent) = self.spent(wait) {
                return Err(give_up(Verdict::Budget, format!("{cause}; {spent}")));
            }
            if !self.count_retry() {
                let cause = format!(
                    "{cause}; the run's retries are used up, the connection is too poor to go on"
                );
                return Err(give_up(Verdict::Budget, cause));
            }
            let path = &attempt.facts.path;
            tracing::info!("{path}: {}; asking again", self.redacted(&cause));
            self.wait(wait).await;
        }
    }

    /// One try: the request and the redirects it leads to, each at the run's pace.
    async fn attempt(&self, request: &Request) -> Attempt {
        let mut url = self.url(request);
        let origin = url.origin();
        for _ in 0..=HOPS {
            let attempt = self.send(&url, request).await;
            let Judged::Redirect(to) = &attempt.judged else {
                return attempt;
            };
            let next = url.join(to).ok().filter(|next| next.origin() == origin);
            let Some(next) = next else {
                return attempt.refused(&origin.ascii_serialization());
            };
            url = next;
        }
        let cause = format!("more than {HOPS} redirects");
        Attempt::failed(&url, Verdict::BadAnswer, cause)
    }

    /// One request on the wire and what its answer means.
    async fn send(&self, url: &Url, request: &Request) -> Attempt {
        let received = self.fetch(url, self.headers(request, url)).await;
        if let Ok(received) = &received {
            self.note_date(&received.headers);
            locked(&self.door.visitor).absorb(url, &received.headers);
        }
        Attempt::of(url, received, request.due)
    }

    /// Sends one GET in its turn and reads the answer. Where it went over a kept connection that
    /// the server had closed, it goes once more over a new one.
    async fn fetch(&self, url: &Url, headers: http::HeaderMap) -> Result<Received, Broken> {
        let head = match self.head(url, headers.clone()).await {
            Err(Broken::Stale(_)) if !self.is_rationed() => self.head(url, headers).await,
            head => head,
        };
        head?.read(bounds::BODY).await
    }

    /// Sends one GET in its turn and waits for the head of its answer.
    async fn head(&self, url: &Url, headers: http::HeaderMap) -> Result<Head, Broken> {
        let asked = Instant::now();
        let (turn, time) = self.admit().await?;
        // Turns are taken one at a time, so nobody else sends between the look and the count.
        if let Some(spent) = self.spent(Duration::ZERO) {
            return Err(Broken::Spent(spent));
        }
        let waited = asked.elapsed();
        self.count(|tally| {
            tally.requests += 1;
            tally.waited += waited;
        });
        let head = self.door.client.head(url, headers, time).await;
        drop(turn);
        head
    }

    /// Where a short link points: one hop, not followed.
    ///
    /// # Errors
    /// [`Error`] when the site did not say.
    pub(crate) async fn hop(&self, url: &Url) -> Result<Option<String>, Error> {
        match self.persist(Asked::Hop(url)).await {
            Ok(attempt) => Ok(match attempt.judged {
                Judged::Redirect(to) => Some(to),
                _ => None,
            }),
            Err(error) if error.verdict == Verdict::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One try of a short link, without the session's cookies.
    async fn peek(&self, url: &Url) -> Attempt {
        let user_agent = locked(&self.door.visitor).user_agent();
        let headers = self.door.client.plain_headers(&user_agent);
        let received = self.fetch(&self.door.site.at(url), headers).await;
        let mut attempt = Attempt::of(url, received, Due::TagPage);
        // Any page is as good as another: it is not where the link was to lead.
        if matches!(attempt.judged, Judged::Renew { .. }) {
            attempt.judged = Judged::Good;
        }
        attempt
    }

    async fn wait(&self, wait: Duration) {
        self.count(|tally| tally.waited += wait);
        sleep(wait).await;
    }

    /// The request's URL with the session's part of the query.
    fn url(&self, request: &Request) -> Url {
        let mut url = self.door.site.page(&request.path);
        if request.is_api() {
            let query = locked(&self.door.visitor).query(request, &url);
            url.set_query(Some(&query));
        }
        url
    }

    fn headers(&self, request: &Request, url: &Url) -> http::HeaderMap {
        let visitor = locked(&self.door.visitor);
        let referer = self.door.site.page(&request.referer);
        self.door.client.headers(
            visitor.session(),
            request.is_api(),
            referer.as_str(),
            visitor.cookies(url),
        )
    }

    fn error(
        &self,
        verdict: Verdict,
        cause: &str,
        facts: AnswerFacts,
        tries: u32,
        started: Instant,
    ) -> Error {
        Error {
            verdict,
            cause: self.redacted(cause),
            lane: None,
            answer: Some(AnswerFacts {
                // The server's own words, as everything else here.
                logid: facts.logid.map(|id| self.redacted(&id)),
                ..facts
            }),
            tries,
            spent: started.elapsed(),
        }
    }

    /// `text` without any of our secrets: a server may echo what it was sent.
    pub(crate) fn redacted(&self, text: &str) -> String {
        locked(&self.door.visitor).redacted(text)
    }
}

/// The cause of a wait that is longer than the user allows, with the time to come back.
fn too_long(cause: &str, wait: Duration) -> String {
    let until = SystemTime::now()
        .checked_add(wait)
        .filter(|_| wait < Duration::from_secs(365 * 24 * 3600));
    match until {
        Some(until) => format!(
            "{cause}; it asks to wait {} s, until {}",
            wait.as_secs(),
            httpdate::fmt_http_date(until)
        ),
        None => format!("{cause}; it asks to wait longer than a year"),
    }
}

/// A lock whose holder panicked is still good: no holder leaves its value half changed.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
