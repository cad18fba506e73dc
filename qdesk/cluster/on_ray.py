"""The units of work done by Ray: on this machine or on a cluster, with Ray Data handing them out to actors."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Generator, Iterable
from typing import Any

from qdesk.cluster.work import Job, Rank, Result, Score, Worker

INSTALL = 'pip install "qdesk[cluster]"'
LOCAL = "local"
STORE = 200 << 20
"""Bytes of Ray's object store on this machine. Only jobs and summaries go through it; drawings and scores do not."""


ANSWER_S = 10.0
"""How long a cluster may take to answer."""


class RayError(RuntimeError):
    """Ray is not installed, or cannot be reached. The message is a plain sentence for the user."""


class Actor:
    """A worker as Ray has it: one process that keeps its networks. The first job brings the worker along."""

    def __init__(self) -> None:
        self._worker: Worker | None = None

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        from ray import cloudpickle

        worker, job = cloudpickle.loads(row["work"])
        self._worker = self._worker or worker
        return {"result": cloudpickle.dumps(self._worker.do(job))}


class Cluster:
    """A connection to Ray. address: `LOCAL` for a Ray of its own on this machine, or that of a running cluster.

    count: how many workers at a time, one core each; default all cores of the cluster. Raises RayError.
    """

    def __init__(self, address: str, count: int | None = None) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what it says of ended workers is for its makers
        try:
            import ray
            import ray.data
        except ImportError:
            raise RayError(f"--cluster needs Ray, which is not installed: {INSTALL}") from None
        _reach(address)
        own: dict[str, Any] = {"include_dashboard": False, "object_store_memory": STORE, "num_cpus": count}
        try:
            ray.init(
                **(own if address == LOCAL else {"address": address}),
                logging_level=logging.ERROR, log_to_driver=False, ignore_reinit_error=False,
            )  # fmt: skip
        except (OSError, RuntimeError, ValueError) as error:
            what = "Ray does not start" if address == LOCAL else f"There is no Ray cluster at {address}"
            raise RayError(f"{what}: {_first_line(error)}") from None
        for name in ("ray.data", "ray"):
            logging.getLogger(name).setLevel(logging.ERROR)
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        self._ray, self.count = ray, count or max(int(ray.cluster_resources().get("CPU", 1)), 1)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._ray.shutdown()

    def scored(
        self, worker: Worker, jobs: list[Score], on_progress: Callable[[float], None] = lambda share: None
    ) -> Generator[Result, None, None]:
        """Do all jobs, and yield their results as they come. A worker that ends is replaced, and its job done again."""
        data, packed = self._ray.data, self._ray.cloudpickle
        units = data.from_items([{"work": packed.dumps((worker, job))} for job in jobs], override_num_blocks=len(jobs))
        pool = data.ActorPoolStrategy(min_size=1, max_size=min(self.count, len(jobs)), max_tasks_in_flight_per_actor=2)
        done = units.map(Actor, compute=pool, num_cpus=1)
        for row in done.iter_rows():
            yield packed.loads(row["result"])

    def ranked(self, worker: Worker, jobs: Iterable[Rank], count: int) -> Generator[Result, None, None]:
        """Do so many jobs as they come, a few of them at a time."""
        ray = self._ray
        task, waiting = ray.remote(num_cpus=1)(_do), []
        for job in jobs:
            waiting.append(task.remote(worker, job))
            if len(waiting) >= 2 * self.count:
                done, waiting = ray.wait(waiting)
                yield from ray.get(done)
        while waiting:
            done, waiting = ray.wait(waiting)
            yield from ray.get(done)


def _reach(address: str) -> None:
    """Raise RayError where nobody answers at an address: Ray itself tries that for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if address in (LOCAL, "auto"):
        return
    try:
        socket.create_connection((host, int(port)), ANSWER_S).close()
    except (OSError, ValueError, OverflowError) as error:
        why = getattr(error, "strerror", None) or "it has to be such as 10.0.0.1:6379 or ray://10.0.0.1:10001"
        raise RayError(f"There is no Ray cluster at {address}: {str(why).lower()}.") from None


def _do(worker: Worker, job: Job) -> Result:
    return worker.do(job)


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines() or [type(error).__name__]
    return text[0].rstrip(".") + "."
