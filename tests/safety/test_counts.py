"""How much is in databases and copies, also where only reading is possible."""

from __future__ import annotations

from pathlib import Path

from qdesk.curation.verdicts.store import Verdicts
from qdesk.game.history import History
from qdesk.safety import copies, counts


def test_what_is_in_a_file_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.db"
    assert counts.rows(path, Verdicts.work) is None and counts.loss("verdicts", path, Verdicts.work) == ""
    path.write_bytes(b"")
    assert counts.rows(path, Verdicts.work) == [0, 0]
    with Verdicts(path) as store:
        store.flag("1", "wrong")
    assert counts.said(path, Verdicts.work) == "1 verdict"
    assert counts.rows(path, History.work) == [0]  # which has no such table
    path.write_bytes(b"spoilt " * 1000)
    assert counts.said(path, Verdicts.work) == "what cannot be counted"


def test_the_newest_copy_that_has_anything_is_named(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.db"
    with Verdicts(path) as store:
        empty = copies.make(path, "version1")
        assert counts.filled(path, Verdicts.work) is None
        store.flag("1", "wrong")
        full = copies.make(path)
    assert counts.is_less(empty, Verdicts.work, full) and not counts.is_less(path, Verdicts.work, full)
    path.unlink()
    assert "There is no verdicts.db any more" in counts.loss("verdicts", path, Verdicts.work)
    assert counts.way_back("verdicts", path, Verdicts.work).startswith(f"its copy of {copies.today()} holds 1 verdict")
