from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from qdesk.gui.curate.page import CuratePage
from tests.helpers.drawings import write_cats
from tests.helpers.scorer import Chunk, PlainScorer


class Judge(PlainScorer):
    """A scorer that remembers as what each drawing was judged: by its row, the word."""

    def __init__(self) -> None:
        super().__init__()
        self.judged: dict[int, str | None] = {}

    def stream(self, drawings, stop=lambda: False):
        chunk: Chunk
        for chunk in super().stream(drawings, stop):
            rows, words = drawings.column("row")[chunk.indices], drawings.words[chunk.indices]
            self.judged |= dict(zip(rows.tolist(), words.tolist(), strict=True))
            yield chunk


def write(path: Path, words: list[str | None]) -> Path:
    lines = [{"word": word, "drawing": [[[0, 9, 255], [0, 255, number]]]} for number, word in enumerate(words)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture
def judge() -> Judge:
    return Judge()


@pytest.fixture
def open_file(qtbot, make_page, judge):
    def opened(file: Path) -> CuratePage:
        page = make_page(lambda: judge)
        with qtbot.waitSignal(page.scored):
            page.open_files([str(file)])
        return page

    return opened


def test_drawings_without_a_word_are_asked_about_and_scored_with_the_answer(qtbot, open_file, judge, tmp_path) -> None:
    page = open_file(write(tmp_path / "some.ndjson", [None, "", "Cat", None]))
    bar = page.what_are_these
    assert bar.isVisible() and bar.text.text() == "What are these? 3 of 4 drawings have no word."
    assert judge.judged == {0: None, 1: "", 2: "Cat", 3: None} and page.table.scored.all()  # nothing has waited
    assert not bar.use.isEnabled()
    bar.field.setText("The_HOUSE")
    assert bar.use.isEnabled()
    with qtbot.waitSignal(page.scored):
        bar.use.click()
    assert bar.isHidden() and page.notice.text == "3 drawings are taken for “house” now."
    assert judge.judged == {0: "house", 1: "house", 2: "Cat", 3: "house"}
    assert page.table.scored.all() and page.table.facets.counts["word"] == {"house": 3, "cat": 1, "": 0}
    assert page.table.drawings.words.tolist() == ["house", "house", "Cat", "house"]


def test_how_many_are_junk_is_counted_anew(qtbot, open_file, tmp_path) -> None:
    page = open_file(write(tmp_path / "some.ndjson", [None, None]))
    said: list[str] = []
    page.junk_count.said.connect(said.append)
    page.what_are_these.field.setText("cat")
    with qtbot.waitSignal(page.scored):
        page.what_are_these.use.click()
    qtbot.waitUntil(lambda: any(said))
    assert "" in said  # while they are scored again, it is not known


def test_an_answer_can_be_changed(qtbot, open_file, judge, tmp_path) -> None:
    page = open_file(write(tmp_path / "some.ndjson", [None, None]))
    bar = page.what_are_these
    for word in ("cat", "pig"):
        bar.field.setText(word)
        with qtbot.waitSignal(page.scored):
            QTest.keyClick(bar.field, Qt.Key.Key_Return)
        page.notice.act.click()
        assert bar.isVisible() and bar.field.text() == ""
    assert set(judge.judged.values()) == {"pig"}


def test_a_word_that_is_unknown_is_no_answer(open_file, judge, tmp_path) -> None:
    page = open_file(write(tmp_path / "some.ndjson", [None]))
    bar = page.what_are_these
    assert bar.text.text() == "What are these? The drawings have no word."
    bar.field.setText("hous")
    assert not bar.use.isEnabled()
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.isVisible() and "no word “hous”. Did you mean house" in bar.text.text()
    assert judge.judged == {0: None}


def test_the_question_can_be_left_out(open_file, tmp_path) -> None:
    page = open_file(write(tmp_path / "some.ndjson", [None]))
    page.what_are_these.leave.click()
    assert page.what_are_these.isHidden() and page.table.words[0] == ""
    assert page.grid.hasFocus()


def test_a_guess_from_the_name_is_shown_as_a_guess(qtbot, open_file, judge, tmp_path) -> None:
    page = open_file(write(tmp_path / "alarm-clock (copy).ndjson", [None, None]))
    bar = page.what_are_these
    assert bar.text.text() == (
        "alarm-clock (copy).ndjson says no word: taken for “alarm clock”, by the name. Something else?"
    )
    assert set(judge.judged.values()) == {"alarm clock"} and not page.notice.text.startswith("Alarm")
    bar.field.setText("clock")
    with qtbot.waitSignal(page.scored):
        bar.use.click()
    assert set(judge.judged.values()) == {"clock"}


def test_guesses_of_several_words_are_told(qtbot, make_page, tmp_path) -> None:
    page = make_page()
    files = [write(tmp_path / "cat-1.ndjson", [None]), write(tmp_path / "pig.ndjson", [None])]
    with qtbot.waitSignal(page.scored):
        page.open_files([str(file) for file in files])
    assert page.what_are_these.isHidden()
    assert page.notice.text == "2 files say no word; by their names their drawings are taken for cat, pig."


def test_words_that_are_unknown_are_named_and_spellings_are_one(open_file, tmp_path) -> None:
    page = open_file(write(tmp_path / "some.ndjson", ["House", "house", "HOUSE ", "unicorn", "Unicorn", "Haus"]))
    assert page.what_are_these.isHidden()
    assert page.notice.text == "3 drawings are of words the networks do not know: unicorn, Haus."
    assert page.table.facets.counts["word"] == {"house": 3, "unicorn": 2, "Haus": 1, "": 0}
    assert page.table.drawings[2].word == "HOUSE "  # the file's own spelling stays
    page.filters.search.setText("un i-corn")
    page.filters.search.entered.emit()
    assert sorted(page.table.order.tolist()) == [3, 4]


def test_unknown_words_are_named_also_where_some_drawings_have_no_word(open_file, tmp_path) -> None:
    page = open_file(write(tmp_path / "some.ndjson", ["cat", None, "unicorn", "Haus"]))
    assert page.what_are_these.isVisible() and page.what_are_these.text.text().startswith("What are these?")
    assert page.notice.text == "2 drawings are of words the networks do not know: unicorn, Haus."


def test_unknown_words_and_guessed_words_stand_in_one_notice(page, qtbot, tmp_path) -> None:
    files = [write(tmp_path / "cat.ndjson", [None]), write(tmp_path / "pig.ndjson", [None])]
    files.append(write(tmp_path / "odd.ndjson", ["unicorn", None]))
    with qtbot.waitSignal(page.scored):
        page.open_files([str(file) for file in files])
    assert page.what_are_these.isVisible()
    assert "do not know: unicorn. " in page.notice.text and "taken for cat, pig" in page.notice.text


def test_nothing_is_asked_of_drawings_with_words_nor_after_closing(open_file, qtbot, tmp_path) -> None:
    page = open_file(write(tmp_path / "some.ndjson", [None]))
    page.close_files()
    assert page.what_are_these.isHidden()
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "cats.ndjson"))])
    assert page.what_are_these.isHidden() and not np.isnan(page.table.numbers["junk"]).any()
