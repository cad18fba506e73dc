"""Which programs run: whose steps nobody else may undo."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from qdesk.curation.verdicts.whose import HERE, Program, runs


def test_this_program_runs_and_one_that_has_ended_does_not() -> None:
    assert runs(HERE)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert not runs(f"{platform.node()}:{ended.pid}:x")


@pytest.mark.parametrize("name", ["", "nonsense", "a:b", f"{platform.node()}:x:y", f"{platform.node()}::", "far:1:x"])
def test_what_is_no_program_of_this_machine_does_not_run(name: str) -> None:
    assert not runs(name)


def test_a_program_may_undo_its_own_steps_and_those_of_nobody_that_runs() -> None:
    mine, other = Program(HERE), f"{platform.node()}:{os.getppid()}:other"
    assert mine.may_undo(HERE) and mine.may_undo("") and mine.may_undo("far:1:x") and not mine.may_undo(other)
    assert Program("").may_undo("") and not Program("").may_undo(HERE)
