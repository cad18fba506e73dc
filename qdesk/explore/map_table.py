"""A map of drawings as a table: what each drawing is, where it lies, and what scoring says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line asks for the columns alone
    import numpy as np
    import pyarrow as pa

    from qdesk.data.drawings import Drawings
    from qdesk.explore.drawing_map import DrawingMap

MAP_COLUMNS = (
    "key_id", "word", "source", "row", "x", "y", "reason", "junk", "p_junk", "loss_per_point", "lift", "p_word",
    "top_guess", "p_top", "fitted",
)  # fmt: skip
"""The columns of `qdesk map`, in order. New ones come last, because people script against the order."""


def map_table(drawings: Drawings, columns: Mapping[str, np.ndarray], drawing_map: DrawingMap) -> pa.Table:
    """Return `MAP_COLUMNS` of all drawings, in the file's order. columns: the scores, (N,) each.

    x and y lie from about -1 to 1, y upward, and are null where a drawing has no place. fitted: whether the map was
    laid out with this drawing, or the drawing placed on it.
    """
    import numpy as np
    import pyarrow as pa

    fitted = np.zeros(len(drawings), bool)
    fitted[drawing_map.sample] = True
    data = {name: drawings.table.column(name) for name in ("key_id", "word", "source", "row")}
    for axis, name in enumerate(("x", "y")):
        data[name] = pa.array(drawing_map.positions[:, axis], from_pandas=True)
    data["fitted"] = pa.array(fitted)
    for name in MAP_COLUMNS:
        if name not in data:
            data[name] = pa.array(columns[name], from_pandas=True)
    return pa.table({name: data[name] for name in MAP_COLUMNS})
