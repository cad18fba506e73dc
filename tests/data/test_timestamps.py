"""Times as the files write them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from qdesk.data.timestamps import seconds_of


def test_times_become_seconds_and_what_is_no_time_is_unknown():
    good = pa.chunked_array([["2017-03-20 01:07:50.46456 UTC", None]])
    np.testing.assert_array_equal(seconds_of(good), [1489972070, np.nan])
    mixed = pa.chunked_array([["2017-03-20 01:07:50.46456 UTC", "yesterday"]])
    np.testing.assert_array_equal(seconds_of(mixed), [1489972070, np.nan])
    assert np.isnan(seconds_of(pa.chunked_array([pa.nulls(3, pa.string())]))).all()
