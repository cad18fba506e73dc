"""Measure the ways in which many files are ranked, and work out on paper what more cores would do: `qdesk bench cluster`.

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
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qdesk.bench.machine import random_walks, run_isolated, show_figures
from qdesk.console import Progress

FEW, MANY, FILES = 1_000, 5_000, 10
WAYS = {"plain": "plain", "processes_1": "1", "processes_2": "2", "ray_1": "ray 1", "ray_2": "ray 2"}

DRAWINGS, OFFICIAL_FILES, BYTES_EACH = 50_426_266, 345, 460
"""All of Quick, Draw! in simplified ndjson: drawings, files, and bytes per drawing."""

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
        if name in ways:
            figures[f"{name}_over_plain"] = figures[f"{name}_cpu_ms_per_drawing"] / figures["plain_cpu_ms_per_drawing"]
    figures |= measure_ranks()
    best = "ray_2" if "ray_2" in ways else list(ways)[-1]
    costs = Costs(
        figures[f"{best}_start_cpu_s"], figures[f"{best}_cpu_ms_per_drawing"] / 1e3,
        figures[f"{best}_driver_cpu_s"] / FILES, figures["rank_us_per_drawing"] / 1e6, figures["fill_us_per_drawing"] / 1e6,
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


def _write(folder: Path, count: int) -> None:
    """Write `count` drawings in `FILES` files."""
    from qdesk.formats import write_drawings

    folder.mkdir()
    drawings = random_walks(count, 0)
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
    show_figures(measure(), args.json)
    return 0


if __name__ == "__main__":
    print(json.dumps(run_way(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))
