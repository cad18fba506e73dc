"""Invented drawings and files of them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.formats import write_drawings

CATS, CIRCLES = 40, 12


def shapes(word: str, count: int, seed: int = 0) -> Drawings:
    """Return `count` circles or zigzags, all different."""
    rng = np.random.default_rng([seed, len(word)])
    drawings = []
    for _ in range(count):
        t = np.linspace(0, 1, int(rng.integers(9, 16)))
        if word == "circle":
            path = np.stack([np.cos(6.1 * t + rng.uniform(0, 6)), np.sin(6.1 * t)], axis=1) * rng.uniform(0.7, 1.3, 2)
        else:
            path = np.stack([t * 2, (np.arange(len(t)) % 2) * rng.uniform(0.5, 1.5)], axis=1)
        drawings.append([(path + rng.normal(0, 0.04, path.shape)) * 100 + 120])
    return Drawings.from_strokes(drawings, word=word).fit_box()


def write_shapes(where: Path, count: int) -> Path:
    """Write a file of `count` circles and one of `count` zigzags to the folder `where`, and return it."""
    where.mkdir(parents=True, exist_ok=True)
    for word in ("circle", "zigzag"):
        write_drawings(shapes(word, count), where / f"{word}.ndjson")
    return where


def write_cats(path: Path, count: int = CATS, first: int = 1000) -> Path:
    """Write `count` drawings of two strokes with the keys `first` and up: one dog per three cats, half recognised."""
    lines = []
    for number in range(count):
        drawing = [[[0, 100, 255, number], [0, 30, number, 9]], [[5, 5 + number], [200, 90]]]
        about = {"word": "dog" if number % 4 == 0 else "cat", "key_id": str(first + number), "countrycode": "DE"}
        about |= {"timestamp": "2017-03-20 01:07:50.46456 UTC", "recognized": number % 2 == 0}
        lines.append(json.dumps({**about, "drawing": drawing}))
    path.write_text("\n".join(lines) + "\n")
    return path


def write_circles(path: Path) -> None:
    """Write `CIRCLES` circles with a zigzag across them, each zigzag longer than the one before."""
    lines = []
    for number in range(CIRCLES):
        angles = [2 * math.pi * step / 16 for step in range(17)]
        ring = [[round(127 + 127 * turn(angle)) for angle in angles] for turn in (math.cos, math.sin)]
        zigzag = [[20 + 18 * step for step in range(number + 2)], [40 + 170 * (step % 2) for step in range(number + 2)]]
        about = {"word": "circle", "key_id": str(7000 + number), "countrycode": "NZ", "recognized": True}
        lines.append(json.dumps({**about, "drawing": [ring, zigzag]}))
    path.write_text("\n".join(lines) + "\n")
