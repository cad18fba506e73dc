"""Ray on this machine does the pieces; a worker that is killed in the middle loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from qdesk.cluster.on_ray import Cluster, RayError
from tests.helpers.commands import ndjson_line
from tests.helpers.waiting import until

ROOT = Path(__file__).parents[2]


def kill_one_at_work(process: subprocess.Popen[str], out: Path) -> None:
    """Kill a worker of this Ray once a piece is done, so that another is at work."""
    until(lambda: process.poll() is not None or any((out / "_qdesk" / "done").glob("[0-9]*")))
    for worker in workers_below(process.pid):
        os.kill(worker, signal.SIGKILL)
        return


def workers_below(pid: int) -> Iterator[int]:
    """Yield the Ray workers among all processes that this one has begun."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
    for child in parents:
        above = child
        while above in parents and above != pid:
            above = parents[above]
        with suppress(OSError):
            if above == pid and b"ray::MapWorker" in Path(f"/proc/{child}/cmdline").read_bytes():
                yield child


@pytest.mark.skipif(find_spec("ray") is None, reason='Ray is not installed: pip install "qdesk[cluster]"')
def test_ray_gives_the_numbers_of_this_machine_and_survives_a_killed_worker(tmp_path):
    with tempfile.TemporaryDirectory(prefix="qr-", dir="/tmp") as short:  # names of sockets are at most 107 bytes long
        compared(tmp_path, short)


def compared(tmp_path: Path, short: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for file in range(4):
        lines = [ndjson_line(7 * file + key, "square" if file % 2 else "house plant") for key in range(5)]
        (data / f"{file}.ndjson").write_text("\n".join(lines))
    environment = {**os.environ, "QDESK_HOME": str(tmp_path / "home"), "RAY_TMPDIR": short}
    environment.pop("RAY_ADDRESS", None)

    def rank(out: str, *more: str) -> str:
        command = [sys.executable, "-m", "qdesk", "rank", str(data), "--out", f"{tmp_path / out}/", *more]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
        if "--cluster" in more:
            kill_one_at_work(process, tmp_path / out)
        said = process.communicate(timeout=120)[1]
        assert process.returncode == 0, said
        return said

    assert "20 drawings in 4 of 4 pieces" in rank("ray", "--cluster", "local", "--workers", "2")
    rank("here", "--workers", "1")
    ray, here = (parquet.read_table(tmp_path / out).sort_by("rank").to_pydict() for out in ("ray", "here"))
    assert ray.keys() == here.keys() and len(ray["rank"]) == 20
    for name, values in here.items():
        number = isinstance(values[0], float)
        assert ray[name] == (pytest.approx(values, rel=1e-4, abs=1e-5, nan_ok=True) if number else values)


@pytest.mark.skipif(find_spec("ray") is None, reason='Ray is not installed: pip install "qdesk[cluster]"')
@pytest.mark.parametrize("address", ["127.0.0.1:9", "nonsense", "ray://127.0.0.1:9"])
def test_a_cluster_that_is_not_there_is_a_sentence(address):
    with pytest.raises(RayError, match=f"There is no Ray cluster at {address}: .*"):
        Cluster(address)


def test_without_ray_the_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(RayError, match=r'pip install "qdesk\[cluster\]"'):
        Cluster("local")
