from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from qdesk.curation.view.table import Table
from qdesk.data.drawings import Drawings
from qdesk.gui.explore.words.saving import ALL
from qdesk.gui.explore.words_tab import WordsTab
from qdesk.gui.kit.open_set import OpenSet
from tests.helpers.drawings import shapes


def some_drawings() -> Drawings:
    circles = shapes("circle", 40).with_columns(countrycode=["US"] * 20 + ["DE"] * 20, recognized=[True, False] * 20)
    return Drawings.concat([shapes("zigzag", 15), circles])


def scores(count: int) -> dict:
    rng = np.random.default_rng(0)
    return {
        "junk": np.linspace(-9, 9, count).astype(np.float32),
        "loss_per_point": np.arange(count, dtype=np.float32),
        "top_guess": np.array(["circle"] * count, object),
        "reason": np.full(count, "", object),
        "embedding": rng.integers(1, 99, (count, 64)).astype(np.int8),
    }


@pytest.fixture
def open_set() -> OpenSet:
    return OpenSet()


@pytest.fixture
def tab(qtbot, open_set) -> WordsTab:
    made = WordsTab()
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.use(open_set)
    made.shown()
    return made


def opened(qtbot, tab: WordsTab, open_set: OpenSet, drawings: Drawings | None = None) -> Table:
    drawings = some_drawings() if drawings is None else drawings
    table = Table(drawings, [f"k{number}" for number in range(len(drawings))])
    with qtbot.waitSignal(tab.film_shown):
        open_set.put(table)
    qtbot.waitUntil(lambda: tab.idle)
    return table


def choose(qtbot, tab: WordsTab, word: str) -> None:
    with qtbot.waitSignal(tab.film_shown):
        tab.words.choose(word)
    qtbot.waitUntil(lambda: tab.idle)


def test_without_drawings_there_are_ways_to_begin(tab, open_set):
    asked = []
    open_set.open_asked.connect(asked.append)
    assert tab.empty.isVisible()
    tab.empty.open.click()
    tab.empty.starter.click()
    assert asked[0] == [] and asked[1][0].endswith("starter.ndjson.gz")


def test_words_are_listed_and_the_first_one_is_shown(qtbot, tab, open_set):
    opened(qtbot, tab, open_set)
    assert [tab.words.list.item(row).toolTip() for row in range(2)] == ["circle, 40 drawings", "zigzag, 15 drawings"]
    assert tab.head.title.text() == "circle" and "20 recognised by the game, 20 not" in tab.head.lead.text()
    assert tab.view.page is not None and tab.view.page.count == 40 and tab.view.film.film.used == 40
    assert (
        set(tab.words._means) == {"circle", "zigzag"}
        and not tab.head.progress.isVisible()
        and tab.head.save.isEnabled()
    )
    choose(qtbot, tab, "zigzag")
    assert tab.view.page.word == "zigzag" and tab.view.page.count == 15


def test_groups_and_measures_are_switched(qtbot, tab, open_set):
    opened(qtbot, tab, open_set)
    means = tab.view.means
    assert means.flow.count() == 2 and not means.measures.isVisible()
    means.groups.buttons["country"].click()
    names = [means.flow.itemAt(k).widget().accessibleName() for k in range(means.flow.count())]
    assert names == ["DE: 20, few", "US: 20, few", "all: 40"] and means.measures.isVisible()
    means.measures.buttons["difference"].click()
    assert means.flow.count() == 2 and "more than chance" in means.about.text()
    means.measures.buttons["spread"].click()
    means.groups.buttons["recognised"].click()
    assert means.flow.count() == 3 and means.scale.accessibleName().startswith("Colours from 0 to 0.")


def test_without_countries_that_is_said(qtbot, tab, open_set):
    opened(qtbot, tab, open_set, shapes("circle", 12))
    tab.view.means.groups.buttons["country"].click()
    assert "No country" in tab.view.means.about.text()
    tab.view.means.groups.buttons["recognised"].click()
    assert "No drawing says" in tab.view.means.about.text()


def test_examples_lead_to_curate(qtbot, tab, open_set):
    opened(qtbot, tab, open_set)
    asked = []
    open_set.choice_asked.connect(lambda mask, text: asked.append((np.flatnonzero(mask).tolist(), text)))
    thumb = tab.view.examples.rows["random"].thumbs[0]
    thumb.click()
    assert asked == [([15 + thumb.index], "random of “circle”")]
    tab.head.all.click()
    assert asked[1] == (list(range(15, 55)), "of “circle”")


def test_scores_that_come_later_are_shown(qtbot, tab, open_set):
    table = opened(qtbot, tab, open_set)
    assert set(tab.view.examples.rows) == {"random"} and tab.view.page.judged.scored == 0
    table.add_scores(np.arange(15, 35), scores(20))
    with qtbot.waitSignal(tab.judged_shown):
        open_set.scored.emit()
    assert tab.view.page.judged.scored == 20 and set(tab.view.examples.rows) == {"best", "typical", "random", "worst"}
    assert [thumb.index for thumb in tab.view.examples.rows["worst"].thumbs] == list(range(19, 7, -1))
    qtbot.waitUntil(lambda: tab.idle)
    table.add_scores(np.arange(55), scores(55))
    with qtbot.waitSignal(tab.judged_shown):
        open_set.scored.emit()
    assert tab.view.page.judged.scored == 40
    choose(qtbot, tab, "zigzag")
    assert tab.view.page.judged.scored == 15


def test_what_is_out_of_sight_waits(qtbot, tab, open_set):
    tab.hidden()
    table = Table(some_drawings(), [f"k{number}" for number in range(55)])
    open_set.put(table)
    assert tab.idle and tab.words.list.count() == 0
    with qtbot.waitSignal(tab.film_shown):
        tab.shown()
    tab.hidden()
    table.add_scores(np.arange(55), scores(55))
    open_set.scored.emit()
    with qtbot.waitSignal(tab.judged_shown):
        tab.shown()
    qtbot.waitUntil(lambda: tab.idle)


def test_measuring_can_be_stopped_and_goes_on(qtbot, tab, open_set):
    table = Table(shapes("circle", 50).take(np.arange(4000) % 50), [str(number) for number in range(4000)])
    open_set.put(table)
    assert tab.head.stop.isVisible() and tab.head.stop.text() == "Stop" and not tab.head.save.isEnabled()
    tab.head.stop.click()
    qtbot.waitUntil(lambda: tab.head.stop.text() == "Go on")
    assert tab.view.page is None and tab.head.doing.text() == "Stopped."
    with qtbot.waitSignal(tab.film_shown):
        tab.head.stop.click()
    assert tab.view.page.count == 4000
    qtbot.waitUntil(lambda: tab.idle)


def test_another_set_replaces_the_one_before_and_none_empties_the_tab(qtbot, tab, open_set):
    opened(qtbot, tab, open_set)
    opened(qtbot, tab, open_set, shapes("zigzag", 3))
    assert tab.words.list.count() == 1 and tab.view.page.count == 3
    open_set.put(None)
    assert tab.empty.isVisible() and tab.view.page is None and tab.view.drawings is None


def test_bitmaps_have_a_page_of_their_own(qtbot, tab, open_set):
    bitmaps = Drawings.from_bitmaps(np.random.default_rng(0).integers(0, 255, (12, 784)), word="cat")
    opened(qtbot, tab, open_set, bitmaps)
    assert tab.view.page.drawn is None and tab.view.film.film is None and tab.view.drawn is None
    tab.ask_and_save(ALL[-1])
    assert "do not say how they were drawn" in tab.notice.text


@pytest.mark.parametrize("saving", ALL, ids=lambda one: one.name)
def test_everything_can_be_saved(qtbot, tab, open_set, tmp_path, monkeypatch, saving):
    opened(qtbot, tab, open_set)
    proposed = []

    def answer(_parent, _title, name, _filter):
        proposed.append(name)
        return str(tmp_path / "made"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    with qtbot.waitSignal(tab.saver.saved) as signal:
        tab.ask_and_save(saving)
    path = tmp_path / f"made.{saving.ending.rpartition('.')[2]}"
    assert proposed == [f"circle{saving.ending}"] and signal.args == [str(path)] and path.stat().st_size > 1000
    if path.suffix == ".html":
        assert "How it is drawn" in path.read_text(encoding="utf-8")
    else:
        with Image.open(path) as image:
            assert image.width >= 200
    assert tab.notice.text == f"Saved as {path.name}."


def test_what_cannot_be_written_is_said(qtbot, tab, open_set, tmp_path):
    opened(qtbot, tab, open_set)
    tab.saver.save("means", tmp_path / "none" / "x.png")
    assert "cannot be written" in tab.notice.text and tab.notice.kind == "bad"
    tab.saver.save("film", tmp_path / "none" / "x.gif")
    qtbot.waitUntil(lambda: "No such file" in tab.notice.text)
    qtbot.waitUntil(lambda: tab.idle)


@pytest.mark.parametrize("size", [(880, 500), (1290, 720)])
def test_nothing_is_cut_off_at_the_side(qtbot, tab, open_set, size):
    tab.resize(*size)
    opened(qtbot, tab, open_set)
    inside = tab.view.widget()
    assert inside.width() <= tab.view.viewport().width()
    assert inside.minimumSizeHint().width() <= tab.view.viewport().width()


def test_the_window_may_close_while_it_measures(qtbot, tab, open_set):
    open_set.put(Table(shapes("circle", 50).take(np.arange(3000) % 50), [str(number) for number in range(3000)]))
    tab.shutdown()
    assert tab.idle
