"""Fixtures of all tests: an offscreen window system, a data folder per test, no leaked threads, no unexpected log."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.helpers.clock import Clock

# All three have to be set before Qt or torch is imported.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # the test processes share the cores

settings.register_profile("qdesk", deadline=None)  # how long an example takes is the machine's business
settings.load_profile("qdesk")

LASTING_THREADS = ("pytest", "execnet", "tqdm", "Dummy", "QThread", "pyqtgraph")
"""Beginnings of the names of threads that libraries keep until the process ends. They do not count as leaked."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set the user's data folder to a new one for this test, and return it."""
    folder = tmp_path / "qdesk-home"
    monkeypatch.setenv("QDESK_HOME", str(folder))
    return folder


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Return the folder of real drawings. They are not part of the project: without them, tests that use them skip."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the reference drawings are not here ({folder.name} beside the checkout)")
    return folder


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail where a thread outlives the test that started it. A job that outlives its page can crash the program."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5
    while left := [thread for thread in threading.enumerate() if thread not in before and _is_ours(thread)]:
        if time.monotonic() > deadline:
            pytest.fail(f"threads left running: {', '.join(thread.name for thread in left)}")
        left[0].join(max(deadline - time.monotonic(), 0))


def _is_ours(thread: threading.Thread) -> bool:
    return thread.is_alive() and not thread.name.startswith(LASTING_THREADS)


@pytest.fixture(autouse=True)
def no_unexpected_log(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail where the program logs a warning or worse, unless the test itself asks for `caplog`."""
    yield
    info = getattr(request.node, "_fixtureinfo", None)
    if info is not None and _asks_for("caplog", info.argnames, info.name2fixturedefs):
        return
    bad = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= 30]
    if bad:
        pytest.fail(f"logged: {'; '.join(bad)}")


def _asks_for(name: str, arguments: Sequence[str], fixtures: Mapping[str, Sequence[Any]]) -> bool:
    """Whether a fixture is among the arguments of a test, or among those of the fixtures that it asks for."""
    asked, left = set[str](), [*arguments]
    while left:
        if (one := left.pop()) not in asked:
            asked.add(one)
            left += fixtures[one][-1].argnames if fixtures.get(one) else ()
    return name in asked
