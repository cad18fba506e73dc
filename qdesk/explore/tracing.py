"""Make strokes of a mask of ink: thinned to lines one pixel wide, and the lines traced as a pen would draw them.

A broad part, as of an icon, becomes its outline first: a pen would have drawn that. The thinned lines are a graph of
ends, crossings and the paths between them. At a crossing a stroke goes straight on.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

_BROAD = 2.6
"""How many times as broad as the pen a part of the ink has to be to count as filled."""

_THICK, _SOLID = 0.075, 0.085
"""Where most of the ink is broader than the first share of the drawing's larger side, no pen is seen at all, and what
is broader than the second is filled."""

_OUTLINE = 0.02
"""The width of the outline that stands for a filled part, as a share of the drawing's larger side."""

_BEND = 60.0
"""How far a stroke may turn at a crossing, degrees. Where nothing goes on as straight as that, it ends."""


class Traced(NamedTuple):
    """The strokes of a mask: float64 (n, 2) each, x and y in px of the mask.

    pen: the pen's width, px.   filled: whether parts were broad, and their outlines were taken.
    """

    strokes: list[np.ndarray]
    pen: float
    filled: bool


def trace(mask: np.ndarray) -> Traced:
    """Trace a mask of ink, bool (H, W). Raises ValueError where it is empty."""
    from skimage.morphology import skeletonize

    if not mask.any():
        raise ValueError("there is no ink to trace")
    mask, first = _cropped(mask)
    thin, pen, filled = _without_broad(mask)
    paths = _pruned(_paths(skeletonize(thin)), pen)
    strokes = _strokes(paths, pen)
    return Traced([stroke + first for stroke in _in_order(strokes)], pen, filled)


def _cropped(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mask's ink with 2 px around it, and where that begins, x and y."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    inside = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.pad(inside, 2), np.array([columns[0], rows[0]], float) - 2


def _without_broad(mask: np.ndarray) -> tuple[np.ndarray, float, bool]:
    """Return the mask with outlines in the place of filled parts, the pen's width, px, and whether there were any."""
    from scipy import ndimage
    from skimage.morphology import skeletonize

    reach = ndimage.distance_transform_edt(mask)
    ridge = reach[skeletonize(mask)]
    side = max(mask.shape) - 4
    pen = max(2 * float(np.median(ridge)) - 1, 1.0)
    most = max(_BROAD * pen if pen < _THICK * side else _SOLID * side, 4.0)
    core = reach > most / 2
    if not core.any():
        return mask, pen, False
    core = ndimage.distance_transform_edt(~core) <= most / 2 + 0.5
    core &= mask
    if core.sum() < 0.06 * mask.sum():
        return mask, pen, False
    line = max(_OUTLINE * side, 2.0)
    outline = core & (ndimage.distance_transform_edt(mask) <= line)
    thin = (mask & ~core) | outline
    ridge = reach[skeletonize(mask & ~core)] if (mask & ~core).any() else ridge[:0]
    return thin, max(2 * float(np.median(ridge)) - 1, 1.0) if len(ridge) > 12 else line, True


# The graph


class _Path(NamedTuple):
    """A path of the graph: points int64 (n, 2) as x and y, and the nodes at its ends; -1 for a free end."""

    points: np.ndarray
    ends: tuple[int, int]


_AROUND = [(-1, 0), (0, 1), (1, 0), (0, -1), (-1, -1), (-1, 1), (1, 1), (1, -1)]


def _paths(lines: np.ndarray) -> list[_Path]:
    """Return the paths between the ends and crossings of lines one pixel wide, bool (H, W)."""
    from scipy import ndimage

    lines = np.pad(lines, 1)
    width = lines.shape[1]
    steps = [dy * width + dx for dy, dx in _AROUND]
    around = ndimage.convolve(lines.astype(np.uint8), np.ones((3, 3), np.uint8), mode="constant") - 1
    is_node = lines & (around > 2)
    labels, _ = ndimage.label(is_node, np.ones((3, 3)))
    ink = lines.ravel().tolist()
    node = labels.ravel().tolist()
    done = bytearray(len(ink))
    found: list[_Path] = []

    def follow(start: int, before: int) -> list[int]:
        """Return the places from `start` on, until an end or a place of a node, which is included."""
        places = [start]
        here = start
        while True:
            done[here] = 1
            ahead = [here + step for step in steps if ink[here + step]]
            nodes = [place for place in ahead if node[place] and place != before]
            if len(places) == 1 and before >= 0:  # the node that it comes from has other places beside this one
                nodes = [place for place in nodes if node[place] != node[before]]
            if nodes:
                places.append(nodes[0])
                return places
            free = [place for place in ahead if not node[place] and not done[place]]
            if not free:
                return places
            here = free[0]
            places.append(here)
            before = -1

    def add(places: list[int]) -> None:
        at = np.array(places)
        points = np.stack([at % width - 1, at // width - 1], axis=1)
        ends = tuple((node[place] or 0) - 1 for place in (places[0], places[-1]))
        found.append(_Path(points, (ends[0], ends[1])))

    node_places = np.flatnonzero(labels.ravel()).tolist()
    for place in node_places:
        for step in steps:
            if ink[place + step] and not node[place + step] and not done[place + step]:
                add([place, *follow(place + step, place)])
    counts = around.ravel()
    flat = np.flatnonzero(lines.ravel() & ~is_node.ravel())
    for only_ends in (True, False):
        for place in flat.tolist():
            if not done[place] and (not only_ends or counts[place] <= 1):
                places = follow(place, -1)
                if not only_ends and len(places) > 2:
                    places.append(place)  # a ring
                add(places)
    lonely = set(range(labels.max())) - {end for path in found for end in path.ends}
    for name in lonely:
        spots = np.argwhere(labels == name + 1) - 1
        found.append(_Path(np.rint(spots.mean(axis=0))[None, ::-1].astype(np.int64), (-1, -1)))
    return found


def _pruned(paths: list[_Path], pen: float) -> list[_Path]:
    """Return the paths without spurs: short ones between a crossing and a free end, which thinning leaves."""
    if len(paths) < 3:
        return paths
    kept = []
    for path in paths:
        free = (path.ends[0] < 0) != (path.ends[1] < 0)
        if free and len(path.points) <= max(0.75 * pen, 3) + 1:
            continue
        kept.append(path)
    return kept or paths


def _strokes(paths: list[_Path], pen: float) -> list[np.ndarray]:
    """Join paths at crossings where they go straight on, and return the strokes, float64 (n, 2)."""
    merged = _merged_nodes(paths, pen)
    bridges = [path for path in paths if _is_bridge(path, merged)]
    paths = [path for path in paths if not _is_bridge(path, merged)] or bridges
    reach = max(round(2 * pen), 6)
    at_node: dict[int, list[tuple[int, int]]] = {}
    for number, path in enumerate(paths):
        for side in (0, 1):
            if path.ends[side] >= 0:
                at_node.setdefault(merged[path.ends[side]], []).append((number, side))
    joined: dict[tuple[int, int], tuple[int, int]] = {}
    for members in at_node.values():
        directions = [_leaving(paths[number].points, side, reach) for number, side in members]
        pairs = []
        for a in range(len(members)):
            for b in range(a + 1, len(members)):
                cosine = -float(directions[a] @ directions[b])
                if members[a][0] == members[b][0]:
                    continue
                pairs.append((cosine, a, b))
        used: set[int] = set()
        for cosine, a, b in sorted(pairs, reverse=True):
            if cosine < math.cos(math.radians(_BEND)) and len(members) != 2:
                break
            if a not in used and b not in used:
                used |= {a, b}
                joined[members[a]], joined[members[b]] = members[b], members[a]
    return _chained(paths, joined)


def _is_bridge(path: _Path, merged: dict[int, int]) -> bool:
    a, b = path.ends
    return a >= 0 and b >= 0 and a != b and merged[a] == merged[b]


def _merged_nodes(paths: list[_Path], pen: float) -> dict[int, int]:
    """Return which crossings are one: thinning makes two of one, with a short path between them.

    Where two lines cross at a slant that path is long. It stays, as a part of one of them: without it, ink would be
    lost where lines only touch, and 2 % fewer drawings of part 0 found their word.
    """
    parent = {end: end for path in paths for end in path.ends if end >= 0}

    def root(name: int) -> int:
        while parent[name] != name:
            name = parent[name]
        return name

    for path in paths:
        a, b = path.ends
        if a >= 0 and b >= 0 and a != b and len(path.points) <= max(1.2 * pen, 3) + 1:
            parent[root(a)] = root(b)
    return {name: root(name) for name in parent}


def _leaving(points: np.ndarray, side: int, reach: int) -> np.ndarray:
    """Return the direction, of length 1, in which a path leaves its end 0 or 1."""
    along = points if side == 0 else points[::-1]
    away = (along[min(reach, len(along) - 1)] - along[0]).astype(float)
    return away / max(float(np.hypot(*away)), 1e-9)


def _chained(paths: list[_Path], joined: dict[tuple[int, int], tuple[int, int]]) -> list[np.ndarray]:
    """Return the strokes that joined ends of paths make: (path, side) -> (path, side)."""
    used = [False] * len(paths)
    strokes = []
    starts = [(number, side) for number in range(len(paths)) for side in (0, 1) if (number, side) not in joined]
    for number, side in [*starts, *((number, 0) for number in range(len(paths)))]:
        if used[number]:
            continue
        parts: list[np.ndarray] = []
        here: tuple[int, int] | None = (number, side)
        while here is not None and not used[here[0]]:
            number, side = here
            used[number] = True
            parts.append(paths[number].points if side == 0 else paths[number].points[::-1])
            here = joined.get((number, 1 - side))
        strokes.append(np.concatenate(parts).astype(float))
    return strokes


# The order


def _in_order(strokes: list[np.ndarray]) -> list[np.ndarray]:
    """Return the strokes as a person would draw them: the long ones first, each from its left or upper end."""
    strokes = sorted(strokes, key=lambda stroke: -_length(stroke))
    return [stroke if _begins(stroke) else stroke[::-1] for stroke in strokes]


def _begins(stroke: np.ndarray) -> bool:
    (x0, y0), (x1, y1) = stroke[0], stroke[-1]
    return bool(x0 + y0 <= x1 + y1)


def _length(stroke: np.ndarray) -> float:
    return float(np.hypot(*np.diff(stroke, axis=0).T).sum())
