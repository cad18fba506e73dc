"""Scribbles: to and fro, round and round, filled bars and boxes, one long wild line, and what is crossed out.

Many real ones ran against the edge of the canvas, which is wider than high, and were cut off there. The usual one has
six strokes, and one in twenty more than 400 points.
"""

from __future__ import annotations

import numpy as np

from qdesk.data.junk.hand import Hand, Strokes, box_of, one_of, smooth, trace, turned

CANVAS = np.array([360.0, 220.0])
"""The usual canvas: its width and height."""


def scribble(rng: np.random.Generator) -> list[np.ndarray]:
    """Draw a scribble by itself, as raw strokes."""
    make = one_of(_WAYS, rng, _OFTEN)
    size = CANVAS * rng.uniform(0.35, 1.2, 2) * [1.0, rng.uniform(0.6, 1.0)]
    strokes = make(size, rng)
    if rng.random() < 0.4:
        strokes = _with_bits(strokes, rng)
    low, high = box_of(strokes)
    if make is not _wild_line and rng.random() < 0.4:  # over the edge of the canvas, and cut off there
        room = (high - low) * rng.uniform(0.02, 0.2, 2)
        strokes = [np.clip(stroke, low + room, high - room * rng.uniform(0.3, 1.0)) for stroke in strokes]
    return strokes


def scribble_over(strokes: Strokes, rng: np.random.Generator) -> tuple[list[np.ndarray], np.ndarray]:
    """Scribble over a drawing, in part or whole, or cross it out.

    Returns the strokes and, bool per stroke, which are the scribble.
    """
    low, high = box_of(strokes)
    side = float((high - low).max()) or 255.0
    spread = np.maximum(high - low, 0.3 * side)
    middle = (low + high) / 2
    way = rng.random()
    if way < 0.1:
        mess = _crossed_out(spread, rng)
    elif way < 0.3:  # wide sweeps, far beyond the drawing
        mess = _to_and_fro(spread.mean() * np.array([rng.uniform(1.5, 4.0), rng.uniform(0.2, 0.9)]), rng)
    else:
        mess = one_of(_WAYS, rng, _OVER)(spread * rng.uniform(0.6, 1.5, 2), rng)
        middle = middle + spread * rng.uniform(-0.25, 0.25, 2)
    begin, end = box_of(mess)
    mess = [stroke - (begin + end) / 2 + middle for stroke in mess]
    if rng.random() < 0.4:
        room = spread * rng.uniform(0.0, 0.3, 2)
        mess = [np.clip(stroke, low - room, high + room) for stroke in mess]
    parts = [np.asarray(stroke, np.float64) for stroke in strokes]
    return [*parts, *mess], np.repeat([False, True], [len(parts), len(mess)])


def _to_and_fro(size: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw one to many strokes to and fro across a field, thin to black."""
    strokes = int(rng.geometric(0.25)) if rng.random() < 0.7 else int(rng.integers(5, 16))
    turns = max(3, int(rng.lognormal(3.1, 0.8)) // strokes)
    angle = rng.choice([-0.6, -0.6, 0.0, 0.0, np.pi / 2]) + rng.normal(0, 0.25)
    spread = np.abs(turned(np.diag(size), -angle)).max(axis=0) / 2  # half along the sweep, half across
    spread = spread * [1.0, rng.uniform(0.3, 1.0)]  # the arm sweeps far and moves on slowly
    drawn = []
    shortest = rng.uniform(0.1, 0.8)  # the shortest sweep, as a share of the longest
    turn = rng.choice([0.08, 0.08, 0.3, 0.8])  # how much the direction changes from stroke to stroke
    for _ in range(strokes):
        stay = rng.random() < 0.5  # over one place, rather than from one side to the other
        begin, end = np.sort(rng.uniform(-1, 1, 2)) if stay or strokes > 4 else (-1.0, 1.0)
        across = np.linspace(begin, end, 2 * turns)
        if stay:
            across = begin + (end - begin) * (0.5 + 0.5 * np.sin(np.cumsum(rng.uniform(0, 0.5, 2 * turns))))
        reach = np.sqrt(np.maximum(0.15, 1 - across**2 * rng.uniform(0, 1)))
        along = np.where(np.arange(2 * turns) % 2, 1.0, -1.0) * reach * rng.uniform(shortest, 1.05, 2 * turns)
        along = along * rng.uniform(0.5, 1.0) + rng.normal(0, 0.15)
        path = np.stack([along, across + rng.normal(0, 0.06, 2 * turns)], axis=1) * spread
        drawn.append(turned(_bowed(path, rng), angle + rng.normal(0, turn)))
    return trace(drawn, _pen(rng), rng)


def _bowed(path: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the sweeps as arcs, or with round turns, or straight."""
    way = rng.random()
    if way < 0.35:
        return path
    if way < 0.7:
        return smooth(path, 4)
    middle = (path[1:] + path[:-1]) / 2
    sag = np.zeros_like(middle)
    sag[:, 1] = np.abs(np.diff(path[:, 0])) * rng.normal(0, 0.12)
    out = np.empty((2 * len(path) - 1, 2))
    out[::2], out[1::2] = path, middle + sag
    return smooth(out, 3)


def _loops(size: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw loops round and round, about one place or along a line."""
    drawn = []
    travels = rng.random() < 0.3
    for _ in range(int(rng.geometric(0.45))):
        turns = max(2.5, float(rng.lognormal(1.8, 0.7)))
        steps = max(8, int(9 * turns))
        angle = np.linspace(0, 2 * np.pi * turns, steps) * rng.choice([-1, 1]) + rng.uniform(0, 2 * np.pi)
        drift = np.cumsum(rng.normal(0, 0.06, (steps, 2)), axis=0)
        radius = rng.uniform(0.4, 1.0) * np.exp(_slow(steps, rng) * rng.uniform(0.1, 0.6))
        if rng.random() < 0.2:
            radius = radius * np.linspace(0.1, 1.0, steps)[:: rng.choice([-1, 1])]  # a spiral
        path = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius[:, None] + drift
        if travels:
            path = path * 0.5 + np.linspace([-1.5, rng.normal(0, 0.5)], [1.5, rng.normal(0, 0.5)], steps)
        drawn.append(smooth(path * size / 2, 3))
    return trace(drawn, _pen(rng), rng)


def _filled(size: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw a bar or a box and fill it, mostly black."""
    if rng.random() < 0.4:
        size = size * rng.choice([[1.0, 0.3], [0.3, 1.0], [1.0, 0.15]])
    x, y = size / 2
    outline = np.array([[-x, -y], [x, -y], [x, y], [-x, y], [-x, -y]])
    fill = []
    for _ in range(int(rng.geometric(0.35))):
        flip = rng.random() < 0.3
        turns = int(rng.integers(6, 40))
        across = np.linspace(-1, 1, 2 * turns) if rng.random() < 0.6 else rng.uniform(-1, 1, 2 * turns)
        along = np.where(np.arange(2 * turns) % 2, 1.0, -1.0) * rng.uniform(0.8, 1.02, 2 * turns)
        path = np.stack([across, along] if flip else [along, across], axis=1)
        fill.append(path * size / 2)
    strokes = [outline, *fill] if rng.random() < 0.5 else fill
    return trace([turned(stroke, rng.normal(0, 0.03)) for stroke in strokes], _pen(rng), rng)


def _wild_line(size: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw one long line, or a few, that go anywhere."""
    drawn = []
    for _ in range(int(rng.geometric(0.5))):
        count = int(rng.integers(12, 45))
        steps = rng.normal(0, 1, (count, 2)) * rng.uniform(0.3, 1.0)
        path = np.cumsum(steps, axis=0)
        path = 1 - np.abs((path + 1) % 4 - 2)  # it turns back at the edges
        drawn.append((smooth(path, 6) if rng.random() < 0.7 else path) * size / 2)
    return trace(drawn, _pen(rng), rng)


def _crossed_out(size: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw two to eight long lines across, as people cross a thing out."""
    x, y = size * rng.uniform(0.5, 1.1)
    lines = []
    for k in range(rng.integers(2, 9)):
        side = rng.choice([-1, 1]) if k > 1 else 2 * k - 1
        lines.append(np.array([[-x, -side * y], [x, side * y]]) + rng.normal(0, 0.15, (2, 2)) * size)
    return trace(lines, _pen(rng), rng)


def _mixed(size: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw two or three scribbles of other kinds over or beside each other."""
    strokes = []
    for _ in range(rng.integers(2, 4)):
        make = one_of(_WAYS[:3], rng)
        shift = size * rng.uniform(-0.3, 0.3, 2)
        strokes += [stroke + shift for stroke in make(size * rng.uniform(0.3, 0.9, 2), rng)]
    return strokes


def _with_bits(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Add one to eight small strokes, before or after: what was begun, or where the pen touched down."""
    low, high = box_of(strokes)
    reach = float((high - low).max()) * rng.uniform(0.05, 0.35)
    bits = []
    for _ in range(rng.integers(1, 9)):
        place = low + (high - low) * rng.uniform(0.0, 1.0, 2)
        path = rng.normal(0, reach * rng.uniform(0.1, 0.6), (int(rng.integers(2, 6)), 2))
        bits.append(place + (smooth(path, 4) if rng.random() < 0.6 else path))
    return [*bits, *strokes] if rng.random() < 0.6 else [*strokes, *bits]


def _pen(rng: np.random.Generator) -> Hand:
    return Hand(
        bend=float(rng.uniform(0.005, 0.03)), shake=float(rng.gamma(1.5, 0.002)), round=int(rng.integers(0, 3)),
        apart=1.0, slip=float(rng.uniform(0.0, 0.5)),
    )  # fmt: skip


def _slow(steps: int, rng: np.random.Generator) -> np.ndarray:
    """Return slow noise, (steps,), of deviation about 1."""
    knots = rng.normal(0, 1, max(3, steps // 6))
    return np.interp(np.linspace(0, len(knots) - 1, steps), np.arange(len(knots)), knots)


_WAYS = (_to_and_fro, _loops, _wild_line, _filled, _mixed)
_OFTEN = (0.48, 0.2, 0.1, 0.09, 0.13)
_OVER = (0.6, 0.25, 0.05, 0.05, 0.05)
