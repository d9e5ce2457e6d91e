//! Effects a video was made with, and what is laid over it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An effect a video was made with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EffectSticker {
    /// The effect's id.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

/// Something laid over the picture: a text, a poll, a mention.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InteractionSticker {
    /// The source's code for the kind; 4 is text.
    #[serde(rename = "type")]
    pub kind: Option<i64>,
    /// The texts it shows; null where the source gives none.
    pub text: Option<Vec<String>>,
}
