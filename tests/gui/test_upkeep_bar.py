from __future__ import annotations

import threading
from pathlib import Path

from qdesk.curation.verdicts.store import Verdicts
from qdesk.gui.upkeep_bar import UpkeepBar
from qdesk.safety import copies, counts
from qdesk.safety.telling import tell


def test_what_is_told_in_any_thread_is_shown_and_a_copy_brought_back(qtbot, home: Path) -> None:
    with Verdicts() as store:
        store.flag("1", "wrong")
    bar = UpkeepBar()
    qtbot.addWidget(bar)
    bar.look()
    qtbot.waitUntil(lambda: copies.is_copied_today(home / "verdicts.db"))
    assert bar.isHidden()
    with Verdicts() as store:
        store.clear("1")
    thread = threading.Thread(target=tell, args=("verdicts.db: 1 verdict is damaged and set aside.",))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: "1 verdict is damaged" in bar.text)
    assert bar.act.text() == "Restore a copy…"
    bar.menu.fill()
    (action,) = [one for one in bar.menu.actions() if one.text().startswith("Verdicts as of")]
    action.trigger()
    qtbot.waitUntil(lambda: "as they were" in bar.text)
    with Verdicts() as store:
        assert store.known() == {"1": "wrong"}
    bar.shutdown()


def test_two_damaged_databases_are_both_named(qtbot, home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    for name in ("verdicts.db", "history.db"):
        (home / name).write_bytes(b"no database " * 900)
    bar = UpkeepBar()
    qtbot.addWidget(bar)
    bar.look()
    qtbot.waitUntil(lambda: "history.db" in bar.text and "verdicts.db" in bar.text)
    bar.shutdown()


def test_the_end_of_a_window_brings_the_copies_up_to_date(qtbot, home: Path) -> None:
    with Verdicts() as store:
        store.flag("1", "wrong")
    bar = UpkeepBar()
    qtbot.addWidget(bar)
    bar.keep_copies()
    (copy,) = copies.copies_of(home / "verdicts.db")
    assert counts.said(copy.path, Verdicts.work) == "1 verdict"
    bar.shutdown()
