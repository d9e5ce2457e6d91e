"""Prints the rows of out.parquet, as DuckDB reads them, as JSON lines."""

import json

import duckdb

found = duckdb.sql("FROM 'out.parquet'")
for row in found.fetchall():
    record = dict(zip(found.columns, row))
    print(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
