//! What a file, line or page without videos is, said in one line for people. Telling which it is
//! is the work of `clue` and `page`.

use std::fmt;

/// Something that holds no videos. The order is that of usefulness: of several things in one
/// file the first is the one to tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum What {
    /// A captcha page, or the JSON the site sends in its stead.
    Captcha,
    /// A feed's answer in a recording that was saved without content.
    NoContent,
    /// A feed's answer with nothing in it, or the page's shell: the site's refusal.
    Refused,
    /// A recording without any answer of a hashtag's feed.
    NoFeed,
    /// A browser's HAR recording inside another file.
    Har,
    /// An answer that tells of an error.
    ApiError {
        /// The site's (or gateway's) code.
        code: i64,
        /// Its own words, cleaned for a terminal; often empty.
        message: String,
    },
    /// A recorded answer with an HTTP status other than success.
    Status(u16),
    /// A recorded request to which no answer came.
    Unanswered,
    /// Rows of the official Research API.
    Research,
    /// The export of another tool, by that tool's name.
    Dataset(&'static str),
    /// A hashtag's own totals, or its page, without its videos.
    HashtagTotals,
    /// A list of hashtags.
    Hashtags,
    /// Comments under a video.
    Comments,
    /// An entry recorded on another platform than TikTok.
    OtherPlatform,
    /// A JavaScript challenge ("Please wait...").
    Challenge,
    /// A refusal of the content delivery network.
    Denied,
    /// A page that says that there is no such hashtag or video.
    NotFound,
    /// A page's data in which no video is.
    ShellWithoutVideos,
    /// A page of the site without any data: a login wall or an empty app shell.
    LoginShell,
    /// JSON or a page that ends in the middle.
    Cut,
    /// Something larger than may be held in memory; the limit in MiB.
    TooLarge(usize),
    /// More answers of feeds than one recording may have.
    TooMany(usize),
    /// JSON nested more than 128 levels.
    TooDeep,
    /// Something that begins like JSON and is none.
    Broken,
    /// An item list without entries.
    EmptyList,
    /// Other JSON.
    Json,
    /// Other HTML.
    Html,
    /// Neither JSON nor HTML.
    NeitherJsonNorHtml,
    /// Packed in a way that is not read here.
    Packed(&'static str),
    /// Text in UTF-16.
    Utf16,
    /// Nothing at all.
    Empty,
}

impl What {
    /// Whether something was lost: it ought to have been readable.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        use What::{Broken, Cut, TooDeep, TooLarge, TooMany};
        matches!(self, Cut | TooLarge(_) | TooMany(_) | TooDeep | Broken)
    }

    /// An error answer, its message made fit for a terminal.
    pub(super) fn error(code: i64, message: &str) -> Self {
        let fits = |c: char| {
            !c.is_control() && !matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let message = message.chars().take(200);
        Self::ApiError {
            code,
            message: message.map(|c| if fits(c) { c } else { ' ' }).collect(),
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::ApiError { code, message } => return error(f, *code, message),
            Self::Dataset(tool) => {
                return write!(
                    f,
                    "a data set of {tool}, in its own shape; import what TikTok itself sent"
                );
            }
            Self::TooLarge(limit) => {
                return write!(
                    f,
                    "over the limit of {limit} MiB; split it, one answer a line"
                );
            }
            Self::TooMany(limit) => {
                return write!(
                    f,
                    "over the limit of {limit} feed answers; record less in one HAR"
                );
            }
            Self::Status(status) => {
                return write!(
                    f,
                    "an answer with HTTP status {status}; record again once the page shows videos"
                );
            }
            Self::Packed(packing) => return write!(f, "packed with {packing}; unpack it first"),
            Self::Captcha => {
                "a captcha page, no answer; pass the check in a browser and save again"
            }
            Self::NoContent => {
                "a feed answer without content; export again with content, with DevTools open from the start"
            }
            Self::Refused => {
                "an empty feed answer, the site's refusal; record again in a browser that shows the videos"
            }
            Self::NoFeed => {
                "no answer of a hashtag's feed in this HAR; open DevTools, load the hashtag's page, scroll and export again"
            }
            Self::Har => "a HAR inside another file; import it as a file of its own",
            Self::Unanswered => "a request without an answer; record again and wait for it",
            Self::Research => "an answer of the Research API, which has no video data to import",
            Self::Hashtags => {
                "a list of hashtags, not of videos; save a hashtag's item_list answers"
            }
            Self::HashtagTotals => {
                "a hashtag's totals without its videos; save its item_list answers as well"
            }
            Self::Comments => "comments, not videos; save the answers that list videos",
            Self::OtherPlatform => "entries of another platform than TikTok; nothing to import",
            Self::Challenge => {
                "a JavaScript challenge, no answer; save again once the page shows videos"
            }
            Self::Denied => {
                "a refusal of TikTok's network (Access Denied); save again from elsewhere"
            }
            Self::NotFound => "a page that knows no such hashtag or video; check the name",
            Self::ShellWithoutVideos => {
                "a page's data without any video; save again once the page shows videos, or its item_list answers"
            }
            Self::LoginShell => {
                "a page without data (login wall or empty shell); log in, let it load and save again"
            }
            Self::Cut => "cut off in the middle; save it again",
            Self::TooDeep => "nested deeper than the limit of 128 levels; nothing of TikTok's is",
            Self::Broken => "no valid JSON; save it again, unedited",
            Self::EmptyList => "an item list without videos; save a page that shows some",
            Self::Json => "JSON in which no video was found; import answers that list videos",
            Self::Html => "an HTML page without TikTok's data; save the page on tiktok.com itself",
            Self::NeitherJsonNorHtml => "neither JSON nor HTML; import saved answers or pages",
            Self::Utf16 => "text in UTF-16; convert it to UTF-8 first",
            Self::Empty => "empty; save the answer again",
        };
        f.write_str(text)
    }
}

fn error(f: &mut fmt::Formatter<'_>, code: i64, message: &str) -> fmt::Result {
    write!(f, "an error answer: code {code}")?;
    if let Some(meaning) = meaning(code) {
        write!(f, " ({meaning})")?;
    }
    if !message.trim().is_empty() {
        write!(f, ", \"{}\"", message.trim())?;
    }
    f.write_str("; save an answer that worked")
}

/// What the site's own codes mean, as its page scripts name them.
fn meaning(code: i64) -> Option<&'static str> {
    Some(match code {
        8 | 10102 | 22000 | 209_002 => "a login is wanted",
        10101 => "a fault of the server",
        10113 | 10114 => "taken for a robot",
        10201 => "a parameter was not accepted",
        10202 | 10221 | 100_002 => "no such account",
        10204 => "no such video, or not to be seen from here",
        10205 => "no such hashtag",
        10209 | 10211 | 10212 => "the hashtag is blocked",
        10213 | 10214 => "only for adults",
        10215 | 10217 | 10220 | 10227..=10230 => "the video is not shown",
        10216 | 10222 => "private",
        10231 => "not shown in this country",
        10404 => "the feed goes no deeper",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_says_what_it_is_and_what_to_do_on_one_line() {
        let all = [
            What::Captcha,
            What::NoContent,
            What::Refused,
            What::NoFeed,
            What::Har,
            What::error(10204, "gone"),
            What::Status(403),
            What::Unanswered,
            What::Research,
            What::Dataset("some-tool"),
            What::HashtagTotals,
            What::Hashtags,
            What::Comments,
            What::OtherPlatform,
            What::Challenge,
            What::Denied,
            What::NotFound,
            What::ShellWithoutVideos,
            What::LoginShell,
            What::Cut,
            What::TooLarge(16),
            What::TooMany(50_000),
            What::TooDeep,
            What::Broken,
            What::EmptyList,
            What::Json,
            What::Html,
            What::NeitherJsonNorHtml,
            What::Packed("zip"),
            What::Utf16,
            What::Empty,
        ];
        for what in &all {
            let said = what.to_string();
            assert!(said.contains("; ") || said.contains(", "), "{said}");
            assert!(!said.contains('\n') && said.len() < 300, "{said}");
        }
        assert!(all.is_sorted(), "the list above follows the enum");
    }

    #[test]
    fn an_error_is_told_with_code_meaning_and_cleaned_words() {
        let said = What::error(10204, "\u{1b}[31mgone\u{202e}\n").to_string();
        assert_eq!(
            said,
            "an error answer: code 10204 (no such video, or not to be seen from here), \"[31mgone\"; \
             save an answer that worked"
        );
        let bare = What::error(77, "").to_string();
        assert_eq!(bare, "an error answer: code 77; save an answer that worked");
    }
}
