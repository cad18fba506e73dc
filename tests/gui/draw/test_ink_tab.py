"""The Ink tab: ink that grows while one looks, pauses, and is saved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from qdesk.gui.draw.ink_tab import InkTab

pytestmark = pytest.mark.torch


@pytest.fixture
def tab(qtbot) -> Iterator[InkTab]:
    made = InkTab()
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.controls.steps.set_value(20)
    made.show()
    yield made
    made.shutdown()


def test_ink_grows_to_the_last_step_while_one_looks(tab: InkTab, qtbot) -> None:
    tab.shown()
    qtbot.waitUntil(lambda: tab.finished)
    assert [frame.step for frame in tab.frames] == list(range(21))
    assert tab.said.text().startswith("Step 20: I see a")
    assert not tab.pause.isEnabled() and tab.save.isEnabled()
    tab.controls.steps.set_value(30)
    qtbot.waitUntil(lambda: tab.frames[-1].step == 30)
    before = tab.frames
    tab.again.click()
    qtbot.waitUntil(lambda: tab.finished)
    assert [frame.value for frame in before] == [frame.value for frame in tab.frames]


def test_it_rests_while_it_is_paused_or_out_of_sight(tab: InkTab, qtbot) -> None:
    tab.controls.steps.set_value(400)
    tab.shown()
    qtbot.waitUntil(lambda: len(tab.frames) > 2)
    qtbot.keyClick(tab, Qt.Key.Key_Space)
    assert tab.paused and tab.pause.text() == " Go on"
    qtbot.waitUntil(lambda: not tab._awaited)  # the spell under way
    count = len(tab.frames)
    tab.hidden()
    tab.pause.click()
    assert not tab.paused and not tab._awaited and len(tab.frames) == count
    tab.shown()
    qtbot.waitUntil(lambda: len(tab.frames) > count)


def test_an_earlier_step_can_be_looked_at(tab: InkTab, qtbot) -> None:
    tab.shown()
    qtbot.waitUntil(lambda: tab.finished)
    qtbot.keyClick(tab.curve, Qt.Key.Key_Home)
    assert tab.shown_frame is tab.frames[0] and tab.said.text().startswith("Step 0")
    qtbot.keyClick(tab.curve, Qt.Key.Key_Right)
    assert tab.shown_frame is tab.frames[1]
    tab.curve.grab()


def test_a_channel_grows(tab: InkTab, qtbot) -> None:
    tab.controls.kinds.buttons["channel"].click()
    assert tab.controls.layer.isVisible() and not tab.controls.word.isVisible()
    tab.shown()
    qtbot.waitUntil(lambda: tab.finished)
    assert tab.frames[-1].value > tab.frames[0].value
    tab.controls.layer.set_value(0)
    assert tab.controls.channel.slider.maximum() == 31
    tab.curve.grab()


def test_another_word_begins_anew(tab: InkTab, qtbot) -> None:
    tab.shown()
    qtbot.waitUntil(lambda: tab.finished)
    tab.controls.word.setText("octopsu")
    assert tab.controls.trouble.text() == "“octopsu” is not one of the 345 words. Did you mean octopus?"
    assert tab.controls.aim is None
    first = tab.frames[0]
    tab.controls.word.setText("house")
    qtbot.waitUntil(lambda: tab.finished and tab.frames[0] is not first)
    assert tab.worker._aim.word == "house"


def test_how_it_grew_is_saved(tab: InkTab, qtbot, tmp_path: Path, monkeypatch) -> None:
    tab.shown()
    qtbot.waitUntil(lambda: tab.finished)
    for ending in ("gif", "png", "svg"):
        path = tmp_path / f"ink.{ending}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, path=path: (str(path), ""))
        with qtbot.waitSignal(tab.saving.saved):
            tab.save.click()
        assert path.stat().st_size > 0 and tab.notice.text == f"Saved ink.{ending}."
