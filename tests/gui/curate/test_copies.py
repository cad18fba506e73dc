"""Copies on the Curate page: found, shown in groups, thinned out as one step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from qdesk.curation.exports.clean import clean
from qdesk.curation.verdicts.store import Verdicts
from qdesk.curation.view.table import judged
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import current, keys, press
from tests.helpers.scorer import PlainScorer

SHIFT = Qt.KeyboardModifier.ShiftModifier


class Unscored(PlainScorer):
    """A scorer that cannot be had."""

    def stream(self, drawings, stop=lambda: False):
        raise ValueError("no networks")


def write(path: Path, shapes: str, key: str = "{}") -> Path:
    """Write a drawing per letter: the same letter is the same drawing."""
    about = [{"word": "cat", "key_id": key.format(place)} for place in range(len(shapes))]
    drawings = [[[[0, 255, 9, 90], [0, ord(shape) % 256, 80, 7]]] for shape in shapes]
    lines = [json.dumps({**one, "drawing": drawing}) for one, drawing in zip(about, drawings, strict=True)]
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def opened(qtbot, make_page, tmp_path: Path):
    def opened(shapes: str, key: str = "{}") -> CuratePage:
        page = make_page()
        with qtbot.waitSignals([page.opened, page.scored]):
            page.open_files([str(write(tmp_path / "some.ndjson", shapes, key))])
        page.session.sight.pause(0)
        return page

    return opened


def found(qtbot, page: CuratePage) -> CuratePage:
    press(page, "D")
    qtbot.waitUntil(lambda: page.idle)
    page.session.sight.pause(0)
    return page


def thinned(qtbot, page: CuratePage) -> str:
    with qtbot.waitSignal(page.commands.many.ended):
        press(page, "D", modifier=SHIFT)
    return page.notice.text


def proposed(page: CuratePage) -> list[str]:
    return [page.table.names[drawing] for drawing in page.grid._cells.proposals]


def test_groups_stand_together_the_largest_first_and_one_of_each_stays(qtbot, opened, home: Path) -> None:
    page = found(qtbot, opened("abcbaxb"))
    assert keys(page) == ["1", "3", "6", "0", "4"]
    assert page.copies.bar.text.text() == "2 groups of copies: 5 drawings" and page.copies.bar.isVisible()
    assert sorted(proposed(page)) == ["3", "4", "6"] and page.header.sort == "copies" and page.header.copies.isChecked()
    assert thinned(qtbot, page) == "3 drawings flagged as copies."
    assert page.bar.counts == "3 flagged \u00b7 0 kept \u00b7 4 to go" and proposed(page) == []
    with Verdicts(home / "verdicts.db") as store:
        assert {one.identity: (one.reason, one.note, one.facts["copy_of"]) for one in store.all()} == {
            "3": ("copy", "copy of 1", "1"), "4": ("copy", "copy of 0", "0"), "6": ("copy", "copy of 1", "1"),
        }  # fmt: skip
    press(page, "U")
    assert page.bar.counts == "0 flagged \u00b7 0 kept \u00b7 7 to go" and len(proposed(page)) == 3
    press(page, "D", modifier=SHIFT)
    qtbot.waitUntil(lambda: page.idle)
    assert page.bar.counts.startswith("3 flagged")


def test_what_is_kept_stays_instead_of_the_first_and_verdicts_are_left(qtbot, opened) -> None:
    page = found(qtbot, opened("aaabbb"))
    page.session.sight.go(1)
    press(page, "K")
    page.session.sight.go(3)
    press(page, "1")
    assert sorted(proposed(page)) == ["0", "2", "5"]
    assert thinned(qtbot, page) == "3 drawings flagged as copies."
    assert [page.table.verdicts[row] for row in range(6)] == ["copy", "keep", "copy", "scribble", "", "copy"]
    press(page, "D", modifier=SHIFT)
    assert page.notice.text == "Nothing to flag: one of each is left."
    assert page.copies.bar.hint.text() == "One of each is left; nothing more to flag."


@pytest.mark.parametrize("way", ["key", "button", "escape"])
def test_leaving_shows_all_in_the_order_before(qtbot, opened, way: str) -> None:
    page = opened("aab")
    page.session.sort("file")
    found(qtbot, page)
    if way == "key":
        press(page, "D")
    elif way == "button":
        QTest.mouseClick(page.copies.bar.leave, Qt.MouseButton.LeftButton)
    else:
        press(page, Qt.Key.Key_Escape)
    assert keys(page) == ["0", "1", "2"] and page.header.sort == "file" and proposed(page) == []
    assert not page.copies.bar.isVisible() and not page.header.copies.isChecked()


def test_where_there_are_none_it_says_so(qtbot, opened) -> None:
    page = found(qtbot, opened("abc"))
    assert page.notice.text == "There are no copies." and len(keys(page)) == 3 and not page.copies.bar.isVisible()
    press(page, "D", modifier=SHIFT)
    assert page.notice.text.startswith("Find the copies first (D)")


def test_a_drawing_that_is_there_twice_by_its_key_is_flagged_once_and_stays_once(
    qtbot, opened, home: Path, tmp_path: Path
) -> None:
    page = found(qtbot, opened("aa", key="7"))
    assert proposed(page) == ["7"] and "1 has the key of its copy" in page.copies.bar.hint.text()
    assert thinned(qtbot, page) == "1 drawing flagged as a copy."
    assert [page.table.verdicts[row] for row in range(2)] == ["copy", "copy"]
    with Verdicts(home / "verdicts.db") as store:
        assert store.get("7").facts["copy_of"] == "7"
        done = clean(tmp_path / "some.ndjson", tmp_path / "clean.ndjson", store)
    assert (done.kept, done.dropped) == (1, 1)


def test_copies_are_no_junk(qtbot, opened) -> None:
    page = found(qtbot, opened("abcbaxb"))
    thinned(qtbot, page)
    qtbot.waitUntil(lambda: "among the 4 that you have not judged" in page.bar.junk)
    now = judged(page.table)
    assert not len(now.junk) and not len(now.kept) and now.copies.tolist() == now.flagged.tolist() == [3, 4, 6]


def test_without_scores_exact_ones_are_found(qtbot, make_page, tmp_path: Path) -> None:
    page = make_page(Unscored)
    with qtbot.waitSignals([page.opened, page.scored]):
        page.open_files([str(write(tmp_path / "some.ndjson", "aab"))])
    found(qtbot, page)
    assert page.notice.text == "Near copies are known of drawings that are scored: 0 of 3."
    assert keys(page) == ["0", "1"]


def test_other_files_end_it(qtbot, opened, tmp_path: Path) -> None:
    page = found(qtbot, opened("aab"))
    with qtbot.waitSignals([page.opened, page.scored]):
        page.open_files([str(write(tmp_path / "others.ndjson", "xyz"))])
    assert not page.copies.on and not page.copies.bar.isVisible() and len(keys(page)) == 3
    assert page.header.sort == "junk"


def test_a_search_can_be_given_up(qtbot, opened) -> None:
    page = opened("aab")
    press(page, "D")
    assert page.copies.busy and page.copies.bar.work.text == "Looking for copies among 3 drawings"
    page.copies.bar.work.stop_asked.emit()
    assert not page.copies.busy and not page.copies.bar.isVisible() and current(page)
    qtbot.waitUntil(lambda: page.idle)
    assert len(keys(page)) == 3
