from __future__ import annotations

import os
from pathlib import Path

import pytest

from qdesk.curation.verdicts.store import Verdicts
from qdesk.game.history import History
from qdesk.safety import copies, counts
from qdesk.safety.telling import listen
from qdesk.upkeep.starting import clear, finish, keep_copies


def test_the_day_s_copies_are_made_once(home: Path) -> None:
    assert finish() == keep_copies() == [] and not (home / "copies").exists()
    Verdicts().close()
    History().close()
    assert keep_copies() == []
    names = {file.name for file in (home / "copies").iterdir()}
    assert names == {f"{title}-{copies.today()}.db" for title in ("verdicts", "history")}
    with Verdicts() as store:
        store.flag("1", "wrong")
    keep_copies()
    assert {file.name for file in (home / "copies").iterdir()} == names


def age(home: Path) -> None:
    """Have the copies be older than any change."""
    for copy in (home / "copies").iterdir():
        os.utime(copy, (0, 0))


def held(home: Path, title: str = "verdicts") -> list[list[int] | None]:
    work = Verdicts.work if title == "verdicts" else History.work
    return [counts.rows(one.path, work) for one in copies.copies_of(home / f"{title}.db")]


def test_the_day_s_copy_has_what_was_done_since(home: Path) -> None:
    Verdicts().close()
    keep_copies()
    assert held(home) == [[0, 0]]
    with Verdicts() as store:
        store.flag_many([(str(number), "wrong", "", {}) for number in range(7)])
    age(home)
    keep_copies()
    assert held(home) == [[7, 7]]


def test_the_day_s_copy_is_not_replaced_by_less(home: Path) -> None:
    with Verdicts() as store:
        store.flag_many([(str(number), "wrong", "", {}) for number in range(7)])
        keep_copies()
        store.clear("3")  # a line more in the history
        age(home)
        keep_copies()
        assert held(home) == [[6, 8]]
        store._db.execute("DELETE FROM verdicts WHERE identity < '2'")
    age(home)
    keep_copies()
    assert held(home) == [[6, 8]]


@pytest.mark.parametrize("is_there", [True, False])
def test_an_empty_file_is_not_copied_and_said_once(home: Path, is_there: bool) -> None:
    with Verdicts() as store:
        store.flag("1", "wrong")
    good = copies.make(home / "verdicts.db").rename(home / "copies" / "verdicts-2026-01-01.db")
    (home / "verdicts.db").write_bytes(b"") if is_there else (home / "verdicts.db").unlink()
    said: list[str] = []
    silence = listen(said.append)
    for _ in range(2):
        Verdicts().close()
    keep_copies()
    silence()
    how = "qdesk doctor --restore verdicts 2026-01-01 brings it back."
    assert said == [f"verdicts.db is empty, though its copy of 2026-01-01 holds 1 verdict: {how}"]
    assert [one.path for one in copies.copies_of(home / "verdicts.db")] == [good]


def test_damage_is_not_copied_over_a_good_copy(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "verdicts.db").write_bytes(b"no database " * 900)
    (trouble,) = keep_copies()
    assert "No copy of verdicts.db could be made today" in trouble
    assert copies.copies_of(home / "verdicts.db") == []


def test_half_files_of_programs_that_are_gone_are_cleared(home: Path) -> None:
    (home / "scores" / "a").mkdir(parents=True)
    left = [home / ".x.ndjson.99999999-3.part", home / "scores" / "a" / ".y.99999999-4.part"]
    for path in (*left, home / "x.99999999-3.part", home / ".download.part"):
        path.write_text("half")
    assert sorted(clear()) == sorted(left)
    assert sorted(file.name for file in home.iterdir()) == [".download.part", "scores", "x.99999999-3.part"]


def test_a_copy_that_cannot_be_made_is_said_in_plain_words(home: Path) -> None:
    Verdicts().close()
    (home / "copies").write_text("no folder")
    (trouble,) = keep_copies()
    assert trouble.startswith("No copy of verdicts.db could be made today: ")
    assert "[Errno" not in trouble and str(home) not in trouble
