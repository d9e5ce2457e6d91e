//! Names of hashtags and links to them: what is one prints as one, and a refusal is one safe line.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tiktok_hashtag::input::{Ask, Batch, HashtagName, TagUrl, Target, tag_of};
use tiktok_hashtag_fuzz::is_plain;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    match text.parse::<HashtagName>() {
        Ok(name) => is_a_name(&name),
        Err(error) => is_plain(&error.to_string()),
    }
    match text.parse::<TagUrl>() {
        Ok(link) => leads_there(&link),
        Err(error) => is_plain(&error.to_string()),
    }
    if let Err(error) = text.parse::<Ask>() {
        is_plain(&error.to_string());
    }
    let _ = Batch::read(bytes);
});

fn is_a_name(name: &HashtagName) {
    let text = name.to_string();
    is_plain(&text);
    assert!((1..=150).contains(&text.chars().count()), "{text:?}");
    assert!(name.matches(&text));
    assert_eq!(text.parse().as_ref(), Ok(name));
    assert_eq!(format!("#{text}").parse().as_ref(), Ok(name));
    assert_eq!(name.encoded().parse().as_ref(), Ok(name));
    let link = format!("https://www.tiktok.com/tag/{}?lang=en", name.encoded());
    assert_eq!(tag_of(&link).as_ref(), Some(name), "{link}");
}

fn leads_there(link: &TagUrl) {
    assert_eq!(link.to_string().parse().as_ref(), Ok(link));
    match link.target() {
        Target::Tag(name) => is_a_name(name),
        Target::ShortLink(url) => {
            let text = url.as_str();
            assert_eq!(
                (url.scheme(), url.query(), url.fragment()),
                ("https", None, None)
            );
            assert_eq!(
                text.parse::<TagUrl>()
                    .map(|it| it.target().clone())
                    .as_ref(),
                Ok(link.target())
            );
        }
    }
}
