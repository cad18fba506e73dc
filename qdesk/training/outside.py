"""The classifier beside its teachers, also on drawings that nobody made for the game's clock.

`python -m qdesk.training.outside --data RAW STROKES... --teachers DIR [--docs FILE] [--json]` measures top-1 and top-3
on three kinds of held-out drawings: as the official files have them; raw ones made twice as dense and without times, as
other programs write them; and those that the game did not recognise. All networks see the same drawing, simplified by
`simplify.as_official`: the classifier its points and picture, a teacher the picture alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from qdesk.data.drawings import Drawings, offsets_of
from qdesk.data.raster import raster
from qdesk.data.simplify import as_official
from qdesk.data.splits import labels_of, split_of
from qdesk.scoring.classifier import DrawingClassifier
from qdesk.stats.intervals import Estimate, EstimateTable, flat, markdown, resampled, rewrite
from qdesk.stats.ranking_metrics import ranks
from qdesk.training.held_out import held_out
from qdesk.training.teachers import LAYERS, Teachers

_AT_ONCE = 2048


def densely(drawings: Drawings) -> Drawings:
    """Return the drawings with one more point in the middle of each step, and without times. Dots stay dots."""
    lengths = drawings.stroke_lengths
    more = np.ones(len(drawings.points), np.int64)
    more[drawings.stroke_offsets[:-1]] = 0  # no step ends at the first point of a stroke
    before = np.repeat(np.arange(len(drawings.points)), 1 + more)
    points = drawings.points[before]
    middle = np.flatnonzero(np.r_[False, before[1:] == before[:-1]]) - 1
    points[middle] = (drawings.points[before[middle]] + drawings.points[before[middle] - 1]) / 2
    return Drawings(points, offsets_of(2 * lengths - 1), drawings.drawing_offsets, drawings.table)


def measure(
    folders: Sequence[Path], teachers: Path | None = None, model: Path | None = None
) -> dict[str, EstimateTable]:
    """Return top-1 and top-3 of the classifier and of each teacher in the folder `teachers`, on each set of drawings.

    Simplified drawings are those of part 1, since part 0 was used to choose weights. Raw drawings are few, so both
    parts are used.
    """
    guesser, held = DrawingClassifier(model), held_out(folders)
    test = held.simplified.take(split_of(held.simplified.content_ids()) == 1)
    raw = held.raw
    sets = {
        "official": (test, "Simplified drawings of part 1, as the official files have them."),
        "official, not recognised": (
            test.take(test.column("recognized") == False),  # noqa: E712 (None is neither)
            "Those of them whose players the game did not recognise.",
        ),
        "raw, twice as dense": (densely(raw), "Raw drawings of parts 0 and 1, with a point in each step and no times."),
        "raw, not recognised": (
            raw.take(raw.column("recognized") == False),  # noqa: E712
            "Raw drawings of parts 0 and 1 whose players the game did not recognise.",
        ),
    }
    return {
        title: _table(f"{len(drawings):,} drawings. {note}", as_official(drawings), guesser, teachers)
        for title, (drawings, note) in sets.items()
        if len(drawings)
    }


def opinions(folder: Path, words: Sequence[str], drawings: Drawings) -> dict[str, np.ndarray]:
    """Return the log-probabilities of each teacher in `folder`, float32 (N, words), by its name.

    drawings: in the 255 box. A teacher sees the official picture of each.
    """
    said: dict[str, np.ndarray] = {}
    for name in LAYERS:
        if (folder / f"{name}.npz").exists():
            teacher = Teachers(folder, words, (name,))
            parts = [drawings.take(slice(first, first + _AT_ONCE)) for first in range(0, len(drawings), _AT_ONCE)]
            each = [teacher.log_probabilities(torch.from_numpy(raster(part))).numpy() for part in parts]
            said[name] = np.concatenate(each)
    return said


def _table(note: str, drawings: Drawings, guesser: DrawingClassifier, teachers: Path | None) -> EstimateTable:
    labels = labels_of(drawings, guesser.words)
    known = labels >= 0
    drawings, labels = drawings.take(known), labels[known]
    said = {"this classifier": np.log(np.maximum(guesser.probabilities(drawings), 1e-12))}
    if teachers:
        said |= opinions(teachers, guesser.words, drawings)
    weights = resampled(np.zeros(len(labels)), np.random.default_rng(0))
    rows = {}
    for name, opinion in said.items():
        above = ranks(opinion, labels)
        rows[name] = {
            f"top-{top}": Estimate.of(weights @ (above < top).astype(np.float32) / len(labels)) for top in (1, 3)
        }
    return EstimateTable(note, rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m qdesk.training.outside", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data", type=Path, nargs="+", required=True, metavar="DIR", help="raw and simplified drawings"
    )
    parser.add_argument("--teachers", type=Path, metavar="DIR", help="the folder of the teachers to compare with")
    parser.add_argument("--model", type=Path, metavar="FILE", help="another classifier than the shipped one")
    parser.add_argument("--docs", type=Path, metavar="FILE", help="write the tables at the mark `outside` of this file")
    parser.add_argument("--json", action="store_true", help="one flat object of numbers")
    options = parser.parse_args()
    tables = measure(options.data, options.teachers, options.model)
    print(json.dumps(flat(tables), indent=2) if options.json else markdown(tables))
    if options.docs:
        rewrite(options.docs, markdown(tables), "outside")
    return 0


if __name__ == "__main__":
    sys.exit(main())
