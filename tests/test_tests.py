"""The rules of the tests: where they lie, and that none of them watches the clock on the wall."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "qdesk"
FILES = sorted(TESTS.rglob("*.py"))

CLOCKS = {
    "conftest.py": "threads that a test has left get some time to end",
    "helpers/children.py": "how long a work takes, within which it is killed",
    "helpers/waiting.py": "waits until something is true",
}
"""The only files that may look at the time. A test waits for what happens, or has a clock of its own."""

WITHOUT_MIRROR = {
    "cli/test_cli.py": "what all commands have in common: qdesk/cli/__init__.py",
    "data/test_front_door.py": "every way in, from any file to what a network is shown",
    "formats/test_open.py": "what all formats have in common: qdesk/formats/__init__.py",
    "game/test_history_file.py": "history.py as a file: old, damaged, locked, of two programs",
    "game/test_round_played.py": "round.py with drawings that people drew",
    "gui/curate/test_layout.py": "what fits on the page, of all its parts",
    "gui/curate/test_on_a_screen.py": "the program itself on a screen",
    "gui/curate/test_orders.py": "looking.py and learning.py together, as a user meets them",
    "gui/lab/test_in_the_window.py": "the page in the window, at its end",
    "gui/lab/test_running.py": "a training that outlives the window",
    "gui/play/test_canvas.py": "gui/kit/canvas.py as the Play page uses it",
    "gui/play/test_monkey.py": "the page, whatever is pressed",
    "gui/play/test_on_a_screen.py": "the program itself on a screen",
    "gui/play/test_ways.py": "the ways to play, on the whole page",
    "test_house.py": "the rules of the source",
    "test_tests.py": "the rules of the tests",
    "training/test_train_command.py": "the command, with all that it stands on",
}
"""Tests of no single module, and of what. This list may only shrink."""

FAULTS = "faults/"
"""The folder of tests that break the surroundings of many modules at once."""


def name(path: Path) -> str:
    return path.relative_to(TESTS).as_posix()


def calls(path: Path) -> Iterator[str]:
    """What a file calls, as it is written: `time.sleep`, `qtbot.wait`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_no_test_waits_for_a_fixed_time_or_watches_the_clock():
    waits = ("qtbot.wait", "QTest.qWait", "QTest.qSleep", "time.sleep", "sleep")
    clocks = ("time.time", "time.monotonic", "time.perf_counter", "monotonic", "perf_counter")
    guilty = {name(path): found for path in FILES if (found := set(calls(path)).intersection((*waits, *clocks)))}
    assert guilty.keys() == CLOCKS.keys(), guilty


def test_every_test_lies_where_its_source_lies():
    alone = set()
    for path in FILES:
        source = SOURCE / path.relative_to(TESTS).with_name(path.stem.removeprefix("test_"))
        if name(path).startswith(FAULTS):
            continue
        if path.name.startswith("test_") and not (source.with_suffix(".py").exists() or source.is_dir()):
            alone.add(name(path))
    assert alone <= WITHOUT_MIRROR.keys()
    assert WITHOUT_MIRROR.keys() <= alone  # what has found its place leaves the list


def test_helpers_hold_no_tests_and_tests_do_not_borrow_from_each_other():
    guilty = [
        name(path)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests.")
        if not node.module.startswith("tests.helpers")
    ]
    assert not guilty
    assert not [name(path) for path in (TESTS / "helpers").glob("test_*")]
