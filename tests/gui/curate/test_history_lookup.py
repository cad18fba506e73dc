"""The history of a drawing: what was decided about it, and when, on demand."""

from __future__ import annotations

from PySide6.QtCore import Qt

from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import press


def lines(page: CuratePage) -> list[str]:
    """What is said of the drawing in sight, without the times."""
    return [line.split(": ", 1)[-1] for line in page.detail.history.text.split("\n")]


def test_it_is_shown_on_demand_and_follows_decisions(qtbot, page: CuratePage) -> None:
    press(page, "1", Qt.Key.Key_Left, "K", Qt.Key.Key_Left)
    page.session.decisions.write_note(39, "a fine one")
    assert page.detail.history.text == ""
    press(page, "H")
    qtbot.waitUntil(lambda: lines(page) == ["kept “a fine one”", "kept", "flagged as scribble"])
    press(page, "U")
    qtbot.waitUntil(lambda: lines(page)[0] == "undone, kept")
    press(page, "U", "U")
    qtbot.waitUntil(lambda: lines(page)[:2] == ["undone, no verdict", "undone, flagged as scribble"])
    page.commands.redo()
    qtbot.waitUntil(lambda: lines(page)[0] == "redone, flagged as scribble")
    press(page, "H")
    assert page.detail.history.text == ""


def test_on_a_small_screen_the_detail_scrolls_to_it(qtbot, page: CuratePage) -> None:
    page.resize(720, 420)
    press(page, "N", "H")
    history = page.detail.history
    qtbot.waitUntil(lambda: bool(history.text))
    qtbot.waitUntil(lambda: not history.visibleRegion().isEmpty())


def test_another_drawing_has_another_history(qtbot, page: CuratePage) -> None:
    press(page, "N", "H")
    qtbot.waitUntil(lambda: lines(page) == ["Nothing was decided about it yet."])
    press(page, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: lines(page) == ["unsure"])
    page.close_files()
    assert page.detail.history.text == ""


def test_the_tip_names_the_key(page: CuratePage) -> None:
    assert page.detail.history.button.toolTip() == "What was decided about it, and when (H)"
    page.keymap.set("history", ["J"])
    assert page.detail.history.button.toolTip().endswith("(J)")
