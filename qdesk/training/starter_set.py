"""Make the starter set: `python -m qdesk.training.starter_set --out assets/starter.ndjson.gz`.

The starter set is something to curate before a user has a file. Its drawings are sampled from this project's own
Sketch-RNN: for each of them there are several tries, and the first that the classifier recognises is taken. Among them
is junk that this project draws itself. None of it is Quick, Draw! data. The key_id of a drawing says what it is. It has
sixteen digits, from a range that official ones do not use. The first is 9, the next three say how it was made (000
sampled, 001 and up the kinds of `data.reasons.KINDS` in their order).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.data.synthetic_junk import KINDS, draw_junk
from qdesk.formats import write_drawings
from qdesk.nets import weights
from qdesk.nets.sampling import sample
from qdesk.nets.sketchrnn import SketchRNN
from qdesk.scoring.classifier import DrawingClassifier

WORDS = (
    "apple", "bicycle", "butterfly", "cactus", "car", "cat", "fish", "flamingo", "flower", "house", "ice cream", "key",
    "mushroom", "octopus", "pineapple", "sailboat", "smiley face", "snowman", "star", "umbrella",
)  # fmt: skip


PLANTED = tuple(kind for kind in KINDS if kind != "rude")
"""The kinds of junk in the starter set: anybody opens it, so it is fit to be seen."""

TRIES, SURE = 10, 0.5
"""Most samples per drawing, and the probability of its word at which a sample is good enough."""


def make(
    network: SketchRNN,
    guesser: DrawingClassifier,
    count: int = 600,
    junk_share: float = 0.12,
    temperature: float = 0.25,
    seed: int = 1,
) -> Drawings:
    """Return `count` drawings in the 255 box, shuffled: samples of `WORDS`, and a share of junk, of `PLANTED`."""
    rng = np.random.default_rng(seed)
    words = [word for word in WORDS if word in network.words]
    chosen = [words[row % len(words)] for row in range(count)]
    drawn = _recognised(network, guesser, chosen, temperature, seed)
    made = np.zeros(count, np.int64)
    for row in range(round(count * junk_share)):
        kind = PLANTED[row % len(PLANTED)]
        made[row] = 1 + KINDS.index(kind)
        drawn[row] = draw_junk(kind, drawn[row], rng, polite=True)
        if kind == "wrong":
            chosen[row] = str(rng.choice([other for other in words if other != chosen[row]]))
    order = rng.permutation(count)
    keys = [f"9{made[row]:03d}{number:012d}" for number, row in enumerate(order)]
    return Drawings.from_strokes(
        [drawn[row] for row in order], word=[chosen[row] for row in order], key_id=keys
    ).fit_box()


def _recognised(
    network: SketchRNN, guesser: DrawingClassifier, words: list[str], temperature: float, seed: int
) -> list[list[np.ndarray]]:
    """Return one sample per word: the first of `TRIES` that is recognised, else the most probable one."""
    classes = np.array([network.words.index(word) for word in words])
    columns = np.array([guesser.words.index(word) for word in words])
    best: list[list[np.ndarray]] = [[] for _ in words]
    chance = np.full(len(words), -1.0)
    for attempt in range(TRIES):
        left = np.flatnonzero(chance < SURE)
        if not len(left):
            break
        drawn = sample(network, classes[left], temperature, seed * TRIES + attempt)
        seen = guesser.probabilities(Drawings.from_strokes(drawn).fit_box())[np.arange(len(left)), columns[left]]
        for row, strokes, p in zip(left, drawn, seen, strict=True):
            if p > chance[row]:
                best[row], chance[row] = strokes, p
    return best


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m qdesk.training.starter_set", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the .ndjson.gz to write")
    parser.add_argument("--count", type=int, default=600, metavar="N")
    parser.add_argument("--temperature", type=float, default=0.25, metavar="T")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    options = parser.parse_args()
    network = weights.load(paths.model(paths.SKETCHRNN), "sketchrnn")
    drawings = make(network, DrawingClassifier(), options.count, temperature=options.temperature, seed=options.seed)
    write_drawings(drawings, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
