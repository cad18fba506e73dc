"""Write the health of a data set as JSON.

Names are only ever added. What is not known is null.

    qdesk                               the version
    drawings, words                     what was looked at: drawings, and how many words they are of
    sentence                            how many are junk, in words
    junk, junk_low, junk_high           the expected number of junk with its 95 % interval, with those flagged as junk
    left, left_low, left_high           the same of the drawings without a verdict
    junk_by_kind                        reason: junk, low, high: what is left, by the reason that scoring suggests
    unscored, doubtful, flagged, kept   drawings without a score; with a probability from 0.1 to 0.5; by verdict
    unsure                              drawings to come back to, by verdict
    copies_flagged                      drawings flagged as copies, which are among those flagged and are no junk
    rude                                drawings that scoring or a verdict calls rude
    exact_copies, near_copies           drawings that are one too many
    exact_groups, near_groups           the groups of copies, each a list of drawings
    unknown_words                       word: drawings, of those that are none of the 345
    missing                             word, key_id, countrycode, timestamp, recognized: drawings without it; all:
                                        drawings with nothing but a word
    first, last, months                 the first and last day, and drawings by month (UTC)
    countries                           country: drawings
    recognized, not_recognized          drawings, by the game's own flag
    bad_lines, problems, unreadable     how many lines were skipped, the first 1000 of them, and files not read
    per_word                            for each word: word, known, drawings, junk, junk_low, junk_high, doubtful,
                                        flagged, kept, copies, rude, median_p_word, worst, typical

A drawing is key_id, source, row, word, p_junk, reason, rude.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from qdesk import __version__
from qdesk.curation.expectation import Number, whole_sentence
from qdesk.curation.health.measure import SHOWN, Health, WordHealth, extra
from qdesk.data.reasons import COPY, KEEP, UNSURE, are_flags
from qdesk.files import atomic_write, readable_json


def to_json(health: Health) -> dict[str, Any]:
    """Return the health by the names in this module's docstring."""
    whole, left = health.expected.whole(), health.expected.left()
    found = health.collection
    return {
        "qdesk": __version__,
        "drawings": len(found),
        "words": sum(one.word is not None for one in health.words),
        "sentence": whole_sentence(health.expected, health.order),
        **_number("junk", whole),
        **_number("left", left),
        "junk_by_kind": {name: _number("junk", number, "") for name, number in health.by_kind.items()},
        "unscored": health.expected.unscored,
        "doubtful": len(health.doubtful),
        "flagged": int(are_flags(health.verdicts).sum()),
        "kept": int((health.verdicts == KEEP).sum()),
        "unsure": int((health.verdicts == UNSURE).sum()),
        "copies_flagged": int((health.verdicts == COPY).sum()),
        "rude": int(health.rude.sum()),
        "exact_copies": extra(health.exact),
        "near_copies": extra(health.near),
        "exact_groups": [[_drawing(health, row) for row in group.tolist()] for group in health.exact],
        "near_groups": [[_drawing(health, row) for row in group.tolist()] for group in health.near],
        "unknown_words": health.unknown_words,
        "missing": health.missing,
        "first": health.first.isoformat() if health.first else None,
        "last": health.last.isoformat() if health.last else None,
        "months": health.months,
        "countries": health.countries,
        "recognized": health.recognized[0],
        "not_recognized": health.recognized[1],
        "bad_lines": found.problem_count,
        "problems": [str(problem) for problem in found.problems],
        "unreadable": list(found.skipped),
        "per_word": [_word(health, one) for one in health.words],
    }


def json_text(health: Health) -> str:
    """Return `to_json` as text for people to read. See `files.readable_json`."""
    return readable_json(to_json(health))


def write_json(health: Health, path: Path) -> None:
    """Write `json_text` as a file, whole or not at all. Raises OSError where it cannot be written."""
    with atomic_write(path) as part:
        part.write_text(json_text(health), encoding="utf-8", errors="replace")


def _word(health: Health, one: WordHealth) -> dict[str, Any]:
    return {
        "word": one.word,
        "known": one.known,
        "drawings": one.drawings,
        **_number("junk", one.junk),
        "doubtful": one.doubtful,
        "flagged": one.flagged,
        "kept": one.kept,
        "copies": one.copies,
        "rude": one.rude,
        "median_p_word": _known(one.seen),
        "worst": [_drawing(health, row) for row in one.worst[:SHOWN].tolist()],
        "typical": [_drawing(health, row) for row in one.typical[:SHOWN].tolist()],
    }


def _drawing(health: Health, row: int) -> dict[str, Any]:
    about = health.collection.table.slice(row, 1).select(["key_id", "source", "row", "word"]).to_pylist()[0]
    reason = health.verdicts[row] or health.reasons[row]
    return {**about, "p_junk": _known(health.p_junk[row]), "reason": reason, "rude": bool(health.rude[row])}


def _number(name: str, number: Number | None, prefix: str | None = None) -> dict[str, float | int | None]:
    ends = name if prefix is None else prefix
    low, high = (f"{ends}_{end}" if ends else end for end in ("low", "high"))
    if number is None:
        return {name: None, low: None, high: None}
    return {name: round(number.expected, 2), low: number.low, high: number.high}


def _known(value: float) -> float | None:
    return float(f"{value:.4g}") if math.isfinite(value) else None
