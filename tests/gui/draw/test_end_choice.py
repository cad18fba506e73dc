"""The two drawings to draw between: of a word, one's own, or those of a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

from qdesk.data.drawings import Drawings
from qdesk.formats import write_drawings
from qdesk.gui.draw.end_choice import EndChoice, end_of
from qdesk.gui.kit.word_field import WordField
from tests.helpers.drawings import shapes
from tests.helpers.pictures import drawn, saved


@pytest.fixture
def choice(qtbot) -> EndChoice:
    field = WordField("Word", "cat")
    qtbot.addWidget(field)
    made = EndChoice("first", field)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_file_gives_its_first_drawing(choice: EndChoice, qtbot, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "some.ndjson"
    write_drawings(shapes("circle", 3), path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(choice.chosen):
        choice.file.trigger()
    assert choice.end is not None and choice.end.word == "circle" and choice.said.text() == "some.ndjson"
    assert choice._field.word == "circle" and choice.picture.isVisible() and choice.drop_button.isVisible()
    choice.drop_button.click()
    assert choice.end is None and choice.said.text() == "drawn for its word" and not choice.picture.isVisible()


def test_a_picture_gives_what_is_on_it(tmp_path: Path) -> None:
    path = tmp_path / "house.png"
    path.write_bytes(saved(drawn(ink=230, paper=20)))
    end = end_of(path)
    assert len(end.strokes) > 1 and end.word == ""


def test_what_holds_no_strokes_is_said(choice: EndChoice, qtbot, tmp_path: Path) -> None:
    path = tmp_path / "pixels.npy"
    write_drawings(Drawings.from_bitmaps(np.full((1, 28, 28), 255, np.uint8)), path)
    for name, why in (("pixels.npy", "holds pixels"), ("none.ndjson", "none.ndjson")):
        with qtbot.waitSignal(choice.failed) as failed:
            choice.read(tmp_path / name)
        assert why in failed.args[0] and choice.end is None
        assert choice.said.text() == "drawn for its word"
