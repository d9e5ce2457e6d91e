//! Objects and lists, and what stands for them.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess};

use super::any::{FromAny, Leaf, any};
use super::leaf::Text;
use super::{count_oddity, take_room};

/// An object; anything else is nothing.
#[derive(Debug)]
pub(in crate::record) struct Obj<T>(pub(in crate::record) Option<T>);

/// An object, or a text that stands for it (SIGI's `author` is the bare handle).
#[derive(Debug, Default)]
pub(in crate::record) enum ObjOrName<T> {
    #[default]
    Nothing,
    Name(String),
    Obj(T),
}

/// A list of objects; elements that are none are left out. Null is no list.
#[derive(Debug)]
pub(in crate::record) struct List<T>(pub(in crate::record) Option<Vec<T>>);

/// Whether anything but null stands there.
#[derive(Debug, Default)]
pub(in crate::record) struct Given(pub(in crate::record) bool);

/// A list of texts; elements that are none are left out. Null is no list.
#[derive(Debug, Default)]
pub(in crate::record) struct Texts(pub(in crate::record) Option<Vec<String>>);

impl<T: Default> Obj<T> {
    /// The object, or an empty one.
    pub(in crate::record) fn or_empty(self) -> T {
        self.0.unwrap_or_default()
    }
}

impl<T> List<T> {
    /// The elements converted; no list stays no list.
    pub(in crate::record) fn map<U>(self, convert: impl FnMut(T) -> U) -> Option<Vec<U>> {
        self.0.map(|list| list.into_iter().map(convert).collect())
    }

    /// The elements, none where there is no list.
    pub(in crate::record) fn or_empty(self) -> Vec<T> {
        self.0.unwrap_or_default()
    }
}

impl<'de, T: Deserialize<'de>> FromAny<'de> for Obj<T> {
    fn from_leaf(leaf: Leaf<'_>) -> Self {
        count_unless_empty(&leaf);
        Self(None)
    }

    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(|object| Self(Some(object)))
    }
}

impl<'de, T: Deserialize<'de>> FromAny<'de> for ObjOrName<T> {
    fn from_leaf(leaf: Leaf<'_>) -> Self {
        match leaf {
            Leaf::Text(name) if !name.is_empty() => Self::Name(name.to_owned()),
            leaf => {
                count_unless_empty(&leaf);
                Self::Nothing
            }
        }
    }

    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(Self::Obj)
    }
}

impl<'de, T: Deserialize<'de>> FromAny<'de> for List<T> {
    fn from_leaf(leaf: Leaf<'_>) -> Self {
        count_unless_empty(&leaf);
        Self(None)
    }

    fn from_list<A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error> {
        Elements(list)
            .collect(|element: Obj<T>| element.0)
            .map(|list| Self(Some(list)))
    }
}

impl<'de> FromAny<'de> for Given {
    fn from_leaf(leaf: Leaf<'_>) -> Self {
        Self(!matches!(leaf, Leaf::Nothing))
    }
}

impl<'de> FromAny<'de> for Texts {
    fn from_leaf(leaf: Leaf<'_>) -> Self {
        count_unless_empty(&leaf);
        Self(None)
    }

    fn from_list<A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error> {
        Elements(list)
            .collect(|element: Text| element.0)
            .map(|list| Self(Some(list)))
    }
}

/// Nothing and the empty text are no oddity where an object or a list is due.
pub(super) fn count_unless_empty(leaf: &Leaf<'_>) {
    match leaf {
        Leaf::Nothing | Leaf::Text("") => {}
        _ => count_oddity(),
    }
}

/// The elements of a list, as many as there is room for; the rest is one oddity.
pub(super) struct Elements<A>(pub(super) A);

impl<A> Elements<A> {
    pub(super) fn next<'de, T>(&mut self) -> Result<Option<T>, A::Error>
    where
        T: Deserialize<'de>,
        A: SeqAccess<'de>,
    {
        if take_room() {
            return self.0.next_element();
        }
        let mut was_cut = false;
        while self.0.next_element::<IgnoredAny>()?.is_some() {
            was_cut = true;
        }
        if was_cut {
            count_oddity();
        }
        Ok(None)
    }

    pub(super) fn collect<'de, T, U>(
        mut self,
        keep: impl Fn(T) -> Option<U>,
    ) -> Result<Vec<U>, A::Error>
    where
        T: Deserialize<'de>,
        A: SeqAccess<'de>,
    {
        let mut kept = Vec::new();
        while let Some(element) = self.next()? {
            kept.extend(keep(element));
        }
        Ok(kept)
    }
}

impl<T> Default for Obj<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Obj<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any(deserializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ObjOrName<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any(deserializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any(deserializer)
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any(deserializer)
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any(deserializer)
    }
}
