//! Cookies as JSON: a browser extension's array, and Playwright's storage state around one.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::file::{CookieFileError, Format, Place};
use super::user::{HOME, UserCookie, expiry};

/// The array in Playwright's `storage_state.json`.
pub(super) fn read_state(text: &str) -> Result<Vec<UserCookie>, CookieFileError> {
    let state: StorageState = serde_json::from_str(text).map_err(|e| broken(&e))?;
    read(Format::Playwright, state.cookies.get())
}

/// Playwright's file; its `origins` (local storage) are nothing of ours.
#[derive(Deserialize)]
struct StorageState<'a> {
    #[serde(borrow)]
    cookies: &'a RawValue,
}

/// A cookie as browser extensions, Playwright and Selenium write it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonCookie {
    name: String,
    value: String,
    domain: Option<String>,
    host_only: Option<bool>,
    path: Option<String>,
    secure: Option<bool>,
    /// Epoch seconds, mostly with a fraction; -1 or absent for a cookie of the session.
    #[serde(alias = "expires", alias = "expiry")]
    expiration_date: Option<Expiry>,
}

/// An expiry; what is no number is taken for the end of the session.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expiry {
    Seconds(f64),
    Other(IgnoredAny),
}

/// An array of cookies.
pub(super) fn read(format: Format, text: &str) -> Result<Vec<UserCookie>, CookieFileError> {
    let entries: Vec<&RawValue> = serde_json::from_str(text).map_err(|e| broken(&e))?;
    let cookies = entries.into_iter().enumerate().map(|(at, entry)| {
        let place = Place { format, at: at + 1 };
        let rule = "an object with the strings name, value and domain is due";
        serde_json::from_str(entry.get())
            .map(|cookie| json_cookie(cookie, place))
            .map_err(|_| CookieFileError::Cookie { place, rule })
    });
    cookies.collect()
}

fn json_cookie(cookie: JsonCookie, place: Place) -> UserCookie {
    let domain = cookie.domain.as_deref().unwrap_or(HOME);
    let expires = match cookie.expiration_date {
        Some(Expiry::Seconds(seconds)) => expiry(seconds),
        Some(Expiry::Other(IgnoredAny)) | None => None,
    };
    UserCookie {
        host_only: cookie.host_only.unwrap_or(false),
        domain: UserCookie::bare_domain(domain),
        name: cookie.name,
        value: cookie.value.into(),
        path: cookie.path.unwrap_or_else(|| "/".to_owned()),
        secure: cookie.secure.unwrap_or(false),
        expires,
        place,
    }
}

/// Where the JSON breaks off. serde's own message may quote a value, so it is left out.
fn broken(error: &serde_json::Error) -> CookieFileError {
    if error.is_data() {
        return CookieFileError::Unknown;
    }
    CookieFileError::Json {
        line: error.line(),
        column: error.column(),
    }
}

#[cfg(test)]
mod tests {
    use crate::source::cookies::file::tests::lines;

    #[test]
    fn json_of_extensions_and_playwright_is_read() {
        let array = r#"[
            {"name":"a","value":"1","domain":".tiktok.com","path":"/x","secure":true,
             "httpOnly":true,"hostOnly":false,"expirationDate":4102444800.5,"sameSite":"lax"},
            {"name":"b","value":"2","domain":"www.tiktok.com","hostOnly":true,"session":true},
            {"name":"c","value":"3","expires":-1},
            {"name":"d","value":"4","domain":null,"expires":"Session"},
            {"name":"e","value":"5","expiry":4102444800}
        ]"#;
        let cookies = [
            "a=1 tiktok.com /x secure 4102444800",
            "b=2 www.tiktok.com / host",
            "c=3 tiktok.com /",
            "d=4 tiktok.com /",
            "e=5 tiktok.com / 4102444800",
        ];
        assert_eq!(lines(array), cookies);
        let state = format!(r#"{{"origins":[{{"localStorage":[]}}],"cookies":{array}}}"#);
        assert_eq!(lines(&state), cookies);
    }
}
