//! One entry of a recording: a request and what came for it. Of all that a browser writes down
//! about them only a handful of values is looked at.

use url::{Host, Url};

use super::super::input::Input;
use super::bodies::{Bodies, Body};
use super::seen::Seen;
use super::stream::{Halt, elements, fields, integer, skip, text};
use crate::input::epoch_second;
use crate::source::capture::Call;

/// The longest URL looked at, in bytes; feeds' have some 2000.
const LONGEST_URL: usize = 64 << 10;
/// The longest of other texts looked at.
const LONGEST: usize = 1 << 10;

/// An entry as far as it has been read.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// What was asked for; `None` until the URL is met.
    pub(super) asked: Option<Asked>,
    /// The request only asked what may be asked (`OPTIONS`).
    pub(super) is_preflight: bool,
    /// HTTP status; browsers write 0 or -1 where no answer came.
    pub(super) status: Option<i64>,
    /// When, epoch seconds.
    pub(super) at: Option<i64>,
    /// The answer's body.
    pub(super) body: Body,
    /// Its text is base64.
    pub(super) is_base64: bool,
    /// A cookie or an authorization stands in it.
    pub(super) holds_secrets: bool,
}

/// What a request asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A call that tells of a hashtag's feed.
    Call(Call),
    /// Something else.
    Other(Seen),
}

impl Asked {
    fn of(url: &str) -> Self {
        let url = Url::parse(url).ok().filter(is_site);
        let Some(url) = url else {
            return Self::Other(Seen::Elsewhere);
        };
        Call::of(&url).map_or_else(|| Self::Other(Seen::of(url.path())), Self::Call)
    }
}

/// Whether it is the site's, or a stand-in's on this machine.
fn is_site(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(host)) => {
            let host = host.trim_end_matches('.');
            host == "localhost" || host == "tiktok.com" || host.ends_with(".tiktok.com")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl Entry {
    /// Reads the entry that begins here.
    pub(super) fn read(input: &mut Input<'_>, bodies: &mut Bodies<'_>) -> Result<Self, Halt> {
        let mut entry = Self::default();
        fields(input, |input, key| match key {
            "startedDateTime" => {
                let time = text(input, LONGEST)?;
                entry.at = time.and_then(|time| epoch_second(&time));
                Ok(())
            }
            "request" => entry.request(input),
            "response" => entry.response(input, bodies),
            _ => skip(input),
        })?;
        if !entry.is_wanted() {
            bodies.drop_last(&entry.body);
        }
        Ok(entry)
    }

    /// Whether the body matters, as far as is known by now.
    fn is_wanted(&self) -> bool {
        !self.is_preflight && !matches!(self.asked, Some(Asked::Other(_)))
    }

    fn request(&mut self, input: &mut Input<'_>) -> Result<(), Halt> {
        fields(input, |input, key| match key {
            "url" => {
                let url = text(input, LONGEST_URL)?;
                self.asked = Some(Asked::of(&url.unwrap_or_default()));
                Ok(())
            }
            "method" => {
                let method = text(input, LONGEST)?;
                self.is_preflight = method.is_some_and(|it| it.eq_ignore_ascii_case("OPTIONS"));
                Ok(())
            }
            _ => self.secrets(input, key),
        })
    }

    fn response(&mut self, input: &mut Input<'_>, bodies: &mut Bodies<'_>) -> Result<(), Halt> {
        fields(input, |input, key| match key {
            "status" => {
                self.status = integer(input)?;
                Ok(())
            }
            "content" => self.content(input, bodies),
            _ => self.secrets(input, key),
        })
    }

    /// Sizes and types are not looked at: they are of the packed body here, of the unpacked one
    /// there, and -1 elsewhere.
    fn content(&mut self, input: &mut Input<'_>, bodies: &mut Bodies<'_>) -> Result<(), Halt> {
        fields(input, |input, key| match key {
            "text" if self.is_wanted() && self.body == Body::Missing => {
                self.body = bodies.put(input)?;
                Ok(())
            }
            "encoding" => {
                let encoding = text(input, LONGEST)?;
                self.is_base64 = encoding.is_some_and(|it| it.eq_ignore_ascii_case("base64"));
                Ok(())
            }
            "_file" if self.is_wanted() && self.body == Body::Missing => {
                self.body = text(input, LONGEST)?.map_or(Body::Missing, Body::File);
                Ok(())
            }
            _ => skip(input),
        })
    }

    /// Notes whether there are cookies or credentials; what they are is nobody's business.
    fn secrets(&mut self, input: &mut Input<'_>, key: &str) -> Result<(), Halt> {
        match key {
            "cookies" => elements(input, |input| {
                self.holds_secrets = true;
                skip(input)
            }),
            "headers" => elements(input, |input| {
                fields(input, |input, key| {
                    if key != "name" {
                        return skip(input);
                    }
                    let name = text(input, LONGEST)?.unwrap_or_default();
                    let names = ["cookie", "set-cookie", "authorization"];
                    self.holds_secrets |= names.iter().any(|it| name.eq_ignore_ascii_case(it));
                    Ok(())
                })
            }),
            _ => skip(input),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sites_own_hosts_are_asked() {
        let list = "/api/challenge/item_list/?challengeID=42&cursor=30";
        for (origin, is_call) in [
            ("https://www.tiktok.com", true),
            ("https://m.tiktok.com", true),
            ("https://tiktok.com", true),
            ("https://TikTok.com.", true),
            ("http://127.0.0.1:8899", true),
            ("http://localhost:8899", true),
            ("http://[::1]:8899", true),
            ("https://nottiktok.com", false),
            ("https://tiktok.com.example.com", false),
            ("https://10.0.0.1", false),
            ("data:", false),
            ("", false),
        ] {
            let asked = Asked::of(&format!("{origin}{list}"));
            assert_eq!(matches!(asked, Asked::Call(_)), is_call, "{origin}");
        }
    }

    #[test]
    fn an_entry_is_read_in_any_order_of_its_keys() {
        let url = "https://www.tiktok.com/api/challenge/item_list/?cursor=30&challengeID=42";
        for json in [
            format!(
                r#"{{"startedDateTime":"1970-01-01T00:01:00Z","request":{{"method":"get","url":"{url}"}},
                "response":{{"status":200,"content":{{"text":"e30=","encoding":"BASE64","size":-1}}}}}}"#
            ),
            format!(
                r#"{{"response":{{"content":{{"encoding":"base64","text":"e30="}},"status":200}},
                "request":{{"url":"{url}","headers":[]}},"startedDateTime":"1970-01-01T01:01:00+01:00"}}"#
            ),
        ] {
            let mut input = Input::open(json.as_bytes(), 1 << 20).unwrap();
            let mut bodies = Bodies::new(None);
            let entry = Entry::read(&mut input, &mut bodies).unwrap();
            let expected = Call::List {
                tag_id: Some("42".to_owned()),
                cursor: Some(30),
            };
            assert_eq!(entry.asked, Some(Asked::Call(expected)));
            assert_eq!((entry.status, entry.at), (Some(200), Some(60)));
            assert!(!entry.holds_secrets);
            let mut body = Vec::new();
            let read = bodies.read(&entry.body, entry.is_base64, 99, &mut body);
            assert_eq!((read.unwrap(), body), (Ok(()), b"{}".to_vec()));
        }
    }

    #[test]
    fn cookies_and_credentials_are_noticed() {
        for (json, expected) in [
            (
                r#"{"request":{"headers":[{"name":"COOKIE","value":"x"}]}}"#,
                true,
            ),
            (
                r#"{"response":{"headers":[{"value":"x","name":"Set-Cookie"}]}}"#,
                true,
            ),
            (
                r#"{"request":{"headers":[{"name":"Authorization"}]}}"#,
                true,
            ),
            (r#"{"request":{"cookies":[{"name":"a"}]}}"#, true),
            (
                r#"{"request":{"cookies":[],"headers":[{"name":"x-cookie"}]}}"#,
                false,
            ),
        ] {
            let mut input = Input::open(json.as_bytes(), 1 << 20).unwrap();
            let entry = Entry::read(&mut input, &mut Bodies::new(None)).unwrap();
            assert_eq!(entry.holds_secrets, expected, "{json}");
        }
    }
}
