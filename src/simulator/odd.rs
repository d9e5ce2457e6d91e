//! Odd items: the shapes seen now and then in saved answers of several years, a few of them assumed.

use serde_json::{Value, json};

use super::item::Item;

/// Writes the item at `index`; every third is odd in its own way, until the ways run out.
pub(crate) fn write(item: Item<'_>, index: usize, out: &mut Vec<u8>) {
    let mut text = Vec::new();
    item.write(0, &mut text);
    let Ok(mut value) = serde_json::from_slice::<Value>(&text) else {
        return;
    };
    bend(&mut value, index);
    // No JSON library writes half a surrogate pair, so it goes in afterwards.
    out.extend_from_slice(value.to_string().replace(LONE, "\\ud83d").as_bytes());
}

const LONE: &str = "<lone>";

fn bend(item: &mut Value, index: usize) {
    match index {
        2 => remove(item, "author"),
        5 => item["author"] = item["author"]["uniqueId"].take(),
        8 => item["createTime"] = json!(item["createTime"].to_string()),
        11 => item["stats"]["collectCount"] = json!("59149"),
        14 => item["music"] = Value::Null,
        17 => item["imagePost"] = json!({"images": [{"imageURL": {"urlList": []}}], "title": ""}),
        20 => item["id"] = number(&item["id"]),
        23 => item["desc"] = json!(format!("half a pair {LONE} here")),
        26 => item["liveRoomInfo"] = json!({"roomID": "1", "title": "live now"}),
        29 => *item = Value::Null,
        32 => item["stats"] = Value::Null,
        35 => item["textExtra"] = Value::Null,
        38 => item["authorStats"]["heartCount"] = json!("17"),
        41 => item["privateItem"] = json!(0),
        44 => item["statsV2"] = json!({"playCount": "-1", "diggCount": "many"}),
        _ => {}
    }
}

fn remove(item: &mut Value, key: &str) {
    if let Some(members) = item.as_object_mut() {
        members.shift_remove(key);
    }
}

fn number(id: &Value) -> Value {
    id.as_str().and_then(|id| id.parse::<u64>().ok()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(index: usize) -> String {
        let mut out = Vec::new();
        write(
            Item::new("odd", u32::try_from(index).unwrap()),
            index,
            &mut out,
        );
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_oddity_is_there() {
        let json = |index| serde_json::from_str::<Value>(&text(index)).unwrap();
        assert!(json(0)["author"].is_object());
        assert!(json(2)["author"].is_null());
        assert!(json(5)["author"].is_string());
        assert!(json(8)["createTime"].is_string());
        assert!(json(20)["id"].as_u64().unwrap() > 1 << 53);
        assert!(json(26)["liveRoomInfo"].is_object());
        assert_eq!(text(29), "null");
        assert!(text(23).contains(r"pair \ud83d here"));
    }
}
