from __future__ import annotations

import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdesk import cli
from qdesk.formats import open_drawings
from qdesk.game.history import History, HistoryError, NoSuchPlayer
from qdesk.game.modes import MODES
from qdesk.game.record import Guess, Rival, RoundRecord, RoundState, timestamp_text

INK = ("strokes", "times", "guesses", "rival")


def record(key_id: str = "1780000000000001", word: str = "flamingo", **changes: object) -> RoundRecord:
    facts: dict = {
        "timestamp": "2026-03-02 23:25:10.07453 UTC",
        "state": RoundState.RECOGNISED,
        "strokes": (np.array([[10, 20], [30.25, 41.5]], np.float32), np.array([[700, 300]], np.float32)),
        "times": (np.array([850, 861.5], np.float32), np.array([1900], np.float32)),
        "ended_ms": 2400.5,
        "recognised_ms": 2400.5,
        "guesses": (Guess(900.0, (("bird", 0.5), ("owl", 0.1))), Guess(2400.5, (("flamingo", 0.75),))),
    }
    return RoundRecord(key_id=key_id, word=word, **(facts | changes))


def duel(key_id: str = "1780000000000009", **changes: object) -> RoundRecord:
    """A round with all there can be."""
    rival = Rival((np.array([[0, 1.5], [255, 9]], np.float32),), (np.array([100, 250.5], np.float32),), 1800.5, 0.625)
    return record(key_id, **({"mode": "duel", "game": "g1", "given": 1, "rival": rival} | changes))


def same_ink(a: RoundRecord | Rival, b: RoundRecord | Rival, near: float = 0) -> bool:
    return all(
        len(x) == len(y)
        and all(p.dtype == q.dtype and np.allclose(p, q, 1e-6, near) for p, q in zip(x, y, strict=True))
        for x, y in ((a.strokes, b.strokes), (a.times, b.times))
    )


def same(a: RoundRecord, b: RoundRecord, near: float = 0) -> bool:
    """Alike in all but the last digits."""

    def plain(one: RoundRecord) -> dict:
        return {field.name: getattr(one, field.name) for field in fields(one)} | dict.fromkeys(INK)

    def numbers(one: RoundRecord) -> list[float]:
        guessed = [number for guess in one.guesses for number in (guess.at_ms, *(p for _, p in guess.top))]
        return [*guessed, *([one.rival.p, one.rival.recognised_ms or -1] if one.rival else [])]

    seen_alike = [[w for w, _ in g.top] for g in a.guesses] == [[w for w, _ in g.top] for g in b.guesses]
    rivals_alike = (a.rival is None) == (b.rival is None) and (a.rival is None or same_ink(a.rival, b.rival, near))
    numbers_alike = numbers(a) == pytest.approx(numbers(b), rel=1e-9, abs=near)
    return plain(a) == plain(b) and same_ink(a, b, near) and seen_alike and rivals_alike and numbers_alike


def test_a_round_is_the_same_after_a_restart(home: Path) -> None:
    with History() as history:
        history.add(record())
        history.add(duel())
    assert (home / "history.db").exists()
    with History() as history:
        versus, alone = history.list()
    assert same(alone, record()) and same(versus, duel())
    assert versus.points == 1 and not versus.won  # the network drew the first stroke, and was quicker


finite = st.floats(-5000, 5000, width=32)
moment = st.floats(0, 60_000, width=32)


@st.composite
def ink(draw: st.DrawFn) -> dict:
    lengths = draw(st.lists(st.integers(1, 4), max_size=4))
    xy = [[(draw(finite), draw(finite)) for _ in range(length)] for length in lengths]
    at = iter(sorted(draw(moment) for _ in range(sum(lengths))))
    return {
        "strokes": tuple(np.array(stroke, np.float32) for stroke in xy),
        "times": tuple(np.array([next(at) for _ in range(length)], np.float32) for length in lengths),
    }


@st.composite
def records(draw: st.DrawFn) -> RoundRecord:
    likely = st.floats(0, 1, width=32).map(np.float32)
    tops = st.lists(st.tuples(st.text(), likely), max_size=3).map(tuple)
    rival = st.builds(lambda ink, ms, p: Rival(**ink, recognised_ms=ms, p=p), ink(), st.none() | moment, likely)
    lines = draw(ink())
    return RoundRecord(
        **lines,
        key_id=draw(st.text("0123456789", min_size=1)),
        word=draw(st.text()),
        timestamp=timestamp_text(draw(st.datetimes(min_value=datetime(1971, 1, 1))).replace(tzinfo=UTC)),
        state=draw(st.sampled_from([state for state in RoundState if state.ended])),
        ended_ms=draw(moment),
        recognised_ms=draw(st.none() | moment),
        guesses=tuple(draw(st.lists(st.builds(Guess, moment, tops), max_size=3))),
        mode=draw(st.sampled_from(sorted(MODES))),
        game=draw(st.text()),
        given=draw(st.integers(0, len(lines["strokes"]))),
        rival=draw(st.none() | rival),
    )


@settings(deadline=None, max_examples=50)
@given(records())
def test_any_round_is_the_same_again(one: RoundRecord) -> None:
    with History(Path(":memory:")) as history:
        history.add(replace(one, ended_ms=np.float32(one.ended_ms)))  # a network's numbers are numpy's
        assert same(history.record(one.key_id), one, near=0.051)
        plays = history.plays()
    when = datetime.strptime(one.timestamp, "%Y-%m-%d %H:%M:%S.%f UTC").replace(tzinfo=UTC).timestamp()
    assert (plays.key_ids[0], plays.words[0], plays.modes[0], plays.games[0]) == (
        one.key_id, one.word, one.mode, one.game,
    )  # fmt: skip
    assert plays.at[0] == pytest.approx(when, abs=0.002)
    assert (plays.recognised[0], plays.won[0], plays.drawn[0]) == (one.recognised, one.won, one.points > 0)
    assert plays.recognised_ms[0] == pytest.approx(
        np.nan if one.recognised_ms is None else one.recognised_ms, nan_ok=True
    )


@pytest.mark.parametrize("state", [state for state in RoundState if not state.ended])
def test_a_round_in_progress_is_not_saved(tmp_path: Path, state: RoundState) -> None:
    with History(tmp_path / "h.db") as history:
        with pytest.raises(ValueError, match="not ended"):
            history.add(record(state=state))
        assert history.count() == 0


def test_a_round_is_on_the_disk_when_add_returns(tmp_path: Path) -> None:
    program = (
        "import os, sys; sys.path.insert(0, os.getcwd())\n"
        "from pathlib import Path\nfrom qdesk.game.history import History\n"
        "from qdesk.game.record import RoundRecord, RoundState\n"
        "History(Path(sys.argv[1])).add(RoundRecord('1', 'cat', 'now', RoundState.SKIPPED, (), (), 1.0))\n"
        "os._exit(1)  # as if the power went\n"
    )
    path = tmp_path / "rounds.db"
    subprocess.run([sys.executable, "-c", program, str(path)], cwd=Path(__file__).parents[2], check=False)
    with History(path) as history:
        assert [one.word for one in history.list()] == ["cat"]


def test_newest_first_and_limited(tmp_path: Path) -> None:
    with History(tmp_path / "h.db") as history:
        for key, when in (("1", "2026-01-01"), ("2", "2026-01-03"), ("3", "2026-01-02")):
            history.add(record(key, timestamp=when))
        assert [one.key_id for one in history.list()] == ["2", "3", "1"]
        assert [one.key_id for one in history.list(limit=1)] == ["2"]
        assert [one.key_id for one in history.list(limit=2, offset=1)] == ["3", "1"]
        history.add(record("2", word="cat", timestamp="2026-01-03"))
        assert history.count() == 3


def test_a_round_and_a_game_are_found(tmp_path: Path) -> None:
    with History(tmp_path / "h.db") as history:
        for key, game, when in (("1", "g", "2026-01-02"), ("2", "g", "2026-01-01"), ("3", "", "2026-01-03")):
            history.add(record(key, game=game, timestamp=when))
        assert [one.key_id for one in history.game("g")] == ["2", "1"]
        assert history.game("") == [] == history.game("another")
        assert history.record("3").key_id == "3" and history.record("4") is None


# Who plays


def test_players_have_separate_rounds(tmp_path: Path) -> None:
    with History(tmp_path / "h.db") as history:
        (first,) = history.players()
        assert (first.id, first.name) == (1, "Player 1") and first.since.endswith(" UTC")
        ann = history.add_player("  Ann   Lee ")
        assert ann.name == "Ann Lee" and history.players() == [first, ann]
        history.add(record("1"))
        history.add(record("2", "owl"), ann.id)
        history.add(record("3"), ann.id)
        assert (history.count(), history.count(1), history.count(ann.id), history.count(99)) == (3, 1, 2, 0)
        assert [one.key_id for one in history.list(player=ann.id)] == ["3", "2"]
        assert [one.key_id for one in history.list(1, ann.id, 1)] == ["2"]
        assert history.plays(ann.id).words.tolist() == ["owl", "flamingo"]
        assert len(history.plays()) == 3 and len(history.plays(99)) == 0


@pytest.mark.parametrize(
    ("name", "why"),
    [(" \n", "needs a name"), ("x" * 25, "24 letters"), ("ann LEE", "already"), ("PLAYER 1", "already")],
)
def test_a_name_is_short_and_unique(tmp_path: Path, name: str, why: str) -> None:
    with History(tmp_path / "h.db") as history:
        history.add_player("Ann Lee")
        bob = history.add_player("Bob").id
        before = history.players()
        for change in (history.add_player, lambda name: history.rename_player(bob, name)):
            with pytest.raises(ValueError, match=why):
                change(name)
        assert history.players() == before


def test_a_player_is_renamed(tmp_path: Path) -> None:
    with History(tmp_path / "h.db") as history:
        assert history.rename_player(1, "ann").name == "ann"
        history.rename_player(1, "Ann")
        assert [one.name for one in history.players()] == ["Ann"]
        history.add_player("Player 1")  # the name is free
        with pytest.raises(ValueError, match="not here any more"):
            history.rename_player(99, "Bob")


def test_nothing_is_saved_for_a_player_who_is_not_here(tmp_path: Path) -> None:
    with History(tmp_path / "h.db") as history:
        with pytest.raises(NoSuchPlayer, match="not here any more"):
            history.add(record(), 2)
        assert history.count() == 0


def test_statistics_read_no_drawing(tmp_path: Path) -> None:
    asked: list[str] = []
    with History(tmp_path / "h.db") as history:
        history.add(record())
        history._db.set_trace_callback(asked.append)
        history.plays(1)
        history.count(1)
        history._db.set_trace_callback(None)
        for question in asked:
            assert "COVERING INDEX" in history._db.execute(f"EXPLAIN QUERY PLAN {question}").fetchone()[3]
    assert len(asked) == 2


# Saving what was drawn


def test_export_loads_back_with_times_since_the_first_point(tmp_path: Path) -> None:
    out = tmp_path / "mine.ndjson"
    lost = record("1780000000000002", "cat", state=RoundState.TIME_UP, recognised_ms=None, timestamp="2026-03-03")
    with History(tmp_path / "h.db") as history:
        history.add(record())
        history.add(lost)
        history.add(record("3", strokes=(), times=()))  # nothing drawn: nothing to export
        assert history.export_raw(out) == 2
    opened = open_drawings(out)
    assert opened.problem_count == 0
    drawings = opened.drawings
    assert drawings.words.tolist() == ["flamingo", "cat"]
    assert drawings.column("key_id").tolist() == [record().key_id, "1780000000000002"]
    assert drawings.column("recognized").tolist() == [True, False]
    assert drawings.column("timestamp")[0] == "2026-03-02 23:25:10.07453 UTC"
    assert drawings.column("countrycode").tolist() == [None, None]
    for mine, theirs in zip(drawings.strokes_of(0), record().strokes, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=0.5)
    assert [t.tolist() for t in drawings.times_of(0)] == [pytest.approx([0, 11.5], abs=0.5), [1050]]


def test_only_the_players_own_drawings_are_exported(tmp_path: Path) -> None:
    out = tmp_path / "mine.ndjson.gz"
    zen = record("4", "", mode="zen", state=RoundState.DONE, recognised_ms=None, timestamp="2026-03-04 00:00:00 UTC")
    with History(tmp_path / "h.db") as history:
        other = history.add_player("Ann").id
        for one in (duel(given=1), record(), zen):
            history.add(one)
        history.add(record("5", "owl"), other)
        assert history.export_raw(out, 1) == len(history.drawings(1)) == 2
        assert history.export_raw(tmp_path / "all.ndjson") == len(history.drawings()) == 3
        kept = history.drawings(1)
    drawings = open_drawings(out).drawings
    for name in ("key_id", "word", "recognized", "timestamp"):
        assert drawings.column(name).tolist() == kept.column(name).tolist()
    assert drawings.column("key_id").tolist() == [record().key_id, "4"]
    assert drawings.words.tolist() == ["flamingo", None]
    assert drawings.column("recognized").tolist() == [True, None]
    np.testing.assert_array_equal(drawings.points, kept.points)
    np.testing.assert_allclose(drawings.times, kept.times, atol=0.1)


@pytest.mark.torch
@pytest.mark.parametrize("words", [("flamingo", ""), ("", "")])
def test_exported_drawings_can_be_ranked(tmp_path: Path, words: tuple[str, ...]) -> None:
    out, scores = tmp_path / "mine.ndjson", tmp_path / "scores.csv"
    with History(tmp_path / "h.db") as history:
        for key_id, word in enumerate(words):
            history.add(record(str(key_id), word))
        history.export_raw(out)
    assert cli.main(["rank", str(out), "--out", str(scores)]) == 0
    header, *lines = scores.read_text().splitlines()
    found = {line.split(",")[1]: line.split(",")[2] for line in lines}
    assert header.startswith("rank,key_id,word") and found == {str(k): word for k, word in enumerate(words)}


def test_exporting_needs_the_memory_of_one_drawing(tmp_path: Path) -> None:
    xy = np.arange(4000, dtype=np.float32).reshape(-1, 2)
    with History(tmp_path / "h.db") as history:
        for key in range(100):
            history.add(record(str(key), strokes=(xy,), times=(xy[:, 0],), guesses=()))
        tracemalloc.start()
        history.export_raw(tmp_path / "out.ndjson")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < (tmp_path / "out.ndjson").stat().st_size / 3


def test_an_empty_history_has_nothing_to_export(tmp_path: Path) -> None:
    with History(tmp_path / "h.db") as history, pytest.raises(ValueError, match="no drawing"):
        history.export_raw(tmp_path / "out.ndjson")
    assert not (tmp_path / "out.ndjson").exists()


def test_a_file_that_is_no_history_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    path.write_bytes(b"my shopping list, which is long enough to be taken for something else " * 20)
    before = path.read_bytes()
    with pytest.raises(HistoryError, match="cannot be opened"):
        History(path)
    assert path.read_bytes() == before


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else is writing."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


def test_a_locked_history_opens_and_says_that_it_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    History(path).close()
    with locked(path), History(path) as history:
        with pytest.raises(HistoryError, match="locked"):
            history.add(record())
        assert history.count() == 0
    with History(path) as history:
        history.add(record())


def test_the_game_does_not_stand_still_for_a_locked_history(tmp_path: Path) -> None:
    with History(tmp_path / "h.db") as history:
        (patience_ms,) = history._db.execute("PRAGMA busy_timeout").fetchone()
        assert patience_ms <= 300
        history.wait_longer(1.5)
        assert history._db.execute("PRAGMA busy_timeout").fetchone() == (1500,)


def test_a_newer_history_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    History(path).close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(History.migrations),)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        db.execute(f"PRAGMA user_version = {len(History.migrations) + 1}")
    db.close()
    with pytest.raises(HistoryError, match="newer qdesk"):
        History(path)
