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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every property without a description, by name.
    fn undescribed(schema: &Value, found: &mut Vec<String>) {
        let Some(object) = schema.as_object() else {
            return;
        };
        if let Some(properties) = object.get("properties").and_then(Value::as_object) {
            let silent = properties
                .iter()
                .filter(|(_, it)| it.get("description").is_none());
            found.extend(silent.map(|(name, _)| name.clone()));
        }
        object.values().for_each(|value| undescribed(value, found));
    }

    #[test]
    fn every_field_is_described() {
        let mut found = Vec::new();
        undescribed(&Record::schema(), &mut found);
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn the_version_is_inside_and_the_output_stable() {
        let schema = Record::schema();
        assert_eq!(schema["version"], SCHEMA_VERSION);
        assert_eq!(
            schema["$id"],
            format!("urn:tiktok-hashtag:record:{SCHEMA_VERSION}")
        );
        assert_eq!(schema.to_string(), Record::schema().to_string());
        let required = schema["required"].as_array().map(Vec::len);
        let properties = schema["properties"].as_object().map(serde_json::Map::len);
        assert_eq!(
            required.map(|keys| keys + 1),
            properties,
            "all keys but `raw` are required"
        );
    }
}
