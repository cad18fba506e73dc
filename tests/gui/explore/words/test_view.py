from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qdesk.explore.words.examples import WordScores, judge
from qdesk.explore.words.measure import word_page
from qdesk.gui.explore.words.view import WordView
from tests.helpers.drawings import shapes


@pytest.fixture
def view(qtbot) -> WordView:
    made = WordView()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    drawings = shapes("circle", 30)
    made.show_page(word_page("circle", drawings), drawings)
    return made


def known(**columns) -> WordScores:
    return WordScores.of(columns, 30)


def test_scores_that_change_no_example_leave_the_examples_alone(view):
    before = view.examples
    assert "Not scored yet." in view._about.text() and not view._about.isHidden()
    guesses = known(top_guess=np.array(["circle"] * 30, object), embedding=np.zeros((30, 64), np.int8))
    judged = replace(judge("circle", np.full(30, None, object), guesses), scored=30)
    view.show_judged(view.page.judged_anew(judged))
    assert view.examples is before and view._about.isHidden()


def test_other_examples_are_shown(view):
    judged = judge("circle", np.full(30, None, object), known(junk=np.linspace(-9, 9, 30)))
    view.show_judged(view.page.judged_anew(judged))
    row = view.examples.rows["worst"]
    assert [thumb.index for thumb in row.thumbs] == list(range(29, 17, -1))


def test_a_row_is_as_high_as_its_drawings_and_has_those_that_fit(view, qtbot):
    row = view.examples.rows["random"]
    found = []
    for width in (1100, 720):
        view.resize(width, 700)
        qtbot.waitUntil(lambda width=width: 0 < width - row.width() < 60)
        qtbot.waitUntil(lambda: row.height() == row.thumbs[0].height())
        visible = [thumb for thumb in row.thumbs if thumb.isVisible()]
        found.append(len(visible))
        assert visible[-1].geometry().right() <= row.width()
    assert found[0] == 12 and 5 < found[1] < 12


def test_what_is_under_the_pointer_is_said(view):
    from PySide6.QtCore import QPointF

    from qdesk.gui.explore.words.charts import HistogramChart, Rose

    chart, rose = view.findChild(HistogramChart), view.findChild(Rose)
    assert "30 drawings" in chart.at(QPointF(1, 5)).replace("\u00a0", " ")  # one stroke each
    assert rose.at(QPointF(rose.width(), rose.height() / 2)).startswith("right: ")
    assert rose.at(QPointF(rose.width() / 2, rose.height())).startswith("down: ")
