"""What the commands share: tables as CSV, and progress on stderr."""

from __future__ import annotations

import io

import pyarrow as pa

from qdesk import console
from tests.helpers.commands import ndjson_line


def test_csv_cells():
    file = io.StringIO()
    columns = {
        "number": pa.array([1 / 3, None, float("nan"), 1e-9, 123456789.0]),
        "name": pa.array(["a", None, 'say "b"', "c, d", ""]),
        "seen": pa.array([True, False, None, True, True]),
        "row": pa.array([0, 1, None, 3, 4]),
    }
    console.write_csv(pa.table(columns), file)
    assert file.getvalue() == (
        'number,name,seen,row\n0.333333,a,true,0\n,,false,1\n,"say ""b""",,\n1e-09,"c, d",true,3\n1.23457e+08,,true,4\n'
    )


class Screen(io.StringIO):
    def __init__(self, tty: bool) -> None:
        super().__init__()
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty


def test_progress_off_a_terminal_is_a_line_every_two_seconds(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(console.time, "monotonic", lambda: now[0])
    screen = Screen(tty=False)
    with console.Progress("scoring", screen) as progress:
        for tenth in range(1, 101):
            now[0] = tenth / 10
            progress(tenth / 200)
    lines = screen.getvalue().splitlines()
    assert lines == [f"qdesk: scoring, {n * 10} %, {20 - 2 * n} s left" for n in (1, 2, 3, 4, 5)]


def test_progress_on_a_terminal_is_one_line_that_goes_away(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(console.time, "monotonic", lambda: now[0])
    screen = Screen(tty=True)
    with console.Progress("scoring", screen) as progress:
        now[0] = 200.0
        progress(0.5)
        assert screen.getvalue().endswith("qdesk: scoring, 50 %, 3 min 20 s left")
    assert screen.getvalue().endswith("\r\x1b[K") and "\n" not in screen.getvalue()


def test_progress_without_a_known_end_claims_no_share(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(console.time, "monotonic", lambda: now[0])
    screen = Screen(tty=False)
    with console.Progress("cat", screen) as progress:
        now[0] = 3.0
        progress(None, "cat, 1.5 MB")
    assert screen.getvalue() == "qdesk: cat, 1.5 MB\n"


def test_what_is_done_at_once_shows_no_progress():
    screen = Screen(tty=True)
    with console.Progress("reading", screen) as progress:
        progress(1.0)
    assert screen.getvalue() == ""


def test_opened_reads_several_files_as_one_batch(tmp_path):
    one, other = tmp_path / "one.ndjson", tmp_path / "other.ndjson"
    one.write_text("".join(ndjson_line(key) + "\n" for key in range(6)))
    other.write_text(ndjson_line(9) + "\n")
    drawings = console.opened([one, other])
    assert len(drawings) == 7 and drawings[6].source == str(other)
