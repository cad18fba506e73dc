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
             int64 (n,), ascending; out a binary stream. Returns what stays behind, in words, or None. Raises
             `base.NotCopied` where it cannot after all.
    holds_files: whether a drawing's source may be a file in the file, which its row then counts in. `copy` and `beside`
             then also get `sources`, object (n,).
    picture: whether what is written is only to be looked at: it cannot be read back.
    common:  for an ending that files without drawings have, too: tells from the first bytes whether a file that was
             found in a folder may hold drawings.
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
    holds_files: bool = False
    picture: bool = False
    common: Sniff | None = None

    @property
    def reads(self) -> bool:
        return self.sniff is not None

    @property
    def endings(self) -> tuple[str, ...]:
        return (self.ending, f"{self.ending}.gz") if self.gzips else (self.ending,)

    def load(self) -> ModuleType:
        """Import and return the module that reads and writes this format."""
        return import_module(f"qdesk.formats.{self.module}")


SHEET = b'class="contact-sheet"'
"""What a contact sheet of qdesk's has among the first bytes of its SVG."""


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


_MANY = re.compile(rb"""\[\s*\{|\[\s*\[\s*\[\s*\[|\{\s*"[^"]*"\s*:\s*\[\s*\{""")

_NEXT = re.compile(rb"\}\s*\{")
"""Where one record of JSON follows another in the same line."""


def _document(head: bytes) -> bool:
    """Tell whether a file is JSON whose first line is not one drawing: it holds many, or goes on in the next line."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith((b"{", b"[")):
        return False
    line, *more = re.split(rb"[\r\n]", text, maxsplit=1)
    line = line.strip()
    if more and (line.endswith((b"{", b"[", b",")) or re.fullmatch(rb"\[\s*\]", line)):
        return True
    import orjson

    from qdesk.formats.shapes import records_of

    try:
        return records_of(orjson.loads(line)) is not None
    except ValueError:
        return not more and (_MANY.match(line) or _NEXT.search(line)) is not None


def columns_of(head: bytes) -> tuple[list[str], str] | None:
    """Return the names of a CSV table's columns and what stands between them; None for what is no table of drawings."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    line = re.split(rb"[\r\n]", text, maxsplit=1)[0].decode("utf-8", "replace").strip()
    if line.startswith(("{", "[", "<")):
        return None
    between = max(",;\t", key=line.count)
    names = [name.strip().strip('"').strip().lower() for name in line.split(between)]
    return (names, between) if not {"drawing", "strokes"}.isdisjoint(names) else None


def _is_table(head: bytes) -> bool:
    return columns_of(head) is not None


def _first_in_zip(head: bytes) -> str:
    """Return the name of the first file in a zip, "" for what is no zip or an empty one."""
    if not head.startswith(b"PK\x03\x04"):
        return ""
    return head[30 : 30 + int.from_bytes(head[26:28], "little")].decode("utf-8", "replace").lower()


def _crc32c(data: bytes) -> int:
    """Return the CRC-32C of a few bytes."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def begins_record(head: bytes) -> bool:
    """Tell whether bytes begin with a length and its masked checksum, as a record of a TFRecord does."""
    crc = _crc32c(head[:8])
    masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    return len(head) >= 12 and head[8:12] == masked.to_bytes(4, "little")


def _is_zip(head: bytes) -> bool:
    """Tell whether a file is a zip of other files than arrays, or an empty one."""
    first = _first_in_zip(head)
    return head.startswith(b"PK\x05\x06") or bool(first) and not first.endswith(".npy")


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
        title="Sketch-RNN .npz", short="Sketch-RNN npz", copies=True, holds_files=True,
    ),
    Format(
        "svg", ".svg", "svg_file", _xml("svg"), picture=True, title="a drawing as .svg", short="SVG", copies=True,
        common=lambda head: _xml("svg")(head) and SHEET not in head,
    ),
    Format("png", ".png", "sheet", picture=True),
    Format("pdf", ".pdf", "sheet", picture=True),
    Format(
        "json", ".json", "document", _document, writes=False, title="JSON .json", short="JSON", copies=True,
        common=lambda head: re.search(rb'"(drawing|strokes|image|ink)s?"', head) is not None,
    ),
    Format(
        "csv", ".csv", "table", _is_table, writes=False, title="Kaggle's .csv", short="CSV", common=_is_table,
        copies=True,
    ),
    Format(
        "zip", ".zip", "archive", _is_zip,
        writes=False, gzips=False, title=".zip of these", short="zip", copies=True, holds_files=True,
        common=lambda head: _first_in_zip(head).endswith(("/", *SUFFIXES)),
    ),
    Format("inkml", ".inkml", "inkml", _xml("ink"), title="InkML .inkml", short="InkML", copies=True),
    Format(
        "tfrecord", ".tfrecord", "tfrecord", begins_record, writes=False, title="TensorFlow's .tfrecord",
        short="TFRecord", copies=True,
    ),
    Format(
        "parquet", ".parquet", "parquet", _begins(b"PAR1"), writes=False, gzips=False, title="Parquet .parquet",
        short="Parquet", copies=True,
    ),
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

SUFFIXES: tuple[str, ...] = tuple(suffix for format in READ for suffix in format.endings)
"""How the names of readable files end. A file's format is told by its content all the same."""

SHARD = re.compile(r"(?<=\.tfrecord)-\d{5}-of-\d{5}$")
"""What the names of the parts of one TFRecord have behind their ending."""

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
