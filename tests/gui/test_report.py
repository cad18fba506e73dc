from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qdesk.gui import report

ROOT = Path(__file__).parents[2]


def raised(do) -> Exception:
    try:
        do()
    except Exception as error:
        return error
    raise AssertionError


def test_a_report_names_nothing_of_the_user() -> None:
    path, word, key = "/home/zoe/my cats/zoe's elephants.ndjson", "sea turtle", "4503604227260416"

    def fail() -> None:
        raise RuntimeError(f"cannot read {path}: {word!r} of {word}, note 'Zoe is rude', {key}, C:\\Users\\zoe\\x.bin")

    said = report.of_error(raised(fail))
    for theirs in ("zoe", "cats", "elephants", "ndjson", "turtle", "Zoe", key, "Users"):
        assert theirs not in said.split("RuntimeError: ")[1]
    assert "RuntimeError: cannot read …" in said


@pytest.mark.parametrize(
    ("do", "text"),
    [
        (lambda: [][3], "IndexError: list index out of range"),
        (lambda: None.shape, "AttributeError: 'NoneType' object has no attribute 'shape'"),
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda: {}["elephant"], "KeyError: 'elephant'"),  # a name of the program itself: it is written in this line
        (lambda: {}[b"\xff".decode("latin-1")], "KeyError: '…'"),
    ],
    ids=["index", "attribute", "division", "constant", "key"],
)
def test_what_python_says_of_a_mistake_stays(do, text: str) -> None:
    assert report.of_error(raised(do)).splitlines()[-1] == text


def test_a_report_has_the_causes_and_the_places_without_folders() -> None:
    def fail() -> None:
        try:
            report.plain(None)
        except TypeError as error:
            raise ValueError("elsewhere") from error

    said = report.of_error(raised(fail))
    assert said.index("TypeError") < said.index("ValueError")
    assert "qdesk/gui/report.py, line" in said and str(ROOT) not in said and str(Path.home()) not in said


def test_the_whole_report_has_versions_and_says_what_to_do() -> None:
    text = report.written("Something went wrong.", "body")
    assert "Python 3." in text and "PySide6" in text and "What to do with it" in text and text.endswith("body\n")


CRASH = """
import ctypes, pathlib, sys
from qdesk.gui import report
file = report.CrashFile(lambda: pathlib.Path(sys.argv[1]))
if sys.argv[2] == "crash":
    ctypes.string_at(0)
if sys.argv[2] == "kill":
    import os, signal
    os.kill(os.getpid(), signal.SIGKILL)
file.close()
"""


def end(folder: Path, how: str) -> int:
    done = subprocess.run([sys.executable, "-c", CRASH, str(folder), how], cwd=ROOT, capture_output=True, timeout=60)
    return done.returncode


def test_a_crash_leaves_a_report_that_is_read_once(tmp_path: Path) -> None:
    assert end(tmp_path, "crash") != 0
    text = report.left_by_crashes(lambda: tmp_path)
    assert "Segmentation fault" in text or "access violation" in text
    assert 'File "ctypes/__init__.py"' in text and str(tmp_path) not in text and sys.prefix not in text
    assert report.left_by_crashes(lambda: tmp_path) == "" and not list(tmp_path.iterdir())


@pytest.mark.parametrize("how", ["end", "kill"])
def test_no_crash_leaves_no_report(tmp_path: Path, how: str) -> None:
    end(tmp_path, how)
    assert report.left_by_crashes(lambda: tmp_path) == "" and not list(tmp_path.iterdir())


def test_the_report_of_a_program_that_runs_is_left_alone(tmp_path: Path) -> None:
    running = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    other = tmp_path / f"crash-{running.pid}.txt"
    other.write_text("versions\nFatal Python error\n")
    assert report.left_by_crashes(lambda: tmp_path) == "" and other.exists()
    running.communicate(b"\n")


def test_without_a_folder_there_is_no_file() -> None:
    def nowhere() -> Path:
        raise PermissionError(13, "Permission denied")

    file = report.CrashFile(nowhere)
    file.add("text")
    file.close()
    assert report.left_by_crashes(nowhere) == ""
