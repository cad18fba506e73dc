"""Statistics of a player: shares, times and days, from the columns of the rounds that are cheap to read.

Only rounds with a word count. Rounds of zen have none and count only as drawings and for the days. A round that was
skipped or left counts as not recognised. Times count only where the player drew the whole drawing from the word, not
where the network began it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qdesk.game.modes import MODES
from qdesk.stats.intervals import wilson

COMPARED = tuple(mode.name for mode in MODES.values() if mode.compared)
"""Modes in which the player draws the whole drawing from the word, so that times can be compared."""

DUELS = tuple(mode.name for mode in MODES.values() if mode.network == "opposes")

DAY_S = 86_400
_BINS_BY_DAY = 60
_BLOCKS = 12
_BLOCK = 6  # rounds: a game


@dataclass(frozen=True)
class Plays:
    """Rounds as columns, oldest first.

    key_ids, words: object (N,) of str, the word "" where there was none. at: float64 (N,), when the round began,
    seconds since 1970 UTC. recognised: bool (N,). recognised_ms: float64 (N,), ms since the round began, NaN where it
    was not. modes, games: object (N,) of str, the game "" where it is not known. won: bool (N,), as `RoundRecord.won`.
    drawn: bool (N,), whether the player drew something; None where that is so in all rounds.
    """

    key_ids: np.ndarray
    words: np.ndarray
    at: np.ndarray
    recognised: np.ndarray
    recognised_ms: np.ndarray
    modes: np.ndarray
    games: np.ndarray
    won: np.ndarray
    drawn: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.key_ids)


@dataclass(frozen=True)
class Summary:
    """What a player has done.

    rounds: the rounds with a word. recognised: how many of them were recognised. share: their share, 0 without rounds.
    low, high: the 95 % interval of the share (Wilson), 0 and 1 without rounds. median_ms: of the recognised rounds, NaN
    without any. drawings: the rounds with ink, those of zen included. best_game, best_sprint: the most words recognised
    in one game of six drawings, and in one sprint. duels, duels_won: rounds against the network. days: on how many days
    of the local calendar something was played. streak_days: the number of days in a row until today, or until yesterday
    where nothing was played today, else 0. longest_streak_days: the most days in a row ever. favourite: the word
    recognised most often; among several, the one with the best median time; "" before the first.
    """

    rounds: int
    recognised: int
    share: float
    low: float
    high: float
    median_ms: float
    drawings: int
    best_game: int
    best_sprint: int
    duels: int
    duels_won: int
    days: int
    streak_days: int
    longest_streak_days: int
    favourite: str


@dataclass(frozen=True)
class WordStats:
    """How one word went.

    share: of its rounds that were recognised. best_ms, median_ms: of its times in `COMPARED`, NaN without any. low,
    high: the 95 % interval of the share (Wilson).
    """

    word: str
    played: int
    recognised: int
    share: float
    best_ms: float
    median_ms: float
    low: float
    high: float


def summary(plays: Plays, now: float | None = None) -> Summary:
    """Return the summary of all rounds. now: when the streak is counted, seconds since 1970 UTC, by default now."""
    asked = plays.words != ""
    rounds, hits = int(asked.sum()), int((asked & plays.recognised).sum())
    low, high = wilson(hits, rounds)
    days = np.unique(local_days(plays.at))
    today = int(local_days(np.array([time.time() if now is None else now]))[0])
    streaks = np.split(days, np.flatnonzero(np.diff(days) > 1) + 1)  # runs of days without a break
    ms = plays.recognised_ms[asked & plays.recognised & np.isfinite(plays.recognised_ms)]
    duels = np.isin(plays.modes, DUELS)
    best = min(by_word(plays), key=lambda w: (-w.recognised, math.isnan(w.median_ms), w.median_ms), default=None)
    return Summary(
        rounds=rounds,
        recognised=hits,
        share=hits / rounds if rounds else 0.0,
        low=float(low),
        high=float(high),
        median_ms=float(np.median(ms)) if len(ms) else float("nan"),
        drawings=len(plays) if plays.drawn is None else int(plays.drawn.sum()),
        best_game=best_of(plays, "game"),
        best_sprint=best_of(plays, "sprint"),
        duels=int(duels.sum()),
        duels_won=int(plays.won[duels].sum()),
        days=len(days),
        streak_days=len(streaks[-1]) if len(days) and today - days[-1] in (0, 1) else 0,
        longest_streak_days=max(map(len, streaks)),
        favourite=best.word if best and best.recognised else "",
    )


def by_word(plays: Plays) -> list[WordStats]:
    """Return the figures of every word that was played, the most played first, then by the alphabet."""
    chosen = plays.words != ""
    words, code = _coded(plays.words[chosen])
    played = np.bincount(code, minlength=len(words))
    hits = np.bincount(code[plays.recognised[chosen]], minlength=len(words))
    low, high = wilson(hits, played)
    best, median = np.full(len(words), np.nan), np.full(len(words), np.nan)
    timed = _timed(plays)
    mine, ms = code[timed[chosen]], plays.recognised_ms[timed]
    order = np.lexsort((ms, mine))
    found, first, count = np.unique(mine[order], return_index=True, return_counts=True)
    ms = ms[order]
    if len(ms):
        best[found] = ms[first]
        median[found] = (ms[first + (count - 1) // 2] + ms[first + count // 2]) / 2
    columns = (played, hits, hits / np.maximum(played, 1), best, median, low, high)
    order = np.argsort(-played, kind="stable")
    return [
        WordStats(words[k], *about)
        for k, about in zip(order, zip(*(column[order].tolist() for column in columns), strict=True), strict=True)
    ]


def over_time(plays: Plays) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (at, share, count) of the rounds in B bins.

    at: float64 (B,), seconds since 1970 UTC, the mean of the bin's rounds. share: float64 (B,), of them that were
    recognised. count: int64 (B,), how many rounds.

    Where something was played on three days or more, a bin is a day of the local calendar, or 7 or 28 days and so on
    where that would be more than 60 bins. Else a bin is one of up to 12 blocks of 6 or more rounds.
    """
    chosen = plays.words != ""
    at, recognised = plays.at[chosen], plays.recognised[chosen]
    if not len(at):
        return np.zeros(0), np.zeros(0), np.zeros(0, np.int64)
    days = local_days(at)
    if len(np.unique(days)) >= 3:
        widths = (1, *(7 * 4**k for k in range(20)))
        width = next(width for width in widths if len(np.unique(_spans(days, width))) <= _BINS_BY_DAY)
        bins = np.unique(_spans(days, width), return_inverse=True)[1]
    else:
        blocks = min(max(len(at) // _BLOCK, 1), _BLOCKS)
        bins = np.arange(len(at)) * blocks // len(at)
    count = np.bincount(bins)
    return np.bincount(bins, at) / count, np.bincount(bins, recognised) / count, count


def best_times(plays: Plays, count: int) -> list[tuple[str, float, str]]:
    """Return the `count` words recognised in the least time, as (word, ms, key_id) of each best time, fastest first.

    Where times are equal, the earlier round counts. Only rounds in `COMPARED` count.
    """
    chosen = np.flatnonzero(_timed(plays))
    chosen = chosen[np.argsort(plays.recognised_ms[chosen], kind="stable")]
    best: dict[str, int] = {}
    for row in chosen.tolist():
        best.setdefault(plays.words[row], row)
        if len(best) >= count:
            break
    return [(word, float(plays.recognised_ms[row]), plays.key_ids[row]) for word, row in best.items()][: max(count, 0)]


def local_days(at: np.ndarray) -> np.ndarray:
    """Return int64 (N,): the number of each moment's day in the local calendar. at: seconds since 1970 UTC."""
    day = np.floor_divide(at, DAY_S) * DAY_S  # in UTC
    edges, which = np.unique(np.concatenate([day, day + DAY_S]), return_inverse=True)
    offset, after = np.array([time.localtime(edge).tm_gmtoff for edge in edges.tolist()], np.int64)[which].reshape(
        2, -1
    )
    for row in np.flatnonzero(offset != after):  # the clocks were changed that day
        offset[row] = time.localtime(at[row]).tm_gmtoff
    return np.floor_divide(at + offset, DAY_S).astype(np.int64)


def _timed(plays: Plays) -> np.ndarray:
    """Return bool (N,): the rounds whose time counts."""
    own = np.zeros(len(plays), bool)
    for mode in COMPARED:
        own |= plays.modes == mode
    return own & (plays.words != "") & plays.recognised & np.isfinite(plays.recognised_ms)


def best_of(plays: Plays, mode: str) -> int:
    """Return the most rounds recognised in one game of this mode, 0 where none was.

    Old rounds that belong to no game do not count.
    """
    games = plays.games[(plays.modes == mode) & (plays.games != "") & plays.recognised]
    return int(np.bincount(_coded(games)[1]).max(initial=0))


def _spans(days: np.ndarray, width: int) -> np.ndarray:
    """Return int64 (N,): which span of `width` days each day is in. The last span ends with the last day."""
    return -((days.max() - days) // width)


def _coded(values: np.ndarray | Sequence[str]) -> tuple[list[str], np.ndarray]:
    """Return the different values, sorted, and int64 (N,), the place of each. np.unique of objects is slower."""
    names = sorted(set(values))
    code = {name: place for place, name in enumerate(names)}
    return names, np.fromiter((code[value] for value in values), np.int64, len(values))
