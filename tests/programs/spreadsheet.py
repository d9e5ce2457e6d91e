"""Holds the spreadsheet out.fods against the out.csv that LibreOffice made it of.

No cell is a formula, and every text is the same. Prints how many rows there are.
"""

import csv
from itertools import islice, repeat
from xml.etree import ElementTree

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
IDS = ["aweme_id", "author.uid", "music.id"]


def text_of(element):
    """A paragraph's text; several spaces are an element that counts them."""
    if element.tag == TEXT + "s":
        own = " " * int(element.get(TEXT + "c", 1))
    else:
        own = element.text or ""
    return own + "".join(text_of(child) + (child.tail or "") for child in element)


def cells(row):
    """The type and the value of each cell, repeated ones as often as they stand there."""
    for cell in row.iter(TABLE + "table-cell"):
        assert TABLE + "formula" not in cell.attrib, cell.attrib
        kind = cell.get(OFFICE + "value-type", "empty")
        if kind == "float":
            value = cell.get(OFFICE + "value")
        elif kind == "boolean":
            value = cell.get(OFFICE + "boolean-value")
        else:
            value = "\n".join(text_of(line) for line in cell.iter(TEXT + "p"))
        times = int(cell.get(TABLE + "number-columns-repeated", 1))
        yield from repeat((kind, value), times)


def same(name, text, kind, value):
    if kind == "float":
        return name not in IDS and float(text) == float(value)
    return text == value


def main():
    with open("out.csv", encoding="utf-8", newline="") as table:
        names, *table = csv.reader(table)
    (sheet,) = ElementTree.parse("out.fods").iter(TABLE + "table")
    _, *rows = islice(sheet.iter(TABLE + "table-row"), len(table) + 1)
    assert len(rows) == len(table)
    for number, (texts, row) in enumerate(zip(table, rows)):
        found = [*cells(row)]
        found += repeat(("empty", ""), len(names) - len(found))
        for name, text, (kind, value) in zip(names, texts, found):
            assert same(name, text, kind, value), (number, name, text, kind, value)
    print(len(rows))


if __name__ == "__main__":
    main()
