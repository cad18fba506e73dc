"""What this machine does: every figure of the README comes from here, `qdesk bench`.

Per-CPU-second figures divide by the CPU time of all threads together (time.process_time), so that a program beside us
costs them little; latencies, loading and start are wall time, as a person waits for them. Each is the best of a few
runs where one run is short. The drawings are random walks with the point and stroke counts of simplified drawings.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from qdesk.console import Progress, write_table
from qdesk.data.categories import categories
from qdesk.data.drawings import Drawings, metadata_table, offsets_of
from qdesk.files import atomic_write
from qdesk.stats.intervals import EstimateTable, flat, markdown, rewrite

POINTS = 45
STROKES = 6
ROUNDS = 240
"""Played for the memory. The first 40 bring every way to play and every screen, and are not looked at."""


@dataclass(frozen=True)
class Sizes:
    """How much is measured. matrix: rows of the square matrices multiplied. Everything else counts drawings."""

    matrix: int = 2048
    score: int = 4000
    raster: int = 4000
    guesses: int = 4000
    moves: int = 300  # single guesses timed
    load: int = 100_000
    rank: int = 2000
    many: int = 120_000  # a category


QUICK = Sizes(matrix=128, score=40, raster=40, guesses=40, moves=5, load=200, rank=20, many=200)
"""Enough to see that everything runs; its figures mean nothing."""


def bench(sizes: Sizes = Sizes(), window: bool = True) -> dict[str, float]:  # noqa: B008 (frozen)
    """All figures, flat: each name ends in its unit or says what it is a ratio of. window: measure its start, too.

    Raises qdesk's own errors where a weight file is missing, RuntimeError where the window does not start.
    """
    steps: list[Callable[[Sizes], dict[str, float]]] = [
        measure_matmul, measure_scoring, measure_raster, measure_guesses, measure_loading, measure_rank,
        measure_shares, measure_many,
    ]  # fmt: skip
    figures: dict[str, float] = {}
    if window:
        figures |= measure_window()  # before torch is loaded here: the two cores belong to the window
    with Progress("measuring") as progress:
        for index, step in enumerate(steps):
            progress(index / len(steps), f"measuring: {step.__name__.removeprefix('measure_')}")
            figures |= step(sizes)
    figures["score_over_matmul_peak"] = figures["score_gflop_per_cpu_s"] / figures["matmul_1_thread_gflop_per_s"]
    figures["peak_rss_mb"] = peak_mb()
    return figures


# What is measured


def measure_window(seconds: float = 18.0, rounds: int = ROUNDS, runs: int = 3) -> dict[str, float]:
    """start_s: from the start of a fresh process to the window's first paint, offscreen. The best of `runs`.

    How many guesses are painted while somebody draws, how soon they and the ink are, and how the memory grows over
    `rounds`: the words for these figures are in `qdesk.bench.play_window`. seconds: that each pen draws.
    """
    with tempfile.TemporaryDirectory() as home:
        starts = [run_isolated(home, "-m", "qdesk", QDESK_QUIT_AFTER_PAINT="1")["start_s"] for _ in range(runs)]
        felt = run_isolated(home, "-m", "qdesk.bench.play_window", "--seconds", str(seconds), "--rounds", str(rounds))
    return {"start_s": min(starts), **felt}


def run_isolated(home: str, *arguments: str, **environment: str) -> dict[str, float]:
    """The JSON that a fresh process prints, with an offscreen window if any: nothing outside gui/ opens one itself."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QDESK_HOME": home, **environment},
        capture_output=True,
        text=True,
        timeout=900,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments[:2])} failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


def measure_matmul(sizes: Sizes) -> dict[str, float]:
    """The most that float32 matrix products reach here, with one thread and with two."""
    import torch

    side = sizes.matrix
    left, right = torch.randn(side, side), torch.randn(side, side)
    figures = {}
    for threads, name in ((1, "matmul_1_thread_gflop_per_s"), (2, "matmul_2_threads_gflop_per_s")):
        with _threads(threads):
            best = min(_seconds(lambda: left @ right, cpu=threads == 1) for _ in range(8))
        figures[name] = 2 * side**3 / best / 1e9
    return figures


def measure_scoring(sizes: Sizes) -> dict[str, float]:
    """The Sketch-RNN loss alone (score_per_cpu_s), and every column as Curate computes them (score_all_per_s, wall).

    score_gflop_per_cpu_s counts the multiplications that reading each drawing once takes, at least.
    """
    from qdesk.scoring.likelihood import ConditionalSketchRNN
    from qdesk.scoring.scorer import Scorer, batches

    drawings = random_walks(sizes.score)
    scorer = Scorer()
    list(scorer.stream(drawings.take(slice(0, 64))))  # everything that is loaded on first use
    with _threads(1):
        parts = [drawings.take(rows) for rows in batches(drawings.point_counts)]
        cpu = _seconds(lambda: [scorer.likelihood.losses(part, part.words) for part in parts], cpu=True)
    wall = _seconds(lambda: list(scorer.stream(drawings)))
    assert isinstance(scorer.likelihood, ConditionalSketchRNN)  # the shipped one
    network = scorer.likelihood.network
    matrices = (*network.lstm.all_weights[0][:2], network.output.weight)
    flop = 2 * sum(matrix.numel() for matrix in matrices) * len(drawings.points)
    return {
        "score_per_cpu_s": len(drawings) / cpu,
        "score_gflop_per_cpu_s": flop / cpu / 1e9,
        "score_all_per_s": len(drawings) / wall,
    }


def measure_raster(sizes: Sizes) -> dict[str, float]:
    """The official 28x28 bitmaps."""
    from qdesk.data.raster import raster

    drawings = random_walks(sizes.raster)
    raster(drawings.take(slice(0, 16)))
    return {"raster_per_cpu_s": len(drawings) / min(_seconds(lambda: raster(drawings), cpu=True) for _ in range(3))}


def measure_guesses(sizes: Sizes) -> dict[str, float]:
    """From a new last point to new guesses, one thread, while drawings grow; and guesses of many drawings at once."""
    from qdesk.scoring.classifier import DrawingClassifier

    guesser = DrawingClassifier()
    drawings = random_walks(max(sizes.moves // 10, 1))
    guesser.guess_strokes(drawings.strokes_of(0))
    milliseconds = []
    with _threads(1):
        for move in range(sizes.moves):
            strokes = drawings.strokes_of(move % len(drawings))
            some = strokes[: 1 + move % len(strokes)]
            milliseconds.append(1000 * _seconds(partial(guesser.guess_strokes, some)))
    many = random_walks(sizes.guesses)
    p50, p95 = np.percentile(milliseconds, (50, 95))
    return {
        "guess_ms_p50": float(p50),
        "guess_ms_p95": float(p95),
        "guesses_per_s": len(many) / _seconds(lambda: guesser.probabilities(many)),
    }


def measure_loading(sizes: Sizes) -> dict[str, float]:
    """A simplified ndjson file of 100,000 drawings, from the disk's cache to a batch."""
    from qdesk.formats import open_drawings, write_drawings

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "drawings.ndjson")
        write_drawings(random_walks(sizes.load), path)
        seconds = min(_seconds(lambda: open_drawings(str(path))) for _ in range(2))
    return {"load_ndjson_per_s": sizes.load / seconds, "load_100k_s": 100_000 * seconds / sizes.load}


def measure_rank(sizes: Sizes) -> dict[str, float]:
    """`qdesk rank`, from the file to the sorted Parquet, without loading Python and torch; then from its cache."""
    from qdesk.formats import open_drawings, write_drawings
    from qdesk.scoring.score_cache import ScoreCache
    from qdesk.scoring.scorer import Scorer, rank_table

    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder, "drawings.ndjson"), Path(folder, "scores.parquet")
        write_drawings(random_walks(sizes.rank), path)

        def rank() -> None:
            drawings = open_drawings(str(path)).drawings
            scorer = Scorer(cache=ScoreCache(Path(folder, "scores")))
            write_table(rank_table(drawings, scorer.score(drawings)), out)

        first, again = (_seconds(rank, cpu=True) for _ in range(2))
    return {"rank_per_cpu_s": sizes.rank / first, "rank_known_per_cpu_s": sizes.rank / again}


def measure_shares(sizes: Sizes) -> dict[str, float]:
    """rank_share_...: what each part of `qdesk rank` takes of their sum, in CPU time on one thread, each by itself.

    read: the file.  simplify: what every drawing is asked and fitted to.  raster: the picture.  points: the sequences
    of both networks.  picture, strokes: the classifier's readers.  lstm: the Sketch-RNN's reading.  losses: what is
    read out of it, and the loss.  junk: the combined order, its reason, the evidence.  write: sorting and Parquet.
    rank_parts_ms_per_drawing: their sum.
    """
    import torch

    from qdesk.data.simplify import as_official
    from qdesk.formats import open_drawings, write_drawings
    from qdesk.nets.sketchrnn import batch_of
    from qdesk.scoring.likelihood import ConditionalSketchRNN
    from qdesk.scoring.scorer import Scorer, batches, rank_table

    scorer = Scorer()
    drawings = random_walks(sizes.rank)
    columns = scorer.score(drawings)  # and everything that is loaded on first use
    with tempfile.TemporaryDirectory() as folder, _threads(1), torch.inference_mode():
        path, out = Path(folder, "drawings.ndjson"), Path(folder, "scores.parquet")
        write_drawings(drawings, path)
        parts = [drawings.take(rows) for rows in batches(drawings.point_counts)]
        words = [part.words for part in parts]
        guesser, reader = scorer.guesser, scorer.likelihood
        assert isinstance(reader, ConditionalSketchRNN)  # the shipped one
        network = reader.network
        inputs = [each for part in parts for each in guesser.inputs(part)]
        sequences = [batch_of(part, np.arange(len(part)), network.shape.scale) for part in parts]
        seen = [network.read(batch.inputs) for batch in sequences]
        measured = [scorer.measure(part, part) for part in parts]
        work: dict[str, Callable[[], object]] = {
            "read": lambda: open_drawings(str(path)),
            "simplify": lambda: as_official(drawings),
            "raster": lambda: [guesser.pixels(part) for part in parts],
            "points": lambda: [(guesser.points(part), batch_of(part, np.arange(len(part)), 40)) for part in parts],
            "picture": lambda: [guesser.network.picture(pixels) for pixels, _ in inputs],
            "strokes": lambda: [guesser.network.strokes(points) for _, points in inputs if points is not None],
            "lstm": lambda: [network.read(batch.inputs) for batch in sequences],
            "losses": lambda: [reader.read_out(*each) for each in zip(seen, sequences, words, strict=True)],
            "junk": lambda: [scorer.judge(*each) for each in zip(parts, measured, strict=True)],
            "write": lambda: write_table(rank_table(drawings, columns), out),
        }
        seconds = {name: min(_seconds(part, cpu=True) for _ in range(3)) for name, part in work.items()}
    whole = sum(seconds.values())
    figures = {f"rank_share_{name}": part / whole for name, part in seconds.items()}
    return figures | {"rank_parts_ms_per_drawing": 1000 * whole / len(drawings)}


def measure_many(sizes: Sizes) -> dict[str, float]:
    """The memory that `qdesk rank` takes for 120,000 drawings, from the file to the Parquet, in a process of its own.

    2,000 of them are scored and the others known from before, to save minutes. With all scored it was 200 MB more: what
    torch has freed is not given back at once.
    """
    from qdesk.formats import open_drawings, write_drawings
    from qdesk.scoring.fingerprint import drawing_keys, scorer_id
    from qdesk.scoring.score_cache import ScoreCache
    from qdesk.scoring.scorer import Scorer

    with tempfile.TemporaryDirectory() as home:
        path = Path(home, "drawings.ndjson")
        write_drawings(random_walks(sizes.many), path)
        drawings = open_drawings(str(path)).drawings
        some = len(drawings) // 60
        columns = Scorer().score(drawings.take(slice(0, some)))
        rows = np.resize(np.arange(some), len(drawings) - some)
        with ScoreCache(Path(home, "scores")).keeping(scorer_id()) as keep:
            keep(drawing_keys(drawings)[some:], {name: values[rows] for name, values in columns.items()})
        out = str(Path(home, "scores.parquet"))
        peak = run_isolated(home, "-m", "qdesk.bench.command_peak", "rank", str(path), "--out", out)
    return {"rank_120k_2k_new_peak_mb": peak["peak_mb"]}


# How


def random_walks(count: int, seed: int = 0) -> Drawings:
    """`count` random walks of 45 points in 6 strokes in the 255 box, with the words of the catalog in turn."""
    random = np.random.default_rng(seed)
    steps = random.normal(0, 12, (count, POINTS, 2)).astype(np.float32)
    lengths = np.full((count, STROKES), POINTS // STROKES)
    lengths[:, : POINTS % STROKES] += 1
    drawings = Drawings(
        points=np.cumsum(steps, axis=1).reshape(-1, 2),
        stroke_offsets=offsets_of(lengths.reshape(-1)),
        drawing_offsets=offsets_of(np.full(count, STROKES)),
        table=metadata_table(
            count,
            word=np.resize(np.array(categories(), object), count),
            key_id=[str(10**15 + index) for index in range(count)],
            countrycode="US",
            timestamp=["2017-03-01 00:00:00.00000 UTC"] * count,
            recognized=np.ones(count, bool),
            source="walks",
            row=np.arange(count),
        ),
    )
    return drawings.fit_box()


def _seconds(work: Callable[[], object], cpu: bool = False) -> float:
    clock = time.process_time if cpu else time.perf_counter
    began = clock()
    work()
    return max(clock() - began, 1e-9)


def peak_mb() -> float:
    """The most memory that this process has held, in MiB."""
    try:  # what getrusage says can be the peak of the program that started this one
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _threads(count: int) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def run(args: argparse.Namespace) -> int:
    """`qdesk bench`: the figures on stdout, as a table or as one JSON object."""
    show_figures(bench(), args.json)
    return 0


def show_figures(figures: dict[str, float], as_json: bool) -> None:
    """Figures on stdout, as a table or as one JSON object."""
    if as_json:
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}, indent=2))
    else:
        width = max(map(len, figures))
        for name, value in figures.items():
            print(f"{name:<{width}}  {value:>12,.3f}")


def run_ranking(args: argparse.Namespace) -> int:
    """`qdesk bench ranking`: the tables of `qdesk.bench.ranking`."""
    from qdesk.bench.baselines import has_cleanlab
    from qdesk.bench.ranking import measure

    if not has_cleanlab():
        print("qdesk: cleanlab is not installed: its rows are left out (pip install cleanlab)", file=sys.stderr)
    with Progress("measuring") as progress:
        tables = measure(args.data, args.flamingos, args.model, args.junk, lambda text: progress(None, text))
    _show(tables, args)
    return 0


def run_curating(args: argparse.Namespace) -> int:
    """`qdesk bench curating`: the tables of `qdesk.bench.curating`."""
    from qdesk.bench.curating import measure

    with Progress("measuring") as progress:
        tables = measure(args.data, lambda text: progress(None, text))
    _show(tables, args)
    return 0


def run_live(args: argparse.Namespace) -> int:
    """`qdesk bench live`: the tables of `qdesk.bench.live`; beside a document that is named also its curve, as SVG."""
    from qdesk.bench.live import CURVE, measure, svg

    with Progress("playing the drawings") as progress:
        tables = measure(args.data, progress)
    _show(tables, args)
    if args.docs:
        with atomic_write(args.docs.with_suffix(".svg")) as part:
            part.write_text(svg(tables[CURVE]), encoding="utf-8")
    return 0


def _show(tables: dict[str, EstimateTable], args: argparse.Namespace) -> None:
    """Tables on stdout, or flat JSON ("table: row: column"); where a document is named, between its marks as well."""
    print(json.dumps(flat(tables), indent=2) if args.json else markdown(tables))
    if args.docs:
        rewrite(args.docs, markdown(tables))
