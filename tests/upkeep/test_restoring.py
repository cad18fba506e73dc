from __future__ import annotations

from pathlib import Path

import pytest

from qdesk.curation.verdicts.store import Verdicts
from qdesk.game.history import History
from qdesk.safety import copies
from qdesk.upkeep.restoring import RestoreError, restore
from qdesk.upkeep.starting import keep_copies


def reasons() -> dict[str, str]:
    with Verdicts() as store:
        return store.known()


def test_both_or_one_are_as_they_were_and_what_was_there_is_kept(home: Path) -> None:
    with Verdicts() as store, History() as history:
        store.flag("1", "wrong")
        history.add_player("Ann")
        keep_copies()
        store.flag("1", "rude")
        history.add_player("Ben")
        assert len(restore(copies.today(), "verdicts")) == 1
        assert reasons() == {"1": "wrong"} == store.known() and len(history.players()) == 3
        assert len(restore(copies.today(), "history")) == 1
        assert len(history.players()) == 2
    assert [restore(f"{copies.today()}-before-restoring", "verdicts")] and reasons() == {"1": "rude"}


def test_what_cannot_be_restored_changes_nothing(home: Path) -> None:
    with Verdicts() as store:
        store.flag("1", "wrong")
    with pytest.raises(RestoreError, match="There is no copy of verdicts called 2001-01-01"):
        restore("2001-01-01", "verdicts")
    copy = copies.make(home / "verdicts.db")
    copy.write_bytes(copy.read_bytes()[:5000])
    with pytest.raises(RestoreError, match="is damaged itself"):
        restore(copies.today())
    assert reasons() == {"1": "wrong"}


def test_a_file_that_is_no_database_any_more_is_restored(home: Path) -> None:
    with Verdicts() as store:
        store.flag("1", "wrong")
    copies.make(home / "verdicts.db")
    (home / "verdicts.db").write_bytes(b"spoilt " * 3000)
    assert "as they were" in restore(copies.today())[0] and reasons() == {"1": "wrong"}


def test_a_damaged_file_that_was_kept_is_no_copy_to_restore(home: Path) -> None:
    with Verdicts() as store:
        store.flag("1", "wrong")
    kept = copies.keep_bytes(home / "verdicts.db").stem.removeprefix("verdicts-")
    with pytest.raises(RestoreError, match=f"{kept} is a damaged file as it was found"):
        restore(kept, "verdicts")
