"""What the user has chosen: defaults, broken files, two windows at once, and what earlier versions wrote."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from PySide6.QtCore import QByteArray, QSettings

from qdesk import settings
from qdesk.game.prompts import DIFFICULTIES
from qdesk.settings import SECTIONS, Curate, Lab, Play, Section, Window

ROOT = Path(__file__).parents[1]


@pytest.fixture
def file(home: Path) -> Path:
    home.mkdir()
    return home / "settings.json"


def kept(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8"))


# Keeping


@pytest.mark.parametrize("section", SECTIONS)
def test_nothing_kept_is_the_defaults_and_makes_no_file(section: type[Section], home: Path) -> None:
    assert settings.load(section) == section()
    assert not home.exists() or not list(home.iterdir())


def test_what_was_chosen_is_there_again(file: Path) -> None:
    play = settings.change(Play, player=3, difficulty="hard", voice=False, sounds=False, silence_told=True)
    assert settings.load(Play) == play == Play(3, "hard", False, False, True)
    settings.change(Curate, recent=("/ä/b.ndjson", "/c"), size=2, keys={"flag": ("J", "F")}, unfolded={"word": False})
    curate = settings.load(Curate)
    assert (curate.recent, curate.size, curate.tint) == (("/ä/b.ndjson", "/c"), 2, "none")
    assert (curate.keys, curate.unfolded) == ({"flag": ("J", "F")}, {"word": False})
    assert settings.load(Play) == play and settings.load(Lab) == Lab()


def test_the_file_can_be_read_by_a_person(file: Path) -> None:
    settings.change(Curate, recent=("/ä",))
    settings.change(Play, sounds=False)
    assert file.read_text(encoding="utf-8") == (
        '{\n "curate": {\n  "recent": [\n   "/ä"\n  ]\n },\n "play": {\n  "sounds": false\n }\n}\n'
    )


def test_a_name_of_a_file_that_is_no_unicode_comes_back(file: Path) -> None:
    settings.change(Curate, recent=("/a\udcff",))
    assert settings.load(Curate).recent == ("/a\udcff",)


def test_what_is_not_changed_is_not_written(file: Path) -> None:
    settings.change(Play, difficulty="mixed")
    assert not file.exists()
    settings.change(Play, difficulty="easy")
    os.utime(file, ns=(0, 0))
    settings.change(Play, difficulty="easy")
    assert file.stat().st_mtime_ns == 0


def test_what_this_qdesk_does_not_know_is_kept(file: Path) -> None:
    file.write_text('{"play": {"player": 2, "hat": "red"}, "radio": [1, {"on": true}]}')
    settings.change(Play, player=3)
    settings.change(Lab, folder="/data")
    assert kept(file) == {
        "play": {"player": 3, "hat": "red"},
        "radio": [1, {"on": True}],
        "lab": {"folder": "/data"},
    }


def test_a_setting_that_is_none_is_a_mistake_of_ours(file: Path) -> None:
    with pytest.raises(TypeError):
        settings.change(Play, hat="red")


# What is broken


@pytest.mark.parametrize(
    ("text", "section", "expected", "said"),
    [
        ('{"play": {"player": "x", "sounds": false}}', Play, Play(sounds=False), "play.player cannot be 'x'"),
        ('{"play": {"player": 2, "voice": 1}}', Play, Play(player=2), "play.voice cannot be 1"),
        ('{"play": {"player": true}}', Play, Play(), "play.player cannot be True"),
        ('{"play": {"difficulty": "cruel"}}', Play, Play(), "play.difficulty cannot be 'cruel'"),
        ('{"play": 7}', Play, Play(), "play is no section"),
        ('{"curate": {"size": "huge", "plane": true}}', Curate, Curate(plane=True), "curate.size cannot be 'huge'"),
        ('{"curate": {"size": null}}', Curate, Curate(), ""),
        ('{"curate": {"recent": "a"}}', Curate, Curate(), "curate.recent cannot be 'a'"),
        ('{"curate": {"recent": ["a", 5]}}', Curate, Curate(), "curate.recent cannot be"),
        (
            '{"curate": {"keys": {"flag": ["J"], "keep": "K", "undo": [1]}, "unfolded": {"word": 0}}}',
            Curate,
            Curate(keys={"flag": ("J",)}),
            "curate.keys.keep cannot be 'K'",
        ),
        ('{"curate": {"keys": []}}', Curate, Curate(), "curate.keys cannot be []"),
        ('{"window": {"geometry": 5}}', Window, Window(), "window.geometry cannot be 5"),
    ],
)
def test_what_is_not_of_its_type_is_the_default_and_said(
    text: str, section: type[Section], expected: Section, said: str, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings._warn.cache_clear()
    file.write_text(text)
    assert settings.load(section) == expected
    assert settings.load(section) == expected
    found = [line for line in caplog.messages if said in line]
    assert len(found) == 1 if said else not caplog.messages


def test_an_editor_may_begin_the_file_with_a_byte_order_mark(file: Path) -> None:
    file.write_bytes(b'\xef\xbb\xbf{"curate": {"tint": "loss"}}')
    assert settings.load(Curate).tint == "loss"
    settings.change(Curate, reverse=True)
    assert settings.load(Curate) == Curate(tint="loss", reverse=True)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'"play"', b"[" * 100_000])
def test_a_file_that_is_no_json_is_the_defaults_and_set_aside(
    content: bytes, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.write_bytes(content)
    assert settings.load(Play) == Play() and file.read_bytes() == content
    settings.change(Play, player=2)
    assert settings.load(Play) == Play(player=2)
    assert file.with_name("settings.json.damaged").read_bytes() == content
    assert any("damaged" in line for line in caplog.messages)


def test_what_cannot_be_read_or_written_is_said_and_left_alone(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    file.mkdir()
    assert settings.load(Play) == Play()
    with pytest.raises(OSError):
        settings.change(Play, player=2)
    settings.remember(Play, player=2)
    settings.remember(Play, lambda now: replace(now, player=2))
    assert file.is_dir() and any("cannot be kept" in line for line in caplog.messages)


def test_somebody_who_does_not_come_to_an_end_is_not_waited_for(
    file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(settings, "_PATIENCE_S", 0.05)
    with FileLock(f"{file}.lock"):
        with pytest.raises(OSError):
            settings.change(Play, player=2)
        settings.remember(Play, player=2)
        assert settings.load(Play) == Play()
    settings.change(Play, player=2)
    assert settings.load(Play).player == 2


# Two windows


def test_two_windows_do_not_lose_each_others_settings(file: Path) -> None:
    names = [f"section {number}" for number in range(8)]
    together = threading.Barrier(len(names))

    def window(name: str) -> None:
        together.wait()
        settings.edit(Curate, lambda now: replace(now, unfolded={**now.unfolded, name: True}))

    with ThreadPoolExecutor(len(names)) as windows:
        list(windows.map(window, names))
    assert settings.load(Curate).unfolded == dict.fromkeys(names, True)


def test_two_programs_do_not_lose_each_others_settings(file: Path) -> None:
    code = (
        "import sys; from dataclasses import replace; from qdesk import settings\n"
        "for n in range(20):\n"
        "    settings.edit(settings.Curate, lambda now: replace(now, keys={**now.keys, f'{sys.argv[1]}{n}': ('K',)}))"
    )
    programs = [subprocess.Popen([sys.executable, "-c", code, name], cwd=ROOT) for name in "ab"]
    assert [program.wait() for program in programs] == [0, 0]
    assert settings.load(Curate).keys == {f"{name}{n}": ("K",) for name in "ab" for n in range(20)}


# What earlier versions wrote


def test_the_settings_of_earlier_versions_are_taken_over(file: Path) -> None:
    geometry, middle = bytes(range(256)), b"\0\0\0\xff, ;"
    old = QSettings(str(file.with_name("settings.ini")), QSettings.Format.IniFormat)
    for name, value in {
        "curate/recent": ["/b, c.ndjson", "/ü"],
        "curate/tint": "time",
        "curate/sort": "lift",
        "curate/reverse": 1,
        "curate/size": 3,
        "curate/filters": 0,
        "curate/plane": 1,
        "curate/middle": QByteArray(middle),
        "curate/replay_each": True,
        "filters/word": False,
        "filters/verdict": True,
        "keys/flag": ["J"],
        "keys/undo": [",", "Ctrl+Z"],
        "lab/folder": "/data",
        "lab/opened": ["/run.safetensors"],
    }.items():
        old.setValue(name, value)
    old.sync()
    window = QSettings(str(file.with_name("window.ini")), QSettings.Format.IniFormat)
    window.setValue("window/geometry", QByteArray(geometry))
    window.sync()
    file.with_name("play.json").write_text('{"player": 2, "difficulty": "hard", "voice": false, "hat": "red"}')

    curate = Curate(
        recent=("/b, c.ndjson", "/ü"),
        tint="time",
        sort="lift",
        reverse=True,
        size=3,
        filters=False,
        plane=True,
        middle=base64.b64encode(middle).decode(),
        replay_each=True,
        unfolded={"word": False, "verdict": True},
        keys={"flag": ("J",), "undo": (",", "Ctrl+Z")},
    )
    others = {
        Play: Play(player=2, difficulty="hard", voice=False),
        Lab: Lab("/data", ("/run.safetensors",)),
        Window: Window(base64.b64encode(geometry).decode()),
    }
    assert settings.load(Curate) == curate and not file.exists()
    settings.change(Curate, tint="none")
    assert settings.load(Curate) == replace(curate, tint="none")
    assert {section: settings.load(section) for section in others} == others
    assert kept(file)["play"]["hat"] == "red"
    file.with_name("settings.ini").unlink()
    file.with_name("play.json").unlink()
    assert {section: settings.load(section) for section in others} == others


def test_what_cannot_be_taken_over_is_the_default(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    ini = file.with_name("settings.ini")
    ini.write_text(
        "[curate]\nsize=huge\nreverse=perhaps\ntint=a, b\nmiddle=@Variant(\\x80\\x4\\x95pickled.)\nplane=1\nhat=red\n"
        "[keys]\nflag=@Variant(rubbish)\nkeep=J\n[lab]\nfolder=@Invalid()\nopened=\n[filters]\nword=7\n[play]\nplayer=x\n"
    )
    file.with_name("play.json").write_text("{")
    assert settings.load(Curate) == Curate(plane=True, keys={"keep": ("J",)})
    assert settings.load(Lab) == Lab() and settings.load(Play) == Play()
    assert any("curate/size cannot be 'huge'" in line for line in caplog.messages)


# The schema


def test_every_setting_says_what_it_means_and_stands_in_the_documents() -> None:
    document = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [line for line in document.splitlines() if line.startswith("| `")]
    expected = []
    for section in SECTIONS:
        for one in fields(section):
            default = json.dumps(getattr(section(), one.name))
            assert one.metadata["meaning"] and section.__doc__
            expected.append(f"| `{section.__name__.lower()}.{one.name}` | `{default}` | {one.metadata['meaning']} |")
    assert rows == expected


def test_the_difficulties_are_those_of_the_words() -> None:
    (difficulty,) = (one for one in fields(Play) if one.name == "difficulty")
    assert difficulty.metadata["choices"] == ("mixed", *DIFFICULTIES)
