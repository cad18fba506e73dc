"""Find drawings that are there twice: exactly the same, and nearly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from qdesk.curation.view.text_columns import CategoricalColumn, IdentityColumn
from qdesk.data.categories import one_name_each
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.reasons import KEEP, are_open
from qdesk.data.simplify import as_official

ALIKE, OVERLAP = 0.97, 0.8
"""What near copies have at least: the cosine of what the classifier saw, and the ink that both have as a share of the
ink that either has. The first alone is not enough, because the suns of two people reach 0.99. Among 102,809 real
drawings of 345 words 14 pairs have both, and 12 of them are one drawing that came by two ways. With coordinates that
are off by 1 unit (standard deviation) 99 in 100 copies have both, off by 2 units 9 in 10."""

PLAIN = 8
"""The points below which drawings are alike by chance, such as lines. They are no near copies."""

MOST = 2_000_000
"""The most pairs of one group whose ink is compared."""

_BLOCK = 2048


def exact_copies(parts: Sequence[Drawings]) -> list[np.ndarray]:
    """Return the groups of drawings with the same content, whatever their words: indices, rising. Large groups first.

    parts: the drawings, counted through all of them. A drawing of strokes and its bitmap are not the same content.
    """
    ids = np.concatenate([part.content_ids() for part in parts])
    return _grouped(np.unique(ids.astype(str), return_inverse=True)[1])


def near_copies(
    parts: Sequence[Drawings],
    embeddings: np.ndarray,
    exact: list[np.ndarray],
    on_progress: Callable[[float], object] = lambda share: None,
) -> list[np.ndarray]:
    """Return the groups of drawings of one word and one number of strokes that are nearly the same, large groups first.

    parts: as for `exact_copies`.   embeddings: int8 (N, 64), zeros where there is none.   exact: the groups of exact
    copies, of which one each is looked at.   on_progress: called often with the share done; what it raises ends this.
    """
    count = sum(map(len, parts))
    first = np.ones(count, bool)
    for group in exact:
        first[group[1:]] = False
    pairs: list[np.ndarray] = []
    start = 0
    for part in parts:
        rows = np.flatnonzero(first[start : start + len(part)])
        official = as_official(part)
        if official.bitmaps is None:
            rows = rows[official.point_counts[rows] >= PLAIN]
        _, word = np.unique(one_name_each(part.words[rows]).astype(str), return_inverse=True)
        groups = _grouped(word * 1000 + np.minimum(part.stroke_counts[rows], 999))
        work = np.cumsum([len(group) ** 2 + 1000 for group in groups])  # pairs, and what each group costs
        for group, done in zip(groups, work, strict=True):
            mine, likely = rows[group], [np.zeros((0, 2), np.int64)]
            for share, some in _alike(embeddings[start + mine]):
                on_progress((start + len(part) * (done - (1 - share) * len(group) ** 2) / work[-1]) / count)
                likely.append(some)
            alike = np.concatenate(likely)[:MOST]
            if len(alike):
                used, places = np.unique(alike, return_inverse=True)
                pictures = raster(official.take(mine[used])).reshape(len(used), -1)
                same = _overlap(pictures, places.reshape(-1, 2)) >= OVERLAP
                pairs.append(start + mine[alike[same]])
        start += len(part)
    return _joined(np.concatenate([np.zeros((0, 2), np.int64), *pairs]), count)


def copy_groups(
    drawings: Drawings, embeddings: np.ndarray | None, on_progress: Callable[[float], object] = lambda share: None
) -> np.ndarray:
    """Return the number of the group of copies, exact and near, that each drawing is in, int32 (N,).

    Large groups have low numbers, from 1; 0 is for a drawing that is there once. embeddings and on_progress: as for
    `near_copies`; without embeddings only exact copies are found.
    """
    exact = exact_copies([drawings]) if len(drawings) else []
    near = [] if embeddings is None else near_copies([drawings], embeddings, exact, on_progress)
    pairs = [np.stack([np.repeat(group[:1], len(group) - 1), group[1:]], axis=1) for group in (*exact, *near)]
    groups = _joined(np.concatenate([np.zeros((0, 2), np.int64), *pairs]), len(drawings))
    numbers = np.zeros(len(drawings), np.int32)
    for number, group in enumerate(groups, 1):
        numbers[group] = number
    return numbers


class Spare(NamedTuple):
    """What of groups of copies can go.

    rows: the drawings to flag, int64 (n,).   instead: the copy that stays for each of them, int64 (n,).
    twins: how many of them have the identity of the copy that stays: a flag is about both. Clean data keep one.
    """

    rows: np.ndarray
    instead: np.ndarray
    twins: int


def spare(groups: np.ndarray, names: IdentityColumn, verdicts: CategoricalColumn) -> Spare:
    """Choose the copies that can go: all without a verdict, but for one of each group.

    What the curator keeps stays, or else the first copy that is not flagged, one with twins before others. groups: as
    `copy_groups` returns them.
    """
    rows = np.flatnonzero(groups)
    reasons = verdicts[rows]
    twin = np.zeros(len(rows), bool)
    if not names.unique:
        _, which, count = np.unique(names[rows].astype(str), return_inverse=True, return_counts=True)
        twin = count[which] > 1
    rank = np.where(reasons == KEEP, 0, np.where(are_open(reasons), np.where(twin, 1, 2), 3))
    order = np.lexsort((rows, rank, groups[rows]))
    rows, reasons = rows[order], reasons[order]
    _, first, group = np.unique(groups[rows], return_index=True, return_inverse=True)
    instead = rows[first][group]
    others = (reasons == "") & (rows != instead)
    rows, instead = rows[others], instead[others]
    return Spare(rows, instead, int(np.count_nonzero(names[rows] == names[instead])))


def _alike(embeddings: np.ndarray) -> Iterator[tuple[float, np.ndarray]]:
    """Yield the pairs, int64 (n, 2), whose embeddings are alike, some at a time, each with the share done before."""
    floats = embeddings.astype(np.float32)
    length = np.linalg.norm(floats, axis=1, keepdims=True)
    floats /= np.where(length > 0, length, np.inf)
    for start in range(0, len(floats), _BLOCK):
        first, second = np.nonzero(floats[start : start + _BLOCK] @ floats[start:].T >= ALIKE)
        later = second > first
        yield start / len(floats), start + np.stack([first[later], second[later]], axis=1)


def _overlap(pictures: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return the ink that both pictures of each pair have, over the ink that either has: float64 (n,)."""
    shares = [np.zeros(0)]
    for start in range(0, len(pairs), _BLOCK):
        one, other = pictures[pairs[start : start + _BLOCK].T]
        both = np.minimum(one, other).sum(axis=1, dtype=np.int64)
        shares.append(both / np.maximum(np.maximum(one, other).sum(axis=1, dtype=np.int64), 1))
    return np.concatenate(shares)


def _grouped(names: np.ndarray) -> list[np.ndarray]:
    """Return the indices of those that share their number with another one, by number, large groups first."""
    order = np.argsort(names, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(names[order])) + 1)
    return sorted((group for group in groups if len(group) > 1), key=len, reverse=True)


def _joined(pairs: np.ndarray, count: int) -> list[np.ndarray]:
    """Return the groups that pairs of `count` drawings make: who is in a pair with one of a group belongs to it."""
    name = np.arange(count)
    while True:
        low = np.minimum(name[pairs[:, 0]], name[pairs[:, 1]])
        before = name.copy()
        np.minimum.at(name, pairs[:, 0], low)
        np.minimum.at(name, pairs[:, 1], low)
        if (name == before).all():
            return _grouped(name)
