"""Mean pictures of a word's drawings and their spread: of all, by country, and by whether the game recognised them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.explore.words.results import LEAST, Kind, MeanPicture

SIDE = 64
"""The width of a mean picture of strokes, pixels; that of bitmaps is their own."""

ALL, SOME = 5000, 1000
"""The most drawings that the mean picture of a word is made from, and the most for a part of it, such as a country."""

COUNTRIES, FEWEST = 8, LEAST
"""How many countries are shown, the largest ones, and how many drawings each needs."""

_BLOCK = 256


@dataclass(frozen=True)
class Group:
    """Some drawings of a word.

    kind: by what they belong together.   name: the country's code, or "recognised", or "not recognised"; "all".
    total: how many there are.   rows: int64 (n,), those that are looked at, all of them or a random sample.
    """

    kind: Kind
    name: str
    total: int
    rows: np.ndarray


def groups_of(countries: np.ndarray, recognised: np.ndarray, seed: int = 0) -> list[Group]:
    """Return the groups of a word's N drawings: all, the largest countries, those recognised and those not.

    countries: object (N,), None or "" unknown.   recognised: object (N,) of True, False and None.   seed: of the
    samples. The samples of the groups are drawn from one order, so that they share most of their drawings.
    """
    count = len(countries)
    order = np.random.default_rng(seed).permutation(count)
    groups = [Group("all", "all", count, order[:ALL])]
    known = np.array([name or "" for name in countries], object)
    names, sizes = np.unique(known.astype(str), return_counts=True)
    largest = sorted((-size, name) for size, name in zip(sizes.tolist(), names.tolist(), strict=True) if name)
    for size, name in largest[:COUNTRIES]:
        if -size >= FEWEST:
            mine = order[(known == name)[order]]
            groups.append(Group("country", name, len(mine), mine[:SOME]))
    for name, wanted in (("recognised", True), ("not recognised", False)):
        mine = order[np.array([value is not None and bool(value) is wanted for value in recognised], bool)[order]]
        if len(mine):
            groups.append(Group("recognised", name, len(mine), mine[:SOME]))
    return groups


def mean_pictures(
    official: Drawings, groups: Sequence[Group], on_progress: Callable[[float], object] = lambda share: None
) -> list[MeanPicture]:
    """Return the mean picture of each group. Each drawing is painted once, as `data.raster` paints it.

    official: the drawings in the 255 box that the groups' rows are positions of.   on_progress: called with the share
    done; what it raises comes through.
    """
    side = SIDE if official.bitmaps is None else official.bitmaps.shape[1]
    rows = np.unique(np.concatenate([group.rows for group in groups]))
    belongs = np.stack([np.isin(rows, group.rows) for group in groups]).astype(np.float32)
    sums, squares = np.zeros((2, len(groups), side * side))
    for start in range(0, len(rows), _BLOCK):
        on_progress(start / len(rows))
        images = raster(official.take(rows[start : start + _BLOCK]), side)
        flat = images.reshape(len(images), -1).astype(np.float32) / np.float32(255)
        mine = belongs[:, start : start + _BLOCK]
        sums += mine @ flat
        squares += mine @ (flat * flat)
    used = belongs.sum(axis=1)[:, None]
    mean = sums / np.maximum(used, 1)
    spread = np.sqrt(np.maximum(squares / np.maximum(used, 1) - mean**2, 0))
    shape = (side, side)
    return [
        MeanPicture(
            group.kind, group.name, group.total, len(group.rows),
            mean[k].reshape(shape).astype(np.float32), spread[k].reshape(shape).astype(np.float32),
        )
        for k, group in enumerate(groups)
    ]  # fmt: skip
