//! Cookies in the form browsers take them over the DevTools protocol.

use cookie_store::{Cookie, CookieDomain, CookieExpiration};
use serde_json::{Value, json};

/// A cookie as `Network.setCookies` of the DevTools protocol takes it.
pub(super) fn cookie(cookie: &Cookie<'static>) -> Value {
    let path: &str = &cookie.path;
    let secure = cookie.secure().unwrap_or(false);
    let mut given = json!({
        "name": cookie.name(), "value": cookie.value(), "path": path, "secure": secure,
    });
    match &cookie.domain {
        CookieDomain::Suffix(domain) => given["domain"] = format!(".{domain}").into(),
        domain => {
            let scheme = if secure { "https" } else { "http" };
            let host = String::from(domain);
            given["url"] = format!("{scheme}://{host}/").into();
        }
    }
    if let CookieExpiration::AtUtc(at) = &cookie.expires {
        given["expires"] = at.unix_timestamp().into();
    }
    given
}

#[cfg(test)]
mod tests {
    use crate::source::Jar;
    use serde_json::json;

    #[test]
    fn each_keeps_its_domain_and_its_end() {
        let file = ".tiktok.com\tTRUE\t/\tTRUE\t4000000000\todin\tone\n\
                    www.tiktok.com\tFALSE\t/\tTRUE\t0\tbare\ttwo\n";
        let cookies = Jar::load(file.as_bytes()).unwrap().for_browsers();
        let wide = json!({
            "name": "odin", "value": "one", "path": "/", "secure": true,
            "domain": ".tiktok.com", "expires": 4_000_000_000_i64
        });
        let narrow = json!({
            "name": "bare", "value": "two", "path": "/", "secure": true,
            "url": "https://www.tiktok.com/"
        });
        assert!(cookies.contains(&wide), "{cookies:?}");
        assert!(cookies.contains(&narrow), "{cookies:?}");
    }
}
