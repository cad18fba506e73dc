"""The table of exports from Curate, from which the window's menu and the options of `qdesk export` are made.

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

from qdesk.data.reasons import SUGGESTED

if TYPE_CHECKING:
    from qdesk.curation.view.table import Table
    from qdesk.data.drawings import Drawings

Say = Callable[[float], None]
"""A function that is called often with the share done, 0 to 1. What it raises comes through, and no file is written."""

Work = Callable[[Say], str]
"""A function that writes, in any thread, and returns a sentence about what was written."""


@dataclass(frozen=True)
class Source:
    """What is open in the window: the files, the table, and the index of the drawing that is shown, -1 for none.

    rude: whether contact sheets and galleries show rude drawings, too.
    """

    files: Sequence[str]
    table: Table
    shown: int = -1
    rude: bool = False


class Shell(Protocol):
    """The command for which an export reads and writes files. It reports what happens meanwhile."""

    def opened(self, paths: Sequence[Path]) -> Drawings:
        """Return the drawings of these files. Raises qdesk.formats.FormatError or OSError."""
        ...

    def progress(self, label: str) -> AbstractContextManager[Say]:
        """Return a context that gives the function to report progress with."""
        ...

    def say_read(self, found: Any) -> None:
        """Report what was skipped and assumed: what was read has it as `qdesk.formats.several.Several` does."""
        ...


class NothingToWrite(ValueError):
    """Raised where there is nothing to write. The message says why, in a sentence, or is "" where that is obvious."""


@dataclass(frozen=True)
class Option:
    """An option of `qdesk export` that belongs to one export alone.

    words: the arguments of `add_argument`.   needed: what its value has to be, where the export cannot do without it.
    """

    name: str
    words: Mapping[str, Any]
    needed: str = ""


@dataclass(frozen=True)
class Export:
    """Something that Curate can write to a file.

    name:    its option of `qdesk export`, and its name in the window's code.
    module:  the module in this package that writes it. The window calls `from_window(source, path) -> Work`, which
             looks at what is open, and raises `NothingToWrite`. The command calls `from_files(value, out, options,
             shell) -> sentences`, with the values of its option and of `options`.
    menu:    its entry in the window's menu.   group: entries of one group stand together.
    title:   the title of the dialog that asks for a file name.
    ending:  what the dialog adds to the first file's name to propose a name.
    kinds:   the formats it can be written in: in words, and how the name ends. Empty where the input decides that.
    doing:   what the window says while it is written, before the file's name.
    verdicts: whether it is of all verdicts and not of what is open. The command then writes to stdout where no file is
             named.
    option:  its option of `qdesk export`, as `add_argument` takes it, with "{endings}" for the endings. None where
             another command writes it.
    options: more options that belong to it.
    command: the command that writes it.   more_endings: endings that it takes beside those of `kinds`.
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
        """The endings that the names of its files may have, in lower case."""
        return (*(ending for _, ending in self.kinds), *self.more_endings)

    @property
    def proposed(self) -> str:
        """The end of the file name that the dialog proposes."""
        return self.ending + (self.kinds[0][1] if self.kinds else "")

    @property
    def filter(self) -> str:
        """The kinds as a file dialog's filter, in Qt's notation."""
        return ";;".join(f"{kind} (*{ending})" for kind, ending in self.kinds)

    def load(self) -> ModuleType:
        """Import the module that writes it, and return it."""
        return import_module(f"qdesk.curation.exports.{self.module}")


def _side(text: str) -> int:
    if not text.isdecimal() or not 32 <= int(text) <= 512:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 32 to 512")
    return int(text)


_CSV = (("CSV", ".csv"),)

ALSO_RUDE = "Also rude ones"
"""The entry of the window's menu that has contact sheets and galleries show rude drawings, too."""

EXPORTS = (
    Export("flags", "flags", "Flags as CSV…", 0, "Export flags", "-flags", _CSV, verdicts=True),
    Export(
        "all", "flags", "All verdicts, to merge…", 2, "Export all verdicts", "-verdicts", _CSV, verdicts=True,
        option={
            "action": "store_true",
            "help": "the CSV of all your verdicts, on kept and unsure drawings, too: for `qdesk merge`",
        },
    ),
    Export(
        "clean", "clean", "Data without the flagged…", 0, "Save without the flagged", "-clean",
        option={
            "metavar": "IN", "type": Path, "nargs": "+",
            "help": "write this file's drawings without the flagged ones, - for stdin; of several files, or of those "
            "in folders, to the folder that --out names. Of copies with one key_id one stays. Wrong drawings with a "
            "right word are written beside it with that word, to OUT-relabelled",
        },
        options=(
            Option("without", {
                "metavar": "REASON", "action": "append", "choices": SUGGESTED,
                "help": "of --clean: leave out those that look like it, too, unless you kept them: "
                f"{', '.join(SUGGESTED)}; may be given several times",
            }),
        ),
    ),
    Export(
        "sheet", "sheet", "Contact sheet of the flagged…", 1, "Save a contact sheet of the flagged", "-flagged",
        (("PDF", ".pdf"), ("PNG", ".png"), ("SVG", ".svg")), "Drawing",
        option={
            "metavar": "FILE", "type": Path, "nargs": "+",
            "help": "a contact sheet of the flagged drawings in these files, the worst first: {endings}",
        },
        options=(Option("rude", {"action": "store_true", "help": "of --sheet: draw rude ones, too"}),),
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
