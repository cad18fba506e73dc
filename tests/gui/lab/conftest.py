from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qdesk.gui.lab.page import LabPage
from qdesk.gui.lab.processes import lives
from tests.helpers.waiting import until


@pytest.fixture
def make_page(qtbot) -> Callable[[], LabPage]:
    def make() -> LabPage:
        page = LabPage()
        qtbot.addWidget(page, before_close_func=LabPage.shutdown)
        page.resize(1200, 800)
        page.show()
        with qtbot.waitSignal(page.loaded):
            page.shown()
        return page

    return make


@pytest.fixture
def living() -> Iterator[Callable[[Path], int]]:
    """Makes a process that is to all appearances the training of a weight file; its number."""
    begun: list[subprocess.Popen] = []

    def make(out: Path) -> int:
        code = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_DFL); time.sleep(60)"
        begun.append(subprocess.Popen([sys.executable, "-c", code, "train", "classifier", "--out", str(out)]))
        until(lambda: lives(begun[-1].pid, out))  # it has no name for a moment
        return begun[-1].pid

    yield make
    for process in begun:
        process.kill()
        process.wait()
