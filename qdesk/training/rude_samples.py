"""Drawings of genitals, sampled from published decoders, for the junk of kind `rude`.

Quick, Draw! has no such word, so no data teaches it. Decoders in the format of sketch-rnn-js are brought by whoever
trains: this project holds none. Without any, `data.junk.rude` draws by code alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from qdesk.data.simplify import simplify_strokes
from qdesk.nets.official import load_official
from qdesk.nets.sampling import sample_official

TEMPERATURES = (0.15, 0.3, 0.5)
"""At more than 0.5, one sample in three is a tangle."""

ROUND, STROKES = (4.0, 7.5), 6
"""How far a sample that is kept turns in all, in half turns, and the most strokes that it has. One that turns less is a
stump, which could be a banana. One that turns more, or has more strokes, is a tangle."""


def rude_samples(decoders: Sequence[Path], count: int, seed: int = 0) -> list[list[np.ndarray]]:
    """Return up to `count` drawings in the 255 box, simplified; float32 (points, 2) per stroke.

    decoders: `*.gen.json` files, or folders of such. None gives no drawings. Raises WeightsError for anything else.
    """
    files = [file for path in decoders for file in (sorted(path.glob("*.gen.json")) if path.is_dir() else [path])]
    drawn: list[list[np.ndarray]] = []
    for number, file in enumerate(files):
        decoder = load_official(file)
        for which, temperature in enumerate(TEMPERATURES):
            each = -(-count // (len(files) * len(TEMPERATURES)))
            drawn += sample_official(decoder, each, temperature, seed * 100 + number * len(TEMPERATURES) + which)
    drawn = [simplify_strokes(strokes) for strokes in drawn if strokes]
    drawn = [strokes for strokes in drawn if len(strokes) <= STROKES and ROUND[0] <= half_turns(strokes) <= ROUND[1]]
    order = np.random.default_rng(seed).permutation(len(drawn))[:count]
    return [drawn[row] for row in order]


def half_turns(strokes: Sequence[np.ndarray]) -> float:
    """Return how far the pen turns in all, left or right, without pen lifts: 2 for a circle."""
    total = 0.0
    for stroke in strokes:
        steps = np.diff(stroke, axis=0)
        way = np.arctan2(steps[:, 1], steps[:, 0])
        total += float(np.abs((np.diff(way) + np.pi) % (2 * np.pi) - np.pi).sum())
    return total / np.pi
