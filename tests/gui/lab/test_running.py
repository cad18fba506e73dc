"""The page and real training processes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from qdesk.gui.lab import runs, work
from qdesk.gui.lab.page import LabPage
from qdesk.gui.lab.processes import interrupt
from qdesk.gui.lab.runs import RunState, outs_in, read_runs
from tests.helpers.drawings import write_shapes

LONG_MS = 120_000
"""Long enough for a busy machine to import torch."""


@pytest.fixture(autouse=True)
def nothing_runs_on(qtbot, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A training outlives the window that began it, but not the test; which waits for it, so it need not be polite."""
    monkeypatch.setattr(work.shutil, "which", lambda _name: None)
    yield
    left = [run for run in read_runs(outs_in(runs.folder())) if run.state.active]
    for run in left:
        interrupt(run.pid, run.out)
    qtbot.waitUntil(lambda: not any(run.poll() or run.state.active for run in left), timeout=LONG_MS)


def fill_in(qtbot, page: LabPage, folder: Path) -> None:
    page.new([str(folder)])
    qtbot.waitUntil(lambda: not page.form.finder.busy)
    page.form.small.setChecked(True)
    page.form.minutes.setValue(2)


def test_a_run_outlives_the_window_and_is_stopped_and_resumed(
    qtbot, make_page: Callable[[], LabPage], tmp_path: Path
) -> None:
    page = make_page()
    fill_in(qtbot, page, write_shapes(tmp_path / "mine", 60))
    assert page.form.name.text() == "circle-zigzag"
    QTest.keyClick(page.form.name, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.view.run.state is RunState.STARTING and page.view.state.text().startswith("Starting")
    page.shutdown()

    page = make_page()
    run = page.view.run
    assert run.name == "circle-zigzag" and run.state.active
    qtbot.waitUntil(lambda: page.view.charts[0].curves != [], timeout=LONG_MS)
    assert run.state is RunState.RUNNING and run.words == ["circle", "zigzag"]
    assert "min" in page.view.state.text() or "s left" in page.view.state.text()
    page.view.buttons.stop.click()
    qtbot.waitUntil(lambda: run.state is RunState.INTERRUPTED, timeout=LONG_MS)
    assert run.resumable and run.out.exists()

    stopped_at = run.log.latest["step"]
    page.view.buttons.resume.click()
    assert run.state is RunState.STARTING
    qtbot.waitUntil(lambda: run.state is RunState.RUNNING and run.log.latest["step"] > stopped_at, timeout=LONG_MS)
    assert run.log.start["resumed"] and run.log.curves["loss"][0][0] <= stopped_at


def test_what_cannot_be_learned_is_said_in_a_sentence(
    qtbot, make_page: Callable[[], LabPage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import sys; sys.exit('qdesk: there is no drawing to train on of zigzag')"
    monkeypatch.setattr(runs, "train_command", lambda *_: [sys.executable, "-c", code])
    page = make_page()
    fill_in(qtbot, page, write_shapes(tmp_path / "mine", 5))
    page.form.start.click()
    qtbot.waitUntil(page.view.trouble.isVisible)
    assert page.view.run.state is RunState.FAILED and page.view.state.text() == "Failed"
    assert page.view.trouble.text() == "there is no drawing to train on of zigzag"
    actions = page.view.buttons
    assert actions.resume.isVisible() and actions.resume.text().strip() == "Start again"
    actions.resume.click()
    assert page.view.run.state is RunState.STARTING
    qtbot.waitUntil(page.view.trouble.isVisible)
