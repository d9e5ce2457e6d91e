//! Steps through JSON as it streams by, field by field, so that nothing is held that nobody asks
//! for.

use std::io;

use super::super::input::{Input, Taken};
use crate::source::walk;

/// Why the reading of a recording stopped before its end.
#[derive(Debug)]
pub(super) enum Halt {
    /// The input cannot be read.
    Io(io::Error),
    /// It ends in the middle.
    Cut,
    /// It is no JSON from here on.
    Broken,
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Calls `each` at the value of each field, which it has to take; a value that is no object is
/// skipped.
pub(super) fn fields<'i>(
    input: &mut Input<'i>,
    mut each: impl FnMut(&mut Input<'i>, &str) -> Result<(), Halt>,
) -> Result<(), Halt> {
    if next(input)? != b'{' {
        return skip(input);
    }
    input.consume(1);
    loop {
        match input.part()?.ok_or(Halt::Cut)? {
            b'}' => {
                input.consume(1);
                return Ok(());
            }
            b'"' => {
                let key = key(input)?;
                each(input, &key)?;
            }
            _ => return Err(Halt::Broken),
        }
    }
}

/// Calls `each` at each element, which it has to take; a value that is no array is skipped.
pub(super) fn elements<'i>(
    input: &mut Input<'i>,
    mut each: impl FnMut(&mut Input<'i>) -> Result<(), Halt>,
) -> Result<(), Halt> {
    if next(input)? != b'[' {
        return skip(input);
    }
    input.consume(1);
    loop {
        match input.part()?.ok_or(Halt::Cut)? {
            b']' => {
                input.consume(1);
                return Ok(());
            }
            b'}' | b':' => return Err(Halt::Broken),
            _ => each(input)?,
        }
    }
}

/// Skips the value that begins here, however long.
pub(super) fn skip(input: &mut Input<'_>) -> Result<(), Halt> {
    whole(input.skip_value()?)
}

/// Takes the string that begins here; `None` for anything else, and for one of more than
/// `longest` bytes.
pub(super) fn text(input: &mut Input<'_>, longest: usize) -> Result<Option<String>, Halt> {
    let json = short(input, longest)?;
    Ok(walk::parse(&json).and_then(walk::text))
}

/// Takes the whole number that begins here; `None` for anything else.
pub(super) fn integer(input: &mut Input<'_>) -> Result<Option<i64>, Halt> {
    let json = short(input, 64)?;
    Ok(walk::parse(&json).and_then(walk::integer))
}

/// The first byte of the next value.
pub(super) fn next(input: &mut Input<'_>) -> Result<u8, Halt> {
    input.skip_blank()?.ok_or(Halt::Cut)
}

/// A value stands here whole, or the input ends in it.
pub(super) fn whole(taken: Taken) -> Result<(), Halt> {
    match taken {
        Taken::Cut => Err(Halt::Cut),
        Taken::Whole | Taken::Over => Ok(()),
    }
}

fn key(input: &mut Input<'_>) -> Result<String, Halt> {
    match input.key()? {
        Some(key) => Ok(key),
        None if input.skip_blank()?.is_none() => Err(Halt::Cut),
        None => Err(Halt::Broken),
    }
}

/// The JSON of a value of at most `longest` bytes, nothing for a longer one.
fn short(input: &mut Input<'_>, longest: usize) -> Result<String, Halt> {
    let mut bytes = Vec::new();
    match input.value_within(longest, &mut bytes)? {
        Taken::Whole => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Taken::Cut => Err(Halt::Cut),
        Taken::Over => {
            // What `scan` took beyond the limit may be all of it.
            input.put_back(bytes);
            skip(input)?;
            Ok(String::new())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(json: &str) -> (Vec<String>, Result<(), Halt>) {
        let mut input = Input::open(json.as_bytes(), 1 << 20).unwrap();
        let mut names = Vec::new();
        let ended = fields(&mut input, |input, key| {
            names.push(key.to_owned());
            elements(input, |input| {
                names.push(text(input, 12)?.unwrap_or_else(|| "-".to_owned()));
                Ok(())
            })
        });
        (names, ended)
    }

    #[test]
    fn fields_and_elements_come_in_order() {
        let json = r#"{"a":1, "b" : [ "x" ,"caf\u00e9", 7,"too long to be held",{"c":[]}],"d":{"e":["no"]}}"#;
        let (names, ended) = names(json);
        assert_eq!(names, ["a", "b", "x", "café", "-", "-", "-", "d"]);
        assert!(ended.is_ok());
    }

    #[test]
    fn what_is_no_json_ends_the_reading() {
        for (json, is_cut) in [
            (r#"{"a":["x""#, true),
            (r#"{"a":[1,"#, true),
            (r#"{"a""#, true),
            (r#"{"a":"#, true),
            ("{", true),
            (r#"{"a":[:]}"#, false),
            (r#"{"a":[}"#, false),
            (r#"{"a":1]"#, false),
            (r#"{7}"#, false),
            (r#"{"a","b":1}"#, false),
        ] {
            let ended = names(json).1.unwrap_err();
            assert_eq!(matches!(ended, Halt::Cut), is_cut, "{json}: {ended:?}");
            assert_eq!(matches!(ended, Halt::Broken), !is_cut, "{json}: {ended:?}");
        }
    }
}
