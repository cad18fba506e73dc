"""Files made by commands from data, code and each other: which of them are out of date, and how to make them again.

Whether a file is up to date is decided by content, because file times say nothing in a clone. `models/made.json` holds,
for each step, its command and the digests of what it used and of what it made. In a document, only what stands between
marks (`qdesk.stats.intervals.rewrite`) counts, so that people may edit the rest. In code, only what it does counts:
comments, docstrings and layout may change. What is missing, such as the data in a clone, is not compared.
"""

from __future__ import annotations

import ast
import hashlib
import json
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from qdesk.files import atomic_write
from qdesk.stats.intervals import places
from qdesk.training.wording import duration

MADE = "models/made.json"
ELSEWHERE = ("DATA/", "WORK/")
"""Prefixes of the names of files outside the repository."""


@dataclass(frozen=True)
class Step:
    """One command, what it makes, and what it uses beside the DATA and WORK files that the command itself names.

    makes, uses: files and folders of the repository, or under DATA/ (the folder of drawings) or WORK/ (the work
        folder). NAME.md#PLACE is what stands between the marks of that place. NAME.md alone is all such places.
    command: as in a shell, from the top of the repository. "> WORK/FILE" keeps its output in a file, which then is one
        of the files made.
    trains: whether it trains a network. It writes weights long before they are good, so they and their checkpoint lie
        in WORK until it is done.
    once: whether it is made only where it is missing, and never again.
    """

    name: str
    makes: tuple[str, ...]
    uses: tuple[str, ...]
    command: str
    trains: bool = False
    once: bool = False

    @property
    def words(self) -> list[str]:
        return shlex.split(self.command)

    @property
    def stdout(self) -> str:
        """The name of the file that keeps the command's output, or ""."""
        return self.words[-1] if self.words[-2:-1] == [">"] else ""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of all that the step makes."""
        return (*self.makes, self.stdout) if self.stdout else self.makes

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of all that the step uses."""
        given = [word for word in self.words if word.startswith(("DATA/", "WORK/"))]
        made = tuple(f"{name}/" for name in self.outputs)
        return tuple(dict.fromkeys([*(word for word in given if not f"{word}/".startswith(made)), *self.uses]))


# Digests


def digest(path: Path, place: str = "") -> str | None:
    """Return 20 hex digits for what counts in a file, or for the names and contents of all files in a folder.

    place: the place of a document that alone counts. Returns None where the file, the folder or the place is missing.
    """
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
        listed = [f"{file.relative_to(path).as_posix()}\n{digest(file)}\n" for file in files]
        return _hex("".join(listed).encode()) if listed else None
    if not path.is_file():
        return None
    content = path.read_bytes()
    if path.suffix == ".md":
        found = places(content.decode("utf-8"))
        if place:
            return _hex(found[place].encode()) if place in found else None
        return _hex(json.dumps(found, sort_keys=True).encode())
    if path.suffix == ".py":
        try:
            return _hex("".join(_meaning(ast.parse(content))).encode())
        except SyntaxError:  # unfinished code has no meaning to compare: take its text
            pass
    return _hex(content)


def _hex(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=10).hexdigest()


def _meaning(node: object) -> Iterator[str]:
    """Yield what code does, without comments, docstrings and layout, the same for all versions of Python."""
    if isinstance(node, ast.AST):
        yield type(node).__name__
        for name, value in ast.iter_fields(node):
            if value not in (None, []) and name not in ("ctx", "kind", "type_comment"):
                yield f"({name}"
                yield from _meaning(value)
                yield ")"
    elif isinstance(node, list):
        for each in node:
            if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)):  # a docstring
                yield from _meaning(each)
    else:
        yield repr(node)


# The work


class Stopped(Exception):
    """Nothing more can be made. The message says why, in a sentence."""


class Recipe:
    """The steps in a repository: which are up to date, and how to make the others.

    root: the top of the repository. work: the folder for dreams, checkpoints and results. data: the folder of drawings,
    or None. training: returns the options to add to the command of a step that trains.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        root: Path,
        work: Path,
        data: Path | None = None,
        training: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self.steps = {step.name: step for step in steps}
        self.maker = {name: step for step in steps for name in step.outputs}
        self.root, self.work, self.data, self.training = root, work, data, training
        self.made = self._recorded()
        self._data_digests: dict[str, str | None] = {}

    def path(self, name: str) -> Path | None:
        """Return where a file of a step lies, or None for data where there is no folder of drawings."""
        top, _, rest = name.partition("/")
        if top == "DATA":
            return self.data and self.data / rest
        return self.work / rest if top == "WORK" else self.root / name

    def digest(self, name: str) -> str | None:
        """Return the `digest` of a file of a step, also for NAME#PLACE. Digests of data are computed once."""
        if name not in self._data_digests:
            file, _, place = name.partition("#")
            path = self.path(file)
            found = digest(path, place) if path else None
            if not name.startswith("DATA/"):  # a step may make it later, so it is not kept
                return found
            self._data_digests[name] = found
        return self._data_digests[name]

    # What is out of date

    def wrong(self, step: Step) -> dict[str, str]:
        """Return what is wrong, in words, with each file of a step that is not up to date, by name."""
        then = self.made.get(step.name, {"makes": {}})
        older = ", ".join(self._changed(step, then)) if "uses" in then else ""
        found = {}
        for name in step.outputs:
            now, recorded = self.digest(name), then["makes"].get(name)
            if now is None and not name.startswith("WORK/"):  # a missing file in WORK is made when it is needed
                found[name] = "is not there"
            elif now is None or step.once:
                continue
            elif recorded is None:
                found[name] = "has no record of what it was made from"
            elif now != recorded:
                found[name] = "was changed by hand since it was made"
            elif older:
                found[name] = f"is older than {older}"
        return found

    def _changed(self, step: Step, then: dict) -> Iterator[str]:
        """Yield the names of what changed since a step was made. What is missing outside is not compared."""
        for name in step.inputs:
            now = self.digest(name)
            if now != then["uses"].get(name) and not (now is None and name.startswith(ELSEWHERE)):
                yield name
        if step.command != then["command"]:
            yield "its command"

    def lacking(self, step: Step) -> list[str]:
        """Return the names of the files that a step makes in WORK and that are missing."""
        return [name for name in step.outputs if name.startswith("WORK/") and self.digest(name) is None]

    def unseen(self, step: Step) -> list[str]:
        """Return the names of the files of a step outside the repository that are missing, so not compared."""
        used = [name for name in step.inputs if name.startswith(ELSEWHERE) and self.digest(name) is None]
        return [*used, *self.lacking(step)]

    # Making

    def make(self, step: Step, among: Collection[str], say: Callable[[str], None]) -> None:
        """Run a step, after those of the steps `among` that make what it lacks. Raises Stopped where that fails."""
        for name in step.inputs:
            if self.digest(name) is None:
                maker = self.maker.get(name)
                if maker is None or maker.name not in among:
                    where = f": the step {maker.name} makes it" if maker else ""
                    raise Stopped(f"{step.name} needs {name}, which is not there{where}")
                self.make(maker, among, say)
        uses, began = self._known(step.inputs), time.monotonic()
        command, out = self.command(step), self.path(step.stdout) if step.stdout else None
        say(f"{step.name}: {shlex.join(command)}{f' > {out}' if out else ''}")
        for folder in (self.work, *(path.parent for name in step.outputs if (path := self.path(name)))):
            folder.mkdir(parents=True, exist_ok=True)
        with _to(out) as stdout:
            if status := _run(command, self.root, stdout):
                raise Stopped(
                    f"{step.name} failed (exit status {status}); the same command goes on there{self._beside(step)}"
                )
        if step.trains:
            with atomic_write(self.root / step.makes[0]) as part:
                shutil.copyfile(self._aside(step), part)
        if missing := [name for name in step.outputs if self.digest(name) is None]:
            raise Stopped(f"{step.name} did not make {', '.join(missing)}")
        self._note(step, uses)
        say(f"{step.name}: done in {duration(time.monotonic() - began)}")

    def record(self, step: Step) -> None:
        """Record what a step makes as made from what is there now. Raises Stopped where a file is missing."""
        missing = [name for name in step.outputs if self.digest(name) is None and not name.startswith("WORK/")]
        if missing:
            raise Stopped(f"{step.name}: {', '.join(missing)} is not there")
        self._note(step, self._known(step.inputs))

    def _recorded(self) -> dict[str, dict]:
        file = self.root / MADE
        try:
            return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        except ValueError:
            raise Stopped(f"{MADE} cannot be read: it is no JSON (a merge conflict?)") from None

    def _note(self, step: Step, uses: dict[str, str]) -> None:
        self.made = self._recorded()  # another process may have made another step meanwhile: there are two trainings
        self.made[step.name] = {"command": step.command, "uses": uses, "makes": self._known(step.outputs)}
        with atomic_write(self.root / MADE) as part:
            part.write_text(json.dumps(self.made, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    def _known(self, names: Iterable[str]) -> dict[str, str]:
        return {name: found for name in names if (found := self.digest(name)) is not None}

    def _beside(self, step: Step) -> str:
        """Return a hint on how to begin a training anew where it has a checkpoint, else ""."""
        checkpoint = self._aside(step).with_name(f"{self._aside(step).name}.checkpoint") if step.trains else None
        return f" (to begin anew, delete {checkpoint})" if checkpoint and checkpoint.exists() else ""

    def _aside(self, step: Step) -> Path:
        """Return where a training writes its weights, beside its checkpoint, until it is done."""
        return self.work / Path(step.makes[0]).name

    def command(self, step: Step) -> list[str]:
        """Return the command with this machine's paths and, for a training, the options for this machine."""
        program, *words = step.words[:-2] if step.stdout else step.words
        command = [sys.executable, *(["-m", "qdesk"] if program == "qdesk" else [])]
        for word in words:
            if step.trains and word in step.makes:
                word = str(self._aside(step))
            command.append(str(self.path(word)) if word.startswith(ELSEWHERE) else word)
        if step.trains:
            aside = self._aside(step)
            resume = aside.with_name(f"{aside.name}.checkpoint").exists()
            command += [*self.training(), *(["--resume"] if resume else [])]
        return command


@contextmanager
def _to(path: Path | None) -> Iterator[IO[bytes] | None]:
    """Open a file for the output of a command. It appears once the command is done. None means the console."""
    if path is None:
        yield None
    else:
        with atomic_write(path) as part, part.open("wb") as file:
            yield file


def _run(command: list[str], root: Path, stdout: IO[bytes] | None) -> int:
    """Run a command to its end and return its exit status.

    Unlike `subprocess.run` it gives an interrupted command the time to keep its work. Ctrl+C reaches the command, too,
    so this waits for its end. SIGTERM reaches only this process and is passed on.
    """
    process = subprocess.Popen(command, cwd=root, stdout=stdout)

    def hand_on(number: int, _: object) -> None:
        process.send_signal(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, hand_on)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
