from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qdesk.gui.lab.page import LabPage


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
        code = "from signal import *; import time; signal(SIGINT, SIG_DFL); print('ready', flush=1); time.sleep(99)"
        command = [sys.executable, "-c", code, "train", "classifier", "--out", str(out)]
        begun.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert begun[-1].stdout.readline() == "ready\n"  # it has its name now, and can be interrupted
        return begun[-1].pid

    yield make
    for process in begun:
        process.kill()
        process.communicate()
