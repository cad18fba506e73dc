from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from qdesk.gui.lab.processes import lives
from qdesk.gui.lab.work import Work, begin
from tests.helpers.loop import settle


@pytest.fixture
def owner(qapp) -> QObject:
    return QObject()


def python(code: str, *words: str) -> list[str]:
    return [sys.executable, "-c", code, *words]


def test_progress_and_the_end(qtbot, owner: QObject) -> None:
    work = Work(python("import sys; print('qdesk: evaluating, 40 %, 3 s left', file=sys.stderr)"), owner)
    shares: list[float] = []
    work.progress.connect(shares.append)
    with qtbot.waitSignal(work.done):
        pass
    assert shares and shares[-1] == 0.4


def test_what_fails_says_its_last_sentence(qtbot, owner: QObject) -> None:
    work = Work(python("import sys; sys.exit('qdesk: one thing\\nqdesk: there is no model x')"), owner)
    with qtbot.waitSignal(work.failed) as failed:
        pass
    assert failed.args == ["there is no model x"]


def test_what_cannot_be_started_says_so(qtbot, owner: QObject) -> None:
    said: list[str] = []
    work = Work(["/nowhere/python"], owner)
    work.failed.connect(said.append)
    qtbot.waitUntil(lambda: bool(said))
    assert len(said) == 1


def test_closing_ends_the_process(qtbot, owner: QObject) -> None:
    work = Work(python("import time; time.sleep(60)"), owner)
    said: list[object] = []
    work.done.connect(lambda: said.append("done"))
    work.failed.connect(said.append)
    assert work._process.waitForStarted()
    pid = work._process.processId()
    work.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    settle()
    assert said == []


def test_a_process_begun_stands_alone(qtbot, tmp_path: Path) -> None:
    out, said = tmp_path / "it's.safetensors", tmp_path / "with spaces & $signs.err"
    code = "import os, sys, time; print(os.getpid(), os.getsid(0) == os.getsid(os.getppid()), file=sys.stderr, flush=1)"
    pid = begin(python(f"{code}; time.sleep(0.5)", "train", "--out", str(out)), said)
    qtbot.waitUntil(lambda: said.exists() and said.read_text() != "")
    assert said.read_text().split()[0] == str(pid)
    qtbot.waitUntil(lambda: not lives(pid, out))
    with pytest.raises(OSError):
        os.waitpid(pid, os.WNOHANG)  # no child of ours to wait for
