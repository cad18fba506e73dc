from __future__ import annotations

from pathlib import Path

from qdesk.curation.verdicts.store import Verdicts
from qdesk.game.history import History
from qdesk.safety import copies
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
