"""What the window says of verdicts that were given, taken back and written."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from qdesk.curation.verdicts.store import Change

_KINDS_SAID = 4
"""How many kinds of changes an undo names; the rest is counted."""


def became(changes: Sequence[Change], word: str = "") -> str:
    """Say what undo or redo changed, the most frequent first. word: what the one drawing is to show, if it is one."""
    if len(changes) == 1:
        return _one_became(changes[0].old, changes[0].new, "") + (f" ({word})" if word else "")
    kinds = Counter((change.old, change.new) for change in changes).most_common()
    parts = [_one_became(old, new, f"{count:,} ") for (old, new), count in kinds[:_KINDS_SAID]]
    if more := sum(count for _, count in kinds[_KINDS_SAID:]):
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


def flagged(changes: Sequence[Change], selected: int) -> str:
    """Say what became of drawings that were to be flagged, or no longer. selected: how many were chosen."""
    if not changes:
        return "Nothing flagged: all of these have a verdict already."
    if not changes[0].new:
        return f"{len(changes):,} drawings no longer flagged."
    left = selected - len(changes)
    kept = f", {left:,} left: {'they have' if left > 1 else 'it has'} a verdict already" if left > 0 else ""
    return f"{_drawings(len(changes))} flagged{kept}."


def judged(changes: Sequence[Change], what: str) -> str:
    """Say what became of drawings that were given this verdict, and of how many it is another than before."""
    others = sum(change.old not in ("", change.new) for change in changes)
    instead = f", {others:,} of them had another verdict" if others else ""
    return f"{_drawings(len(changes))} {what}{instead}."


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
