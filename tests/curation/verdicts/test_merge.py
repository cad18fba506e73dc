from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score

from qdesk import cli
from qdesk.curation.verdicts.csv import export_flags
from qdesk.curation.verdicts.merge import CONFLICTS, export_conflicts, merge, sentence
from qdesk.curation.verdicts.store import Verdicts, VerdictsError
from qdesk.scoring.columns import CSV_COLUMNS, CSV_COLUMNS_EVER

CONTENT = "content:00112233445566ff"


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Verdicts]:
    with Verdicts(tmp_path / "mine.db") as opened:
        yield opened


def theirs(tmp_path: Path, *verdicts: tuple[str, str, str], name: str = "ann.csv", everything: bool = True) -> Path:
    """What another person's `qdesk export --all` writes of these (identity, reason, note)."""
    facts = {"word": "cat", "rank": 3, "loss": 1.5, "recognized": True, "source": "cats, all.ndjson", "row": 7}
    with Verdicts(tmp_path / f"{name}.db") as store:
        store.flag_many([(identity, reason, note, facts) for identity, reason, note in verdicts])
        export_flags(tmp_path / name, store, everything=everything)
    return tmp_path / name


def numbers(merged) -> tuple[int, int, int, int, int]:
    return merged.taken, merged.same, merged.conflicts, merged.settled, merged.unidentified


def open_ones(store: Verdicts) -> list[tuple[str, str, str]]:
    return [(identity, one.reason, one.name) for identity, those in store.conflicts().items() for one in those]


def content(store: Verdicts) -> list[tuple]:
    """All there is in a file, but for the times in its history."""
    with closing(sqlite3.connect(store.path)) as database:
        return [
            database.execute(f"SELECT * FROM {table}").fetchall()
            for table in ("verdicts", "history", "steps", "conflicts")
        ]


def test_all_verdicts_travel_with_their_facts(tmp_path: Path, mine: Verdicts) -> None:
    path = theirs(tmp_path, ("11", "scribble", 'a "line",\nor two'), ("12", "keep", ""), (CONTENT, "wrong", "ü"))
    with open(path, encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == [*CSV_COLUMNS, "identity", "trace"]
    merged = merge(mine, path)
    assert numbers(merged) == (3, 0, 0, 0, 0)
    assert {(change.identity, change.old, change.new) for change in merged.changes} == {
        ("11", "", "scribble"), ("12", "", "keep"), (CONTENT, "", "wrong"),
    }  # fmt: skip
    with Verdicts(tmp_path / "ann.csv.db") as hers:
        assert mine.all() == hers.all()  # facts, notes and times included


def test_a_merge_is_one_step(tmp_path: Path, mine: Verdicts) -> None:
    mine.flag("9", "wrong")
    merge(mine, theirs(tmp_path, ("1", "scribble", ""), ("2", "keep", ""), ("9", "other", "")))
    assert [(decision.reason, decision.count) for decision in mine.recent()] == [("scribble", 3), ("wrong", 1)]
    mine.undo()
    assert [verdict.identity for verdict in mine.all()] == ["9"] and open_ones(mine) == []
    mine.redo()
    assert len(mine.all()) == 3 and open_ones(mine) == [("9", "other", "ann.csv")]
    mine.undo()
    mine.undo()
    assert mine.all() == []


def test_where_reasons_differ_mine_stays(tmp_path: Path, mine: Verdicts) -> None:
    mine.flag("1", "keep", note="it is a cat", info={"word": "Cat", "row": 9})
    mine.flag("2", "wrong", note="mine")
    before = mine.all()
    merged = merge(mine, theirs(tmp_path, ("1", "scribble", "no cat"), ("2", "wrong", "theirs")))
    assert numbers(merged) == (0, 1, 1, 0, 0) and merged.changes == []
    assert mine.all() == before
    ((told,),) = mine.conflicts().values()
    assert (told.identity, told.reason, told.note, told.name) == ("1", "scribble", "no cat", "ann.csv")
    assert told.facts["row"] == 7 and told.flagged_at.endswith("Z")
    out = tmp_path / "conflicts.csv"
    assert export_conflicts(out, mine) == 1
    with open(out, encoding="utf-8", newline="") as file:
        header, row = csv.reader(file)
    assert tuple(header) == CONFLICTS
    assert row == ["1", "1", "Cat", "keep", "scribble", "it is a cat", "no cat", "ann.csv", "cats, all.ndjson", "9"]


def test_merging_again_changes_nothing(tmp_path: Path, mine: Verdicts) -> None:
    mine.flag("1", "keep")
    path = theirs(tmp_path, ("1", "scribble", ""), ("2", "wrong", ""))
    merge(mine, path)
    before = content(mine)
    assert numbers(merge(mine, path)) == (0, 1, 1, 0, 0)
    assert content(mine) == before
    export_flags(tmp_path / "own.csv", mine, everything=True)
    assert numbers(merge(mine, tmp_path / "own.csv")) == (0, 2, 0, 0, 0)
    assert content(mine) == before


@pytest.mark.parametrize("decision", ["scribble", "keep", "other", ""])
def test_any_decision_settles_a_conflict(tmp_path: Path, mine: Verdicts, decision: str) -> None:
    """The same verdict again is one, too, and its undo opens the conflict again."""
    mine.flag("1", "keep")
    mine.flag("2", "keep")
    path = theirs(tmp_path, ("1", "scribble", ""), ("2", "wrong", ""))
    merge(mine, path)
    merge(mine, theirs(tmp_path, ("1", "graffiti", ""), name="ben.csv"))
    both = [("1", "scribble", "ann.csv"), ("1", "graffiti", "ben.csv"), ("2", "wrong", "ann.csv")]
    left = both[2:]
    assert sorted(open_ones(mine)) == sorted(both)
    if decision:
        mine.flag("1", decision)
    else:
        mine.clear("1")
    assert open_ones(mine) == left
    mine.undo()
    assert sorted(open_ones(mine)) == sorted(both) and mine.get("1").reason == "keep"
    mine.redo()
    assert open_ones(mine) == left
    with Verdicts(mine.path) as again:
        assert open_ones(again) == left
    if decision == "keep":
        mine.keep("1")  # now it is the same again, and no step
        assert mine.recent()[0].step == 5
        assert numbers(merge(mine, path)) == (0, 0, 1, 1, 0) and open_ones(mine) == left


def test_redo_settles_only_what_it_settled(tmp_path: Path, mine: Verdicts) -> None:
    mine.keep("1")
    merge(mine, theirs(tmp_path, ("1", "scribble", "")))
    mine.keep("1")
    mine.undo()
    merge(mine, theirs(tmp_path, ("1", "graffiti", ""), name="ben.csv"))
    assert mine.redo() == [] and len(open_ones(mine)) == 2


def test_a_merge_that_was_taken_back_can_be_done_again(tmp_path: Path, mine: Verdicts) -> None:
    mine.keep("1")
    path = theirs(tmp_path, ("1", "scribble", ""), ("2", "wrong", ""))
    merge(mine, path)
    mine.undo()
    mine.flag("3", "wrong")  # forgets what could be redone
    assert open_ones(mine) == []
    assert numbers(merge(mine, path)) == (1, 0, 1, 0, 0)
    assert open_ones(mine) == [("1", "scribble", "ann.csv")]


def test_a_file_that_contradicts_itself(tmp_path: Path, mine: Verdicts) -> None:
    path = theirs(tmp_path, ("1", "scribble", ""))
    path.write_text(path.read_text() + path.read_text().split("\n")[1].replace("scribble", "wrong") + "\n")
    assert numbers(merge(mine, path)) == (1, 0, 1, 0, 0)
    assert mine.get("1").reason == "scribble" and open_ones(mine) == [("1", "wrong", "ann.csv")]
    mine.undo()
    assert mine.all() == [] and open_ones(mine) == []


def test_plain_flags_are_merged_by_key_id(tmp_path: Path, mine: Verdicts) -> None:
    path = theirs(tmp_path, ("1", "scribble", ""), ("2", "keep", ""), (CONTENT, "wrong", ""), everything=False)
    assert numbers(merge(mine, path)) == (1, 0, 0, 0, 1)
    assert [verdict.identity for verdict in mine.all()] == ["1"]


def test_what_a_spreadsheet_makes_of_it_is_read(tmp_path: Path, mine: Verdicts) -> None:
    path = theirs(tmp_path, ("1", "scribble", "a\nb"), ("2", "keep", ""))
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        columns = ["mine", "trace", "identity", *reversed(CSV_COLUMNS)]
        writer = csv.DictWriter(file, columns, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows({**row, "mine": 1, "recognized": "TRUE", "row": "7.0"} for row in rows)
    path.write_bytes(path.read_bytes() + b"\r\n")
    assert numbers(merge(mine, path)) == (2, 0, 0, 0, 0)
    assert mine.get("1").note == "a\nb" and mine.get("1").facts["recognized"] is True
    assert mine.get("1").facts["row"] == 7


ROW = "5,cat,scribble,,1,0.5,1,1,1,0.5,DE,2017,true,a.ndjson,7,2026-01-01T00:00:00Z\n"
HEADER = ",".join(CSV_COLUMNS_EVER) + "\n"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "ann.csv is no CSV file of verdicts: it is empty."),
        ("rank,key_id,word\n1,2,cat\n", "it has no column reason."),
        ("number;reason\n1;scribble\n", "it has no column key_id."),
        (HEADER + ROW.replace("scribble", "ugly"), 'line 2: "ugly" is no reason; the reasons are scribble, '),
        (HEADER + ROW + ROW.replace("scribble", ""), 'line 3: "" is no reason'),
        (HEADER + ROW + HEADER, 'line 3: "reason" is no reason'),
        (HEADER + ROW + "5,cat,wrong\n", "line 3: 3 cells, but there are 16 columns."),
        (HEADER + ROW.replace(",7,", ",seven,"), 'line 2: row cannot be "seven".'),
        (HEADER + ROW.replace("true", "maybe"), 'line 2: recognized cannot be "maybe".'),
        (HEADER + ROW.replace("2026-01-01T00:00:00Z", "yesterday"), 'line 2: flagged_at cannot be "yesterday".'),
        (
            HEADER + "5.89203E+15" + ROW[1:],
            'line 2: "5.89203E+15" was a key_id before a spreadsheet program rounded it; have',
        ),
        (HEADER + "5892032990019584.0" + ROW[1:], '"5892032990019584.0" was a key_id before'),
        (HEADER + "6649533104652280" + ROW[1:], '"6649533104652280" was a key_id before'),
        (HEADER + ROW + "6649533104652300" + ROW[1:], 'line 3: "6649533104652300" was a key_id before'),
        (HEADER.replace("\n", ",trace\n") + ROW.replace("\n", ",12\n"), 'trace cannot be "12"'),
        (HEADER + '"5' + ROW[1:], "line 2: unexpected end of data"),
        (b"\xff\xfe" + HEADER.encode("utf-16-le"), "it is not UTF-8 text."),
        (HEADER.encode() + ROW.encode() * 1000 + b"\xe9" + ROW.encode(), "it is not UTF-8 text."),
    ],
)
def test_a_wrong_file_is_said_and_nothing_is_changed(
    tmp_path: Path, mine: Verdicts, text: str | bytes, what: str
) -> None:
    mine.flag("5", "wrong")
    before = content(mine)
    path = tmp_path / "ann.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(VerdictsError) as caught:
        merge(mine, path)
    assert what in str(caught.value) and str(caught.value).count("\n") == 0
    assert content(mine) == before
    path.write_text(HEADER + ROW)
    assert numbers(merge(mine, path)) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("text", "identity", "reason", "facts"),
    [
        ("key_id,reason\n6649533104652288,scribble\n", "6649533104652288", "scribble", {}),
        ("\ufeffKey_ID;Reason\r\n6649533104652288;Scribble\r\n;\r\n", "6649533104652288", "scribble", {}),
        ("sep=\t\nreason\tkey_id\nkeep\t11\n", "11", "keep", {}),
        ("11;wrong;not; it\n".replace("not; it", "no"), "11", "wrong", {}),
        ("key_id,reason\n'6649533104652288,wrong\n", "6649533104652288", "wrong", {}),
        ('key_id,reason\n"=""6649533104652288""",wrong\n', "6649533104652288", "wrong", {}),
        ("key_id,reason\n4503626191994880,wrong\n", "4503626191994880", "wrong", {}),  # an official one that ends in 0
        (
            "key_id;word;reason;junk;p_word;recognized;row\n7;cat;wrong;-3,9;0.5;WAHR;2,0\n",
            "7", "wrong", {"word": "cat", "junk": -3.9, "p_word": 0.5, "recognized": True, "row": 2},
        ),
        ("key_id,reason,word\n7,wrong,'=1+1\n", "7", "wrong", {"word": "=1+1"}),
    ],
)  # fmt: skip
def test_lists_and_what_other_spreadsheets_make_of_them(
    tmp_path: Path, mine: Verdicts, text: str, identity: str, reason: str, facts: dict
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode())
    assert numbers(merge(mine, path)) == (1, 0, 0, 0, 0)
    (verdict,) = mine.all()
    assert (verdict.identity, verdict.reason) == (identity, reason)
    assert {name: value for name, value in verdict.facts.items() if value is not None} == facts
    assert numbers(merge(mine, path)) == (0, 1, 0, 0, 0)


def test_formulas_come_back_as_they_were(tmp_path: Path, mine: Verdicts) -> None:
    texts = ["=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "\t=1", "\r=1", "'=1", "-", "-2", "'quoted'", "a\r=1"]
    with Verdicts(tmp_path / "hers.db") as hers:
        hers.flag_many([(str(n), "wrong", text, {"word": text, "source": text}) for n, text in enumerate(texts)])
        export_flags(tmp_path / "ann.csv", hers, everything=True)
        with open(tmp_path / "ann.csv", encoding="utf-8", newline="") as file:
            written = [row["note"] for row in csv.DictReader(file)]
        assert sorted(written) == sorted([*(f"'{text}" for text in texts[:7]), *texts[7:]])
        assert numbers(merge(mine, tmp_path / "ann.csv")) == (10, 0, 0, 0, 0)
        assert mine.all() == hers.all()


# One key_id, several drawings


def known_by(store: Verdicts, *names: str) -> dict[str, str]:
    return {name: verdict.reason for name, verdict in store.get_many(names).items()}


TRACES = [f"2-{code * 32}" for code in ("00", "80", "03")]


def test_a_verdict_on_another_drawing_with_that_key_id_is_another_one(tmp_path: Path, mine: Verdicts) -> None:
    mine.flag("7", "wrong", info={"word": "dog", "trace": TRACES[0]})
    with Verdicts(tmp_path / "hers.db") as hers:
        hers.flag("7", "scribble", info={"word": "dog", "trace": TRACES[1]})
        hers.flag("7#0123456789abcdef", "other", info={"word": "cat", "trace": TRACES[0]})
        export_flags(tmp_path / "ann.csv", hers, everything=True)
    merged = merge(mine, tmp_path / "ann.csv")
    assert numbers(merged) == (2, 0, 0, 0, 0)
    assert known_by(mine, "7", "7#0123456789abcdef") == {"7": "wrong", "7#0123456789abcdef": "other"}
    assert [verdict.key_id for verdict in mine.all()] == ["7"] * 3
    assert numbers(merge(mine, tmp_path / "ann.csv")) == (0, 2, 0, 0, 0)


def test_nearly_the_same_trace_is_the_same_drawing(tmp_path: Path, mine: Verdicts) -> None:
    mine.flag("7", "wrong", info={"word": "dog", "trace": TRACES[0]})
    with Verdicts(tmp_path / "hers.db") as hers:
        hers.flag("7#0123456789abcdef", "scribble", info={"word": "Dog", "trace": TRACES[2]})
        export_flags(tmp_path / "ann.csv", hers, everything=True)
    assert numbers(merge(mine, tmp_path / "ann.csv")) == (0, 0, 1, 0, 0)
    assert open_ones(mine) == [("7", "scribble", "ann.csv")]


def test_a_verdict_of_another_word_is_another_one(tmp_path: Path, mine: Verdicts) -> None:
    mine.flag("1", "keep", info={"word": "lion"})
    path = theirs(tmp_path, ("1", "scribble", ""))
    assert numbers(merge(mine, path)) == (1, 0, 0, 0, 0) and mine.get("1").reason == "keep"
    assert numbers(merge(mine, path)) == (0, 1, 0, 0, 0)
    mine.undo()
    assert [verdict.identity for verdict in mine.all()] == ["1"]


def test_many_rows(tmp_path: Path, mine: Verdicts) -> None:
    mine.flag_many([(str(number), "keep", "", {}) for number in range(1000)])
    path = theirs(tmp_path, *((str(number), "wrong", "") for number in range(500, 3000)))
    assert numbers(merge(mine, path)) == (2000, 0, 500, 0, 0)
    mine.flag_many([(str(number), "keep", "", {}) for number in range(900)])
    assert len(open_ones(mine)) == 100
    assert len(mine.undo()) == 400 and len(open_ones(mine)) == 500
    assert len(mine.undo()) == 2500 and len(mine.all()) == 1000 and open_ones(mine) == []


# The commands


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("QDESK_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def test_the_commands(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Verdicts() as store:
        store.keep("1", info={"word": "cat"})
    ann = theirs(tmp_path, ("1", "scribble", ""), ("2", "keep", ""))
    ben = theirs(tmp_path, ("3", "wrong", ""), (CONTENT, "wrong", ""), name="ben.csv", everything=False)
    assert run("merge", ann, ben) == 0
    out, err = capsys.readouterr()
    assert out == ",".join(CONFLICTS) + '\n1,1,cat,keep,scribble,,,ann.csv,"cats, all.ndjson",7\n'
    assert err.split("\n") == [
        "qdesk: ann.csv: 1 taken over, 0 the same as yours, 1 in conflict",
        "qdesk: ben.csv: 1 taken over, 0 the same as yours, 0 in conflict, 1 without a key_id left out "
        '("qdesk export --all" names those, too)',
        "qdesk: 1 open conflict in all: yours stay until you decide again",
        "",
    ]
    assert run("export", "--all", "--out", tmp_path / "all.csv") == 0
    assert "3 verdicts" in capsys.readouterr().err
    with open(tmp_path / "all.csv", encoding="utf-8", newline="") as file:
        assert [(row["identity"], row["reason"]) for row in csv.DictReader(file)] == [
            ("2", "keep"), ("3", "wrong"), ("1", "keep"),
        ]  # fmt: skip


def test_one_wrong_file_of_several_merges_none(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ann, wrong = theirs(tmp_path, ("1", "scribble", "")), tmp_path / "wrong.csv"
    wrong.write_text("a,b\n")
    for files in ((ann, wrong), (ann, tmp_path / "none.csv"), (ann, "--conflicts", tmp_path / "no" / "c.csv")):
        assert run("merge", *files) == 1
        out, err = capsys.readouterr()
        assert out == "" and err.startswith("qdesk: ") and err.count("\n") == 1
    with Verdicts() as store:
        assert store.all() == []
    assert run("merge") == 2 and run("export", "--all", "--clean", ann, "--out", ann) == 2


def test_the_agreement_of_two_curators_is_told(tmp_path: Path) -> None:
    reasons = {"scribble": 6, "keep": 12, "wrong": 5}
    names = [reason for reason, count in reasons.items() for _ in range(count)]
    with Verdicts(tmp_path / "mine.db") as mine, Verdicts(tmp_path / "hers.db") as hers:
        for number, reason in enumerate(names):
            mine.flag(str(number), reason)
            hers.flag(str(number), "keep" if number == 0 else reason)
        hers.flag("99", "rude")  # judged by her alone: it says nothing of agreement
        export_flags(tmp_path / "hers.csv", hers, everything=True)
        merged = merge(mine, tmp_path / "hers.csv")
        assert merged.pairs == {
            ("scribble", "keep"): 1,
            ("scribble", "scribble"): 5,
            ("keep", "keep"): 12,
            ("wrong", "wrong"): 5,
        }
        theirs = ["keep", *names[1:]]
        expected = cohen_kappa_score(names, theirs)
        assert (
            f"agreement on 23 judged by both: kappa {expected:.2f} (scribble 0.88, wrong 1.00, keep 0.91)"
            in sentence(merged)
        )
        merged = merge(mine, tmp_path / "hers.csv")
        assert sum(merged.pairs.values()) == 24


def test_of_nothing_judged_by_both_no_agreement_is_told(tmp_path: Path) -> None:
    with Verdicts(tmp_path / "mine.db") as mine:
        (tmp_path / "list.csv").write_text("key_id,reason\n1,wrong\n")
        assert "kappa" not in sentence(merge(mine, tmp_path / "list.csv"))


def test_unsure_travels_and_is_no_judgement(tmp_path: Path) -> None:
    with Verdicts(tmp_path / "mine.db") as mine, Verdicts(tmp_path / "hers.db") as hers:
        for number in range(12):
            mine.flag(str(number), "keep" if number % 2 else "scribble")
            hers.flag(str(number), "unsure" if number == 1 else "keep" if number % 2 else "scribble")
        hers.flag("99", "unsure")
        export_flags(tmp_path / "hers.csv", hers, everything=True)
        merged = merge(mine, tmp_path / "hers.csv")
        assert mine.get("99").reason == "unsure" and open_ones(mine) == [("1", "unsure", "hers.csv")]
        assert "agreement on 11 judged by both: kappa 1.00" in sentence(merged)
