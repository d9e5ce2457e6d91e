//! JSON text of our own structs, safe to show: what serde_json writes with [`Safe`], faster. It
//! looks a string through in blocks, where serde_json goes byte by byte.
//!
//! [`Safe`]: super::escape::Safe

use std::fmt::Display;

use serde::ser::{
    Error as _, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer,
};
use serde_json::{Error, Result};

use super::escape::write_string;

/// Puts the text of `value` behind what `out` holds.
///
/// # Errors
/// For what no record has: numbers that are not whole, bytes, tuples, enums with content, and raw
/// JSON, which serde_json alone can tell from other structs.
pub(super) fn write(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) -> Result<()> {
    value.serialize(Compact(out))
}

/// One value on its way into the text.
struct Compact<'o>(&'o mut Vec<u8>);

/// A list or an object, and whether something stands in it already.
struct Inside<'o> {
    out: &'o mut Vec<u8>,
    begun: bool,
    end: u8,
}

impl Inside<'_> {
    fn next(&mut self) {
        if self.begun {
            self.out.push(b',');
        }
        self.begun = true;
    }

    fn close(self) {
        self.out.push(self.end);
    }
}

impl SerializeSeq for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.next();
        write(value, self.out)
    }

    fn end(self) -> Result<()> {
        self.close();
        Ok(())
    }
}

impl SerializeMap for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.next();
        write(key, self.out)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.out.push(b':');
        write(value, self.out)
    }

    fn end(self) -> Result<()> {
        self.close();
        Ok(())
    }
}

impl SerializeStruct for Inside<'_> {
    type Ok = ();
    type Error = Error;

    /// A field's name is a word of ours, in which nothing is to be escaped.
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<()> {
        self.next();
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        write(value, self.out)
    }

    fn end(self) -> Result<()> {
        self.close();
        Ok(())
    }
}

macro_rules! whole_numbers {
    ($($name:ident($value:ty);)*) => {$(
        fn $name(self, value: $value) -> Result<()> {
            self.0.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
            Ok(())
        }
    )*};
}

/// What no record has.
macro_rules! refused {
    ($($name:ident($($value:ty),*) -> $end:ty;)*) => {$(
        fn $name(self, $(_: $value),*) -> Result<$end> {
            Err(unknown(stringify!($name)))
        }
    )*};
}

fn unknown(what: impl Display) -> Error {
    Error::custom(format_args!("no record has this: {what}"))
}

impl<'o> Serializer for Compact<'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Inside<'o>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Inside<'o>;
    type SerializeStruct = Inside<'o>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'o>> {
        Ok(self.inside(b'[', b']'))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'o>> {
        Ok(self.inside(b'{', b'}'))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Inside<'o>> {
        // serde_json's own name for raw JSON, which it writes as it is.
        if name.starts_with('$') {
            return Err(unknown(name));
        }
        Ok(self.inside(b'{', b'}'))
    }

    fn serialize_str(self, text: &str) -> Result<()> {
        write_string(text, self.0);
        Ok(())
    }

    fn serialize_bool(self, flag: bool) -> Result<()> {
        let text = if flag { &b"true"[..] } else { b"false" };
        self.0.extend_from_slice(text);
        Ok(())
    }

    fn serialize_none(self) -> Result<()> {
        self.0.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit(self) -> Result<()> {
        self.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<()> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Result<()> {
        Err(unknown(variant))
    }

    whole_numbers! {
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
    }

    refused! {
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }
}

impl<'o> Compact<'o> {
    fn inside(self, start: u8, end: u8) -> Inside<'o> {
        self.0.push(start);
        Inside {
            out: self.0,
            begun: false,
            end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::sink::escape::Safe;
    use crate::sink::specimen::described;
    use proptest::prelude::{any, proptest};
    use serde::Serialize;
    use serde_json::value::RawValue;
    use serde_json::{Value, json};

    fn written(value: &(impl Serialize + ?Sized)) -> String {
        let mut out = Vec::new();
        write(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn expected(value: &(impl Serialize + ?Sized)) -> String {
        let mut out = Vec::new();
        let mut writer = serde_json::Serializer::with_formatter(&mut out, Safe);
        value.serialize(&mut writer).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values_are_written_as_serde_json_writes_them() {
        for value in [
            json!(null),
            json!([true, false, [], {}, [[]]]),
            json!([0, -1, i64::MIN, i64::MAX, u64::MAX]),
            json!({"a": {"b": [{"c": null}, "d"]}, "e\"\n": "f\u{202e}"}),
        ] {
            assert_eq!(written(&value), expected(&value));
        }
    }

    #[test]
    fn what_cannot_be_written_is_said() {
        let raw = RawValue::from_string("[1]".to_owned()).unwrap();
        assert!(write(&raw, &mut Vec::new()).is_err());
        assert!(write(&json!(0.5), &mut Vec::new()).is_err());
        assert!(write(&(1, 2), &mut Vec::new()).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_written_as_serde_json_writes_it(text in any::<String>()) {
            assert_eq!(written(&text), expected(&text));
            let long = format!("{}{text}{}", "x".repeat(70), "y".repeat(70));
            let record = described(1, &long);
            assert_eq!(written(&record), expected(&record));
            let map = Value::from_iter([(text.clone(), json!([text]))]);
            assert_eq!(written(&map), expected(&map));
        }
    }
}
