"""Which drawings stand on the sheet of the flagged, in which order, and what stands under them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.exports.sheet import COLOURS, captions, flagged
from qdesk.curation.verdicts.identity import identities
from qdesk.curation.verdicts.store import Verdicts
from qdesk.data.drawings import Drawings
from qdesk.data.reasons import FLAGS, KEEP


@pytest.fixture
def store(tmp_path: Path):
    with Verdicts(tmp_path / "verdicts.db") as opened:
        yield opened


@pytest.fixture
def drawings() -> Drawings:
    strokes = [[np.array([[0, 0], [200, 10 * k]])] for k in range(6)]
    return Drawings.from_strokes(strokes, word=["cat"] * 5 + [None], key_id=["1", "2", None, "4", "5", "6"])


def test_the_flagged_worst_first_and_those_never_scored_last(store: Verdicts, drawings: Drawings) -> None:
    names = identities(drawings).to_pylist()
    store.flag(names[0], "wrong")
    store.flag(names[1], "scribble", info={"junk": 0.5})
    store.flag(names[2], "graffiti", info={"junk": 7.25})
    store.keep(names[3], info={"junk": 9.0})
    store.flag(names[5], "other", info={"junk": -2.0})
    store.flag("another file's", "other", info={"junk": 99.0})
    found, reasons = flagged(drawings, store)
    assert identities(found).to_pylist() == [names[2], names[1], names[5], names[0]]
    assert reasons == ["graffiti", "scribble", "other", "wrong"]


def test_nothing_flagged_is_nothing(store: Verdicts, drawings: Drawings) -> None:
    assert [len(part) for part in flagged(drawings, store)] == [0, 0]
    assert [len(part) for part in flagged(drawings.take([]), store)] == [0, 0]


def test_a_caption_is_the_word_the_name_and_the_reason(drawings: Drawings) -> None:
    first, *_, third, last = captions(drawings.take([0, 2, 5]), ["wrong", "", "of tomorrow"])
    assert (first.word, first.name, first.reason, first.colour) == ("cat", "1", "wrong", COLOURS["wrong"])
    content = drawings.content_ids()[2]
    assert third.name == f"content {content[:8]}" and third.reason == ""
    assert (last.word, last.colour) == ("", COLOURS["other"])


def test_every_reason_has_a_colour_of_its_own_that_can_be_seen_on_white_and_on_slate() -> None:
    assert {*FLAGS, KEEP} <= set(COLOURS) and len(set(COLOURS.values())) == len(COLOURS)
    for colour in COLOURS.values():
        for ground in ("#ffffff", "#282f35"):
            bright, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
            assert (bright + 0.05) / (dark + 0.05) >= 2.95, (colour, ground)


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))
