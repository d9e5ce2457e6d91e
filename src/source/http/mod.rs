//! The one door to the network: wait for the pace, send, judge, ask again. Small on the outside
//! (`Http::get`); every attempt, look-up, retry and redirect hop goes through it.

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

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep};
use url::Url;

use self::heard::Heard;
#[cfg(feature = "browser")]
pub(crate) use self::local::get_local;
pub use self::proxy::{SystemProxy, address};
use self::ration::Ration;
use self::send::{Broken, Client, Head, Received};
pub use self::site::{BaseUrlError, Site};
pub use self::tally::Tally;
use super::cookies::Jar;
use super::judge::{Answer, Due, Judged, judge};
use super::pace::Pace;
pub use super::retry::Patience;
use super::retry::{backoff, within_budget};
use super::session::Session;
use super::{AnswerFacts, Budget, Error, Verdict, bounds};
use crate::clock::epoch_seconds;
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

/// The state a request reads and an answer changes.
#[derive(Debug)]
struct Visitor {
    session: Session,
    jar: Jar,
}

/// What is asked for, as often as it takes.
#[derive(Clone, Copy)]
enum Asked<'a> {
    /// A page or an answer, redirects followed.
    Whole(&'a Request),
    /// Where a short link leads, not followed.
    Hop(&'a Url),
}

/// How one attempt ended: the judgement, the answer's facts and, if good, its body.
struct Attempt {
    judged: Judged,
    facts: AnswerFacts,
    body: String,
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
            visitor: Mutex::new(Visitor {
                session: Session::new(options.user_agent, epoch_seconds()),
                jar: options.jar,
            }),
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
        let mut visitor = locked(&self.door.visitor);
        visitor.session.renew(epoch_seconds());
        visitor.jar.drop_anonymous();
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
        Attempt {
            judged: Judged::Fail {
                verdict: Verdict::BadAnswer,
                cause: format!("more than {HOPS} redirects"),
            },
            facts: AnswerFacts {
                path: url.path().to_owned(),
                ..AnswerFacts::default()
            },
            body: String::new(),
        }
    }

    /// One request on the wire and what its answer means.
    async fn send(&self, url: &Url, request: &Request) -> Attempt {
        let cookies = locked(&self.door.visitor).jar.header_for(url);
        let headers = self.headers(request, cookies);
        let received = self.fetch(url, headers).await;
        if let Ok(received) = &received {
            self.absorb(url, received);
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
        let user_agent = locked(&self.door.visitor).session.user_agent().to_owned();
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
        if matches!(request.due, Due::Lookup | Due::List) {
            let visitor = locked(&self.door.visitor);
            let token = visitor.jar.ms_token(&url).unwrap_or_default();
            let query = visitor.session.query(&request.own, request.region, &token);
            drop(visitor);
            url.set_query(Some(&query));
        }
        url
    }

    fn headers(&self, request: &Request, cookies: Option<String>) -> http::HeaderMap {
        let visitor = locked(&self.door.visitor);
        let is_api = matches!(request.due, Due::Lookup | Due::List);
        let referer = self.door.site.page(&request.referer);
        self.door
            .client
            .headers(&visitor.session, is_api, referer.as_str(), cookies)
    }

    /// Learns the cookies and the next token an answer brings.
    fn absorb(&self, url: &Url, received: &Received) {
        self.note_date(&received.headers);
        let mut visitor = locked(&self.door.visitor);
        let set: Vec<&str> = received
            .headers
            .get_all(http::header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        visitor.jar.absorb(url, set);
        let token = received.headers.get("x-ms-token");
        if let Some(token) = token.and_then(|value| value.to_str().ok()) {
            visitor.jar.set_ms_token(url, token);
        }
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
        let visitor = locked(&self.door.visitor);
        visitor
            .jar
            .secrets()
            .filter(|secret| secret.len() >= 6)
            .fold(text.to_owned(), |text, secret| {
                text.replace(secret, "[redacted]")
            })
    }
}

impl Attempt {
    /// What came of a request to `url`.
    fn of(url: &Url, received: Result<Received, Broken>, due: Due) -> Self {
        let mut facts = AnswerFacts {
            path: url.path().to_owned(),
            ..AnswerFacts::default()
        };
        let received = match received {
            Ok(received) => received,
            Err(broken) => {
                return Self {
                    judged: broken.judged(),
                    facts,
                    body: String::new(),
                };
            }
        };
        facts.status = Some(received.status);
        facts.bytes = received.body.len();
        facts.logid = received.logid();
        let answer = Answer {
            status: received.status,
            headers: &received.headers,
            body: &received.body,
        };
        tracing::debug!("{} {} {} bytes", facts.path, received.status, facts.bytes);
        Self {
            judged: judge(&answer, due),
            facts,
            body: received.body,
        }
    }

    /// A redirect that leaves the site's own origin is not followed.
    fn refused(self, origin: &str) -> Self {
        let cause = format!("a redirect away from {origin}, which is not followed");
        Self {
            judged: Judged::Fail {
                verdict: Verdict::BadAnswer,
                cause,
            },
            ..self
        }
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
