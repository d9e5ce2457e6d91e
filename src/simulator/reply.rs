//! Replies: what goes back over the socket, whole or in a flow of chunks.

use std::convert::Infallible;
use std::io::Write as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::{Frame, SizeHint};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use tokio::time::{Sleep, sleep};

/// What a call ends in: a reply, or none.
pub(crate) type Outcome = Result<Response<Body>, Silence>;

/// Why nothing comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// The connection is reset without a byte.
    Reset,
    /// It stays open, and that is all.
    Hang,
}

pub(crate) fn json(text: impl Into<Bytes>) -> Response<Body> {
    typed(text, "application/json; charset=utf-8")
}

pub(crate) fn html(text: impl Into<Bytes>) -> Response<Body> {
    typed(text, "text/html; charset=utf-8")
}

pub(crate) fn script(text: &'static str) -> Response<Body> {
    typed(text, "text/javascript; charset=utf-8")
}

pub(crate) fn status(code: StatusCode) -> Response<Body> {
    let mut reply = Response::new(Body::Whole(None));
    *reply.status_mut() = code;
    reply
}

/// `location` is percent-encoded, so it is a header value.
pub(crate) fn redirect(code: StatusCode, location: &str) -> Response<Body> {
    with(status(code), "location", location)
}

/// Adds a header; a value that cannot be one is left out.
pub(crate) fn with(mut reply: Response<Body>, name: &'static str, value: &str) -> Response<Body> {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply
            .headers_mut()
            .append(HeaderName::from_static(name), value);
    }
    reply
}

fn typed(text: impl Into<Bytes>, kind: &'static str) -> Response<Body> {
    with(
        Response::new(Body::Whole(Some(text.into()))),
        "content-type",
        kind,
    )
}

pub(crate) fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed
        .write_all(text)
        .and_then(|()| packed.finish())
        .expect("a Vec takes every byte")
}

pub(crate) fn brotli(text: &[u8]) -> Vec<u8> {
    let mut packed = brotli::CompressorWriter::new(Vec::new(), 4096, 1, 20);
    packed.write_all(text).expect("a Vec takes every byte");
    packed.into_inner()
}

/// The body of a reply.
#[derive(Debug)]
pub(crate) enum Body {
    Whole(Option<Bytes>),
    Flow(Flow),
}

/// A body that comes in pieces: `head`, then `chunk` as often as said, then `tail`.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    pub(crate) head: Option<Bytes>,
    pub(crate) chunk: Bytes,
    pub(crate) times: Times,
    pub(crate) tail: Option<Bytes>,
    /// Rest after each piece, the last one too.
    pub(crate) pause: Option<Duration>,
    /// The length to announce, true or not.
    pub(crate) announced: Option<u64>,
    pub(crate) resting: Option<Pin<Box<Sleep>>>,
}

/// How often a chunk comes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Times {
    Count(u32),
    Endless,
}

impl Default for Times {
    fn default() -> Self {
        Self::Count(0)
    }
}

impl Flow {
    fn next(&mut self) -> Option<Bytes> {
        if let Some(head) = self.head.take() {
            return Some(head);
        }
        match &mut self.times {
            Times::Count(0) => self.tail.take(),
            Times::Count(left) => {
                *left -= 1;
                Some(self.chunk.clone())
            }
            Times::Endless => Some(self.chunk.clone()),
        }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = match self.get_mut() {
            Self::Whole(whole) => whole.take(),
            Self::Flow(flow) => {
                if let Some(rest) = &mut flow.resting {
                    ready!(rest.as_mut().poll(cx));
                    flow.resting = None;
                }
                let piece = flow.next();
                let pause = flow.pause.filter(|_| piece.is_some());
                flow.resting = pause.map(|pause| Box::pin(sleep(pause)));
                piece
            }
        };
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(whole) => {
                SizeHint::with_exact(whole.as_ref().map_or(0, |whole| whole.len() as u64))
            }
            Self::Flow(flow) => flow
                .announced
                .map_or_else(SizeHint::new, SizeHint::with_exact),
        }
    }
}
