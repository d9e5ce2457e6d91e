"""The three fields of the job `fields`, with DuckDB: `python fields_duckdb.py THREADS FILE`."""

import sys

import duckdb

FIELDS = """
COPY (
    SELECT
        id AS aweme_id,
        {'unique_id': author.uniqueId} AS author,
        {'play_count': coalesce(statsV2.playCount, stats.playCount)} AS statistics
    FROM read_json(?, format = 'newline_delimited', columns = {
        id: 'VARCHAR',
        author: 'STRUCT(uniqueId VARCHAR)',
        stats: 'STRUCT(playCount BIGINT)',
        statsV2: 'STRUCT(playCount BIGINT)'
    })
) TO '/dev/stdout' (FORMAT json)
"""


def main():
    threads, corpus = sys.argv[1:]
    duckdb.connect(config={"threads": threads}).execute(FIELDS, [corpus])


main()
