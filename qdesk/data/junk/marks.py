"""What is no thing at all: bare lines and outlines, loose marks, a wandering pen, and drawings cut short."""

from __future__ import annotations

import numpy as np

from qdesk.data.junk.hand import Hand, Strokes, any_hand, enlarged, one_of, smooth, trace, turned


def bare(rng: np.random.Generator) -> list[np.ndarray]:
    """Draw one or two lines, an arc, a corner, some sides of a box, or a bare outline."""
    make = one_of(_BARE, rng, _BARE_OFTEN)
    strokes = [path * 100 for path in make(rng)]
    hand = Hand(
        bend=float(rng.gamma(2.0, 0.005)), shake=float(rng.gamma(1.2, 0.0012)), round=int(rng.integers(0, 4)),
        apart=float(rng.uniform(0.2, 1)), slip=0.13,
    )  # fmt: skip
    return trace(strokes, hand, rng)


def marks(rng: np.random.Generator) -> list[np.ndarray]:
    """Draw strokes that mean nothing: dashes, crossed lines, curves, loops and shapes, scattered or tangled."""
    count = int(rng.integers(2, 5)) if rng.random() < 0.7 else int(rng.integers(5, 10))
    spread = rng.uniform(15, 90)
    usual = rng.uniform(0.4, 1.3)
    favourite = one_of(_MARKS, rng)
    strokes: list[np.ndarray] = []
    for _ in range(count):
        make = favourite if rng.random() < 0.35 else one_of(_MARKS, rng)
        size = 100 * usual * rng.lognormal(0, 0.4)
        drawn = [turned(path * size, rng.normal(0, 0.3)) for path in make(rng)]
        if strokes and rng.random() < 0.3:  # from a place of an earlier stroke
            before = strokes[rng.integers(len(strokes))]
            shift = before[rng.integers(len(before))] - drawn[0][0]
        else:
            shift = rng.normal(0, 1, 2) * spread * [1.4, 1.0]
        strokes += [path + shift for path in drawn]
    return trace(strokes, any_hand(rng), rng)


def random_walk(rng: np.random.Generator) -> list[np.ndarray]:
    """Draw a random walk with some inertia, in one to five strokes."""
    strokes, at = [], np.zeros(2)
    for _ in range(rng.integers(1, 6)):
        count = int(rng.integers(8, 45))
        steps = rng.normal(0, 25, (count, 2))
        for k in range(1, count):
            steps[k] += steps[k - 1] * rng.uniform(0.3, 0.7)
        strokes.append(at + np.cumsum(steps, axis=0))
        at = strokes[-1][-1] + rng.normal(0, 60, 2)
    return strokes


def unfinished(strokes: Strokes, rng: np.random.Generator) -> list[np.ndarray]:
    """Return the beginning of a drawing: a third of its points, a tenth to four tenths, or one stroke or part of it."""
    total = sum(len(stroke) for stroke in strokes)
    way = rng.random()
    if way < 0.3:
        left = total / 3
    elif way < 0.65:
        left = total * rng.uniform(0.1, 0.4)
    else:
        left = min(len(strokes[0]), total / 2) * rng.choice([1.0, rng.uniform(0.2, 1.0)])
    return enlarged(first_points(strokes, max(2, round(left))), rng)


def first_points(strokes: Strokes, count: int) -> list[np.ndarray]:
    """Return the first `count` points of a drawing, at least one, as strokes."""
    kept = []
    for stroke in strokes:
        if count <= 0:
            break
        kept.append(stroke[:count])
        count -= len(stroke)
    return kept


def _line(rng: np.random.Generator) -> list[np.ndarray]:
    """A line, mostly level or upright, often a little bent."""
    angle = rng.choice([0.0, np.pi / 2, rng.uniform(0, np.pi)]) + rng.normal(0, 0.1)
    bent = rng.normal(0, 0.06) if rng.random() < 0.6 else 0.0
    path = np.array([[-1, 0], [rng.uniform(-0.4, 0.4), bent], [1, rng.normal(0, 0.04)]])
    return [turned(smooth(path, 6) if rng.random() < 0.5 else path, angle)]


def _two_lines(rng: np.random.Generator) -> list[np.ndarray]:
    """Two lines side by side, or a line and a short one somewhere."""
    angle = rng.choice([0.0, np.pi / 2, rng.uniform(0, np.pi)])
    gap = rng.uniform(0.1, 1.2)
    second = np.array([[-rng.uniform(0.2, 1), gap], [rng.uniform(0.2, 1), gap + rng.normal(0, 0.15)]])
    if rng.random() < 0.3:
        second = turned(second, rng.uniform(0.3, 1.6))
    first = np.array([[-1, 0], [1, rng.normal(0, 0.08)]])
    return [turned(path, angle) for path in (first, second)]


def _arc(rng: np.random.Generator) -> list[np.ndarray]:
    """Part of an ellipse, from a flat curve to an open circle."""
    begin, sweep = rng.uniform(0, 2 * np.pi), rng.uniform(0.6, 5.2)
    angle = begin + np.linspace(0, sweep, 14)
    path = np.stack([np.cos(angle), np.sin(angle) * rng.uniform(0.35, 1.0)], axis=1)
    path = path * np.linspace(1, rng.uniform(0.8, 1.2), 14)[:, None]
    return [turned(path, rng.choice([0, np.pi / 2]) + rng.normal(0, 0.2))]


def _curve(rng: np.random.Generator) -> list[np.ndarray]:
    """A bare curve that bends once or twice."""
    count = int(rng.integers(3, 6))
    path = np.stack([np.linspace(-1, 1, count), rng.normal(0, 0.45, count)], axis=1)
    return [turned(smooth(path, 6), rng.choice([0, np.pi / 2]) + rng.normal(0, 0.4))]


def _box_sides(rng: np.random.Generator) -> list[np.ndarray]:
    """Two, three or nearly four sides of a box in one stroke; with round corners half of the time."""
    x, y = rng.uniform(0.3, 1.0, 2)
    corners = np.array([[-x, -y], [-x, y], [x, y], [x, -y], [-x, -y]]) + rng.normal(0, 0.05, (5, 2))
    corners = corners[: rng.integers(3, 6)]
    corners[-1] = corners[-2] + (corners[-1] - corners[-2]) * rng.uniform(0.15, 1.0)
    corners[0] = corners[1] + (corners[0] - corners[1]) * rng.uniform(0.3, 1.0)
    corners = turned(corners, rng.choice([0, 0, np.pi / 2, np.pi, -np.pi / 2]) + rng.normal(0, 0.08))
    if rng.random() < 0.5:
        corners = corners * [-1, 1]
    return [_round_corners(corners) if rng.random() < 0.5 else corners]


def _rectangle(rng: np.random.Generator) -> list[np.ndarray]:
    """A closed box; the two ends miss each other a little."""
    x, y = rng.uniform(0.35, 1.0, 2)
    path = np.array([[-x, -y], [x, -y], [x, y], [-x, y], [-x, -y]]) + rng.normal(0, 0.06, (5, 2))
    path = turned(path, rng.choice([0, np.pi]) + rng.normal(0, 0.05)) * [rng.choice([-1, 1]), 1]
    return [_round_corners(path) if rng.random() < 0.6 else path]


def _oval(rng: np.random.Generator) -> list[np.ndarray]:
    """A circle or an oval, nearly closed or beyond."""
    angle = rng.uniform(0, 2 * np.pi) + np.linspace(0, 2 * np.pi * rng.uniform(0.9, 1.1), 22) * rng.choice([-1, 1])
    path = np.stack([np.cos(angle), np.sin(angle) * rng.uniform(0.4, 1.0)], axis=1)
    path = path * np.linspace(1, rng.uniform(0.85, 1.15), 22)[:, None]
    return [turned(path, rng.choice([0, np.pi / 2]) + rng.normal(0, 0.2))]


def _polygon(rng: np.random.Generator) -> list[np.ndarray]:
    """A crooked shape with three to seven corners, nearly closed."""
    count = int(rng.integers(3, 8))
    angle = np.sort(rng.uniform(0, 2 * np.pi, count))
    path = np.stack([np.cos(angle), np.sin(angle)], axis=1) * rng.uniform(0.4, 1.0, count)[:, None]
    return [np.concatenate([path, path[:1] + rng.normal(0, 0.1, 2)])]


def _thick_line(rng: np.random.Generator) -> list[np.ndarray]:
    """A line gone over several times."""
    turns = int(rng.integers(3, 14))
    along = np.where(np.arange(turns) % 2, 1.0, -1.0) * rng.uniform(0.5, 1.0, turns)
    path = np.stack([along, rng.normal(0, 0.05, turns)], axis=1)
    return [turned(path, rng.uniform(0, np.pi))]


def _dash(rng: np.random.Generator) -> list[np.ndarray]:
    path = np.array([[-1, 0], [1, 0]]) * rng.uniform(0.1, 0.6)
    return [turned(path, rng.choice([0.0, np.pi / 2, rng.uniform(0, np.pi)]))]


def _angle(rng: np.random.Generator) -> list[np.ndarray]:
    """A zigzag of two to six sides."""
    count = int(rng.integers(3, 8))
    path = np.stack([np.linspace(-1, 1, count), rng.uniform(-0.6, 0.6, count)], axis=1)
    return [turned(path, rng.uniform(0, 2 * np.pi))]


def _wavy(rng: np.random.Generator) -> list[np.ndarray]:
    count = int(rng.integers(4, 10))
    height = rng.uniform(0.1, 0.4)
    path = np.stack([np.linspace(-1, 1, count), height * (-1.0) ** np.arange(count)], axis=1)
    return [smooth(path + rng.normal(0, 0.06, path.shape), 5)]


def _rails(rng: np.random.Generator) -> list[np.ndarray]:
    """Two to six lines side by side, at times with one across."""
    count = int(rng.integers(2, 7))
    lean = rng.normal(0, 0.3)
    lines = [np.array([[x - lean, -1], [x + lean, 1]]) * [1, rng.uniform(0.3, 1)] for x in np.linspace(-1, 1, count)]
    if rng.random() < 0.4:
        lines.append(np.array([[-1.2, 0], [1.2, rng.normal(0, 0.2)]]))
    return [turned(line + rng.normal(0, 0.06, (2, 2)), rng.choice([0, np.pi / 2])) for line in lines]


def _cross(rng: np.random.Generator) -> list[np.ndarray]:
    at = rng.uniform(-0.5, 0.5, 2)
    angle = rng.uniform(0, np.pi)
    turns = (angle, angle + rng.uniform(0.8, 2))
    return [turned(np.array([[-1, k], [1, k]]), turn) for k, turn in zip(at, turns, strict=True)]


def _tangle(rng: np.random.Generator) -> list[np.ndarray]:
    path = rng.uniform(-1, 1, (int(rng.integers(4, 12)), 2))
    return [smooth(path, 5) if rng.random() < 0.6 else path]


def _dot(rng: np.random.Generator) -> list[np.ndarray]:
    return [rng.normal(0, 0.01, (2, 2))]


_BARE = (_line, _two_lines, _arc, _curve, _box_sides, _rectangle, _oval, _polygon, _thick_line)
_BARE_OFTEN = (0.33, 0.09, 0.14, 0.09, 0.18, 0.05, 0.06, 0.03, 0.03)
_MARKS = (
    _line, _line, _dash, _dash, _angle, _angle, _wavy, _rails, _cross, _arc, _arc, _curve, _curve, _polygon, _polygon,
    _oval, _oval, _tangle, _box_sides, _box_sides, _rectangle, _dot,
)  # fmt: skip


def _round_corners(path: np.ndarray) -> np.ndarray:
    """Return the path with each corner cut off twice (Chaikin); the ends stay."""
    for _ in range(2):
        quarter, rest = path[:-1] * 0.8 + path[1:] * 0.2, path[:-1] * 0.2 + path[1:] * 0.8
        cut = np.stack([quarter, rest], axis=1).reshape(-1, 2)
        path = np.concatenate([path[:1], cut[1:-1], path[-1:]])
    return path
