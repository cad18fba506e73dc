"""Clean data of several files, killed at any moment: the folder has all of the old ones or all of the new ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from qdesk.curation.verdicts.store import Verdicts
from qdesk.safety import moving
from qdesk.upkeep.starting import finish
from tests.helpers.faults import cases, dice
from tests.helpers.killing import changes, run_to

CLEANING = """
from pathlib import Path
from qdesk.curation.exports.clean import clean_folder
from qdesk.curation.verdicts.store import Verdicts
folder, out = map(Path, sys.argv[1:3])
with Verdicts() as verdicts:
    arm()
    clean_folder([folder], out, verdicts)
"""


@pytest.fixture
def work(tmp_path: Path, home: Path) -> Path:
    """A folder of four files of drawings, one in a folder of its own, and one drawing in each flagged."""
    folder = tmp_path / "drawings"
    (folder / "more").mkdir(parents=True)
    with Verdicts() as verdicts:
        for number, name in enumerate(("a", "b", "c", "more/d")):
            keys = [str(10 * number + k) for k in range(3)]
            lines = [json.dumps({"word": "cat", "key_id": key, "drawing": [[[0, 9], [0, 5]]]}) for key in keys]
            (folder / f"{name}.ndjson").write_text("\n".join(lines) + "\n")
            verdicts.flag(keys[1], "scribble")
    return tmp_path


def content(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("fresh", [False, True])
def test_a_kill_leaves_all_old_or_all_new(fresh: bool, work: Path, home: Path) -> None:
    sources, out = work / "drawings", work / "clean"
    old = {} if fresh else {name: "old" for name in ("a.ndjson", "c.ndjson", "mine.txt", "more/d.ndjson")}

    def begin() -> None:
        shutil.rmtree(out, ignore_errors=True)
        for name, text in old.items():
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_text(text)

    begin()
    count = changes(CLEANING, sources, out, home=home)
    new = content(out)
    assert len(new) == 4 + (not fresh) and new["a.ndjson"].count("key_id") == 2
    ends = []
    for case in cases(5, 100):
        moment = 1 + int(dice(f"cleaning {fresh}", case).integers(count))
        moment = moment if case % 2 else count - moment % 25  # where they are moved, which is at the end
        begin()
        assert run_to(moment, CLEANING, sources, out, home=home)
        assert finish() == []
        moving.clear(out)
        moving.clear(work)
        ends.append(content(out) if out.exists() else {})
        assert ends[-1] in (old, new), (case, moment)
        assert not [*work.rglob(".clean-*")] and not (home / "unfinished").exists()
    assert fresh or new in ends  # a new folder comes into place by the last change of all
