"""The panel of filters, on a real table: what is chosen in it is what is shown, and what is shown is counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from qdesk.curation.view.filters import Filters
from qdesk.curation.view.table import Table
from qdesk.data.drawings import Drawings
from qdesk.data.reasons import FLAGS
from qdesk.gui.curate.filters.facets import FEW, TALL
from qdesk.gui.curate.filters.options import Options
from qdesk.gui.curate.filters.panel import FilterPanel
from tests.helpers.loop import settle

COUNT = 60
LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def table_of(words: Sequence[str | None] = ("cat", "dog"), plain: bool = False, scored: bool = True) -> Table:
    """60 drawings of these words in turn. plain: nothing more is known of them than their strokes."""
    rows = np.arange(COUNT)
    about = {
        "countrycode": [("DE", "FI", "US")[row % 3] for row in rows],
        "recognized": [bool(row % 4) for row in rows],
        "timestamp": [f"2017-03-{1 + row % 28:02} 01:07:50 UTC" for row in rows],
    }
    strokes = [[np.array([[0, 0], [row, 9]])] * (1 + row % 5) for row in rows]
    named = [words[row % len(words)] for row in rows]
    keys = [f"{row:03}" for row in rows]
    table = Table(Drawings.from_strokes(strokes, word=named, **({} if plain else about)), keys)
    if scored:
        reasons = np.array(["scribble" if row >= 50 else "" for row in rows], object)
        names = ("junk", "loss", "loss_per_point", "lift", "p_word", "p_top")
        table.add_scores(rows, {name: (rows / 60).astype(np.float32) for name in names} | {"reason": reasons})
    return table


class Wired:
    """A panel and what the page does with it, at once."""

    def __init__(self, panel: FilterPanel, table: Table) -> None:
        self.panel, self.table, self.told = panel, table, 0
        panel.changed.connect(self.changed)
        table.arrange()
        panel.open(table.facets, table.result.losses)

    def changed(self, filters: Filters) -> None:
        self.told += 1
        self.table.filters, self.table.edges = filters, self.panel.fixed_edges()
        self.refresh()

    def refresh(self) -> None:
        self.table.arrange()
        self.panel.refresh(self.table.facets, self.table.result.losses)

    @property
    def shown(self) -> list[int]:
        return sorted(self.table.order.tolist())


@pytest.fixture
def wired(qtbot) -> Callable[..., Wired]:
    def make(*about: object, **more: object) -> Wired:
        panel = FilterPanel()
        qtbot.addWidget(panel)
        panel.resize(240, 1600)
        panel.show()
        return Wired(panel, table_of(*about, **more))

    return make


def offered(options: Options) -> dict[str, int]:
    """What a list offers, with the counts it shows."""
    return {one.text: options.rows.counts.get(one.key, 0) for one in options.rows.options}


def click(options: Options, key: str) -> None:
    QTest.mouseClick(options.viewport(), LEFT, PLAIN, options.visualRect(options.index_of(key)).center())


def words_of(count: int) -> list[str]:
    return [f"word {number:03}" for number in range(count)]


def test_every_option_says_how_many_pass_all_other_filters(wired) -> None:
    it = wired()
    word, country = it.panel.facets["word"], it.panel.facets["countrycode"]
    assert offered(word.list) == {"cat": 30, "dog": 30} and it.panel.shown.text() == "60 drawings"
    click(word.list, "cat")
    assert it.shown == list(range(0, 60, 2)) and it.panel.shown.text() == "30 of 60"
    assert offered(word.list) == {"cat": 30, "dog": 30} and offered(country.list) == {"DE": 10, "FI": 10, "US": 10}
    click(it.panel.facets["reason"].list, "scribble")
    assert it.shown == [50, 52, 54, 56, 58] and offered(word.list) == {"cat": 5, "dog": 5}
    assert offered(it.panel.facets["reason"].list)["nothing wrong"] == 25
    click(word.list, "dog")  # several can be chosen
    assert it.shown == list(range(50, 60))
    it.panel.clear.click()
    assert len(it.shown) == COUNT and it.panel.clear.isHidden() and it.panel.filters == Filters()


def test_a_cleared_search_does_not_offer_to_clear_it(wired) -> None:
    it = wired()
    search = it.panel.search
    (clear,) = (action for action in search.actions() if action.toolTip() == "Clear")
    QTest.keyClicks(search, "cat")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert len(it.shown) == 30 and clear.isVisible()
    it.panel.clear.click()
    assert len(it.shown) == COUNT and not search.text() and not clear.isVisible()


def test_verdicts_are_all_to_do_flagged_or_kept_and_flagged_for_some_reason(wired) -> None:
    it = wired()
    verdicts = it.panel.verdicts
    assert offered(verdicts.list) == {"All": 60, "To do": 60, "Flagged": 0, "Unsure": 0, "Kept": 0}
    it.table.set_verdicts({"001": "scribble", "002": "scribble", "003": "wrong", "004": "keep", "005": "unsure"})
    it.refresh()
    counts = {"All": 60, "To do": 55, "Flagged": 3, "scribble": 2, "wrong": 1, "Unsure": 1, "Kept": 1}
    assert offered(verdicts.list) == counts
    ways = {"flagged": [1, 2, 3], "=wrong": [3], "=scribble": [1, 2, 3], "keep": [4], "unsure": [5]}
    for key, shown in ways.items():
        click(verdicts.list, key)
        assert it.shown == shown and offered(verdicts.list) == counts
    click(verdicts.list, "todo")
    assert len(it.shown) == 55 and verdicts.head.accessibleName() == "Verdict: To do"
    click(verdicts.list, "all")
    assert it.panel.filters == Filters()


def test_a_reason_never_given_before_is_a_flag_too(wired) -> None:
    it = wired()
    it.panel.choose("verdict", *FLAGS)
    it.table.set_verdicts({"007": "rude"})
    it.refresh()
    assert it.shown == [7] and "rude" in offered(it.panel.verdicts.list)


def test_an_option_that_nothing_passes_is_muted_but_stays(wired) -> None:
    it = wired()
    it.panel.facets["countrycode"].head.click()
    it.panel.search.setText("001")
    QTest.keyClick(it.panel.search, Qt.Key.Key_Return)
    assert it.shown == [1] and offered(it.panel.facets["word"].list) == {"cat": 0, "dog": 1}
    it.panel.facets["countrycode"].choose(["XX"])  # chosen, and not there at all
    assert offered(it.panel.facets["countrycode"].list) == {"FI": 1, "DE": 0, "US": 0, "XX": 0}


def test_typing_is_searched_for_when_it_pauses_and_escape_leaves(qtbot, wired) -> None:
    it = wired()
    QTest.keyClicks(it.panel.search, "dog")
    assert it.told == 0
    with qtbot.waitSignal(it.panel.changed):
        pass
    assert it.told == 1 and it.shown == list(range(1, 60, 2))
    with qtbot.waitSignal(it.panel.left):
        QTest.keyClick(it.panel.search, Qt.Key.Key_Escape)
    assert it.panel.search.text() == "dog"


def test_a_range_keeps_its_axis_while_others_follow_what_is_shown(wired) -> None:
    it = wired()
    lift = it.panel.scores.histograms["lift"]
    assert it.panel.fixed_edges() == {}
    lift.choose(16, 31)
    assert it.shown == [row for row in range(COUNT) if row / 60 >= lift.edges[16]] and "and more" in lift.range_text
    assert list(it.panel.fixed_edges()) == ["lift"] and it.panel.fixed_edges()["lift"].shape == (33,)
    before = lift.edges
    it.table.numbers["lift"] *= 3
    it.table.set_numbers("lift", it.table.numbers["lift"])
    it.refresh()
    assert np.array_equal(lift.edges, before)
    late = it.table.facets.histograms["points"]  # other edges, as if asked for before the range was chosen
    bars = lift._bars.opts["height"]
    lift.set_counts(late)
    assert np.array_equal(lift.edges, before) and lift._bars.opts["height"] is bars
    it.panel.scores.clear_button.click()
    assert len(it.shown) == COUNT and it.panel.fixed_edges() == {}


def test_dates_and_whole_numbers_are_said_as_such(wired) -> None:
    it = wired()
    it.panel.drawing.head.setChecked(True)
    date, strokes = it.panel.drawing.histograms["date"], it.panel.drawing.histograms["strokes"]
    assert date._low.textItem.toPlainText() == "2017-03-01" and date._high.textItem.toPlainText() == "2017-03-28"
    date.choose(0, 15)
    assert date.range_text == "up to 2017-03-14" and date.accessibleDescription() == date.range_text
    date.choose(0, 31)
    strokes.choose(0, 0)
    assert strokes.range_text == "up to 1" and {1 + row % 5 for row in it.shown} == {1}
    assert it.panel.drawing.head.accessibleName() == "Drawing: Strokes up to 1"


def test_what_nothing_is_known_of_is_not_offered(wired) -> None:
    panel = wired([None], plain=True, scored=False).panel
    assert [section.name for section in panel._sections() if section.isVisible()] == ["verdict", "drawing"]
    panel.drawing.head.setChecked(True)
    assert list(panel.drawing.histograms) == ["strokes", "points"]


def test_scores_that_come_later_are_offered_then(wired) -> None:
    it = wired(scored=False)
    assert it.panel.scores.isHidden() and it.panel.facets["reason"].isHidden()
    it.table.add_scores(np.arange(9), {"p_word": np.full(9, 0.5), "reason": np.array(["wrong"] * 9, object)})
    it.refresh()
    assert list(it.panel.scores.histograms) == ["p_word"] and it.panel.facets["reason"].isVisible()
    it.panel.open(table_of(scored=False).facets)
    assert it.panel.scores.isHidden() or not it.table.facets.histograms.keys() & {"p_word"}


def test_a_single_word_is_just_said(wired) -> None:
    word = wired(["cat"]).panel.facets["word"]
    assert word.only.isVisible() and "cat" in word.only.text() and word.list.isHidden()


def test_many_words_are_found_by_typing(wired) -> None:
    it = wired(words_of(40))
    word = it.panel.facets["word"]
    assert word.list.height() == TALL * word.list.row_height and len(offered(word.list)) == 40
    QTest.keyClicks(word.sought, "d 03")
    assert list(offered(word.list)) == words_of(40)[30:]
    QTest.keyClick(word.sought, Qt.Key.Key_Return)
    QTest.keyClicks(word.sought, "nowhere")
    assert word.only.isVisible() and word.list.isHidden()
    word.sought.clear()
    assert it.panel.filters.chosen == {"word": {"word 030"}} and list(offered(word.list))[:2] == [
        "word 030",
        "word 000",
    ]
    assert word.order.text() == "A–Z"
    word.order.click()  # the first 20 words have two drawings each, the others one
    assert list(offered(word.list))[:3] == ["word 030", "word 000", "word 001"]
    assert list(offered(word.list).values())[20:22] == [2, 1] and word.order.text() == "Most"


def test_of_many_countries_the_top_ones_come_first(wired) -> None:
    it = wired()
    country, facets = it.panel.facets["countrycode"], it.table.facets
    codes = {"": 99, "US": 50, "DE": 40, "FI": 30, "SE": 20, "PL": 10} | {f"A{letter}": 1 for letter in "TUWXYZ"}
    country.head.click()
    country.refresh(codes)
    assert list(offered(country.list)) == ["US", "DE", "FI", "SE", "PL"] and len(offered(country.list)) == FEW
    assert country.more.isVisible() and country.more.text() == "7 more…" and facets.shown == COUNT
    country.more.click()
    assert (
        len(offered(country.list)) == 12 and list(offered(country.list))[-1] == "unknown" and country.sought.isVisible()
    )
    QTest.keyClicks(country.sought, "finl")
    assert list(offered(country.list)) == ["FI"]


def test_a_folded_section_says_what_is_chosen_and_stays_folded(qtbot, wired) -> None:
    it = wired()
    word = it.panel.facets["word"]
    click(word.list, "dog")
    QTest.keyClick(word.head, Qt.Key.Key_Space)
    assert word.inside.isHidden() and word.head.accessibleName() == "Word: dog" and word.clear_button.isVisible()
    again = FilterPanel()
    qtbot.addWidget(again)
    assert not again.facets["word"].head.isChecked() and again.facets["reason"].head.isChecked()
    word.clear_button.click()
    assert len(it.shown) == COUNT and word.clear_button.isHidden()


def test_a_lasso_is_a_filter_that_can_be_put_away(wired) -> None:
    it = wired()
    mask = np.arange(COUNT) < 7
    it.panel.set_among(mask, "Lasso: 7 drawings")
    assert it.shown == list(range(7)) and it.panel.among.isVisible()
    assert "Lasso: 7 drawings" in [one.text() for one in it.panel.among.findChildren(QLabel)]
    it.panel.set_among(None)
    assert len(it.shown) == COUNT and it.panel.among.isHidden()
    it.panel.set_among(mask, "Lasso")
    it.panel.reset()
    assert len(it.shown) == COUNT and it.panel.filters.among is None


def test_other_drawings_are_offered_whole(wired) -> None:
    it = wired()
    it.panel.choose("word", "cat")
    it.panel.scores.histograms["junk"].choose(3, 9)
    it.panel.search.setText("x")
    told, other = it.told, table_of(["owl", "bat"])
    other.arrange()
    it.panel.open(other.facets)
    settle()
    assert (
        it.told == told
        and it.panel.filters == Filters()
        and offered(it.panel.facets["word"].list) == {"bat": 30, "owl": 30}
    )


def test_it_works_by_keys_alone_and_says_what_it_is(wired) -> None:
    it = wired()
    reasons = it.panel.facets["reason"].list
    reasons.setFocus()
    QTest.keyClick(reasons, Qt.Key.Key_Down)
    QTest.keyClick(reasons, Qt.Key.Key_Up)
    QTest.keyClick(reasons, Qt.Key.Key_Space)
    assert it.panel.filters.chosen == {"reason": {"scribble"}}
    said = QAccessible.queryAccessibleInterface(reasons)
    assert said.text(QAccessible.Text.Name) == "Looks like"
    rows = [said.child(row).text(QAccessible.Text.Name) for row in range(2)]
    assert rows == ["scribble, 10 drawings, chosen", "graffiti, 0 drawings"]


def test_tab_goes_from_top_to_bottom(wired) -> None:
    panel = wired(words_of(30)).panel
    panel.choose("word", "word 001")
    one, names = panel.search, []
    while (one := one.nextInFocusChain()) is not panel.search:
        if one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus and panel.isAncestorOf(one):
            names.append(one.accessibleName())
    assert list(filter(None, names)) == [
        "Clear all filters", "Verdict", "Verdict", "Looks like", "Looks like", "Scores", "Junk", "Loss per point",
        "Lift", "Seen as its word", "Word: word 001", "Clear word", "Find in word",
        "Order of the list: in alphabetical order", "Word", "Country", "Recognised", "Drawing",
    ]  # fmt: skip


def test_a_wheel_at_the_end_of_a_list_is_left_to_the_panel(wired) -> None:
    view = wired(words_of(30)).panel.facets["word"].list
    none, place = Qt.MouseButton.NoButton, QPointF(20, 20)
    taken = []
    for _ in range(30):
        turn = QWheelEvent(place, place, QPoint(), QPoint(0, -120), none, PLAIN, Qt.ScrollPhase.NoScrollPhase, False)
        view.wheelEvent(turn)
        taken.append(turn.isAccepted())
    assert taken[0] and not taken[-1] and view.verticalScrollBar().value() == view.verticalScrollBar().maximum()


def test_a_click_leaves_the_keys_where_they_are_and_a_drag_off_a_row_chooses_nothing(wired) -> None:
    it = wired()
    it.panel.search.setFocus()
    view = it.panel.facets["word"].list
    click(view, "cat")
    assert it.panel.focusWidget() is it.panel.search
    first, second = (view.visualRect(view.index_of(key)).center() for key in ("cat", "dog"))
    QTest.mousePress(view.viewport(), LEFT, PLAIN, first)
    QTest.mouseRelease(view.viewport(), LEFT, PLAIN, second)
    assert it.panel.filters.chosen == {"word": {"cat"}}
    QTest.mouseClick(view.viewport(), Qt.MouseButton.RightButton, PLAIN, QPoint(5, 5))
    assert it.panel.filters.chosen == {"word": {"cat"}}


def test_nothing_in_it_is_wider_than_the_panel(qtbot, wired) -> None:
    it = wired([f"a very long word that nobody would draw {number}" for number in range(30)])
    it.panel.choose("word", *it.table.words.texts[:5])
    it.panel.resize(240, 400)
    settle()
    word = it.panel.facets["word"]
    area = word.parentWidget().parentWidget()
    right = {part.mapTo(area, part.rect().topRight()).x() for part in (word, word.list, it.panel.scores)}
    assert max(right) < area.width() <= 240
