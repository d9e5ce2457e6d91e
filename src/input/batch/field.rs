//! One field of an entry that is an object: its JSON, held to the type that is due.

use std::str::FromStr;

use serde_json::value::RawValue;

use super::EntryError;
use super::fault::Fault;
use super::fields::Fields;

/// One field of an object.
pub(super) struct Field<'a> {
    pub(super) key: String,
    /// `None` where it is absent or null.
    pub(super) value: Option<&'a RawValue>,
}

impl<'a> Field<'a> {
    /// The field's domain value, made from the text that `text` finds in it.
    pub(super) fn parsed<T: FromStr>(
        self,
        text: fn(&RawValue) -> Result<String, EntryError>,
    ) -> Result<Option<T>, Fault>
    where
        EntryError: From<T::Err>,
    {
        self.read_as(|value| Ok(text(value)?.parse()?))
    }

    pub(super) fn read_as<T>(
        self,
        read: impl Fn(&'a RawValue) -> Result<T, EntryError>,
    ) -> Result<Option<T>, Fault> {
        let read = self.value.map(read).transpose();
        read.map_err(|cause| Fault {
            key: Some(self.key),
            cause,
        })
    }

    /// Whether it says true.
    pub(super) fn flag(self) -> Result<bool, Fault> {
        let flag = self.read_as(|value| match value.get() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(wrong("true or false", value)),
        });
        Ok(flag?.unwrap_or(false))
    }

    /// The elements of a list, or the lone value in place of one; empty texts are none.
    pub(super) fn items(self) -> Result<Vec<Self>, Fault> {
        let Some(value) = self.value else {
            return Ok(Vec::new());
        };
        if !value.get().starts_with('[') {
            return Ok(vec![self]);
        }
        let items: Vec<&RawValue> =
            serde_json::from_str(value.get()).map_err(|_| wrong("a list", value))?;
        let items = items.into_iter().enumerate().map(|(at, value)| Self {
            key: format!("{}/{at}", self.key),
            value: Some(value).filter(|it| !matches!(it.get(), "null" | "\"\"")),
        });
        Ok(items.filter(|item| item.value.is_some()).collect())
    }

    /// The field itself, or what an object in its place has under `key`.
    pub(super) fn or_inside(self, key: &str) -> Result<Self, Fault> {
        match self.value {
            Some(value) if value.get().starts_with('{') => {
                let inside = Fields::of(value)?.take(key);
                Ok(Field {
                    key: format!("{}/{key}", self.key),
                    ..inside
                })
            }
            _ => Ok(self),
        }
    }
}

/// A text, or a number in its place.
pub(super) fn words(value: &RawValue) -> Result<String, EntryError> {
    digits_due(value).map_err(|_| wrong("a date or a span such as 7 days", value))
}

pub(super) fn string_due(value: &RawValue) -> Result<String, EntryError> {
    string("a string", value)
}

/// The digits of a number, or of a string in its place.
pub(super) fn digits_due(value: &RawValue) -> Result<String, EntryError> {
    let text = value.get();
    if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    string("a whole number, e.g. 100,", value)
}

pub(super) fn string(due: &'static str, value: &RawValue) -> Result<String, EntryError> {
    serde_json::from_str(value.get()).map_err(|_| wrong(due, value))
}

pub(super) fn wrong(due: &'static str, value: &RawValue) -> EntryError {
    let found = match value.get().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') if serde_json::from_str::<String>(value.get()).is_ok() => "a string",
        Some(b'"') => "a string with a broken escape",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    };
    EntryError::WrongType { due, found }
}
