"""What people said of drawings: label files, the drawings they are of, and the reason that each label means.

A label file is JSON lines, `*.jsonl` or `*.jsonl.gz`, one label per line (docs/ranking.md describes it). A label names
its drawing by `word` and `row`, the 0-based line of WORD.ndjson or WORD.ndjson.gz in the first folder that has such a
file, or by `key_id`, or by both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from qdesk.data.categories import find
from qdesk.data.drawings import Drawings
from qdesk.data.reasons import KINDS, SUGGESTED
from qdesk.data.simplify import as_official
from qdesk.data.splits import split_of
from qdesk.formats import files_under, open_drawings
from qdesk.formats.base import FormatError, open_input

HONEST, DOUBTFUL = "honest", "doubtful"

_JUNK = [name for name in SUGGESTED if name in {kind.reason for kind in KINDS}]
REASONS = {HONEST: "", DOUBTFUL: "", **dict(zip(_JUNK, _JUNK, strict=True)), "nothing": "unfinished"}
"""All labels, and the reason (`data.reasons`) that each means. Those with a reason are clear junk."""

RUDE_NOTES = ("genitals", "penis", "raised finger", "breasts", "swastika", "rude picture")
"""What the note of a graffiti names where it is rude."""

_LABEL_FILES, _DRAWING_FILES = (".jsonl", ".jsonl.gz"), (".ndjson", ".ndjson.gz")


def reason_of(label: str, note: str = "") -> str:
    """Return the reason that a label means, "" for none."""
    is_rude = label == "graffiti" and any(rude in note.lower() for rude in RUDE_NOTES)
    return "rude" if is_rude else REASONS[label]


@dataclass(frozen=True)
class Label:
    """One line of a label file. where: the file and its line, for errors.   part: what the file says, or None."""

    where: str
    label: str
    word: str | None = None
    row: int | None = None
    key_id: str | None = None
    part: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Labelled:
    """N labelled drawings, each once.

    drawings: simplified.   label: object (N,), of `REASONS`.   reason: object (N,), what a curator would flag it with,
    "" for honest and doubtful ones.   part: int64 (N,), by `data.splits.split_of`.
    """

    drawings: Drawings
    label: np.ndarray
    reason: np.ndarray
    part: np.ndarray

    @property
    def is_junk(self) -> np.ndarray:
        """bool (N,): whether each is clear junk."""
        return self.reason != ""

    def take(self, rows: np.ndarray) -> Labelled:
        return Labelled(self.drawings.take(rows), self.label[rows], self.reason[rows], self.part[rows])


def read_labels(paths: Iterable[Path]) -> list[Label]:
    """Read label files, and all those in folders. Raises FormatError, which names the file and the line."""
    return [label for path in paths for file in _label_files(path) for label in _read(file)]


def labelled(paths: Iterable[Path], folders: Sequence[Path]) -> Labelled:
    """Return the drawings under `folders` that the label files `paths` name.

    Raises FormatError for a file or a line that is bad, for a drawing that is not there, that is another than the line
    says, or that has two different labels, and for no label at all.
    """
    labels = read_labels(paths)
    if not labels:
        raise FormatError("There is no label in the label files.")
    taken: dict[tuple[Path, int], Label] = {}
    batches: list[Drawings] = []
    missing = {label.where: label for label in labels}
    for file, asked in _asked_of(labels, folders).items():
        drawings = open_drawings(file).drawings
        mine: dict[int, Label] = {}
        for index, label in _found(file, drawings, [label for label in asked if label.where in missing]):
            before = mine.setdefault(index, label)
            if (
                reason_of(before.label, before.note) != reason_of(label.label, label.note)
                or before.label != label.label
            ):
                raise FormatError(f"{label.where}: the drawing has the label {before.label} in {before.where}.")
            missing.pop(label.where, None)
        batches.append(drawings.take(list(mine)))
        taken |= {(file, index): label for index, label in mine.items()}
    for label in missing.values():
        raise FormatError(f"{label.where}: there is no drawing {label.key_id} under {_named(folders)}.")
    return _together(batches, list(taken.values()))


def _together(batches: list[Drawings], labels: list[Label]) -> Labelled:
    """Raises FormatError where a line states another part than the drawing's."""
    drawings = as_official(Drawings.concat(batches))
    parts = split_of(drawings.content_ids())
    for label, part in zip(labels, parts.tolist(), strict=True):
        if label.part not in (None, part):
            raise FormatError(f"{label.where}: part {label.part} is stated, but the drawing is of part {part}.")
    names = np.array([label.label for label in labels], object)
    return Labelled(drawings, names, np.array([reason_of(one.label, one.note) for one in labels], object), parts)


# Finding the drawings


def _asked_of(labels: Sequence[Label], folders: Sequence[Path]) -> dict[Path, list[Label]]:
    """Return which labels may be of a drawing in each file. One with a row is asked of one file alone."""
    files = [file for file in files_under(folders) if file.name.endswith(_DRAWING_FILES)]
    by_word: dict[str, list[Path]] = {}
    for file in files:
        by_word.setdefault(file.name.removesuffix(".gz").removesuffix(".ndjson"), []).append(file)
    asked: dict[Path, list[Label]] = {}
    for label in labels:
        of_word = by_word.get(find(label.word, by_word) or "", [])
        if label.row is not None and not of_word:
            name = f"{label.word}.ndjson"
            raise FormatError(f"{label.where}: there is no {name} and no {name}.gz under {_named(folders)}.")
        for file in of_word[:1] if label.row is not None else of_word or files:
            asked.setdefault(file, []).append(label)
    return asked


def _found(file: Path, drawings: Drawings, labels: Sequence[Label]) -> Iterator[tuple[int, Label]]:
    """Yield the labels whose drawing is in the file, with its position."""
    keys = drawings.column("key_id")
    by_row = {row: index for index, row in enumerate(drawings.column("row").tolist())}
    by_key = {key: index for index, key in enumerate(keys) if key is not None}
    for label in labels:
        if label.row is None:
            if label.key_id in by_key:
                yield by_key[label.key_id], label
            continue
        if label.row not in by_row:
            raise FormatError(f"{label.where}: there is no drawing in row {label.row} of {file}.")
        index = by_row[label.row]
        if label.key_id is not None and keys[index] not in (None, label.key_id):
            raise FormatError(
                f"{label.where}: the drawing in row {label.row} of {file} is {keys[index]}, not {label.key_id}."
            )
        yield index, label


def _named(folders: Sequence[Path]) -> str:
    return ", ".join(map(str, folders))


# Reading the lines


def _label_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.name.endswith(_LABEL_FILES))
    if not files:
        raise FormatError(f"There is no label file in {path}: none ends in {' or '.join(_LABEL_FILES)}.")
    return files


def _read(path: Path) -> Iterator[Label]:
    with open_input(path) as file:
        lines = file.stream.readlines()
        if file.damage:
            raise FormatError(f"{file.source} cannot be read: {file.damage}.")
    for number, line in enumerate(lines, 1):
        if text := line.removeprefix(b"\xef\xbb\xbf").strip():
            yield _label(text, f"{file.source}, line {number}")


def _label(line: bytes, where: str) -> Label:
    try:
        record = orjson.loads(line)
    except ValueError:
        raise FormatError(f"{where}: this is not JSON.") from None
    if not isinstance(record, dict):
        raise FormatError(f"{where}: this is not an object with a label.")

    def text(name: str) -> str | None:
        if (value := record.get(name)) is not None and not isinstance(value, str):
            raise FormatError(f"{where}: {name} is not a text in quotes.")
        return value or None

    def whole(name: str) -> int | None:
        value = record.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            raise FormatError(f"{where}: {name} is not a whole number from 0.")
        return value

    name, word, key_id, note = text("label"), text("word"), text("key_id"), text("note")
    row, part = whole("row"), whole("part")
    if name not in REASONS:
        said = "there is no label" if name is None else f"there is no label {name!r}"
        raise FormatError(f"{where}: {said}; labels are {', '.join(REASONS)}.")
    if key_id is None and (word is None or row is None):
        raise FormatError(f"{where}: which drawing? It takes word and row, or key_id.")
    if word is None and row is not None:
        raise FormatError(f"{where}: a row is of a word, and there is none.")
    return Label(where, name, word, row, key_id, part, note or "")
