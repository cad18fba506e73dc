"""The table under the grid, without a window."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from qdesk.curation.view.filters import FACETS, RANGES, Filters
from qdesk.curation.view.sorting import SORTS
from qdesk.curation.view.table import LOOKS_LIKE, Query, Table, judged
from qdesk.data.drawings import Drawings
from qdesk.data.reasons import FLAGS, KEEP
from qdesk.scoring.columns import BY_NAME, FACTS, RANK_COLUMNS
from qdesk.scoring.scorer import worst_first
from tests.helpers.drawings import shapes

KEYS = ["a", "b", "a", "c", "d"]


@pytest.fixture
def table() -> Table:
    drawings = Drawings.from_strokes(
        [[np.zeros((count + 2, 2), np.float32)] * (count + 1) for count in (3, 1, 4, 0, 2)],
        word="cat",
        key_id=KEYS,
        source="cats.ndjson",
        row=[0, 1, 2, 3, 4],
        recognized=[True, False, None, True, True],
    )
    made = Table(drawings, np.array(KEYS, object))
    numbers = np.array([2, 5, 1, 5], np.float32)
    made.add_scores(np.arange(4), {name: numbers for name in ("junk", "loss", "loss_per_point", "lift", "p_word")})
    made.arrange()
    return made


def many(count: int = 400, seed: int = 0) -> Table:
    """Drawings about which everything is random, and some of it unknown."""
    rng = np.random.default_rng(seed)

    def some(texts: list, size: int = count) -> list:
        return [texts[place] for place in rng.integers(0, len(texts), size)]

    drawings = Drawings.from_strokes(
        [[np.zeros((rng.integers(1, 9), 2), np.float32)] * rng.integers(1, 5) for _ in range(count)],
        word=some(["cat", "dog", "owl", None]),
        key_id=[str(5_000_000 + 37 * (number % (count - 9))) for number in range(count)],
        countrycode=some(["DE", "FR", None]),
        recognized=some([True, False, None]),
        timestamp=some(["2017-03-20 01:07:50.46456 UTC", "2017-01-02 00:00:00 UTC", "yesterday", None]),
    )
    table = Table(drawings, drawings.table["key_id"], some(["", "", "", KEEP, *FLAGS]))
    scored = np.flatnonzero(rng.random(count) < 0.8)
    columns = {name: rng.normal(size=len(scored)).astype(np.float32).round(1) for name in ("junk", "loss", "lift")}
    columns |= {"loss_per_point": columns["loss"] / 10, "p_word": rng.random(len(scored)).astype(np.float32)}
    columns["p_word"][::7] = np.nan
    columns |= {"reason": np.array(some(list(LOOKS_LIKE), len(scored)), object)}
    columns |= {"top_guess": np.array(some(["cat", "sheep"], len(scored)), object)}
    table.add_scores(scored, columns)
    table.arrange()
    return table


def test_a_verdict_is_for_all_drawings_of_its_identity(table: Table) -> None:
    assert sorted(table.set_verdicts({"a": "wrong", "nobody": "keep", "d": "keep"})) == [0, 2, 4]
    assert table.verdicts[np.arange(5)].tolist() == ["wrong", "", "wrong", "", "keep"]
    assert table.set_verdicts({"nobody": "wrong"}).tolist() == []
    assert sorted(table.set_verdicts({"a": "other"}, np.array([2]))) == [0, 2]  # whoever knows one twin gets both
    assert table.counts() == (2, 1, 2, 0)


def test_ranks_begin_at_the_worst_and_equals_share_one(table: Table) -> None:
    assert table.ranks([0, 1, 2, 3, 4]) == [3, 1, 4, 1, None]


def test_the_facts_of_several_are_those_of_each(table: Table) -> None:
    together = table.facts(np.array([3, 0]))
    assert set(together[0]) == {*FACTS} - {"new_word", "copy_of"}  # these the curator says
    for facts, index in zip(together, (3, 0), strict=True):
        about = {name: value for name, value in table.drawings[index].metadata().items() if name in FACTS}
        assert facts.items() >= about.items()
        assert facts["junk"] == table.numbers["junk"][index] and facts["rank"] == table.ranks([index])[0]
    assert table.facts([]) == []


def test_the_worst_first_is_the_same_as_in_a_ranking(table: Table) -> None:
    """`qdesk rank --by` and the window read one list."""
    for name in SORTS:
        if name in RANK_COLUMNS and name in table.numbers:
            table.sort = name
            table.arrange()
            values = table.numbers[name]
            if np.isnan(values).all():
                continue
            shown = values[table.order]
            first = worst_first(table.drawings, table.numbers, name)[0]
            assert shown[0] == values[first] == (np.nanmin if BY_NAME[name].first == "low" else np.nanmax)(values), name


def test_every_order_is_stable_and_puts_the_unknown_last() -> None:
    table = many()
    table.set_numbers("learned", np.where(table.scored, np.abs(np.sin(np.arange(len(table)))), np.nan))
    for sort, reverse in itertools.product(SORTS, (False, True)):
        table.sort, table.reverse = sort, reverse
        table.arrange()
        assert sorted(table.order) == list(range(len(table))), sort
        assert np.array_equal(table.row_of[table.order], np.arange(len(table)))
        if sort in table.numbers or sort == "unsure":
            values = np.abs(table.numbers["learned"] - 0.5) if sort == "unsure" else table.numbers[sort]
            sign = -1 if (BY_NAME[sort].first == "high") != reverse else 1
            wanted = np.argsort(sign * values, kind="stable")
            assert np.array_equal(table.order, wanted), (sort, reverse)
        elif sort in ("word", "countrycode", "top_guess", "recognized"):
            texts = [text for text in table.facet(sort)[table.order]]
            known = [text for text in texts if text]
            assert known == sorted(known, reverse=reverse) and not any(texts[len(known) :]), sort
    table.sort, table.reverse = "key", False
    table.arrange()
    assert [int(name) for name in table.names[table.order]] == sorted(int(name) for name in table.names[table.order])


def test_keys_that_are_no_numbers_are_sorted_as_texts(table: Table) -> None:
    table.sort = "key"
    table.arrange()
    assert table.names[table.order].tolist() == ["a", "a", "b", "c", "d"]


def plainly(table: Table, filters: Filters, without: str = "") -> list[int]:
    """The drawings that pass, found one by one."""
    found = []
    for index in range(len(table)):
        about = {facet: table.facet(facet)[index] for facet in FACETS}
        good = all(about[f] in texts for f, texts in filters.chosen.items() if f != without)
        if "reason" in filters.chosen and without != "reason":
            good &= bool(table.scored[index])
        for name, (low, high) in filters.ranges.items():
            good &= name == without or low <= table.numbers[name][index] <= high
        if filters.text:
            texts = [*about.values(), table.texts["top_guess"][index], table.names[index]]
            del texts[FACETS.index("recognized")]
            good &= any(filters.text.lower() in text.lower() for text in texts)
        if filters.among is not None:
            good &= bool(filters.among[index])
        if good:
            found.append(index)
    return found


FILTERS = [
    Filters(),
    Filters({"verdict": frozenset({""})}),
    Filters({"verdict": frozenset(FLAGS), "word": frozenset({"cat", ""})}),
    Filters({"reason": frozenset({""})}),
    Filters({"recognized": frozenset({"no"}), "countrycode": frozenset({"DE"})}, {"p_word": (0.2, 0.9)}),
    Filters(ranges={"lift": (-1.0, float("inf")), "strokes": (2, 3), "date": (0, 1.485e9)}),
    Filters(text="SHEEP"),
    Filters(text="0003"),
    Filters({"word": frozenset({"owl"})}, {"junk": (-0.5, 0.5)}, "d", np.arange(400) % 3 == 0),
]


@pytest.mark.parametrize("filters", FILTERS)
def test_filters_and_their_counts_are_what_a_plain_loop_finds(filters: Filters) -> None:
    table = many()
    table.filters = filters
    table.arrange()
    assert sorted(table.order) == plainly(table, filters)
    facets = table.facets
    assert (facets.shown, facets.total) == (len(table.order), len(table))
    assert filters.active == (filters != Filters())
    for facet in FACETS:
        others = [i for i in plainly(table, filters, facet) if facet != "reason" or table.scored[i]]
        texts = [table.facet(facet)[index] for index in others]
        for text, count in facets.counts[facet].items():
            assert count == texts.count(text), (facet, text)
        assert sum(facets.counts[facet].values()) == len(others)
    for name in RANGES:
        if name not in facets.histograms:
            assert np.isnan(table.numbers[name]).all()
            continue
        others = table.numbers[name][plainly(table, filters, name)]
        others = others[np.isfinite(others)]
        edges = facets.histograms[name].edges
        wanted, _ = np.histogram(np.clip(others, edges[0], edges[-1]), edges)
        near = np.abs(others[:, None] - edges[None]).min(axis=1) < 1e-3 * (edges[1] - edges[0])
        # A value that lies on an edge may fall to either side of it.
        assert abs(facets.histograms[name].counts - wanted).sum() <= 2 * near.sum(), name
        assert facets.histograms[name].counts.sum() == len(others)


def test_an_axis_with_a_range_stays_while_scores_come() -> None:
    table = many()
    table.arrange()
    edges = table.facets.histograms["junk"].edges
    table.edges = {"junk": edges}
    table.add_scores(np.arange(5), {"junk": np.full(5, 99, np.float32)})
    table.arrange()
    bin_counts = table.facets.histograms["junk"]
    assert np.array_equal(bin_counts.edges, edges) and bin_counts.counts[-1] >= 5


def test_an_order_is_computed_without_touching_what_is_shown() -> None:
    table = many()
    before = table.order.copy()
    result = table.result_of(Query(sort="word", filters=Filters({"word": frozenset({"cat"})})))
    assert np.array_equal(table.order, before) and table.sort == "junk"
    table.take(result)
    assert set(table.words[table.order]) == {"cat"}


def test_rows_are_dropped_one_by_one() -> None:
    table = many()
    gone = table.order[[0, 7]]
    table.drop_rows(np.array([0, 7]))
    assert not set(gone) & set(table.order) and np.all(table.row_of[gone] == -1)
    assert np.array_equal(table.row_of[table.order], np.arange(len(table) - 2))


def test_a_bitmap_has_no_number_of_strokes() -> None:
    drawings = Drawings.from_bitmaps(np.zeros((3, 28, 28), np.uint8), word="cat")
    table = Table(drawings, ["x", "y", "z"])
    table.arrange()
    assert "strokes" not in table.facets.histograms and table.facets.counts["word"] == {"cat": 3, "": 0}


def test_embeddings_are_taken_in_with_the_scores(table: Table) -> None:
    assert table.embeddings is None
    table.add_scores(np.array([1, 4]), {"embedding": np.array([[1, 2], [3, 4]], np.int8)})
    assert table.embeddings.tolist() == [[0, 0], [1, 2], [0, 0], [0, 0], [3, 4]]


def test_no_drawings_at_all_are_no_trouble() -> None:
    table = Table(Drawings.empty(), [])
    table.filters = Filters({"word": frozenset({"cat"})}, {"junk": (0, 1)}, "x")
    table.arrange()
    assert len(table.order) == 0 and table.counts() == (0, 0, 0, 0)


def test_the_random_order_is_the_same_each_time_and_shows_all() -> None:
    table = Table(shapes("circle", 50), [str(number) for number in range(50)])
    table.sort = "random"
    rows = table.result_of(table.query).order.tolist()
    assert sorted(rows) == list(range(50)) and rows != sorted(rows)
    assert table.result_of(replace(table.query, reverse=True)).order.tolist() == rows[::-1]
    again = Table(shapes("circle", 50, seed=1), [str(number) for number in range(50)])
    assert again.result_of(replace(again.query, sort="random")).order.tolist() == rows


def test_a_verdict_remembers_what_scoring_suggested() -> None:
    table = Table(shapes("circle", 3), ["a", "b", "c"])
    table.add_scores(np.arange(2), {"reason": ["wrong", ""]})
    assert [facts["suggested"] for facts in table.facts([0, 1, 2])] == ["wrong", "", None]


def test_unsure_is_neither_flagged_nor_kept(table: Table) -> None:
    table.put_verdicts(np.array([0, 1, 2]), ["scribble", "unsure", "keep"])
    flagged, kept, without, unsure = table.counts()
    assert (flagged, kept, unsure) == (1, 1, 1) and without == len(table) - 3
    assert [rows.tolist() for rows in judged(table)] == [[0], [2], []]
    table.put_verdicts(np.array([1]), [""])
    assert table.counts() == (1, 1, len(table) - 2, 0)
    table.put_verdicts(np.array([1]), ["unsure"])
    table.sort = "verdict"
    table.arrange()
    assert table.order[:3].tolist() == [0, 1, 2]  # what is flagged first, then what is unsure, then what is kept
