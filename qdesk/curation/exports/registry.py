"""What leaves Curate as a file, one row each: the menu of the window and the options of `qdesk export` are made of it.

Nothing heavy is imported, so that the command line can name the exports at once. The module of an export is imported
when it writes.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from qdesk.curation.view.table import Table
    from qdesk.data.drawings import Drawings
    from qdesk.formats import Problem

Say = Callable[[float], None]
"""Is told the share that is done, 0 to 1, often; what it raises comes through, and no file is written."""

Work = Callable[[Say], str]
"""Writes, in any thread, and returns a sentence about what was written."""


@dataclass(frozen=True)
class Source:
    """What is open in the window: its files, its table, and the place of the drawing that is shown, -1 for none."""

    files: Sequence[str]
    table: Table
    shown: int = -1


class Shell(Protocol):
    """The command on whose behalf files are read and written: it says what is to be said meanwhile."""

    def opened(self, paths: Sequence[Path]) -> Drawings:
        """The drawings of these files. Raises qdesk.formats.FormatError or OSError."""
        ...

    def progress(self, label: str) -> AbstractContextManager[Say]:
        """What is told the share that is done."""
        ...

    def say_skipped(self, problems: Sequence[Problem], count: int) -> None:
        """Some records were skipped."""
        ...


class NothingToWrite(ValueError):
    """There is nothing of what was asked for; why, in a sentence, or "" where it is plain to see."""


@dataclass(frozen=True)
class Option:
    """One more option of `qdesk export`, which goes with one export alone.

    needed: what it has to say, where the export cannot do without it. words: as `add_argument` takes them.
    """

    name: str
    words: Mapping[str, Any]
    needed: str = ""


@dataclass(frozen=True)
class Export:
    """Something that can be taken along.

    name:    its option of `qdesk export`, and what the window calls it.
    module:  the module in this package that writes it. For the window: `from_window(source, path) -> Work`, which looks
             at what is open, and raises `NothingToWrite`. For the command: `from_files(value, out, options,
             shell) -> sentences`, with the values of its option and of `options`.
    menu:    the entry of the window's menu; group: entries of one group stand together.
    title:   of the dialog that asks for a name.
    ending:  behind the first file's name, in the name that the dialog proposes.
    kinds:   what it can be written as: in words, and how the name ends. Empty where the input decides that.
    doing:   what is said while it is written, before the file's name.
    verdicts: it is of all verdicts and not of what is open. The store writes it, the command to stdout if no file is
             named.
    option:  its option of `qdesk export`, as `add_argument` takes it, "{endings}" standing for them; None for what is
             asked for otherwise, by `command`.
    options: more options that go with it.
    command: the command that writes it; more_endings: those that it takes beside the `kinds`' own.
    """

    name: str
    module: str
    menu: str
    group: int
    title: str
    ending: str
    kinds: tuple[tuple[str, str], ...] = ()
    doing: str = "Writing"
    verdicts: bool = False
    option: Mapping[str, Any] | None = None
    options: tuple[Option, ...] = ()
    command: str = "export"
    more_endings: tuple[str, ...] = ()

    @property
    def endings(self) -> tuple[str, ...]:
        """How the names of its files may end, in lower case."""
        return (*(ending for _, ending in self.kinds), *self.more_endings)

    @property
    def proposed(self) -> str:
        """The end of the name that a dialog proposes."""
        return self.ending + (self.kinds[0][1] if self.kinds else "")

    @property
    def filter(self) -> str:
        """The kinds, in Qt's notation."""
        return ";;".join(f"{kind} (*{ending})" for kind, ending in self.kinds)

    def load(self) -> ModuleType:
        """The module that writes it."""
        return import_module(f"qdesk.curation.exports.{self.module}")


def _side(text: str) -> int:
    if not text.isdecimal() or not 32 <= int(text) <= 512:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 32 to 512")
    return int(text)


_CSV = (("CSV", ".csv"),)

EXPORTS = (
    Export("flags", "flags", "Flags as CSV…", 0, "Export flags", "-flags", _CSV, verdicts=True),
    Export(
        "all", "flags", "All verdicts, to merge…", 2, "Export all verdicts", "-verdicts", _CSV, verdicts=True,
        option={
            "action": "store_true",
            "help": "the CSV of all your verdicts, the kept drawings too: for `qdesk merge`",
        },
    ),
    Export(
        "clean", "clean", "Data without the flagged…", 0, "Save without the flagged", "-clean",
        option={
            "metavar": "IN", "type": Path, "nargs": "+",
            "help": "write this file's drawings without the flagged ones; "
            "of several files, to the folder that --out names",
        },
    ),
    Export(
        "sheet", "sheet", "Contact sheet of the flagged…", 1, "Save a contact sheet of the flagged", "-flagged",
        (("PDF", ".pdf"), ("PNG", ".png"), ("SVG", ".svg")), "Drawing",
        option={
            "metavar": "FILE", "type": Path, "nargs": "+",
            "help": "a contact sheet of the flagged drawings in these files, the worst first: {endings}",
        },
    ),
    Export(
        "gallery", "gallery", "Gallery of the worst as a page…", 1, "Save a gallery of the worst", "-worst",
        (("Web page", ".html"),), command="rank", more_endings=(".htm",),
    ),
    Export(
        "replay", "replay", "Replay of this drawing…", 1, "Save the replay of this drawing", "-replay",
        (("GIF", ".gif"), ("SVG", ".svg")), "Drawing",
        option={"metavar": "FILE", "type": Path, "help": "one drawing of this file as it was drawn: {endings}"},
        options=(
            Option(
                "key", {"metavar": "K", "help": "which one: its key_id, its row (from 0), or its content name"},
                "the key_id of the drawing, or its row in the file",
            ),
            Option("side", {
                "metavar": "PX", "type": _side, "default": 256, "help": "of the replay, 32 to 512; default 256",
            }),
        ),
    ),
)  # fmt: skip

BY_NAME = {export.name: export for export in EXPORTS}
