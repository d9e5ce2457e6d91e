//! Faults: the answers that are no good ones, written as clients of 2020 to 2026 reported them.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};
use hyper::{Response, StatusCode, Version};

use super::call::Call;
use super::errand::VERIFIED;
use super::reply::{Body, Flow, Outcome, Silence, Times, gzip, html, json, redirect, status, with};

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// 200 and no byte: how the site refuses quietly.
    Empty,
    /// The same unless the call has a signature, whatever it is.
    Unsigned,
    /// The same unless the call is as our own page's script signed it.
    Unproven,
    /// The same unless the call has a well-made `device_id`.
    NoDevice,
    /// A captcha, until the session has passed one.
    Unverified,
    Json(&'static str),
    Html(&'static str),
    /// A status code in the body, nothing else.
    Code(i64),
    /// A look-up without anything in it.
    Hollow,
    Status(u16),
    TooMany(Wait),
    Login,
    Geo,
    Akamai,
    Redirect(Hop),
    Reset,
    Hang,
    /// A byte a second for ever.
    Drip,
    Flood(Flood),
    /// The good answer, changed.
    Changed(Change),
}

/// What `Retry-After` says.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wait {
    Unsaid,
    Seconds(u64),
    /// An HTTP date so many seconds after the answer's own `Date`, which is an hour slow.
    Date(u64),
}

/// Where a redirect leads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Hop {
    /// To another origin.
    Other,
    /// To the same path, for ever.
    Loop,
    /// To the same path, which then answers.
    Same,
}

/// Bodies that are too much.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Flood {
    /// 128 MiB of zeros in a small gzip.
    Bomb,
    /// 100 MB of text in one string, announced.
    Huge,
    /// The same, not announced.
    HugeChunked,
    Endless,
    /// 200,000 arrays in each other.
    Deep,
    /// 5,000,000 empty objects.
    Many,
}

/// What happens to a good answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    CaptchaHeader,
    /// The connection closes in the middle of the announced length.
    Half,
    /// Cut at 512 KiB; no length, the connection closes.
    Cut,
    CutGzip,
    /// In chunks of 7 bytes at first, then the rest.
    Chunks,
    /// A byte that is no UTF-8 in the first caption.
    Latin,
    Bom,
    Trailing,
    AsHtml,
}

impl Fault {
    /// Whether this call meets the fault at all.
    pub(crate) fn met_by(self, call: &Call) -> bool {
        match self {
            Self::Unsigned => !call.signed(),
            Self::Unproven => !call.signature_holds(),
            Self::Unverified => call.cookie(VERIFIED).is_none(),
            Self::NoDevice => !call.has_device(),
            Self::Redirect(Hop::Same) => call.param("r").is_none(),
            _ => true,
        }
    }

    /// The bad answer; `good` makes the body a good one would have.
    pub(crate) fn outcome(self, call: &Call, good: impl FnOnce() -> Vec<u8>) -> Outcome {
        Ok(match self {
            Self::Empty | Self::Unsigned | Self::Unproven | Self::NoDevice => empty(),
            Self::Unverified => json(CAPTCHA_JSON),
            Self::Json(text) => json(text),
            Self::Html(text) => html(text),
            Self::Code(code) => json(code_body(code)),
            Self::Hollow => json(HOLLOW),
            Self::Status(code) => status(StatusCode::from_u16(code).unwrap_or_default()),
            Self::TooMany(wait) => too_many(wait),
            Self::Login => redirect(
                StatusCode::FOUND,
                "/login?redirect_url=https%3A%2F%2Fwww.tiktok.com%2F",
            ),
            Self::Geo => redirect(StatusCode::FOUND, "/hk/notfound"),
            Self::Akamai => akamai(),
            Self::Redirect(hop) => redirect(StatusCode::FOUND, &hop.location(call)),
            Self::Reset => return Err(Silence::Reset),
            Self::Hang => return Err(Silence::Hang),
            Self::Drip => drip(),
            Self::Flood(flood) => flood.reply(),
            Self::Changed(change) => change.reply(&good()),
        })
    }
}

/// Status 200, no body, and the header clients saw beside it.
pub(crate) fn empty() -> Response<Body> {
    with(status(StatusCode::OK), "tt_orcas_res", "1")
}

/// The body observed with a bad parameter, its values invented.
pub(crate) fn code_body(code: i64) -> String {
    format!(
        r#"{{"log_pb":{{"impr_id":"20260921000000SIMULATED"}},"statusCode":{code},"statusMsg":"","status_code":{code},"status_msg":""}}"#
    )
}

fn too_many(wait: Wait) -> Response<Body> {
    let reply = status(StatusCode::TOO_MANY_REQUESTS);
    match wait {
        Wait::Unsaid => reply,
        Wait::Seconds(seconds) => with(reply, "retry-after", &seconds.to_string()),
        Wait::Date(seconds) => {
            let date = SystemTime::now() - Duration::from_secs(3600);
            let until = date + Duration::from_secs(seconds);
            let reply = with(reply, "date", &httpdate::fmt_http_date(date));
            with(reply, "retry-after", &httpdate::fmt_http_date(until))
        }
    }
}

fn akamai() -> Response<Body> {
    let mut reply = with(html(AKAMAI_HTML), "server", "AkamaiGHost");
    *reply.status_mut() = StatusCode::FORBIDDEN;
    reply
}

impl Hop {
    fn location(self, call: &Call) -> String {
        let turn = call
            .param("r")
            .and_then(|turn| turn.parse().ok())
            .unwrap_or(0u64);
        match self {
            Self::Other => "http://localhost:1/".to_owned(),
            Self::Loop | Self::Same => {
                let query = call.query.split("&r=").next().unwrap_or_default();
                format!("{}?{query}&r={}", call.path, turn.saturating_add(1))
            }
        }
    }
}

fn drip() -> Response<Body> {
    flow(Flow {
        head: Some(Bytes::from_static(b"{\"itemList\":[")),
        chunk: Bytes::from_static(b" "),
        times: Times::Endless,
        pause: Some(Duration::from_secs(1)),
        ..Flow::default()
    })
}

fn flow(flow: Flow) -> Response<Body> {
    json("").map(|_| Body::Flow(flow))
}

impl Flood {
    fn reply(self) -> Response<Body> {
        match self {
            Self::Bomb => with(flow(bomb()), "content-encoding", "gzip"),
            Self::Huge => flow(text(Times::Count(MEGABYTES), Some(announced()))),
            Self::HugeChunked => flow(text(Times::Count(MEGABYTES), None)),
            Self::Endless => flow(text(Times::Endless, None)),
            Self::Deep => flow(repeated(
                "{\"itemList\":",
                "[".repeat(1_000),
                200,
                "]".repeat(200_000) + "}",
            )),
            Self::Many => flow(repeated(
                "{\"itemList\":[{}",
                ",{}".repeat(5_000),
                1_000,
                "]}".to_owned(),
            )),
        }
    }
}

const MEGABYTES: u32 = 100;
const MEGABYTE: usize = 1_000_000;
const TEXT_HEAD: &str = "{\"statusMsg\":\"";
const TEXT_TAIL: &str = "\"}";

fn announced() -> u64 {
    (TEXT_HEAD.len() + TEXT_TAIL.len()) as u64 + u64::from(MEGABYTES) * MEGABYTE as u64
}

fn text(times: Times, announced: Option<u64>) -> Flow {
    Flow {
        times,
        announced,
        ..repeated(TEXT_HEAD, "a".repeat(MEGABYTE), 0, TEXT_TAIL.to_owned())
    }
}

fn repeated(head: &'static str, chunk: String, times: u32, tail: String) -> Flow {
    Flow {
        head: Some(Bytes::from_static(head.as_bytes())),
        chunk: Bytes::from(chunk),
        times: Times::Count(times),
        tail: Some(Bytes::from(tail)),
        ..Flow::default()
    }
}

/// One gzip member of 128 MiB of zeros: a flushed deflate block of one MiB, 128 times.
fn bomb() -> Flow {
    const BLOCKS: u32 = 128;
    let zeros = vec![0; 1 << 20];
    let mut block = Vec::with_capacity(64 << 10);
    Compress::new(Compression::fast(), false)
        .compress_vec(&zeros, &mut block, FlushCompress::Full)
        .expect("deflate takes every byte");
    let mut once = Crc::new();
    once.update(&zeros);
    let mut sum = Crc::new();
    (0..BLOCKS).for_each(|_| sum.combine(&once));
    // An empty last block, the checksum and the length close the member.
    let mut tail = vec![0x03, 0x00];
    tail.extend(sum.sum().to_le_bytes());
    tail.extend((BLOCKS << 20).to_le_bytes());
    Flow {
        head: Some(Bytes::from_static(&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])),
        chunk: Bytes::from(block),
        times: Times::Count(BLOCKS),
        tail: Some(Bytes::from(tail)),
        ..Flow::default()
    }
}

impl Change {
    fn reply(self, good: &[u8]) -> Response<Body> {
        match self {
            Self::CaptchaHeader => with(
                json(good.to_vec()),
                "bdturing-verify",
                "{\"code\":\"10000\"}",
            ),
            Self::Half => half(good),
            Self::Cut => cut(good),
            Self::CutGzip => {
                let packed = gzip(good);
                let kept = packed[..packed.len() / 2].to_vec();
                with(json(kept), "content-encoding", "gzip")
            }
            Self::Chunks => chunks(good),
            Self::Latin => json(replaced(good, b"\"desc\":\"", b"\"desc\":\"caf\xE9 ")),
            Self::Bom => json([b"\xEF\xBB\xBF", good].concat()),
            Self::Trailing => json([good, b"<!-- served by node 7 -->"].concat()),
            Self::AsHtml => html(good.to_vec()),
        }
    }
}

fn half(good: &[u8]) -> Response<Body> {
    flow(Flow {
        head: Some(Bytes::copy_from_slice(&good[..good.len() / 2])),
        // The rest lets what was written leave before the connection closes.
        pause: Some(Duration::from_millis(50)),
        announced: Some(good.len() as u64),
        ..Flow::default()
    })
}

fn cut(good: &[u8]) -> Response<Body> {
    let mut reply = flow(Flow {
        head: Some(Bytes::copy_from_slice(&good[..good.len().min(512 << 10)])),
        ..Flow::default()
    });
    // Without a length an HTTP/1.0 body ends where the connection does.
    *reply.version_mut() = Version::HTTP_10;
    reply
}

fn chunks(good: &[u8]) -> Response<Body> {
    let (head, tail) = good.split_at(good.len().min(7));
    flow(Flow {
        head: Some(Bytes::copy_from_slice(head)),
        tail: Some(Bytes::copy_from_slice(tail)),
        pause: Some(Duration::from_millis(5)),
        ..Flow::default()
    })
}

/// The first `old` made `new`.
fn replaced(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let Some(at) = text.windows(old.len()).position(|window| window == old) else {
        return text.to_vec();
    };
    [&text[..at], new, &text[at + old.len()..]].concat()
}

const HOLLOW: &str = r#"{"challengeInfo":{"challengeAnnouncement":{},"stats":{},"statsV2":{}},"extra":{"fatal_item_ids":[]},"statusCode":0,"status_code":0,"status_msg":""}"#;

/// More is promised, nothing is there, and the cursor has moved on.
pub(crate) const NO_ITEMS: &str = r#"{"hasMore":true,"cursor":"60","extra":{"fatal_item_ids":[]},"statusCode":0,"status_code":0,"status_msg":""}"#;

/// The keys as observed; `code` is text there.
pub(crate) const CAPTCHA_JSON: &str = r#"{"code":"10000","from":"","type":"verify","version":"","region":"va","subtype":"slide","detail":"simulated","verify_event":"","fp":"verify_simulated"}"#;

pub(crate) const CAPTCHA_HTML: &str = r#"<!DOCTYPE html><html><head><title>Security Check</title></head><body>
<div class="tiktok-verify-page"><div id="captcha_container">Verify to continue: Drag the slider to fit the puzzle</div></div>
</body></html>"#;

pub(crate) const WAF_HTML: &str = r#"<html><head><title>Please wait...</title></head><body><p>Please wait...</p>
<p id="cs" class="simulated"></p><p id="wci" class="_wafchallengeid"></p><p id="rci" class="waforiginalreid"></p><p id="rs" class="simulated"></p>
</body></html>"#;

/// The site's shell without any data.
pub(crate) const SHELL_HTML: &str = r#"<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>TikTok - Make Your Day</title></head><body><div id="app"></div></body></html>"#;

const AKAMAI_HTML: &str = "<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\nYou don't have permission to access this page on this server.<P>\nReference&#32;&#35;18&#46;simulated\nReference #18.simulated\n</BODY>\n</HTML>\n";

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn the_bomb_is_one_good_gzip_member() {
        let Flow {
            head,
            chunk,
            tail,
            times: Times::Count(times),
            ..
        } = bomb()
        else {
            panic!("the bomb ends");
        };
        let mut packed = head.unwrap().to_vec();
        (0..times).for_each(|_| packed.extend_from_slice(&chunk));
        packed.extend_from_slice(&tail.unwrap());
        assert!(packed.len() < 2 << 20, "{}", packed.len());
        let mut size = 0;
        let mut plain = flate2::read::GzDecoder::new(&packed[..]);
        let mut buffer = vec![0; 1 << 20];
        loop {
            match plain.read(&mut buffer).unwrap() {
                0 => break,
                read => size += read,
            }
        }
        assert_eq!(size, 128 << 20);
    }

    #[test]
    fn only_the_first_match_is_replaced() {
        assert_eq!(replaced(b"abab", b"b", b"xy"), b"axyab");
        assert_eq!(replaced(b"abab", b"c", b"x"), b"abab");
    }
}
