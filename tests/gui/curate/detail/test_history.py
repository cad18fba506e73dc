"""The words of a drawing's history."""

from __future__ import annotations

from datetime import UTC

from qdesk.curation.verdicts.store import Event
from qdesk.gui.curate.detail.history import MOST, history_text

AT = "2026-11-30T22:0{}:00.123Z"


def test_the_newest_comes_first_with_its_time_and_its_note() -> None:
    events = [
        Event(AT.format(1), "do", "other", "copy of 7", ""),
        Event(AT.format(2), "do", "", "", "other"),
        Event(AT.format(3), "undo", "other", "copy of 7", ""),
        Event(AT.format(4), "do", "other", "copy of 7", "other"),  # a merge: somebody differs, and nothing changes
    ]
    assert history_text(events, UTC).replace("\N{NO-BREAK SPACE}", " ").split("\n") == [
        "30 Nov 2026 22:03: undone, flagged as other “copy of 7”",
        "30 Nov 2026 22:02: verdict taken back",
        "30 Nov 2026 22:01: flagged as other “copy of 7”",
    ]


def test_of_many_the_oldest_are_counted() -> None:
    events = [Event(AT.format(1), "do", reason, "", before) for reason, before in [("keep", ""), ("", "keep")] * MOST]
    lines = history_text(events, UTC).split("\n")
    assert len(lines) == MOST + 1 and lines[-1] == f"and {MOST} before"
    assert history_text([]) == "Nothing was decided about it yet."
