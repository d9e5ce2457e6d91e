//! One page of a browser: opened, scrolled and looked at, and the exchanges it had that matter.
//! What an exchange means is the business of the lane.

use std::collections::HashMap;

use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use url::Url;

use super::cdp::{Cdp, CdpError, Event};
use super::exchange::{Body, Exchange, Kind};
use super::sight::{LOOK, Sight};
use crate::source::bounds;

/// Bytes of bodies the browser keeps until they are read, in all and each: it counts two bytes a
/// character, and a body is read up to the bound that holds for all of them.
const BUFFERS: (u64, u64) = (400_000_000, 3 * bounds::BODY as u64);
/// Brings the end of the list into view.
const SCROLL: &str = include_str!("scroll.js");

/// One page and what it is waiting for.
#[derive(Debug)]
pub(super) struct Tab {
    cdp: Cdp,
    target: String,
    session: String,
    events: mpsc::UnboundedReceiver<Event>,
    /// Requests that matter and have not ended, by the browser's name for them.
    under_way: HashMap<String, Exchange>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    request_id: String,
    request: SentRequest,
    #[serde(default)]
    r#type: String,
    redirect_response: Option<Response>,
}

#[derive(Deserialize)]
struct SentRequest {
    url: String,
    method: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Received {
    request_id: String,
    response: Response,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    #[serde(default)]
    headers: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ended {
    request_id: String,
    #[serde(default)]
    error_text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    body: String,
    #[serde(default)]
    base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    session_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Navigated {
    #[serde(default)]
    error_text: String,
}

#[derive(Deserialize)]
struct Evaluated {
    result: Evaluation,
}

#[derive(Deserialize)]
struct Evaluation {
    #[serde(default)]
    value: Value,
}

impl Tab {
    /// Takes over `target`, a page, with the user's `cookies` set.
    pub(super) async fn open(
        cdp: &Cdp,
        target: String,
        cookies: &[Value],
    ) -> Result<Self, CdpError> {
        let attach = json!({"targetId": target, "flatten": true});
        let Session { session_id } = cdp.call(None, "Target.attachToTarget", attach).await?;
        let tab = Self {
            events: cdp.listen(&session_id),
            cdp: cdp.clone(),
            session: session_id,
            target,
            under_way: HashMap::new(),
        };
        let (all, each) = BUFFERS;
        let buffers = json!({"maxTotalBufferSize": all, "maxResourceBufferSize": each});
        tab.tell("Network.enable", buffers).await?;
        tab.tell("Page.enable", json!({})).await?;
        // A page in the background stops loading more.
        let focus = json!({"enabled": true});
        tab.tell("Emulation.setFocusEmulationEnabled", focus)
            .await?;
        if !cookies.is_empty() {
            tab.tell("Network.setCookies", json!({"cookies": cookies}))
                .await?;
        }
        Ok(tab)
    }

    /// The page's name in its browser.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// Lets go of the page without closing it.
    pub(super) async fn detach(self) -> Result<String, CdpError> {
        self.tell("Page.navigate", json!({"url": "about:blank"}))
            .await?;
        let session = json!({"sessionId": self.session});
        let _: Value = self
            .cdp
            .call(None, "Target.detachFromTarget", session)
            .await?;
        Ok(self.target)
    }

    /// Goes to `url`; the browser's word for what went wrong, if the page did not come.
    pub(super) async fn navigate(&mut self, url: &Url) -> Result<Option<String>, CdpError> {
        self.under_way.clear();
        let navigate = json!({"url": url.as_str()});
        let navigated: Navigated = self.call("Page.navigate", navigate).await?;
        Ok(Some(navigated.error_text).filter(|text| !text.is_empty()))
    }

    /// Brings the end of the list into view, by which the page loads more.
    pub(super) async fn scroll(&self) -> Result<(), CdpError> {
        let script = json!({"expression": SCROLL, "awaitPromise": true, "userGesture": true});
        harmless(self.tell("Runtime.evaluate", script).await).map(|_| ())
    }

    /// What the page shows; nothing while it changes.
    pub(super) async fn look(&self) -> Result<Option<Sight>, CdpError> {
        let script = json!({"expression": LOOK, "returnByValue": true});
        let seen: Option<Evaluated> = harmless(self.call("Runtime.evaluate", script).await)?;
        let text = seen.and_then(|seen| seen.result.value.as_str().map(str::to_owned));
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Whether a call for the feed is on its way.
    pub(super) fn is_loading(&self) -> bool {
        self.under_way.values().any(Exchange::is_list)
    }

    /// The next thing that happens on the page; `None` once the page is gone. May be given up at
    /// any time.
    pub(super) async fn event(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// What has happened already.
    pub(super) fn event_now(&mut self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// Takes note of an event; an exchange that it ends, with its body.
    pub(super) async fn digest(&mut self, event: &Event) -> Result<Option<Exchange>, CdpError> {
        match event.method.as_str() {
            "Network.requestWillBeSent" => Ok(event.params().and_then(|sent| self.sent(sent))),
            "Network.responseReceived" => {
                self.received(event.params());
                Ok(None)
            }
            "Network.loadingFinished" => {
                let Some(Ended { request_id, .. }) = event.params() else {
                    return Ok(None);
                };
                let Some(mut exchange) = self.under_way.remove(&request_id) else {
                    return Ok(None);
                };
                exchange.body = self.body(&request_id).await?;
                Ok(Some(exchange))
            }
            "Network.loadingFailed" => Ok(event.params().and_then(|ended| self.failed(ended))),
            // The other event that is heard: the page crashed.
            _ => Err(CdpError::Gone),
        }
    }

    /// A request goes out: remembered if it matters. A redirect ends the one it came from.
    fn sent(&mut self, sent: Sent) -> Option<Exchange> {
        let before = self.under_way.remove(&sent.request_id);
        let target = &sent.request.url;
        let redirected = before
            .zip(sent.redirect_response)
            .map(|(mut from, answer)| {
                from.answered(answer.status, &answer.headers);
                if let Ok(location) = HeaderValue::from_str(target) {
                    from.headers.insert(http::header::LOCATION, location);
                }
                from.body = Body::Text(String::new());
                from
            });
        if sent.request.method != "OPTIONS"
            && let Ok(url) = Url::parse(target)
            && let Some(kind) = Kind::of(&url, &sent.r#type)
        {
            let exchange = Exchange {
                kind,
                url,
                status: 0,
                headers: HeaderMap::new(),
                body: Body::Missing,
            };
            self.under_way.insert(sent.request_id, exchange);
        }
        // Where a document leads is the document's business, and seen there.
        redirected.filter(|from| from.kind != Kind::Document)
    }

    fn received(&mut self, received: Option<Received>) {
        let Some(Received {
            request_id,
            response,
        }) = received
        else {
            return;
        };
        if let Some(exchange) = self.under_way.get_mut(&request_id) {
            exchange.answered(response.status, &response.headers);
        }
    }

    fn failed(&mut self, ended: Ended) -> Option<Exchange> {
        let mut exchange = self.under_way.remove(&ended.request_id)?;
        tracing::info!(
            "the page's call of {} failed: {}",
            exchange.url.path(),
            ended.error_text
        );
        // An error status may come without a body, which counts as failed; it says enough.
        if exchange.status >= 300 {
            exchange.body = Body::Text(String::new());
        }
        Some(exchange)
    }

    /// The body of an exchange that has ended.
    async fn body(&self, request_id: &str) -> Result<Body, CdpError> {
        let which = json!({"requestId": request_id});
        let read: Read = match self.call("Network.getResponseBody", which).await {
            Ok(read) => read,
            Err(CdpError::Gone) => return Err(CdpError::Gone),
            Err(error) => {
                tracing::info!("{error}");
                // The browser's word for a body larger than it was told to keep.
                let is_evicted = error.to_string().contains("evicted");
                return Ok(if is_evicted {
                    Body::TooLarge
                } else {
                    Body::Missing
                });
            }
        };
        let text = if read.base64_encoded {
            use base64::Engine as _;
            match base64::engine::general_purpose::STANDARD.decode(read.body) {
                Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Err(_) => return Ok(Body::Missing),
            }
        } else {
            read.body
        };
        Ok(if text.len() > bounds::BODY {
            Body::TooLarge
        } else {
            Body::Text(text)
        })
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        method: &'static str,
        params: Value,
    ) -> Result<T, CdpError> {
        self.cdp.call(Some(&self.session), method, params).await
    }

    async fn tell(&self, method: &'static str, params: Value) -> Result<Value, CdpError> {
        self.call(method, params).await
    }
}

/// A call on a page that was just left, or that hangs, is no reason to end the run; a browser that
/// is gone is.
fn harmless<T>(called: Result<T, CdpError>) -> Result<Option<T>, CdpError> {
    match called {
        Ok(answer) => Ok(Some(answer)),
        Err(CdpError::Gone) => Err(CdpError::Gone),
        Err(error) => {
            tracing::debug!("{error}");
            Ok(None)
        }
    }
}
