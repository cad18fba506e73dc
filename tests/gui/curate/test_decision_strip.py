"""The strip of the last decisions: what it shows, says and lets be clicked, and that a new one costs one picture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from qdesk.curation.view.table import Table
from qdesk.data.drawings import Drawings
from qdesk.gui.curate import decision_strip as module
from qdesk.gui.curate.decision_strip import CELL, DecisionStrip, ShownDecision, ago, sentence
from qdesk.gui.curate.keys import KeyMap

Key = Qt.Key
NOW = datetime(2017, 3, 20, 12, 0, tzinfo=UTC)


def one(step: int, index: int = 0, reason: str = "scribble", count: int = 1, time: str = "") -> ShownDecision:
    return ShownDecision(step, index, "cat", reason, count, time or NOW.isoformat())


def tabled(drawings: Drawings) -> Table:
    return Table(drawings, [str(number) for number in range(len(drawings))])


@pytest.fixture
def table() -> Table:
    """Thirty drawings of two strokes."""
    strokes = [[np.array([[0, 0], [200, n * 8]]), np.array([[5, 90], [90, 5]])] for n in range(30)]
    return tabled(Drawings.from_strokes(strokes))


@pytest.fixture
def strip(qtbot, table: Table) -> DecisionStrip:
    made = DecisionStrip(KeyMap())
    made.set_table(table)
    made.resize(720, made.height())
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    return made


def steps(strip: DecisionStrip) -> list[int]:
    return [shown.step for shown in strip.list.rows.decisions]


def middle(row: int) -> QPoint:
    return QPoint(row * CELL.width() + CELL.width() // 2, CELL.height() // 2)


def test_without_decisions_it_says_what_it_is_for(strip: DecisionStrip) -> None:
    assert strip.hint.isVisible() and strip.list.isHidden() and not strip.undo.isEnabled()
    strip.set_decisions([one(1)])
    assert strip.hint.isHidden() and strip.list.isVisible()


def test_a_decision_in_words() -> None:
    two = (NOW - timedelta(minutes=2)).isoformat().replace("+00:00", "Z")
    assert sentence(one(1, time=two), NOW) == "cat, flagged as scribble, 2 minutes ago"
    assert sentence(one(1, reason="keep", count=1200), NOW) == "cat and 1,199 more, kept, just now"
    assert sentence(one(1, index=-1, reason="", time="rubbish"), NOW) == "cat, verdict taken back, in another file"
    assert sentence(ShownDecision(1, 0, "", "wrong", 1, ""), NOW) == "no word, flagged as wrong"


@pytest.mark.parametrize(
    ("before", "words"),
    [(-60, "just now"), (59, "just now"), (60, "1 minute ago"), (7300, "2 hours ago"), (90_000, "1 day ago")],
)
def test_how_long_ago(before: int, words: str) -> None:
    assert ago((NOW - timedelta(seconds=before)).isoformat(), NOW) == words


def test_a_time_without_a_zone_is_no_time() -> None:
    assert ago("2017-03-20T11:00:00", NOW) == ""


def test_decisions_come_leave_and_come_back(strip: DecisionStrip) -> None:
    moves: list[str] = []
    strip.list.rows.rowsInserted.connect(lambda _parent, first, _last: moves.append(f"+{first}"))
    strip.list.rows.rowsRemoved.connect(lambda _parent, first, _last: moves.append(f"-{first}"))
    strip.list.rows.modelReset.connect(lambda: moves.append("reset"))
    three = [one(3), one(2), one(1)]
    strip.set_decisions(three)
    moves.clear()
    strip.set_decisions([one(4), *three])
    strip.set_decisions(three)
    strip.set_decisions([one(4), *three[:2]])
    assert moves == ["+0", "-0", "-2", "+0"] and steps(strip) == [4, 3, 2]
    strip.set_decisions([one(4), one(3, reason="keep"), one(2)])
    assert strip.list.rows.decisions[1].reason == "keep" and len(moves) == 4
    strip.set_decisions([one(2), one(9)])
    assert steps(strip) == [9, 2]


def test_only_a_new_decision_is_painted(strip: DecisionStrip, monkeypatch) -> None:
    painted: list[int] = []
    real = module.paint_drawing
    monkeypatch.setattr(module, "paint_drawing", lambda *rest: (painted.append(rest[1]), real(*rest))[1])
    shown = [one(step, index=step) for step in range(5, 0, -1)]
    strip.set_decisions(shown)
    strip.grab()
    assert sorted(painted) == [1, 2, 3, 4, 5]
    strip.set_decisions([one(6, index=6), *shown[:4]])
    strip.grab()
    assert painted[5:] == [6] and len(strip.list.cells.pictures) == 5


def test_a_click_goes_to_the_drawing(qtbot, strip: DecisionStrip) -> None:
    strip.set_decisions([one(3, index=7), one(2, index=-1), one(1, index=5)])
    clicked: list[int] = []
    strip.clicked.connect(clicked.append)
    strip.undo.setFocus()
    for row in range(4):
        QTest.mouseClick(strip.list.viewport(), Qt.MouseButton.LeftButton, pos=middle(row))
    assert clicked == [7, 5] and not strip.list.hasFocus()


def test_the_strip_by_keys(strip: DecisionStrip) -> None:
    strip.set_decisions([one(3, index=7), one(2, index=-1), one(1, index=5)])
    clicked: list[int] = []
    strip.clicked.connect(clicked.append)
    strip.list.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(strip.list, Key.Key_Return)
    QTest.keyClick(strip.list, Key.Key_Right)  # past the one that is not here
    QTest.keyClick(strip.list, Key.Key_Return)
    QTest.keyClick(strip.list, Key.Key_Left)
    QTest.keyClick(strip.list, Key.Key_Space)
    assert clicked == [7, 5, 7]
    strip.set_decisions([one(4, index=9), one(3, index=7), one(2, index=-1)])
    QTest.keyClick(strip.list, Key.Key_Return)
    assert clicked[-1] == 7  # what was current stays so when others come


def test_a_screen_reader_hears_the_decisions(strip: DecisionStrip) -> None:
    strip.set_decisions([one(2, index=3, reason="keep", time=datetime.now(UTC).isoformat()), one(1, index=-1)])
    heard = QAccessible.queryAccessibleInterface(strip.list)
    assert heard.text(QAccessible.Text.Name) == "Last decisions, newest first"
    assert heard.child(0).text(QAccessible.Text.Name) == "cat, kept, just now"
    assert heard.child(1).text(QAccessible.Text.Name).endswith("in another file")


def test_a_tool_tip_says_the_same_of_one_that_is_not_here(qtbot, strip: DecisionStrip) -> None:
    strip.set_decisions([one(1, index=-1)])
    view = strip.list.viewport()
    event = QHelpEvent(QEvent.Type.ToolTip, middle(0), view.mapToGlobal(middle(0)))
    QApplication.sendEvent(view, event)
    assert QToolTip.text().startswith("cat, flagged as scribble") and "in another file" in QToolTip.text()


def test_undo_and_redo_are_beside(qtbot, strip: DecisionStrip) -> None:
    strip.set_can(True, False)
    with qtbot.waitSignal(strip.undo_asked):
        strip.undo.click()
    strip.set_can(False, True)
    with qtbot.waitSignal(strip.redo_asked):
        strip.redo.click()
    assert strip.undo.toolTip() == "Undo (U, Ctrl+Z)" and strip.redo.accessibleName() == "Redo"


def test_other_drawings_are_not_painted_from_the_old_ones(strip: DecisionStrip) -> None:
    strip.set_decisions([one(1, index=29)])
    strip.grab()
    strip.set_table(tabled(Drawings.from_strokes([])))
    strip.grab()
    assert steps(strip) == [] and not strip.list.cells.pictures


def test_no_decision_is_cut_off(strip: DecisionStrip) -> None:
    strip.set_decisions([one(step) for step in range(20, 0, -1)])
    strip.grab()
    assert strip.list.viewport().width() % CELL.width() == 0 and strip.list.viewport().width() >= 7 * CELL.width()


def test_pixels_are_painted_too(qtbot) -> None:
    made = DecisionStrip(KeyMap())
    qtbot.addWidget(made)
    made.resize(720, made.height())
    made.set_table(tabled(Drawings.from_bitmaps(np.full((2, 28, 28), 255, np.uint8))))
    made.set_decisions([one(1, index=1)])
    made.grab()
    picture = next(iter(made.list.cells.pictures.values())).toImage()
    assert picture.pixelColor(picture.width() // 2, picture.height() // 2).lightness() < 60
