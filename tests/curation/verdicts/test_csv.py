from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.verdicts.csv import export_flags
from qdesk.curation.verdicts.store import Verdicts
from qdesk.scoring.columns import CSV_COLUMNS


@pytest.fixture
def store(tmp_path: Path):
    with Verdicts(tmp_path / "home" / "verdicts.db") as opened:
        yield opened


FACTS = {
    "word": "cat",
    "rank": 2,
    "junk": 0.123456789,
    "p_junk": 0.5308597,
    "loss": np.float32(1.25),
    "loss_per_point": 1e-7,
    "lift": float("nan"),
    "p_word": 0.5,
    "countrycode": "DE",
    "timestamp": "2017-03-20 01:07:50.46456 UTC",
    "recognized": False,
    "source": "cats, and dogs.ndjson",
    "row": 7,
    "suggested": "unfinished",
    "new_word": "dog",
    "copy_of": "12",
}


def test_the_columns_are_the_contract() -> None:
    assert ",".join(CSV_COLUMNS) == (
        "key_id,word,reason,note,rank,junk,loss_per_point,loss,lift,p_word,"
        "countrycode,timestamp,recognized,source,row,flagged_at,p_junk,suggested,new_word,copy_of"
    )


def test_the_flags_in_rank_order(tmp_path: Path, store: Verdicts) -> None:
    store.flag("5892032990019584", "scribble", note='lines, "just"\nlines', info=FACTS)
    store.flag("content:00ff", "wrong", info={"rank": 1, "source": "a.npy", "row": 3})
    store.flag("9", "other")
    store.keep("10", info=FACTS)
    store.flag("11", "unsure", info=FACTS)
    out = tmp_path / "flags.csv"
    assert export_flags(out, store) == 3
    with open(out, encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == list(CSV_COLUMNS)
        file.seek(0)
        rows = list(csv.DictReader(file))
    assert [row["rank"] for row in rows] == ["1", "2", ""]
    assert rows[0]["key_id"] == "" and (rows[0]["source"], rows[0]["row"]) == ("a.npy", "3")
    flagged_at = rows[1].pop("flagged_at")
    assert flagged_at.endswith("Z")
    assert rows[1] == {
        "key_id": "5892032990019584",
        "word": "cat",
        "reason": "scribble",
        "note": 'lines, "just"\nlines',
        "rank": "2",
        "junk": "0.123457",
        "loss_per_point": "1e-07",
        "loss": "1.25",
        "lift": "",
        "p_word": "0.5",
        "countrycode": "DE",
        "timestamp": "2017-03-20 01:07:50.46456 UTC",
        "recognized": "false",
        "source": "cats, and dogs.ndjson",
        "row": "7",
        "p_junk": "0.53086",
        "suggested": "unfinished",
        "new_word": "dog",
        "copy_of": "12",
    }


def test_nothing_flagged_is_a_header(store: Verdicts) -> None:
    store.keep("1")
    out = io.StringIO()
    assert export_flags(out, store) == 0
    assert out.getvalue() == ",".join(CSV_COLUMNS) + "\n"


def test_a_failed_export_leaves_the_old_file(tmp_path: Path, store: Verdicts, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "flags.csv"
    out.write_text("before")
    store.flag("1", "wrong")
    monkeypatch.setattr("qdesk.curation.verdicts.csv._cell", lambda value: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export_flags(out, store)
    assert out.read_text() == "before"
    assert sorted(os.listdir(tmp_path)) == ["flags.csv", "home"]


def test_a_missing_folder_is_an_oserror(tmp_path: Path, store: Verdicts) -> None:
    with pytest.raises(OSError):
        export_flags(tmp_path / "no" / "flags.csv", store)


def test_a_link_stays_a_link(tmp_path: Path, store: Verdicts) -> None:
    (tmp_path / "real.csv").write_text("")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    export_flags(tmp_path / "link.csv", store)
    assert (tmp_path / "link.csv").is_symlink() and (tmp_path / "real.csv").read_text().startswith("key_id")


def test_all_verdicts_are_those_kept_and_unsure_too(tmp_path: Path, store: Verdicts) -> None:
    for identity, reason in (("1", "scribble"), ("2", "keep"), ("3", "unsure")):
        store.flag(identity, reason)
    assert not store.get("3").flagged and not store.get("2").flagged and store.get("1").flagged
    assert export_flags(tmp_path / "all.csv", store, everything=True) == 3
    with open(tmp_path / "all.csv", newline="") as file:
        assert sorted(row["reason"] for row in csv.DictReader(file)) == ["keep", "scribble", "unsure"]
