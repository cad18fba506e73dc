"""The published Sketch-RNN .npz: stroke-3 arrays of `train`, `valid` and `test`, and what others make of them.

Stroke-3 is (dx, dy, pen lifts after this point); stroke-4 has a further column, 1 where the drawing ends,
or is (dx, dy, pen draws, pen lifts); stroke-5 is
(dx, dy, pen draws, pen lifts, drawing ended). Arrays of equal length for all drawings are filled up with rows that say
nothing, and these are left out.

Their object arrays are pickles, and a pickle may run any program. So numpy never unpickles them. The unpickler here
admits a handful of names, puts plain stand-ins in their place and refuses everything else.
"""

from __future__ import annotations

import math
import pickle
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import IO, Any

import numpy as np

from qdesk.data.drawings import Drawings, metadata_table
from qdesk.formats.arrays import copy_array, read_header, shaped
from qdesk.formats.base import About, FormatError, Input, NotCopied, Problems, watched
from qdesk.formats.registry import BY_NAME, SUFFIXES, listed

_PARTS = ("train", "valid", "test")
_CHUNK = 5000
_BLOCK = 1 << 20
_FARTHEST = 1e6
_FIRST = 200  # by how many drawings it is told what the columns of stroke-4 say
_SMALL = ("i1", "u1", "i2", "u2")
_POINTS, _PER_POINT = 1 << 20, 120
"""How many points become drawings at once, and the bytes that each takes meanwhile."""


ABOUT = {
    "npz": About(
        by="Google for Sketch-RNN, numpy",
        read="stroke-3, stroke-4 and stroke-5 of train, valid and test or of arrays of other names, lists "
        "too, without rows that fill them up; else bitmaps as in .npy; the word from the name",
        kept="not written; clean data of it comes out as .npz, in its parts, with its labels",
        lost="labels; where on the page a drawing was",
        unread="is refused: its pickle asks for posix.system, and only plain arrays are admitted.",
    ),
}


class _Refused(pickle.UnpicklingError):
    """A pickle asks for something other than an array."""


def read(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read the drawings of all parts, train first; `row` counts through them.

    Raises FormatError for a damaged file, and for a pickle that holds anything but arrays, naming what it asked for.
    """
    if limit == 0:
        return []
    with _said(file, ".npz"), zipfile.ZipFile(BY_NAME["zip"].load().seekable(file)) as archive:
        names = _members(archive)
        if all(_is_numbers(archive, name) for name in names):  # bitmaps, as numpy.savez writes them
            names += [one for one in archive.namelist() if one.endswith(SUFFIXES) and not one.endswith(".npy")]
            return BY_NAME["zip"].load().read_members(file, archive, names, limit, problems)
        found = (sequence for name in names for sequence in _sequences(archive, name, file))
        return drawings_of(file, found, limit, problems)


def read_objects(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read the stroke-3 drawings of a .npy file of objects whose header has been read. Raises FormatError as `read`."""
    with _said(file, ".npy"):
        return drawings_of(file, _objects(file.stream, "the array"), limit, problems)


@contextmanager
def _said(file: Input, ending: str) -> Iterator[None]:
    """Turn what can be wrong with a file into FormatError."""
    try:
        yield
    except _Refused as error:
        raise FormatError(f"{file.source} is refused: {error}.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise FormatError(f"{file.source} is cut short or damaged: it is no whole {ending} file.") from None
    except FormatError:
        raise
    except ValueError as error:
        raise FormatError(f"{file.source} holds no stroke-3 drawings: {error}.") from None


def drawings_of(
    file: Input, sequences: Iterable[np.ndarray | None], limit: int | None, problems: Problems
) -> list[Drawings]:
    """Return the drawings among arrays of stroke-3, stroke-4 or stroke-5; None stands for a record that is no array."""
    good: list[np.ndarray] = []
    rows: list[int] = []
    sequences = iter(sequences if limit != 0 else ())
    first_ones = list(islice(sequences, _FIRST))
    shown = [one for one in first_ones if one is not None and one.ndim == 2 and one.shape[1] == 4]
    says_draws = all(map(_says_draws, shown))
    for row, found in enumerate(chain(first_ones, sequences)):
        sequence, reason = _stroke3(found, says_draws)
        if sequence is None:
            problems.add(file.source, row + 1, reason)
        else:
            good.append(sequence)
            rows.append(row)
        if row % _FIRST == 0:
            file.check()
            file.report()
        if len(rows) == limit:
            break
    batches = []
    points = np.cumsum([0, *(len(sequence) for sequence in good)])
    first = 0
    while first < len(rows):
        last = min(int(np.searchsorted(points, points[first] + _POINTS)), first + _CHUNK, len(rows))
        some = slice(first, max(last, first + 1))
        file.need(_PER_POINT * int(points[some.stop] - points[first]))
        batches.append(file.keep(_drawings(good[some], source=file.source, row=rows[some])))
        file.report()
        first = some.stop
    return batches


def _members(archive: zipfile.ZipFile) -> list[str]:
    """Return the arrays of drawings: `train`, `valid` and `test`, or else all that are not labels or the like."""
    names = [name for name in archive.namelist() if name.endswith(".npy")]
    if not names:
        raise ValueError("there is no array in it")
    known = [f"{part}.npy" for part in _PARTS if f"{part}.npy" in names]
    return known or [name for name in names if not _is_flat(archive, name)] or names


def _is_flat(archive: zipfile.ZipFile, name: str) -> bool:
    """Tell whether an array holds one number or text per drawing, as labels do, by its header."""
    with archive.open(name) as member:
        shape, _, dtype = read_header(member)
    return len(shape) < 2 and dtype.kind != "O"


def _is_numbers(archive: zipfile.ZipFile, name: str) -> bool:
    """Tell whether an array holds numbers that cannot be strokes, by its header."""
    with archive.open(name) as member:
        shape, _, dtype = read_header(member)
    return dtype.kind in "biuf" and (len(shape) in (2, 4) or len(shape) == 3 and shape[2] not in (3, 4, 5))


def _sequences(archive: zipfile.ZipFile, name: str, file: Input | None = None) -> Iterator[Any]:
    """Return what one array of the file holds, record by record. Raises ValueError, _Refused.

    file: what watches the memory.
    """
    if file:
        file.need(4 * archive.getinfo(name).file_size)
    with archive.open(name) as packed:
        member: IO[bytes] = watched(packed, file.check) if file else packed
        shape, fortran, dtype = read_header(member)
        if dtype.kind != "O":
            if len(shape) != 3 or dtype.kind not in "biuf":
                raise ValueError(f"{name} is {dtype} of shape {shape}, not a list of arrays")
            count = math.prod(shape)
            data = member.read(count * dtype.itemsize + 1)
            if len(data) != count * dtype.itemsize:
                raise ValueError(f"{name} ends early")
            return iter(shaped(data, dtype, shape, fortran))
        return _objects(member, name)


def _objects(stream: IO[bytes], name: str) -> Iterator[Any]:
    """Return the arrays in the pickle of an object array, each an array, or None for what is none.

    name: what to call it. Raises ValueError, _Refused, and what reading the stream raises.
    """
    try:
        found = _Unpickler(_Stream(stream), encoding="latin1").load()
    except _Refused:
        raise
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, FormatError):
        raise
    except Exception as error:  # a broken pickle can raise nearly anything
        raise ValueError(f"the pickle in {name} is broken ({type(error).__name__})") from None
    if not isinstance(found, _Array) or not isinstance(found.data, list):
        raise ValueError(f"{name} is not a list of arrays")
    if isinstance(found.shape, tuple) and len(found.shape) == 3:  # an object array of equally long lists is a block
        return iter(_block(found.data, found.shape))
    return (_array_of(item) for item in found.data)


def _block(values: list[Any], shape: tuple[int, ...]) -> np.ndarray:
    """Return the numbers of an object array as one of floats. Raises ValueError for other things in it."""
    try:
        return np.array(values, np.float64).reshape(shape)
    except (TypeError, OverflowError):
        raise ValueError("it holds other things than numbers") from None


def _array_of(item: Any) -> np.ndarray | None:
    """Return an array, or a list of rows of numbers, as an array; None for anything else."""
    if isinstance(item, _Array):
        return item.array()
    if not isinstance(item, (list, tuple)):
        return None
    try:
        return np.array([[float(value) for value in row] for row in item])
    except (TypeError, ValueError, OverflowError):
        return None


def copy(file: Input, rows: np.ndarray, out: IO[bytes], sources: np.ndarray) -> None:
    """Write the drawings `rows`, int64 (n,), each in its part and in the number type that it has.

    sources: object (n,), the arrays of bitmaps; a row of strokes counts through all parts. Other arrays stay as they
    are, but for those that have an entry per drawing of one part or of all, as labels do. Raises NotCopied for an array
    that cannot be taken apart, and for labels of which it is not clear whose they are.
    """
    archive_of = BY_NAME["zip"].load()
    try:
        with zipfile.ZipFile(archive_of.seekable(file)) as archive:
            parts = _members(archive)
            are_bitmaps = all(_is_numbers(archive, name) for name in parts)
            if not all(name.endswith(".npy") for name in archive.namelist()):
                file.stream.seek(0)
                archive_of.copy(file, rows, out, sources)
                return
            taken: dict[str, tuple[int, np.ndarray]] = {}
            with zipfile.ZipFile(out, "w", allowZip64=True) as into:
                first = 0
                for name in parts:
                    shape, _, _ = _header(archive, name)
                    if are_bitmaps:
                        is_one = len(shape) == 2 and shape[0] == shape[1] != 784
                        count, mine = 1 if is_one else shape[0], rows[sources == f"{file.source}/{name}"]
                        if is_one:  # it has no axis of drawings
                            taken[name] = count, mine
                            if len(mine):
                                _copy_member(archive, into, name, None)
                            continue
                    else:
                        count = sum(1 for _ in _sequences(archive, name))
                        mine = rows[(rows >= first) & (rows < first + count)] - first
                    taken[name] = count, mine
                    first += count
                    _copy_member(archive, into, name, mine)
                    file.report()
                for name in archive.namelist():
                    if name not in taken:
                        shape, _, _ = _header(archive, name)
                        _copy_member(archive, into, name, _entries_of(name, shape, taken))
    except (ValueError, _Refused, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise NotCopied from error


def _entries_of(name: str, shape: tuple[int, ...], taken: dict[str, tuple[int, np.ndarray]]) -> np.ndarray | None:
    """Return the entries of another array that stay: those of the drawings that they belong to; None for all of them.

    taken: of each part, how many drawings it has and which of them stay. Raises ValueError where several parts can be
    meant.
    """
    fitting = [part for part, (count, _) in taken.items() if shape and shape[0] == count]
    if len(fitting) > 1:  # y_train is of x_train
        words = _words_of(name)
        alike = {part: len(words & _words_of(part)) for part in fitting}
        fitting = [part for part in fitting if alike[part] == max(alike.values())]
    if len(fitting) > 1:
        raise ValueError("labels of which it is not clear whose they are")
    if fitting:
        return taken[fitting[0]][1]
    if shape and shape[0] == sum(count for count, _ in taken.values()):
        ends = np.cumsum([0, *(count for count, _ in taken.values())])
        return np.concatenate([end + mine for end, (_, mine) in zip(ends, taken.values(), strict=False)])
    return None


def _words_of(name: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", name.lower().removesuffix(".npy")))


def copy_objects(stream: IO[bytes], rows: np.ndarray, out: IO[bytes]) -> None:
    """Write the entries `rows` of an object array whose .npy header was read from `stream` as another .npy.

    Raises ValueError and _Refused for entries that are no arrays and lists of numbers.
    """
    found = _Unpickler(_Stream(stream), encoding="latin1").load()
    if not isinstance(found, _Array) or not isinstance(found.data, list) or not found.shape:
        raise ValueError("not a list of arrays")
    entries = np.empty(len(found.data), object)
    for place, entry in enumerate(found.data):
        entries[place] = entry.array() if isinstance(entry, _Array) else entry
    entries = (entries.reshape(found.shape[::-1]).T if found.fortran else entries.reshape(found.shape))[rows]
    if any(entry is None for entry in entries.flat):
        raise ValueError("an entry that is no array")
    np.lib.format.write_array(out, entries, allow_pickle=True)


def beside(file: Input, rows: np.ndarray, sources: np.ndarray) -> list[str]:
    """Return what the file holds that `Drawings` does not, in words: the parts of the drawings, and other arrays."""
    try:
        with zipfile.ZipFile(BY_NAME["zip"].load().seekable(file)) as archive:
            parts = [name.removesuffix(".npy") for name in _members(archive)]
            others = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
    except (ValueError, OSError, zipfile.BadZipFile):  # said when it was read
        return []
    found = [f"which drawings are of {listed(parts, 'and')}"] if len(parts) > 1 else []
    others = [name for name in others if name not in parts]
    return found + ([f"the array{'s' * (len(others) > 1)} {listed(others, 'and')}"] if others else [])


def _header(archive: zipfile.ZipFile, name: str) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Return the shape, the order and the type of a member; those of a single object for what is no array."""
    if not name.endswith(".npy"):
        return (), False, np.dtype(object)
    with archive.open(name) as member:
        return read_header(member)


def _copy_member(archive: zipfile.ZipFile, into: zipfile.ZipFile, name: str, rows: np.ndarray | None) -> None:
    """Copy one member: its entries `rows`, or all of it for None. Compression and date stay."""
    about = archive.getinfo(name)
    with (
        into.open(BY_NAME["zip"].load().fresh(about), "w", force_zip64=about.file_size >= 1 << 31) as to,
        archive.open(name) as member,
    ):
        if rows is None:
            while block := member.read(_BLOCK):
                to.write(block)
            return
        shape, fortran, dtype = read_header(member)
        if dtype.kind != "O":
            copy_array(member, shape, fortran, dtype, rows, to)
            return
        copy_objects(member, rows, to)


class _Stream:
    """What an unpickler needs of a stream, without `readinto`: where that ends early, Python 3.11 loses a bytearray."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.read, self.readline = stream.read, stream.readline


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        stand_in = _ADMITTED.get((module, name))
        if stand_in is None:
            raise _Refused(f"its pickle asks for {module}.{name}, and only plain arrays are admitted")
        return stand_in

    def persistent_load(self, pid: Any) -> Any:
        raise _Refused("its pickle refers to something outside the file, and only plain arrays are admitted")


class _Dtype:
    """A stand-in for numpy.dtype: a number type by its letter and size, or "O"."""

    def __init__(self, code: str = "", *_: Any) -> None:
        if not isinstance(code, str) or not re.fullmatch(r"[<>|=]?([bBiuf][1248]?|O8?|O4)", code):
            raise _Refused(f"its pickle holds an array of type {str(code)[:40]!r}")
        self.code = code.lstrip("<>|=")
        self.order = ">" if code.startswith(">") else "<"

    def __setstate__(self, state: Any) -> None:
        if state[1] == ">":
            self.order = ">"

    def number(self) -> np.dtype:
        if self.code.startswith("O"):
            raise ValueError("objects in objects")
        return np.dtype(self.order + self.code)


class _Array:
    """A stand-in for numpy.ndarray: what its pickle says about it, unchecked."""

    __slots__ = ("data", "dtype", "fortran", "shape")

    shape: Any
    dtype: Any
    data: Any
    fortran: Any

    def __new__(cls, *_: Any) -> _Array:  # pickles may make one without calling __init__
        self = super().__new__(cls)
        self.shape, self.dtype, self.data, self.fortran = (), None, b"", False
        return self

    def __setstate__(self, state: Any) -> None:
        _, self.shape, self.dtype, self.fortran, self.data = state

    def array(self) -> np.ndarray | None:
        """Return the array, or None if what the pickle says does not make an array of numbers."""
        try:
            data = self.data.encode("latin1") if isinstance(self.data, str) else self.data
            if self.dtype.code.startswith("O"):  # an array of Python's numbers
                return shaped(np.array(data, np.float64), np.dtype(np.float64), self.shape, self.fortran)
            return shaped(data, self.dtype.number(), self.shape, self.fortran)
        except (ValueError, TypeError, AttributeError, OverflowError):
            return None


def _reconstruct(kind: Any, *_: Any) -> _Array:
    if kind is not _Array:
        raise _Refused("its pickle makes an array of an unknown kind")
    return _Array()


def _scalar(*_: Any) -> None:
    """Stand in for a single number, which is harmless and not a drawing."""
    return None


def _encode(text: Any, encoding: Any = "latin1", *_: Any) -> bytes:
    """Return bytes from the text that pickles of protocol 2 and of Python 2 hold in their place."""
    if encoding not in ("latin1", "latin-1") or not isinstance(text, str):
        raise _Refused("its pickle encodes something other than bytes")
    return text.encode("latin1")


_ADMITTED: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,
}
for _module in ("numpy.core.multiarray", "numpy._core.multiarray"):
    _ADMITTED[_module, "_reconstruct"] = _reconstruct
    _ADMITTED[_module, "scalar"] = _scalar


def _stroke3(sequence: np.ndarray | None, says_draws: bool) -> tuple[np.ndarray | None, str]:
    """Return a record as stroke-3 without the rows that fill it up, or None and the reason why it is no drawing.

    says_draws: whether the last columns of four say that the pen draws and that it lifts.
    """
    if sequence is None or sequence.ndim != 2 or sequence.shape[1] not in (3, 4, 5):
        return None, "not an array of (dx, dy, pen) rows"
    if len(sequence) and np.isnan(sequence[-1]).all():  # filled up with NaN
        sequence = sequence[: len(sequence) - np.isnan(sequence[::-1]).all(axis=1).argmin()]
    plain = sequence.dtype.kind + str(sequence.dtype.itemsize) in _SMALL
    if not plain and not (np.abs(sequence.astype(np.float64)) < _FARTHEST).all():  # NaN compares false
        return None, "a number is infinite or far too large"
    if sequence.shape[1] == 5:
        sequence = _of_stroke5(sequence)
    elif sequence.shape[1] == 4:
        sequence = _of_stroke4(sequence, says_draws)
    elif len(sequence) and not sequence[-1].any():
        last = np.flatnonzero(sequence.any(axis=1))
        sequence = sequence[: last[-1] + 1 if len(last) else 1]
    if not len(sequence):
        return None, "the drawing has no points"
    return sequence, ""


def _of_stroke5(rows: np.ndarray) -> np.ndarray:
    """Return the stroke-3 rows before the end of a drawing. Of probabilities, the largest counts."""
    state = rows[:, 2:].argmax(axis=1)
    ends = np.flatnonzero((state == 2) | ~rows.any(axis=1))
    length = ends[0] if len(ends) else len(rows)
    return np.column_stack([rows[:length, :2], state[:length] == 1])


def _of_stroke4(rows: np.ndarray, says_draws: bool) -> np.ndarray:
    """Return the stroke-3 rows up to the one that ends the drawing, or those that move where none says so."""
    if says_draws:
        moves = rows.any(axis=1)
        return np.column_stack([rows[moves, :2], rows[moves, 3]])
    ends = np.flatnonzero(rows[:, 3])
    return rows[: ends[0] + 1 if len(ends) else len(rows), :3]


def _says_draws(rows: np.ndarray) -> bool:
    """Tell whether each row of stroke-4 that is no filling says either that the pen draws or that it lifts."""
    return bool(((rows[:, 2] != 0) != (rows[:, 3] != 0))[rows.any(axis=1)].all())


def _drawings(sequences: list[np.ndarray], **columns: Any) -> Drawings:
    """Do what `Drawings.from_stroke3` does, quickly for thousands of drawings."""
    steps = np.array([len(sequence) for sequence in sequences], np.int64)
    ends = np.cumsum(steps + 1)
    starts = ends - steps - 1
    offsets = np.zeros((ends[-1], 3))
    is_step = np.ones(ends[-1], bool)
    is_step[starts] = False  # each drawing begins at (0, 0), before its first offset
    offsets[is_step] = np.concatenate([np.asarray(sequence, np.float64) for sequence in sequences])
    along = np.cumsum(offsets[:, :2], axis=0)
    points = along - np.repeat(along[starts], steps + 1, axis=0)
    last_of_stroke = offsets[:, 2] != 0
    last_of_stroke[ends - 1] = True
    stroke_ends = np.flatnonzero(last_of_stroke) + 1
    return Drawings(
        points=points.astype(np.float32),
        stroke_offsets=np.concatenate([np.zeros(1, np.int64), stroke_ends]),
        drawing_offsets=np.searchsorted(stroke_ends, np.concatenate([np.zeros(1, np.int64), ends]), "right"),
        table=metadata_table(len(sequences), **columns),
    )
