"""The orders side by side."""

from __future__ import annotations

import numpy as np

from qdesk.bench.orders import OrderScores, shared_orders


def test_what_is_unknown_is_average_and_an_order_that_knows_nothing_is_left_out() -> None:
    one = OrderScores({"loss": np.array([5.0, np.nan]), "lift": np.full(2, np.nan)}, np.array(["", ""]))
    two = OrderScores({"loss": np.array([-3.0]), "lift": np.full(1, np.nan)}, np.array([""]))
    assert [(order, *map(np.ndarray.tolist, parts)) for order, parts in shared_orders(one, two)] == [
        ("loss", [5.0, 1.0], [-3.0])
    ]
