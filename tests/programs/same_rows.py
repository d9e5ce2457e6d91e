"""Holds out.jsonl, out.csv and out.parquet of one pull against each other, as DuckDB reads them.

What docs/formats.md says that CSV does to a text is done to the other two, and nothing else.
Prints how many rows there are.
"""

import json

import duckdb

FORMULA = tuple("=+-@\t\r\n＝＋－＠")
CONTROL = [
    *range(0x20),
    *range(0x7F, 0xA0),
    *range(0x2028, 0x202F),
    *range(0x2066, 0x206A),
]
CLEAN = dict.fromkeys(CONTROL, "\ufffd") | dict.fromkeys(map(ord, "\t\r\n"), " ")


def rows(table):
    found = duckdb.sql(f"FROM {table}")
    return [dict(zip(found.columns, row)) for row in found.fetchall()]


def field(row, name):
    for key in name.split("."):
        row = None if row is None else row[key]
    return row


def cell(value):
    """What a CSV cell holds of a value: text, or nothing."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return "'" * value.startswith(FORMULA) + value.translate(CLEAN)
    return None if value is None else str(value)


def same(text, value):
    if isinstance(value, list):
        return text is not None and json.loads(text) == value
    return text == cell(value)


def main():
    table = rows("read_csv('out.csv', all_varchar = true, allow_quoted_nulls = false)")
    typed = rows("read_csv('out.csv')")
    others = [rows("'out.jsonl'"), rows("'out.parquet'")]
    for other in others:
        assert len(other) == len(table) == len(typed)
        for number, (cells, row) in enumerate(zip(table, other)):
            for name, text in cells.items():
                value = field(row, name)
                assert same(text, value), (number, name, text, value)
    assert others[0] == others[1]
    for cells, told in zip(table, typed):
        assert cells["aweme_id"] == str(told["aweme_id"])
    print(len(table))


if __name__ == "__main__":
    main()
