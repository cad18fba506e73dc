"""Rude and hateful pictures by code, so that qdesk can find them: a raised finger, swastikas, breasts, genitals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qdesk.data.junk.hand import Strokes, any_hand, box_of, fitted, one_of, smooth, trace, turned
from qdesk.data.junk.writing import beside, lettering


def rude(rng: np.random.Generator, given: Sequence[Strokes] = ()) -> list[np.ndarray]:
    """Draw one rude picture, or two or three, as raw strokes.

    given: drawings of genitals to choose from, such as samples of a network. Where there are any, half come from them.
    """
    strokes = _one(rng, given)
    low, high = box_of(strokes)
    for _ in range(int(rng.choice(3, p=(0.9, 0.07, 0.03)))):
        size = (high - low) * rng.uniform(0.4, 1.0)
        place = np.array([box_of(strokes)[1][0] + rng.uniform(0, 0.3) * size[0], low[1] + rng.normal(0, 0.2) * size[1]])
        strokes = [*strokes, *fitted(_one(rng, given), place, size)]
    if rng.random() < 0.04:
        return beside(strokes, lettering(rng), rng)[0]
    return strokes


def rude_beside(
    strokes: Strokes, rng: np.random.Generator, given: Sequence[Strokes] = ()
) -> tuple[list[np.ndarray], np.ndarray]:
    """Draw something rude beside or on a drawing, as raw strokes.

    Returns the strokes and, bool per stroke, which are rude.
    """
    return beside(strokes, _one(rng, given), rng)


def _one(rng: np.random.Generator, given: Sequence[Strokes]) -> list[np.ndarray]:
    if len(given) and rng.random() < 0.5:
        strokes = [np.asarray(stroke, np.float64) for stroke in one_of(given, rng)]
        low, high = box_of(strokes)
        tilt = rng.normal(0, 0.15) if rng.random() < 0.7 else rng.uniform(0, 2 * np.pi)
        flip = [rng.choice([-1, 1]), 1.0]
        stretch = np.exp(rng.normal(0, 0.12, 2)) * flip
        return [turned((stroke - (low + high) / 2) * stretch, tilt) for stroke in strokes]
    make = one_of(_PICTURES, rng, _OFTEN)
    strokes = [path * 100 for path in make(rng)]
    stretch = np.exp(rng.normal(0, 0.12, 2))
    return trace([stroke * stretch for stroke in strokes], any_hand(rng), rng)


def _genitals(rng: np.random.Generator) -> list[np.ndarray]:
    """A shaft between two balls, upward or to a side: in one outline, or in pieces."""
    long, wide = rng.uniform(0.8, 2.4), rng.uniform(0.22, 0.42)
    ball = rng.uniform(0.25, 0.5)
    lean = rng.normal(0, 0.12)
    bulge = wide * rng.uniform(0.95, 1.35)
    shaft = np.array([
        [-wide, 0], [-wide + 0.5 * lean, -0.5 * long], [-bulge + lean, -0.8 * long], [-0.6 * wide + lean, -long],
        [lean, -1.06 * long], [0.6 * wide + lean, -long], [bulge + lean, -0.8 * long], [wide + 0.5 * lean, -0.5 * long],
        [wide, 0],
    ])  # fmt: skip
    left, right = (
        _ball(side * (wide + ball * rng.uniform(0.3, 0.7)), ball * rng.uniform(0.3, 0.9), ball, rng) for side in (-1, 1)
    )
    way = rng.random()
    if way < 0.3:  # in one line: round a ball, along the shaft, round the other ball
        lobe = _lobe(wide, ball)
        root = np.array([[0, 0.4 * ball]])
        strokes = [smooth(np.concatenate([root, lobe[::-1] * [-1, 1], shaft[1:-1], lobe, root]), 4)]
    else:
        strokes = [smooth(shaft, 4), left, right]
        if way > 0.8:
            strokes = [strokes[k] for k in (1, 2, 0)]
    if rng.random() < 0.5:  # the tip
        at = -0.78 * long + rng.normal(0, 0.04)
        strokes.append(smooth(np.array([[-bulge, at], [0, at + rng.normal(0, 0.1)], [bulge, at]]) + [lean, 0], 4))
    if rng.random() < 0.35:
        strokes.append(np.array([[lean, -1.05 * long], [lean, -1.05 * long + rng.uniform(0.1, 0.25)]]))
    if rng.random() < 0.2:  # hair
        for x in rng.uniform(-1, 1, rng.integers(3, 9)) * (wide + ball):
            root = np.array([x, ball * rng.uniform(0.2, 1.3)])
            strokes.append(np.stack([root, root + rng.normal(0, 0.15, 2)]))
    if rng.random() < 0.25:
        for _ in range(rng.integers(1, 5)):
            drop = np.array([lean + rng.normal(0, 0.25), -1.2 * long - rng.uniform(0, 0.5)])
            strokes.append(np.stack([drop, drop + [rng.normal(0, 0.1), -rng.uniform(0.05, 0.25)]]))
    angle = rng.choice([0.0, 0.0, np.pi / 2, -np.pi / 2, np.pi, rng.uniform(-np.pi, np.pi)]) + rng.normal(0, 0.15)
    return [turned(stroke, angle) for stroke in strokes]


def _ball(x: float, y: float, radius: float, rng: np.random.Generator) -> np.ndarray:
    begin = rng.uniform(0, 2 * np.pi)
    angle = begin + np.linspace(0, rng.uniform(5.3, 6.8), 15) * rng.choice([-1, 1])
    return np.array([x, y]) + np.stack([np.cos(angle), np.sin(angle) * rng.uniform(0.8, 1.25)], axis=1) * radius


def _lobe(wide: float, ball: float) -> np.ndarray:
    """Return the round of the right ball from the shaft's root, outside, to under the shaft."""
    angle = np.linspace(-0.7 * np.pi, 0.75 * np.pi, 8)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) * ball + [wide + 0.55 * ball, 0.35 * ball]


def _finger(rng: np.random.Generator) -> list[np.ndarray]:
    """A fist with the middle finger up: an outline over the knuckles, and the hand below."""
    heights = np.array([0.25, 0.35, rng.uniform(1.1, 1.9), 0.32, 0.22]) * [1, *rng.uniform(0.7, 1.4, 4)]
    fingers = rng.permutation([2, 3])[0]
    heights = heights[[1, 1, 2, 3, 4]] if fingers == 3 else heights[[1, 2, 3, 4]]
    wide = 0.38
    path = [[-wide * len(heights) / 2, 0.9]]
    for k, height in enumerate(heights):
        x = (k - len(heights) / 2) * wide
        path += [[x, 0], [x + 0.04, -height], [x + wide / 2, -height - 0.12], [x + wide - 0.04, -height], [x + wide, 0]]
    path += [[wide * len(heights) / 2, 0.9]]
    outline = np.array(path)
    if rng.random() < 0.5:
        strokes = [smooth(outline, 3)]
    else:
        strokes = [smooth(part, 3) for part in np.split(outline, [6, 11]) if len(part) > 1]
    if rng.random() < 0.6:  # the thumb
        x = -wide * len(heights) / 2
        strokes.append(smooth(np.array([[x, 0.7], [x - 0.35, 0.4], [x - 0.3, 0.15], [x, 0.3]]), 4))
    if rng.random() < 0.6:
        strokes.append(smooth(np.array([[-0.7, 0.9], [-0.5, 1.25], [0.5, 1.25], [0.7, 0.9]]), 3))
    if rng.random() < 0.3:
        strokes.append(np.array([[-0.1, -heights.max() + 0.1], [0.1, -heights.max() + 0.1]]))
    flip = rng.choice([-1, 1])
    return [turned(stroke * [flip, 1], rng.normal(0, 0.15)) for stroke in strokes]


def _swastika(rng: np.random.Generator) -> list[np.ndarray]:
    """Both directions, upright or tilted, in two, four or six strokes, with and without a circle."""
    arm = rng.uniform(0.6, 1.05)
    up = np.array([[-arm, -1], [0, -1], [0, 1], [arm, 1]])
    level = np.array([[-1, arm], [-1, 0], [1, 0], [1, -arm]])
    way = rng.random()
    if way < 0.6:
        strokes = [up, level]
    elif way < 0.8:
        strokes = [np.array([[0, 0], path[2], path[3]]) * k for path in (up, level) for k in (1, -1)]
    else:
        strokes = [path[1:3] for path in (up, level)] + [
            path[part] for path in (up, level) for part in ([0, 1], [2, 3])
        ]
    strokes = [stroke + rng.normal(0, 0.07, stroke.shape) for stroke in strokes]
    if rng.random() < 0.5:
        strokes = [stroke * [-1, 1] for stroke in strokes]
    tilt = np.pi / 4 if rng.random() < 0.3 else 0.0
    strokes = [turned(stroke, tilt + rng.normal(0, 0.1)) for stroke in strokes]
    if rng.random() < 0.25:
        strokes.append(_ball(0, 0, rng.uniform(1.3, 1.7), rng))
    if rng.random() < 0.1:
        strokes.append(np.array([[-1.8, -1.5], [1.8, -1.5], [1.8, 1.5], [-1.8, 1.5], [-1.8, -1.5]]))
    return strokes


def _breasts(rng: np.random.Generator) -> list[np.ndarray]:
    """Two rounds side by side with a dot or ring each, open above or closed; at times in one line."""
    apart, tall = rng.uniform(0.85, 1.2), rng.uniform(0.7, 1.2)
    if rng.random() < 0.35:
        angle = np.linspace(0, np.pi, 9)
        cup = np.stack([-np.cos(angle), np.sin(angle) * tall], axis=1)
        strokes = [np.concatenate([cup - [1, 0], cup + [1, 0]])] if rng.random() < 0.5 else [cup - [1, 0], cup + [1, 0]]
        apart = 1.0
    else:
        strokes = [_ball(side * apart, 0, 1, rng) * [1, tall] for side in (-1, 1)]
    for side in (-1, 1):
        place = np.array([side * apart + rng.normal(0, 0.08), 0.35 * tall + rng.normal(0, 0.08)])
        if rng.random() < 0.6:
            strokes.append(_ball(place[0], place[1], rng.uniform(0.1, 0.3), rng))
        if rng.random() < 0.7:
            strokes.append(place + rng.normal(0, 0.04, (2, 2)))
    if rng.random() < 0.2:  # a body
        strokes += [
            smooth(np.array([[side * 2.1, -1.2], [side * 2.2, 0.2], [side * 1.7, 1.4], [side * 2.0, 2.4]]), 4)
            for side in (-1, 1)
        ]
    return strokes


_PICTURES = (_genitals, _finger, _swastika, _breasts)
_OFTEN = (0.5, 0.15, 0.2, 0.15)
