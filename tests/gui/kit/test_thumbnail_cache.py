from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from qdesk.data.drawings import Drawings
from qdesk.gui import jobs
from qdesk.gui.kit import thumbnail_cache as thumbs_module
from qdesk.gui.kit.thumbnail_cache import ThumbnailCache
from qdesk.gui.kit.thumbnail_painter import (
    LEVELS,
    ThumbnailStyle,
    Tint,
    inks,
    paint_drawing,
    paint_drawings,
    time_colour,
)
from qdesk.gui.theme import loss_colour, refresh_theme, theme
from tests.helpers.grid import colours, here, seen, shown_grid
from tests.helpers.loop import settle, skip_pauses

SQUARE = [np.array([[0, 0], [100, 0]], np.float32), np.array([[0, 100], [100, 100]], np.float32)]


def look(side: int = 60, tint: Tint = "none", name: str = "light") -> ThumbnailStyle:
    return ThumbnailStyle(side, side, 1.0, name, tint, 0.0, 4.0)


def many(count: int = 300) -> Drawings:
    return Drawings.from_strokes([SQUARE] * count, word="cat")


@pytest.fixture
def pictures() -> ThumbnailCache:
    made = ThumbnailCache()
    made.open(many())
    yield made
    made.shutdown()


def test_pictures_are_painted_in_another_thread_and_come_in_parts(qtbot, pictures: ThumbnailCache, monkeypatch) -> None:
    threads: set[threading.Thread] = set()

    def painted(*args: object) -> object:
        threads.add(threading.current_thread())
        return paint_drawings(*args)

    monkeypatch.setattr(thumbs_module, "paint_drawings", painted)
    monkeypatch.setattr(thumbs_module, "_SHARE_S", 0.001)
    parts: list[list[int]] = []
    pictures.came.connect(parts.append)
    pictures.want([pictures.key(drawing, look()) for drawing in range(100)])
    assert len(pictures) == 0
    qtbot.waitUntil(lambda: len(pictures) == 100)
    assert sum(parts, []) == list(range(100)) and len(parts) > 1
    assert len(threads) == 1 and threading.main_thread() not in threads


def test_what_is_wanted_no_more_is_not_painted(qtbot, pictures: ThumbnailCache, monkeypatch) -> None:
    monkeypatch.setattr(thumbs_module, "_SHARE_S", 1e-6)
    monkeypatch.setattr(thumbs_module, "_AT_ONCE", 1)
    pictures.want([pictures.key(drawing, look()) for drawing in range(200)])
    pictures.want([pictures.key(drawing, look()) for drawing in range(200, 210)])
    qtbot.waitUntil(lambda: pictures.picture(pictures.key(209, look())) is not None)
    assert len(pictures) == 11  # and the one under way


def test_other_drawings_leave_nothing_behind(qtbot, pictures: ThumbnailCache) -> None:
    pictures.want([pictures.key(drawing, look()) for drawing in range(300)])
    came: list[list[int]] = []
    pictures.came.connect(came.append)
    pictures.open(many(3))
    pictures.want([pictures.key(2, look())])
    qtbot.waitUntil(lambda: len(pictures) == 1)
    settle()
    assert came == [[2]] and len(pictures) == 1


def test_the_thread_ends(qtbot, pictures: ThumbnailCache) -> None:
    pictures.want([pictures.key(0, look())])
    qtbot.waitUntil(lambda: len(pictures) == 1)
    assert jobs.running() == 1
    pictures.shutdown()
    qtbot.waitUntil(lambda: jobs.running() == 0)
    pictures.want([pictures.key(1, look())])
    assert len(pictures) == 0 and jobs.running() == 0


def test_what_could_not_be_painted_does_not_hold_up_the_rest(
    qtbot, pictures: ThumbnailCache, monkeypatch, caplog
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(thumbs_module, "paint_drawings", lambda *_: [].pop())
        pictures.want([pictures.key(0, look())])
        qtbot.waitUntil(lambda: "IndexError" in caplog.text)

    def painted() -> bool:
        pictures.want([pictures.key(1, look())])
        return pictures.picture(pictures.key(1, look())) is not None

    qtbot.waitUntil(painted)


def test_the_oldest_pictures_make_room(pictures: ThumbnailCache, monkeypatch) -> None:
    monkeypatch.setattr(thumbs_module, "_CACHED_BYTES", 10 * 60 * 60 * 4)
    for drawing in range(10):
        pictures.paint_now(pictures.key(drawing, look()))
    pictures.picture(pictures.key(0, look()))  # looked at again
    pictures.paint_now(pictures.key(10, look()))
    assert [d for d in range(11) if pictures.picture(pictures.key(d, look())) is None] == [1]
    assert len(pictures) == 10 and pictures._bytes == 10 * 60 * 60 * 4


def test_another_size_stands_in_but_not_another_theme(pictures: ThumbnailCache) -> None:
    small = pictures.paint_now(pictures.key(0, look(30)))
    assert pictures.picture(pictures.key(0, look())) is None
    assert pictures.stand_in(pictures.key(0, look())) is small
    assert pictures.stand_in(pictures.key(0, look(name="dark"))) is None
    assert pictures.stand_in(pictures.key(1, look())) is None


def test_losses_change_the_picture_that_is_wanted(pictures: ThumbnailCache) -> None:
    before = pictures.key(0, look(tint="loss"))
    pictures.paint_now(before)
    pictures.set_losses({0: np.zeros(4, np.float32)})
    after = pictures.key(0, look(tint="loss"))
    assert after != before and pictures.picture(after) is None and pictures.stand_in(after) is not None
    assert pictures.key(0, look()) == pictures.key(0, look())


# Painting


def painted(strokes: list[np.ndarray], tint: Tint, side: int = 200, times=None, losses=None) -> set[str]:
    about = look(side, tint)
    drawings = Drawings.from_strokes([strokes], None if times is None else [times])
    return colours(paint_drawing(drawings, 0, about, inks(about), losses))


def test_tints() -> None:
    assert painted(SQUARE, "none") == {theme().ink.name()}
    assert painted(SQUARE, "time") == {time_colour(8 / 23).name(), theme().accent.name()}
    late = [np.array([0.0, 10]), np.array([9000.0, 9010])]
    assert painted(SQUARE, "time", times=late) == {theme().ink.name(), theme().accent.name()}
    losses = np.array([9, 0, 9, 4], np.float32)  # of a piece, the point it leads to counts
    assert painted(SQUARE, "loss", losses=losses) == {loss_colour(0).name(), loss_colour(1).name()}
    assert painted(SQUARE, "loss") == painted(SQUARE, "loss", losses=losses[:3]) == {theme().muted.name()}
    unknown = np.array([np.nan, np.nan, 0, 0], np.float32)
    assert painted(SQUARE, "loss", losses=unknown) == {theme().muted.name(), loss_colour(0).name()}
    assert len(inks(look(tint="loss"))) == LEVELS + 1


def test_a_dot_is_a_dot_and_pixels_are_pixels() -> None:
    dot = [np.array([[5, 5]], np.float32)]
    assert len(painted(dot, "none")) == len(painted([np.repeat(dot[0], 3, axis=0)], "none")) == 1
    bitmaps = Drawings.from_bitmaps(np.full((1, 28, 28), 255, np.uint8))
    image = paint_drawing(bitmaps, 0, look(56, "loss"), inks(look(56, "loss")))
    assert colours(image) == {theme().ink.name()}


def test_points_that_cannot_be_told_apart_are_left_out() -> None:
    turns = np.linspace(0, 200 * np.pi, 20_000)
    spiral = np.stack([turns * np.cos(turns), turns * np.sin(turns)], axis=1).astype(np.float32)
    drawings = Drawings.from_strokes([[spiral, spiral[:3] + 50], [spiral[::7]]])
    small = look(60)
    image = paint_drawing(drawings, 0, small, inks(small))
    assert colours(image) == {theme().ink.name()}
    inked = [image.pixelColor(x, y).alpha() > 0 for x in range(60) for y in range(60)]
    assert 0.6 < np.mean(inked) < 0.9  # a filled circle


# In the grid


def test_a_first_screen_does_not_flash(qtbot) -> None:
    grid = shown_grid(qtbot, 12, now=lambda: 1.0)  # painting takes no time
    grid.viewport().grab()
    assert here(grid) == 12  # before any thread had a say


def test_a_slow_first_screen_is_left_to_the_thread(qtbot) -> None:
    ticks = iter(range(100, 10_000))
    grid = shown_grid(qtbot, 12, now=lambda: next(ticks) / 100)  # each look at the clock takes 10 ms
    grid.viewport().grab()
    assert 0 < here(grid) < 12
    qtbot.waitUntil(lambda: here(grid) == 12)


def test_a_page_ahead_is_there_before_it_is_seen(qtbot) -> None:
    grid = shown_grid(qtbot, 2000)
    count = len(seen(grid))
    qtbot.waitUntil(lambda: len(grid.thumbs) >= 2 * count)
    QTest.keyClick(grid, Qt.Key.Key_PageDown)
    assert here(grid) == len(seen(grid))
    qtbot.waitUntil(lambda: len(grid.thumbs) > 2 * count + grid.columns)


def test_pictures_are_drawn_anew_in_another_theme(qtbot, monkeypatch) -> None:
    grid = shown_grid(qtbot, 5)
    grid.viewport().grab()
    monkeypatch.setenv("QDESK_THEME", "dark")
    refresh_theme()
    qtbot.waitUntil(lambda: here(grid) == 5 and len(grid.thumbs) == 10)


def test_the_losses_of_what_is_in_sight_are_asked_for_once(qtbot) -> None:
    grid = shown_grid(qtbot, 500)
    asked: list[list[int]] = []
    grid.losses_wanted.connect(asked.append)
    skip_pauses(grid)
    assert asked == [] and grid.tint == "none"
    grid.set_tint("loss")
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert asked[0] == seen(grid)
    grid.set_losses({drawing: np.zeros(5, np.float32) for drawing in asked[0][4:]})
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert asked[1] == asked[0][:4]
    grid.set_losses({})
    grid.set_losses({drawing: np.zeros(5, np.float32) for drawing in asked[1]})
    qtbot.waitUntil(lambda: here(grid) == len(seen(grid)))
    for _ in range(10):
        grid.viewport().update()
        skip_pauses(grid)
    assert len(asked) == 2
    grid.set_tint("none")
    grid.verticalScrollBar().setValue(3000)
    skip_pauses(grid)
    assert len(asked) == 2
