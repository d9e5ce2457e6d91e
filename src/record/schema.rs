//! The JSON Schema of a record, generated from the types and their comments.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Record;

/// Version of the record's shape: the first number changes when a key changes its meaning or
/// goes, the second when keys are added, the third with the words.
pub const SCHEMA_VERSION: &str = "1.0.0";

impl Record {
    /// The JSON Schema (draft 2020-12) of what is written, with [`SCHEMA_VERSION`] under
    /// `version` and in `$id`. The same at every call.
    #[must_use]
    pub fn schema() -> Value {
        let settings = SchemaSettings::draft2020_12().for_serialize();
        let mut schema = settings.into_generator().into_root_schema_for::<Self>();
        schema.insert(
            "$id".to_owned(),
            format!("urn:tiktok-hashtag:record:{SCHEMA_VERSION}").into(),
        );
        schema.insert("version".to_owned(), SCHEMA_VERSION.into());
        schema.to_value()
    }
}
