"""Child processes that do one of the `works`, whose disk fails or which are killed: `python -m tests.helpers.children`.

One process loads what is needed and forks for each child, so that a child costs milliseconds. It reads one JSON object
per line, and answers each with one.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Nursery:
    """The process that forks, as the tests see it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.children"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, do: str, work: str, folder: Path, **more: Any) -> dict[str, Any]:
        """Have a child do it, and return what it said: see `DEEDS`. killed: whether it was."""
        assert self._process.stdin is not None and self._process.stdout is not None
        wish = {"do": do, "work": work, "folder": str(folder), **more}
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


def main() -> None:
    wishes, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(null, number)
    from tests.helpers.works import WORKS

    for line in wishes:
        wish = json.loads(line)
        for module in WORKS[wish["work"]].loads:
            importlib.import_module(module)
        answers.write(json.dumps(_answer(wish)) + "\n")
        answers.flush()


def _answer(wish: dict[str, Any]) -> dict[str, Any]:
    """Fork, have the child do it, and return what it wrote: lines of JSON, the later ones adding to the first."""
    reads, writes = os.pipe()
    if not (child := os.fork()):
        os.close(reads)
        try:
            os.dup2(1, 2)
            _child(wish, writes)
        finally:
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads) as pipe:
        said = [json.loads(line) for line in pipe]
    _, status = os.waitpid(child, 0)
    answer: dict[str, Any] = {"done": sum("done" in one for one in said), "killed": os.WIFSIGNALED(status)}
    for one in said:
        answer |= {name: value for name, value in one.items() if name != "done"}
    return answer


def _child(wish: dict[str, Any], pipe: int) -> None:
    def say(**what: Any) -> None:
        os.write(pipe, (json.dumps(what) + "\n").encode())  # at once: what is said is said also by who is killed

    folder = Path(wish["folder"])
    os.environ["QDESK_HOME"] = str(folder / "home")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        DEEDS[wish["do"]](wish, folder, say)
    except BaseException:
        say(error=traceback.format_exc())


def _steps(wish: dict[str, Any], folder: Path) -> Any:
    from tests.helpers.faults import dice
    from tests.helpers.works import WORKS

    return WORKS[wish["work"]].steps(folder, dice(wish["work"], wish["case"]))


def _record(wish: dict[str, Any], folder: Path, say: Callable[..., None]) -> None:
    """Prepare a folder, take all steps, and say the states before the first and after each."""
    from tests.helpers.works import WORKS

    work = WORKS[wish["work"]]
    work.prepare(folder)
    states = [work.state(folder)]
    for step in _steps(wish, folder):
        step()
        states.append(work.state(folder))
    say(states=states)


def _prepare(wish: dict[str, Any], folder: Path, say: Callable[..., None]) -> None:
    from tests.helpers.works import WORKS

    WORKS[wish["work"]].prepare(folder)


def _run(wish: dict[str, Any], folder: Path, say: Callable[..., None]) -> None:
    """Take all steps, say each that is done, and be killed after so many seconds, in whatever is being done then.

    Of who is not killed the seconds that it took are said, too. The signal has its default effect, which is that of
    SIGKILL: the kernel ends the process, and none of its code runs.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    steps = _steps(wish, folder)
    began = time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, wish["after"])
    for step in steps:
        step()
        say(done=True)
    say(seconds=time.monotonic() - began)


def _fail(wish: dict[str, Any], folder: Path, say: Callable[..., None]) -> None:
    """Take the steps with a disk that fails once, at the operation `at`; say what it was and what came of it.

    The step that failed is taken again where it had no effect, as a user would.
    """
    from qdesk import cli
    from tests.helpers.broken_disk import BrokenDisk
    from tests.helpers.works import WORKS

    work = WORKS[wish["work"]]
    disk = BrokenDisk(folder, wish["at"], wish["errno"])
    troubles = []
    for number, step in enumerate(_steps(wish, folder)):
        heard = io.StringIO()
        try:
            with disk.watching(), contextlib.redirect_stderr(heard):
                step()
        except Exception as error:
            trouble = cli.sentence(error) if cli.is_plain(error) else traceback.format_exc()
            troubles.append(trouble)
            seen = json.loads(json.dumps(work.state(folder)))
            say(failed=number, trouble=trouble, plain=cli.is_plain(error) and bool(trouble), after=seen)
            if seen == wish["states"][number]:
                step()
        if "Traceback" in heard.getvalue():
            say(plain=False, trouble=heard.getvalue())
    say(operations=disk.operations, struck=disk.struck, state=work.state(folder))


def _look(wish: dict[str, Any], folder: Path, say: Callable[..., None]) -> None:
    """Say how the folder looks to the next program."""
    from tests.helpers.works import WORKS, litter

    say(state=WORKS[wish["work"]].state(folder), litter=litter(folder))


DEEDS = {"record": _record, "prepare": _prepare, "run": _run, "fail": _fail, "look": _look}


if __name__ == "__main__":
    main()
