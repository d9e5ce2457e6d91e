//! Single values: counts, flags, texts, ids, times.

use serde::de::{Deserialize, Deserializer};

use super::any::{FromAny, Leaf, any};
use super::count_oddity;
use crate::input::epoch_second;

/// The largest whole number every JSON reader takes exactly, 2^53 - 1.
const MAX_EXACT: i128 = (1 << 53) - 1;

/// Above this a time is in milliseconds: in seconds it would be the year 5138.
const LAST_SECOND: i64 = 100_000_000_000;

/// A value that was there and cannot be used.
struct Unusable;

type Found<T> = Result<Option<T>, Unusable>;

macro_rules! leaves {
    ($($(#[$doc:meta])* $name:ident($inner:ty) = $read:path;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub(in crate::record) struct $name(pub(in crate::record) Option<$inner>);

        impl<'de> FromAny<'de> for $name {
            fn from_leaf(leaf: Leaf<'_>) -> Self {
                Self($read(leaf).unwrap_or_else(|Unusable| {
                    count_oddity();
                    None
                }))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                any(deserializer)
            }
        }
    )*};
}

leaves! {
    /// A count: a whole number not below zero, as number or digits (`stats.collectCount` is text
    /// on pages), `-1` where the site hides it.
    Count(u64) = count;
    /// A whole number of either sign.
    Int(i64) = int;
    /// Yes or no, also as 0 and 1 (the app) or text.
    Flag(bool) = flag;
    /// Free text; empty stays empty.
    Text(String) = text;
    /// A handle, an address, a code: empty means there is none.
    Word(String) = word;
    /// An id, exact. Bare numbers above 2^53 that end in 000 went through a reader that rounds
    /// (seen at a gateway in 2025) and name nothing.
    Id(String) = exact_id;
    /// An item's own id as it is, rounded or not (rounded ones seen in a vendor's web answers of
    /// 2021): without it there would be no record.
    OwnId(String) = id;
    /// A place in somebody's list: a number, or a word.
    Code(String) = code;
    /// An epoch second, as number or digits, in seconds or milliseconds, or as ISO 8601 text
    /// (seen at a gateway in 2026).
    Moment(i64) = moment;
    /// A country, two capitals; anything else is none.
    Country(String) = country;
    /// A language; `un` is TikTok's word for unknown.
    Language(String) = language;
}

fn whole(leaf: Leaf<'_>) -> Found<i128> {
    match leaf {
        Leaf::Nothing => Ok(None),
        Leaf::Whole(number) => Ok(Some(number)),
        Leaf::Fraction(number) => whole_fraction(number),
        Leaf::Text("") => Ok(None),
        Leaf::Text(text) => text.trim().parse().map(Some).map_err(|_| Unusable),
        Leaf::Flag(_) | Leaf::Nested => Err(Unusable),
    }
}

fn whole_fraction(number: f64) -> Found<i128> {
    if number.fract() != 0.0 || number.abs() > MAX_EXACT as f64 {
        return Err(Unusable);
    }
    Ok(Some(number as i128))
}

fn int(leaf: Leaf<'_>) -> Found<i64> {
    let Some(number) = whole(leaf)? else {
        return Ok(None);
    };
    if !(-MAX_EXACT..=MAX_EXACT).contains(&number) {
        return Err(Unusable);
    }
    number.try_into().map(Some).map_err(|_| Unusable)
}

fn count(leaf: Leaf<'_>) -> Found<u64> {
    int(leaf)?
        .map(|number| number.try_into().map_err(|_| Unusable))
        .transpose()
}

fn flag(leaf: Leaf<'_>) -> Found<bool> {
    match leaf {
        Leaf::Nothing => Ok(None),
        Leaf::Flag(flag) => Ok(Some(flag)),
        Leaf::Whole(0) => Ok(Some(false)),
        Leaf::Whole(1) => Ok(Some(true)),
        Leaf::Text(text) => match text {
            "" => Ok(None),
            "true" | "1" => Ok(Some(true)),
            "false" | "0" => Ok(Some(false)),
            _ => Err(Unusable),
        },
        Leaf::Whole(_) | Leaf::Fraction(_) | Leaf::Nested => Err(Unusable),
    }
}

fn text(leaf: Leaf<'_>) -> Found<String> {
    match leaf {
        Leaf::Nothing => Ok(None),
        Leaf::Text(text) => Ok(Some(text.to_owned())),
        _ => Err(Unusable),
    }
}

fn word(leaf: Leaf<'_>) -> Found<String> {
    Ok(text(leaf)?.filter(|word| !word.is_empty()))
}

/// Digits alone: an id with anything else in it was damaged on its way and names nothing.
fn id(leaf: Leaf<'_>) -> Found<String> {
    match code(leaf)? {
        Some(id) if !id.bytes().all(|b| b.is_ascii_digit()) => Err(Unusable),
        id => Ok(id),
    }
}

fn code(leaf: Leaf<'_>) -> Found<String> {
    if let Leaf::Text(_) = leaf {
        return word(leaf);
    }
    whole(leaf)?
        .map(|number| u64::try_from(number).map(|id| id.to_string()))
        .transpose()
        .map_err(|_| Unusable)
}

fn exact_id(leaf: Leaf<'_>) -> Found<String> {
    match leaf {
        Leaf::Whole(number) if number > MAX_EXACT && number % 1000 == 0 => Ok(None),
        leaf => id(leaf),
    }
}

fn moment(leaf: Leaf<'_>) -> Found<i64> {
    if let Leaf::Text(text) = &leaf
        && text.contains('T')
    {
        return epoch_second(text).map(Some).ok_or(Unusable);
    }
    let number = match int(leaf)? {
        None | Some(0) => return Ok(None),
        Some(number) if number > LAST_SECOND => number / 1000,
        Some(number) => number,
    };
    if !(1..=LAST_SECOND).contains(&number) {
        return Err(Unusable);
    }
    Ok(Some(number))
}

fn country(leaf: Leaf<'_>) -> Found<String> {
    let code = word(leaf)?.map(|code| code.to_ascii_uppercase());
    Ok(code.filter(|code| code.len() == 2 && code.bytes().all(|it| it.is_ascii_uppercase())))
}

fn language(leaf: Leaf<'_>) -> Found<String> {
    Ok(word(leaf)?.filter(|language| language != "un"))
}

#[cfg(test)]
mod tests {
    use super::super::counted;
    use super::*;

    /// What a type makes of a JSON text, and whether it found it odd.
    fn made<T: serde::de::DeserializeOwned>(json: &str) -> (T, u32) {
        counted(|| serde_json::from_str(json)).unwrap()
    }

    #[test]
    fn counts() {
        for (json, count, odd) in [
            ("7", Some(7), 0),
            ("\"7\"", Some(7), 0),
            ("7.0", Some(7), 0),
            ("0", Some(0), 0),
            ("9007199254740991", Some(9_007_199_254_740_991), 0),
            ("9007199254740992", None, 1),
            ("\"99999999999999999999999999999999999999999\"", None, 1),
            ("\"-170141183460469231731687303715884105728\"", None, 1),
            ("18446744073709551616", None, 1),
            ("7.5", None, 1),
            ("-1", None, 1),
            ("\"-1\"", None, 1),
            ("\"1.2M\"", None, 1),
            ("true", None, 1),
            ("[7]", None, 1),
            ("{\"n\":7}", None, 1),
            ("null", None, 0),
            ("\"\"", None, 0),
        ] {
            let (made, oddities) = made::<Count>(json);
            assert_eq!((made.0, oddities), (count, odd), "{json}");
        }
    }

    #[test]
    fn flags() {
        for (json, flag, odd) in [
            ("true", Some(true), 0),
            ("0", Some(false), 0),
            ("1", Some(true), 0),
            ("\"false\"", Some(false), 0),
            ("2", None, 1),
            ("\"yes\"", None, 1),
            ("\"\"", None, 0),
            ("null", None, 0),
        ] {
            let (made, oddities) = made::<Flag>(json);
            assert_eq!((made.0, oddities), (flag, odd), "{json}");
        }
    }

    #[test]
    fn ids() {
        for (json, exact, own) in [
            (
                "\"7229167805625847041\"",
                Some("7229167805625847041"),
                Some("7229167805625847041"),
            ),
            (
                "7229167805625847041",
                Some("7229167805625847041"),
                Some("7229167805625847041"),
            ),
            (
                "18446744073709551615",
                Some("18446744073709551615"),
                Some("18446744073709551615"),
            ),
            ("7229167805625847000", None, Some("7229167805625847000")),
            (
                "\"7229167805625847000\"",
                Some("7229167805625847000"),
                Some("7229167805625847000"),
            ),
            ("5000", Some("5000"), Some("5000")),
            ("5424.0", Some("5424"), Some("5424")),
            ("7.229167805625847e18", None, None),
            ("36893488147419103232", None, None),
            ("-5", None, None),
            ("\"\"", None, None),
            ("\"72291\u{fffd}67805625847041\"", None, None),
            ("\"72291\\n\"", None, None),
            ("\"-5\"", None, None),
            ("true", None, None),
        ] {
            assert_eq!(made::<Id>(json).0.0.as_deref(), exact, "{json}");
            assert_eq!(made::<OwnId>(json).0.0.as_deref(), own, "{json}");
        }
    }

    #[test]
    fn moments() {
        for (json, second, odd) in [
            ("1683171893", Some(1_683_171_893), 0),
            ("\"1683171893\"", Some(1_683_171_893), 0),
            ("1683171893123", Some(1_683_171_893), 0),
            ("\"2023-05-04T03:44:53.000Z\"", Some(1_683_171_893), 0),
            ("0", None, 0),
            ("\"\"", None, 0),
            ("-1", None, 1),
            ("1683171893123456", None, 1),
            ("\"2025-10-12 14.48.13\"", None, 1),
            ("\"Tomorrow\"", None, 1),
        ] {
            let (made, oddities) = made::<Moment>(json);
            assert_eq!((made.0, oddities), (second, odd), "{json}");
        }
    }

    #[test]
    fn codes_and_texts() {
        for (json, code) in [
            ("\"vn\"", Some("VN")),
            ("\"FAKE-AD\"", None),
            ("\"\"", None),
            ("7", None),
        ] {
            assert_eq!(made::<Country>(json).0.0.as_deref(), code, "{json}");
        }
        for (json, code) in [
            ("\"zh-Hans\"", Some("zh-Hans")),
            ("\"un\"", None),
            ("\"\"", None),
        ] {
            assert_eq!(made::<Language>(json).0.0.as_deref(), code, "{json}");
        }
        assert_eq!(made::<Text>("\"\"").0.0.as_deref(), Some(""));
        assert_eq!(made::<Word>("\"\"").0.0, None);
        assert_eq!(made::<Text>("7").1, 1);
    }
}
