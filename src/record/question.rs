//! The question a record answers, repeated in it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::input::Query;

/// The question a record answers; null means not given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// Country of the viewer the site was asked to assume, two capitals. Only a hint.
    pub region: Option<String>,
    /// The hashtag asked for, without `#`.
    pub name: String,
    /// The tag URL as it was given.
    pub url: Option<String>,
    /// How many records were asked for at most; null for all.
    pub limit: Option<u64>,
}

impl From<&Query> for Question {
    fn from(query: &Query) -> Self {
        Self {
            region: query.region.map(|region| region.as_str().to_owned()),
            name: query.name.as_str().to_owned(),
            url: query.url.clone(),
            limit: query.limit.get(),
        }
    }
}
