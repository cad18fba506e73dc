"""Killed at a random moment: what was done is kept, what was being done is done or not, and no file is half."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.helpers.children import Nursery
from tests.helpers.faults import cases, dice
from tests.helpers.works import WORKS, can_be_done

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="children are forked")

FEW, FULL = 4, 20
"""How many kills of each work: the ten works together 40 in each run of the tests, 200 with QDESK_FAULTS=1."""


@pytest.mark.parametrize("work", WORKS)
def test_a_kill_at_any_moment(nursery: Nursery, work: str, tmp_path: Path) -> None:
    if not can_be_done(work):
        pytest.skip("needs the weights in models/")
    wrong, killed = [], 0
    told = nursery.ask("record", work, tmp_path / "whole", case=0)
    assert "error" not in told, told["error"]
    states = told["states"]
    nursery.ask("prepare", work, tmp_path / "alive")
    seconds = nursery.ask("run", work, tmp_path / "alive", case=0, after=0)["seconds"]
    for case in cases(FEW, FULL):
        folder = tmp_path / f"case{case}"
        nursery.ask("prepare", work, folder)
        after = 0.001 + float(dice(f"kill {work}", case).random()) * seconds
        ran = nursery.ask("run", work, folder, case=0, after=after)
        assert "error" not in ran, ran["error"]
        killed += ran["killed"]
        seen = nursery.ask("look", work, folder)
        if "error" in seen:
            wrong.append(f"case {case}, after {after:.3f} s: {seen['error']}")
        elif seen["state"] not in states[ran["done"] : ran["done"] + 2]:
            wrong.append(f"case {case}, after {after:.3f} s, {ran['done']} steps done: {seen['state']}")
    print(f"{work}: {killed} kills survived of {len(cases(FEW, FULL))} tried")
    assert not wrong, "\n".join(wrong)
    assert killed
