"""How many cases the tests in tests/faults/ try, and the dice of each case."""

from __future__ import annotations

import os
import zlib

import numpy as np


def scale() -> float:
    """Return what `QDESK_FAULTS` says: 1 for all cases, 3 for three times as many, 0 (the default) for a few."""
    return float(os.environ.get("QDESK_FAULTS") or 0)


def cases(few: int, full: int) -> range:
    """Return the numbers of the cases to try: `few` in each run of the tests, `full` with `QDESK_FAULTS=1`.

    A case is known by its number: what it does comes from `dice`, so that it can be tried again. More cases are the
    same ones and then others.
    """
    return range(max(few, round(full * scale())))


def dice(name: str, case: int) -> np.random.Generator:
    """Return the random numbers of one case of the test called `name`, the same on each machine."""
    return np.random.default_rng([zlib.crc32(name.encode()), case])
