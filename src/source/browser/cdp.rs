//! The DevTools protocol, as little of it as is needed: calls with their answers, and the events
//! of one session. Values are read where they are used and no further, so that a protocol that
//! grows breaks nothing.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::wire::Wire;

/// How long a call may take; a page that hangs answers none.
const PATIENCE: Duration = Duration::from_secs(30);

/// The events somebody here listens to; a page causes many others.
const HEARD: [&str; 5] = [
    "Network.requestWillBeSent",
    "Network.responseReceived",
    "Network.loadingFinished",
    "Network.loadingFailed",
    "Inspector.targetCrashed",
];
/// A page that shows a dialog answers nothing, so nobody who waits for its answer could close it.
const DIALOG: &str = "Page.javascriptDialogOpening";

/// A connection to a browser, shared by its tabs.
#[derive(Debug, Clone)]
pub(super) struct Cdp {
    out: mpsc::Sender<String>,
    desk: Arc<Mutex<Desk>>,
}

/// What is waited for.
#[derive(Debug, Default)]
struct Desk {
    last_id: u64,
    calls: HashMap<u64, oneshot::Sender<String>>,
    listeners: HashMap<String, mpsc::UnboundedSender<Event>>,
    is_closed: bool,
}

/// Why a call brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CdpError {
    /// The browser or the connection to it is gone.
    Gone,
    /// No answer in time.
    Late(&'static str),
    /// The browser said no.
    Refused {
        method: &'static str,
        message: String,
    },
}

/// Something that happened in a session.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) method: String,
    message: String,
}

/// What is read of every message.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    method: Option<&'a str>,
    #[serde(borrow)]
    session_id: Option<&'a str>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a, P> {
    id: u64,
    method: &'a str,
    params: P,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<&'a str>,
}

#[derive(Deserialize)]
struct Reply<T> {
    result: Option<T>,
    error: Option<Remote>,
}

#[derive(Deserialize)]
struct Remote {
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detached<'a> {
    #[serde(borrow)]
    session_id: &'a str,
}

impl Cdp {
    /// Begins to read what the browser says, until it is gone.
    pub(super) fn over(wire: Wire) -> Self {
        let Wire { out, mut inbox } = wire;
        let desk = Arc::new(Mutex::new(Desk::default()));
        let cdp = Self {
            out,
            desk: Arc::clone(&desk),
        };
        // It lasts as long as somebody else speaks.
        let way_out = cdp.out.downgrade();
        tokio::spawn(async move {
            while let Some(message) = inbox.recv().await {
                let dialog = locked(&desk).sort(message);
                if let (Some(session), Some(out)) = (dialog, way_out.upgrade()) {
                    let desk = Arc::clone(&desk);
                    tokio::spawn(Self { out, desk }.dismiss(session));
                }
            }
            locked(&desk).close();
        });
        cdp
    }

    /// Closes the dialog of a page.
    async fn dismiss(self, session: String) {
        let no = json!({"accept": false});
        let dismissed = self.call::<Value>(Some(&session), "Page.handleJavaScriptDialog", no);
        if let Err(error) = dismissed.await {
            tracing::debug!("{error}");
        }
    }

    /// Calls `method`, in a tab's session or in the browser's own.
    ///
    /// # Errors
    /// [`CdpError`] when nothing good came back.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        session: Option<&str>,
        method: &'static str,
        params: impl Serialize,
    ) -> Result<T, CdpError> {
        let (id, answer) = locked(&self.desk).expect_answer()?;
        let request = Request {
            id,
            method,
            params,
            session_id: session,
        };
        let text = serde_json::to_string(&request).expect("a request is plain JSON");
        self.out.send(text).await.map_err(|_| CdpError::Gone)?;
        let answer = timeout(PATIENCE, answer).await;
        let answer = answer.map_err(|_| CdpError::Late(method))?;
        read(method, &answer.map_err(|_| CdpError::Gone)?)
    }

    /// The events of `session` from now on; they end when the tab or the browser is gone.
    pub(super) fn listen(&self, session: &str) -> mpsc::UnboundedReceiver<Event> {
        let (tell, events) = mpsc::unbounded_channel();
        let mut desk = locked(&self.desk);
        if !desk.is_closed {
            desk.listeners.insert(session.to_owned(), tell);
        }
        events
    }

    /// Whether the browser is gone.
    pub(super) fn is_closed(&self) -> bool {
        locked(&self.desk).is_closed
    }
}

fn read<T: DeserializeOwned>(method: &'static str, answer: &str) -> Result<T, CdpError> {
    let refused = |message: String| CdpError::Refused { method, message };
    let reply: Reply<T> =
        serde_json::from_str(answer).map_err(|error| refused(error.to_string()))?;
    match reply {
        Reply {
            error: Some(error), ..
        } => Err(refused(error.message)),
        Reply {
            result: Some(result),
            ..
        } => Ok(result),
        _ => Err(refused("an answer without a result".to_owned())),
    }
}

impl Desk {
    fn expect_answer(&mut self) -> Result<(u64, oneshot::Receiver<String>), CdpError> {
        if self.is_closed {
            return Err(CdpError::Gone);
        }
        self.last_id += 1;
        let (tell, answer) = oneshot::channel();
        // Whoever gave up waiting has dropped the other end.
        self.calls.retain(|_, call| !call.is_closed());
        self.calls.insert(self.last_id, tell);
        Ok((self.last_id, answer))
    }

    /// Hands a message to whoever waits for it; the session of ours that shows a dialog, if it says
    /// that.
    fn sort(&mut self, message: String) -> Option<String> {
        let head = serde_json::from_str::<Head<'_>>(&message).ok()?;
        if let Some(call) = head.id.and_then(|id| self.calls.remove(&id)) {
            // A caller that gave up needs no answer.
            let _ = call.send(message);
            return None;
        }
        if head.method == Some("Target.detachedFromTarget") {
            self.detach(head.params);
            return None;
        }
        let (session, method) = (head.session_id?, head.method?);
        let listener = self.listeners.get(session)?;
        if method == DIALOG {
            return Some(session.to_owned());
        }
        if HEARD.contains(&method) {
            let method = method.to_owned();
            // A tab given back hears no more.
            let _ = listener.send(Event { method, message });
        }
        None
    }

    fn detach(&mut self, params: Option<&RawValue>) {
        let detached = params.and_then(|params| serde_json::from_str(params.get()).ok());
        if let Some(Detached { session_id }) = detached {
            self.listeners.remove(session_id);
        }
    }

    fn close(&mut self) {
        self.is_closed = true;
        self.calls.clear();
        self.listeners.clear();
    }
}

impl Event {
    /// The event's parameters; `None` when they are not what was expected.
    pub(super) fn params<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        let head: Head<'a> = serde_json::from_str(&self.message).ok()?;
        serde_json::from_str(head.params?.get()).ok()
    }
}

impl fmt::Display for CdpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("the browser was closed or crashed"),
            Self::Late(method) => {
                let patience = PATIENCE.as_secs();
                write!(f, "the browser did not answer {method} within {patience} s")
            }
            Self::Refused { method, message } => {
                write!(f, "the browser refused {method}: {message}")
            }
        }
    }
}

impl std::error::Error for CdpError {}

/// A lock whose holder panicked is still good: no holder leaves its value half changed.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Cdp, CdpError};
    use crate::source::browser::wire::Wire;
    use serde::Deserialize;
    use serde_json::{Value, json};
    use tokio::sync::mpsc;

    /// A connection, and the browser's end of it.
    fn connect() -> (Cdp, mpsc::Receiver<String>, mpsc::Sender<String>) {
        let (out, asked) = mpsc::channel(4);
        let (answer, inbox) = mpsc::channel(4);
        (Cdp::over(Wire { out, inbox }), asked, answer)
    }

    #[tokio::test]
    async fn answers_find_their_calls_in_any_order() {
        let (cdp, mut asked, answer) = connect();
        let browser = tokio::spawn(async move {
            let first: Value = serde_json::from_str(&asked.recv().await.unwrap()).unwrap();
            let second: Value = serde_json::from_str(&asked.recv().await.unwrap()).unwrap();
            assert_eq!(first["sessionId"], "S");
            for (call, reply) in [
                (second, json!({"error": {"code": -32000, "message": "no"}})),
                (first, json!({"result": {"n": 7}})),
            ] {
                let mut reply = reply;
                reply["id"] = call["id"].clone();
                answer.send(reply.to_string()).await.unwrap();
            }
        });
        let (first, second) = tokio::join!(
            cdp.call::<Value>(Some("S"), "Page.enable", json!({})),
            cdp.call::<Value>(None, "Browser.close", json!({})),
        );
        assert_eq!(first, Ok(json!({"n": 7})));
        let message = "no".to_owned();
        let method = "Browser.close";
        assert_eq!(second, Err(CdpError::Refused { method, message }));
        browser.await.unwrap();
    }

    #[tokio::test]
    async fn events_reach_their_session_until_it_is_detached() {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Finished<'a> {
            request_id: &'a str,
        }
        let (cdp, _asked, answer) = connect();
        let mut events = cdp.listen("S");
        let finished = |session: &str| {
            json!({"method": "Network.loadingFinished", "sessionId": session, "params": {"requestId": "7"}})
                .to_string()
        };
        for message in [
            finished("other"),
            "junk".to_owned(),
            json!({"method": "Network.dataReceived", "sessionId": "S", "params": {}}).to_string(),
            finished("S"),
            json!({"method": "Target.detachedFromTarget", "params": {"sessionId": "S", "targetId": "T"}})
                .to_string(),
        ] {
            answer.send(message).await.unwrap();
        }
        let event = events.recv().await.unwrap();
        assert_eq!(event.method, "Network.loadingFinished");
        assert_eq!(event.params::<Finished<'_>>().unwrap().request_id, "7");
        assert!(events.recv().await.is_none());
    }

    #[tokio::test]
    async fn a_dialog_is_closed_while_somebody_waits_for_the_page() {
        let (cdp, mut asked, answer) = connect();
        let _events = cdp.listen("S");
        let browser = tokio::spawn(async move {
            let body: Value = serde_json::from_str(&asked.recv().await.unwrap()).unwrap();
            let opening = |session: &str| {
                json!({"method": "Page.javascriptDialogOpening", "sessionId": session, "params": {}})
                    .to_string()
            };
            answer.send(opening("of somebody else")).await.unwrap();
            answer.send(opening("S")).await.unwrap();
            let dismiss: Value = serde_json::from_str(&asked.recv().await.unwrap()).unwrap();
            assert_eq!(dismiss["method"], "Page.handleJavaScriptDialog");
            assert_eq!(dismiss["sessionId"], "S");
            for call in [dismiss, body] {
                let reply = json!({"id": call["id"], "result": {}});
                answer.send(reply.to_string()).await.unwrap();
            }
        });
        let body = cdp.call::<Value>(Some("S"), "Network.getResponseBody", json!({}));
        assert_eq!(body.await, Ok(json!({})));
        browser.await.unwrap();
    }

    #[tokio::test]
    async fn a_browser_that_dies_leaves_nobody_waiting() {
        let (cdp, mut asked, answer) = connect();
        let mut events = cdp.listen("S");
        tokio::spawn(async move {
            asked.recv().await;
            drop(answer);
        });
        let lost = cdp.call::<Value>(None, "Browser.getVersion", json!({}));
        assert_eq!(lost.await, Err(CdpError::Gone));
        assert!(events.recv().await.is_none());
        assert!(cdp.is_closed());
        let after = cdp.call::<Value>(None, "Browser.getVersion", json!({}));
        assert_eq!(after.await, Err(CdpError::Gone));
    }
}
