from __future__ import annotations

import pytest

from qdesk.bench import mapping
from qdesk.explore import drawing_map


def test_all_of_it_runs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(drawing_map, "EARLY", 20)
    monkeypatch.setattr(drawing_map, "LATE", 20)
    figures = mapping.measure(mapped=200, placed=400, frames=12)
    names = "map_100k_s map_1m_placed_s map_frame_ms_p95 map_picture_ms_p50 map_open_s".split()
    assert all(figures[name] > 0 for name in names)
