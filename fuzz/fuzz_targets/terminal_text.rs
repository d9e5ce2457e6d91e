//! Remote text on its way to a person: in a line of words, in a line of the JSON log, in a record.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use serde_json::value::RawValue;
use tiktok_hashtag::sink::safe_json;
use tiktok_hashtag::words::{object, shown};
use tiktok_hashtag_fuzz::is_plain;
use tracing::Level;

/// A field's longest text.
const LONGEST: usize = 200;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let line = shown(&text, LONGEST);
    is_plain(&line);
    assert!(line.chars().count() <= LONGEST + 1);
    assert_eq!(shown(&line, LONGEST + 1), line);

    let logged = object(Level::WARN, &line);
    is_plain(&logged);
    let logged: Value = serde_json::from_str(&logged).expect("a JSON log line");
    assert_eq!(logged["message"], line);

    let json = safe_json(&text);
    is_plain(&json);
    assert_eq!(
        serde_json::from_str::<String>(&json).ok().as_deref(),
        Some(&*text)
    );
    if let Ok(raw) = serde_json::from_str::<&RawValue>(&text) {
        let json = safe_json(&raw);
        is_plain(&json);
        let (before, after): (Value, Value) = (parse(raw.get()), parse(&json));
        assert_eq!(before, after);
    }
});

fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or(Value::Null)
}
