"""Drawings for teachers to be asked about: `python -m qdesk.training.dreams --each N --out FILE.ndjson.gz`.

They are samples of the project's own Sketch-RNN for every word, from neat to wild. What they show is not certain, so
they are data to distil from (`qdesk train classifier --extra ... --teachers ...`) and never to measure on.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.formats import write_drawings
from qdesk.nets import weights
from qdesk.nets.sampling import sample

TEMPERATURES = (0.4, 0.65, 0.9)
_AT_ONCE = 2048


def dream(model: Path, each: int, seed: int = 0) -> Drawings:
    """Return `each` drawings of every word that the Sketch-RNN at `model` knows, in the 255 box."""
    network = weights.load(model, "sketchrnn")
    classes = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(network.words)), each))
    batches = []
    for number, start in enumerate(range(0, len(classes), _AT_ONCE)):
        some = classes[start : start + _AT_ONCE]
        drawn = sample(network, some, TEMPERATURES[number % len(TEMPERATURES)], seed=seed + number, longest=120)
        batches.append(Drawings.from_strokes(drawn, word=[network.words[label] for label in some]).fit_box())
    return Drawings.concat(batches)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m qdesk.training.dreams", description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=paths.model(paths.SKETCHRNN), metavar="FILE")
    parser.add_argument("--each", type=int, default=400, metavar="N", help="drawings of each word (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="an .ndjson or .ndjson.gz")
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_drawings(dream(options.model, options.each, options.seed), options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
