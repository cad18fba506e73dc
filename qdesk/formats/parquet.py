"""Tables of drawings as Parquet, one per row, as Hugging Face, pandas and Spark write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as parquet

from qdesk.data.drawings import Drawings
from qdesk.formats import ndjson
from qdesk.formats.archive import seekable
from qdesk.formats.base import About, FormatError, Input, Problems
from qdesk.formats.shapes import FIELDS

_STROKES = ("drawing", "strokes", "image", "ink")
_ROWS = 5000

ABOUT = {
    "parquet": About(
        by="Hugging Face, pandas, Spark",
        read="a drawing per row, its strokes as lists, as structs of x and y, or as text; the columns that the "
        "official ndjson has fields for",
        kept="not written; clean data of it comes out as .parquet, all columns as they were",
        lost="other columns, when it is written in another format",
        unread="is a Parquet table without drawings. Drawings need a column called drawing.",
    ),
}


def read(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read the good rows of a table; `row` counts them. Raises FormatError for a table without drawings."""
    return read_groups(file, None, problems, limit)


def read_groups(
    file: Input, groups: Sequence[int] | None, problems: Problems, limit: int | None = None
) -> list[Drawings]:
    """Read the good rows of some row groups, which follow each other; None for all. `row` counts all rows."""
    table = _opened(file)
    sizes = [table.metadata.row_group(group).num_rows for group in range(table.num_row_groups)]
    wanted = range(len(sizes)) if groups is None else groups
    first = sum(sizes[: wanted[0]]) if len(wanted) else 0
    names = [name for name in table.schema_arrow.names if name in (*FIELDS, *_STROKES)]
    if not set(names).intersection(_STROKES):
        raise FormatError(f"{file.source} {ABOUT['parquet'].unread}")

    def records() -> Iterator[dict[str, Any]]:
        try:
            for batch in table.iter_batches(_ROWS, row_groups=list(wanted), columns=names):
                for record in batch.to_pylist():
                    yield {name: _plain(value) for name, value in record.items() if value is not None}
        except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
            raise FormatError(f"{file.source} cannot be read: {_first_words(error)}.") from None

    found = records()
    head = [record for record, _ in zip(found, range(ndjson.FIRST), strict=False)]
    points = ndjson.points_first(file, head, problems)

    def all_records() -> Iterator[tuple[int, Any]]:
        yield from enumerate(head, first)
        yield from enumerate(found, first + len(head))

    return ndjson.gather(file, all_records(), points, limit, problems)


def copy(file: Input, rows: np.ndarray, out: IO[bytes]) -> None:
    """Write the rows `rows`, int64 (n,), ascending, with all their columns."""
    table = _opened(file).read()
    with pa.PythonFile(out, "w") as sink:
        parquet.write_table(table.take(pa.array(rows)), sink)


def beside(file: Input, rows: np.ndarray) -> list[str]:
    """Return what the rows hold that `Drawings` does not, in words."""
    return ndjson.beside_in([dict.fromkeys(_opened(file).schema_arrow.names)])


def group_sizes(file: Input) -> list[int]:
    """Return the bytes of each row group. Raises FormatError."""
    about = _opened(file).metadata
    return [about.row_group(group).total_byte_size for group in range(about.num_row_groups)]


def _opened(file: Input) -> parquet.ParquetFile:
    try:
        return parquet.ParquetFile(seekable(file))
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise FormatError(f"{file.source} is no whole Parquet file: {_first_words(error)}.") from None


def _plain(value: Any) -> Any:
    """Return strokes that are written as text as lists, any other value as it is."""
    if isinstance(value, str) and value.startswith("["):
        try:
            return orjson.loads(value)
        except ValueError:
            return value
    return value


def _first_words(error: Exception) -> str:
    return (" ".join(str(error).split()) or type(error).__name__).rstrip(".")[:120]
