//! A set of video ids. Nearly all are numbers, and a hashtag may have a million of them.

use std::collections::HashSet;

/// Video ids, the usual ones in 8 bytes each.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    numbers: HashSet<u64>,
    others: HashSet<String>,
}

impl Ids {
    /// Adds one.
    #[cfg(any(feature = "store", test))]
    pub(crate) fn add(&mut self, id: String) {
        match number(&id) {
            Some(number) => self.numbers.insert(number),
            None => self.others.insert(id),
        };
    }

    /// Whether it is there.
    pub(crate) fn has(&self, id: &str) -> bool {
        match number(id) {
            Some(number) => self.numbers.contains(&number),
            None => self.others.contains(id),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        (self.numbers.len() + self.others.len()) as u64
    }
}

/// The number an id is, if that number is written in no other way.
fn number(id: &str) -> Option<u64> {
    let plain = id.starts_with(|c: char| matches!(c, '1'..='9'));
    plain.then(|| id.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::Ids;
    use proptest::prelude::proptest;

    #[test]
    fn ids_are_texts_even_where_they_are_numbers() {
        let mut ids = Ids::default();
        for id in [
            "7532242222256717546",
            "0",
            "007",
            "v1",
            "18446744073709551616",
        ] {
            assert!(!ids.has(id), "{id}");
            ids.add(id.to_owned());
            assert!(ids.has(id), "{id}");
        }
        for id in ["7", "00", "+7532242222256717546", "v", ""] {
            assert!(!ids.has(id), "{id}");
        }
        assert_eq!(ids.len(), 5);
    }

    proptest! {
        #[test]
        fn no_two_texts_are_one_id(a in "[0-9+]{0,3}", b in "[0-9+]{0,3}") {
            let mut ids = Ids::default();
            ids.add(a.clone());
            assert_eq!(ids.has(&b), a == b);
        }
    }
}
