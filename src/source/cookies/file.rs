//! The cookie files users have, five formats told apart by their content.
//!
//! Errors name format and place, never what stands there: it is somebody's login.

use std::fmt;

use super::user::UserCookie;
use super::{json, netscape};

/// The largest file read, in bytes: 16 MiB, more than any browser's whole export.
const LARGEST: usize = 16 << 20;

/// The name of the rotating token's cookie.
pub(super) const MS_TOKEN: &str = "msToken";

/// The shortest text with padding behind it that is taken for a lone token, in bytes. Tokens had
/// 100 or more in captures of 2024–26; shorter, `name=` is a cookie without a value.
const SHORTEST_PADDED_TOKEN: usize = 40;

/// Why a cookie file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CookieFileError {
    /// Nothing in it.
    #[error("the cookie file is empty; export the cookies of tiktok.com again")]
    Empty,
    /// More than 16 MiB.
    #[error("the cookie file is larger than 16 MiB; export the cookies of tiktok.com alone")]
    TooLarge,
    /// None of the five formats.
    #[error(
        "the cookie file is none of: Netscape cookies.txt, a browser extension's JSON, \
         Playwright storage state, a Cookie header, a lone msToken"
    )]
    Unknown,
    /// JSON that breaks off; counted from 1.
    #[error("line {line}, column {column} of the cookie file: broken JSON")]
    Json {
        /// The line.
        line: usize,
        /// The byte in the line.
        column: usize,
    },
    /// A cookie that breaks its format's rules.
    #[error("{place}: {rule}")]
    Cookie {
        /// Which cookie.
        place: Place,
        /// What it should be like.
        rule: &'static str,
    },
    /// More than is kept of one user.
    #[error("more than {0} of tiktok.com's cookies in the cookie file; remove some")]
    Limit(&'static str),
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Tab-separated lines, as browsers' export tools, curl and yt-dlp write them.
    Netscape,
    /// A browser extension's JSON array.
    Extension,
    /// Playwright's `storage_state.json`.
    Playwright,
    /// The value of a `Cookie` request header, with or without its name.
    Header,
    /// One `msToken` value and nothing else.
    Token,
}

/// Where a cookie stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub(super) format: Format,
    /// Line or cookie, counted from 1.
    pub(super) at: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at;
        match self.format {
            Format::Netscape => write!(f, "line {at} of the Netscape cookie file"),
            Format::Extension => write!(f, "cookie {at} of the extension's JSON cookie file"),
            Format::Playwright => write!(f, "cookie {at} of the Playwright storage state"),
            Format::Header => write!(f, "cookie {at} of the Cookie header"),
            Format::Token => f.write_str("the msToken"),
        }
    }
}

/// The cookies in a file of any format, in their order, expired ones too.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<UserCookie>, CookieFileError> {
    if bytes.len() > LARGEST {
        return Err(CookieFileError::TooLarge);
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    match format_of(text)? {
        Format::Netscape => netscape::read(text),
        Format::Extension => json::read(Format::Extension, text),
        Format::Playwright => json::read_state(text),
        Format::Header => header(text.trim()),
        Format::Token => token(text.trim()).map(|cookie| vec![cookie]),
    }
}

/// A lone `msToken`.
pub(super) fn token(text: &str) -> Result<UserCookie, CookieFileError> {
    let place = Place {
        format: Format::Token,
        at: 1,
    };
    let rule = "it is letters, digits, - and _, with = at its end alone";
    if is_token(text) {
        return Ok(UserCookie::homeless(MS_TOKEN, text, place));
    }
    Err(CookieFileError::Cookie { place, rule })
}

fn format_of(text: &str) -> Result<Format, CookieFileError> {
    let text = text.trim();
    let (name, rest) = text.split_once('=').unwrap_or((text, ""));
    let padded = rest.bytes().all(|b| b == b'=') && name.len() >= SHORTEST_PADDED_TOKEN;
    match text.as_bytes().first() {
        None => Err(CookieFileError::Empty),
        Some(b'[') => Ok(Format::Extension),
        Some(b'{') => Ok(Format::Playwright),
        Some(b'#') => Ok(Format::Netscape),
        _ if text.contains('\t') => Ok(Format::Netscape),
        _ if text.contains('\n') => Err(CookieFileError::Unknown),
        _ if is_token(text) && (padded || !text.contains('=')) => Ok(Format::Token),
        _ if text.contains('=') => Ok(Format::Header),
        _ => Err(CookieFileError::Unknown),
    }
}

/// Whether `text` is URL-safe base64, whose padding stands at the end.
fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    !body.is_empty() && body.bytes().all(plain)
}

/// `Cookie: a=1; b=2`, with or without its name.
fn header(text: &str) -> Result<Vec<UserCookie>, CookieFileError> {
    let named = text.get(..7).filter(|s| s.eq_ignore_ascii_case("cookie:"));
    let pairs = text[named.map_or(0, str::len)..].split(';').map(str::trim);
    let pairs = pairs.filter(|pair| !pair.is_empty()).enumerate();
    let cookies = pairs.map(|(at, pair)| {
        let place = Place {
            format: Format::Header,
            at: at + 1,
        };
        let rule = "name=value is due";
        let (name, value) = pair
            .split_once('=')
            .ok_or(CookieFileError::Cookie { place, rule })?;
        Ok(UserCookie::homeless(name, value, place))
    });
    cookies.collect()
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::{CookieFileError, read};
    use crate::source::cookies::user::UserCookie;

    /// Every cookie as `name=value domain path`, then `host`, `secure` and the expiry if so.
    fn shown(cookie: &UserCookie) -> String {
        let UserCookie {
            name, domain, path, ..
        } = cookie;
        let mut line = format!("{name}={} {domain} {path}", cookie.value.expose());
        for (is, word) in [(cookie.host_only, " host"), (cookie.secure, " secure")] {
            line += if is { word } else { "" };
        }
        line + &cookie
            .expires
            .map_or_else(String::new, |at| format!(" {at}"))
    }

    /// The cookies in a file, a line each.
    pub(in crate::source::cookies) fn lines(text: &str) -> Vec<String> {
        let cookies = read(text.as_bytes()).unwrap_or_else(|e| panic!("{text}: {e}"));
        cookies.iter().map(shown).collect()
    }

    fn said(text: &str) -> String {
        read(text.as_bytes()).expect_err(text).to_string()
    }

    #[test]
    fn headers_and_tokens_are_the_sites() {
        let pairs = ["a=1 tiktok.com / secure", "b=x=y tiktok.com / secure"];
        for text in ["a=1; b=x=y", "Cookie: a=1; b=x=y\n", "cookie:a=1;b=x=y;"] {
            assert_eq!(lines(text), pairs);
        }
        let token = "aB3_-".repeat(20);
        let msg = format!("msToken={token} tiktok.com / secure");
        assert_eq!(lines(&format!("{token}\n")), [msg]);
        let padded = format!("{token}==");
        let msg = format!("msToken={padded} tiktok.com / secure");
        for text in [format!("msToken={padded}"), padded] {
            assert_eq!(lines(&text), [&*msg]);
        }
        assert_eq!(lines("empty="), ["empty= tiktok.com / secure"]);
    }

    #[test]
    fn errors_name_the_place_and_never_the_content() {
        let netscape = "# Netscape HTTP Cookie File\n.tiktok.com\tTRUE\t/\tTRUE\t";
        for (text, message) in [
            (
                " \n",
                "the cookie file is empty; export the cookies of tiktok.com again",
            ),
            (
                &*format!("{netscape}hunter2\tx"),
                "line 2 of the Netscape cookie file: seven fields with tabs between them are due",
            ),
            (
                &*format!("{netscape}soon\thunter2\thunter2"),
                "line 2 of the Netscape cookie file: seven fields with tabs between them are due",
            ),
            (
                &*format!("{netscape}0\thunter2\thunter2\thunter2"),
                "line 2 of the Netscape cookie file: seven fields with tabs between them are due",
            ),
            (
                r#"[{"name":"a","value":"1"},{"name":"hunter2"}]"#,
                "cookie 2 of the extension's JSON cookie file: \
              an object with the strings name, value and domain is due",
            ),
            (
                r#"{"cookies":["hunter2"]}"#,
                "cookie 1 of the Playwright storage state: \
              an object with the strings name, value and domain is due",
            ),
            (
                r#"[{"name":"hunter2","#,
                "line 1, column 19 of the cookie file: broken JSON",
            ),
            (
                "a=1; hunter2",
                "cookie 2 of the Cookie header: name=value is due",
            ),
        ] {
            assert_eq!(said(text), message);
        }
        for text in [
            r#"{"hunter2":1}"#,
            r#"{"cookies":"hunter2"}"#,
            "hunter2!",
            "hun\nter2",
        ] {
            let error = read(text.as_bytes()).expect_err(text);
            assert_eq!(error, CookieFileError::Unknown);
            assert!(!error.to_string().contains("hunter2"));
        }
        let big = vec![b'a'; super::LARGEST + 1];
        assert_eq!(read(&big), Err(CookieFileError::TooLarge));
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged(bytes in any::<Vec<u8>>()) {
            let _ = read(&bytes);
        }
    }
}
