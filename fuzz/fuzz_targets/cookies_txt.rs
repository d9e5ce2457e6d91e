//! Cookie files and `Set-Cookie`: nothing of a value in an error, nothing to a foreign site, no
//! header that breaks a request, and no more than a jar holds.

#![no_main]

use http::HeaderValue;
use libfuzzer_sys::fuzz_target;
use tiktok_hashtag::source::{Jar, Secret};
use url::Url;

/// Stands in the file wherever the bytes have a `~`; nothing of ours says it.
const CANARY: &str = "canary7Q";
const MOST: usize = 64;
const MOST_BYTES: usize = 16 << 10;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (file, set) = text.split_once("\n--\n").unwrap_or((&text, ""));
    let planted = file.replace('~', CANARY);
    let loaded = Jar::load(planted.as_bytes());
    let said = format!("{loaded:?}")
        + &loaded
            .as_ref()
            .map_or_else(ToString::to_string, |_| String::new());
    assert!(!said.contains(CANARY), "{said}");
    assert!(!format!("{:?}", Secret::new(planted.clone())).contains(CANARY));
    let Ok(mut jar) = loaded else { return };
    let site = url("https://www.tiktok.com/tag/x");
    let fresh = sendable(&jar, &site);
    if is_of_one_site(&planted) {
        assert_eq!(
            jar.header_for(&url("https://tiktok.com.example.org/")),
            None
        );
        assert_eq!(jar.header_for(&url("http://127.0.0.1:1/")), None);
    }
    jar.absorb(&site, set.lines());
    let after = sendable(&jar, &site);
    let names = after.iter().flat_map(|it| it.split("; "));
    assert!(names.count() <= MOST && after.map_or(0, |it| it.len()) <= MOST_BYTES + 3 * MOST);
    jar.drop_anonymous();
    assert_eq!(jar.header_for(&site), fresh);
});

/// A header or a lone token names no domain: it is the site's.
fn is_of_one_site(file: &str) -> bool {
    !file.contains(['\t', '{', '['])
}

fn sendable(jar: &Jar, site: &Url) -> Option<String> {
    let header = jar.header_for(site)?;
    assert!(HeaderValue::from_str(&header).is_ok(), "{header:?}");
    Some(header)
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}
