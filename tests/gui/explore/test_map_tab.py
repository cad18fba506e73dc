"""The Map tab, driven by mouse and keys: the map comes, is looked at, and drawings are chosen from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from qdesk.curation.view.table import Table
from qdesk.explore import drawing_map
from qdesk.explore.map_names import Name
from qdesk.gui.explore.map_looks import CHOICES
from qdesk.gui.explore.map_tab import MapTab
from qdesk.gui.kit.open_set import OpenSet
from qdesk.gui.theme import refresh_theme
from tests.helpers.clusters import WORDS, clusters
from tests.helpers.drawings import shapes
from tests.helpers.html_page import Page

COUNT = 90
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture(autouse=True)
def fewer_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing_map, "EARLY", 100)
    monkeypatch.setattr(drawing_map, "LATE", 100)


def table() -> Table:
    words = [WORDS[number % 3] for number in range(COUNT)]
    drawings = shapes("circle", COUNT).with_columns(word=words)
    return Table(drawings, [str(row) for row in range(COUNT)])


def score(open_set: OpenSet, rows: np.ndarray) -> None:
    """Give these drawings scores, as Curate does."""
    assert open_set.table is not None
    reasons = np.where(rows % 9 == 0, "scribble", "").astype(object)
    columns = {
        "embedding": clusters(COUNT)[0][rows], "junk": rows / 10, "p_word": rows / COUNT, "reason": reasons,
        "top_guess": np.full(len(rows), "owl", object),
    }  # fmt: skip
    open_set.table.add_scores(rows, columns)
    open_set.scored.emit()


@pytest.fixture
def open_set() -> OpenSet:
    return OpenSet()


@pytest.fixture
def tab(qtbot, open_set: OpenSet) -> MapTab:
    made = MapTab()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.use(open_set)
    made.show()
    made.shown()
    yield made
    made.shutdown()


@pytest.fixture
def mapped(qtbot, tab: MapTab, open_set: OpenSet) -> MapTab:
    """With a map of 90 drawings of three words."""
    open_set.put(table())
    score(open_set, np.arange(COUNT))
    settle(qtbot, tab)
    return tab


def settle(qtbot, tab: MapTab) -> None:
    """Until the picture shows all that was asked for."""

    def settled() -> bool:
        surface = tab.surface
        picture = None if surface is None else surface.picture
        if picture is None or tab.maker.busy or tab._looks.busy or tab.choosing.busy or tab._soon.isActive():
            return False
        scene = picture.scene
        same = (
            scene.positions is tab.maker.map.positions
            and scene.paint is tab._paint
            and scene.chosen is tab.choosing.chosen
        )
        return same and scene.view == surface.view and scene.size == surface.size_in_pixels

    qtbot.waitUntil(settled)


def box_around(tab: MapTab, word: str) -> list[QPoint]:
    """The corners of a box around all drawings of a word."""
    rows = np.flatnonzero(tab.maker.table.words.among({word}))
    places = [tab.surface.place_of(int(row)).toPoint() for row in rows]
    left, right = min(each.x() for each in places) - 5, max(each.x() for each in places) + 5
    top, bottom = min(each.y() for each in places) - 5, max(each.y() for each in places) + 5
    return [QPoint(left, top), QPoint(right, top), QPoint(right, bottom), QPoint(left, bottom)]


def drag(tab: MapTab, places: list[QPoint], modifier: Qt.KeyboardModifier = NONE) -> None:
    view = tab.surface.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, modifier, places[0])
    for place in places[1:]:
        QTest.mouseMove(view, place)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, modifier, places[-1])


# States


def test_nothing_is_open(tab: MapTab, open_set: OpenSet) -> None:
    assert tab.stack.currentWidget() is tab.nothing_open and tab.foot.isHidden() and tab.head.isHidden()
    asked: list[list[str]] = []
    open_set.open_asked.connect(asked.append)
    tab.nothing_open.open_button.click()
    tab.nothing_open.starter_button.click()
    assert asked[0] == [] and asked[1][0].endswith("starter.ndjson.gz")


def test_the_map_waits_for_scores_and_comes_by_itself(qtbot, tab: MapTab, open_set: OpenSet) -> None:
    open_set.put(table())
    assert tab.stack.currentWidget() is tab.waiting and tab.foot.make_button.isHidden()
    score(open_set, np.arange(60))
    assert not tab.maker.busy and not tab.foot.make_button.isHidden()
    score(open_set, np.arange(60, COUNT))
    assert tab.maker.busy and not tab.foot.cancel_button.isHidden()
    settle(qtbot, tab)
    assert tab.stack.currentWidget() is tab.surface and tab.maker.map.placed.all()
    assert tab.foot.words.text().startswith("90 drawings")


def test_a_map_of_some_is_drawn_when_asked_for_and_later_ones_are_placed_on_it(qtbot, tab, open_set) -> None:
    open_set.put(table())
    score(open_set, np.arange(60))
    tab.foot.make_button.click()
    settle(qtbot, tab)
    before = tab.maker.map.positions.copy()
    assert tab.foot.words.text() == "60 drawings: 30 of 90 drawings are not scored yet"
    score(open_set, np.arange(60, COUNT))
    settle(qtbot, tab)
    assert tab.maker.map.placed.all() and np.array_equal(tab.maker.map.positions[:60], before[:60])


def test_a_tab_out_of_sight_begins_nothing(qtbot, tab: MapTab, open_set: OpenSet) -> None:
    tab.hidden()
    open_set.put(table())
    score(open_set, np.arange(COUNT))
    assert not tab.maker.busy
    tab.shown()
    assert tab.maker.busy
    settle(qtbot, tab)


def test_it_can_be_cancelled_and_begun_again(qtbot, tab: MapTab, open_set: OpenSet) -> None:
    open_set.put(table())
    score(open_set, np.arange(COUNT))
    tab.foot.cancel_button.click()
    assert not tab.maker.busy and tab.stack.currentWidget() is tab.waiting
    tab.foot.make_button.click()
    settle(qtbot, tab)


def test_other_drawings_take_the_map_away(mapped: MapTab, open_set: OpenSet) -> None:
    open_set.put(None)
    assert mapped.stack.currentWidget() is mapped.nothing_open and mapped.maker.map is None
    open_set.put(table())
    assert mapped.stack.currentWidget() is mapped.waiting and not mapped.surface.names


def test_drawings_of_one_word_are_coloured_by_what_they_look_like(tab: MapTab, open_set: OpenSet) -> None:
    open_set.put(Table(shapes("circle", 9), list("abcdefghi")))
    assert tab.head.colour_box.currentData() == "reason"
    assert CHOICES["reason"] == tab.head.colour_box.currentText()


# Choosing


def test_a_lasso_chooses_what_is_in_it_for_curate(qtbot, mapped: MapTab, open_set: OpenSet) -> None:
    asked: list[tuple[np.ndarray, str]] = []
    open_set.choice_asked.connect(lambda mask, text: asked.append((mask, text)))
    mapped.head.drags.buttons["lasso"].click()
    drag(mapped, box_around(mapped, "dog"))
    qtbot.waitUntil(lambda: mapped.choosing.chosen is not None)
    assert mapped.foot.words.text() == "30 drawings chosen"
    mapped.foot.show_button.click()
    (mask, text) = asked[0]
    assert text == "chosen on the map" and np.array_equal(mask, np.arange(COUNT) % 3 == 1)
    QTest.keyClick(mapped.surface, Qt.Key.Key_Escape)
    assert mapped.choosing.chosen is None and mapped.foot.show_button.isHidden()


def test_shift_draws_a_lasso_while_a_drag_moves(qtbot, mapped: MapTab) -> None:
    drag(mapped, box_around(mapped, "cat"), Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: mapped.choosing.chosen is not None)
    assert np.array_equal(mapped.choosing.chosen, np.arange(COUNT) % 3 == 0)


def test_a_drag_moves_the_map_and_the_proportions_stay_true(qtbot, mapped: MapTab) -> None:
    mapped.surface.zoom(4)
    settle(qtbot, mapped)
    before, middle = mapped.surface.shown, mapped.surface.area.center().toPoint()
    drag(mapped, [middle, middle + QPoint(40, 0), middle + QPoint(60, 0)])
    after = mapped.surface.shown
    assert after[0] < before[0] and after[1] - after[0] == pytest.approx(before[1] - before[0])
    mapped.resize(700, 600)
    settle(qtbot, mapped)
    left, right, bottom, top = mapped.surface.shown
    w, h = mapped.surface.size_in_pixels
    assert (right - left) / (top - bottom) == pytest.approx(w / h, rel=1e-3)


def test_a_click_chooses_one(qtbot, mapped: MapTab) -> None:
    place = mapped.surface.place_of(7).toPoint()
    wanted = mapped.surface.drawing_at(mapped.surface.place_of(7))
    QTest.mouseClick(mapped.surface.viewport(), Qt.MouseButton.LeftButton, NONE, place)
    assert wanted >= 0 and np.flatnonzero(mapped.choosing.chosen).tolist() == [wanted]


# What is seen


def test_clusters_have_their_words_as_names_and_drawings_appear(qtbot, mapped: MapTab) -> None:
    texts = {name.text for name, _ in mapped.surface.names_in_view(mapped.surface.area)}
    assert texts & set(WORDS)
    boxes = [box for _, box in mapped.surface.names_in_view(mapped.surface.area)]
    assert not any(one.intersects(other) for one in boxes for other in boxes if one is not other)
    assert all(mapped.surface.area.contains(box) for box in boxes)
    picture = mapped.surface.picture
    assert len(picture.shown)
    qtbot.waitUntil(lambda: len(mapped.surface.thumbs) >= len(picture.shown))


def test_a_name_stands_once_and_whole_where_its_places_are_near_each_other(mapped: MapTab) -> None:
    left, right, bottom, top = mapped.surface.shown
    middle = (bottom + top) / 2
    across = np.linspace(left, right, 9)[1:-1]
    names = [Name("a long name that has two places", x, middle, 9) for x in (across[0], across[3], across[6])]
    mapped.surface.set_names([*names, Name("at the corner", left + 1e-6, top - 1e-6, 5)])
    found = mapped.surface.names_in_view(mapped.surface.area)
    assert [name.text for name, _ in found] == [names[0].text, names[2].text, "at the corner"]
    assert all(mapped.surface.area.contains(box) for _, box in found)


@pytest.mark.parametrize("by", list(CHOICES))
def test_it_can_be_coloured_by_anything(qtbot, mapped: MapTab, by: str) -> None:
    mapped.head.colour_box.setCurrentIndex(mapped.head.colour_box.findData(by))
    settle(qtbot, mapped)
    legend = mapped.head.legend.legend
    assert bool(legend.entries) != bool(legend.bar)
    assert len(mapped._paint.codes) == COUNT and mapped._paint.codes.max() < len(mapped._paint.colours)
    mapped.grab()


def test_the_drawing_under_the_pointer_says_what_it_is(qtbot, mapped: MapTab) -> None:
    row = mapped.surface.drawing_at(mapped.surface.place_of(9))
    QTest.mouseMove(mapped.surface.viewport(), mapped.surface.place_of(9).toPoint())
    assert mapped.surface.pointed_at == row
    said = mapped._about(9)
    assert said == ["cat", "seen as owl", "looks like scribble"]
    mapped.grab()


def test_a_theme_change_paints_anew(qtbot, mapped: MapTab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QDESK_THEME", "dark")
    refresh_theme()
    qtbot.waitUntil(lambda: mapped.surface.picture.scene.ground == (40, 47, 53))
    monkeypatch.setenv("QDESK_THEME", "light")
    refresh_theme()


def test_it_is_saved_as_png_svg_and_page(qtbot, mapped: MapTab, tmp_path: Path) -> None:
    files = {form: tmp_path / f"map.{form}" for form in ("png", "svg", "html")}
    for form, path in files.items():
        mapped.saving.save(form, path, mapped.surface, mapped.maker.table, mapped.maker.map)
    qtbot.waitUntil(lambda: files["html"].exists() and not mapped.saving._writing.busy)
    assert files["png"].read_bytes().startswith(b"\x89PNG")
    svg = files["svg"].read_text(encoding="utf-8")
    assert svg.startswith("<svg") and any(f">{word}</text>" in svg for word in WORDS) and "<path" in svg
    assert not Page(files["html"].read_text(encoding="utf-8")).outside
    mapped.saving.save("png", tmp_path / "nowhere" / "map.png", mapped.surface, mapped.maker.table, mapped.maker.map)
    assert mapped.notice.kind == "bad"
