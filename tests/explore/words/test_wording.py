from __future__ import annotations

from dataclasses import replace

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.explore.words import wording
from qdesk.explore.words.examples import WordScores, judge
from qdesk.explore.words.measure import histogram, word_page
from qdesk.explore.words.results import Turning
from tests.helpers.drawings import shapes


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_lead_says_what_drawings_say_of_themselves():
    drawings = shapes("circle", 30)
    assert plain(wording.lead(word_page("circle", drawings))) == "30 drawings."
    drawings = drawings.with_columns(recognized=[True] * 20 + [False] * 4 + [None] * 6, countrycode=["US"] * 30)
    said = plain(wording.lead(word_page("circle", drawings)))
    assert said == "30 drawings: 20 recognised by the game, 4 not, 6 do not say. Countries: US 30."


def test_samples_and_few_drawings_are_said():
    assert wording.sampled(5000, 123_000) == "from 5,000 of 123,000"
    assert wording.sampled(10, 10) == "from all 10" and wording.sampled(1, 1) == "from 1 of 1"
    page = word_page("circle", shapes("circle", 12))
    assert wording.group_note(page.means[0]) == "12, few"
    assert wording.group_note(replace(page.means[0], used=1000, total=40_000)) == "1,000 of 40,000"


def test_shares_have_their_intervals():
    assert plain(wording.share(41, 278)) == "15 % (11 to 19)" and wording.share(0, 0) == "–"


def test_turning_and_directions_in_words():
    assert "No stroke goes round" in wording.turning(Turning("all", "all", 9, 0, 0))
    assert plain(wording.turning(Turning("all", "all", 345, 278, 41))).startswith(
        "278 drawings of 345 have a stroke that closes. It goes clockwise in 15 %"
    )
    lines = Drawings.from_strokes([[[[0, 255], [0, 0]]]] * 3 + [[[[1], [1]], [[0, 9], [255, 0]]]])
    page = word_page("line", lines)
    assert plain(wording.setting_off(page.drawn)) == (
        "Most often right: 100 % (44 to 100) of 3. 1 drawing begins with a dot."
    )


def test_bars_say_what_they_stand_for():
    found = histogram("Strokes", "", np.array([1] * 50 + [2] * 30 + [4] * 19 + [400]), 100, True)
    assert plain(wording.bar_name(found, 0)) == "1: 50 drawings" and wording.ends(found) == ("1", "4 and more")
    assert plain(wording.bar_name(found, 3)) == "4 and more: 20 drawings"
    assert wording.histogram(found) == "median 1.5, from all 100"


def test_what_needs_scores_says_so():
    page = word_page("circle", shapes("circle", 12))
    assert wording.scored(page) == "Not scored yet." and "once the drawings are scored" in wording.taken(page)
    assert "once the drawings are scored" in wording.nothing("best", page.judged)
    scores = WordScores.of({"junk": np.full(12, -5.0), "top_guess": np.array(["circle", "moon"] * 6, object)}, 12)
    page = page.judged_anew(judge("circle", np.full(12, None, object), scores))
    assert wording.scored(page) == "" and plain(wording.taken(page)).endswith(
        "“circle” in 50 % (25 to 75) of 12 drawings."
    )
    assert wording.nothing("typical", page.judged) == "None is above suspicion."


def test_rude_drawings_are_counted():
    scores = WordScores.of({"reason": np.array(["rude"] + [""] * 11, object)}, 12)
    judged = judge("circle", np.full(12, None, object), scores)
    assert plain(wording.hidden(judged, ": --rude shows them")) == (
        "1 rude drawing not shown among the examples: --rude shows them."
    )
    assert wording.hidden(judge("circle", np.full(12, None, object), scores, rude=True)) != ""
