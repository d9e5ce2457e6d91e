//! The fields of an entry that is an object: which keys mean the same, and what they become.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::EntryError;
use super::fault::Fault;
use super::field::{Field, digits_due, string_due, wrong};
use super::foreign::{instead_of, is_off};
use crate::input::{Ask, Limit, Proxy, Region, TagUrl};

/// The fields of an object that were not yet read.
pub(super) struct Fields<'a> {
    left: BTreeMap<String, &'a RawValue>,
    /// Keys that were read and are not heeded, each with what is used instead.
    ignored: Vec<(String, String)>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a RawValue) -> Result<Self, EntryError> {
        let left = serde_json::from_str(value.get()).map_err(|_| EntryError::BrokenKey)?;
        let ignored = Vec::new();
        Ok(Self { left, ignored })
    }

    pub(super) fn take(&mut self, key: &str) -> Field<'a> {
        let value = self.left.remove(key);
        Field {
            key: key.to_owned(),
            value: value.filter(|value| value.get() != "null"),
        }
    }

    /// A key of other tools, in which an empty text is none.
    fn foreign(&mut self, key: &str) -> Field<'a> {
        let mut field = self.take(key);
        field.value = field.value.filter(|value| value.get() != "\"\"");
        field
    }

    /// The first of several keys for one thing that is there; a later one that says otherwise is
    /// not heeded.
    pub(super) fn first<T: PartialEq>(
        &mut self,
        keys: &[&str],
        read: impl Fn(Field<'a>) -> Result<Option<T>, Fault>,
    ) -> Result<Option<T>, Fault> {
        let mut first: Option<(&str, T)> = None;
        for key in keys {
            match (read(self.foreign(key))?, &first) {
                (Some(value), None) => first = Some((key, value)),
                (Some(value), Some((winner, won))) if value != *won => {
                    self.ignore(key, format!("{winner} is given too and wins"));
                }
                _ => {}
            }
        }
        Ok(first.map(|(_, value)| value))
    }

    fn ignore(&mut self, key: &str, instead: impl Into<String>) {
        self.ignored.push((key.to_owned(), instead.into()));
    }

    /// The hashtags other tools' keys name.
    pub(super) fn hashtags(&mut self, asks: &mut Vec<Ask>) -> Result<(), Fault> {
        for key in ["hashtag", "tag_name"] {
            asks.extend(self.foreign(key).parsed::<Ask>(string_due)?);
        }
        for tag in self.foreign("hashtags").items()? {
            asks.extend(tag.parsed::<Ask>(string_due)?);
        }
        for start in self.foreign("startUrls").items()? {
            let url: Option<TagUrl> = start.or_inside("url")?.parsed(string_due)?;
            asks.extend(Ask::new(None, url));
        }
        Ok(())
    }

    pub(super) fn region(&mut self) -> Result<Option<Region>, Fault> {
        self.first(&["region", "country", "proxyCountryCode"], |field| {
            // What a tool's own form writes where no country was chosen.
            let is_none = field.value.is_some_and(|it| it.get() == "\"None\"");
            if is_none {
                Ok(None)
            } else {
                field.parsed(string_due)
            }
        })
    }

    pub(super) fn limit(&mut self) -> Result<Option<Limit>, Fault> {
        let keys = ["limit", "resultsPerPage", "maxItems", "maxVideos"];
        let limit = self.first(&keys, |field| field.parsed(digits_due))?;
        let is_unlimited = self.foreign("isUnlimited").flag()?;
        Ok(if is_unlimited {
            Some(Limit::All)
        } else {
            limit
        })
    }

    /// The first proxy of `proxyConfiguration.proxyUrls`, or of the same under `proxy`.
    pub(super) fn proxy(&mut self) -> Result<Option<Proxy>, Fault> {
        let mut proxy = None;
        for key in ["proxyConfiguration", "proxy"] {
            let Some(value) = self.foreign(key).value else {
                continue;
            };
            if !value.get().starts_with('{') {
                return Err(Fault {
                    key: Some(key.to_owned()),
                    cause: wrong("an object", value),
                });
            }
            let mut inner = Fields::of(value)?;
            let mut urls = inner.foreign("proxyUrls");
            urls.key = format!("{key}/proxyUrls");
            let urls = urls.items()?;
            if urls.len() > 1 {
                let instead = "only the first proxy is used; nothing here rotates identities";
                self.ignore(&format!("{key}.proxyUrls"), instead);
            }
            if let (None, Some(first)) = (&proxy, urls.into_iter().next()) {
                proxy = first.parsed(string_due)?;
            }
            for (inside, value) in inner.left {
                if !is_off(value) {
                    let instead = "a hosted service's proxies are its own; give --proxy URL";
                    self.ignore(&format!("{key}.{inside}"), instead);
                }
            }
        }
        Ok(proxy)
    }

    /// The keys that mean nothing, and those that are not heeded.
    pub(super) fn left(mut self) -> (Vec<String>, Vec<(String, String)>) {
        let mut unknown = Vec::new();
        for (key, value) in self.left {
            match instead_of(&key) {
                Some(_) if is_off(value) => {}
                Some(instead) => self.ignored.push((key, instead.to_owned())),
                None => unknown.push(key),
            }
        }
        (unknown, self.ignored)
    }
}
