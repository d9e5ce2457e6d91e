"""The three fields of the job `fields`, with orjson: `python fields_orjson.py FILE`."""

import sys

import orjson


def fields(item):
    exact = item.get("statsV2", {}).get("playCount")
    plays = item["stats"]["playCount"] if exact is None else int(exact)
    return {
        "aweme_id": item["id"],
        "author": {"unique_id": item["author"]["uniqueId"]},
        "statistics": {"play_count": plays},
    }


def main():
    write = sys.stdout.buffer.write
    with open(sys.argv[1], "rb") as lines:
        for line in lines:
            write(orjson.dumps(fields(orjson.loads(line)), option=orjson.OPT_APPEND_NEWLINE))


main()
