"""The tab Search by picture, with a classifier whose answers the test sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from qdesk.curation.view.table import Table
from qdesk.data.drawings import Drawings
from qdesk.gui.explore import search_worker
from qdesk.gui.explore.search_tab import SearchTab, pixels_of
from qdesk.gui.kit.open_set import OpenSet
from tests.helpers.drawings import shapes
from tests.helpers.pictures import drawn, saved

COUNT = 8


def embedding(angle: float) -> np.ndarray:
    vector = np.zeros(64)
    vector[:2] = np.cos(angle), np.sin(angle)
    return np.rint(127 * vector).astype(np.int8)


class Looker:
    """A classifier to which anything looks like drawing 0 of the table."""

    words = ("circle", "zigzag", "cat", "owl", "star")

    def read(self, drawings: Drawings) -> tuple[np.ndarray, np.ndarray]:
        probabilities = np.tile(np.array([[0.6, 0.2, 0.1, 0.06, 0.04]]), (len(drawings), 1))
        return probabilities, np.tile(embedding(0), (len(drawings), 1))


class FakeSearcher(search_worker.Searcher):
    def __init__(self) -> None:
        self.guesser = Looker()
        self._source, self._read = None, (None, None, "")


@pytest.fixture
def table() -> Table:
    """Eight drawings, each a little less like the first; all scored."""
    drawings = Drawings.concat([shapes("circle", COUNT // 2), shapes("zigzag", COUNT // 2)])
    made = table_of(drawings)
    score(made, range(COUNT))
    return made


def table_of(drawings: Drawings) -> Table:
    return Table(drawings, [f"k{row}" for row in range(len(drawings))])


def score(table: Table, rows: range) -> None:
    table.add_scores(np.array(rows), {"embedding": np.array([embedding(0.1 * row) for row in rows])})


@pytest.fixture
def open_set() -> OpenSet:
    return OpenSet()


@pytest.fixture
def tab(qtbot, monkeypatch, open_set) -> SearchTab:
    monkeypatch.setattr("qdesk.gui.explore.search_tab.Searcher", FakeSearcher)
    made = SearchTab()
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.use(open_set)
    made.show()
    made.shown()
    yield made
    made.shutdown()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "house.png"
    path.write_bytes(saved(drawn()))
    return path


def found(tab: SearchTab) -> list[int]:
    return list(tab.results.grid.rows) if tab.answer is not None and tab.answer.found is not None else []


def test_without_drawings_it_offers_to_open_some(tab, qtbot, open_set):
    assert tab.empty.isVisible()
    with qtbot.waitSignal(open_set.open_asked) as asked:
        tab.empty.open.click()
    assert asked.args == [[]]
    with qtbot.waitSignal(open_set.open_asked) as asked:
        tab.empty.starter.click()
    assert asked.args[0][0].endswith("starter.ndjson.gz")


def test_a_picture_finds_the_most_similar(tab, qtbot, open_set, table, picture):
    open_set.put(table)
    assert not tab.empty.isVisible() and tab.results.hint.text().startswith("Draw, drop")
    tab.files_dropped([str(picture)])
    qtbot.waitUntil(lambda: len(found(tab)) == COUNT)
    assert found(tab) == list(range(COUNT))
    assert tab.results.sentence.text() == "The nearest of 8 is 1.00 alike." and tab.results.sign.isHidden()
    assert tab.panel.said.text().startswith("Understood as: dark on light; ")
    assert tab.panel.guesses.accessibleName() == "What it sees: circle 60 %, zigzag 20 %, cat 10 %, owl 6 %"
    assert [chip.row for chip in tab.panel.liked.chips] == [-1]
    assert tab.panel.views.isVisible()


def test_a_click_asks_for_more_and_a_right_click_for_less(tab, qtbot, open_set, table, picture):
    open_set.put(table)
    tab.files_dropped([str(picture)])
    qtbot.waitUntil(lambda: len(found(tab)) == COUNT)
    QTest.mouseClick(tab.results.grid, Qt.MouseButton.LeftButton, pos=tab.results.grid.cell(5).center().toPoint())
    qtbot.waitUntil(lambda: len(found(tab)) == COUNT - 1)
    assert tab.liked == [5] and 5 not in found(tab) and found(tab)[0] in (2, 3)
    first = found(tab)[0]
    QTest.mouseClick(tab.results.grid, Qt.MouseButton.RightButton, pos=tab.results.grid.cell(0).center().toPoint())
    qtbot.waitUntil(lambda: len(found(tab)) == COUNT - 2)
    assert tab.disliked == [first]
    assert [chip.row for chip in tab.panel.liked.chips] == [-1, 5]
    tab.panel.liked.chips[0].away.click()
    qtbot.waitUntil(lambda: tab.panel.canvas.isVisible())
    assert [chip.row for chip in tab.panel.liked.chips] == [5]
    tab.panel.liked.chips[0].away.click()
    assert found(tab) == [] or not tab.results.show_in_curate.isEnabled()


def test_the_keys_do_the_same(tab, qtbot, open_set, table, picture):
    open_set.put(table)
    tab.files_dropped([str(picture)])
    qtbot.waitUntil(lambda: len(found(tab)) == COUNT)
    QTest.keyClick(tab.results.grid, Qt.Key.Key_Right)
    assert tab.results.grid.current == 1 and "alike" in tab.results.grid.accessibleDescription()
    QTest.keyClick(tab.results.grid, Qt.Key.Key_Minus)
    assert tab.disliked == [1]
    qtbot.waitUntil(lambda: len(found(tab)) == COUNT - 1)
    QTest.keyClick(tab.results.grid, Qt.Key.Key_Return)
    assert len(tab.liked) == 1


def test_what_is_drawn_is_searched_for_as_it_is_drawn(tab, qtbot, open_set, table):
    open_set.put(table)
    QTest.mousePress(tab.panel.canvas, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    for step in range(1, 6):
        QTest.mouseMove(tab.panel.canvas, QPoint(20 + 10 * step, 20 + 5 * step))
    qtbot.waitUntil(lambda: len(found(tab)) == COUNT)  # while the pen is down
    QTest.mouseRelease(tab.panel.canvas, Qt.MouseButton.LeftButton, pos=QPoint(70, 45))
    assert tab.panel.liked.chips and not tab.panel.hint.isVisible()
    tab.panel.clear.click()
    assert not tab.panel.liked.chips and tab.panel.hint.isVisible() and tab.panel.canvas.empty
    assert not tab.results.save.isEnabled()


def test_a_picture_is_pasted(tab, qtbot, open_set, table):
    open_set.put(table)
    pixels = drawn()
    image = QImage(pixels.tobytes(), 300, 300, 900, QImage.Format.Format_RGB888).copy()
    QGuiApplication.clipboard().setImage(image)
    tab.paste()
    qtbot.waitUntil(lambda: len(found(tab)) == COUNT)
    assert np.array_equal(pixels_of(image)[..., :3], pixels)
    QGuiApplication.clipboard().setText("words")
    tab.paste()
    assert tab.notice.text == "There is no picture in the clipboard."


def test_a_picture_with_nothing_in_it_is_a_sentence(tab, qtbot, open_set, table, tmp_path):
    open_set.put(table)
    (tmp_path / "white.png").write_bytes(saved(np.full((60, 60, 3), 255, np.uint8)))
    tab.files_dropped([str(tmp_path / "white.png")])
    qtbot.waitUntil(lambda: bool(tab.notice.text))
    assert "There is nothing in this picture" in tab.notice.text
    assert tab.panel.canvas.isVisible() and not tab.panel.liked.chips
    tab.files_dropped([str(tmp_path / "gone.png")])
    assert "No such file" in tab.notice.text


def test_drawings_that_are_dropped_are_opened(tab, qtbot, open_set, tmp_path):
    path = tmp_path / "some.ndjson"
    path.write_text("{}\n")
    with qtbot.waitSignal(open_set.open_asked) as asked:
        tab.files_dropped([str(path)])
    assert asked.args == [[str(path)]]


def test_what_is_not_scored_yet_is_searched_as_scoring_goes_on(tab, qtbot, open_set, picture):
    table = table_of(shapes("circle", COUNT))
    open_set.put(table)
    tab.files_dropped([str(picture)])
    qtbot.waitUntil(lambda: tab.answer is not None)
    assert "not scored yet" in tab.results.hint.text() and not tab.results.save.isEnabled()
    score(table, range(3))
    open_set.scored.emit()
    qtbot.waitUntil(lambda: len(found(tab)) == 3)
    assert tab.results.sentence.text() == "The nearest of 3 is 1.00 alike. 5 are not scored yet."


def test_it_says_when_nothing_is_near(tab, qtbot, open_set, table, picture):
    table.add_scores(np.arange(COUNT), {"embedding": np.tile(embedding(1.4), (COUNT, 1))})
    open_set.put(table)
    tab.files_dropped([str(picture)])
    qtbot.waitUntil(lambda: len(found(tab)) == COUNT)
    assert tab.results.sentence.text().startswith("Nothing is near: ") and tab.results.sign.isVisible()


def test_what_was_found_is_shown_in_curate_and_saved(tab, qtbot, open_set, table, picture, tmp_path):
    open_set.put(table)
    tab.files_dropped([str(picture)])
    qtbot.waitUntil(lambda: len(found(tab)) == COUNT)
    with qtbot.waitSignal(open_set.choice_asked) as asked:
        tab.results.show_in_curate.click()
    assert asked.args[0].all() and asked.args[1] == "like house.png"
    for name in ("found.csv", "found.png"):
        tab.results.save_to(tmp_path / name)
        qtbot.waitUntil(lambda name=name: tab.notice.text == f"Saved as {name}.")
        assert (tmp_path / name).stat().st_size > 100


def test_other_drawings_begin_anew_with_the_same_picture(tab, qtbot, open_set, table, picture):
    open_set.put(table)
    tab.files_dropped([str(picture)])
    qtbot.waitUntil(lambda: len(found(tab)) == COUNT)
    tab.like(3)
    other = table_of(shapes("zigzag", 3))
    score(other, range(3))
    open_set.put(other)
    assert tab.liked == []
    qtbot.waitUntil(lambda: len(found(tab)) == 3)
    open_set.put(None)
    assert tab.empty.isVisible()


def test_bitmaps_are_shown_too(tab, qtbot, open_set, picture):
    table = table_of(Drawings.from_bitmaps(np.random.default_rng(0).integers(0, 256, (4, 28, 28), np.uint8)))
    score(table, range(4))
    open_set.put(table)
    tab.files_dropped([str(picture)])
    qtbot.waitUntil(lambda: len(found(tab)) == 4)
    tab.results.grid.grab()
    tab.like(2)
    assert tab.panel.liked.chips


def test_every_way_to_look_at_a_picture_is_painted(tab, qtbot, open_set, table, picture):
    open_set.put(table)
    tab.files_dropped([str(picture)])
    qtbot.waitUntil(lambda: len(found(tab)) == COUNT)
    seen = set()
    for name in ("picture", "ink", "strokes"):
        tab.panel.views.buttons[name].click()
        seen.add(bytes(tab.panel.card.grab().toImage().constBits()))
    assert len(seen) == 3
