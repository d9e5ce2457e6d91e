//! Netscape's `cookies.txt`, as browsers' export tools, curl and yt-dlp write it.

use super::file::{CookieFileError, Format, Place};
use super::user::{UserCookie, expiry};
use crate::source::Secret;

/// Seven fields a line: domain, subdomains too, path, secure, expiry, name, value. A line that
/// starts `#HttpOnly_` is a cookie, every other `#` a comment.
pub(super) fn read(text: &str) -> Result<Vec<UserCookie>, CookieFileError> {
    let mut cookies = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.strip_prefix("#HttpOnly_").unwrap_or(line);
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let place = Place {
            format: Format::Netscape,
            at: at + 1,
        };
        let rule = "seven fields with tabs between them are due";
        let cookie = cookie_of(line, place);
        cookies.push(cookie.ok_or(CookieFileError::Cookie { place, rule })?);
    }
    Ok(cookies)
}

fn cookie_of(line: &str, place: Place) -> Option<UserCookie> {
    let fields: Vec<&str> = line.split('\t').collect();
    // editors that trim lines leave a cookie without a value six fields
    let (&[domain, subdomains, path, secure, expires, name], value) = match fields.as_slice() {
        [six @ .., value] if six.len() == 6 => (<&[&str; 6]>::try_from(six).ok()?, *value),
        six => (<&[&str; 6]>::try_from(six).ok()?, ""),
    };
    let dotted = domain.starts_with('.');
    let seconds = match expires {
        "" => 0.0,
        digits => digits.parse().ok()?,
    };
    Some(UserCookie {
        name: name.to_owned(),
        value: Secret::new(value),
        domain: UserCookie::bare_domain(domain),
        host_only: !dotted && subdomains.eq_ignore_ascii_case("FALSE"),
        path: path.to_owned(),
        secure: secure.eq_ignore_ascii_case("TRUE"),
        expires: expiry(seconds),
        place,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read;
    use crate::source::cookies::file::tests::lines;

    #[test]
    fn netscape_lines_are_cookies_even_behind_http_only() {
        let text = "\u{feff}# Netscape HTTP Cookie File\r\n\r\n\
            .tiktok.com\tTRUE\t/\tTRUE\t4102444800\tttwid\t1%7Cabc\r\n\
            #HttpOnly_.tiktok.com\tTRUE\t/\tFALSE\t0\tsessionid\ts3cret\r\n\
            # a comment\r\n\
            www.TikTok.com\tFALSE\t/tag\tFALSE\t1.5\todd\t\r\n\
            www.tiktok.com\tTRUE\t/\tFALSE\t\ttrimmed\r\n";
        assert_eq!(
            lines(text),
            [
                "ttwid=1%7Cabc tiktok.com / secure 4102444800",
                "sessionid=s3cret tiktok.com /",
                "odd= www.tiktok.com /tag host 1",
                "trimmed= www.tiktok.com /",
            ]
        );
        assert!(lines("# Netscape HTTP Cookie File\n").is_empty());
    }

    proptest! {
        #[test]
        fn any_netscape_line_is_judged(text in "(#HttpOnly_)?([a-z.0]{0,5}\t){4,8}[a-z]*") {
            for cookie in read(&text).unwrap_or_default() {
                let _ = cookie.broken_rule();
            }
        }
    }
}
