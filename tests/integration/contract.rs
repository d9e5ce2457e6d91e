//! What holds for every record and every receipt, whatever run they are from.

use std::fs;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use crate::runner::root;

/// The largest integer that every reader of JSON keeps exact.
const EXACT: u64 = 1 << 53;

/// The published schema, which is compared with `schema`'s output elsewhere.
static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let text = fs::read_to_string(root().join("data/record.schema.json")).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
});

/// A record follows the schema, and no number in it loses digits anywhere.
pub(crate) fn assert_record(record: &Value) {
    if let Some(wrong) = SCHEMA.iter_errors(record).next() {
        panic!("{wrong} at {}: {record}", wrong.instance_path());
    }
    assert!(is_exact(record), "{record}");
}

/// Whether all numbers are small enough; what the source sent is none of our business.
fn is_exact(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            let size = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
            size.is_some_and(|size| size <= EXACT) || number.is_f64()
        }
        Value::Array(values) => values.iter().all(is_exact),
        Value::Object(fields) => fields
            .iter()
            .all(|(key, value)| key == "raw" || is_exact(value)),
        _ => true,
    }
}

/// A receipt accounts for each entry it has seen.
pub(crate) fn assert_adds_up(receipt: &Value) {
    let count = |key: &str| receipt[key].as_u64().unwrap();
    let filtered = receipt["filtered"].as_object().unwrap();
    let filtered: u64 = filtered.values().map(|n| n.as_u64().unwrap()).sum();
    let told = count("written") + count("duplicates") + filtered + count("malformed");
    assert_eq!(count("seen"), told, "{receipt}");
    assert_eq!(receipt["complete"], receipt["exit_code"] == 0, "{receipt}");
}

#[test]
fn the_checks_themselves_can_fail() {
    assert!(is_exact(
        &serde_json::json!({"id": "7532242222256717546", "raw": 7532242222256717546_u64})
    ));
    assert!(!is_exact(
        &serde_json::json!([{"id": 7532242222256717546_u64}])
    ));
    assert!(!SCHEMA.is_valid(&serde_json::json!({"aweme_id": "1"})));
}
