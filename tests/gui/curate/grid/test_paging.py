from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from qdesk.gui.curate.grid import paging
from qdesk.gui.curate.grid.grid import Grid
from qdesk.gui.curate.grid.paging import Paging, PagingBar
from tests.helpers.grid import seen, shown_grid
from tests.helpers.loop import settle

COUNT = 100


@pytest.fixture
def make(qtbot, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Paging, Grid]]:
    monkeypatch.setattr(paging, "PAUSE_S", 0.0)

    def made(count: int = COUNT, writes: bool = True) -> tuple[Paging, Grid]:
        grid = shown_grid(qtbot, count)
        one = Paging(grid.model(), grid, grid)
        qtbot.addWidget(one.bar)

        def write(decided: dict[int, str]) -> None:
            grid.model().session.order.set_verdicts({f"k{drawing}": reason for drawing, reason in decided.items()})

        if writes:
            one.decided.connect(write)
        one.bar.which.setCurrentIndex(one.bar.which.findData("all"))
        grid.model().session.set_pace("page")
        one.start()
        return one, grid

    return made


def press(grid: Grid, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(grid, key)


def click(grid: Grid, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    place = grid.visualRect(grid.model().index(row)).center()
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def test_a_page_is_what_fits(make) -> None:
    one, grid = make()
    assert not grid.verticalScrollBar().isVisible() and grid.verticalScrollBar().maximum() == 0
    assert list(one.proposals()) == seen(grid) == list(range(99, 99 - len(grid.page_rows), -1))
    last = grid.visualRect(grid.model().index(grid.page_rows[-1]))
    assert grid.viewport().rect().contains(last)
    assert last.bottom() + grid.cell.height() > grid.viewport().height()  # and one line more would not


def test_a_sentence_that_comes_below_makes_no_other_page(make) -> None:
    _one, grid = make()
    for height in range(500, 900, 20):  # whatever the cells' height leaves over
        grid.resize(800, height)
        before = grid.page_rows
        grid.resize(800, height - 40)
        assert grid.page_rows == before and grid.viewport().rect().contains(grid.place(before[-1]))
        grid.resize(800, height)
        assert grid.page_rows == before
    grid.resize(800, 300)
    assert grid.page_rows.stop < before.stop


def test_everything_is_bad_for_the_reason_suggested_or_the_one_chosen(make) -> None:
    one, _ = make()
    expected = {99: "scribble", 98: "other", 97: "other", 96: "scribble"}  # suggested: scribble, nothing, unusual
    assert {drawing: one.proposals()[drawing] for drawing in expected} == expected
    one.bar.reason.setCurrentText("wrong")
    assert one.proposals()[98] == "wrong" and one.proposals()[99] == "scribble"


def test_by_default_only_what_the_order_is_sure_of_is_flagged(qtbot, make) -> None:
    one, _ = make()
    one.bar.which.setCurrentIndex(0)
    expected = {99: "scribble", 98: "keep", 97: "keep", 96: "scribble"}  # suggested: scribble, nothing, unusual
    assert {drawing: one.proposals()[drawing] for drawing in expected} == expected
    fresh = PagingBar()
    qtbot.addWidget(fresh)
    assert fresh.which.currentData() == "suspicious"


def test_an_undone_page_has_again_what_was_set_by_hand(make) -> None:
    one, grid = make(6)
    click(grid, 1)
    before = one.proposals()
    assert before[4] == "keep"
    one.decide()
    grid.model().session.order.set_verdicts({f"k{drawing}": "" for drawing in range(6)})  # undone
    assert one.proposals() == before
    grid.model().session.order.set_verdicts({"k4": "wrong"})  # decided otherwise: what was set by hand before is past
    assert 4 not in one.proposals()


def test_a_click_and_space_toggle_between_the_proposal_and_keep(make) -> None:
    one, grid = make()
    click(grid, 0)
    assert one.proposals()[99] == "keep"
    press(grid, Qt.Key.Key_Space)
    assert one.proposals()[99] == "scribble"
    press(grid, Qt.Key.Key_Right, Qt.Key.Key_Space)
    assert one.proposals()[98] == "keep"
    click(grid, 3, Qt.KeyboardModifier.ControlModifier)  # that selects
    assert one.proposals()[96] == "scribble"
    one.propose("graffiti")
    assert one.proposals()[98] == one.proposals()[96] == "graffiti"
    one.toggle()
    one.toggle()
    assert one.proposals()[98] == "other" and one.proposals()[96] == "scribble"
    one.propose("wrong")
    one.flag()
    assert one.proposals()[98] == "other" and one.proposals()[96] == "scribble"


def test_the_words_say_what_enter_does(make) -> None:
    one, grid = make(3)
    assert one.page_text == "3 drawings: 1 scribble, 2 other. Enter decides them all and moves on."
    assert f"{one.bar.text.text()} {one.bar.hint.text()}" == one.page_text and one.bar.decide.text() == "Flag 3"
    click(grid, 0)
    assert one.bar.text.text() == "3 drawings: 1 scribble, 1 other, 1 keep."
    assert one.bar.decide.text() == "Flag 2, keep 1"
    grid.model().session.order.set_verdicts({"k2": "keep", "k1": "wrong"})
    assert one.page_text == "1 drawing: 1 scribble. Enter decides it and moves on. 2 more have a verdict already."
    press(grid, Qt.Key.Key_Return)
    assert one.page_text == "3 drawings, all decided. Enter moves on." and one.bar.decide.text() == "Move on"


def test_enter_decides_the_page_as_one_and_the_next_undecided_come(make) -> None:
    one, grid = make()
    table, size = grid.model().table, len(grid.page_rows)
    steps: list[dict[int, str]] = []
    one.decided.connect(steps.append)
    click(grid, 1)
    assert not any(table.verdicts.codes)  # nothing is written before
    table.verdicts.put(range(99 - size - 2, 99 - size + 1), ["wrong"])  # the first three of the next page
    press(grid, Qt.Key.Key_Return)
    assert (
        len(steps) == 1 and len(steps[0]) == size and table.verdicts[98] == "keep" and table.verdicts[99] == "scribble"
    )
    assert seen(grid)[0] == grid.current == 99 - size - 3
    press(grid, Qt.Key.Key_Backspace)
    assert seen(grid)[-1] == 99 - size - 2 and not set(one.proposals()) & {99, 98}
    press(grid, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp)
    assert seen(grid)[0] == 99 and len(steps) == 1
    press(grid, Qt.Key.Key_Enter)  # nothing to decide here: on to what is left
    assert len(steps) == 1 and seen(grid)[0] == 99 - size - 3


def test_a_verdict_can_be_changed_by_hand_alone(make) -> None:
    one, grid = make(6)
    grid.model().session.order.set_verdicts({"k5": "keep", "k4": "wrong"})
    assert set(one.proposals()) == {0, 1, 2, 3}
    click(grid, 0)
    click(grid, 1)
    assert one.proposals()[5] == "other" and one.proposals()[4] == "keep"
    press(grid, Qt.Key.Key_Space)
    assert 4 not in one.proposals()
    press(grid, Qt.Key.Key_Return)
    assert grid.model().table.verdicts[5] == "other"


def test_the_bar_shows_all_its_words_where_there_is_little_room(make) -> None:
    one, _ = make()
    one.bar.show()
    for width in (380, 640, 900):
        one.bar.resize(width, one.bar.sizeHint().height())
        settle()
        assert one.bar.decide.width() >= one.bar.decide.sizeHint().width()
        assert one.bar.decide.geometry().right() < width
        assert one.bar.hint.width() >= one.bar.hint.sizeHint().width() or width == 900


def test_what_was_said_by_hand_outlives_a_resize_and_the_way_back(make) -> None:
    one, grid = make()
    last = grid.page_rows[-1]
    click(grid, last)
    one.propose("graffiti")
    grid.resize(500, 300)
    assert len(grid.page_rows) < last and 99 - last not in one.proposals()
    grid.resize(800, 600)
    assert one.proposals()[99 - last] == "graffiti"
    session = grid.model().session
    session.set_pace("grid")
    one.stop()
    assert grid.verticalScrollBar().maximum() > 0 and one.bar.isHidden() and not grid._cells.proposals
    session.set_pace("page")
    one.start()
    assert one.proposals()[99 - last] == "graffiti"


def test_what_could_not_be_written_is_proposed_again(make) -> None:
    one, grid = make(writes=False)
    click(grid, 0)
    proposed = one.proposals()
    press(grid, Qt.Key.Key_Return)
    assert one.proposals() == proposed and grid.page_rows.start == 0


def test_enter_for_a_page_that_has_just_gone_is_not_heard(make, monkeypatch: pytest.MonkeyPatch) -> None:
    one, grid = make()
    monkeypatch.setattr(paging, "PAUSE_S", 60.0)
    grid.model().session.order.rearrange(reverse=True)
    press(grid, Qt.Key.Key_Return)
    assert not any(grid.model().table.verdicts.codes)


def test_the_page_stays_on_its_first_drawing_while_rows_move(make) -> None:
    one, grid = make()
    press(grid, Qt.Key.Key_PageDown)
    grid.touch()
    first = seen(grid)[0]
    grid.model().session.order.rearrange(reverse=True)
    assert seen(grid)[0] == first


def test_all_is_the_page(make) -> None:
    one, grid = make()
    grid.selectAll()
    assert grid.selected() == list(one.proposals())
    press(grid, Qt.Key.Key_End)
    assert grid.currentIndex().row() == grid.page_rows[-1]
    press(grid, Qt.Key.Key_Down, Qt.Key.Key_Right)
    assert grid.currentIndex().row() == grid.page_rows[-1] and grid.page_rows.start == 0
