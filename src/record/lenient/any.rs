//! One visitor that takes every JSON value, so that a type says only what it can use.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Any JSON value, lists and objects without their content.
#[derive(Debug)]
pub(super) enum Leaf<'a> {
    /// Null.
    Nothing,
    /// A truth value.
    Flag(bool),
    /// A whole number.
    Whole(i128),
    /// Any other number, those beyond 64 bits included.
    Fraction(f64),
    /// A text.
    Text(&'a str),
    /// A list or an object where none is of use.
    Nested,
}

/// A type that can be made of any JSON value.
pub(super) trait FromAny<'de>: Sized {
    /// What a value that is neither list nor object becomes.
    fn from_leaf(leaf: Leaf<'_>) -> Self;

    /// What an object becomes; of no use unless a type says otherwise.
    fn from_object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::from_leaf(Leaf::Nested))
    }

    /// What a list becomes; of no use unless a type says otherwise.
    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::from_leaf(Leaf::Nested))
    }
}

/// Reads whatever comes next.
pub(super) fn any<'de, T: FromAny<'de>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    from.deserialize_any(AnyVisitor(PhantomData))
}

struct AnyVisitor<T>(PhantomData<T>);

impl<'de, T: FromAny<'de>> Visitor<'de> for AnyVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::from_leaf(Leaf::Nothing))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<T, E> {
        Ok(T::from_leaf(Leaf::Flag(flag)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        Ok(T::from_leaf(Leaf::Whole(number.into())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        Ok(T::from_leaf(Leaf::Whole(number.into())))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        Ok(T::from_leaf(Leaf::Fraction(number)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from_leaf(Leaf::Text(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::from_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::from_object(object)
    }
}
