"""Files that Qt wrote, read without Qt."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QSettings

from qdesk import ini


def written(folder: Path, values: dict[str, object]) -> bytes:
    """What Qt makes of these values."""
    path = folder / "qt.ini"
    path.unlink(missing_ok=True)
    file = QSettings(str(path), QSettings.Format.IniFormat)
    for name, value in values.items():
        file.setValue(name, value)
    file.sync()
    return path.read_bytes()


def test_every_kind_of_value_is_read_as_it_was(tmp_path: Path) -> None:
    values: dict[str, object] = {
        "curate/recent": ["/a/b, c.ndjson", '/ü/"q" \\x ;=.n', "日本\x07f\u2028\x85", "", " blanks "],
        "curate/one": ["/a/b c.ndjson"],
        "curate/none": [],
        "curate/tint": "time",
        "curate/comma": "x, y",
        "curate/at": "@home",
        "curate/size": 5,
        "curate/replay_each": True,
        "keys/flag": [",", "Ctrl+;", "@"],
        "keys/keep": "\\",
        "keys/undo": '"',
        "filters/by word/ü": False,
        "lab/folder": "",
        "window/geometry": QByteArray(bytes(range(256)) * 2),
        "top": "1",
    }
    expected = values | {
        "curate/one": "/a/b c.ndjson",  # a list of one is written as its text
        "curate/size": "5",
        "curate/replay_each": "true",
        "filters/by word/ü": "false",
        "window/geometry": bytes(range(256)) * 2,
    }
    assert ini.read(written(tmp_path, values)) == expected


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2), st.binary())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_and_any_bytes_come_back(tmp_path: Path, texts: list[str], content: bytes) -> None:
    read = ini.read(written(tmp_path, {"a/texts": texts, "a/text": texts[0], "a/bytes": QByteArray(content)}))
    assert read == {"a/texts": texts, "a/text": texts[0], "a/bytes": content}


def test_what_only_qt_can_read_is_left_out(tmp_path: Path) -> None:
    content = written(tmp_path, {"a/object": ("pickled", "by PySide"), "a/size": 3})
    assert b"@Variant(" in content
    assert ini.read(content) == {"a/size": "3"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("[keys\nflag=J", {}),
        (
            "flag=J\n; undo=Z\nnonsense\n[keys]\n=\nredo = \tY , Z\t\n",
            {"flag": "J", "keys": "", "keys/redo": ["Y", "Z"]},
        ),
        ('[a]\r\nb="never closed\r\nc=\\', {"a/b": "never closed", "a/c": ""}),
        ("\ufeff[a]\nb=\\xfffff\\q\\101", {"a/b": "\uffffqA"}),
        ("[General]\na=1", {"a": "1"}),
    ],
)
def test_what_was_edited_or_damaged_costs_nothing_but_itself(text: str, expected: dict[str, object]) -> None:
    assert ini.read(text.encode()) == expected


def test_bytes_that_are_no_text_do_no_harm() -> None:
    assert ini.read(b"\xff\xfe[a]\nb=\xff\n")
