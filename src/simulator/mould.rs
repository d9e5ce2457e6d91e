//! Moulds: the shapes of item the feed is cast from, cut into pieces once.
//!
//! Each is put together from the text in `moulds/`, where `<<name>>` is either a part chosen here
//! or a [`Slot`] that differs from item to item. Casting is then copying text between slots.

use std::sync::LazyLock;

use super::slot::Slot;

/// One piece of a mould.
#[derive(Debug)]
pub(crate) enum Piece {
    Text(Box<str>),
    Slot(Slot),
}

/// One shape of item.
#[derive(Debug)]
pub(crate) struct Mould {
    pub(crate) pieces: Vec<Piece>,
    /// Whether the caption may name tags.
    pub(crate) tagged: bool,
}

/// All shapes; the more common ones stand here more than once.
pub(crate) static MOULDS: LazyLock<Vec<Mould>> = LazyLock::new(|| {
    let video = Shape::default();
    let shapes = [
        Shape {
            rates: 6,
            captions: 2,
            ..video
        },
        Shape { rates: 4, ..video },
        Shape {
            rates: 5,
            music: ALBUM,
            sizes_as_text: true,
            ..video
        },
        Shape { photos: 4, ..video },
        Shape {
            rates: 3,
            music: "",
            stats_v2: false,
            download: false,
            ..video
        },
        Shape {
            rates: 8,
            captions: 6,
            verified: true,
            ..video
        },
        Shape {
            rates: 4,
            challenges: false,
            ..video
        },
        Shape {
            rates: 5,
            music: ALBUM,
            captions: 1,
            ..video
        },
        Shape {
            rates: 2,
            tagged: false,
            challenges: false,
            stats_v2: false,
            ..video
        },
        Shape {
            photos: 9,
            music: ALBUM,
            ..video
        },
    ];
    shapes.iter().map(Shape::cut).collect()
});

const ITEM: &str = include_str!("moulds/item.json.in");
const AUTHOR_STATS_V2: &str = include_str!("moulds/author_stats_v2.json.in");
const STATS_V2: &str = include_str!("moulds/stats_v2.json.in");
const MUSIC: &str = include_str!("moulds/music.json.in");
const ALBUM: &str = include_str!("moulds/album.json.in");
const VIDEO: &str = include_str!("moulds/video.json.in");
const DOWNLOAD: &str = include_str!("moulds/download_addr.json.in");
const RATE: &str = include_str!("moulds/rate.json.in");
const CAPTIONS: &str = include_str!("moulds/captions.json.in");
const SUBTITLE: &str = include_str!("moulds/subtitle.json.in");
const PHOTO: &str = include_str!("moulds/photo.json.in");
const IMAGE: &str = include_str!("moulds/image.json.in");
const STILL: &str = include_str!("moulds/still.json.in");

/// gear, codec, name in `UrlKey`, bits a second, width, height, quality
const RATES: [(&str, &str, &str, u32, u32, u32, u32); 8] = [
    (
        "normal_540_0",
        "h264",
        "h264_540p",
        1_134_957,
        576,
        1024,
        20,
    ),
    (
        "adapt_lower_720_1",
        "h265_hvc1",
        "bytevc1_720p",
        839_408,
        720,
        1280,
        14,
    ),
    (
        "adapt_540_1",
        "h265_hvc1",
        "bytevc1_540p",
        609_951,
        576,
        1024,
        28,
    ),
    ("lower_540_0", "h264", "h264_540p", 509_310, 576, 1024, 24),
    (
        "lowest_540_1",
        "h265_hvc1",
        "bytevc1_540p",
        301_204,
        576,
        1024,
        25,
    ),
    (
        "lowest_360_1",
        "h265_hvc1",
        "bytevc1_360p",
        221_870,
        360,
        640,
        31,
    ),
    (
        "adapt_1080_1",
        "h265_hvc1",
        "bytevc1_1080p",
        1_420_118,
        1080,
        1920,
        2,
    ),
    ("lowest_240_1", "h264", "h264_240p", 120_552, 240, 426, 33),
];

/// code, id, source
const CAPTION_LANGUAGES: [(&str, &str, &str); 6] = [
    ("eng-US", "2", "ASR"),
    ("spa-ES", "9", "MT"),
    ("ara-SA", "19", "MT"),
    ("jpn-JP", "3", "MT"),
    ("deu-DE", "10", "MT"),
    ("vie-VN", "13", "MT"),
];

/// What a mould is made of.
#[derive(Debug, Clone, Copy)]
struct Shape {
    /// Entries of `bitrateInfo`; at most as many as [`RATES`].
    rates: usize,
    /// Pictures of a photo post; 0 makes a video.
    photos: usize,
    captions: usize,
    music: &'static str,
    stats_v2: bool,
    challenges: bool,
    tagged: bool,
    download: bool,
    verified: bool,
    /// `DataSize` came as an integer in some captured answers and as text in others.
    sizes_as_text: bool,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            rates: 0,
            photos: 0,
            captions: 0,
            music: MUSIC,
            stats_v2: true,
            challenges: true,
            tagged: true,
            download: true,
            verified: false,
            sizes_as_text: false,
        }
    }
}

impl Shape {
    fn cut(&self) -> Mould {
        let when = |wanted: bool, part: &'static str| if wanted { part } else { "" };
        let text = put(
            ITEM,
            &[
                ("author_stats_v2", when(self.stats_v2, AUTHOR_STATS_V2)),
                ("stats_v2", when(self.stats_v2, STATS_V2)),
                ("music_part", self.music),
                (
                    "challenges_part",
                    when(self.challenges, "\"challenges\":[<<challenges>>],"),
                ),
                (
                    "text_extra_part",
                    when(self.tagged, "\"textExtra\":[<<text_extra>>],"),
                ),
                ("photo_part", &self.photo()),
                ("video_part", &self.video()),
                ("verified", if self.verified { "true" } else { "false" }),
                ("download_setting", if self.download { "0" } else { "3" }),
            ],
        );
        Mould {
            pieces: pieces(&one_line(&text)),
            tagged: self.tagged,
        }
    }

    fn photo(&self) -> String {
        if self.photos == 0 {
            return String::new();
        }
        let images = vec![IMAGE; self.photos].join(",");
        put(PHOTO, &[("images", &images), ("image", IMAGE)])
    }

    fn video(&self) -> String {
        if self.photos > 0 {
            return STILL.to_owned();
        }
        let rates: Vec<String> = RATES[..self.rates].iter().map(rate).collect();
        let text = put(
            VIDEO,
            &[
                ("rates", &rates.join(",")),
                ("captions_part", &self.captions()),
                (
                    "download_addr",
                    if self.download {
                        DOWNLOAD.trim_end()
                    } else {
                        ""
                    },
                ),
            ],
        );
        put(
            &text,
            &[(
                "size",
                if self.sizes_as_text {
                    "\"<<bytes>>\""
                } else {
                    "<<bytes>>"
                },
            )],
        )
    }

    fn captions(&self) -> String {
        if self.captions == 0 {
            return String::new();
        }
        let subtitles: Vec<String> = CAPTION_LANGUAGES[..self.captions]
            .iter()
            .map(subtitle)
            .collect();
        put(CAPTIONS, &[("subtitles", &subtitles.join(","))])
    }
}

fn rate(row: &(&str, &str, &str, u32, u32, u32, u32)) -> String {
    let &(gear, codec, key, bits, width, height, quality) = row;
    put(
        RATE,
        &[
            ("gear", gear),
            ("codec", codec),
            ("key", key),
            ("bits", &bits.to_string()),
            ("width", &width.to_string()),
            ("height", &height.to_string()),
            ("quality", &quality.to_string()),
        ],
    )
}

fn subtitle(row: &(&str, &str, &str)) -> String {
    let &(code, id, source) = row;
    put(
        SUBTITLE,
        &[
            ("caption_language", code),
            ("caption_id", id),
            ("caption_source", source),
        ],
    )
}

/// Puts parts in their places.
fn put(text: &str, parts: &[(&str, &str)]) -> String {
    parts.iter().fold(text.to_owned(), |text, (name, part)| {
        text.replace(&format!("<<{name}>>"), part)
    })
}

/// The moulds are laid out for reading; the site answers on one line.
fn one_line(text: &str) -> String {
    text.lines().collect()
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (at, part) in text.split("<<").enumerate() {
        let (slot, rest) = if at == 0 {
            (None, part)
        } else {
            name_and_rest(part)
        };
        pieces.extend(slot.map(Piece::Slot));
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
    }
    pieces
}

fn name_and_rest(part: &str) -> (Option<Slot>, &str) {
    let (name, rest) = part
        .split_once(">>")
        .expect("every << of a mould is closed, which a test checks");
    (
        Some(Slot::named(name).expect("moulds name known slots only, which a test checks")),
        rest,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_of_every_mould_is_known() {
        assert!(MOULDS.iter().all(|mould| mould.pieces.len() > 50));
        for mould in MOULDS.iter() {
            for piece in &mould.pieces {
                assert!(
                    !matches!(piece, Piece::Text(text) if text.contains("<<") || text.contains('\n'))
                );
            }
        }
    }

    #[test]
    fn pieces_keep_the_order_of_the_text() {
        let pieces = pieces(r#"{"id":"<<id>>","n":<<plays_rounded>>}"#);
        let [
            Piece::Text(head),
            Piece::Slot(Slot::Id),
            _,
            Piece::Slot(Slot::Rounded(_)),
            Piece::Text(tail),
        ] = &pieces[..]
        else {
            panic!("{pieces:?}");
        };
        assert_eq!((&**head, &**tail), (r#"{"id":""#, "}"));
    }
}
