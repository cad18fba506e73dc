"""The form of a new experiment: words found in the background, a name, and what keeps it from starting."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from qdesk.formats import write_drawings
from qdesk.gui.lab.form import Form, Plan
from qdesk.gui.lab.words import WordList
from tests.helpers import lab
from tests.helpers.drawings import shapes, write_shapes

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def form(qtbot) -> Form:
    made = Form()
    qtbot.addWidget(made, before_close_func=Form.close_work)
    made.resize(900, 700)
    made.show()
    return made


@pytest.fixture
def filled(qtbot, form: Form, tmp_path: Path) -> Form:
    """Twelve circles and twelve zigzags in two files each, and what is not to be read."""
    folder = write_shapes(tmp_path / "mine", 7)
    (folder / "more").mkdir()
    for word in ("circle", "zigzag"):
        write_drawings(shapes(word, 5), folder / "more" / f"{word}.bin")
    (folder / "notes.txt").write_text("no drawing")
    (folder / "broken.ndjson").write_text("no drawing either\n")
    form.set_places([str(folder)])
    qtbot.waitUntil(lambda: not form.finder.busy)
    return form


def planned(form: Form) -> Plan:
    plans: list[Plan] = []
    form.started.connect(plans.append)
    form.start.click()
    return plans[0]


def test_words_and_their_drawings_are_counted(filled: Form) -> None:
    assert filled.words.counts == {"circle": 12, "zigzag": 12}
    assert filled.words.summary.text().replace("\N{NO-BREAK SPACE}", " ") == "2 of 2 words chosen: 24 drawings"
    assert filled.start.isEnabled()
    filled.grab()


def test_the_plan_is_what_was_filled_in(filled: Form) -> None:
    plan = planned(filled)
    assert (plan.name, plan.kind, plan.words) == ("circle-zigzag", "classifier", None)
    assert plan.options == {"minutes": 10, "seed": 0}
    filled.kinds["sketchrnn"].click()
    filled.words.choose(["zigzag"])
    filled.early.setChecked(True)
    filled.patience.setValue(3)
    filled.minutes.setValue(90)
    filled.more.click()
    filled.seed.setValue(5)
    plan = planned(filled)
    assert (plan.name, plan.kind, plan.words) == ("zigzag", "sketchrnn", ["zigzag"])
    assert plan.options == {"minutes": 90, "seed": 5, "patience": 3}


def test_what_keeps_it_from_starting_is_said(form: Form, filled: Form) -> None:
    filled.words.choose(["circle"])
    assert "two words or more" in filled.note.text() and not filled.start.isEnabled()
    filled.kinds["sketchrnn"].click()
    assert filled.start.isEnabled()
    for name in ("", "a/b", ".hidden"):
        filled.name.setText(name)
        filled.name.textEdited.emit(name)
        assert filled.start.isEnabled() == (not name)  # without a name there is one from the words
    lab.write_run("taken")
    QTest.keyClicks(filled.name, "x")
    filled.name.selectAll()
    QTest.keyClicks(filled.name, "taken")
    assert "already" in filled.note.text() and not filled.start.isEnabled()
    filled.set_places([])
    assert filled.note.text() == "Choose a folder of drawings first."


def test_a_word_with_few_drawings_is_named(qtbot, form: Form, tmp_path: Path) -> None:
    folder = write_shapes(tmp_path / "mine", 20)
    write_drawings(shapes("zigzag", 3), folder / "zigzag.ndjson")
    form.set_places([str(folder)])
    qtbot.waitUntil(lambda: not form.finder.busy)
    assert form.note.text().endswith("Fewer than 20 of zigzag: too few to test on.") and form.start.isEnabled()


def test_a_name_typed_stays(filled: Form) -> None:
    filled.name.selectAll()
    QTest.keyClicks(filled.name, "mine")
    filled.words.choose(["circle"])
    assert filled.name.text() == "mine"
    filled.begin()
    assert filled.name.text() == "circle"


def test_a_name_from_the_words_is_a_new_one(filled: Form) -> None:
    lab.write_run("circle-zigzag")
    filled.begin()
    assert filled.name.text() == "circle-zigzag 2"


def test_a_folder_without_drawings_is_a_sentence(qtbot, form: Form, tmp_path: Path) -> None:
    form.set_places([str(tmp_path)])
    qtbot.waitUntil(lambda: not form.finder.busy)
    assert form.trouble.isVisible() and "no drawing" in form.trouble.text() and not form.start.isEnabled()


def test_folders_are_added_and_taken_off(qtbot, filled: Form, tmp_path: Path) -> None:
    write_drawings(shapes("zigzag", 4), tmp_path / "zigzag.ndjson")
    filled.add_places([str(tmp_path / "zigzag.ndjson"), filled.places[0]])
    qtbot.waitUntil(lambda: not filled.finder.busy)
    assert len(filled.places) == 2 and filled.words.counts["zigzag"] == 16
    filled.set_places(filled.places[1:])
    qtbot.waitUntil(lambda: not filled.finder.busy)
    assert filled.words.counts == {"zigzag": 4}


def test_a_folder_taken_off_leaves_the_keyboard_in_its_place(filled: Form) -> None:
    row = filled._place_rows.itemAt(0).widget()
    row.findChild(QPushButton).click()
    assert filled.places == [] and filled.focusWidget() is filled.folder


def test_the_last_question_is_the_one_answered(qtbot, filled: Form, tmp_path: Path) -> None:
    write_drawings(shapes("zigzag", 4), tmp_path / "zigzag.ndjson")
    folder = filled.places[0]
    for place in (folder, str(tmp_path / "zigzag.ndjson"), folder, str(tmp_path / "zigzag.ndjson")):
        filled.set_places([place])
    qtbot.waitUntil(lambda: not filled.finder.busy)
    assert filled.words.words == ["zigzag"]


# The list of words


@pytest.fixture
def words(qtbot) -> WordList:
    made = WordList()
    qtbot.addWidget(made)
    made.show()
    made.add(["cat", "car", "dog"])
    return made


def test_words_are_in_the_order_of_a_dictionary(words: WordList) -> None:
    words.add(["The Mona Lisa", "telephone", "zebra"])
    assert words.words == ["car", "cat", "dog", "telephone", "The Mona Lisa", "zebra"]


def test_a_search_and_all_and_none(words: WordList) -> None:
    assert words.words == words.chosen == ["car", "cat", "dog"]
    QTest.keyClicks(words.search, "CA")
    words.none.click()
    assert words.chosen == ["dog"]
    words.search.clear()
    assert not any(words.list.item(row).isHidden() for row in range(3))
    words.all.click()
    assert len(words.chosen) == 3


def test_space_ticks_a_word(words: WordList) -> None:
    words.list.setCurrentRow(1)
    QTest.keyClick(words.list, Qt.Key.Key_Space)
    assert words.chosen == ["car", "dog"]
    QTest.keyClick(words.list, Qt.Key.Key_Space)
    assert len(words.chosen) == 3


def test_what_was_promised_and_is_not_there_goes(words: WordList) -> None:
    from collections import Counter

    words.choose(["dog"])
    words.set_counts(Counter(dog=4, owl=2))
    assert words.words == ["car", "cat", "dog", "owl"] and words.drawings == 6
    words.set_counts(Counter(dog=4, owl=2), final=True)
    assert words.words == ["dog", "owl"]
    assert words.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole) == "dog, 4\N{NO-BREAK SPACE}drawings"
