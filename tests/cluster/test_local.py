"""Processes do the pieces, and one that ends before its time loses nothing."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from qdesk.cluster import local
from qdesk.cluster.plan import Options, Source, Unit
from qdesk.cluster.work import Job, Result, Score, Worker

resource_tracker.ensure_running()  # Python's own, which stays until the end


@dataclass
class Falls(Worker):
    """A worker that is killed at some pieces, once each or always. marks: a folder where it keeps which."""

    marks: str = ""
    always: bool = False

    def do(self, job: Job, on_progress: object = None) -> Result:
        mark = Path(self.marks, str(job.unit.number))
        if job.unit.number % 3 == 1 and (self.always or not mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Result(job.unit.number, {"pid": os.getpid()})


def jobs(count: int) -> list[Score]:
    return [Score(Unit(number, 0), Source("a", "a", 1, 1)) for number in range(count)]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system kills in another way")
def test_killed_workers_lose_nothing(tmp_path):
    worker = Falls("out", Options(), "", marks=str(tmp_path))
    found = list(local.Processes(2).scored(worker, jobs(5)))
    assert sorted(result.unit for result in found) == [0, 1, 2, 3, 4]
    assert os.getpid() not in {result.summary["pid"] for result in found}
    assert {path.name for path in tmp_path.iterdir()} == {"1", "4"}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system kills in another way")
def test_workers_that_end_again_and_again_are_a_sentence(tmp_path):
    worker = Falls("out", Options(), "", marks=str(tmp_path), always=True)
    found = []
    with pytest.raises(local.WorkersEnded, match="perhaps the memory is too small"):
        found.extend(local.Processes(1).scored(worker, jobs(2)[1:] * 2))
    assert not found


def test_a_single_piece_is_done_in_this_process(tmp_path):
    (result,) = local.Processes(2).scored(Falls("out", Options(), "", marks=str(tmp_path)), jobs(1))
    assert result.summary["pid"] == os.getpid()
