from __future__ import annotations

from pathlib import Path

import pytest

from qdesk.curation.verdicts.store import Verdicts
from qdesk.game.history import History
from qdesk.safety import copies
from tests.helpers.commands import run


@pytest.fixture
def filled(home: Path) -> Path:
    with Verdicts() as store, History():
        store.flag_many([(str(number), "wrong", "", {}) for number in range(5)])
    return home


def test_a_folder_that_is_well(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("doctor") == 0
    out = capsys.readouterr().out
    assert "verdicts.db is whole" in out and "history.db is whole" in out and "networks are installed" in out


def test_what_is_wrong_is_said_and_mended(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Verdicts() as store:
        store._db.execute("UPDATE verdicts SET note = 'x' WHERE identity = '3'")
    (filled / "settings.json").write_text("{{")
    (filled / ".x.99999999-1.part").write_text("half")
    (filled / "scores" / "a").mkdir(parents=True)
    (filled / "scores" / "a" / "b.map.npz").write_bytes(b"damaged")
    before = {file: file.read_bytes() for file in filled.rglob("*") if file.is_file() and ".db-" not in file.name}
    assert run("doctor") == 1
    out = capsys.readouterr().out
    for said in (
        "1 verdict (3) is damaged",
        "settings.json is damaged",
        "1 half files",
        "1 files of scores are damaged",
    ):
        assert said in out
    assert {file: file.read_bytes() for file in before} == before
    assert run("doctor", "--mend") == 0
    assert run("doctor") == 0 and "5 damaged" not in capsys.readouterr().out
    with Verdicts() as store:
        assert len(store.known()) == 5
    assert not [*filled.rglob("*.part"), *filled.rglob("*.npz")] and (filled / "settings.json.damaged").exists()


def test_copies_are_listed_and_restored(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copies.make(filled / "verdicts.db")
    with Verdicts() as store:
        store.clear("1")
    assert run("doctor", "--copies") == 0
    out = capsys.readouterr().out
    assert f"verdicts\t{copies.today()}\t" in out and out.endswith("\t5 verdicts\n")
    assert run("doctor", "--restore", "verdicts", copies.today()) == 0
    assert "5 verdicts for 4" in capsys.readouterr().out
    with Verdicts() as store:
        assert len(store.known()) == 5
    assert run("doctor", "--restore", "2001-01-01") == 1 and run("doctor", "--restore", "a", "b", "c") == 2


@pytest.mark.parametrize("is_there", [True, False])
def test_an_empty_or_deleted_file_is_wrong_where_a_copy_has_more(
    filled: Path, capsys: pytest.CaptureFixture[str], is_there: bool
) -> None:
    copies.make(filled / "verdicts.db")
    (filled / "verdicts.db").write_bytes(b"") if is_there else (filled / "verdicts.db").unlink()
    assert run("doctor") == 1
    out = capsys.readouterr().out
    assert f"its copy of {copies.today()} holds 5 verdicts" in out
    assert f"qdesk doctor --restore verdicts {copies.today()}" in out
    assert run("doctor", "--restore", "verdicts", copies.today()) == 0 == run("doctor")


def test_a_damaged_beginning_is_mended_or_the_copy_named(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copies.make(filled / "verdicts.db")
    content = (filled / "verdicts.db").read_bytes()
    (filled / "verdicts.db").write_bytes(bytes(100) + content[100:])
    assert run("doctor") == 1
    assert f"verdicts.db cannot be read: its copy of {copies.today()} holds 5 verdicts" in capsys.readouterr().out
    assert run("doctor", "--mend") == 0 == run("doctor")
    (filled / "verdicts.db").write_bytes(bytes(3000))
    capsys.readouterr()
    assert run("doctor", "--mend") == 1
    out = capsys.readouterr().out
    assert "Not mended: " in out and f"Its copy of {copies.today()} holds 5 verdicts" in out
