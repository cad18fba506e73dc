"""Fixtures of all tests: an offscreen window system, a data folder per test, nothing left, no unexpected log."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.helpers import leaks
from tests.helpers.clock import Clock

# All three have to be set before Qt or torch is imported.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # the test processes share the cores

settings.register_profile("qdesk", deadline=None)  # how long an example takes is the machine's business
settings.load_profile("qdesk")


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


@pytest.fixture(scope="session")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Set the folder of temporary files to an empty one of these tests, which other users may enter, and return it."""
    tmp_path_factory.getbasetemp()  # made now, in the folder of the system
    folder = Path(tempfile.mkdtemp(prefix="qdesk-tests-"))
    folder.chmod(0o1777)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", str(folder))
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def nothing_left(temporary: Path, tmp_path: Path) -> Iterator[None]:
    """Fail where a thread, an open or a temporary file, half a file, or a window outlives the test that made it.

    A job that outlives its page can crash the program, and what a test leaves the program would leave, too.
    """
    before, opened = set(threading.enumerate()), leaks.descriptors()
    yield
    deadline = time.monotonic() + 5
    while left := leaks.threads(before):
        if time.monotonic() > deadline:
            pytest.fail(f"threads left running: {', '.join(thread.name for thread in left)}")
        left[0].join(max(deadline - time.monotonic(), 0))
    found = {
        "descriptors left open": leaks.new_descriptors(opened),
        "temporary files left": leaks.temporary_files(temporary),
        "half files left": leaks.half_files(tmp_path),
        "windows left": leaks.windows(),
    }
    for path in map(temporary.joinpath, found["temporary files left"]):  # so that the next test starts without them
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    if any(found.values()):
        pytest.fail("; ".join(f"{what}: {', '.join(which)}" for what, which in found.items() if which))


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
