//! The page's signature: a toy of the simulator's own, made by its page script and checked here.
//!
//! It covers the bytes of the query as they were sent, up to the signature itself, which is last.

/// What goes into the sum beside the query; `moulds/tag_page.js` has the same.
const WORD: &str = "teal kettle";
const PARAMETER: &str = "&X-Gnarly=";

/// Whether the query ends in the signature of all that stands before it.
pub(crate) fn holds(query: &str) -> bool {
    query
        .rsplit_once(PARAMETER)
        .is_some_and(|(covered, given)| given == of(covered))
}

/// The signature of these bytes.
pub(crate) fn of(covered: &str) -> String {
    let sums = [fnv(&[covered, WORD]), fnv(&[WORD, covered])];
    sums.map(|sum| format!("{sum:08x}")).concat()
}

/// FNV-1a of 32 bits, which JavaScript can count with.
fn fnv(texts: &[&str]) -> u32 {
    texts
        .iter()
        .flat_map(|text| text.bytes())
        .fold(0x811C_9DC5, |sum, byte| {
            (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the page's script, run by a JavaScript engine, signed them.
    const SIGNED: [&str; 2] = [
        "aid=1988&challengeID=42&cursor=30&tz_name=America%2FNew_York&X-Bogus=1&X-Gnarly=d8aadb8d68794827",
        "a=%27%20%F0%9F%98%80&X-Bogus=1&X-Gnarly=78b3b1e6955fa9c6",
    ];

    #[test]
    fn what_the_script_signs_holds() {
        for query in SIGNED {
            assert!(holds(query), "{query}");
        }
        let script = include_str!("moulds/tag_page.js");
        assert!(script.contains(&format!("const WORD = '{WORD}';")));
    }

    #[test]
    fn what_was_changed_since_does_not() {
        let [query, _] = SIGNED;
        for changed in [
            query.replace("cursor=30", "cursor=60"),
            query.replace("%2F", "/"),
            query.replace("aid=1988&challengeID=42", "challengeID=42&aid=1988"),
            query.replace("&X-Bogus=1", ""),
            format!("{query}&r=1"),
            query.split(PARAMETER).next().unwrap().to_owned(),
            String::new(),
        ] {
            assert!(!holds(&changed), "{changed}");
        }
    }
}
