"""Which drawings are judged: read files and folders, and leave out and count what cannot be judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from qdesk.data.bitmap_frame import fit_bitmaps
from qdesk.data.categories import one_name_each, unknown_words
from qdesk.data.drawings import Drawings
from qdesk.data.simplify import as_official
from qdesk.data.splits import labels_of, split_of
from qdesk.formats import Problem
from qdesk.formats.several import open_several
from qdesk.streams import name_of

PARTS = {"all": None, "validation": 0, "test": 1}
"""Each part's name, and the number that `qdesk.data.splits.split_of` gives its drawings."""


@dataclass(frozen=True)
class Found:
    """The drawings of files, in the 255 box or bitmaps, and what was left out of them.

    left_out: drawings per reason. Each drawing counts once, for the first reason that fits: bitmaps (beside strokes),
        no_word, unknown_word (to the network), other_words (than asked for), copies (of an earlier drawing),
        other_part.
    unknown_words: those that the network does not know.   problems, problem_count: as in `qdesk.formats.Opened`.
    skipped: one sentence per file in a folder that could not be read.   notes: what was assumed about the files.
    guessed: the words of files that say none, as in `qdesk.formats.Opened`.
    """

    drawings: Drawings
    files: tuple[str, ...] = ()
    part: str = "all"
    left_out: dict[str, int] = field(default_factory=dict)
    unknown_words: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    guessed: Mapping[str, str] = field(default_factory=dict)


def read(
    files: Sequence[Path], on_progress: Callable[[float], object] = lambda share: None, y_up: bool = False
) -> Found:
    """Read all drawings of `files` as training sees them; a folder stands for every supported file under it.

    Bitmaps are fitted to the official frame. They are left out where there are strokes, because `qdesk train` then
    holds out no bitmaps. on_progress gets a share from 0 to 1. y_up: the strokes' y axis points up, so they are turned
    over.

    Raises FormatError for a named file that cannot be read, and for folders without a readable file.
    """
    found = open_several(files, on_progress, y_up)
    batches = list(map(_as_trained, found.batches))
    strokes = [batch for batch in batches if batch.bitmaps is None]
    beside = sum(len(batch) for batch in batches if batch.bitmaps is not None) if strokes else 0
    return Found(
        Drawings.concat(strokes or batches),
        files=tuple(map(name_of, files)), left_out={"bitmaps": beside},
        problems=tuple(found.problems), problem_count=found.problem_count, skipped=tuple(found.skipped),
        notes=tuple(found.notes), guessed=found.guessed,
    )  # fmt: skip


def _as_trained(drawings: Drawings) -> Drawings:
    """Return drawings as training sees them: simplified, or bitmaps fitted to the official frame."""
    drawings = as_official(drawings)
    if drawings.bitmaps is None:
        return drawings
    return replace(drawings, bitmaps=fit_bitmaps(drawings.bitmaps)[0])


def select(found: Found, known: Sequence[str], wanted: Sequence[str], part: str = "all") -> Found:
    """Keep what can be judged of `found`: drawings of `wanted` words in `part`, each once.

    known: the words that the network knows. Raises ValueError where no drawing is left.
    """
    drawings = found.drawings
    named = one_name_each(drawings.words) != None  # noqa: E711
    in_known, in_wanted = labels_of(drawings, known) >= 0, labels_of(drawings, wanted) >= 0
    ids = drawings.content_ids()
    left_out = {"no_word": ~named, "unknown_word": named & ~in_known, "other_words": in_known & ~in_wanted}
    keep = in_wanted.copy()
    first = np.zeros(len(drawings), bool)
    here = np.flatnonzero(keep)
    first[here[np.unique(ids[here], return_index=True)[1]]] = True
    left_out["copies"] = keep & ~first
    keep &= first
    inside = keep.copy()
    if PARTS[part] is not None:
        inside[keep] = split_of(ids[keep]) == PARTS[part]
    left_out["other_part"] = keep & ~inside
    counts = {reason: int(mask.sum()) for reason, mask in left_out.items()}
    if not inside.any():
        raise ValueError(_why_none(len(drawings), counts, part))
    return replace(
        found,
        drawings=drawings.take(inside),
        part=part,
        left_out=found.left_out | counts,
        unknown_words=tuple(sorted(unknown_words(drawings.words[left_out["unknown_word"]], ()))),
    )


def _why_none(count: int, left_out: dict[str, int], part: str) -> str:
    if left_out["other_part"]:
        return f"None of the {left_out['other_part']:,} drawings belongs to the {part} part."
    if left_out["no_word"] == count:
        return "These drawings have no word, so nothing is right or wrong of them."
    if left_out["other_words"]:
        return f"None of the {count:,} drawings is of these words."
    return f"None of the {count:,} drawings has a word that the network knows."
