"""`-`: stdin is kept to be read again, stdout gets all or nothing."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from qdesk.streams import STREAM, is_stream, name_of, readable, to_stdout


def given(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_stdin_can_be_read_twice_and_is_another_one_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, b"one\0\xff")
    first = Path(readable(STREAM))
    assert first.read_bytes() == Path(readable(Path(STREAM))).read_bytes() == b"one\0\xff"
    given(monkeypatch, b"two")
    assert Path(readable(STREAM)).read_bytes() == b"two" and not first.exists()
    monkeypatch.setattr(sys, "stdin", None)
    assert Path(readable(STREAM)).read_bytes() == b""


def test_other_paths_stay_what_they_are(tmp_path: Path) -> None:
    assert readable(tmp_path / "-") == tmp_path / "-" and not is_stream(tmp_path / "-") and not is_stream(None)
    assert name_of(STREAM) == "stdin" and name_of("a-") == "a-"


def test_stdout_gets_all_or_nothing(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with to_stdout() as part:
        part.write_bytes(b"\xff\0\n")
    assert capfdbinary.readouterr().out == b"\xff\0\n" and not part.exists()
    with pytest.raises(KeyboardInterrupt), to_stdout() as part:
        part.write_bytes(b"half")
        raise KeyboardInterrupt
    assert capfdbinary.readouterr().out == b"" and not part.exists()
