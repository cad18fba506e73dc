from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType, qCritical, qWarning
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QListWidget, QStyledItemDelegate, QWidget

from qdesk.gui import jobs, report, troubles
from qdesk.gui.troubles import Trouble, painting

ROOT = Path(__file__).parents[2]


@pytest.fixture
def told(caplog) -> Iterator[list[Trouble]]:
    """What is told; the log has it, too, which is why the tests have to ask."""
    found: list[Trouble] = []
    troubles.teller().told.connect(found.append)
    yield found
    troubles.teller().told.disconnect(found.append)


class Broken(QWidget):
    """Fails in each paint, with a painter on itself and one on a picture."""

    times = 0

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        self.times += 1
        picture = QPixmap(9, 9)
        own, other = QPainter(self), QPainter(picture)
        assert own.isActive() and other.isActive()
        raise RuntimeError("it is broken")


def test_a_fault_in_each_frame_is_told_once_and_the_window_lives(qtbot, told) -> None:
    widget = Broken()
    qtbot.addWidget(widget)
    widget.show()
    for _ in range(5):
        widget.repaint()
        assert not widget.grab().isNull()
    assert widget.times >= 5
    (trouble,) = told
    assert trouble.sentence.startswith("Something went wrong in qdesk (RuntimeError in gui/troubles.py")
    assert "paintEvent" in trouble.report and "it is broken" in trouble.report


def test_a_fault_in_a_cell_leaves_the_others(qtbot, told) -> None:
    painted: list[str] = []

    class Cells(QStyledItemDelegate):
        @painting
        def paint(self, painter: QPainter, option, index) -> None:
            if index.data() == "b":
                raise ValueError("this cell")
            assert painter.isActive()
            painted.append(index.data())

    class Cell(QListWidget):
        @painting
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)

    cells = Cell()
    qtbot.addWidget(cells)
    cells.setItemDelegate(Cells(cells))
    cells.addItems(["a", "b", "c"])
    cells.grab()
    assert {"a", "c"} <= set(painted)
    assert [trouble.sentence for trouble in told if "ValueError" in trouble.sentence]


def test_a_mistake_in_a_job_is_told_and_the_page_hears_of_it(qtbot, told) -> None:
    with qtbot.waitSignal(jobs.start(lambda _: [][0]).failed):
        pass
    qtbot.waitUntil(lambda: bool(told))
    assert "IndexError: list index out of range" in told[0].report


def test_what_the_surroundings_are_to_blame_for_is_no_fault(qtbot, told) -> None:
    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    with qtbot.waitSignal(jobs.start(full).failed):
        pass
    assert not told


def test_on_the_way_out_each_step_is_taken(told) -> None:
    done: list[int] = []
    troubles.each(lambda: done.append(1), lambda: 1 / 0, lambda: done.append(2))
    assert done == [1, 2] and len(told) == 1


@pytest.fixture
def installed(home: Path, monkeypatch: pytest.MonkeyPatch, told: list[Trouble]) -> Iterator[list[Trouble]]:
    undo = troubles.install()
    yield told
    undo()


def test_an_exception_that_nobody_caught_is_told(qtbot, installed: list[Trouble]) -> None:
    sys.excepthook(*_info(lambda: {}[1]))
    thread = threading.Thread(target=lambda: [].pop(), name="pytest-thread")
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(installed) == 2)
    assert "KeyError" in installed[0].sentence and "IndexError" in installed[1].sentence


def _info(do) -> tuple:
    try:
        do()
    except Exception as error:
        return type(error), error, error.__traceback__
    raise AssertionError


@pytest.mark.qt_no_exception_capture
def test_the_hooks_are_put_back(home: Path) -> None:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    troubles.install()()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before
    assert not list(home.iterdir())


def test_what_qt_calls_critical_is_told_with_what_it_said_before(installed: list[Trouble], capsys) -> None:
    qWarning("QPainter::begin: /home/ann/cats.png")
    qCritical("QTimer of ann started twice")
    qCritical("QTimer of ann started twice")
    (trouble,) = installed
    assert "ann" not in trouble.report and "QPainter::begin: …" in trouble.report
    assert "/home/ann/cats.png" in capsys.readouterr().err  # the terminal is the user's own


def test_a_fatal_message_of_qt_is_in_the_crash_file(home: Path, installed: list[Trouble]) -> None:
    troubles._hear_qt(QtMsgType.QtFatalMsg, None, "Cannot destroy paint device of ann")
    assert "Cannot destroy paint device of …" in next(home.glob("crash-*.txt")).read_text()


def test_a_fault_while_the_window_closes_is_offered_by_the_next_start(home: Path, installed: list[Trouble]) -> None:
    troubles.at_last()
    troubles.each(lambda: 1 / 0)
    assert "ZeroDivisionError" in next(home.glob("crash-*.txt")).read_text()


PAINTS = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget
from qdesk.gui import troubles

class Broken(QWidget):
    def paintEvent(self, event):
        picture = QPixmap(9, 9)
        own, other = QPainter(self), QPainter(picture)
        raise RuntimeError("in paint")
    if sys.argv[1] == "wrapped":
        paintEvent = troubles.painting(paintEvent)

app = QApplication([])
troubles.install()
troubles.teller().told.connect(lambda trouble: print(trouble.sentence, flush=True))
widget = Broken()
widget.show()
QTimer.singleShot(0, lambda: 1 / 0)
again = QTimer(timeout=widget.update, interval=5)
again.start()
QTimer.singleShot(100, app.quit)
sys.exit(app.exec())
"""


@pytest.mark.parametrize("how", ["wrapped", "bare"])
def test_the_program_itself_lives_on(home: Path, how: str) -> None:
    """Also where a paint event is not wrapped, as long as Qt is called from nowhere but its own loop."""
    done = subprocess.run([sys.executable, "-c", PAINTS, how], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("RuntimeError") == 1 and done.stdout.count("ZeroDivisionError") == 1


def test_a_report_of_a_fault_can_be_read(told) -> None:
    troubles.happened(ValueError("of ann"))
    assert report.WHAT_TO_DO in told[0].report and "ann" not in told[0].report
