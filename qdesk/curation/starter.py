"""Make the starter set: `python -m qdesk.curation.starter --out assets/starter.ndjson.gz`.

Something to curate before the first file: drawings sampled from this project's own Sketch-RNN, and among them junk
that this project draws itself. None of it is Quick, Draw! data. Each line says in `made` what it is.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from pathlib import Path

import numpy as np

from qdesk.curation.planted import KINDS, plant
from qdesk.curation.score import load_model
from qdesk.drawings import Drawings
from qdesk.nets.sample import sample
from qdesk.nets.sketchrnn import SketchRNN

WORDS = (
    "apple", "bicycle", "butterfly", "cactus", "car", "cat", "fish", "flamingo", "flower", "house", "ice cream", "key",
    "mushroom", "octopus", "pineapple", "sailboat", "smiley face", "snowman", "star", "umbrella",
)  # fmt: skip


def make(
    network: SketchRNN, count: int = 600, junk_share: float = 0.12, temperature: float = 0.35, seed: int = 1
) -> list[dict]:
    """`count` lines of simplified ndjson as dicts, shuffled: sampled drawings of `WORDS` and junk of every kind."""
    rng = np.random.default_rng(seed)
    words = [word for word in WORDS if word in network.words]
    junk = round(count * junk_share)
    chosen = [words[k % len(words)] for k in range(count)]
    drawn = sample(network, np.array([network.words.index(word) for word in chosen]), temperature, seed)
    batch = Drawings.from_strokes(drawn, word=chosen).fit_box()
    lines = []
    for row in range(count):
        word, strokes, made = chosen[row], batch.strokes_of(row), "sampled"
        if row < junk:
            made = KINDS[row % len(KINDS)]
            strokes = plant(made, strokes, rng)
            if made == "wrong":
                word = str(rng.choice([other for other in words if other != word]))
        lines.append({"word": word, "made": made, "strokes": strokes})
    result = []
    for number, at in enumerate(rng.permutation(count)):
        line = lines[at]
        fitted = Drawings.from_strokes([list(line["strokes"])]).fit_box()
        drawing = [
            [stroke[:, 0].astype(int).tolist(), stroke[:, 1].astype(int).tolist()] for stroke in fitted.strokes_of(0)
        ]
        key = f"9{seed:03d}{number:012d}"  # sixteen digits as official ones, from a range that these do not use
        result.append({"key_id": key, "word": line["word"], "made": line["made"], "drawing": drawing})
    return result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m qdesk.curation.starter", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the .ndjson.gz to write")
    parser.add_argument("--count", type=int, default=600, metavar="N")
    parser.add_argument("--temperature", type=float, default=0.35, metavar="T")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    options = parser.parse_args()
    network = load_model()
    assert isinstance(network, SketchRNN)
    lines = make(network, options.count, temperature=options.temperature, seed=options.seed)
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    with (
        options.out.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as file,
    ):  # the same bytes each time
        file.write(text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
