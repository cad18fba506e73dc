"""Measure how fast this machine is: `qdesk bench`, from which all figures of the README come.

Figures per CPU second divide by the CPU time of all threads together (time.process_time), so that other programs change
them little. Latencies, loading and start are wall time, as a person waits for them. Where one run is short, the best of
a few runs counts. The drawings are random walks with the point and stroke counts of simplified drawings.
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
"""The rounds that are played to measure the memory. The first 40 load all modes and screens, and are not counted."""


@dataclass(frozen=True)
class Sizes:
    """How much is measured, in drawings.

    matrix: rows of the square matrices multiplied.   moves: single guesses timed.   icons: pictures of 4x4 pixels.
    many: as many as a category has.   drawn: drawings that are sampled.   ink: steps that ink grows.
    searched: embeddings that are searched.   searches: how many searches and photos are timed.
    of_word: drawings of the word whose page is made.
    """

    matrix: int = 2048
    score: int = 4000
    raster: int = 4000
    guesses: int = 4000
    moves: int = 300
    load: int = 100_000
    rank: int = 2000
    icons: int = 16_384
    many: int = 120_000
    drawn: int = 100
    ink: int = 100
    searched: int = 1_000_000
    searches: int = 100
    of_word: int = 25_000


QUICK = Sizes(
    matrix=128, score=40, raster=40, guesses=40, moves=5, load=200, rank=20, icons=64, many=200, drawn=2, ink=2,
    searched=2000, searches=5, of_word=50,
)  # fmt: skip
"""Sizes that are enough to see that everything runs. Their figures mean nothing."""


def bench(sizes: Sizes = Sizes(), window: bool = True) -> dict[str, float]:  # noqa: B008 (frozen)
    """Return all figures by name, which ends in the unit or says what it is a ratio of. window: measure it, too.

    Raises qdesk's own errors where a weight file is missing, RuntimeError where the window does not start.
    """
    steps: list[Callable[[Sizes], dict[str, float]]] = [
        measure_matmul, measure_scoring, measure_raster, measure_guesses, measure_loading, measure_rank,
        measure_shares, measure_icons, measure_many, measure_drawing, measure_search, measure_photo, measure_word,
    ]  # fmt: skip
    figures: dict[str, float] = {}
    if window:
        figures |= measure_window()  # before torch is loaded in this process, so that the window has both cores
    with Progress("measuring") as progress:
        for index, step in enumerate(steps):
            progress(index / len(steps), f"measuring: {step.__name__.removeprefix('measure_')}")
            figures |= step(sizes)
    figures["score_over_matmul_peak"] = figures["score_gflop_per_cpu_s"] / figures["matmul_1_thread_gflop_per_s"]
    figures["peak_rss_mb"] = peak_mb()
    return figures


# What is measured


def measure_window(seconds: float = 18.0, rounds: int = ROUNDS, runs: int = 3) -> dict[str, float]:
    """Measure the window's start, and what a player feels.

    start_s: from the start of a fresh process to the window's first paint, offscreen, the best of `runs`. The other
    figures are explained in `qdesk.bench.play_window` and `qdesk.bench.pages_window`.   seconds: how long each pen
    draws.   rounds: how many rounds the growth of the memory is measured over.
    """
    with tempfile.TemporaryDirectory() as home:
        starts = [run_isolated(home, "-m", "qdesk", QDESK_QUIT_AFTER_PAINT="1")["start_s"] for _ in range(runs)]
        felt = run_isolated(home, "-m", "qdesk.bench.play_window", "--seconds", str(seconds), "--rounds", str(rounds))
        pages = run_isolated(home, "-m", "qdesk.bench.pages_window")
    return {"start_s": min(starts), **felt, **pages}


def run_isolated(home: str, *arguments: str, **environment: str) -> dict[str, float]:
    """Run Python in a fresh process, with an offscreen window if any, and return the JSON that it prints.

    home: the user's data folder for it.   environment: further variables. Raises RuntimeError where it fails.
    """
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
    """Measure the most that float32 matrix products reach on this machine, with one thread and with two."""
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
    """Measure the Sketch-RNN loss alone (score_per_cpu_s), and all columns as in Curate (score_all_per_s, wall time).

    score_gflop_per_cpu_s counts the fewest operations that reading each drawing once takes.
    """
    from qdesk.scoring.likelihood import ConditionalSketchRNN
    from qdesk.scoring.scorer import Scorer, batches

    drawings = random_walks(sizes.score)
    scorer = Scorer()
    list(scorer.stream(drawings.take(slice(0, 64))))  # loads everything that is loaded on first use
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
    """Measure the drawing of the official 28x28 bitmaps."""
    from qdesk.data.raster import raster

    drawings = random_walks(sizes.raster)
    raster(drawings.take(slice(0, 16)))
    return {"raster_per_cpu_s": len(drawings) / min(_seconds(lambda: raster(drawings), cpu=True) for _ in range(3))}


def measure_guesses(sizes: Sizes) -> dict[str, float]:
    """Measure the time from a new last point to new guesses, on one thread, while drawings grow; and many at once."""
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
    """Measure the loading of a simplified ndjson file of 100,000 drawings, from the disk's cache to a batch."""
    from qdesk.formats import open_drawings, write_drawings

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "drawings.ndjson")
        write_drawings(random_walks(sizes.load), path)
        seconds = min(_seconds(lambda: open_drawings(str(path))) for _ in range(2))
    return {"load_ndjson_per_s": sizes.load / seconds, "load_100k_s": 100_000 * seconds / sizes.load}


def measure_rank(sizes: Sizes) -> dict[str, float]:
    """Measure `qdesk rank` from the file to the sorted Parquet, without importing torch; first anew, then cached."""
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
    """Measure the parts of `qdesk rank`, each by itself, in CPU time on one thread.

    rank_share_...: the share of each part in their sum.   rank_parts_ms_per_drawing: the sum.
    Parts: read, the file.   simplify, checking all drawings and fitting them to the box.   raster, the picture.
    points, the sequences of both networks.   picture, strokes, the classifier's branches.   lstm, the Sketch-RNN's
    reading.   losses, the loss and what else is computed from the reading.   junk, the combined order, the reason and
    the evidence.   write, sorting and Parquet.
    """
    import torch

    from qdesk.data.simplify import as_official
    from qdesk.formats import open_drawings, write_drawings
    from qdesk.nets.sketchrnn import batch_of
    from qdesk.scoring.likelihood import ConditionalSketchRNN
    from qdesk.scoring.scorer import Scorer, batches, rank_table

    scorer = Scorer()
    drawings = random_walks(sizes.rank)
    columns = scorer.score(drawings)  # also loads everything that is loaded on first use
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


def measure_icons(sizes: Sizes) -> dict[str, float]:
    """Measure the brute force of icons: all 65,536 pictures of 4x4 pixels through the picture branch, in wall time."""
    from qdesk.generate.brute import bordered, every
    from qdesk.generate.seen import chances
    from qdesk.scoring.classifier import DrawingClassifier

    guesser, pictures = DrawingClassifier(), bordered(every(4)[: sizes.icons])
    sum(len(part) for part in chances(guesser, pictures[:64]))
    seconds = _seconds(lambda: sum(len(part) for part in chances(guesser, pictures)))
    return {"icons_65536_s": 65_536 * seconds / len(pictures)}


def measure_many(sizes: Sizes) -> dict[str, float]:
    """Measure the memory that `qdesk rank` takes for 120,000 drawings, from the file to the Parquet, in a new process.

    To save minutes, 2,000 of them are scored and the scores of the others come from the cache. With all scored it was
    200 MB more, because memory that torch has freed is not given back at once.
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


def measure_drawing(sizes: Sizes) -> dict[str, float]:
    """Measure what the networks draw, once they are loaded, on one thread.

    draw_100_s: 100 guided samples of one word, and what the classifier sees in each; wall time, as one waits for it.
    draw_per_cpu_s: the same as drawings per CPU-second.   ink_step_ms: CPU time of one step of Deep Ink.
    """
    from qdesk.generate.ink import Aim, Ink, Reader
    from qdesk.generate.sketches import Sketches, Wish

    sketches = Sketches()
    wish = Wish("cat", sizes.drawn, best=1)
    with _threads(1):
        sketches.draw(wish)  # also loads everything that is loaded on first use
        wall = min(_seconds(lambda: sketches.draw(wish)) for _ in range(3))
        cpu = min(_seconds(lambda: sketches.draw(wish), cpu=True) for _ in range(3))
        ink = Ink(Reader(sketches.guesser), Aim("octopus"))
        step = _seconds(lambda: [ink.grow() for _ in range(sizes.ink)], cpu=True) / sizes.ink
    return {"draw_100_s": 100 * wall / sizes.drawn, "draw_per_cpu_s": sizes.drawn / cpu, "ink_step_ms": 1000 * step}


def measure_search(sizes: Sizes) -> dict[str, float]:
    """Measure a search for the 60 drawings most like one, among a million embeddings; wall time on one thread."""
    from qdesk.explore.search import search

    random = np.random.default_rng(0)
    vectors = random.standard_normal((sizes.searched, 64), np.float32)
    embeddings = np.rint(vectors * (120 / np.linalg.norm(vectors, axis=1)[:, None])).astype(np.int8)
    nothing = np.zeros((0, 64), np.float32)
    milliseconds = []
    for _ in range(sizes.searches):
        vector = random.normal(0, 1, (1, 64)).astype(np.float32)
        milliseconds.append(1000 * _seconds(partial(search, embeddings, vector, nothing, 60)))
    p50, p95 = np.percentile(milliseconds, (50, 95))
    return {"search_million_ms_p50": float(p50), "search_million_ms_p95": float(p95)}


def measure_photo(sizes: Sizes) -> dict[str, float]:
    """Measure how long a photo of 12 megapixels takes from its file to strokes; wall time on one thread."""
    from qdesk.bench.photograph import Setting, photograph
    from qdesk.explore.picture import understand_file

    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder, "photo.jpg")
        photo.write_bytes(photograph(random_walks(1), 0, Setting(), np.random.default_rng(0), (4000, 3000)))
        understand_file(photo)
        milliseconds = [1000 * _seconds(lambda: understand_file(photo)) for _ in range(sizes.searches)]
    p50, p95 = np.percentile(milliseconds, (50, 95))
    return {"photo_ms_p50": float(p50), "photo_ms_p95": float(p95)}


def measure_word(sizes: Sizes) -> dict[str, float]:
    """Measure the page of a word of 25,000 scored drawings and its film, on one thread.

    word_page_25k_s: wall time, as one waits for it.   word_page_25k_cpu_s: the same in CPU time.
    word_page_over_raster: CPU time in units of what the official bitmaps of as many drawings take.
    """
    from qdesk.data.raster import raster
    from qdesk.explore.words.examples import WordScores
    from qdesk.explore.words.measure import word_page
    from qdesk.explore.words.together import together

    drawings, random = random_walks(sizes.of_word), np.random.default_rng(0)
    columns = {name: random.normal(0, 2, len(drawings)) for name in ("junk", "loss_per_point")}
    columns |= {"top_guess": np.array(drawings.words, object)}
    columns |= {"embedding": random.integers(-127, 127, (len(drawings), 64), np.int8)}
    scores = WordScores.of(columns, len(drawings))

    def page() -> None:
        word_page("cat", drawings, scores)
        together(drawings, 0)

    raster(drawings.take(slice(0, 16)))
    with _threads(1):
        wall, cpu = _seconds(page), _seconds(page, cpu=True)
        pictures = _seconds(lambda: raster(drawings), cpu=True)
    scale = 25_000 / len(drawings)
    return {
        "word_page_25k_s": scale * wall,
        "word_page_25k_cpu_s": scale * cpu,
        "word_page_over_raster": cpu / pictures,
    }


# How


def random_walks(count: int, seed: int = 0) -> Drawings:
    """Make `count` random walks of 45 points in 6 strokes in the 255 box, with the words of the catalog in turn."""
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
    """Return the most memory that this process has held, in MiB."""
    try:  # getrusage may give the peak of the process that started this one
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
    """Run `qdesk bench`: print the figures as a table or as one JSON object."""
    show_figures(bench(), args.json)
    return 0


def show_figures(figures: dict[str, float], as_json: bool) -> None:
    """Print figures as a table or as one JSON object."""
    if as_json:
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}, indent=2))
    else:
        width = max(map(len, figures))
        for name, value in figures.items():
            print(f"{name:<{width}}  {value:>12,.3f}")


def run_ranking(args: argparse.Namespace) -> int:
    """Run `qdesk bench ranking`: print the tables of `qdesk.bench.ranking`."""
    from qdesk.bench.baselines import has_cleanlab
    from qdesk.bench.ranking import measure
    from qdesk.bench.real_junk import REAL_JUNK

    if not has_cleanlab():
        print("qdesk: cleanlab is not installed: its rows are left out (pip install cleanlab)", file=sys.stderr)
    with Progress("measuring") as progress:
        tables = measure(
            args.data, args.flamingos, args.model, args.junk, lambda text: progress(None, text),
            args.labels or (), args.teachers, args.part,
        )  # fmt: skip
    _show(tables, args, REAL_JUNK)
    return 0


def run_curating(args: argparse.Namespace) -> int:
    """Run `qdesk bench curating`: print the tables of `qdesk.bench.curating`."""
    from qdesk.bench.curating import measure

    with Progress("measuring") as progress:
        tables = measure(args.data, lambda text: progress(None, text), args.labels or (), args.part)
    _show(tables, args)
    return 0


def run_live(args: argparse.Namespace) -> int:
    """Run `qdesk bench live`: print the tables of `qdesk.bench.live`, and write its curve as SVG beside --docs."""
    from qdesk.bench.live import CURVE, measure, svg

    with Progress("playing the drawings") as progress:
        tables = measure(args.data, progress)
    _show(tables, args)
    if args.docs:
        with atomic_write(args.docs.with_suffix(".svg")) as part:
            part.write_text(svg(tables[CURVE]), encoding="utf-8")
    return 0


def run_photo(args: argparse.Namespace) -> int:
    """Run `qdesk bench photo`: print the table of `qdesk.bench.photo`."""
    from qdesk.bench.photo import measure

    with Progress("measuring") as progress:
        tables = measure(args.data, lambda text: progress(None, text))
    _show(tables, args)
    return 0


def _show(tables: dict[str, EstimateTable], args: argparse.Namespace, apart: str = "") -> None:
    """Print tables as Markdown or as flat JSON ("table: row: column"), and put them into the document of --docs.

    apart: how the titles of those tables begin that have a place of this name in it. The others' place is "figures".
    """
    print(json.dumps(flat(tables), indent=2) if args.json else markdown(tables))
    if args.docs:
        by_place: dict[str, dict[str, EstimateTable]] = {}
        for title, table in tables.items():
            by_place.setdefault(apart if apart and title.startswith(apart) else "figures", {})[title] = table
        for place, those in by_place.items():
            rewrite(args.docs, markdown(those), place)
