"""The program itself, in a window on a screen of its own: a file is judged by keys, exported, and opened again."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qdesk.curation.verdicts.store import Verdicts
from qdesk.data.reasons import KEEP
from qdesk.formats import open_drawings
from tests.helpers.drawings import CIRCLES, write_circles
from tests.helpers.scorer import remember_scores
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


def write_many(path: Path, count: int) -> list[str]:
    """Write `count` drawings, all different, as if they had been scored: the first is the worst. Return their keys."""
    lines, keys = [], [str(5_000_000 + number) for number in range(count)]
    for number, key in enumerate(keys):
        zigzag = f"[[0,255,{number % 251},{number // 251 % 256}],[0,{number % 127},255,{number // 251 // 256}]]"
        lines.append(f'{{"word":"pig","key_id":"{key}","recognized":true,"drawing":[{zigzag}]}}\n')
    path.write_text("".join(lines))
    remember_scores(open_drawings(path).drawings, ["scribble", "", "unusual", "rude"] * (count // 4))
    return keys


def test_an_afternoon(screen: Screen, home: Path, tmp_path: Path) -> None:
    """100,000 drawings: 500 are judged, ten verdicts undone, two drawings relabelled, a lasso flagged, all exported."""
    curator, file = Curator(screen, home), tmp_path / "pigs.ndjson"
    keys = write_many(file, 100_000)
    suggested = ("scribble", "other", "other", "rude")
    # Each key, and what it decides: "" for what scoring suggests.
    turns = [("1", "scribble"), ("k", KEEP), ("2", "graffiti"), ("n", "unsure"), ("7", "copy"), ("f", "")]
    pressed = [turns[row % len(turns)] for row in range(500)]
    expected = {keys[row]: does or suggested[row % 4] for row, (_, does) in enumerate(pressed)}

    def stored() -> dict[str, str]:
        with Verdicts(home / "verdicts.db") as store:
            return store.known()

    def happens(true: Callable[[], object]) -> bool:
        """Whether it comes true while somebody would wait for it."""
        for _ in range(40):
            if true():
                return True
            screen.xdotool("sleep", 0.1)
        return False

    with screen.program("curate", file):
        curator.wait_for(file)
        curator.press("1")  # so that it is known when the scores are there
        until(lambda: len(stored()) == 1)
        until(lambda: curator.verdicts()["scribble"].facts["junk"] is not None, 0.1)
        curator.press("u")
        until(lambda: stored() == {})
        curator.press("Home")
        for start in range(0, 500, 50):
            curator.press(*(key for key, _ in pressed[start : start + 50]))
            until(lambda done=start + 50: len(stored()) == done, 0.1)
        assert stored() == expected
        curator.press(*"u" * 10)
        expected = dict(list(expected.items())[:490])
        until(lambda: len(stored()) == 490, 0.1)
        assert stored() == expected  # the drawing whose verdict was taken back last is the current one

        curator.press("w", "Return")  # what the network sees
        until(lambda: len(stored()) == 491)
        curator.press("w")
        screen.xdotool("type", "--delay", 20, "The_eiffel tower")
        curator.press("Return")
        until(lambda: len(stored()) == 492)
        expected |= {keys[490]: "wrong", keys[491]: "wrong"}
        assert stored() == expected

        curator.press("p")

        def is_lassoed() -> bool:
            """Draw around the left half of the plane, where the best drawings are, and flag what is in the lasso."""
            screen.xdotool("mousemove", 440, 100, "mousedown", 1)
            for x, y in ((620, 100), (620, 310), (440, 310), (440, 110)):
                screen.xdotool("mousemove", x, y, "sleep", 0.1)
            screen.xdotool("mouseup", 1, "sleep", 0.5)
            curator.press("5")
            if not happens(lambda: len(stored()) != len(expected)):
                return False  # the plane is not painted yet, or what was chosen has just come
            if len(stored()) > len(expected) + 1:
                return True
            curator.press("u")  # there was no lasso yet, so it was the current drawing
            until(lambda: len(stored()) == len(expected))
            return False

        until(is_lassoed)
        fresh = stored().keys() - expected.keys()
        lassoed = [key for key in keys if key in fresh]
        first = keys.index(lassoed[0])
        assert len(lassoed) > 1000 and lassoed == keys[first : first + len(lassoed)]  # all between two losses
        expected |= dict.fromkeys(lassoed, "rude")
        assert stored() == expected
        rows = curator.export(tmp_path / "flags.csv")
        curator.press("Escape", "ctrl+q")
    flagged = {key: reason for key, reason in expected.items() if reason not in (KEEP, "unsure")}
    assert {row["key_id"]: row["reason"] for row in rows} == flagged and len(rows) == len(flagged)
    assert [int(row["rank"]) - 1 for row in rows] == [place for place, key in enumerate(keys) if key in flagged]
    words = {row["key_id"]: row["new_word"] for row in rows if row["new_word"]}
    assert words == {keys[490]: "cat", keys[491]: "The Eiffel Tower"}
