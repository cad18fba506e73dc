"""The tab of icons, hieroglyphs and brute force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from qdesk.generate import brute
from qdesk.gui.draw.icons_panel import KINDS, Wish
from qdesk.gui.draw.icons_tab import IconsTab

pytestmark = pytest.mark.torch


@pytest.fixture
def tab(qtbot, monkeypatch) -> IconsTab:
    for name, kind in KINDS.items():  # few, since the machine is busy
        monkeypatch.setitem(KINDS, name, replace(kind, count=min(kind.count, 6)))
    made = IconsTab()
    qtbot.addWidget(made, before_close_func=IconsTab.shutdown)
    made.resize(900, 500)
    made.show()
    return made


def drawn(qtbot, tab: IconsTab, begin: Callable[[], object]) -> None:
    """Do what begins a drawing, and wait until it is on the sheet."""
    with qtbot.waitSignal(tab.drawn):
        begin()


def bytes_of(tab: IconsTab) -> list[bytes]:
    return [icon.picture.tobytes() for icon in tab.icons()]


def test_what_is_chosen_is_drawn_once_it_is_in_sight(qtbot, tab: IconsTab) -> None:
    assert not tab.icons()
    drawn(qtbot, tab, tab.shown)
    assert len(tab.view.sheet.tiles) == 6
    drawn(qtbot, tab, tab.kinds.buttons["hieroglyphs"].click)
    assert tab.icons()[0].picture.shape == (32, 32)
    tab.kinds.buttons["small"].click()  # is still there
    assert tab.icons()[0].picture.shape == (8, 8)


def test_another_seed_draws_others_and_the_same_again_the_same(qtbot, tab: IconsTab) -> None:
    drawn(qtbot, tab, tab.shown)
    first = bytes_of(tab)
    drawn(qtbot, tab, tab.panel.go.click)
    assert tab.panel.seed.value() == 1 and bytes_of(tab) != first
    drawn(qtbot, tab, lambda: tab.panel.seed.setValue(0))
    assert bytes_of(tab) == first
    drawn(qtbot, tab, lambda: tab.panel.temperature.setValue(3))
    assert bytes_of(tab) != first


def test_words_are_looked_for_and_an_unknown_one_is_said(qtbot, tab: IconsTab) -> None:
    drawn(qtbot, tab, tab.shown)
    drawn(qtbot, tab, lambda: tab.panel.words.setText("square, line"))
    assert [icon.word for icon in tab.icons()] == ["square"] * 3 + ["line"] * 3
    tab.panel.words.setText("flamigno")
    assert tab.panel.told.text() == "The classifier does not know the word flamigno. Did you mean flamingo?"


def test_colours_yellow_and_labels_can_be_left_out(qtbot, tab: IconsTab) -> None:
    drawn(qtbot, tab, tab.shown)
    assert tab.view.sheet.text and tab.view.sheet.tiles[0].tint is not None
    for box in (tab.panel.colours, tab.panel.labels, tab.panel.yellow):
        box.click()
    assert not tab.view.sheet.text and tab.view.sheet.tiles[0].tint is None
    assert not tab.view.canvas.yellow


def test_pointer_and_keys_tell_what_is_seen(qtbot, tab: IconsTab) -> None:
    drawn(qtbot, tab, tab.shown)
    canvas, tile = tab.view.canvas, tab.view.sheet.tiles[2]
    QTest.mouseMove(canvas, canvas.origin + QPoint(tile.x + 3, tile.y + 3))
    assert tab.panel.told.text().startswith(f"{tile.icon.word}, ")
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert tab.panel.told.text().startswith(f"{tab.view.sheet.tiles[3].icon.word}, ")


def test_a_sheet_is_painted_pixel_by_pixel(qtbot, tab: IconsTab) -> None:
    drawn(qtbot, tab, tab.shown)
    canvas, sheet = tab.view.canvas, tab.view.sheet
    image, tile = canvas.grab().toImage(), sheet.tiles[0]
    there = {
        (row, column): image.pixelColor(
            canvas.origin.x() + tile.x + column * sheet.scale + 1, canvas.origin.y() + tile.y + row * sheet.scale + 1
        ).name()
        for row in range(8)
        for column in range(8)
    }
    inked = {there[place] for place in zip(*np.nonzero(tile.picture), strict=True)}
    assert len(inked) == 1
    assert not inked & {there[place] for place in zip(*np.nonzero(~tile.picture), strict=True)}


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_sheet_is_saved(qtbot, tab: IconsTab, tmp_path: Path, ending: str) -> None:
    drawn(qtbot, tab, tab.shown)
    out = tmp_path / f"sheet.{ending}"
    tab.write(out)
    qtbot.waitUntil(lambda: tab.notice.text == f"Saved {out.name}.")
    assert out.stat().st_size > 500
    tab.write(tmp_path / "nowhere" / "sheet.svg")
    qtbot.waitUntil(lambda: "was not saved" in tab.notice.text)


def test_brute_force_fills_the_wall_as_it_goes(qtbot, tab: IconsTab, monkeypatch) -> None:
    monkeypatch.setattr(brute, "every", lambda side: np.random.default_rng(0).random((2000, side, side)) < 0.5)
    sizes: list[int] = []
    tab.kinds.buttons["brute"].click()
    assert not tab.icons() and "65,536" in tab.panel.go.text()
    tab.came.connect(lambda: sizes.append(len(tab.icons())))
    drawn(qtbot, tab, tab.panel.go.click)
    assert len(sizes) >= 4 and len(tab.icons()) == 6
    chances = [icon.chance for icon in tab.icons()]
    assert chances == sorted(chances, reverse=True)
    tab.panel.words.setText("cat")  # only shows others
    assert [icon.word for icon in tab.icons()] == ["cat"]
    tab.panel.sizes.buttons["5"].click()
    assert not tab.icons()


def test_brute_force_can_be_cancelled(qtbot, tab: IconsTab) -> None:
    tab.kinds.buttons["brute"].click()
    with qtbot.waitSignal(tab.came):
        tab.panel.go.click()
    tab.kinds.buttons["small"].click()  # meanwhile it goes on
    tab.kinds.buttons["brute"].click()
    assert tab.panel.progress.isVisible() and not tab.panel.go.isVisible()
    tab.panel.cancel.click()
    qtbot.waitUntil(lambda: not tab.panel.progress.isVisible())
    assert tab.icons()  # what was found stays


def test_what_is_wanted_is_compared_as_a_whole() -> None:
    assert Wish("small", 8, words=("cat",)) == Wish("small", 8, words=("cat",)) != Wish("small", 8)
