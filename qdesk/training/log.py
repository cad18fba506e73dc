"""A run's log: JSON lines beside its weights, written while it trains and followed by whoever watches.

The first line of every start says what is trained (`run`, `out`, `words`, how many drawings, `options`), the lines
after it how far it is (`step`, `seconds`, `done`, `minutes_left`, `epoch`) with what was measured then (`loss`, `rate`,
`validation_...`), and the last one how it ended (`ended`, `best_step`, `test`). A resumed run goes on in the same file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRESS = ("step", "seconds", "done", "minutes_left", "epoch")
"""What every line but the first of a start says of the run itself. All its other numbers are curves."""


def path_of(out: Path) -> Path:
    """Where the run that writes the weights `out` keeps its log."""
    return out.with_name(out.name + ".log")


@dataclass
class Log:
    """What a log says so far.

    start: the first line of the latest start.
    curves: name -> (steps, values), two lists of one length, steps increasing.
    latest: the newest value of every number, those of `PROGRESS` among them.
    end: the last line, or None while the run goes on (or was killed).
    """

    start: dict = field(default_factory=dict)
    curves: dict[str, tuple[list[int], list[float]]] = field(default_factory=dict)
    latest: dict = field(default_factory=dict)
    end: dict | None = None

    def add(self, line: dict) -> None:
        """One more line. Where a resumed run goes back behind what is there, what it does anew replaces that."""
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
                if isinstance(line[name], int | float):
                    self._cut(name, line["step"] - 1)
                    steps, values = self.curves.setdefault(name, ([], []))
                    steps.append(line["step"])
                    values.append(line[name])

    def _note(self, line: dict, names: Iterable[str]) -> None:
        self.latest |= {name: line[name] for name in names if isinstance(line.get(name), int | float)}

    def _cut(self, name: str, step: float) -> None:
        """Forget what a curve says of later steps than `step`."""
        steps, values = self.curves.get(name, ([], []))
        while steps and steps[-1] > step:
            steps.pop()
            values.pop()


class Follower:
    """Reads a log that grows: each `poll` reads what is new. A half-written line waits for its other half.

    A log that another run began anew is read anew; one that is not there (yet) says nothing.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.log = path, Log()
        self._offset, self._first = 0, b""

    def poll(self) -> Log:
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
        for text in whole.splitlines():
            try:
                line = json.loads(text)
            except ValueError:  # what a crash left of a line
                continue
            if isinstance(line, dict):
                self.log.add(line)
        return self.log


def read(path: Path) -> Log:
    """All that a log says. Empty where there is none."""
    return Follower(path).poll()


class Writer:
    """Appends lines, each on the disk's way as soon as it is written; `resumed` goes on in the log that is there."""

    def __init__(self, path: Path, resumed: bool = False) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        broken = resumed and path.exists() and not path.read_bytes().endswith(b"\n")
        self._file = path.open("a" if resumed else "w", encoding="utf-8")
        if broken:  # a crash cut the last line short
            self._file.write("\n")

    def write(self, line: dict) -> None:
        """What is no finite number becomes null, which every reader of JSON understands."""
        self._file.write(json.dumps(_plain(line), allow_nan=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value
