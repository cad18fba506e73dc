from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest

from qdesk.game.history import History
from qdesk.game.record import RoundRecord, RoundState
from qdesk.game.stats import Plays
from qdesk.gui.play.gallery import Gallery
from qdesk.gui.play.gallery_cells import paint_record
from qdesk.gui.theme import theme
from tests.helpers.loop import settle
from tests.helpers.records import played


class Loader:
    """Where the gallery gets its drawings, and what it asked for."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.asked: list[str] = []

    def __call__(self, key_id: str) -> RoundRecord | None:
        self.asked.append(key_id)
        return self.history.record(key_id)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "history.db") as made:
        for number in range(60):
            made.add(played(number, recognised_ms=None if number % 2 else 4_200.0))
        yield made


@pytest.fixture
def load(history: History) -> Loader:
    return Loader(history)


@pytest.fixture
def gallery(qtbot, history: History, load: Loader) -> Iterator[Gallery]:
    made = Gallery()
    qtbot.addWidget(made)
    made.resize(500, 420)  # three columns, two lines
    show(made, history.plays(), load)
    made.show()
    qtbot.waitUntil(lambda: made.loaded >= 6)
    made.clearFocus()
    yield made
    made.stop()  # before the history is closed, as the page does


def show(gallery: Gallery, plays: Plays, load: Loader) -> None:
    gallery.show_rounds(plays, np.arange(len(plays))[::-1], load)


def ink(gallery: Gallery, place: int) -> int:
    """How many dark pixels the drawing in that place has."""
    cell = gallery.place(place)
    image = gallery.viewport().grab(cell.adjusted(4, 4, -4, cell.width() - cell.height() - 4)).toImage()
    return sum(image.pixelColor(x, y).lightness() < 90 for x in range(image.width()) for y in range(image.height()))


def test_only_what_is_in_sight_is_loaded_newest_first(qtbot, gallery: Gallery, load: Loader) -> None:
    assert gallery.key_ids[:2] == [f"{59:016d}", f"{58:016d}"] and len(gallery) == 60
    settle()
    assert sorted(load.asked, reverse=True) == gallery.key_ids[: len(load.asked)] and len(load.asked) <= 9
    assert ink(gallery, 0) > 100
    load.asked.clear()
    bar = gallery.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: f"{0:016d}" in load.asked)
    assert len(load.asked) <= 9
    assert ink(gallery, 59) > 100
    load.asked.clear()
    bar.setValue(0)
    gallery.viewport().repaint()
    settle()
    assert load.asked == []  # seen a moment ago


def test_the_scroll_bar_is_empty_while_all_is_in_sight(qtbot, gallery: Gallery) -> None:
    assert gallery.verticalScrollBar().isEnabled()
    gallery.resize(gallery.width(), 20_000)
    qtbot.waitUntil(lambda: not gallery.verticalScrollBar().isEnabled())
    assert gallery.verticalScrollBar().isVisible()


def test_memory_is_bounded(qtbot, gallery: Gallery) -> None:
    bar = gallery.verticalScrollBar()
    seen = set()
    for value in range(0, bar.maximum(), 150):
        bar.setValue(value)
        settle()
        seen.add(gallery.loaded)
    assert max(seen) <= 3 * 12 + 64


def test_the_keys_go_from_drawing_to_drawing_and_open_one(qtbot, gallery: Gallery) -> None:
    gallery.setFocus(Qt.FocusReason.TabFocusReason)
    assert gallery.current == 0
    for key, place in (("Right", 1), ("Down", 4), ("Left", 3), ("Up", 0), ("Up", 0), ("End", 59), ("PageUp", 53)):
        QTest.keyClick(gallery, getattr(Qt.Key, f"Key_{key}"))
        assert gallery.current == place
        cell = gallery.place(place)
        assert gallery.viewport().rect().adjusted(0, 0, 0, 1).contains(cell)
    assert gallery.accessibleDescription().endswith("54 of 60")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        with qtbot.waitSignal(gallery.opened) as opened:
            QTest.keyClick(gallery, key)
        assert opened.args == [gallery.key_ids[53]]


def test_a_click_opens_a_drawing_and_a_slip_opens_none(qtbot, gallery: Gallery) -> None:
    asked: list[str] = []
    gallery.opened.connect(asked.append)
    middle = [gallery.place(place).center() for place in (0, 1)]
    QTest.mousePress(gallery.viewport(), Qt.MouseButton.LeftButton, pos=middle[0])
    QTest.mouseRelease(gallery.viewport(), Qt.MouseButton.LeftButton, pos=middle[1])
    assert asked == []
    QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=middle[1])
    assert asked == [gallery.key_ids[1]]
    QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(gallery.place(0).right() + 3, 20))
    assert asked == [gallery.key_ids[1]]


def test_the_drawing_under_the_pointer_is_drawn_again(qtbot, gallery: Gallery) -> None:
    QTest.mouseMove(gallery.viewport(), gallery.place(4).center())
    qtbot.waitUntil(lambda: gallery.replay.playing)
    assert gallery.place(4).contains(gallery.replay.geometry())
    assert gallery.replay.speed == 1  # two seconds: short enough
    gallery.replay.pause()
    whole = ink(gallery, 3)
    gallery.replay.set_playhead(0.2)
    assert ink(gallery, 4) < whole / 2
    gallery.verticalScrollBar().setValue(40)
    assert gallery.place(4).contains(gallery.replay.geometry())
    QTest.mouseMove(gallery.viewport(), gallery.place(5).center())
    assert gallery.replay.isHidden() and ink(gallery, 4) > whole / 2


def test_with_the_focus_a_drawing_is_drawn_again_too(qtbot, gallery: Gallery) -> None:
    gallery.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(gallery, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: gallery.replay.playing)
    assert gallery.place(1).contains(gallery.replay.geometry())
    gallery.hide()
    assert not gallery.replay.playing


def test_a_long_drawing_is_replayed_in_three_seconds(qtbot, gallery: Gallery, history: History, load: Loader) -> None:
    slow = np.linspace(0, 19_000, 400, dtype=np.float32)
    turn = slow / 1000
    spiral = np.column_stack([turn * np.cos(turn), turn * np.sin(turn)]).astype(np.float32)
    record = played(60)
    history.add(
        RoundRecord(record.key_id, "spiral", record.timestamp, RoundState.TIME_UP, (spiral,), (slow,), 20_000.0)
    )
    show(gallery, history.plays(), load)
    gallery.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: gallery.replay.playing)
    assert gallery.replay.length / gallery.replay.speed == pytest.approx(3000, rel=0.01)


def test_a_drawing_that_is_gone_leaves_its_place_empty(qtbot, gallery: Gallery, history: History, load: Loader) -> None:
    history.add(played(60))
    plays = history.plays()
    history.forget(1)
    gallery.forget()
    load.asked.clear()
    show(gallery, plays, load)
    qtbot.waitUntil(lambda: gallery.loaded >= 6)
    settle()
    assert len(load.asked) == len(set(load.asked))  # nobody asks again and again
    assert ink(gallery, 0) == 0


def test_a_history_that_cannot_be_read_is_said_once(qtbot, gallery: Gallery, history: History) -> None:
    said: list[str] = []
    gallery.failed.connect(said.append)

    def broken(key_id: str) -> RoundRecord:
        raise OSError("the disk is gone.")

    gallery.forget()
    gallery.show_rounds(history.plays(), np.arange(60)[::-1], broken)
    qtbot.waitUntil(lambda: bool(said))
    gallery.viewport().repaint()
    settle()
    assert said == ["Your drawings cannot be loaded: the disk is gone."]


def test_what_is_known_of_a_drawing(gallery: Gallery, history: History, load: Loader) -> None:
    history.add(played(60, "", None, mode="zen"))
    history.add(played(61, "cat", 3_000.0, mode="duel"))
    show(gallery, history.plays(), load)
    duel, zen, unseen, seen = (gallery.shown_at(place) for place in range(4))
    assert (duel.result, zen.result, unseen.result, seen.result) == ("3.0 s", "", "not seen", "4.2 s")
    assert duel.said.startswith("cat, recognised in 3.0 s. Against the network, won, 2 March 2026, ")
    assert zen.said.startswith("a drawing without a word. Zen, ")
    assert unseen.said.startswith("square, not recognised. Six drawings, ")


def test_it_stays_where_it_is_until_there_is_a_newer_one(gallery: Gallery, history: History, load: Loader) -> None:
    bar = gallery.verticalScrollBar()
    bar.setValue(500)
    show(gallery, history.plays(), load)
    assert bar.value() == 500
    history.add(played(60))
    show(gallery, history.plays(), load)
    assert bar.value() == 0


def test_what_the_network_began_is_muted(qapp) -> None:
    line = np.array([[0, 0], [100, 0]], np.float32)
    record = RoundRecord(
        "1", "square", "", RoundState.TIME_UP, (line, line + [0, 100]), (np.zeros(2),) * 2, 0.0, mode="finish", given=1
    )
    picture = QImage(133, 133, QImage.Format.Format_ARGB32)
    picture.fill(QColor("white"))
    painter = QPainter(picture)
    paint_record(painter, record, picture.rect().toRectF())
    painter.end()
    assert [picture.pixelColor(66, y) for y in (16, 116)] == [theme().muted, theme().ink]
