"""The program itself, in a window on a screen of its own: a file is judged by keys, exported, and opened again."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from qdesk.curation.verdicts.store import Verdicts
from qdesk.data.reasons import KEEP
from tests.helpers.drawings import CIRCLES, write_circles
from tests.helpers.screen import ROOT, Curator, Screen, with_weights
from tests.helpers.waiting import until

pytestmark = with_weights


def test_a_file_is_judged_by_keys_exported_and_opened_again(screen: Screen, home: Path, tmp_path: Path) -> None:
    curator = Curator(screen, home)
    file, copy = tmp_path / "circles.ndjson", tmp_path / "again.ndjson"
    write_circles(file)
    with screen.program("curate", file):
        curator.wait_for(file)
        curator.press("4")
        until(lambda: curator.reasons() == {"other"})
        # At the end of scoring, what is flagged already gets its numbers.
        until(lambda: curator.verdicts()["other"].facts["junk"] is not None)
        curator.press("u")
        until(lambda: curator.reasons() == set())
        curator.press("Home", "1")
        until(lambda: curator.reasons() == {"scribble"})
        curator.press("Right", "k")
        until(lambda: curator.reasons() == {"scribble", KEEP})
        curator.press("u")
        until(lambda: curator.reasons() == {"scribble"})
        curator.press("k")
        until(lambda: curator.reasons() == {"scribble", KEEP})
        flagged = curator.verdicts()["scribble"]
        rows = curator.export(tmp_path / "flags.csv")
        curator.press("ctrl+q")
    assert flagged.facts["rank"] == 1 and curator.verdicts()[KEEP].facts["rank"] == 3
    assert [(row["key_id"], row["reason"], row["rank"], row["countrycode"]) for row in rows] == [
        (flagged.key_id, "scribble", "1", "NZ")
    ]
    assert float(rows[0]["loss_per_point"]) == pytest.approx(flagged.facts["loss_per_point"], rel=1e-5)

    # The flag is the drawing's, whatever file it is met in.
    copy.write_bytes(file.read_bytes())
    with screen.program("curate", copy):
        curator.wait_for(copy)
        assert [row["key_id"] for row in curator.export(tmp_path / "again.csv")] == [flagged.key_id]
        curator.press("ctrl+q")
    told = subprocess.run(
        [sys.executable, "-m", "qdesk", "export"], cwd=ROOT, env=screen.env, capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 0
    assert [row["key_id"] for row in csv.DictReader(told.stdout.splitlines())] == [flagged.key_id]


def test_a_page_is_decided_and_a_lasso_drawn(screen: Screen, home: Path, tmp_path: Path) -> None:
    curator = Curator(screen, home)
    file = tmp_path / "circles.ndjson"
    write_circles(file)

    def all_reasons() -> list[str]:
        with Verdicts(home / "verdicts.db") as store:
            return [verdict.reason for verdict in store.all()]

    with screen.program("curate", file):
        curator.wait_for(file)
        curator.press("1")  # so that it is known when all of them are scored
        until(lambda: curator.reasons() == {"scribble"})
        until(lambda: curator.verdicts()["scribble"].facts["junk"] is not None)
        curator.press("u", "Home", "b", "Right", "k")  # by the page from the worst: the second one is kept

        def is_decided() -> bool:
            screen.xdotool("sleep", 0.5)  # Enter is not heard while another page comes, for which it was not meant
            curator.press("Return")
            for _ in range(20):  # a second Enter would decide the next page
                if len(all_reasons()) > 1:
                    return True
                screen.xdotool("sleep", 0.2)
            return False

        until(is_decided)
        decided = all_reasons()
        assert KEEP in decided and {*decided} - {KEEP}
        curator.press("u")
        until(lambda: all_reasons() == [])
        curator.press("o", "Down", "3")  # one by one
        until(lambda: all_reasons() == ["wrong"])
        curator.press("Escape", "p")
        screen.xdotool("sleep", 1.5)  # the plane is painted: nothing outside the window says so
        # Around most of the plane, which lies above the grid, between the filters and the detail.
        screen.xdotool("mousemove", 430, 100, "mousedown", 1)
        for x, y in ((930, 100), (930, 310), (430, 310), (430, 110)):
            screen.xdotool("mousemove", x, y, "sleep", 0.1)
        screen.xdotool("mouseup", 1)
        screen.xdotool("sleep", 0.5)
        curator.press("2")
        until(lambda: all_reasons().count("graffiti") > CIRCLES // 2)
        curator.press("Escape", "ctrl+q")
