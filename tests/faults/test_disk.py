"""Each write, fsync, rename and step of SQLite fails once: nothing is lost, no file is half, a sentence says why."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest

from tests.helpers.children import Nursery
from tests.helpers.faults import cases, dice
from tests.helpers.works import WORKS, can_be_done

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="children are forked")

ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS)
FEW = 12
"""How many faults of each work are tried in each run of the tests."""


@pytest.mark.parametrize("work", WORKS)
def test_a_disk_that_fails_once(nursery: Nursery, work: str, tmp_path: Path) -> None:
    if not can_be_done(work):
        pytest.skip("needs the weights in models/")
    told = nursery.ask("record", work, tmp_path / "whole", case=0)
    states = told["states"]
    nursery.ask("prepare", work, tmp_path / "count")
    counted = nursery.ask("fail", work, tmp_path / "count", case=0, at=None, errno=errno.EIO, states=states)
    assert counted.get("state") == states[-1], counted
    faults = [(at, number) for at in range(len(counted["operations"])) for number in ERRORS]
    wrong = []
    for case in chosen(work, len(faults)):
        at, number = faults[case]
        folder = tmp_path / f"case{case}"
        nursery.ask("prepare", work, folder)
        said = nursery.ask("fail", work, folder, case=0, at=at, errno=number, states=states)
        about = f"case {case}: {said.get('struck')} {at} with {errno.errorcode[number]}: {said.get('trouble')}"
        seen = nursery.ask("look", work, folder)
        if "error" in said or not said.get("plain", True):
            wrong.append(f"no sentence: {about} {said.get('error', '')}")
        elif "failed" in said and said["after"] not in states[said["failed"] : said["failed"] + 2]:
            wrong.append(f"neither before nor after: {about}")
        elif seen.get("state") != states[-1]:
            wrong.append(f"lost: {about}")
        elif seen["litter"]:
            wrong.append(f"left {seen['litter']}: {about}")
    assert not wrong, f"{len(wrong)} of {len(faults)}:\n" + "\n".join(wrong[:20])


def chosen(work: str, count: int) -> list[int]:
    """Return the numbers of the faults to try: all with QDESK_FAULTS=1."""
    order = dice(f"disk {work}", 0).permutation(count).tolist()
    return order[: len(cases(FEW // 3 if WORKS[work].loads else FEW, count))]
