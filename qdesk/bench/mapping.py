"""Measure maps of drawings: `qdesk bench map`.

The embeddings are those of real drawings (`--data`), repeated with jitter, or made up in as many clusters as there are
words. Each goal has its figure in wall time, and the same in CPU time, which other programs change less.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from qdesk.bench.machine import run_isolated, show_figures
from qdesk.console import Progress

MAPPED, PLACED = 100_000, 1_000_000
_CLUSTERS = 345
_JITTER = 6.0  # steps of an embedding, of 127


def measure(
    data: Path | None = None, mapped: int = MAPPED, placed: int = PLACED, frames: int = 240
) -> dict[str, float]:
    """Return all figures by name, which ends in the unit.

    map_100k_s: a map of 100,000 drawings, laid out and placed.   map_1m_placed_s: a million placed on it.   For the
    others see `qdesk.bench.map_window`, which shows `placed` drawings.
    """
    from qdesk.explore.drawing_map import DrawingMap, fit_map, place_more

    with Progress("measuring") as progress:
        progress(None, "reading what the classifier sees")
        embeddings, words = _embeddings(data)
        rows = np.resize(np.arange(len(embeddings)), mapped)
        first = _jittered(embeddings[rows])
        progress(None, f"a map of {mapped:,}")
        made, figures = _timed("map_100k", lambda: fit_map(first, groups=words[rows]))
        many = np.concatenate([first[made.sample], _jittered(embeddings[np.resize(rows, placed)])])
        nowhere = np.full((placed, 2), np.nan, np.float32)
        begun = DrawingMap(np.concatenate([made.positions[made.sample], nowhere]), np.arange(len(made.sample)))
        progress(None, f"placing {placed:,}")
        _, more = _timed("map_1m_placed", lambda: place_more(begun, many))
        progress(None, f"looking around among {placed:,}")
        with tempfile.TemporaryDirectory() as home:
            window = run_isolated(home, "-m", "qdesk.bench.map_window", str(placed), "--frames", str(frames))
    return {**figures, **more, **window}


def _timed(name: str, work: Callable) -> tuple:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, {f"{name}_s": time.perf_counter() - wall, f"{name}_cpu_s": time.process_time() - cpu}


def _embeddings(data: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """Return embeddings, int8 (n, 64), and numbers for their words, (n,)."""
    if data is None:
        random = np.random.default_rng(0)
        words = np.arange(30_000) % _CLUSTERS
        vectors = random.normal(size=(_CLUSTERS, 64))[words] + random.normal(size=(len(words), 64)) * 0.8
        vectors *= 127 / np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.rint(vectors).astype(np.int8), words
    from qdesk.explore.map_colours import coded
    from qdesk.formats import files_under, open_drawings
    from qdesk.scoring.score_cache import ScoreCache
    from qdesk.scoring.scorer import Scorer

    drawings = open_drawings(*files_under([data])).drawings
    return Scorer(cache=ScoreCache()).score(drawings)["embedding"], coded(drawings.words)[0]


def _jittered(embeddings: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(1).normal(0, _JITTER, embeddings.shape).astype(np.float32)
    return np.rint(embeddings + noise).clip(-127, 127).astype(np.int8)


def run(args: argparse.Namespace) -> int:
    """Run `qdesk bench map`: print the figures as a table or as one JSON object."""
    show_figures(measure(args.data[0] if args.data else None), args.json)
    return 0
