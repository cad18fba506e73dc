"""Running a command, reading the table it prints, and drawings for it."""

from __future__ import annotations

import csv
import io
import json

from qdesk import cli


def run(*args: object) -> int:
    return cli.main([str(arg) for arg in args])


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def square(side: int) -> list[list[list[int]]]:
    return [[[0, side, side, 0, 0], [0, 0, side, side, 0]], [[0, 255], [255, 0]]]


def ndjson_line(key: int, word: str = "square") -> str:
    return json.dumps({
        "word": word, "countrycode": "US", "timestamp": "2017-03-01 00:00:00.00000 UTC", "recognized": True,
        "key_id": str(key), "drawing": square(100 + key),
    })  # fmt: skip
