"""The report of a fault: what happened, in which versions, and where in the program; nothing of the user's.

No drawing, no word, no note and no name of a file is in it: of a message only the words stay that the program or Python
itself could have written. A crash leaves its report in the user's own folder, and the next start offers it.
"""

from __future__ import annotations

import faulthandler
import linecache
import os
import platform
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType

import qdesk

WHAT_TO_DO = (
    "What to do with it: give it to whoever maintains qdesk for you, with a line on what you were doing.\n"
    "It names no file, no word and no drawing of yours; read it first, and strike out what you like."
)

_SAID_BY_PYTHON = frozenset(
    "a already and are argument arguments assignment at attribute be before but by bytes C call callable called "
    "calling can't cannot circular concatenate convert could deleted depth dict dimension dimensions division "
    "element elements empty Error exceeded expected failed float for found from function given got had has have "
    "import index indices initialized instance int integer Internal invalid is it item items iterable key keyword "
    "least length list local maximum memory method missing module most multiple must name named no None NoneType "
    "not object of on only operand or out override partially positional Python range recursion referenced required "
    "resulted returned sequence set shape shapes size slice str string subscriptable support supported takes than "
    "that the to too tuple type types unexpected unhashable unpack unsupported valid value values variable was were "
    "while with would zero".split()
)
"""Words of Python's own messages about mistakes in a program."""


def plain(text: str, known: frozenset[str] = frozenset()) -> str:
    """Return a message without anything of the user's: each word that is not `known` or Python's own becomes "…"."""

    def keep(found: re.Match[str]) -> str:
        word = found[0].strip(".:!?")
        ours = known | _SAID_BY_PYTHON
        stays = all(part in ours or (part.isdigit() and len(part) < 7) for part in re.split(r"[.:]+", word))
        return found[0] if stays or not re.search(r"\w", word) else "…"

    return re.sub(r"(?:… ?){2,}", "… ", re.sub(r"[^\s'\"`()\[\]{},;=<>]+", keep, text)).strip()[:400]


def of_error(error: BaseException) -> str:
    """Return where in the program an error was raised, and by what it was caused, for a report."""
    lines = []
    for one in _chain(error):
        stack = list(traceback.walk_tb(one.__traceback__))
        known = frozenset(word for frame, _ in stack for word in _words(frame.f_code))
        for frame, number in stack[:10] + stack[10:][-30:]:
            code = frame.f_code
            lines.append(f"  {_place(code.co_filename)}, line {number}, in {code.co_name}")
            if source := linecache.getline(code.co_filename, number).strip():
                lines.append(f"    {source}")
        message = plain(str(one), known)
        lines.append(f"{type(one).__qualname__}{': ' + message if message else ''}")
    return "\n".join(lines)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error after those that it came from."""
    if error is not None:
        yield from _chain(error.__cause__ or (None if error.__suppress_context__ else error.__context__))
        yield error


def _words(code: CodeType) -> Iterator[str]:
    """Yield the names and the words of the sentences that a function is written in."""
    yield from (*code.co_names, *code.co_varnames, code.co_name)
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield from re.findall(r"[\w']+", constant)


def _place(file: str) -> str:
    """Return which file of the program, of Python or of a library this is, without the folders of this computer."""
    parts = Path(file).parts
    for folder in ("site-packages", f"python{sys.version_info[0]}.{sys.version_info[1]}"):
        if folder in parts:
            return "/".join(parts[parts.index(folder) + 1 :])
    with suppress(ValueError):
        return Path(file).relative_to(Path(qdesk.__file__).parents[1]).as_posix()
    return "a file elsewhere"


def where(error: BaseException) -> str:
    """Return the last place in qdesk itself that an error came through, such as "gui/curate/grid/cells.py, line 90"."""
    places = [(_place(frame.f_code.co_filename), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    ours = [f"{place.removeprefix('qdesk/')}, line {line}" for place, line in places if place.startswith("qdesk/")]
    return ours[-1] if ours else ""


def versions() -> str:
    """Return the versions that the program runs with, in lines. Nothing is imported for it."""
    found = [f"qdesk {qdesk.__version__}", f"Python {platform.python_version()}", platform.platform()]
    for library in ("PySide6", "numpy", "pyarrow", "torch"):
        if version := getattr(sys.modules.get(library), "__version__", ""):
            found.append(f"{library} {version}")
    return ", ".join(found)


def written(what: str, body: str) -> str:
    """Return a whole report. what: a sentence.   body: lines, already without anything of the user's."""
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"{what}\n\n{WHAT_TO_DO}\n\n{when}\n{versions()}\n\n{body}\n"


# What a crash leaves


class CrashFile:
    """The file into which Python writes where it was when the program crashes, and the last words of a closing window.

    It is removed on the way out, unless something was written. Without a folder to write to there is none.
    """

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._was_enabled = faulthandler.is_enabled()
        self._file = None
        with suppress(OSError):
            self.path = folder() / f"crash-{os.getpid()}.txt"
            self._file = open(self.path, "w", encoding="utf-8")  # noqa: SIM115 (open as long as the program runs)
            self._file.write(f"{versions()}\n")
            self._file.flush()
            self._empty = self._file.tell()
            faulthandler.enable(self._file)

    def add(self, text: str) -> None:
        """Keep this for the next start."""
        if self._file is not None:
            with suppress(OSError):
                self._file.write(f"{text}\n")
                self._file.flush()

    def close(self) -> None:
        """Note that the program ends as it should."""
        if self._file is None:
            return
        faulthandler.enable() if self._was_enabled else faulthandler.disable()
        with suppress(OSError):
            empty = self._file.tell() <= self._empty
            self._file.close()
            if empty:
                self.path.unlink(missing_ok=True)
        self._file = None


def left_by_crashes(folder: Callable[[], Path]) -> str:
    """Return the report of the crashes of programs that have ended, "" where there was none, and remove their files."""
    bodies, found = [], list[Path]()
    with suppress(OSError):
        found = sorted(folder().glob("crash-*.txt"))
    for path in found:
        pid = path.stem.removeprefix("crash-")
        if not pid.isdigit() or _runs(int(pid)):
            continue
        with suppress(OSError):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[:400]
            path.unlink()
            if len(lines) > 1:
                bodies.append("\n".join(map(_without_folders, lines)))
    return written("qdesk ended in the middle of its work.", "\n\n".join(bodies)) if bodies else ""


def _without_folders(line: str) -> str:
    return re.sub(r'File "([^"]*)"', lambda found: f'File "{_place(found[1])}"', line)


def _runs(pid: int) -> bool:
    if sys.platform == "win32":  # there an open file cannot be removed, so that asking is not needed
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()  # else the number was given anew
