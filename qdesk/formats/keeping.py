"""Write drawings of one file to another file so that nothing is lost that both can hold.

`Drawings` has what the networks and the window need. A file may have more: fields of other programs, double precision,
the pressure of the pen, times of day. So a file of the same format gets copies of the records, and another format gets
what the reader's module knows beside (`exact`), where it can hold that.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import as_official
from qdesk.formats import format_of, format_to_write, ndjson, write_drawings
from qdesk.formats.base import FormatError, NotCopied, missing_words, open_input, open_output
from qdesk.formats.registry import BY_NAME, Format, listed
from qdesk.streams import STDOUT, is_stream, readable, scratch

_BLOCK = 1 << 20
_JOINED = ("ndjson", "binary")
"""The modules of formats whose files can be joined end to end."""
_WITH_WORDS = ("ndjson", "inkml", "document", "table", "archive")
"""The modules of formats whose files say the word of each drawing."""


@dataclass(frozen=True)
class Selection:
    """Drawings of one file that are to be written.

    path:     the file.
    drawings: those to write (N), as they are to be written; their `row` says which of the file's records they are.
    changed:  bool (N,): whether the strokes are other than the file's, as after simplifying. Default: none are.
    turned:   whether all were turned upside down after they were read.
    worded:   whether the words of `drawings` are to be written, whatever the file says.
    """

    path: str | os.PathLike[str]
    drawings: Drawings
    changed: np.ndarray | None = None
    turned: bool = False
    worded: bool = False

    @property
    def is_other(self) -> bool:
        """Whether any strokes are other than the file's."""
        return self.turned or self.changed is not None and bool(self.changed.any())


def write_selection(
    chosen: Selection,
    out: str | os.PathLike[str],
    format: str | None = None,
    as_is: bool = False,
    on_progress: Callable[[float], None] | None = None,
) -> str:
    """Write drawings of one file to another file, and say in a sentence what that cannot hold, or "".

    format: as for `write_drawings`; also the file's own, where qdesk does not write it otherwise. "simplified" makes
            the drawings simplified.
    as_is:  copy records whatever shape they have. Otherwise those of another shape than the official files' get that.
    Raises FormatError as `write_drawings` does.
    """
    source = _source(chosen)
    target = _target(chosen, source, out, format)
    return _said(out, target, _written(chosen, source, target, out, as_is, on_progress))


def _written(
    chosen: Selection,
    source: Format | None,
    target: Format,
    out: str | os.PathLike[str],
    as_is: bool = False,
    on_progress: Callable[[float], None] | None = None,
) -> list[str]:
    """Write drawings of one file to another, and return what that cannot hold, in words."""
    if target.name == "raw":
        ndjson.check(chosen.drawings, True)
    if target.name == "simplified":
        chosen = _simplified(chosen)
    if source is not None and source.name == "zip" and target.module in _JOINED:
        with scratch() as folder, open_input(chosen.path) as file:
            members = []
            for path, mine in source.load().extract(file, folder, chosen.drawings.column("source")):
                changed = None if chosen.changed is None else chosen.changed[mine]
                members.append(Selection(path, chosen.drawings.take(mine), changed, chosen.turned, chosen.worded))
            return _joined(members, target, out, on_progress)
    lost = [] if source is None else _kept(chosen, source, target, out, as_is, on_progress)
    if lost is None or source is None:
        write_drawings(chosen.drawings, out, target.name, on_progress)
        lost = _beside(chosen, source) + _missing(chosen.drawings, out, target)
    return lost


def write_selections(
    chosen: Sequence[Selection],
    out: str | os.PathLike[str],
    format: str | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> str:
    """Write drawings of several files to one file, and say in a sentence what that cannot hold, or "".

    Where the records of the format to write follow each other freely, each file's are written as `write_selection`
    does. Raises FormatError as that does, and where bitmaps and strokes come together.
    """
    if len(chosen) == 1:
        return write_selection(chosen[0], out, format, on_progress=on_progress)
    target = _target(chosen[0], None, out, format)
    if target.module in _JOINED:
        return _said(out, target, _joined(chosen, target, out, on_progress))
    whole = Drawings.concat([one.drawings for one in chosen])
    write_drawings(whole, out, target.name, on_progress)
    lost = [what for one in chosen for what in _beside(one, _source(one))]
    return _said(out, target, lost + _missing(whole, out, target))


def _joined(
    chosen: Sequence[Selection],
    target: Format,
    out: str | os.PathLike[str],
    on_progress: Callable[[float], None] | None,
) -> list[str]:
    """Write drawings of several files to one file whose records follow each other freely; return what is lost."""
    lost: list[str] = []
    with scratch() as folder, open_output(out) as to:
        part = folder / os.path.basename(os.fspath(out)).removesuffix(".gz")
        for place, one in enumerate(chosen):
            lost += _written(one, _source(one), target, part)
            end = b""
            with open(part, "rb") as file:
                while block := file.read(_BLOCK):
                    to.write(block)
                    end = block[-1:]
            if target.module == "ndjson" and end not in (b"", b"\n"):
                to.write(b"\n")
            if on_progress:
                on_progress((place + 1) / len(chosen))
    return lost


def _kept(
    chosen: Selection,
    source: Format,
    target: Format,
    out: str | os.PathLike[str],
    as_is: bool,
    on_progress: Callable[[float], None] | None,
) -> list[str] | None:
    """Write from the file itself, and return what is lost. None: it has to be written from the drawings."""
    rows = chosen.drawings.column("row")
    if not chosen.is_other and source.copies and source.module == target.module:
        if not _is_reworded(chosen, source) and (as_is or source.name not in ("ndjson", "npy")):
            try:
                with _both(chosen.path, out, on_progress) as (file, to):
                    of_files = {"sources": chosen.drawings.column("source")} if source.holds_files else {}
                    lost = source.load().copy(file, rows, to, **of_files) or []
                return missing_words(chosen.drawings, out) if chosen.worded else lost
            except NotCopied:
                if not target.writes or target.picture or target.name == "npy" and chosen.drawings.bitmaps is None:
                    raise FormatError(
                        f"Drawings cannot be taken out of {chosen.path} as it is: choose a name in .ndjson."
                    ) from None
    if target.module == "ndjson" and source.module in ("ndjson", "document", "table"):
        with _both(chosen.path, out, on_progress) as (file, to):
            records = source.load().records(file, rows) if source.module != "ndjson" else None
            lost = ndjson.rewrite(
                file, chosen.drawings, chosen.changed, chosen.turned, to, records, worded=chosen.worded
            )
        return lost + _around(chosen, source)
    if not chosen.is_other and {source.module, target.module} == {"ndjson", "inkml"}:
        with open_input(chosen.path, on_progress) as file:
            exact = source.load().exact(file, chosen.drawings)
            target.load().write(out, chosen.drawings, target.name, None, exact)
        return _beside(chosen, source) + _missing(chosen.drawings, out, target)
    return None


def _simplified(chosen: Selection) -> Selection:
    official = as_official(chosen.drawings)
    changed = are_changed(chosen.drawings, official)
    return replace(chosen, drawings=official, changed=changed if chosen.changed is None else changed | chosen.changed)


def _beside(chosen: Selection, source: Format | None) -> list[str]:
    """Return what the file holds that `Drawings` does not, in words."""
    if source is None or not hasattr(source.load(), "beside"):
        return []
    of_files = {"sources": chosen.drawings.column("source")} if source.holds_files else {}
    with open_input(chosen.path) as file:
        found = source.load().beside(file, chosen.drawings.column("row"), **of_files)
    return found + _around(chosen, source)


def _around(chosen: Selection, source: Format) -> list[str]:
    """Return what a file holds beside its records, in words."""
    if not hasattr(source.load(), "around"):
        return []
    with open_input(chosen.path) as file:
        return source.load().around(file)


def are_changed(one: Drawings, other: Drawings) -> np.ndarray:
    """Return bool (N,): whether each drawing has other strokes in the second batch, or times in one of them alone."""
    if one.bitmaps is not None or not len(one):
        return np.zeros(len(one), bool)
    alike = (one.stroke_counts == other.stroke_counts) & (one.point_counts == other.point_counts)
    rows = np.flatnonzero(alike)
    if len(rows):
        a, b = one.take(rows), other.take(rows)
        points = (a.points == b.points).all(axis=1)
        alike[rows] = np.logical_and.reduceat(points, a.point_offsets[:-1]) & np.logical_and.reduceat(
            a.stroke_lengths == b.stroke_lengths, a.drawing_offsets[:-1]
        )
    return ~alike | (one.timed != other.timed)


def _is_reworded(chosen: Selection, source: Format) -> bool:
    """Return whether the file says words that are to be others."""
    return chosen.worded and source.module in _WITH_WORDS


def _source(chosen: Selection) -> Format | None:
    """Return the format of the file, None for a pipe, which cannot be read twice."""
    return format_of(chosen.path) if os.path.isfile(readable(chosen.path)) else None


def _target(chosen: Selection, source: Format | None, out: str | os.PathLike[str], format: str | None) -> Format:
    """Return the row to write: also the source's own, where its records can be copied though qdesk writes no such.

    To stdout, strokes are written as ndjson and bitmaps as .npy where no format is named.
    """
    if format is None and is_stream(out):
        return BY_NAME["ndjson" if chosen.drawings.bitmaps is None else "npy"]
    is_other = chosen.is_other or source is not None and _is_reworded(chosen, source)
    if source is not None and source.copies and not source.writes and not is_other:
        name = os.fspath(out).lower()
        endings = (*source.endings, *((".zip", ".npz") if source.holds_files else ()))
        if format == source.name or format is None and name.endswith(endings):
            return source
    return format_to_write(out, format)


@contextmanager
def _both(
    path: str | os.PathLike[str], out: str | os.PathLike[str], on_progress: Callable[[float], None] | None
) -> Iterator[Any]:
    with open_input(path, on_progress) as file, open_output(out) as to:
        yield file, to
        if on_progress:
            on_progress(1.0)


def _missing(drawings: Drawings, out: str | os.PathLike[str], target: Format) -> list[str]:
    """Return what of a batch a format cannot hold, in words."""
    module = target.load()
    return module.missing(drawings, out) if hasattr(module, "missing") else []


def _said(out: str | os.PathLike[str], target: Format, lost: list[str]) -> str:
    if target.picture:  # nobody takes it for the data
        return ""
    lost = list(dict.fromkeys(lost))
    name = STDOUT if is_stream(out) else os.path.basename(os.fsencode(out)).decode("utf-8", "replace")
    return f"{name} cannot hold {listed(lost, 'and')}: left out" if lost else ""
