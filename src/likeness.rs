//! Which name was meant by one that there is none of. Knows nobody, so any room may ask.

/// How alike a name is to one that was meant to be it, at least: 1 is the same.
const LEAST: f64 = 0.7;

/// How alike two names are: 0 for not at all, 1 for the same.
pub(crate) fn likeness(one: &str, other: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(one, other)
}

/// The one of `names` that is most alike to what was written, where any is alike enough.
pub(crate) fn nearest<T>(
    names: impl IntoIterator<Item = T>,
    likeness: impl Fn(&T) -> f64,
) -> Option<T> {
    let scored = names.into_iter().map(|name| (likeness(&name), name));
    let nearest = scored.max_by(|(one, _), (other, _)| one.total_cmp(other));
    let (score, name) = nearest?;
    (score >= LEAST).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{likeness, nearest};

    #[test]
    fn a_slip_is_told_from_another_word() {
        for (written, meant) in [
            ("limit", Some("limit")),
            ("limti", Some("limit")),
            ("outputs", Some("output")),
            ("zebra", None),
            ("", None),
        ] {
            let found = nearest(["limit", "output"], |name| likeness(written, name));
            assert_eq!(found, meant, "{written}");
        }
        assert_eq!(nearest(Vec::<&str>::new(), |_| 1.0), None);
    }
}
