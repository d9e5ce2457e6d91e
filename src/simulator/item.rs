//! Items: one invented video or photo post, cast from a mould.
//!
//! Everything about an item follows from its feed's name and its place in it, so nothing is kept.

use std::io::Write as _;

use super::caption::{Caption, Written};
use super::dice::{Dice, hash};
use super::mould::{MOULDS, Mould, Piece};
use super::slot::{Count, Slot};

/// The newest a video may be: 21 September 2026, 14:13:20 UTC, in epoch seconds.
const NEWEST: u64 = 1_790_000_000;
/// The oldest lies 900 days before.
const SPAN: u64 = 900 * 86_400;
/// An odd factor and its inverse: multiplying by it shuffles 32-bit numbers without loss.
const SHUFFLE: u32 = 0x9E37_79B1;
const UNSHUFFLE: u32 = 0x0E8B_2F51;

/// One item of a feed.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    tag: &'a str,
    id: u64,
    created: u64,
    mould: &'static Mould,
    caption: &'static Caption,
    dice: Dice,
    counts: Counts,
}

#[derive(Debug)]
struct Counts {
    plays: u64,
    followers: u64,
}

impl<'a> Item<'a> {
    pub(crate) fn new(tag: &'a str, index: u32) -> Self {
        let seed = hash(tag);
        let mut dice = Dice::new(seed ^ u64::from(index).rotate_left(40));
        let created = NEWEST - dice.below(SPAN);
        // The id is minted 3 to 15 seconds before the video is out.
        let minted = created - 3 - dice.below(13);
        let mould = dice.pick(&MOULDS);
        // Few are seen by many: a random number of bits.
        let (play_bits, follower_bits) = (6 + dice.below(22), 5 + dice.below(20));
        let counts = Counts {
            plays: dice.below(1 << play_bits),
            followers: dice.below(1 << follower_bits),
        };
        Self {
            tag,
            id: minted << 32 | u64::from(shuffle(seed, index)),
            created,
            mould,
            caption: Caption::draw(&mut dice, mould.tagged),
            dice,
            counts,
        }
    }

    /// The place in the feed that an item of this id would have.
    pub(crate) fn index_of(tag: &str, id: u64) -> Option<u32> {
        let index = unshuffle(hash(tag), id);
        (Item::new(tag, index).id == id).then_some(index)
    }

    /// Adds the item's JSON to `out`, with `padding` bytes in a field nobody reads.
    pub(crate) fn write(mut self, padding: usize, out: &mut Vec<u8>) {
        let written = self.caption.write(self.tag);
        let mould = self.mould;
        for piece in &mould.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Slot(slot) => self.fill(*slot, &written, padding, out),
            }
        }
    }

    fn fill(&mut self, slot: Slot, written: &Written, padding: usize, out: &mut Vec<u8>) {
        match slot {
            Slot::Id => number(out, self.id),
            Slot::Created => number(out, self.created),
            Slot::Desc => text(out, &written.text),
            Slot::TextExtra => text_extra(out, written),
            Slot::Challenges => challenges(out, written),
            Slot::Language => out.extend_from_slice(self.caption.language.as_bytes()),
            Slot::AuthorId => number(out, self.author_id()),
            Slot::Handle => self.handle(out),
            Slot::Nickname => text(out, Dice::new(self.author_id()).pick::<&str>(NICKNAMES)),
            Slot::SecUid => token(out, &mut Dice::new(self.author_id()), 64),
            Slot::Bio => text(out, Dice::new(self.author_id() ^ 1).pick::<&str>(BIOS)),
            Slot::MusicId => number(out, self.id - (77 << 32)),
            Slot::Seconds => number(out, 5 + self.id % 170),
            Slot::Uri => self.uri(out),
            Slot::Padding => out.resize(out.len() + padding, b'.'),
            Slot::Count(count) => number(out, self.count(count)),
            Slot::Rounded(count) => number(out, rounded(self.count(count))),
            Slot::Hex => hex(out, &mut self.dice, 32),
            Slot::Hex8 => hex(out, &mut self.dice, 8),
            Slot::Token => token(out, &mut self.dice, 32),
            Slot::Bytes => number(out, 1_000_000 + self.dice.below(9_000_000)),
            Slot::Expire => number(out, NEWEST + 172_800),
            Slot::ExpireHex => {
                out.extend_from_slice(format!("{:08x}", NEWEST + 172_800).as_bytes())
            }
        }
    }

    /// Some people post more than once under a tag.
    fn author_id(&self) -> u64 {
        let person = hash(self.tag) % 1_000 + (self.id & 0xFF);
        6_800_000_000_000_000_000 + Dice::new(person).below(600_000_000_000_000_000)
    }

    fn handle(&self, out: &mut Vec<u8>) {
        let mut dice = Dice::new(self.author_id());
        let (colour, thing) = (dice.pick(COLOURS), dice.pick(THINGS));
        let dot = if dice.below(3) == 0 { "_" } else { "." };
        out.extend_from_slice([*colour, dot, *thing].concat().as_bytes());
        number(out, dice.below(1_000));
    }

    fn uri(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"v14044g5");
        hex(out, &mut Dice::new(self.id), 24);
    }

    fn count(&self, count: Count) -> u64 {
        let Counts { plays, followers } = self.counts;
        match count {
            Count::Plays => plays,
            Count::Likes => plays / 9,
            Count::Comments => plays / 310,
            Count::Shares => plays / 140,
            Count::Saves => plays / 75,
            Count::Reposts => plays / 900,
            Count::Followers => followers,
            Count::Following => followers % 1_000,
            Count::Hearts => followers * 17,
            Count::Videos => 1 + followers % 411,
            Count::AuthorLikes => followers % 5_003,
        }
    }
}

/// The low half of an id: no two places of one feed share it.
fn shuffle(seed: u64, index: u32) -> u32 {
    (index ^ low(seed)).wrapping_mul(SHUFFLE)
}

fn unshuffle(seed: u64, id: u64) -> u32 {
    low(id).wrapping_mul(UNSHUFFLE) ^ low(seed)
}

/// The low 32 bits.
fn low(word: u64) -> u32 {
    u32::try_from(word & 0xFFFF_FFFF).expect("the mask leaves 32 bits")
}

/// The numeric id of a hashtag: 16 digits, most above 2^53 as the newer ones of the site.
pub(crate) fn challenge_id(tag: &str) -> u64 {
    1_600_000_000_000_000 + hash(tag) % 8_400_000_000_000_000
}

/// What the site makes of a larger count: three digits, then zeros, as in captured `stats`.
pub(crate) fn rounded(count: u64) -> u64 {
    let unit = 10u64.pow(count.checked_ilog10().unwrap_or(0).saturating_sub(2));
    count / unit * unit
}

fn text_extra(out: &mut Vec<u8>, written: &Written) {
    for (at, span) in written.spans.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        push(
            out,
            format_args!(r#"{comma}{{"awemeId":"","end":{},"hashtagName":"#, span.end),
        );
        text(out, &span.tag);
        push(
            out,
            format_args!(r#","isCommerce":false,"start":{},"subType":0,"#, span.start),
        );
        if span.tag.is_empty() {
            push(
                out,
                format_args!(
                    r#""secUid":"MS4wLjABAAAAinvented","type":0,"userId":"6800000000000000042","userUniqueId":"teal.kettle"}}"#
                ),
            );
        } else {
            push(out, format_args!(r#""type":1}}"#));
        }
    }
}

fn challenges(out: &mut Vec<u8>, written: &Written) {
    let tags = written
        .spans
        .iter()
        .map(|span| &span.tag)
        .filter(|tag| !tag.is_empty());
    for (at, tag) in tags.enumerate() {
        let comma = if at == 0 { "" } else { "," };
        push(
            out,
            format_args!(
                r#"{comma}{{"coverLarger":"","coverMedium":"","coverThumb":"","desc":"","id":"{}","#,
                challenge_id(tag)
            ),
        );
        push(
            out,
            format_args!(r#""profileLarger":"","profileMedium":"","profileThumb":"","title":"#),
        );
        text(out, tag);
        out.push(b'}');
    }
}

fn push(out: &mut Vec<u8>, words: std::fmt::Arguments<'_>) {
    out.write_fmt(words).expect("a Vec takes every byte");
}

fn text(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("a text is always JSON and a Vec takes every byte");
}

fn number(out: &mut Vec<u8>, number: u64) {
    push(out, format_args!("{number}"));
}

/// `digits` fresh hexadecimal digits, at most 16 a throw.
fn hex(out: &mut Vec<u8>, dice: &mut Dice, digits: usize) {
    letters(out, dice, digits, b"0123456789abcdef", 4);
}

/// Fresh characters of URL-safe base64.
fn token(out: &mut Vec<u8>, dice: &mut Dice, length: usize) {
    letters(
        out,
        dice,
        length,
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        6,
    );
}

fn letters<const N: usize>(
    out: &mut Vec<u8>,
    dice: &mut Dice,
    length: usize,
    alphabet: &[u8; N],
    bits: u32,
) {
    let per_throw = 60 / bits;
    let (mut word, mut left) = (0, 0);
    out.extend((0..length).map(|_| {
        if left == 0 {
            (word, left) = (dice.next(), per_throw);
        }
        let letter = alphabet[(word % N as u64) as usize];
        word >>= bits;
        left -= 1;
        letter
    }));
}

const COLOURS: &[&str] = &[
    "teal", "amber", "quiet", "paper", "tiny", "slow", "velvet", "misty", "copper", "wobbly",
    "sunday", "pixel",
];
const THINGS: &[&str] = &[
    "kettle", "kite", "lantern", "bicycle", "otter", "balcony", "dumpling", "comet", "teapot",
    "harbour", "noodle", "fern",
];
const NICKNAMES: &[&str] = &[
    "Teal Kettle 🫖",
    "the paper kite",
    "風のたより",
    "زهرة الشرفة",
    "синий чайник",
    "Nube de Algodón ☁️",
    "quiet fern",
    "말랑 두부",
    "Tiny Harbour",
    "小茶壶日记",
    "ירח קטן",
    "Sunday Noodles \"HQ\"",
];
const BIOS: &[&str] = &[
    "",
    "small things, slowly 🌱",
    "recipes & rain\nnew video every Sunday",
    "كل يوم صورة",
    "毎日すこしずつ",
    "an invented person 🤖",
    "📩 post@balcony.example",
];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn json(tag: &str, index: u32) -> Value {
        let mut out = Vec::new();
        Item::new(tag, index).write(0, &mut out);
        serde_json::from_slice(&out)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&out)))
    }

    #[test]
    fn every_item_is_json_and_the_same_each_time() {
        for index in 0..300 {
            assert_eq!(json("viral", index), json("viral", index));
        }
        assert_ne!(json("viral", 0)["id"], json("cats", 0)["id"]);
    }

    #[test]
    fn ids_are_unique_and_hold_the_second_they_were_minted() {
        let mut ids = std::collections::HashSet::new();
        for index in 0..5_000 {
            let item = Item::new("t5000", index);
            let lag = item.created - (item.id >> 32);
            assert!((3..=15).contains(&lag), "{lag}");
            assert!(ids.insert(item.id));
        }
    }

    #[test]
    fn an_id_leads_back_to_its_place() {
        let id = Item::new("cats", 123).id;
        assert_eq!(Item::index_of("cats", id), Some(123));
        assert_eq!(Item::index_of("dogs", id), None);
        assert_eq!(Item::index_of("cats", id + 1), None);
    }

    #[test]
    fn spans_cut_their_tags_out_of_the_caption() {
        let mut tags = 0;
        for item in (0..200).map(|index| json("köln", index)) {
            let units: Vec<u16> = item["desc"].as_str().unwrap().encode_utf16().collect();
            for extra in item["textExtra"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|extra| extra["type"] == 1)
            {
                let at = |key: &str| usize::try_from(extra[key].as_u64().unwrap()).unwrap();
                let cut = String::from_utf16(&units[at("start")..at("end")]).unwrap();
                assert_eq!(cut, format!("#{}", extra["hashtagName"].as_str().unwrap()));
                tags += 1;
            }
        }
        assert!(tags > 200, "{tags}");
    }

    #[test]
    fn a_feed_has_every_kind_of_item() {
        let items: Vec<Value> = (0..300).map(|index| json("viral", index)).collect();
        let count = |has: &dyn Fn(&Value) -> bool| items.iter().filter(|item| has(item)).count();
        assert!(
            count(&|item| item["imagePost"].is_object() && item["video"]["playAddr"] == "") > 20
        );
        assert!(count(&|item| item["music"].is_null()) > 10);
        assert!(count(&|item| item["statsV2"].is_null()) > 10);
        assert!(count(&|item| item["textLanguage"] == "ar") > 5);
        assert!(count(&|item| item["video"]["subtitleInfos"].is_array()) > 20);
        let own = |item: &Value| {
            item["challenges"]
                .as_array()
                .is_some_and(|tags| tags.iter().any(|tag| tag["title"] == "viral"))
        };
        assert!((180..300).contains(&count(&own)), "{}", count(&own));
    }

    #[test]
    fn items_are_as_large_as_the_site_makes_them() {
        let mut out = Vec::new();
        (0..300).for_each(|index| Item::new("viral", index).write(0, &mut out));
        let mean = out.len() / 300;
        assert!((15_000..25_000).contains(&mean), "{mean}");
    }

    #[test]
    fn names_from_the_wire_are_escaped() {
        let item = (0..50)
            .map(|index| json("a\"b\\", index))
            .find(|item| item["challenges"].is_array())
            .unwrap();
        assert_eq!(item["challenges"][0]["title"], "a\"b\\");
    }

    #[test]
    fn larger_counts_are_rounded() {
        assert_eq!(
            [0, 7, 999, 59_149, 866_012].map(rounded),
            [0, 7, 999, 59_100, 866_000]
        );
    }
}
