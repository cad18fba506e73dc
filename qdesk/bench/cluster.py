"""Measure the ways to rank many files, and work out on paper what more cores would do: `qdesk bench cluster`.

Each way ranks the same drawings twice, few and many, in a new process. What many take more than few, per drawing, is
the price of a drawing; the rest is the start. Everything is CPU time, of the process and all that it began, as Linux
has it in /proc: other programs change it little.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qdesk.bench.machine import random_walks, run_isolated, show_figures
from qdesk.console import Progress
from qdesk.data.reasons import SUGGESTED

FEW, MANY, FILES = 1_000, 5_000, 10
WAYS = {"plain": "plain", "processes_1": "1", "processes_2": "2", "ray_1": "ray 1", "ray_2": "ray 2"}

DRAWINGS, OFFICIAL_FILES, BYTES_EACH = 50_426_266, 345, 460
"""All of Quick, Draw! in simplified ndjson: drawings, files, and bytes per drawing."""

PIECES = OFFICIAL_FILES * 5
"""Of the official files, which are of 67 MB in the mean."""

CORES = (8, 64, 1000)
STREAM_MB_S, STORE_MB_S = 50.0, 2_000.0
"""What one reader gets of an object store, and what all get together: assumed, not measured."""


@dataclass(frozen=True)
class Costs:
    """What was measured. start_s: of a worker.   drawing_s: CPU time per drawing.   hand_out_s: of the driver per unit.

    rank_s: of the driver per drawing, at the end.   fill_s: of a worker per drawing, to write the ranks.
    """

    start_s: float
    drawing_s: float
    hand_out_s: float
    rank_s: float
    fill_s: float


def simulate(cores: int, costs: Costs, drawings: int = DRAWINGS, files: int = OFFICIAL_FILES) -> dict[str, float]:
    """Return how long a run takes that hands each unit to the core that is free first, and where the time goes.

    hours: of all.   efficiency: the share of the cores' time in which they score.   tail_s: from when the first core
    finds nothing left to when the last ends.   driver_s, read_s: what the driver and the store are busy, which limits
    where it is near the whole.
    """
    from qdesk.formats.pieces import PIECE

    size = drawings // files * BYTES_EACH
    pieces = max(-(-size // PIECE), 1)
    each = drawings / (files * pieces)
    mb = size / pieces / 1e6
    work = each * costs.drawing_s
    read = mb / min(STREAM_MB_S, STORE_MB_S / cores) * 1.5  # half of a file before its piece, to count its lines
    free = [costs.start_s] * cores
    heapq.heapify(free)
    handed = 0.0
    for _ in range(files * pieces):
        handed += costs.hand_out_s
        heapq.heappush(free, max(heapq.heappop(free), handed) + read + work)
    scored, first = max(free), min(free)
    driver = costs.rank_s * drawings
    ranked = driver + max(costs.fill_s * drawings / cores, costs.hand_out_s * files * pieces)
    return {
        "hours": (scored + ranked) / 3600,
        "efficiency": work * files * pieces / (cores * (scored + ranked)),
        "tail_s": scored - first,
        "driver_s": handed + driver,
        "read_s": read * files * pieces / cores,
    }


def measure(few: int = FEW, many: int = MANY, ways: dict[str, str] = WAYS) -> dict[str, float]:
    """Return the figures of all ways, and of all cores on paper."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="qdesk-") as folder, Progress("measuring") as progress:
        for count in (few, many):
            _write(Path(folder, str(count)), count)
        for number, (name, way) in enumerate(ways.items()):
            progress(number / len(ways), f"measuring: {name}")
            first, second = (
                run_isolated(str(Path(folder, "home")), "-m", "qdesk.bench.cluster", str(Path(folder, str(count))),
                             str(Path(folder, f"{name}-{count}")), way, OMP_NUM_THREADS="1")
                for count in (few, many)
            )  # fmt: skip
            price = (second["cpu_s"] - first["cpu_s"]) / (many - few)
            figures[f"{name}_cpu_ms_per_drawing"] = 1e3 * price
            figures[f"{name}_start_cpu_s"] = first["cpu_s"] - few * price
            figures[f"{name}_driver_cpu_s"] = second["driver_s"]
            figures[f"{name}_worker_peak_mb"] = second["worker_mb"]
            figures[f"{name}_driver_peak_mb"] = second["driver_mb"]
    for name in ("processes_1", "processes_2", "ray_1", "ray_2"):
        if name in ways and "plain" in ways:
            figures[f"{name}_over_plain"] = figures[f"{name}_cpu_ms_per_drawing"] / figures["plain_cpu_ms_per_drawing"]
    figures |= measure_ranks()
    best = "ray_2" if "ray_2" in ways else list(ways)[-1]
    costs = Costs(
        figures[f"{best}_start_cpu_s"], figures[f"{best}_cpu_ms_per_drawing"] / 1e3,
        figures[f"{best}_driver_cpu_s"] / FILES, figures["rank_us_per_drawing"] / 1e6,
        figures["fill_us_per_drawing"] / 1e6,
    )  # fmt: skip
    for cores in CORES:
        figures |= {f"paper_{cores}_cores_{name}": value for name, value in simulate(cores, costs).items()}
    return figures


def measure_ranks(count: int = 2_000_000, unit: int = 30_000) -> dict[str, float]:
    """Measure what the ranks take at the end: of the driver, to find them, and of a worker, to write them."""
    import pyarrow as pa

    from qdesk.cluster.ranks import ranks_of
    from qdesk.places import place_of
    from qdesk.scoring.score_folder import ScoreFolder

    rng = np.random.default_rng(0)
    units = [-np.sort(-rng.normal(size=unit)) for _ in range(count // unit)]
    began = time.process_time()
    for _ in ranks_of(units, False):
        pass
    found = {"rank_us_per_drawing": 1e6 * (time.process_time() - began) / (len(units) * unit)}
    with tempfile.TemporaryDirectory(prefix="qdesk-") as folder:
        scores = ScoreFolder(place_of(folder))
        names = pa.array(["cat"] * unit).dictionary_encode()
        numbers = {
            name: pa.array(rng.normal(size=unit)) for name in ("loss", "loss_per_point", "lift", "p_word", "p_top")
        }
        table = pa.table({"rank": pa.nulls(unit), "word": names, "junk": pa.array(units[0]), **numbers})
        scores.write_unit(0, table, "junk", "a", {})
        began = time.process_time()
        scores.write_ranks(0, np.arange(1, unit + 1))
    return {**found, "fill_us_per_drawing": 1e6 * (time.process_time() - began) / unit}


def measure_questions(drawings: int = DRAWINGS, pieces: int = PIECES, repeats: int = 3) -> dict[str, float]:
    """Measure what looking at a made-up folder of scores takes, best of a few, in CPU time and on the clock.

    It takes 60 bytes of disk per drawing. open: finding that all parts are whole.   worst: the first 100,000 with all
    columns.   sort: the first 100,000 by another column.   filter: counts of all words and reasons among some.
    """
    from qdesk.curation.view.score_query import Filter, ScoreQuery

    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="qdesk-") as folder:
        make_scores(Path(folder), drawings, pieces)
        found["scores_bytes_per_drawing"] = sum(f.stat().st_size for f in Path(folder).rglob("*.*et")) / drawings
        few = Filter({"junk": (2.0, None), "p_word": (None, 0.3)})

        def timed(name: str, ask: Callable[[], object]) -> None:
            cpu, wall = [], []
            for _ in range(repeats):
                began = time.process_time(), time.perf_counter()
                ask()
                cpu.append(time.process_time() - began[0])
                wall.append(time.perf_counter() - began[1])
            found[f"scores_{name}_cpu_s"], found[f"scores_{name}_s"] = min(cpu), min(wall)

        timed("open", lambda: ScoreQuery(folder).close())
        with ScoreQuery(folder) as scores:
            timed("worst_100000", lambda: scores.worst(100_000))
            timed("sort_100000", lambda: scores.sorted("lift", 100_000))
            timed("filter_counts", lambda: (scores.counts("word", few), scores.counts("reason", few)))
            timed("search", lambda: scores.counts("word", Filter(text="word 17")))
    return found


def make_scores(folder: Path, drawings: int, pieces: int) -> None:
    """Write a folder of scores of drawings that nobody drew, as a run over all of Quick, Draw! would leave it."""
    import pyarrow as pa

    from qdesk.cluster.plan import Options, Plan, Source, Unit
    from qdesk.cluster.ranks import ranks_of
    from qdesk.places import place_of
    from qdesk.scoring.columns import RANK_COLUMNS
    from qdesk.scoring.score_folder import ScoreFolder

    scores, rng = ScoreFolder(place_of(folder)), np.random.default_rng(0)
    sources = tuple(Source(f"word {n}.ndjson", f"/word {n}.ndjson", 1, 1) for n in range(OFFICIAL_FILES))
    units = tuple(Unit(n, n * OFFICIAL_FILES // pieces) for n in range(pieces))
    scores.write_plan(Plan(sources, units, Options(), "made up").json())
    edges = np.linspace(0, drawings, pieces + 1).astype(int)
    values = [-np.sort(-rng.normal(-5, 2.5, edges[n + 1] - edges[n])) for n in range(pieces)]
    names = np.array([f"word {n}" for n in range(OFFICIAL_FILES)])
    reasons = np.array([*[""] * 6, *SUGGESTED])
    for unit, junk, ranks in zip(units, values, ranks_of(values, False), strict=True):
        count, file = len(junk), unit.file

        def texts(of: np.ndarray, at: np.ndarray) -> pa.Array:
            return pa.DictionaryArray.from_arrays(pa.array(at.astype(np.int32)), pa.array(of.tolist()))

        data = {name: rng.normal(0, 3, count).astype(np.float32) for name in ("loss", "loss_per_point", "lift")}
        data |= {name: rng.random(count).astype(np.float32) for name in ("p_word", "p_top")}
        columns = {name: pa.array(column) for name, column in data.items()} | {
            "rank": pa.array(ranks), "junk": pa.array(junk), "p_junk": pa.array(1 / (1 + np.exp(-junk))),
            "key_id": pa.array((10**15 + rng.permutation(count) + edges[unit.number]).astype(str)),
            "row": pa.array(rng.permutation(count)), "strokes": pa.array(rng.integers(1, 12, count)),
            "points": pa.array(rng.integers(4, 120, count)), "word": texts(names, np.full(count, file)),
            "source": texts(np.array([f"word {file}.ndjson"]), np.zeros(count)),
            "top_guess": texts(names, rng.integers(0, len(names), count)),
            "reason": texts(reasons, rng.integers(0, len(reasons), count)),
        }  # fmt: skip
        table = pa.table({name: columns[name] for name in RANK_COLUMNS})
        scores.write_unit(unit.number, table, "junk", "made up", {"drawings": count})
        scores.write_ranks(unit.number, ranks)


def _write(folder: Path, count: int) -> None:
    """Write `count` drawings in `FILES` files."""
    from qdesk.formats import write_drawings

    folder.mkdir()
    drawings = random_walks(count, 0).with_columns(word="cat")
    for number, rows in enumerate(np.array_split(np.arange(count), FILES)):
        write_drawings(drawings.take(rows), folder / f"cat {number}.ndjson")


# One way, in a process of its own


def run_way(data: Path, out: Path, way: str) -> dict[str, float]:
    """Rank the drawings of a folder in one way, and return what it took. Linux alone has the figures."""
    from qdesk.cluster.run import Options, Way, rank_into

    seen = {"cpu_s": 0.0, "worker_mb": 0.0}

    def look(*_: object) -> None:
        each = [_taken(child) for child in _below(os.getpid())]
        seen["cpu_s"] = max(seen["cpu_s"], sum(cpu for cpu, _, _ in each))
        seen["worker_mb"] = max([seen["worker_mb"], *(mb for _, mb, works in each if works)])

    if way == "plain":
        from qdesk.console import opened, write_table
        from qdesk.scoring.scorer import Scorer, rank_table

        drawings = opened([data])
        write_table(rank_table(drawings, Scorer().score(drawings)), out.with_suffix(".parquet"))
    else:
        cluster, _, workers = way.rpartition(" ")
        rank_into([data], str(out), Options(), Way(None, "local" if cluster else None, int(workers)), look)
    own, mb, _ = _taken(os.getpid())
    return {**seen, "cpu_s": seen["cpu_s"] + own, "driver_s": own, "driver_mb": mb}


def _below(pid: int) -> list[int]:
    """Return all processes that this one has begun, and those that they have."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found - {pid})


def _taken(pid: int) -> tuple[float, float, bool]:
    """Return a process's CPU time in s, the most memory that it had in MB, and whether it is a worker."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        status = Path(f"/proc/{pid}/status").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return 0.0, 0.0, False
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    peak = next((int(line.split()[1]) / 1e3 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)
    return cpu, peak, b"spawn_main" in command or command.startswith(b"ray::MapWorker")


def run(args: argparse.Namespace) -> int:
    """Run `qdesk bench cluster`: print the figures as a table or as one JSON object."""
    if sys.platform != "linux":
        print("qdesk: bench cluster needs Linux, which says what each process takes", file=sys.stderr)
        return 1
    show_figures({**measure(), **measure_questions()}, args.json)
    return 0


if __name__ == "__main__":
    print(json.dumps(run_way(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))
