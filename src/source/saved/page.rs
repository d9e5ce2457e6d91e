//! Saved pages: their data scripts go to the finder; a page without any is told by its text.

use std::io;

use serde_json::value::RawValue;

use super::PAGE_LIMIT;
use super::find::Finder;
use super::input::{Input, Taken};
use super::what::What;
use crate::source::blob::{FRONTITY, UNIVERSAL, script};
use crate::source::walk;

/// The scripts that may carry videos, today's first. Mobile share pages of 2026 have theirs in
/// `api-data` when the universal blob has none.
const SCRIPTS: [&str; 6] = [
    UNIVERSAL,
    "api-data",
    "SIGI_STATE",
    "sigi-persisted-data",
    "__NEXT_DATA__",
    FRONTITY,
];

/// Texts of captcha pages.
const CAPTCHA: [&str; 8] = [
    "<title>Security Check</title>",
    "tiktok-verify-page",
    "captcha_container",
    "captcha_verify",
    "captcha-verify",
    "secsdk-captcha",
    "Verify to continue",
    "Drag the slider",
];

/// Reads a whole page and hands its items over.
pub(super) fn read(input: &mut Input<'_>, finder: &mut Finder<'_>) -> io::Result<()> {
    let mut bytes = Vec::new();
    if input.rest(&mut bytes, PAGE_LIMIT)? == Taken::Over {
        finder.note(What::TooLarge(PAGE_LIMIT >> 20));
        return Ok(());
    }
    let html = String::from_utf8_lossy(&bytes);
    let mut best = None;
    for id in SCRIPTS {
        if let Some(text) = script(&html, id) {
            let what = match data(text) {
                Some(json) => finder.page(json),
                None => Some(What::Broken),
            };
            let what = what.unwrap_or(What::ShellWithoutVideos);
            best = Some(what.min(best.unwrap_or(What::ShellWithoutVideos)));
        }
        if finder.items() > 0 {
            return Ok(());
        }
    }
    finder.note(best.unwrap_or_else(|| name(&html)));
    Ok(())
}

/// The JSON of a script: all of it, or the first value assigned in it.
fn data(script: &str) -> Option<&RawValue> {
    walk::parse(script).or_else(|| {
        let (_, assigned) = script.split_once('=')?;
        let mut values = serde_json::Deserializer::from_str(assigned).into_iter();
        values.next()?.ok()
    })
}

/// What a page without a data script is.
fn name(html: &str) -> What {
    let has = |text: &str| html.contains(text);
    if SCRIPTS.iter().any(|id| has(&format!("id=\"{id}\""))) {
        What::Cut
    } else if CAPTCHA.iter().any(|text| has(text)) {
        What::Captcha
    } else if has("Please wait") && has("id=\"wci\"") {
        What::Challenge
    } else if has("Access Denied") {
        What::Denied
    } else if has("Couldn't find this hashtag") || has("Couldn\u{2019}t find this hashtag") {
        What::NotFound
    } else if has("tiktok") || has("TikTok") {
        What::LoginShell
    } else {
        What::Html
    }
}
