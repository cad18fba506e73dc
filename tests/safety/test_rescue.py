"""Databases with damaged pages: what can be read is in them again, and the damaged file is kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.verdicts.store import Verdicts, VerdictsError
from qdesk.game.history import History, HistoryError
from qdesk.game.record import RoundRecord, RoundState
from qdesk.safety import copies
from qdesk.safety.telling import listen
from tests.helpers.faults import cases, dice

PAGE = 4096


@pytest.fixture
def told() -> Iterator[list[str]]:
    said: list[str] = []
    silence = listen(said.append)
    yield said
    silence()


def many_verdicts(path: Path) -> dict[str, str]:
    with Verdicts(path) as store:
        store.flag_many([(f"{10**15 + 7919 * k % 10**6}", "scribble", f"note {k}", {"rank": k}) for k in range(1200)])
        store.flag_many([(f"{10**15 + 7919 * k % 10**6}", "wrong", "", {"rank": k}) for k in range(0, 1200, 3)])
        return store.known()


def many_rounds(path: Path) -> set[str]:
    with History(path) as history:
        for number in range(60):
            xy = np.arange(400, dtype=np.float32).reshape(-1, 2)
            history.add(RoundRecord(f"{number:03d}", "cat", f"2026-03-02 23:25:{number:02d}.00000 UTC",
                                    RoundState.TIME_UP, (xy,), (xy[:, 0],), 900))  # fmt: skip
        return {one.key_id for one in history.list()}


def spoil(path: Path, case: int, name: str) -> list[int]:
    """Overwrite one to three pages beyond the first, which says what the file is."""
    content, rng = bytearray(path.read_bytes()), dice(name, case)
    pages = sorted(set(rng.integers(1, len(content) // PAGE, rng.integers(1, 4)).tolist()))
    for page in pages:
        content[page * PAGE : (page + 1) * PAGE] = rng.bytes(PAGE) if case % 2 else bytes(PAGE)
    path.write_bytes(content)
    return pages


def test_verdicts_survive_damaged_pages(tmp_path: Path, told: list[str]) -> None:
    whole = tmp_path / "whole.db"
    before = many_verdicts(whole)
    rescued = 0
    for case in cases(10, 300):
        path = tmp_path / f"{case}" / "verdicts.db"
        path.parent.mkdir()
        path.write_bytes(whole.read_bytes())
        pages = spoil(path, case, "verdict pages")
        try:
            with Verdicts(path) as store:
                store.look_through()
                after = store.known()
                assert store.flag("1", "wrong").new == "wrong" and store.undo()
                store.look_through()
                assert len(store.all()) == len(after)
        except VerdictsError as error:  # of a page that says where the others are; a copy is of use then
            assert "damaged" in str(error), (case, pages)
            continue
        rescued += len(after)
        # Where both a verdict and its last line of the history are lost, the one before it comes back.
        assert after.keys() <= before.keys(), (case, pages)
        assert len(after.items() - before.items()) <= 250, (case, pages)
    assert rescued >= 0.85 * len(before) * len(cases(10, 300)) and told


def test_rounds_survive_damaged_pages(tmp_path: Path, told: list[str]) -> None:
    whole = tmp_path / "whole.db"
    before = many_rounds(whole)
    rescued = 0
    for case in cases(10, 300):
        path = tmp_path / f"{case}" / "history.db"
        path.parent.mkdir()
        path.write_bytes(whole.read_bytes())
        pages = spoil(path, case, "round pages")
        try:
            with History(path) as history:
                history.look_through()
                after = {one.key_id for one in history.list()}
                assert history.players() and history.plays().key_ids.size == len(after)
        except HistoryError as error:
            assert "cannot be" in str(error), (case, pages)
            continue
        assert after <= before, (case, pages)
        rescued += len(after)
    # With the root of a table all of it is lost, and a copy has to be restored; else a few rounds per page are.
    assert rescued >= 0.7 * len(before) * len(cases(10, 300))


def test_the_damaged_file_is_kept_and_named(tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "verdicts.db"
    many_verdicts(path)
    content = path.read_bytes()
    spoilt = content[: -3 * PAGE] + bytes(PAGE) + content[-2 * PAGE :]
    path.write_bytes(spoilt)
    with Verdicts(path) as store:
        store.look_through()
    (kept,) = copies.copies_of(path)
    assert os.listdir(kept.path.parent) == [kept.path.name]
    assert kept.is_damaged and kept.path.read_bytes() == spoilt
    assert str(kept.path) in told[0] and "What can be read is in it again" in told[0]


def test_a_file_that_is_cut_short_is_said(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.db"
    many_verdicts(path)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(VerdictsError, match="damaged"):
        Verdicts(path)
    assert path.stat().st_size == 3000


@pytest.mark.parametrize("has_copy", [True, False])
@pytest.mark.parametrize("length", [16, 100, PAGE])
def test_a_damaged_beginning_is_replaced(tmp_path: Path, told: list[str], length: int, has_copy: bool) -> None:
    verdicts, history = tmp_path / "verdicts.db", tmp_path / "history.db"
    known, rounds = many_verdicts(verdicts), many_rounds(history)
    for path in (verdicts, history):
        if has_copy:
            copies.make(path)
        content = bytearray(path.read_bytes())
        content[:length] = dice("beginning", length).bytes(length)
        path.write_bytes(content)
    with Verdicts(verdicts) as store, History(history) as rounds_again:
        assert store.known() == known and {one.key_id for one in rounds_again.list()} == rounds
        assert not store.aside("verdicts") and not rounds_again.aside("rounds")
    assert len(told) == 2


def test_a_file_that_was_cut_keeps_what_is_before_the_cut(tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "verdicts.db"
    before = many_verdicts(path)
    copies.make(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 5 + 700])
    with Verdicts(path) as store:
        after = store.known()
    assert 0 < len(after) < len(before)
    assert f"({len(after):,} of at least 1,200 verdicts, " in told[0]
    way = f"Its copy of {copies.today()} holds 1,200 verdicts: qdesk doctor --restore verdicts {copies.today()}"
    assert told[0].endswith(f"{way} brings it back.")


def test_where_nothing_can_be_read_the_copy_is_named(tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "verdicts.db"
    many_verdicts(path)
    copies.make(path)
    spoilt = b"something else " * 4000
    path.write_bytes(spoilt)
    with pytest.raises(VerdictsError, match=f"Its copy of {copies.today()} holds 1,200 verdicts: qdesk doctor"):
        Verdicts(path)
    assert path.read_bytes() == spoilt and not told


def test_damaged_pages_are_named_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.db"
    many_verdicts(path)
    content = bytearray(path.read_bytes())
    content[8 * PAGE : 9 * PAGE] = bytes(PAGE)
    path.write_bytes(content)
    with closing(copies.to_read(path)) as db:
        trouble = copies.page_trouble(db)
    assert trouble == "page 9"
