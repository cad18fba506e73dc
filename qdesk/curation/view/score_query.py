"""Questions to a folder of scores that DuckDB answers from its parts: the worst, sorts, filters, counts, search.

A set of 50 million is never loaded. A part says of each row group its lowest and highest value, so that what cannot
hold an answer is not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from qdesk.places import place_of
from qdesk.scoring.columns import RANK_COLUMNS
from qdesk.scoring.score_folder import ScoreFolder, ScoreFolderError

INSTALL = 'pip install "qdesk[cluster]"'
SEARCHED = ("key_id", "word", "top_guess", "reason", "source")
"""The columns that a text is searched in."""


class QueryError(RuntimeError):
    """A question cannot be asked. The message is a plain sentence for the user."""


@dataclass(frozen=True)
class Filter:
    """Which drawings are meant; all of it has to hold.

    ranges: the lowest and highest value by column, with the ends; None is no limit.   among: the values by column, None
    for unknown.   text: what one of `SEARCHED` holds, in any case.
    """

    ranges: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    among: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    text: str = ""

    def sql(self) -> tuple[str, list[Any]]:
        """Return the condition, and the values for its question marks. Raises QueryError for an unknown column."""
        parts: list[str] = []
        values: list[Any] = []
        for name, ends in self.ranges.items():
            for sign, end in zip((">=", "<="), ends, strict=True):
                if end is not None:
                    parts.append(f"{_column(name)} {sign} ?")
                    values.append(end)
        for name, chosen in self.among.items():
            known = [value for value in chosen if value is not None]
            either = [f"{_column(name)} in ({', '.join('?' * len(known))})"] if known else []
            either += [f"{_column(name)} is null"] if None in chosen else []
            parts.append(f"({' or '.join(either) or 'false'})")
            values += known
        if self.text:
            parts.append(f"({' or '.join(f'contains(lower({name}), ?)' for name in SEARCHED)})")
            values += [self.text.lower()] * len(SEARCHED)
        return " and ".join(parts) or "true", values


EVERYTHING = Filter()


class ScoreQuery:
    """A folder of scores that can be asked. Close it, or use it as a context.

    drawings: how many it holds.   missing: what is not in it, a sentence each: pieces that are not done, and parts that
    are not whole, which are left out. Raises ScoreFolderError for what is no folder of scores, QueryError without
    DuckDB.
    """

    def __init__(self, folder: str, threads: int | None = None) -> None:
        try:
            import duckdb
        except ImportError:
            raise QueryError(f"A folder of scores needs DuckDB, which is not installed: {INSTALL}") from None
        place = place_of(folder)
        if not place.is_local:
            raise QueryError(f"{place.name} lies elsewhere: copy it here, or ask DuckDB itself, which reads s3://.")
        scores = ScoreFolder(place)
        plan = scores.plan()
        if plan is None:
            raise ScoreFolderError(f"{scores.name} is no folder of scores.")
        done = scores.done()
        whole = [one for one in done.values() if "damage" not in one]
        self.missing = [f"{one['damage']}: the same rank command brings it" for one in done.values() if "damage" in one]
        if left := len(plan.get("units", ())) - len(done):
            self.missing.append(
                f"{left:,} pieces of {scores.name} are not scored yet: the same rank command brings them"
            )
        self.drawings = sum(one["drawings"] for one in whole)
        paths = [place.within(path).path for one in whole for path in one["parts"]]
        if not paths:
            raise ScoreFolderError(f"{scores.name} holds no scores yet.")
        self._base = duckdb.connect(config={} if threads is None else {"threads": threads})
        parts = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
        self._base.execute(f"create view scores as select * from read_parquet([{parts}])")

    def close(self) -> None:
        self._base.close()

    def __enter__(self) -> ScoreQuery:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def worst(self, count: int, where: Filter = EVERYTHING) -> pa.Table:
        """Return the first drawings by rank, with all columns."""
        return self.sorted("rank", count, where=where)

    def sorted(
        self, by: str, count: int, descending: bool = False, start: int = 0, where: Filter = EVERYTHING
    ) -> pa.Table:
        """Return `count` drawings in the order of a column from place `start` on. What is unknown comes last."""
        condition, values = where.sql()
        order = f"{_column(by)} {'desc' if descending else 'asc'} nulls last, rank"
        if by == "rank" and not descending and condition == "true":  # ranks are whole numbers without gaps
            condition, values, start = "rank > ? and rank <= ?", [start, start + count], 0
        names = ", ".join(RANK_COLUMNS)
        return self._asked(f"select {names} from scores where {condition} order by {order} limit ? offset ?",
                           [*values, count, start])  # fmt: skip

    def count(self, where: Filter = EVERYTHING) -> int:
        """Return how many drawings there are."""
        condition, values = where.sql()
        return int(self._asked(f"select count(*) from scores where {condition}", values).column(0)[0].as_py())

    def counts(self, by: str, where: Filter = EVERYTHING) -> dict[str | None, int]:
        """Return how many drawings have each value of a column, the most first."""
        condition, values = where.sql()
        found = self._asked(
            f"select {_column(by)}, count(*) from scores where {condition} group by 1 order by 2 desc, 1", values
        )
        return dict(zip(*(column.to_pylist() for column in found.columns), strict=True))

    def _asked(self, sql: str, values: Sequence[Any]) -> pa.Table:
        import duckdb

        try:
            return self._base.sql(sql, params=list(values)).to_arrow_table()
        except duckdb.Error as error:
            raise QueryError(f"The scores cannot be read: {str(error).splitlines()[0].rstrip('.')}.") from None


def _column(name: str) -> str:
    if name not in RANK_COLUMNS:
        raise QueryError(f"A folder of scores has no column {name}.")
    return name
