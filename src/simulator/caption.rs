//! Captions: invented texts in several scripts, with the tags they name.
//!
//! Emoji stand before tags on purpose: `textExtra` counts UTF-16 code units, which then differ
//! from bytes and from characters. Written right to left too.

use super::dice::Dice;

/// A caption before the feed's own tag is put in.
#[derive(Debug)]
pub(crate) struct Caption {
    pub(crate) language: &'static str,
    words: &'static [Word],
}

#[derive(Debug)]
enum Word {
    Text(&'static str),
    /// The tag of the feed.
    Own,
    Tag(&'static str),
    Mention(&'static str),
}

/// A caption as an item carries it.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) spans: Vec<Span>,
}

/// A tag or a mention in a caption, in UTF-16 code units, end exclusive, `#` and `@` included.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Without its `#`; empty for a mention.
    pub(crate) tag: String,
}

impl Caption {
    /// A caption that names the feed's tag, or one that names none.
    pub(crate) fn draw(dice: &mut Dice, tagged: bool) -> &'static Self {
        dice.pick(if tagged { TAGGED } else { PLAIN })
    }

    pub(crate) fn write(&self, own: &str) -> Written {
        let mut written = Written::default();
        let mut at = 0;
        for word in self.words {
            let (text, tag) = match *word {
                Word::Text(text) => (text.to_owned(), None),
                Word::Own => (format!("#{own}"), Some(own)),
                Word::Tag(tag) => (format!("#{tag}"), Some(tag)),
                Word::Mention(handle) => (format!("@{handle}"), Some("")),
            };
            let end = at + text.encode_utf16().count();
            written.spans.extend(tag.map(|tag| Span {
                start: at,
                end,
                tag: tag.to_owned(),
            }));
            written.text.push_str(&text);
            at = end;
        }
        written
    }
}

use Word::{Mention, Own, Tag, Text};

const TAGGED: &[Caption] = &[
    Caption {
        language: "en",
        words: &[
            Text("rainy window, warm tea 🍵✨ "),
            Own,
            Text(" "),
            Tag("slowmorning"),
        ],
    },
    Caption {
        language: "en",
        words: &[Text("day 12 of fixing this old bike 🚲🔧 "), Own],
    },
    Caption {
        language: "es",
        words: &[
            Text("¡no puedo creer que salió bien! 😭🎉 "),
            Own,
            Text(" "),
            Tag("recetafácil"),
        ],
    },
    Caption {
        language: "ar",
        words: &[
            Text("صباح الخير من الشرفة ☀️🌿 "),
            Own,
            Text(" "),
            Tag("قهوة"),
        ],
    },
    Caption {
        language: "he",
        words: &[Text("סוף סוף שקט 🌙 "), Own],
    },
    Caption {
        language: "ja",
        words: &[
            Text("雨の日のパン作り🍞🌧️"),
            Own,
            Text(" "),
            Tag("おうち時間"),
        ],
    },
    Caption {
        language: "vi",
        words: &[
            Text("bữa cơm chiều nay có gì 🍲 "),
            Own,
            Text(" "),
            Tag("nấuăn"),
        ],
    },
    Caption {
        language: "en",
        words: &[Own, Text(" who else does this?? 👀👇")],
    },
    Caption {
        language: "de",
        words: &[
            Text("Grüße aus dem Garten 🌻👨‍👩‍👧 "),
            Own,
            Text(" "),
            Tag("garten"),
        ],
    },
    Caption {
        language: "ru",
        words: &[Text("утро на кухне ☕️ "), Own, Text(" "), Tag("утро")],
    },
    Caption {
        language: "en",
        words: &[
            Text("with "),
            Mention("teal.kettle"),
            Text(" again 🫶🏽 "),
            Own,
            Text("\nsave this for later \"maybe\""),
        ],
    },
    Caption {
        language: "zh-Hans",
        words: &[Text("今天的晚霞太美了🌇"), Own, Text(" "), Tag("日落")],
    },
    Caption {
        language: "th",
        words: &[Text("ทำง่ายมาก ลองดู 😋 "), Own],
    },
    Caption {
        language: "un",
        words: &[Text("🔥🔥🔥 "), Own, Text(" "), Tag("fypシ")],
    },
    Caption {
        language: "pt",
        words: &[Text("ninguém me avisou 🤡 "), Own, Text(" "), Tag("humor")],
    },
    Caption {
        language: "hi",
        words: &[Text("छत पर बारिश 🌧️ "), Own],
    },
];

const PLAIN: &[Caption] = &[
    Caption {
        language: "un",
        words: &[],
    },
    Caption {
        language: "en",
        words: &[Text("no words needed 🫠")],
    },
    Caption {
        language: "fa",
        words: &[Text("شب آرام 🌌")],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_count_utf16_code_units() {
        let caption = &TAGGED[0];
        let written = caption.write("viral");
        assert_eq!(
            written.text,
            "rainy window, warm tea 🍵✨ #viral #slowmorning"
        );
        // 23 letters and signs, two units for the cup, one for the sparkles, one space.
        assert_eq!(
            written.spans[0],
            Span {
                start: 27,
                end: 33,
                tag: "viral".to_owned()
            }
        );
        assert_eq!((written.spans[1].start, written.spans[1].end), (34, 46));
    }

    #[test]
    fn captions_have_right_to_left_text_and_mentions() {
        assert!(TAGGED.iter().any(|caption| caption.language == "ar"));
        let mention = TAGGED
            .iter()
            .map(|caption| caption.write("x"))
            .find(|written| written.text.contains('@'));
        assert_eq!(mention.unwrap().spans[0].tag, "");
    }
}
