from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdesk.game.modes import MODES
from qdesk.game.stats import COMPARED, Plays, best_times, by_word, local_days, over_time, summary, wilson

DAY = 86_400.0
NEW_YORK = "EST5EDT,M3.2.0,M11.1.0"
START = 1_772_000_000.0  # 25 February 2026: two weeks before the clocks change there


@pytest.fixture(scope="module", autouse=True)
def in_new_york() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", NEW_YORK)
        time.tzset()
        yield
    time.tzset()


Row = tuple[str, float, bool, float, str, str, bool]
"""word, at, recognised, recognised_ms, mode, game, won"""


def plays_of(rows: list[Row]) -> Plays:
    rows = sorted(rows, key=lambda row: row[1])
    types = (object, float, bool, float, object, object, bool)
    columns = [np.array([row[k] for row in rows], dtype) for k, dtype in enumerate(types)]
    words, at, recognised, ms, modes, games, won = columns
    return Plays(np.array([f"k{k}" for k in range(len(rows))], object), words, at, recognised, ms, modes, games, won)


def one(word: str = "cat", at: float = START, ms: float | None = None, mode: str = "game", game: str = "g") -> Row:
    return word, at, ms is not None, math.nan if ms is None else ms, mode, game, ms is not None


def when(day: date, hour: float = 12) -> float:
    """An hour of a day in New York."""
    return (datetime(day.year, day.month, day.day) + timedelta(hours=hour)).timestamp()


MONDAY = date(2026, 3, 2)


def on(*days: int, hour: float = 12) -> Plays:
    """A round on each of the days, counted from Monday."""
    return plays_of([one(at=when(MONDAY + timedelta(days=day), hour)) for day in days])


def test_without_rounds_all_figures_are_empty() -> None:
    nothing = plays_of([])
    seen = summary(nothing)
    assert (seen.rounds, seen.share, seen.low, seen.high, seen.favourite) == (0, 0, 0, 1, "")
    assert (seen.days, seen.streak_days, seen.longest_streak_days) == (0, 0, 0)
    assert math.isnan(seen.median_ms)
    assert by_word(nothing) == [] == best_times(nothing, 5)
    assert [len(column) for column in over_time(nothing)] == [0, 0, 0]


def test_a_game_a_sprint_and_a_duel() -> None:
    seen = summary(
        plays_of(
            [
                *(one("cat", START + k, 900.0 if k < 4 else None, game="a") for k in range(6)),
                *(one("owl", START + k, 800.0, game="b") for k in range(5)),
                *(one("owl", START + k, 700.0, game="") for k in range(9)),  # from before there were games
                *(one("dog", START + k, game="") for k in range(20)),
                *(one("sun", START + k, 600.0, mode="sprint", game="c") for k in range(7)),
                one("sun", ms=500.0, mode="duel"),
                one("sun", mode="duel"),
                ("sun", START, False, math.nan, "duel", "g", True),  # nobody was recognised, but it was more like it
                one("", mode="zen"),
            ]
        )
    )
    assert (seen.best_game, seen.best_sprint, seen.duels, seen.duels_won) == (5, 7, 3, 2)
    assert (seen.rounds, seen.recognised, seen.drawings, seen.favourite) == (50, 26, 51, "owl")


def test_only_rounds_with_ink_are_drawings() -> None:
    plays = plays_of([one(), one()])
    assert summary(plays).drawings == 2
    drawn = Plays(**(vars(plays) | {"drawn": np.array([True, False])}))
    assert summary(drawn).drawings == 1 and summary(drawn).rounds == 2


def test_days_are_those_of_the_local_calendar() -> None:
    late = plays_of([one(at=when(MONDAY, 20)), one(at=when(MONDAY, 23.9)), one(at=when(MONDAY, 24.1))])
    assert np.diff(local_days(late.at)).tolist() == [0, 1]
    assert summary(late).days == 2  # in UTC all three are Tuesday's


def test_a_day_on_which_the_clocks_are_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as berlin:
        berlin.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        time.tzset()
        night = datetime(2026, 3, 29, 23, 30).timestamp()  # of the day that has 23 hours
        days = local_days(night + np.array([-23, -22.4, 0, 0.4, 0.6]) * 3600)
    time.tzset()
    assert (days - days[2]).tolist() == [-1, 0, 0, 0, 1]


def test_the_streak_lasts_until_yesterday() -> None:
    plays = on(0, 1, 2, 5, 6, 6, hour=1)

    def streak(day: int, hour: float = 23) -> int:
        return summary(plays, when(MONDAY + timedelta(days=day), hour)).streak_days

    assert (streak(6), streak(7, 0.5), streak(7), streak(8, 0.5)) == (2, 2, 2, 0)
    assert summary(plays).longest_streak_days == 3
    change = on(5, 6, 7, hour=2.5)  # on the Sunday in the middle that hour does not exist
    assert summary(change, when(MONDAY + timedelta(days=7))).streak_days == 3


def test_words_with_their_times() -> None:
    own = [one("cat", ms=ms, mode=mode) for ms, mode in zip((900.0, 500.0, 700.0, 650.0), COMPARED, strict=True)]
    begun = one("cat", ms=100.0, mode="finish")  # not the player's own time
    cat, dog, owl = by_word(plays_of([*own, begun, one("cat"), one("owl"), one("dog", ms=50.0), one("", mode="zen")]))
    assert (cat.word, cat.played, cat.recognised, cat.share) == ("cat", 6, 5, 5 / 6)
    assert (cat.best_ms, cat.median_ms) == (500, 675)
    assert 0 < cat.low < cat.share < cat.high < 1
    assert (dog.word, dog.best_ms, dog.median_ms) == ("dog", 50, 50)
    assert (owl.word, owl.share) == ("owl", 0) and math.isnan(owl.best_ms) and math.isnan(owl.median_ms)


def test_the_best_time_of_each_word() -> None:
    plays = plays_of(
        [
            one("cat", START, 900.0),
            one("owl", START + 1, 700.0),
            one("cat", START + 2, 700.0),
            one("cat", START + 3, 700.0),
            one("sun", START + 4, 10.0, mode="finish"),
            ("sun", START + 5, True, math.nan, "game", "", True),  # nobody knows when
            one("dog", START + 6),
        ]
    )
    assert best_times(plays, 9) == [("owl", 700.0, "k1"), ("cat", 700.0, "k2")]
    assert best_times(plays, 1) == [("owl", 700.0, "k1")] and best_times(plays, 0) == []


def test_over_time_by_day() -> None:
    rows = [one(at=when(MONDAY + timedelta(days=day), 1 + k), ms=9.0 if k < day else None)
            for day in (0, 1, 4) for k in range(2)]  # fmt: skip
    at, share, count = over_time(plays_of([*rows, one("", at=START, mode="zen")]))
    assert share.tolist() == [0, 0.5, 1] and count.tolist() == [2, 2, 2]
    assert at.tolist() == [when(MONDAY + timedelta(days=day), 1.5) for day in (0, 1, 4)]


def test_over_time_in_blocks_when_it_was_one_evening() -> None:
    rows = [one(at=START + k, ms=9.0 if k >= 10 else None) for k in range(20)]
    at, share, count = over_time(plays_of(rows))
    assert count.tolist() == [7, 7, 6] and share.tolist() == [0, pytest.approx(4 / 7), 1]
    assert np.all(np.diff(at) > 0)
    assert over_time(plays_of(rows[:5]))[2].tolist() == [5]
    assert over_time(plays_of(rows * 50))[2].tolist() == [84, 83, 83] * 4


@pytest.mark.parametrize(("days", "bins"), [(60, 60), (61, 9), (420, 60), (421, 16), (4000, 36)])
def test_over_time_has_bins_that_can_be_told_apart(days: int, bins: int) -> None:
    at, _, count = over_time(on(*range(days)))
    assert len(at) == bins and count.sum() == days
    assert len(set(count[1:].tolist())) == 1  # only the first may be shorter: the last ends with the last day


rows = st.lists(
    st.builds(
        lambda word, days, recognised, ms, mode, game, won: (
            word,
            START + days * DAY,
            recognised,
            ms if recognised else math.nan,
            mode,
            game,
            won,
        ),  # fmt: skip
        st.sampled_from(["", "cat", "dog", "owl", "snail"]),
        st.floats(0, 30),
        st.booleans(),
        st.floats(1, 20_000),
        st.sampled_from(sorted(MODES)),
        st.sampled_from(["", "a", "b", "c"]),
        st.booleans(),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(rows)
def test_the_figures_agree_with_a_plain_computation(rows: list[Row]) -> None:
    plays = plays_of(rows)
    rows = sorted((row for row in rows), key=lambda row: row[1])
    asked = [row for row in rows if row[0]]
    now = START + 30 * DAY
    seen = summary(plays, now)
    assert (seen.rounds, seen.recognised) == (len(asked), sum(row[2] for row in asked))
    assert seen.drawings == len(rows)
    assert (seen.duels, seen.duels_won) == (
        sum(row[4] == "duel" for row in rows), sum(row[4] == "duel" and row[6] for row in rows),
    )  # fmt: skip
    for mode, best in (("game", seen.best_game), ("sprint", seen.best_sprint)):
        hits = [row[5] for row in rows if row[4] == mode and row[5] and row[2]]
        assert best == max((hits.count(game) for game in set(hits)), default=0)
    days = {datetime.fromtimestamp(row[1]).date() for row in rows}
    today = datetime.fromtimestamp(now).date()
    last = today if today in days else today - timedelta(days=1)
    streak = next(k for k in range(99) if last - timedelta(days=k) not in days)
    assert (seen.days, seen.streak_days) == (len(days), streak)
    for about in by_word(plays):
        mine = [row for row in asked if row[0] == about.word]
        times = [row[3] for row in mine if row[2] and row[4] in COMPARED]
        assert (about.played, about.recognised) == (len(mine), sum(row[2] for row in mine))
        assert about.share == about.recognised / about.played
        expected = (min(times), statistics.median(times)) if times else (math.nan, math.nan)
        assert (about.best_ms, about.median_ms) == pytest.approx(expected, nan_ok=True)
    assert [about.word for about in by_word(plays)] == sorted(
        {row[0] for row in asked}, key=lambda word: (-sum(row[0] == word for row in asked), word)
    )
    fastest = {about.word: about.best_ms for about in by_word(plays) if about.best_ms > 0}
    best = best_times(plays, 3)
    assert [ms for _, ms, _ in best] == sorted(fastest.values())[:3]
    for word, ms, key_id in best:
        assert fastest[word] == ms == plays.recognised_ms[plays.key_ids == key_id][0]
    at, share, count = over_time(plays)
    assert count.sum() == len(asked) and float(share @ count) == pytest.approx(seen.recognised)
    assert float(at @ count) == pytest.approx(sum(row[1] for row in asked))


@given(st.integers(1, 10_000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_the_ends_of_the_interval_are_those_of_wilson(pair: tuple[int, int]) -> None:
    """Wilson: the shares p from which the one seen is 1.96 standard errors away, each with the error at p itself."""
    hits, count = pair
    for p in map(float, wilson(hits, count)):
        assert (hits / count - p) ** 2 == pytest.approx(1.959964**2 * p * (1 - p) / count, abs=1e-9)
