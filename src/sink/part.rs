//! One part of a record, found by the keys that lead to it, without writing what stands beside it.

use serde::ser::{Error as _, Impossible, Serialize, SerializeStruct, Serializer};

/// What of `value` stands at the end of `keys`: null where anything on the way is.
pub(super) struct Part<'a, T: ?Sized> {
    pub(super) value: &'a T,
    pub(super) keys: &'a [String],
}

impl<T: Serialize + ?Sized> Serialize for Part<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.keys {
            [] => self.value.serialize(to),
            [key, rest @ ..] => self.value.serialize(Way { key, rest, to }),
        }
    }
}

/// The way into an object: `key` in it, and in that one the `rest`.
struct Way<'a, S> {
    key: &'a str,
    rest: &'a [String],
    to: S,
}

/// An object on the way, while its fields pass.
struct Object<'a, S: Serializer> {
    key: &'a str,
    rest: &'a [String],
    to: Option<S>,
    written: Option<S::Ok>,
}

impl<S: Serializer> SerializeStruct for Object<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        if key == self.key
            && let Some(to) = self.to.take()
        {
            let keys = self.rest;
            self.written = Some(Part { value, keys }.serialize(to)?);
        }
        Ok(())
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        match (self.written, self.to) {
            (Some(written), _) => Ok(written),
            (None, Some(to)) => to.serialize_none(),
            (None, None) => Err(S::Error::custom("the object lost its place")),
        }
    }
}

/// Values that are no objects: none of them has parts.
macro_rules! values {
    ($($name:ident($($value:ty),*);)*) => {$(
        fn $name(self, $(_: $value),*) -> Result<S::Ok, S::Error> {
            self.to.serialize_none()
        }
    )*};
}

/// Lists, maps and variants, through which no way leads.
macro_rules! dead_ends {
    ($($name:ident($($value:ty),*) -> $end:ident;)*) => {$(
        fn $name(self, $(_: $value),*) -> Result<Self::$end, S::Error> {
            Err(S::Error::custom("only objects have keys"))
        }
    )*};
}

impl<'a, S: Serializer> Serializer for Way<'a, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Impossible<S::Ok, S::Error>;
    type SerializeTuple = Impossible<S::Ok, S::Error>;
    type SerializeTupleStruct = Impossible<S::Ok, S::Error>;
    type SerializeTupleVariant = Impossible<S::Ok, S::Error>;
    type SerializeMap = Impossible<S::Ok, S::Error>;
    type SerializeStruct = Object<'a, S>;
    type SerializeStructVariant = Impossible<S::Ok, S::Error>;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Object<'a, S>, S::Error> {
        Ok(Object {
            key: self.key,
            rest: self.rest,
            to: Some(self.to),
            written: None,
        })
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<S::Ok, S::Error> {
        self.to.serialize_none()
    }

    values! {
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
    }

    dead_ends! {
        serialize_seq(Option<usize>) -> SerializeSeq;
        serialize_tuple(usize) -> SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant;
        serialize_map(Option<usize>) -> SerializeMap;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant;
    }
}

#[cfg(test)]
mod tests {
    use super::Part;
    use crate::record::{Field, Kind, Record};
    use crate::sink::specimen::record;
    use serde_json::{Value, to_value};

    /// Every way through the objects of a record, those to objects included.
    fn ways(fields: &[Field], before: &[String], all: &mut Vec<Vec<String>>) {
        for Field { name, kind } in fields {
            let way = [before, std::slice::from_ref(name)].concat();
            if let Kind::Part(fields) = kind {
                ways(fields, &way, all);
            }
            all.push(way);
        }
    }

    #[test]
    fn every_way_leads_to_what_the_whole_record_has_there() {
        let mut all = Vec::new();
        ways(&Record::fields(), &[], &mut all);
        assert!(all.len() > 150);
        let record = record(1);
        let whole = to_value(&record).unwrap();
        for keys in &all {
            let there = keys.iter().fold(&whole, |value, key| &value[key]);
            let value = &record;
            assert_eq!(to_value(Part { value, keys }).unwrap(), *there, "{keys:?}");
        }
    }

    #[test]
    fn no_way_leads_through_what_is_no_object() {
        let record = record(1);
        let found = |keys: &[&str]| {
            let keys: Vec<String> = keys.iter().copied().map(str::to_owned).collect();
            to_value(Part {
                value: &record,
                keys: &keys,
            })
        };
        for keys in [
            &["desc", "x"][..],
            &["zebra"],
            &["author", "zebra"],
            &["music", "title"],
        ] {
            assert_eq!(found(keys).unwrap(), Value::Null, "{keys:?}");
        }
        assert!(found(&["cha_list", "cid"]).is_err());
    }
}
