"""The units of work done by processes on this machine, one per core."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from qdesk.cluster.work import Job, Rank, Result, Score, Worker

DEATHS = 3
"""How many times in a row a worker may end before it has done anything, and the work goes on."""

_worker: Worker | None = None


class WorkersEnded(RuntimeError):
    """Workers end again and again. The message is a plain sentence for the user."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes:
    """Processes that do jobs. A single job is done by this process itself, on all its cores.

    count: how many processes; default as many as there are cores.
    """

    def __init__(self, count: int | None = None) -> None:
        self.count = count or cores()

    def scored(
        self, worker: Worker, jobs: list[Score], on_progress: Callable[[float], None] = lambda share: None
    ) -> Generator[Result, None, None]:
        """Do all jobs, and yield their results as they come. on_progress: called with the share of a single job done.

        Where a process ends before its time, what it had not done is done again. Raises WorkersEnded where that
        happens `DEATHS` times before anything is done.
        """
        if len(jobs) == 1:
            yield replace(worker, threads=0).do(jobs[0], on_progress)  # all cores
        else:
            yield from _results(worker, jobs, min(self.count, len(jobs)))

    def ranked(self, worker: Worker, jobs: Iterable[Rank], count: int) -> Generator[Result, None, None]:
        """Do so many jobs as they come, a few of them at a time; raises as `scored`."""
        if count < _FEW:
            yield from map(worker.do, jobs)
        else:
            yield from _results(worker, jobs, min(self.count, count))


_FEW = 50
"""Parts that get their ranks before two processes have begun."""


def _results(worker: Worker, jobs: Iterable[Job], count: int) -> Generator[Result, None, None]:
    queue, again, deaths = iter(jobs), list[Job](), 0
    while True:
        done = 0
        for item in _in_one_pool(worker, again, queue, count):
            if isinstance(item, Result):
                done += 1
                yield item
            else:
                again = item
        if not again:
            return
        deaths = 0 if done else deaths + 1
        if deaths == DEATHS:
            raise WorkersEnded(
                "The workers end before they have done anything: perhaps the memory is too small for so many of them "
                "(--workers). What was done stays."
            )


def _in_one_pool(
    worker: Worker, again: list[Job], queue: Iterator[Job], count: int
) -> Generator[Result | list[Job], None, None]:
    """Yield results until all jobs are done or a process ends before its time, and at last the jobs to do again."""
    context = multiprocessing.get_context("spawn")  # torch's threads do not survive a fork
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(count, context, _begin, (worker,))
    waiting: dict[Future[Result], Job] = {}
    try:
        while True:
            while len(waiting) < 2 * count and (job := again.pop() if again else next(queue, None)) is not None:
                again.append(job)  # should it not be taken
                waiting[pool.submit(_do, job)] = again.pop()
            if not waiting:
                break
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                result = future.result()
                del waiting[future]
                yield result
    except BrokenProcessPool:
        pass
    except BaseException:
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()  # what it was about to write is not there, and what it wrote is whole
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    yield [*waiting.values(), *again]


def _begin(worker: Worker) -> None:
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who began it ends it
    _worker = worker


def _do(job: Job) -> Result:
    assert _worker is not None  # by `_begin`
    return _worker.do(job)
