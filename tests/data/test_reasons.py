"""The reasons and the kinds of junk: what is stored, learned and shown under these names must not move."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from qdesk.curation.verdicts.store import REASONS as VERDICTS
from qdesk.curation.view.table import LOOKS_LIKE
from qdesk.data.reasons import (
    COLOURS,
    FLAGS,
    KEEP,
    KINDS,
    NO_FLAG,
    OTHER,
    REASONS,
    SUGGESTED,
    UNSURE,
    are_flags,
    are_junk,
    are_open,
)
from qdesk.data.synthetic_junk import KINDS as PLANTED
from qdesk.data.synthetic_junk import REASON_OF
from qdesk.scoring import junk_model

ROOT = Path(__file__).parents[2]


def test_the_names_are_those_of_files_and_weights() -> None:
    assert FLAGS == ("scribble", "graffiti", "wrong", "other", "rude", "unfinished", "copy")
    assert VERDICTS == ("scribble", "graffiti", "wrong", "other", "rude", "unfinished", "copy", "keep", "unsure")
    assert LOOKS_LIKE == ("scribble", "graffiti", "wrong", "rude", "unfinished", "unusual", "")
    assert PLANTED[:6] == ("scribble", "over", "lettering", "walk", "unfinished", "wrong")
    assert PLANTED[6:] == ("beside", "bare", "marks", "rude")
    assert [REASON_OF[kind] for kind in PLANTED] == [
        *("scribble", "scribble", "graffiti", "scribble", "unfinished", "wrong"),
        *("graffiti", "unfinished", "unfinished", "rude"),
    ]
    assert [kind.share for kind in KINDS] == [1 / 30, 1 / 12, 1 / 30, 1 / 30, 1 / 12, 0, 1 / 12, 1 / 30, 1 / 30, 1 / 30]


def test_rows_agree_with_each_other() -> None:
    names = [reason.name for reason in REASONS]
    assert len(set(names)) == len(names) and KEEP not in names and OTHER in FLAGS
    keys = [reason.key for reason in REASONS if reason.key]
    assert keys == [str(place) for place in range(1, len(keys) + 1)]
    assert all(reason.key or reason.suggested for reason in REASONS)
    assert {kind.reason for kind in KINDS} <= set(SUGGESTED)
    assert len({kind.name for kind in KINDS}) == len({kind.title for kind in KINDS}) == len(KINDS)
    assert len(set(COLOURS.values())) == len(COLOURS) == len(REASONS) + 2


def test_signs_are_features_that_scoring_has() -> None:
    for reason in REASONS:
        for sign in reason.signs:
            assert sign[0] in "+-" and sign[1:] in junk_model.FEATURES


def test_the_shipped_junk_model_suggests_reasons_of_the_table() -> None:
    kinds = junk_model.load().network.shape.kinds
    assert kinds[0] == junk_model.HONEST
    assert set(kinds[1:]) <= set(SUGGESTED) and "rude" in kinds


def test_nobody_else_lists_reasons() -> None:
    """Single ones may be asked for by name; a list of them stands in one place."""
    named = f'"({"|".join({*FLAGS, *SUGGESTED, *PLANTED})})"[^\n]{{0,40}}'
    three = re.compile(rf"{named},\s*{named},\s*{named}")
    modules = (ROOT / "qdesk").rglob("*.py")
    assert [path.name for path in modules if three.search(path.read_text(encoding="utf-8"))] == ["reasons.py"]


def test_what_is_a_flag_and_what_is_open() -> None:
    verdicts = np.array(["", UNSURE, KEEP, *FLAGS], object)
    assert are_flags(verdicts).tolist() == [False, False, False, *[True] * len(FLAGS)]
    assert are_open(verdicts).tolist() == [True, True, False, *[False] * len(FLAGS)]
    assert are_junk(verdicts).tolist() == [False, False, False, *[True] * (len(FLAGS) - 1), False]
    assert set(NO_FLAG) == {"", UNSURE, KEEP} and not set(NO_FLAG) & set(FLAGS)
