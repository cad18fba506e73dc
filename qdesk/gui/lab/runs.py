"""Experiments as files: what a run's log says, how the window began it, and whether its process lives. No Qt.

A run is identified by the weight file that it writes, `OUT`. Beside it lie `OUT.log` (the run's own account),
`OUT.start` (how the window began it), `OUT.err` (what the process wrote to stderr), `OUT.checkpoint`, and the report.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from qdesk import paths
from qdesk.checked import parse
from qdesk.files import atomic_write
from qdesk.gui.lab.processes import lives
from qdesk.training.log import Follower, Log, path_of

KINDS = {"classifier": "guess", "sketchrnn": "score"}
"""The networks that can be trained, and what each learns to do."""

ENDING = ".safetensors"

_MOMENT_S = 1.0
# The options in a log that a resumed run has to have again.
_OPTIONS = ("seed", "batch", "rate", "epochs", "minutes", "patience", "workers", "size", "hidden", "only")


class RunState(StrEnum):
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    FINISHED = "finished"
    EARLY = "stopped early"
    INTERRUPTED = "interrupted"
    FAILED = "failed"

    @property
    def active(self) -> bool:
        """Whether its process is at work."""
        return self in (RunState.STARTING, RunState.RUNNING, RunState.STOPPING)

    @property
    def complete(self) -> bool:
        """Whether it finished, or stopped early because it no longer improved."""
        return self in (RunState.FINISHED, RunState.EARLY)


_START = {"command": [str], "kind": str, "words": [str], "data": [str], "pid": int, "began": str}


@dataclass(frozen=True)
class Start:
    """How the window began a run, kept beside it: the command, the folders of drawings, the process, and when (UTC)."""

    command: list[str]
    kind: str
    words: list[str]
    data: list[str]
    pid: int
    began: str

    def write(self, out: Path) -> None:
        with atomic_write(beside(out, ".start")) as part:
            part.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @staticmethod
    def read(out: Path) -> Start | None:
        try:
            return Start(**parse(beside(out, ".start").read_bytes(), _START))
        except (OSError, ValueError, TypeError):
            return None


class LabRun:
    """One experiment, as its files describe it. `poll` reads what is new."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.start = Start.read(out)
        self.stopping = False
        self._alive = False
        self._begun = -math.inf
        self._complaint = ""  # the last message of its process on stderr
        self._follower = Follower(path_of(out))

    @property
    def log(self) -> Log:
        """What its log said when it was last read."""
        return self._follower.log

    def poll(self) -> bool:
        """Read what the run has written since. Return whether anything about it has changed."""
        before = self._seen
        asked = -1
        while asked != self.pid:  # the log may name another process than the one looked for
            asked = self.pid
            self._alive = self._just_begun or lives(
                asked, self.out
            )  # asked before the log is read, since a run first writes its end and then ends
            self._follower.poll()
        self.stopping = self.stopping and self._alive
        if not (self._alive or self._complaint) and (
            self._newest_is_ours or (self.log.end or {}).get("ended") == RunState.FAILED
        ):
            self._complaint = _last_words(beside(self.out, ".err"))
        return before != self._seen

    @property
    def _seen(self) -> tuple[object, ...]:
        return self.state, self.log.start.get("began"), self.log.latest.get("seconds"), self.log.latest.get("step")

    def begun(self, start: Start) -> None:
        """Note that the window has just begun it, or begun it again. Unless it is resumed, its log begins anew."""
        if "--resume" not in start.command:
            self._follower = Follower(path_of(self.out))
        self._complaint = ""
        self.start, self.stopping, self._alive, self._begun = start, False, True, time.monotonic()

    @property
    def _just_begun(self) -> bool:
        """Whether it was begun a moment ago, when a process has no command line yet to be recognised by."""
        return time.monotonic() - self._begun < _MOMENT_S

    # What it is

    @property
    def name(self) -> str:
        return self.out.name.removesuffix(ENDING)

    @property
    def ours(self) -> bool:
        """Whether it lies in the window's own folder."""
        return self.out.parent == folder()

    @property
    def kind(self) -> str:
        return self.log.start.get("run") or (self.start.kind if self.start else "classifier")

    @property
    def words(self) -> list[str]:
        return self.log.start.get("words") or (self.start.words if self.start else [])

    @property
    def data(self) -> list[str]:
        """The folders of drawings, as far as they are known."""
        return self.start.data if self.start else self.options.get("data") or []

    @property
    def options(self) -> dict[str, Any]:
        return self.log.start.get("options") or {}

    @property
    def _newest_is_ours(self) -> bool:
        """Whether the window's start came after the last one in the log, so that the log knows nothing of it yet."""
        if self.start is None or self.log.start.get("pid") == self.start.pid:
            return False
        return not self.log.start or _when(self.start.began) > _when(self.log.start.get("began"))

    @property
    def pid(self) -> int:
        return self.start.pid if self.start and self._newest_is_ours else int(self.log.start.get("pid") or 0)

    @property
    def began(self) -> datetime:
        """When it was last begun."""
        return _when(self.start.began if self.start and self._newest_is_ours else self.log.start.get("began"))

    # How it goes

    @property
    def state(self) -> RunState:
        if self._alive and (self._newest_is_ours or not self.log.end):
            return (
                RunState.STOPPING if self.stopping else RunState.STARTING if self._newest_is_ours else RunState.RUNNING
            )
        if self._newest_is_ours:
            return (
                RunState.INTERRUPTED
                if self._complaint.endswith(("interrupted", "KeyboardInterrupt"))
                else RunState.FAILED
            )
        ended = (self.log.end or {}).get("ended")
        return RunState(ended) if ended in set(RunState) else RunState.INTERRUPTED

    @property
    def done(self) -> float:
        """The share that is done, 0 to 1."""
        return 1.0 if self.state.complete else min(max(float(self.log.latest.get("done") or 0.0), 0.0), 1.0)

    @property
    def test(self) -> dict[str, Any]:
        """The figures on drawings never trained on, once the run is finished."""
        return (self.log.end or {}).get("test") or {}

    @property
    def reason(self) -> str:
        """Why it failed, as a sentence."""
        if self.state is not RunState.FAILED:
            return ""
        logged = "" if self._newest_is_ours else (self.log.end or {}).get("reason")
        return logged or self._complaint or "It ended at once, without a word."

    @property
    def resumable(self) -> bool:
        """Whether there is a checkpoint to resume from, and the command is known."""
        return not self.state.active and not self.state.complete and beside(self.out, ".checkpoint").exists()

    @property
    def command(self) -> list[str]:
        """The command that began it, without `--resume`; empty where it is not known."""
        if self.start:
            return [word for word in self.start.command if word != "--resume"]
        if not self.data or not all(os.path.isabs(place) for place in [*self.data, *self.options.get("extra", ())]):
            return []  # a relative path has no meaning without the folder it was given in
        options = {name: self.options.get(name) for name in _OPTIONS}
        command = train_command(self.kind, self.out, self.data, self.words, options)
        extra = self.options.get("extra")
        return [*command, "--extra", *extra] if extra else command

    @property
    def report(self) -> Path:
        return self.out.with_name(f"{self.name}.html")

    @property
    def reported(self) -> bool:
        """Whether there is a report on exactly these weights."""
        try:
            return self.report.stat().st_mtime >= self.out.stat().st_mtime
        except OSError:
            return False

    def files(self) -> list[Path]:
        """Return all its files on disk."""
        besides = [beside(self.out, ending) for ending in (".log", ".start", ".err", ".checkpoint")]
        return [file for file in (self.out, *besides, self.report, self.report.with_suffix(".json")) if file.exists()]


# All runs

STARTER = paths.asset("starter.ndjson.gz")
"""Drawings that come with qdesk, to try things out."""


def place_name(place: str) -> str:
    """Return the name of a file or folder of drawings as users know it."""
    return "Starter set, made by qdesk" if Path(place).absolute() == STARTER.absolute() else place


def folder() -> Path:
    """Return the folder where the window keeps its runs. It is created when first asked for."""
    where = paths.user_data() / "runs"
    where.mkdir(exist_ok=True)
    return where


def beside(out: Path, ending: str) -> Path:
    """Return the file of a run with that ending."""
    return out.with_name(out.name + ending)


def outs_in(where: Path) -> list[Path]:
    """Return the weight files, written yet or not, of all runs in a folder."""
    names = {entry.name for entry in os.scandir(where)} if where.is_dir() else set()
    ends = (f"{ENDING}.log", f"{ENDING}.start")
    return sorted({where / name.rpartition(".")[0] for name in names if name.endswith(ends)})


def out_of(file: str | os.PathLike[str]) -> Path:
    """Return the weight file of the run to which a log or weight file belongs. Raises ValueError if there is no log."""
    path = Path(os.path.abspath(file))
    out = path.with_name(path.name.removesuffix(".log"))
    if not path_of(out).is_file():
        raise ValueError(f"There is no log {path_of(out).name} beside {path.name}, so there is nothing to show of it.")
    return out


def read_runs(outs: Iterable[Path]) -> list[LabRun]:
    """Return the runs, read as far as they have come."""
    runs = [LabRun(out) for out in outs]
    for run in runs:
        run.poll()
    return runs


def _last_words(file: Path) -> str:
    """Return the last message of a process on stderr, leaving out its progress, which is JSON."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    said = [line.strip() for line in lines if line.strip() and not line.startswith("{")]
    own = [line.removeprefix("qdesk: ") for line in said if line.startswith("qdesk: ")]
    return own[-1] if own else said[-1] if said else ""


def fresh_name(wanted: str) -> str:
    """Return the name, with a number after it if there is a run of that name."""
    name, number = wanted, 2
    while taken(name):
        name, number = f"{wanted} {number}", number + 1
    return name


def taken(name: str) -> bool:
    """Whether there is a run of that name."""
    out = folder() / f"{name}{ENDING}"
    return any(file.exists() for file in (out, path_of(out), beside(out, ".start")))


def train_command(
    kind: str, out: Path, data: Sequence[str], words: Sequence[str] | None, options: Mapping[str, object]
) -> list[str]:
    """Return the command line of a run. words: None for all words. options: others by name, None for its default."""
    command = [sys.executable, "-m", "qdesk", "train", kind, "--data", *data, "--out", str(out)]
    if words:
        line = io.StringIO()
        csv.writer(line).writerow(words)  # a CSV writer quotes a word with a comma in it
        command += ["--words", line.getvalue().strip()]
    for name, value in options.items():
        if value is not None:
            command += [f"--{name}", str(value)]
    return command


def evaluate_command(run: LabRun) -> list[str]:
    """Return the command line that writes the report of a run, for people and for programs."""
    page, numbers = str(run.report), str(run.report.with_suffix(".json"))
    command = [sys.executable, "-m", "qdesk", "evaluate", *run.data, "--model", str(run.out)]
    return [*command, "--part", "test", "--html", page, "--out", numbers]


def _when(text: object) -> datetime:
    try:
        return datetime.fromisoformat(str(text)).astimezone()
    except (ValueError, OverflowError):  # the first and the last year have no time in other zones
        return datetime.fromtimestamp(0).astimezone()
