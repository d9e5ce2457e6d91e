//! A batch while it is read: what its entries ask for, and what is odd in them.

use serde_json::value::RawValue;

use super::place::Place;
use super::{Batch, BatchError, MOST, entry};
use crate::input::ask::both_given;
use crate::input::quote::quote;
use crate::input::{Ask, AskError, HashtagName, Proxy};

/// How many unknown keys are warned about.
const MOST_WARNED: usize = 20;

/// A batch while it is read.
#[derive(Default)]
pub(super) struct Reader {
    asks: Vec<Ask>,
    /// Keys we do not know, in the order met.
    unknown: Vec<String>,
    /// Keys that are not heeded, by what is used instead.
    ignored: Vec<(String, Vec<String>)>,
    /// The first proxy named.
    proxy: Option<Proxy>,
    /// The first name that came with a URL, and how many did.
    contested: Option<(HashtagName, usize)>,
}

impl Reader {
    /// One JSON value or several, whatever white space is between them.
    pub(super) fn json(&mut self, text: &str) -> Result<(), BatchError> {
        match values(text)?.as_slice() {
            [(_, only)] => self.value(Place::default(), only),
            several => several
                .iter()
                .try_for_each(|(line, value)| self.value(Place::on(*line), value)),
        }
    }

    /// A tag, a URL or a JSON value a line.
    pub(super) fn list(&mut self, text: &str) -> Result<(), BatchError> {
        for (at, line) in text.lines().enumerate() {
            let place = Place::on(at + 1);
            let entry = line.trim();
            if entry.is_empty() || entry == "#" || entry.starts_with("# ") {
                continue;
            }
            if entry.starts_with(['{', '"']) {
                let value = serde_json::from_str(entry).map_err(|e| syntax(&e, at))?;
                self.value(place, value)?;
            } else {
                let ask: Ask = entry.parse().map_err(|e: AskError| place.error(None, e))?;
                self.push(ask)?;
            }
        }
        Ok(())
    }

    /// The entries of an array, or one entry.
    fn value(&mut self, place: Place, value: &RawValue) -> Result<(), BatchError> {
        if !value.get().starts_with('[') {
            return self.entry(place, value);
        }
        let entries: Vec<&RawValue> =
            serde_json::from_str(value.get()).map_err(|e| syntax(&e, 0))?;
        for (index, entry) in entries.into_iter().enumerate() {
            let index = Some(index);
            self.entry(Place { index, ..place }, entry)?;
        }
        Ok(())
    }

    fn entry(&mut self, place: Place, value: &RawValue) -> Result<(), BatchError> {
        let entry = entry::read(value);
        let entry = entry.map_err(|fault| place.error(fault.key.as_deref(), fault.cause))?;
        for key in entry.unknown {
            if self.unknown.len() < MOST_WARNED && !self.unknown.contains(&key) {
                self.unknown.push(key);
            }
        }
        if let Some(name) = entry.contested {
            self.contested.get_or_insert((name, 0)).1 += 1;
        }
        for (key, instead) in entry.ignored {
            self.ignore(key, instead);
        }
        self.name_proxy(entry.proxy);
        entry.asks.into_iter().try_for_each(|ask| self.push(ask))
    }

    fn ignore(&mut self, key: String, instead: String) {
        match self.ignored.iter_mut().find(|(it, _)| *it == instead) {
            Some((_, keys)) if keys.contains(&key) => {}
            Some((_, keys)) => keys.push(key),
            None => self.ignored.push((instead, vec![key])),
        }
    }

    /// One run goes through one proxy: the first that is named.
    fn name_proxy(&mut self, proxy: Option<Proxy>) {
        match (&self.proxy, proxy) {
            (None, proxy) => self.proxy = proxy,
            (Some(first), Some(other)) if *first != other => {
                let instead = "the first proxy named is used for the whole run";
                self.ignore("another entry's proxyUrls".to_owned(), instead.to_owned());
            }
            _ => {}
        }
    }

    fn push(&mut self, ask: Ask) -> Result<(), BatchError> {
        if self.asks.len() == MOST {
            return Err(BatchError::TooMany);
        }
        self.asks.push(ask);
        Ok(())
    }

    pub(super) fn batch(self) -> Batch {
        let unknown = self.unknown.iter().map(|key| {
            format!(
                "unknown key {} in the input is ignored; known are name, url, hashtags, region, \
                 limit, the filters such as min_likes, and those of docs/migrating.md",
                quote(key)
            )
        });
        let contested = self
            .contested
            .map(|(name, count)| both_given(name.as_str(), count));
        let ignored = self.ignored.iter().map(|(instead, keys)| {
            let verb = if keys.len() == 1 { "is" } else { "are" };
            let keys = keys.join(", ");
            format!("{keys} in the input {verb} ignored: {instead}")
        });
        Batch {
            warnings: unknown.chain(ignored).chain(contested).collect(),
            asks: self.asks,
            proxy: self.proxy,
        }
    }
}

/// The JSON values in `text`, each with the line it begins on.
fn values(text: &str) -> Result<Vec<(usize, &RawValue)>, BatchError> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let mut found = Vec::new();
    let (mut line, mut counted) = (1, 0);
    while let Some(value) = stream.next() {
        let value = value.map_err(|e| syntax(&e, 0))?;
        let start = stream.byte_offset() - value.get().len();
        line += text[counted..start].matches('\n').count();
        counted = start;
        if found.len() == MOST {
            return Err(BatchError::TooMany);
        }
        found.push((line, value));
    }
    Ok(found)
}

/// Where the JSON breaks off, `above` lines having gone before; what stands there is not repeated.
fn syntax(error: &serde_json::Error, above: usize) -> BatchError {
    BatchError::Syntax {
        line: above + error.line(),
        column: error.column(),
    }
}
