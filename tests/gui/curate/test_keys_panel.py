"""The sheet where keys are changed, by hand and without a mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from qdesk.gui.curate.keys import ACTIONS, KeyMap, bind
from qdesk.gui.curate.keys_panel import KeysPanel
from tests.helpers.loop import settle

Key = Qt.Key


@pytest.fixture
def page(qtbot) -> QWidget:
    """A page with a button on it, verdicts by key that are written down, and the sheet open above."""
    made = QWidget()
    made.keymap, made.done = KeyMap(), []
    made.button = QPushButton("Behind")
    QVBoxLayout(made).addWidget(made.button)
    made.panel = KeysPanel(made.keymap, made)
    bind(made, made.keymap, {"keep": lambda: made.done.append("keep"), "keys": made.panel.toggle})
    qtbot.addWidget(made)
    made.resize(720, 560)
    with qtbot.waitActive(made):
        made.show()
    made.button.setFocus()
    QTest.keyClick(made.button, Key.Key_Question)
    return made


def focus() -> QWidget:
    return QApplication.focusWidget()


def test_a_key_is_changed_without_a_mouse(page: QWidget) -> None:
    rows = page.panel.rows
    assert page.panel.isVisible() and focus() is rows["flag"].keys[0]
    QTest.keyClick(focus(), Key.Key_Tab)
    assert focus() is rows["scribble"].keys[0] and focus().accessibleName() == "Flag as scribble: 1"
    QTest.keyClick(focus(), Key.Key_Return)
    assert rows["scribble"].text.text() == "Press the new key"
    QTest.keyClick(focus(), Key.Key_Shift)  # alone, it is on its way to something
    QTest.keyClick(focus(), "J")
    assert page.keymap.keys("scribble") == ("J",) and focus().text() == "J" and page.done == []
    assert rows["scribble"].text.text() == "Flag as scribble"
    QTest.keyClick(focus(), Key.Key_Delete)
    assert page.keymap.keys("scribble") == ("1",)


def test_one_of_two_keys_is_changed(page: QWidget) -> None:
    second = page.panel.rows["undo"].keys[1]
    second.setFocus()
    QTest.keyClick(second, Key.Key_Space)
    QTest.keyClick(second, "D", Qt.KeyboardModifier.ControlModifier)
    assert page.keymap.keys("undo") == ("U", "Ctrl+D")


def test_a_clash_is_refused_beside_the_row(page: QWidget) -> None:
    row = page.panel.rows["flag"]
    QTest.keyClick(focus(), Key.Key_Return)
    for pressed, said in ((Key.Key_K, "K is keep already."), (Key.Key_Left, "The drawings need Left.")):
        QTest.keyClick(focus(), pressed)
        assert row.text.text() == said and row.text.property("bad") and page.done == []
    QTest.keyClick(focus(), Key.Key_Escape)  # gives up choosing, not the sheet
    assert row.text.text() == "Flag, or take the flag back" and page.panel.isVisible()
    assert page.keymap.keys("flag") == ("F",) and row.keys[0].text() == "F"


def test_the_same_key_again_is_no_clash(page: QWidget) -> None:
    QTest.keyClick(focus(), Key.Key_Return)
    QTest.keyClick(focus(), "F")
    assert page.panel.rows["flag"].text.text() == "Flag, or take the flag back"


@pytest.mark.parametrize("key", [Key.Key_Escape, Key.Key_Question])
def test_the_sheet_closes_and_gives_the_focus_back(page: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(focus(), "K")  # no verdict through the sheet
    QTest.keyClick(focus(), key)
    assert page.panel.isHidden() and focus() is page.button and page.done == []
    QTest.keyClick(page.button, "K")
    assert page.done == ["keep"]


def test_the_focus_stays_on_the_sheet(page: QWidget) -> None:
    first = focus()
    for _ in range(sum(len(action.keys) for action in ACTIONS)):
        QTest.keyClick(focus(), Key.Key_Tab)
    assert focus() is page.panel.done  # there is nothing to reset
    QTest.keyClick(focus(), Key.Key_Tab)
    assert focus() is first
    QTest.keyClick(focus(), Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert focus() is page.panel.done
    QTest.keyClick(focus(), Key.Key_Up)
    assert focus() is not page.button


def test_reset_all(page: QWidget) -> None:
    assert not page.panel.reset.isEnabled()
    page.keymap.set("keep", ["J"])
    assert page.panel.rows["keep"].keys[0].text() == "J"
    page.panel.reset.click()
    assert page.keymap.keys("keep") == ("K",) and page.panel.rows["keep"].keys[0].text() == "K"


def test_a_press_beside_the_sheet_closes_it(page: QWidget) -> None:
    QTest.mouseClick(page.panel, Qt.MouseButton.LeftButton, pos=page.panel.sheet.geometry().center())
    assert page.panel.isVisible()
    QTest.mouseClick(page.panel, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert page.panel.isHidden()


@pytest.mark.parametrize("size", [(720, 560), (1200, 800)], ids=["small", "large"])
def test_every_key_can_be_read(qtbot, page: QWidget, size: tuple[int, int]) -> None:
    page.resize(*size)
    settle()
    assert page.rect().contains(page.panel.sheet.geometry())
    for row in page.panel.rows.values():
        assert row.text.width() >= row.text.fontMetrics().horizontalAdvance(row.text.text()), row.text.text()
        for key in row.keys:
            assert row.rect().contains(key.geometry()) and key.width() >= key.sizeHint().width(), key.text()
