"""What is to be scored, with what, and in which units of work. The same inputs give the same plan everywhere."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow.fs as fs

from qdesk.formats import files_under
from qdesk.formats.pieces import PIECE, Piece, pieces_of
from qdesk.formats.registry import SHARD, SUFFIXES
from qdesk.places import Place, PlaceError, has_wildcards, matching, place_of
from qdesk.scoring.fingerprint import scorer_id
from qdesk.scoring.score_folder import ScoreFolderError
from qdesk.streams import name_of

VERSION = 1
"""The version of the plan's own format."""


@dataclass(frozen=True)
class Options:
    """What the scores depend on beside the drawings, as the command line has it. model: the path of a weight file."""

    by: str = "junk"
    word: str | None = None
    model: str | None = None
    y_up: bool = False

    @property
    def model_path(self) -> Path | None:
        return Path(self.model) if self.model else None


@dataclass(frozen=True)
class Source:
    """A file that is read. name: as the user gave it.   address: where any worker finds it, whatever folder it is in.

    size: its bytes.   changed: when, in ns since 1970, 0 for unknown.
    """

    name: str
    address: str
    size: int
    changed: int

    @property
    def place(self) -> Place:
        return replace(place_of(self.address), name=self.name)


@dataclass(frozen=True)
class Unit:
    """One piece of work: a piece of a file. number: its place in the plan.   file: the place of its file in it."""

    number: int
    file: int
    piece: Piece = field(default_factory=Piece)


@dataclass(frozen=True)
class Plan:
    """All units of work, in the order of the files, and what they are made from. scorer: `fingerprint.scorer_id`."""

    sources: tuple[Source, ...]
    units: tuple[Unit, ...]
    options: Options
    scorer: str

    def json(self) -> dict[str, Any]:
        """Return the plan as JSON has it."""
        return {
            "version": VERSION, "scorer": self.scorer, "options": asdict(self.options),
            "sources": [asdict(one) for one in self.sources],
            "units": [[unit.file, unit.piece.how, unit.piece.start, unit.piece.stop] for unit in self.units],
        }  # fmt: skip

    def of_shard(self, index: int, count: int) -> list[Unit]:
        """Return the units of one of `count` shards, neighbours, so that a shard touches few files."""
        total = len(self.units)
        return list(self.units[total * index // count : total * (index + 1) // count])


def from_json(found: Mapping[str, Any], name: str) -> Plan:
    """Return the plan that JSON holds. name: of its folder. Raises ScoreFolderError."""
    if found.get("version") != VERSION:
        raise ScoreFolderError(f"{name} was begun by another version of qdesk: name a new folder for the scores.")
    try:
        return Plan(
            tuple(Source(**one) for one in found["sources"]),
            tuple(Unit(n, file, Piece(how, start, stop)) for n, (file, how, start, stop) in enumerate(found["units"])),
            Options(**found["options"]),
            str(found["scorer"]),
        )
    except (KeyError, TypeError, ValueError):
        raise ScoreFolderError(f"The plan in {name} is damaged: name a new folder for the scores.") from None


def find_sources(given: Iterable[str | os.PathLike[str]], out: Place) -> list[Source]:
    """Return the files that paths, folders, addresses and patterns of names stand for, each once, none below `out`.

    Raises PlaceError where one cannot be reached, or there are none.
    """
    below = f"{out.path.rstrip('/')}/"
    found: dict[str, Source] = {}
    for text in given:
        for place in matching(text) if has_wildcards(text) else [place_of(text)]:
            for one in _local(place) if place.is_local else _remote(place, os.fspath(text)):
                if not one.address.startswith(below):
                    found.setdefault(one.address, one)
    if not found:
        raise PlaceError(f"There are no files of drawings in {', '.join(name_of(text) for text in given)}.")
    return list(found.values())


def _local(place: Place) -> Iterator[Source]:
    """Yield the files below a folder, or the file itself."""
    for path in files_under([Path(place.name)]):
        try:
            about = path.stat()
        except OSError:
            raise PlaceError(f"There is no file {name_of(path)}.") from None
        yield Source(name_of(path), os.path.abspath(path), about.st_size, about.st_mtime_ns)


def _remote(place: Place, text: str) -> Iterator[Source]:
    """Yield the same on another file system. text: the address as the user gave it."""
    info = place.info()
    if info.type == fs.FileType.NotFound:
        raise PlaceError(f"There is nothing at {place.name}.")
    files = [info] if info.type == fs.FileType.File else place.files()
    plain, mark, query = text.partition("?")  # what stands behind a ? says how the place is reached
    for one in files:
        if one is not info and not SHARD.sub("", one.base_name.lower()).endswith(SUFFIXES):
            continue
        inside = one.path[len(place.path.rstrip("/")) :]
        address = f"{plain.rstrip('/')}{inside}{mark}{query}"
        yield Source(f"{place.name.rstrip('/')}{inside}", address, one.size, one.mtime_ns or 0)


def make_plan(sources: Sequence[Source], options: Options, piece: int = PIECE) -> Plan:
    """Return the plan for these files. piece: bytes per unit of a file that can be read in pieces."""
    units: list[Unit] = []
    for file, source in enumerate(sources):
        for part in pieces_of(source.place, source.size, piece):
            units.append(Unit(len(units), file, part))
    return Plan(tuple(sources), tuple(units), options, scorer_id(options.model_path))


def refuse_other(begun: Plan, sources: Sequence[Source], options: Options, name: str) -> None:
    """Raise ScoreFolderError where a folder was begun with other networks, options or files than those now given."""
    again = f"Name a new folder for the scores, or remove {name} to begin anew."
    if begun.scorer != scorer_id(options.model_path):
        raise ScoreFolderError(f"{name} was begun with other networks or another version of the scoring. {again}")
    for option, before in asdict(begun.options).items():
        now = asdict(options)[option]
        if option != "model" and before != now:  # the networks were compared by what is in them
            called = f"--{option.replace('_', '-')}"
            what = f"{_with(called, before)}, and now it is {_with(called, now)}"
            raise ScoreFolderError(f"{name} was begun {what}. {again}")
    then, these = ({one.address: one for one in some} for some in (begun.sources, sources))
    for one in begun.sources:
        if one.address not in these:
            raise ScoreFolderError(f"{one.name}, with which {name} was begun, is no longer among the files. {again}")
        if (one.size, one.changed) != (these[one.address].size, these[one.address].changed):
            raise ScoreFolderError(f"{one.name} has changed since {name} was begun. {again}")
    for one in sources:
        if one.address not in then:
            raise ScoreFolderError(f"{one.name} was not among the files when {name} was begun. {again}")


def _with(option: str, value: Any) -> str:
    if value is True:
        return f"with {option}"
    return f"with {option} {value}" if value else f"without {option}"
