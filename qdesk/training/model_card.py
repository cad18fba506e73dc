"""Every word's held-out figures for the model card: `python -m qdesk.training.model_card --data DIR --out FILE.csv`.

There is one line per word, about its drawings in the test split, which nothing was trained on. It says how many there
are, the nats per point with the word and without it, how well the lift tells right words from wrong ones, and the nats
per point of Google's official decoder of the word on the same drawings, where there is one. All are probabilities of
cells of one unit, so they can be compared, with two reservations. Official decoders count one more step per drawing,
its end. And they learned from drawings in their original sizes, not in the 255 box.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import numpy as np
import torch

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.data.splits import labels_of
from qdesk.files import atomic_write
from qdesk.nets import weights
from qdesk.nets.official import load_official
from qdesk.nets.sketchrnn import SketchRNN, batch_of
from qdesk.training.data import load
from qdesk.training.sketchrnn import lifts, nats

COLUMNS = ("word", "drawings", "nats_per_point", "nats_per_point_no_word", "lift_auc", "official_nats_per_point")


@torch.inference_mode()
def by_word(network: SketchRNN, drawings: Drawings, official: Path | None = None, seed: int = 0) -> list[dict]:
    """Return one dictionary of `COLUMNS` per word, in the network's order. Unknown figures are None.

    drawings: in the 255 box. official: a folder of `*.gen.json`. lift_auc: the chance that a drawing's lift for its
    word is above a drawing's lift for another word, chosen at random.
    """
    from sklearn.metrics import roc_auc_score

    labels, points = labels_of(drawings, network.words), drawings.point_counts
    other = (labels + np.random.default_rng(seed).integers(1, max(2, len(network.words)), len(labels))) % len(
        network.words
    )
    right, without = (nats(network, drawings, c) for c in (labels, np.full_like(labels, network.no_word)))
    lift = lifts(network, drawings, np.stack([labels, other], axis=1))
    decoders = {load_official(file).word: file for file in sorted(official.glob("*.gen.json"))} if official else {}
    lines = []
    for index, word in enumerate(network.words):
        rows = np.flatnonzero(labels == index)
        line = dict.fromkeys(COLUMNS) | {"word": word, "drawings": len(rows)}
        if len(rows):
            total = points[rows].sum()
            line["nats_per_point"] = right[rows].sum() / total
            line["nats_per_point_no_word"] = without[rows].sum() / total
            line["lift_auc"] = roc_auc_score(np.repeat([1, 0], len(rows)), lift[rows].T.ravel())
            if word in decoders:
                decoder = load_official(decoders[word])
                losses = decoder.losses(batch_of(drawings, rows, decoder.scale))
                line["official_nats_per_point"] = float(losses.sum()) / total
        lines.append(line)
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m qdesk.training.model_card", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="DIR", help="the folders trained on")
    parser.add_argument("--official", type=Path, metavar="DIR", help="a folder of official *.gen.json decoders")
    parser.add_argument("--model", type=Path, default=paths.model(paths.SKETCHRNN), metavar="FILE")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the CSV to write")
    options = parser.parse_args()
    corpus = load(options.data, report=lambda text: print(text, file=sys.stderr))
    lines = by_word(weights.load(options.model, "sketchrnn"), corpus.test, options.official)
    with atomic_write(options.out) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for line in lines:
            writer.writerow({name: f"{cell:.3f}" if isinstance(cell, float) else cell for name, cell in line.items()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
