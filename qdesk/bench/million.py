"""Measure Curate with a million drawings in its own window: `qdesk bench million`.

The drawings are real ones, repeated with jitter, or random walks where no data is named. Each has its own key_id. Some
are scored, and the others get scores at random from those, as if the file had been scored before.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from qdesk.bench.machine import random_walks, run_isolated, show_figures
from qdesk.console import Progress
from qdesk.data.drawings import Drawings

COUNT = 1_000_000
SCORED = 4_000
JITTER = 1.5
"""The standard deviation of what is added to each coordinate in the 255 box. The sum is then rounded."""


def repeat_with_jitter(count: int, data: Path | None, seed: int = 0) -> Drawings:
    """Make `count` drawings in the 255 box: those of `data`, repeated, each with jitter and its own key_id."""
    if data is None:
        base = random_walks(min(count, 100_000), seed)
    else:
        from qdesk.formats import files_under, open_drawings

        base = open_drawings(*files_under([data])).drawings
    drawings = base.take(np.resize(np.arange(len(base)), count))
    noise = np.random.default_rng(seed).normal(0, JITTER, drawings.points.shape).astype(np.float32)
    points = np.clip(np.rint(drawings.points + noise), 0, 255) + np.float32(0)  # + 0 turns −0 into 0
    return replace(drawings, points=points).with_columns(key_id=[str(10**15 + 7919 * row) for row in range(count)])


def prepare(home: Path, file: Path, drawings: Drawings, scored: int = SCORED, seed: int = 0) -> None:
    """Write the drawings to `file`, and scores for all of them into the cache of the data folder `home`."""
    from qdesk.formats import write_drawings
    from qdesk.scoring.fingerprint import drawing_keys, scorer_id
    from qdesk.scoring.score_cache import ScoreCache
    from qdesk.scoring.scorer import Scorer

    write_drawings(drawings, file)
    random = np.random.default_rng(seed)
    chosen = np.sort(random.permutation(len(drawings))[:scored])
    columns = Scorer().score(drawings.take(chosen))
    dealt = random.integers(0, len(chosen), len(drawings))
    dealt[chosen] = np.arange(len(chosen))
    values = {name: column[dealt] for name, column in columns.items()}
    for name, column in values.items():  # so that no two are quite the same
        if column.dtype.kind == "f" and name not in ("p_word", "p_top"):
            values[name] = column + random.normal(0, 1e-3, len(column)).astype(column.dtype)
    with ScoreCache(home / "scores").keeping(scorer_id()) as keep:
        keep(drawing_keys(drawings), values)


def measure(
    count: int = COUNT, data: Path | None = None, scored: int = SCORED, quick: bool = False
) -> dict[str, float]:
    """Run `qdesk.bench.curate_window` in new processes, and return its figures by name with unit.

    read_s, read_peak_mb: the first opening, which reads the file. All other figures are of a second process, for which
    the file is cached.   quick: do everything a few times only, to see that it runs.
    """
    with tempfile.TemporaryDirectory() as folder, Progress("measuring") as progress:
        home, file = Path(folder, "home"), Path(folder, "drawings.ndjson")
        home.mkdir()
        progress(None, f"making {count:,} drawings")
        prepare(home, file, repeat_with_jitter(count, data), scored)
        progress(None, "opening them for the first time")
        quickly = ["--quick"] if quick else []
        first = run_isolated(str(home), "-m", "qdesk.bench.curate_window", str(file), "--open", *quickly)
        progress(None, "opening them again, sorting, filtering, scrolling, judging")
        again = run_isolated(str(home), "-m", "qdesk.bench.curate_window", str(file), *quickly)
    return {"read_s": first["open_s"], "read_peak_mb": first["peak_mb"], **again}


def run(args: argparse.Namespace) -> int:
    """Run `qdesk bench million`: print the figures as a table or as one JSON object."""
    show_figures(measure(args.count, args.data[0] if args.data else None), args.json)
    return 0
