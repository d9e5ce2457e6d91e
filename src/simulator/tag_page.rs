//! The hashtag's page: the site's shell with its data and its script, and the pages around it.
//!
//! In a browser the script fetches the feed as the reader scrolls; a plain client reads the data.

use serde_json::{Value, json};

use super::dice::hash;

/// Whether the hashtag's page holds its look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Info {
    /// One page in two, by name: the site was seen to serve both.
    ByName,
    Inlined,
    Left,
    /// The page says there is no such hashtag.
    NoSuchTag,
}

/// What is in the page's body.
const BODY: &str = include_str!("moulds/tag_page.html.in");

/// The page of a hashtag; `info` is its look-up, for the pages that hold it. With `worker` its
/// script fetches the feed through a service worker.
pub(crate) fn tag_page(tag: &str, kind: Info, worker: bool, info: &Value) -> String {
    let inlined = match kind {
        Info::NoSuchTag => return notice("Couldn’t find this hashtag"),
        Info::Inlined => true,
        Info::Left => false,
        Info::ByName => hash(tag) & 1 == 0,
    };
    let mut scope = json!({
        "webapp.app-context": {
            "language": "en", "region": "US", "appId": 1233, "user": null, "odinId": wid("odin"), "wid": wid(tag),
            "webIdCreatedTime": "1790000000", "csrfToken": "simulated", "botType": "others",
        },
        "webapp.biz-context": {"os": "windows", "browser": "chrome", "geoCity": {"City": "Springfield"}, "idc": "maliva", "vgeo": "VGeo-ROW"},
        "webapp.i18n-translation": {},
        "seo.abtest": {"canonical": format!("https://www.tiktok.com/tag/{tag}"), "vidList": []},
    });
    if inlined {
        scope["webapp.challenge-detail"] = json!({
            "challengeInfo": info, "statusCode": 0, "statusMsg": "",
            "shareMeta": {"title": format!("#{tag} | TikTok"), "desc": ""},
        });
    }
    let blob = json!({"__DEFAULT_SCOPE__": scope})
        .to_string()
        .replace('/', "\\u002F");
    let worker = if worker { "/sw.js" } else { "" };
    // The blob goes in last, as it may hold any text.
    shell(
        &BODY
            .replace("<<worker>>", worker)
            .replace("<<blob>>", &blob),
    )
}

/// What is left when a login is asked for.
pub(crate) fn login_page() -> String {
    notice(r#"<div id="loginContainer">Log in to TikTok</div>"#)
}

/// Where those are led whose country has no site.
pub(crate) fn abroad_page() -> String {
    notice("TikTok is not available in your region")
}

/// 19 digits, the first not 0.
fn wid(text: &str) -> String {
    (7_000_000_000_000_000_000 + hash(text) % 600_000_000_000_000_000).to_string()
}

fn notice(words: &str) -> String {
    shell(&format!(r#"<div id="app">{words}</div>"#))
}

fn shell(body: &str) -> String {
    format!(
        r#"<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>TikTok - Make Your Day</title></head><body>{body}</body></html>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(page: &str) -> Value {
        let (_, rest) = page
            .split_once("__UNIVERSAL_DATA_FOR_REHYDRATION__")
            .unwrap();
        let (_, rest) = rest.split_once('>').unwrap();
        let blob: Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
        blob["__DEFAULT_SCOPE__"].clone()
    }

    #[test]
    fn a_page_holds_its_look_up_or_not() {
        let info = json!({"challenge": {"id": "1", "title": "a/b</script>"}});
        let with = scope(&tag_page("cats", Info::Inlined, false, &info));
        assert_eq!(with["webapp.challenge-detail"]["challengeInfo"], info);
        let without = scope(&tag_page("cats", Info::Left, false, &info));
        assert!(without.get("webapp.challenge-detail").is_none());
        assert_eq!(
            without["webapp.app-context"]["wid"].as_str().unwrap().len(),
            19
        );
    }

    #[test]
    fn plain_names_come_both_ways() {
        let inlined = (0..20).filter(|n| {
            scope(&tag_page(
                &format!("n{n}"),
                Info::ByName,
                false,
                &Value::Null,
            ))
            .get("webapp.challenge-detail")
            .is_some()
        });
        assert!((1..20).contains(&inlined.count()));
    }
}
