"""The log of a run: JSON lines beside its weights, which can be read while the run is still training.

The first line of every start says what is trained (`run`, `out`, `words`, how many drawings, `options`). The next lines
say how far the run is (`step`, `seconds`, `done`, `minutes_left`, `epoch`) and what was measured (`loss`, `rate`,
`validation_...`). The last line says how it ended (`ended`, `best_step`, `test`). A resumed run appends to the file.
"""

from __future__ import annotations

import errno
import json
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qdesk.checked import parse

PROGRESS = ("step", "seconds", "done", "minutes_left", "epoch")
"""Names of the numbers about the run's progress, in every line but the first. All other numbers are curves."""

_NUMBER = (float, None)
_LINE = {
    "run?": str, "words?": [str], "began?": str, "pid?": (int, None), "out?": str, "ended?": str,
    "reason?": (str, None), "train?": (int, None), "validation?": int, "parameters?": (int, None),
    "best_step?": _NUMBER, "step?": float, "seconds?": _NUMBER, "done?": _NUMBER, "minutes_left?": _NUMBER,
    "epoch?": _NUMBER, "options?": {"data?": ([str], None), "extra?": ([str], None)},
    "test?": (int, {str: (float, None, bool, str, list, dict)}),
}  # fmt: skip
"""What a line may say. A number that is not known is null."""


def path_of(out: Path) -> Path:
    """Return the path of the log of the run that writes the weights `out`."""
    return out.with_name(out.name + ".log")


@dataclass
class Log:
    """What a log says so far.

    start: the first line of the latest start.
    curves: name -> (steps, values), two lists of the same length, steps increasing.
    latest: the newest value of every number, including those of `PROGRESS`.
    end: the last line, or None while the run goes on (or where it was killed).
    """

    start: dict = field(default_factory=dict)
    curves: dict[str, tuple[list[int], list[float]]] = field(default_factory=dict)
    latest: dict = field(default_factory=dict)
    end: dict | None = None

    def add(self, line: dict) -> None:
        """Add a line. Where a resumed run begins at an earlier step, its lines replace those after that step."""
        if "run" in line:
            self.start, self.end = line, None
            if not line.get("resumed"):
                self.curves, self.latest = {}, {}
            for name in self.curves:
                self._cut(name, line.get("step", math.inf))
            self.curves = {name: curve for name, curve in self.curves.items() if curve[0]}
        elif "ended" in line:
            self.end = line
            self._note(line, PROGRESS)
        elif "step" in line:
            self._note(line, line)
            for name in line.keys() - set(PROGRESS):
                if _is_number(line[name]):
                    self._cut(name, line["step"] - 1)
                    steps, values = self.curves.setdefault(name, ([], []))
                    steps.append(line["step"])
                    values.append(line[name])

    def _note(self, line: dict, names: Iterable[str]) -> None:
        self.latest |= {name: line[name] for name in names if _is_number(line.get(name))}

    def _cut(self, name: str, step: float) -> None:
        """Remove the values of a curve after the step `step`."""
        steps, values = self.curves.get(name, ([], []))
        while steps and steps[-1] > step:
            steps.pop()
            values.pop()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < 1e300  # false for NaN


class Follower:
    """Reads a growing log: each `poll` reads what is new. A half-written line is read once it is whole.

    Where another run has begun the file anew, all of it is read again. A log that does not exist yet reads as empty.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.log = path, Log()
        self._offset, self._first = 0, b""

    def poll(self) -> Log:
        """Read the new lines and return the log so far."""
        try:
            with self.path.open("rb") as file:
                if file.read(len(self._first)) != self._first:
                    self.log, self._offset, self._first = Log(), 0, b""
                file.seek(self._offset)
                new = file.read()
        except FileNotFoundError:
            return self.log
        whole = new[: new.rfind(b"\n") + 1]
        if not self._offset:
            self._first = whole[: whole.find(b"\n") + 1]
        self._offset += len(whole)
        for text in whole.split(b"\n"):
            try:
                line = parse(text, _LINE)
            except ValueError:  # a line that a crash cut short, or that is none of a log
                continue
            self.log.add(line)
        return self.log


def read(path: Path) -> Log:
    """Return all that the log at `path` says. It is empty where there is no file."""
    return Follower(path).poll()


class Writer:
    """Appends lines and flushes each at once. resumed: whether to append to an existing log instead of replacing it."""

    def __init__(self, path: Path, resumed: bool = False) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._broken = resumed and path.exists() and not path.read_bytes().endswith(b"\n")  # a crash cut the last line
        self._file = path.open("ab" if resumed else "wb", buffering=0)

    def write(self, line: dict) -> None:
        """Append a line. Infinity and NaN become null, which every reader of JSON understands.

        Raises OSError where the disk is full. The next line begins anew then.
        """
        text = f"{json.dumps(_plain(line), allow_nan=False)}\n".encode()
        whole = b"\n" * self._broken + text
        self._broken = True
        if self._file.write(whole) < len(whole):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self._file.name)
        self._broken = False

    def close(self) -> None:
        self._file.close()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value
