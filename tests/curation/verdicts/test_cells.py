from __future__ import annotations

import pytest

from qdesk.curation.verdicts import cells


@pytest.mark.parametrize(
    ("text", "others", "time"),
    [
        ("2026-11-30T11:00:00Z", [], "2026-11-30T11:00:00Z"),
        ("2026-11-30 11:00", [], "2026-11-30 11:00"),
        ("30/11/2026 11:00", [], "2026-11-30T11:00:00Z"),
        ("30.11.2026 11:00:07", [], "2026-11-30T11:00:07Z"),
        ("5.11.26", [], "2026-11-05T00:00:00Z"),
        ("11/30/2026 11:00 PM", [], "2026-11-30T23:00:00Z"),
        ("12/5/2026, 12:30 AM", [], "2026-12-05T00:30:00Z"),
        ("5/11/2026 9:15", ["30/11/2026"], "2026-11-05T09:15:00Z"),
        ("5/11/2026 9:15", ["11/30/2026"], "2026-05-11T09:15:00Z"),
        ("5/11/2026 9:15", [], ""),  # nothing tells
        ("7/7/2026 9:15", [], "2026-07-07T09:15:00Z"),
        ("46356.458333", [], "2026-11-30T11:00:00Z"),
        ("46356,458333", [], "2026-11-30T11:00:00Z"),
    ],
)
def test_times(text: str, others: list[str], time: str) -> None:
    assert cells.time_of(text, cells.is_day_first([text, *others])) == time


@pytest.mark.parametrize("text", ["yesterday", "31/31/2026", "30/11/2026 25:00", "99", "12345678"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):
        cells.time_of(text, cells.is_day_first([text]))


def test_rounded_key_ids_are_told_from_those_that_end_in_zero() -> None:
    assert cells.first_cut(["6649533104652288", "4503626191994880"]) is None
    assert cells.first_cut(["4503626191994880"]) is None
    assert cells.first_cut(["5", "6649533104652290", "4503626191994880"]) == 1
    assert cells.first_cut(["1764531245123450"]) is None  # of a round of Play
    assert cells.first_cut([f"17645312451234{number:02}0"[:16] for number in range(10, 100)]) is None
    assert cells.first_cut([f"17645312451{number:04}0" for number in range(30)]) == 0
    assert cells.first_cut([]) is None and cells.first_cut(["content:12"]) is None
