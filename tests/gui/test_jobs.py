from __future__ import annotations

import logging
import threading

import pytest
from PySide6.QtCore import QObject

from qdesk.gui import jobs
from tests.helpers.loop import settle
from tests.helpers.waiting import until

GUI = threading.main_thread()


def listen(job: jobs.Job) -> list[tuple]:
    heard: list[tuple] = []
    for name in ("progress", "partial", "done", "failed", "cancelled"):
        getattr(job, name).connect(lambda *values, name=name: heard.append((name, *values, threading.current_thread())))
    return heard


def test_a_job_works_elsewhere_and_reports_here(qtbot) -> None:
    def work(context: jobs.Context) -> object:
        context.progress(0.5, "half")
        context.partial("a")
        context.partial("b")
        context.progress(7, "more than all")
        return threading.current_thread()

    job = jobs.start(work)
    heard = listen(job)
    with qtbot.waitSignal(job.done) as done:
        pass
    assert done.args[0] is not GUI
    assert [one[:-1] for one in heard[:-1]] == [
        ("progress", 0.5, "half"),
        ("partial", "a"),
        ("partial", "b"),
        ("progress", 1.0, "more than all"),
    ]
    assert all(one[-1] is GUI for one in heard)
    assert jobs.running() == 0 and not job.running


def test_only_the_newest_of_much_progress_is_delivered(qtbot) -> None:
    go = threading.Event()

    def work(context: jobs.Context) -> None:
        for step in range(10_000):
            context.progress(step / 10_000)
        go.set()

    job = jobs.start(work)
    heard = listen(job)
    assert go.wait(10)
    with qtbot.waitSignal(job.done):
        pass
    assert [one[0] for one in heard] == ["progress", "done"]
    assert heard[0][1] == 0.9999


def test_an_error_meant_for_people_comes_as_it_is(qtbot) -> None:
    def work(_: jobs.Context) -> None:
        raise ValueError("The file is empty.")

    with qtbot.waitSignal(jobs.start(work).failed) as failed:
        pass
    assert failed.args == ["The file is empty."]


def test_any_other_error_is_logged_with_its_traceback(qtbot, caplog) -> None:
    with qtbot.waitSignal(jobs.start(lambda _: 1 / 0).failed) as failed:
        pass
    assert "ZeroDivisionError" in failed.args[0]
    (entry,) = caplog.records
    assert entry.levelno == logging.ERROR and "in <lambda>" in entry.getMessage()


def test_cancel_stops_the_job_at_its_next_check(qtbot) -> None:
    def work(context: jobs.Context) -> None:
        until(context.check)  # for ever, but for its end

    job = jobs.start(work)
    heard = listen(job)
    job.cancel()
    with qtbot.waitSignal(job.cancelled):
        pass
    assert [one[0] for one in heard] == ["cancelled"]


def test_cancelled_is_said_at_once_whenever_the_thread_ends(qtbot) -> None:
    go = threading.Event()

    def work(context: jobs.Context) -> None:
        assert go.wait(10)
        context.partial("too late")

    job = jobs.start(work)
    heard = listen(job)
    with qtbot.waitSignal(job.cancelled):
        job.cancel()
    assert not go.is_set() and not job.running and jobs.running() == 1
    go.set()
    job.cancel()
    qtbot.waitUntil(lambda: jobs.running() == 0)
    assert [one[0] for one in heard] == ["cancelled"]


def test_shutdown_does_not_wait_for_ever(qtbot) -> None:
    go = threading.Event()
    for _ in range(3):
        jobs.start(lambda _: go.wait(20))
    assert not jobs.shutdown(timeout=0.2)
    assert jobs.running() == 3  # none was waited for
    go.set()
    assert jobs.shutdown()


def test_a_result_that_came_too_late_is_dropped(qtbot) -> None:
    finished = threading.Event()

    def work(_: jobs.Context) -> int:
        finished.set()
        return 1

    job = jobs.start(work)
    heard = listen(job)
    assert finished.wait(5)
    job.cancel()
    with qtbot.waitSignal(job.cancelled):
        pass
    assert [one[0] for one in heard] == ["cancelled"]


def test_a_job_falls_silent_with_its_page(qtbot) -> None:
    page = QObject()
    stopped = threading.Event()

    def work(context: jobs.Context) -> None:
        try:
            until(context.check)
        finally:
            stopped.set()

    heard = listen(jobs.start(work, page))
    del page
    qtbot.waitUntil(lambda: jobs.running() == 0)
    assert stopped.is_set() and heard == []


def test_shutdown_waits_for_everything_and_says_nothing_more(qtbot) -> None:
    done = threading.Event()

    def work(context: jobs.Context) -> None:
        until(lambda: context.cancelled)
        done.set()

    heard = listen(jobs.start(work))
    worker = jobs.LatestWorker(lambda: None, lambda _, value: value)
    assert jobs.shutdown()
    assert done.is_set() and jobs.running() == 0
    settle()
    assert heard == []
    worker.request(1)  # to a thread that has gone: harmless


def test_of_many_requests_the_latest_is_answered(qtbot) -> None:
    gate, entered, seen = threading.Event(), threading.Event(), []

    def answer(prepared: str, value: int) -> str:
        seen.append(value)
        entered.set()
        assert gate.wait(10)
        return f"{prepared}{value}"

    worker = jobs.LatestWorker(lambda: "n", answer)
    heard: list[tuple] = []
    worker.answered.connect(lambda *values: heard.append((*values, threading.current_thread())))
    worker.request(0)
    assert entered.wait(5)
    for value in range(1, 100):
        worker.request(value)
    gate.set()
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert seen == [0, 99]
    assert heard == [(0, "n0", GUI), (99, "n99", GUI)]


def test_a_worker_that_cannot_prepare_says_why_and_ends(qtbot) -> None:
    def prepare() -> None:
        raise FileNotFoundError("The weights are missing.")

    worker = jobs.LatestWorker(prepare, lambda *_: None)
    with qtbot.waitSignal(worker.failed) as failed:
        pass
    assert failed.args == ["The weights are missing."]
    qtbot.waitUntil(lambda: jobs.running() == 0)
    worker.request(1)


def test_a_failed_answer_is_not_the_end(qtbot) -> None:
    def answer(_: None, value: int) -> int:
        if value == 0:
            raise ValueError("Not that one.")
        return value

    worker = jobs.LatestWorker(lambda: None, answer)
    with qtbot.waitSignal(worker.failed):
        worker.request(0)
    with qtbot.waitSignal(worker.answered) as answered:
        worker.request(5)
    assert answered.args == [5, 5]


def test_a_slot_hears_of_the_newest_job_alone(qtbot) -> None:
    heard: list[object] = []
    go, parent = threading.Event(), QObject()
    slot = jobs.Slot("qdesk-test", parent)

    def wait(context: jobs.Context) -> None:
        context.partial("old")
        go.wait(10)

    slot.start(wait, partial=heard.append, done=heard.append, cancelled=lambda: heard.append("cancelled"))
    slot.start(lambda context: context.partial("new"), partial=heard.append, done=heard.append)
    assert slot.busy
    go.set()
    qtbot.waitUntil(lambda: jobs.running() == 0)
    assert heard == ["new", None] and not slot.busy


def test_what_is_cancelled_in_a_slot_is_heard_and_what_is_dropped_is_not(qtbot) -> None:
    heard: list[str] = []
    parent = QObject()
    slot = jobs.Slot("qdesk-test", parent)

    def ended() -> None:
        assert not slot.busy
        heard.append("cancelled")

    slot.start(lambda _: None, cancelled=ended)
    slot.cancel()
    qtbot.waitUntil(lambda: not slot.busy)
    assert heard == ["cancelled"]
    slot.start(lambda _: None, cancelled=ended)
    slot.drop()
    assert not slot.busy
    qtbot.waitUntil(lambda: jobs.running() == 0)
    assert heard == ["cancelled"]


@pytest.mark.parametrize("rounds", [3000])
def test_thousands_of_signals_do_not_wear_python_out(qtbot, rounds: int) -> None:
    """PySide6 6.12 on Python 3.11 loses a reference to None or True with every call."""
    count = 0

    def got(_: object) -> None:
        nonlocal count
        count += 1

    def work(context: jobs.Context) -> None:
        for step in range(rounds):
            context.partial(step)

    job = jobs.start(work)
    job.partial.connect(got)
    with qtbot.waitSignal(job.done):
        pass
    assert count == rounds
