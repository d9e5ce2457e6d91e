"""Reads out.parquet with pyarrow: its types, and every row, which is the line of out.jsonl.

Prints how many rows there are.
"""

import json

import pyarrow
import pyarrow.parquet

TYPES = {
    "aweme_id": pyarrow.string(),
    "author.uid": pyarrow.string(),
    "music.id": pyarrow.string(),
    "desc": pyarrow.string(),
    "create_time": pyarrow.int64(),
    "statistics.play_count": pyarrow.int64(),
    "video.duration": pyarrow.int64(),
    "author.follower_count": pyarrow.int64(),
    "author.verified": pyarrow.bool_(),
}
# Of the lists, what one entry is, or the fields that it has among others.
LISTS = {
    "collection.estimated": pyarrow.string(),
    "author.avatar_thumb.url_list": pyarrow.string(),
    "cha_list": {"cid": pyarrow.string(), "cha_name": pyarrow.string()},
    "text_extra": {"hashtag_id": pyarrow.string(), "start": pyarrow.int64()},
    "video.bit_rate": {"bit_rate": pyarrow.int64(), "gear_name": pyarrow.string()},
}


def type_of(schema, name):
    first, *rest = name.split(".")
    found = schema.field(first).type
    for key in rest:
        found = found.field(key).type
    return found


def main():
    table = pyarrow.parquet.read_table("out.parquet")
    for name, expected in TYPES.items():
        assert type_of(table.schema, name) == expected, name
    for name, expected in LISTS.items():
        found = type_of(table.schema, name)
        assert pyarrow.types.is_list(found), (name, found)
        if isinstance(expected, dict):
            entry = {key: found.value_type.field(key).type for key in expected}
            assert entry == expected, (name, entry)
        else:
            assert found.value_type == expected, (name, found)
    assert table.schema.metadata[b"tiktok_hashtag.schema_version"]
    with open("out.jsonl", encoding="utf-8", newline="\n") as lines:
        records = [json.loads(line) for line in lines]
    rows = table.to_pylist()
    assert len(rows) == len(records)
    for number, (row, record) in enumerate(zip(rows, records)):
        assert row == record, number
    print(len(rows))


if __name__ == "__main__":
    main()
