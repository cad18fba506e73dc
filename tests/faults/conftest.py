"""Faults of the surroundings: files that are damaged, disks that are full, programs that are killed.

Each test tries a few cases in each run of the tests, and all of them with `QDESK_FAULTS=1` (docs/CONTRIBUTING.md).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.children import Nursery
from tests.helpers.faults import scale


def pytest_report_header() -> str:
    return f"faults: QDESK_FAULTS={scale():g} ({'a few cases' if not scale() else 'all cases, times that'})"


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Child processes in which a disk fails, or which are killed."""
    one = Nursery()
    yield one
    one.close()
