"""What is read of qdesk's own files is strict JSON of the shape that it has to have."""

from __future__ import annotations

import pytest

from qdesk.checked import NotOne, parse

SHAPE = {"name": str, "sizes": [int], "about?": {str: (float, None)}, "any?": object}


@pytest.mark.parametrize(
    "text",
    ['{"name": "a", "sizes": []}', '{"name": "", "sizes": [1], "about": {"x": 1.5, "y": null}, "more": 1, "any": []}'],
)
def test_what_fits_is_returned(text: str) -> None:
    assert parse(text, SHAPE)["name"] in ("a", "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "Expecting"),
        ("[]", r"it is \[\]"),
        ('{"name": "a"}', "it has no sizes"),
        ('{"name": 1, "sizes": []}', "name is 1"),
        ('{"name": "a", "sizes": [true]}', r"sizes\[0\] is True"),
        ('{"name": "a", "sizes": [1e999]}', r"sizes\[0\] is inf"),
        ('{"name": "a", "sizes": [1' + "0" * 400 + "]}", r"sizes\[0\] is 1000"),
        ('{"name": "a", "sizes": [NaN]}', "NaN is no number"),
        ('{"name": "a", "sizes": [], "about": {"x": "y"}}', "about.x is 'y'"),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff", "utf-8"),
    ],
)
def test_what_does_not_is_said(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(text, SHAPE)


def test_a_file_that_is_none_is_named() -> None:
    assert str(NotOne("x.json", "a list of words", "it is 1")) == "x.json is not a list of words: it is 1"
