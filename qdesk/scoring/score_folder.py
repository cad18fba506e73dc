"""A folder of scores: Parquet parts by word, made by many workers piece by piece, and the notes that say from what.

`word=NAME/part-UNIT-K.parquet`: the columns of `qdesk rank`, the worst first, of the drawings of one word in one unit
of work; K counts the words of the unit. `rank` is unknown until all units are done.
`_qdesk/plan.json`: from which inputs, with which networks and options, in which units.
`_qdesk/done/UNIT`: written after the parts of a unit: what was counted, and of each of its drawings, the worst first,
the value that it is ranked by and its part.
`_qdesk/ranked.json`: written when all parts have their ranks.

A file is there whole or not at all, so a run that ends anywhere is gone on with. Needs no torch.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, unquote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from qdesk.places import Place, PlaceError

NOTES = "_qdesk"
_SCORER, _SUMMARY = b"qdesk_scorer", b"qdesk_summary"
_NO_WORD = "__HIVE_DEFAULT_PARTITION__"
_LONGEST = 200
"""The most characters of a word in a folder's name; file systems allow 255."""

_TOGETHER = 16
"""How many small files are looked at at a time. An object store answers each after some ten milliseconds."""

GROUP = 16_384
"""Drawings per row group. Each says its lowest and highest value, so that the worst are found without reading all."""


class ScoreFolderError(ValueError):
    """A folder of scores cannot be read, or not gone on with. The message is a plain sentence for the user."""


def folder_of_word(word: str | None) -> str:
    """Return the name of the folder that holds the parts of a word, as Hive, Arrow, DuckDB and pandas read it."""
    if word is None:
        return f"word={_NO_WORD}"
    name = quote(word, safe=" '")
    if len(name) > _LONGEST:  # the parts hold the word itself, too
        name = f"{re.sub('%.?$', '', name[: _LONGEST - 9])}~{hashlib.blake2b(word.encode(), digest_size=4).hexdigest()}"
    return f"word={name}"


def word_of_folder(name: str) -> str | None:
    """Return the word that the name of a folder stands for."""
    word = name.removeprefix("word=")
    return None if word == _NO_WORD else unquote(word)


@dataclass(frozen=True)
class Keys:
    """What the drawings of one unit are ranked by, the worst first. values: float64 (n,).   parts: int32 (n,)."""

    values: np.ndarray
    parts: np.ndarray


class ScoreFolder:
    """A folder of scores on any file system that Arrow reaches."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @property
    def name(self) -> str:
        return self.place.name.rstrip("/") + "/"

    # What all of it is made from

    def plan(self) -> dict[str, Any] | None:
        """Return the plan, None where there is none. Raises ScoreFolderError for other files, PlaceError."""
        place = self.place.within(f"{NOTES}/plan.json")
        if place.is_there():
            return cast(dict[str, Any], self._json(place))
        if [info for info in self.place.files(recursive=False) if not info.base_name.startswith(".")]:
            raise ScoreFolderError(f"{self.name} holds other files than scores: name a new folder.")
        return None

    def write_plan(self, plan: Mapping[str, Any]) -> None:
        self._write_json("plan.json", plan)

    @property
    def is_ranked(self) -> bool:
        return self.place.within(f"{NOTES}/ranked.json").is_there()

    def say_ranked(self, drawings: int) -> None:
        self._write_json("ranked.json", {"drawings": drawings})

    def say_unranked(self) -> None:
        """Take back that the parts have their ranks: one of them is written anew."""
        if self.is_ranked:
            self.place.within(f"{NOTES}/ranked.json").remove()

    # Units of work

    def write_unit(self, unit: int, table: pa.Table | None, by: str, scorer: str, summary: Mapping[str, Any]) -> None:
        """Write the parts of a unit and then that it is done. table: as `rank_table` gives it, None for no drawings.

        summary: what is said of it, as JSON; "parts" is added: the paths and numbers of rows.
        """
        paths: dict[str, int] = {}
        keys = pa.table({"value": pa.array([], pa.float64()), "part": pa.array([], pa.int32())})
        if table is not None:
            keys = self._write_parts(unit, table, by, scorer, paths)
        note = {_SCORER: scorer.encode(), _SUMMARY: json.dumps({**summary, "parts": paths}).encode()}
        with self._done(unit).written() as file:
            parquet.write_table(keys.replace_schema_metadata(note), file, compression="zstd")

    def _write_parts(self, unit: int, table: pa.Table, by: str, scorer: str, paths: dict[str, int]) -> pa.Table:
        """Write the parts of a unit, add their paths and numbers of rows to `paths`, and return its keys."""
        words = table["word"].combine_chunks()
        names = [*words.dictionary.to_pylist(), None]
        place_of = words.indices.fill_null(len(names) - 1).to_numpy(zero_copy_only=False)
        found, parts = np.unique(place_of, return_inverse=True)
        # The rank is unknown: it depends on all others.
        table = table.set_column(0, "rank", pa.nulls(len(table), pa.int64()))
        for number, place in enumerate(found.tolist()):
            path = f"{folder_of_word(names[place])}/part-{unit:06d}-{number:03d}.parquet"
            mine = table.take(pa.array(np.flatnonzero(parts == number)))
            self._write_part(path, mine, scorer)
            paths[path] = len(mine)
        values = table[by].to_numpy(zero_copy_only=False).astype(np.float64)
        return pa.table({"value": pa.array(values), "part": pa.array(parts.astype(np.int32))})

    def done(self) -> dict[int, dict[str, Any]]:
        """Return the summaries of all units that are done and whose parts are there whole. Raises PlaceError.

        The summary of a unit that is no longer whole has "damage": a sentence.
        """
        units = [int(info.base_name) for info in self.place.within(f"{NOTES}/done").files(recursive=False)
                 if info.base_name.isdecimal()]  # fmt: skip
        with ThreadPoolExecutor(_TOGETHER, "qdesk-look") as pool:
            return {unit: summary for unit, summary in zip(units, pool.map(self._look_at, units), strict=True)}

    def keys(self, unit: int) -> Keys:
        """Return what the drawings of a unit that is done are ranked by."""
        with self._done(unit).opened() as file:
            table = parquet.read_table(file)
        return Keys(table["value"].to_numpy(), table["part"].to_numpy())

    def write_ranks(self, unit: int, ranks: np.ndarray) -> None:
        """Write the parts of a unit again, with ranks. ranks: int64 (n,), from 1, in the order of `keys`."""
        with self._done(unit).opened() as file:
            table = parquet.read_table(file, columns=["part"])
        parts, summary = table["part"].to_numpy(), _summary_of(table.schema)
        for number, path in enumerate(summary["parts"]):
            with self.place.within(path).opened() as file:
                part = parquet.read_table(file)
            scorer = part.schema.metadata[_SCORER].decode()
            mine = pa.array(ranks[parts == number])
            self._write_part(path, part.set_column(0, "rank", mine), scorer)

    # Files

    def _done(self, unit: int) -> Place:
        return self.place.within(f"{NOTES}/done/{unit:06d}")

    def _look_at(self, unit: int) -> dict[str, Any]:
        """Return the summary of a unit, with "damage" where its parts are not what it says."""
        try:
            with self._done(unit).opened() as file:
                schema = parquet.read_schema(file)
            summary = _summary_of(schema)
            scorer = schema.metadata[_SCORER]
        except (pa.ArrowException, ValueError, KeyError, TypeError, OSError):
            return {"damage": f"The note of unit {unit} is damaged", "parts": {}}
        for path, rows in summary["parts"].items():
            place = self.place.within(path)
            try:
                with place.opened() as file:
                    found = parquet.read_metadata(file)
            except PlaceError:
                return {**summary, "damage": f"{place.name} is not there"}
            except (pa.ArrowException, ValueError, OSError):
                return {**summary, "damage": f"{place.name} is no whole Parquet file"}
            if found.num_rows != rows:
                return {**summary, "damage": f"{place.name} has {found.num_rows:,} drawings in place of {rows:,}"}
            if (found.metadata or {}).get(_SCORER) != scorer:
                return {**summary, "damage": f"{place.name} has scores of other networks"}
        return summary

    def _write_part(self, path: str, table: pa.Table, scorer: str) -> None:
        texts = [field.name for field in table.schema if not pa.types.is_floating(field.type) and field.name != "rank"]
        table = table.replace_schema_metadata({_SCORER: scorer.encode()})
        with self.place.within(path).written() as file:
            parquet.write_table(table, file, row_group_size=GROUP, compression="zstd", use_dictionary=texts)

    def _json(self, place: Place) -> Any:
        try:
            return json.loads(place.read())
        except ValueError:
            raise ScoreFolderError(f"{place.name} is damaged: name a new folder for the scores.") from None

    def _write_json(self, name: str, entries: Mapping[str, Any]) -> None:
        with self.place.within(f"{NOTES}/{name}").written() as file:
            file.write(json.dumps(entries).encode())


def _summary_of(schema: pa.Schema) -> dict[str, Any]:
    return cast(dict[str, Any], json.loads(schema.metadata[_SUMMARY]))
