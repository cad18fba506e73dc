"""What the window says of verdicts that were given, taken back and written."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from qdesk.curation.verdicts.store import Change
from qdesk.data.reasons import KEEP, UNSURE

_KINDS_SAID = 4
"""How many kinds of changes an undo names; the rest is counted."""


Kinds = Mapping[tuple[str, str], int]
"""How many drawings had one reason and have another now, by both; "" for no verdict."""

NOTHING_FLAGGED = "Nothing flagged: all of these have a verdict already."


def kinds_of(changes: Sequence[Change]) -> Kinds:
    """Sum up changes."""
    return Counter((change.old, change.new) for change in changes)


def became(kinds: Kinds, word: str = "") -> str:
    """Say what undo or redo changed, the most frequent first. word: what the one drawing is to show, if it is one."""
    if sum(kinds.values()) == 1:
        ((old, new),) = kinds
        return _one_became(old, new, "") + (f" ({word})" if word else "")
    ranked = sorted(kinds.items(), key=lambda item: -item[1])
    parts = [_one_became(old, new, f"{count:,} ") for (old, new), count in ranked[:_KINDS_SAID]]
    if more := sum(count for _, count in ranked[_KINDS_SAID:]):
        parts.append(f"{more:,} more")
    return ", ".join(parts)


def _one_became(old: str, new: str, count: str) -> str:
    if not new:
        return f"{count}{old} taken back"
    if old == new:
        return f"another note on {count}{new}"
    return f"{count}now {new}" + (f" instead of {old}" if old else "")


def elsewhere(facts: Mapping[str, Any]) -> str:
    """Say which drawing it is that is not among those open, by what was noted with its verdict."""
    where = f"in {os.path.basename(facts['source'])}, which" if facts.get("source") else "in a file that"
    return ", ".join(filter(None, [facts.get("word"), f"{where} is not open"]))


def flagged(kinds: Kinds, selected: int) -> str:
    """Say what became of drawings that were to be flagged, or no longer. selected: how many were chosen."""
    count = sum(kinds.values())
    if not any(new for _, new in kinds):
        return f"{_drawings(count)} no longer flagged."
    left = selected - count
    kept = f", {left:,} left: {'they have' if left > 1 else 'it has'} a verdict already" if left > 0 else ""
    return f"{_drawings(count)} flagged{kept}."


def judged(kinds: Kinds, what: str) -> str:
    """Say what became of drawings that were given this verdict, and of how many it is another than before."""
    others = sum(count for (old, new), count in kinds.items() if old not in ("", new))
    instead = f", {others:,} of them had another verdict" if others else ""
    return f"{_drawings(sum(kinds.values()))} {what}{instead}."


def said(verdict: str) -> str:
    """Say what a drawing with this verdict is."""
    return {"": "verdict taken back", KEEP: "kept", UNSURE: "unsure"}.get(verdict, f"flagged as {verdict}")


def wrote(count: int, others: int, everything: bool, name: str) -> str:
    """Say how many verdicts were written, and how many there are of drawings that are not open."""
    what = "verdict" if everything else "flag"
    text = f"Wrote {count:,} {what if count == 1 else what + 's'} to {name}."
    if others:
        command = "qdesk export --all" if everything else "qdesk export"
        text += f" {others:,} more in other files: “{command}” writes them all."
    return text


def _drawings(count: int) -> str:
    return f"{count:,} drawing{'s' if count != 1 else ''}"
