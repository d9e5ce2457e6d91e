"""Whether an output is the right one: `python agree.py WAY RIGHT OUTPUT`.

WAY is `bytes`; `json`, which compares values, whatever the order of keys and the way texts are
escaped; or `count`, where the output is the number of lines of the right one. Says what differs
and ends with status 1.
"""

import json
import sys
from itertools import islice, zip_longest

SHOWN = 5


def canonical(line):
    """The JSON of a line in one spelling; what is none stands for itself."""
    try:
        return json.dumps(json.loads(line), sort_keys=True)
    except ValueError:
        return line


def same_bytes(one, other):
    return one == other


def same_json(one, other):
    if one is None or other is None:
        return False
    return one == other or canonical(one) == canonical(other)


def differing(same, right, output):
    """The numbers of the lines that differ, missing ones included."""
    for number, (one, other) in enumerate(zip_longest(right, output), 1):
        if not same(one, other):
            yield number


def complaint(way, right, output):
    if way == "count":
        lines, told = sum(1 for _ in right), output.read().decode().strip()
        return "" if told == str(lines) else f"counts {told}, not {lines}"
    same = same_bytes if way == "bytes" else same_json
    numbers = list(islice(differing(same, right, output), SHOWN))
    more = ", ..." if len(numbers) == SHOWN else ""
    return f"differs in line {', '.join(map(str, numbers))}{more}" if numbers else ""


def main():
    way, *paths = sys.argv[1:]
    with open(paths[0], "rb") as right, open(paths[1], "rb") as output:
        words = complaint(way, right, output)
    if words:
        sys.exit(words)


main()
