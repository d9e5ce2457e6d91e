//! A country code: the one list of those we take, and help for the codes people mix up with them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::quote::quote;

/// The 249 codes of ISO 3166-1 alpha-2, and `XK` (Kosovo), which is user-assigned but in common
/// use and accepted by the site.
const CODES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR \
    BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ \
    EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW \
    GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY \
    KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV \
    MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY \
    QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG \
    TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA \
    ZM ZW";

/// An ISO 3166-1 alpha-2 country code, or `XK`, in capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(&'static str);

/// Why a text is no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegionError {
    /// Not in the list; holds the text, quoted.
    #[error("{0} is no country code; a region is two letters, e.g. US")]
    Unknown(String),
    /// Another way to name a country that has a code; holds the text, quoted, and that code.
    #[error("{0} is no country code; write {1}")]
    Instead(String, &'static str),
    /// A code of no country of today; holds the text, quoted, and the reason.
    #[error("{0} is no country code: {1}")]
    NoCountry(String, &'static str),
}

impl Region {
    /// The two capitals.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.0
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim();
        let found = CODES
            .split(' ')
            .find(|code| code.eq_ignore_ascii_case(wanted));
        found.map(Self).ok_or_else(|| refusal(text, wanted))
    }
}

impl TryFrom<String> for Region {
    type Error = RegionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0.to_owned()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

fn refusal(text: &str, wanted: &str) -> RegionError {
    let shown = quote(text);
    let instead = match wanted.to_ascii_uppercase().as_str() {
        "UK" | "GBR" => "GB",
        "EL" | "GRC" => "GR",
        "USA" => "US",
        "BRA" => "BR",
        "DEU" | "GER" => "DE",
        "ESP" => "ES",
        "FRA" => "FR",
        "IDN" => "ID",
        "IND" => "IN",
        "JPN" => "JP",
        "KOR" => "KR",
        "MEX" => "MX",
        "PHL" => "PH",
        "THA" => "TH",
        "VNM" => "VN",
        "TP" => return no_country(shown, "East Timor has been TL since 2002"),
        "AN" => {
            return no_country(
                shown,
                "the Netherlands Antilles ended in 2010; use CW, SX or BQ",
            );
        }
        "SU" => return no_country(shown, "the Soviet Union ended in 1991; use e.g. RU"),
        "YU" | "CS" => return no_country(shown, "it was split up; use e.g. RS"),
        "DD" => return no_country(shown, "East Germany ended in 1990; use DE"),
        "EU" => return no_country(shown, "the European Union is many; use one, e.g. DE"),
        "EN" => return no_country(shown, "that is a language; use e.g. US or GB"),
        _ => return RegionError::Unknown(shown),
    };
    RegionError::Instead(shown, instead)
}

fn no_country(shown: String, reason: &'static str) -> RegionError {
    RegionError::NoCountry(shown, reason)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CODES, Region};

    #[test]
    fn the_list_is_iso_and_kosovo() {
        let codes: Vec<&str> = CODES.split(' ').collect();
        assert_eq!(codes.len(), 250);
        assert!(codes.is_sorted_by(|a, b| a < b), "sorted, each once");
        assert!(codes.iter().all(|code| code.len() == 2));
    }

    #[test]
    fn any_case_becomes_capitals() {
        for (given, kept) in [
            ("us", "US"),
            ("Vn", "VN"),
            (" GB ", "GB"),
            ("xk", "XK"),
            ("KP", "KP"),
        ] {
            let region: Region = given.parse().unwrap_or_else(|e| panic!("{given}: {e}"));
            assert_eq!(region.as_str(), kept);
            assert_eq!(region.to_string(), kept);
        }
    }

    #[test]
    fn bad_codes_say_what_to_write() {
        for (given, said) in [
            (
                "",
                "\"\" is no country code; a region is two letters, e.g. US",
            ),
            (
                "QQ",
                "\"QQ\" is no country code; a region is two letters, e.g. US",
            ),
            (
                "U S",
                "\"U S\" is no country code; a region is two letters, e.g. US",
            ),
            (
                "ＵＳ",
                "\"ＵＳ\" is no country code; a region is two letters, e.g. US",
            ),
            ("USA", "\"USA\" is no country code; write US"),
            ("uk", "\"uk\" is no country code; write GB"),
            ("EL", "\"EL\" is no country code; write GR"),
            (
                "TP",
                "\"TP\" is no country code: East Timor has been TL since 2002",
            ),
            (
                "AN",
                "\"AN\" is no country code: the Netherlands Antilles ended in 2010; use CW, SX or BQ",
            ),
            (
                "SU",
                "\"SU\" is no country code: the Soviet Union ended in 1991; use e.g. RU",
            ),
            (
                "EU",
                "\"EU\" is no country code: the European Union is many; use one, e.g. DE",
            ),
        ] {
            let error = given.parse::<Region>().expect_err(given);
            assert_eq!(error.to_string(), said);
        }
    }

    #[test]
    fn serde_goes_through_the_same_door() {
        let region: Region = serde_json::from_str("\"us\"").expect("a region");
        assert_eq!(serde_json::to_string(&region).expect("JSON"), "\"US\"");
        assert!(serde_json::from_str::<Region>("\"UK\"").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in any::<String>()) {
            let _ = text.parse::<Region>();
        }
    }
}
