from __future__ import annotations

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.explore.words.means import ALL
from qdesk.explore.words.measure import BINS, histogram, rows_by_word, word_page
from tests.helpers.drawings import shapes


def test_a_page_counts_what_drawings_say_of_themselves():
    drawings = shapes("circle", 30).with_columns(
        countrycode=["US"] * 18 + ["DE"] * 10 + [None] * 2, recognized=[True] * 20 + [False] * 4 + [None] * 6
    )
    page = word_page("circle", drawings)
    assert (page.count, page.looked_at, page.recognised) == (30, 30, (20, 4))
    assert page.countries == {"US": 18, "DE": 10} and page.no_country == 2
    assert [one.name for one in page.by("country")] == ["US", "DE"]
    assert [(one.name, one.used) for one in page.by("recognised")] == [("recognised", 20), ("not recognised", 4)]
    assert [one.name for one in page.histograms] == ["Strokes", "Points, simplified"]
    assert page.drawn is not None and page.judged.scored == 0


def test_the_same_seed_gives_the_same_page():
    drawings = shapes("zigzag", 50)
    one, other = word_page("zigzag", drawings, seed=5), word_page("zigzag", drawings, seed=5)
    assert (one.means[0].mean == other.means[0].mean).all()
    assert {k: v.tolist() for k, v in one.judged.rows.items()} == {k: v.tolist() for k, v in other.judged.rows.items()}


def test_raw_drawings_are_measured_as_simplified_ones_and_have_times():
    xs = np.linspace(0, 400, 200)
    strokes = [[np.stack([xs, 3 * xs], axis=1)]] * 12
    times = [[np.arange(200) * 10.0]] * 12
    page = word_page("line", Drawings.from_strokes(strokes, times, word="line"))
    points, time = page.histograms[1:]
    assert points.median == 2 and time.name == "Time" and time.median == pytest.approx(1.99)
    assert (time.used, time.total) == (12, 12) and page.drawn is not None and page.drawn.times[0].count == 12


def test_bitmaps_have_pictures_and_nothing_else():
    page = word_page("cat", Drawings.from_bitmaps(np.full((3, 28, 28), 255, np.uint8), word="cat"))
    assert page.drawn is None and page.histograms == [] and page.means[0].mean.min() == 1


def test_a_large_word_is_looked_at_in_a_sample():
    base = shapes("circle", 50)
    page = word_page("circle", base.take(np.arange(ALL + 100) % 50))
    assert page.count == ALL + 100 and page.looked_at == ALL
    assert page.histograms[0].used == ALL + 100 and page.histograms[1].used == ALL  # strokes are counted in all


def test_no_drawing_has_no_page():
    with pytest.raises(ValueError, match="no drawings of 'cat'"):
        word_page("cat", Drawings.empty())


def test_whole_numbers_are_counted_one_by_one_and_far_ones_together():
    values = np.array([1] * 50 + [2] * 30 + [4] * 19 + [400])
    found = histogram("Strokes", "", values, 100, whole=True)
    assert found.edges.tolist() == [1, 2, 3, 4, 5] and found.counts.tolist() == [50, 30, 0, 20] and found.more
    same = histogram("Strokes", "", np.full(7, 3), 7, whole=True)
    assert same.edges.tolist() == [3, 4] and same.counts.tolist() == [7] and not same.more and same.median == 3


@pytest.mark.parametrize("whole", [True, False])
def test_a_histogram_counts_every_value_once(whole):
    values = np.random.default_rng(0).gamma(2, 30, 5000)
    values = np.rint(values) if whole else values
    found = histogram("x", "", values, 5000, whole)
    assert found.counts.sum() == 5000 and len(found.counts) <= BINS and len(found.edges) == len(found.counts) + 1
    for low, high, count in zip(found.edges[:-2], found.edges[1:-1], found.counts[:-1], strict=True):
        assert count == ((values >= low) & (values < high)).sum()
    assert found.more == bool((values >= found.edges[-1]).any() if whole else (values > found.edges[-1]).any())


def test_rows_are_dealt_to_their_words_and_those_without_one_come_last():
    rows = rows_by_word(["cat", None, "Dog", "cat", ""])
    assert list(rows) == ["cat", "Dog", None]
    assert [found.tolist() for found in rows.values()] == [[0, 3], [2], [1, 4]]
    assert rows_by_word([]) == {}


def test_real_circles_go_mostly_against_the_clock(reference_data):
    from qdesk.formats import open_drawings

    page = word_page("circle", open_drawings(reference_data / "strokes" / "circle.ndjson.gz").drawings)
    assert page.drawn is not None
    turning = page.drawn.turning[0]
    assert turning.closed > 0.7 * page.count and turning.clockwise < 0.3 * turning.closed
