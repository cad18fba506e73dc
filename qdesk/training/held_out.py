"""The held-out drawings of folders: those that no network was trained on, with their times where there are any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import as_official
from qdesk.data.splits import split_of
from qdesk.formats import FormatError, files_under, open_drawings


@dataclass(frozen=True)
class HeldOut:
    """Drawings of parts 0 and 1 (`qdesk.data.splits.split_of`).

    Nothing was trained on them. Those of part 0 were used to choose weights.

    raw, raw_part: the drawings with times, and int64 (N,), the part of each.
    simplified: the drawings without times, each once, in the 255 box. The twins of `raw` are among them.
    """

    raw: Drawings
    raw_part: np.ndarray
    simplified: Drawings

    @property
    def once(self) -> Drawings:
        """Each drawing once, the raw one where it is also there simplified."""
        known = set(self.raw.column("key_id"))
        alone = np.array([key is None or key not in known for key in self.simplified.column("key_id")], bool)
        return Drawings.concat([self.raw, self.simplified.take(alone)])


def held_out(folders: Sequence[Path]) -> HeldOut:
    """Read the held-out drawings of every file under `folders` that has strokes, raw or simplified.

    The part of a drawing is that of its simplified content. The part of a raw drawing is that of its simplified twin,
    the drawing with the same key_id, where there is one: simplifying anew does not always give the very same points.
    Raises FormatError where there is no drawing with a word.
    """
    drawings = _read(folders)
    timed = drawings.timed
    raw, simplified = drawings.take(timed), as_official(drawings.take(~timed))
    ids = simplified.content_ids()
    part = split_of(ids)
    part_of: dict[str, int] = {}
    for key, its in zip(simplified.column("key_id"), part.tolist(), strict=True):
        if key is not None:
            part_of[key] = min(its, part_of.get(key, its))
    own = split_of(as_official(raw).content_ids()).tolist()
    raw_part = np.array([part_of.get(key, its) for key, its in zip(raw.column("key_id"), own, strict=True)], np.int64)
    first = np.zeros(len(simplified), bool)
    first[np.unique(ids, return_index=True)[1]] = True
    return HeldOut(raw.take(raw_part < 2), raw_part[raw_part < 2], simplified.take(first & (part < 2)))


def _read(folders: Sequence[Path]) -> Drawings:
    found: list[Drawings] = []
    for file in files_under(folders):
        drawings = open_drawings(file).drawings
        named = np.array([word is not None for word in drawings.words], bool)
        if drawings.bitmaps is None and named.any():
            found.append(drawings.take(named))
    if not found:
        raise FormatError(f"There are no drawings under {', '.join(map(str, folders))}.")
    return Drawings.concat(found)
