"""Every kind of file that qdesk reads or writes, one row each. Every list of formats is made from these rows.

Nothing heavy is imported, so that the command line can name the formats at once. The module of a format is imported
when such a file is read or written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

Sniff = Callable[[bytes], bool]


@dataclass(frozen=True)
class Format:
    """One kind of file.

    name:    its name in `format_of` and `write_drawings`.
    ending:  how the names of its files end.
    module:  the module in this package that reads it, `read(file, limit, problems) -> list[Drawings]`, and writes it,
             `write(path, drawings, format, on_progress)`.
    sniff:   tells from a file's first bytes whether it is of this format; None for a format that qdesk does not read,
             or reads as another row.
    writes:  whether qdesk writes it.
    title:   its name in the list of what can be read; `short` is the same without a dot.
    note:    what follows the ending in the list of what can be written.
    gzips:   whether names ending in .gz belong to it.
    copies:  whether its module copies chosen records as they are, `copy(file, rows, out)`: rows of what `read` gave,
             int64 (n,), ascending; out a binary stream. Raises `base.NotCopied` where it cannot after all.
    picture: whether it is only to be looked at: drawings cannot be read back.
    """

    name: str
    ending: str
    module: str
    sniff: Sniff | None = None
    writes: bool = True
    title: str = ""
    short: str = ""
    note: str = ""
    gzips: bool = True
    copies: bool = False
    picture: bool = False

    @property
    def reads(self) -> bool:
        return self.sniff is not None

    @property
    def endings(self) -> tuple[str, ...]:
        return (self.ending, f"{self.ending}.gz") if self.gzips else (self.ending,)

    def load(self) -> ModuleType:
        """Import and return the module that reads and writes this format."""
        return import_module(f"qdesk.formats.{self.module}")


def _begins(*marks: bytes) -> Sniff:
    return lambda head: head.startswith(marks)


def _xml(root: str) -> Sniff:
    """Return the test whether a file is XML with this root element."""
    element = re.compile(rf"<(\w+:)?{root}[\s/>]")

    def sniff(head: bytes) -> bool:
        wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = head[:4096].decode("utf-16" if wide else "utf-8-sig", "ignore").lstrip()
        return text.startswith("<") and element.search(text) is not None

    return sniff


# A file has the format of the last row whose `sniff` accepts it: ndjson accepts anything, a .bin record always has a
# zero byte, which JSON never has, and the others begin with a mark. So a new row goes to the end.
FORMATS = (
    Format(
        "ndjson", ".ndjson", "ndjson", lambda head: True, title="simplified or raw .ndjson", short="ndjson",
        note=" (with times where there are any)", copies=True,
    ),
    Format("raw", ".raw.ndjson", "ndjson"),
    Format("simplified", ".simplified.ndjson", "ndjson"),
    Format("bin", ".bin", "binary", lambda head: b"\0" in head, title="official .bin", short="bin", copies=True),
    Format(
        "npy", ".npy", "bitmaps", _begins(b"\x93NUMPY"), title="bitmaps .npy", short="npy", note=" for bitmaps",
        copies=True,
    ),
    Format(
        "npz", ".npz", "sketchrnn", _begins(b"PK\x03\x04", b"PK\x05\x06"), writes=False, gzips=False,
        title="Sketch-RNN .npz", short="Sketch-RNN npz", copies=True,
    ),
    Format("svg", ".svg", "sheet", picture=True),
    Format("png", ".png", "sheet", picture=True),
    Format("pdf", ".pdf", "sheet", picture=True),
    Format("inkml", ".inkml", "inkml", _xml("ink"), title="InkML .inkml", short="InkML", copies=True),
)  # fmt: skip


def listed(names: Sequence[str], last: str) -> str:
    """Return the names as "a, b and c", where `last` is "and"."""
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


READ = tuple(format for format in FORMATS if format.reads)
WRITTEN = tuple(format for format in FORMATS if format.writes)
DATA = tuple(format for format in WRITTEN if not format.picture)
"""The formats that are written and can be read back."""
PICTURES = tuple(format for format in WRITTEN if format.picture)

BY_NAME = {format.name: format for format in FORMATS}

SUFFIXES = tuple(suffix for format in READ for suffix in format.endings)
"""How the names of readable files end. A file's format is told by its content all the same."""

PARTS = tuple(dict.fromkeys(part for format in (*READ, *DATA) for part in format.ending.split(".")[1:]))
"""The parts of all endings, without dots, each once; those of pictures are left out."""

CAN_READ = f"{', '.join(format.title for format in READ)}, each also gzipped"
"""The formats that can be read, in words."""

SHORTLY = listed([format.short for format in READ], "or")
"""The formats that can be read, in fewer words, without dots."""

READ_ENDINGS = listed([format.ending for format in READ], "or")

_DATA = [format.ending + format.note for format in DATA]
CAN_WRITE = (
    f"{', '.join(_DATA[:-1])}, or {_DATA[-1]}, each also with .gz; "
    f"{listed([format.ending for format in PICTURES], 'and')} are contact sheets to look at"
)
"""The formats that can be written, in words."""
