from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from qdesk.gui import jobs
from qdesk.gui.theme import refresh_theme
from qdesk.gui.window import MainWindow
from tests.helpers import lab


def test_the_window_has_a_lab_and_closes_with_a_run_on(qtbot, living: Callable[[Path], int]) -> None:
    out = lab.write_run("a", 40, None, pid=living(lab.out_of("a")))
    window = MainWindow("lab")
    qtbot.addWidget(window)
    window.show()
    page = window.page("lab")
    assert window.current_page == "lab" and window.rail.buttons["lab"].toolTip() == "Lab (Ctrl+3)"
    qtbot.waitUntil(lambda: page.view.run is not None and page._timer.isActive())
    window.show_page("play")
    assert not page._timer.isActive()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert window.current_page == "lab" and page._timer.isActive()
    window.close()
    assert not page._timer.isActive() and jobs.shutdown(10)
    assert lab.polled(out).state == "running"


def test_it_is_painted_in_both_themes(make_page, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.write_run("a")
    page = make_page()
    light = page.grab().toImage()
    monkeypatch.setenv("QDESK_THEME", "dark")
    refresh_theme()
    dark = page.grab().toImage()
    monkeypatch.setenv("QDESK_THEME", "light")
    refresh_theme()
    assert dark.pixelColor(5, 5).lightness() < 80 < light.pixelColor(5, 5).lightness()
