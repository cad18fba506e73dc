from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from qdesk.explore import map_cache
from qdesk.explore.drawing_map import DrawingMap
from qdesk.explore.map_cache import MapCache, kept_map, map_key
from tests.helpers.clusters import clusters

SOME = DrawingMap(np.array([[0, 1], [np.nan, np.nan]], np.float32), np.array([0]))


def test_a_map_is_made_once(tmp_path: Path):
    embeddings, words = clusters(30)
    known, told = np.ones(30, bool), []
    first = kept_map(embeddings, known, words, MapCache(tmp_path), told.append)
    assert told
    told.clear()
    again = kept_map(embeddings, known, words, MapCache(tmp_path), told.append)
    assert not told and again.positions.tobytes() == first.positions.tobytes()
    assert np.array_equal(again.sample, first.sample)


def test_other_drawings_have_another_key():
    embeddings, words = clusters(30)
    known = np.ones(30, bool)
    keys = {
        map_key(embeddings, known, words), map_key(embeddings[::-1], known, words), map_key(embeddings, ~known, words),
        map_key(embeddings, known, words[::-1]), map_key(embeddings, known, words, seed=1),
    }  # fmt: skip
    assert len(keys) == 5


def test_what_is_damaged_or_cannot_be_written_stops_nobody(tmp_path: Path):
    cache = MapCache(tmp_path / "maps")
    assert cache.find("a") is None
    cache.keep("a", SOME)
    found = cache.find("a")
    assert found is not None and np.array_equal(found.placed, [True, False])
    path = tmp_path / "maps" / "a.map.npz"
    path.write_bytes(path.read_bytes()[:50])
    assert cache.find("a") is None and not path.exists()
    (tmp_path / "file").write_text("")
    MapCache(tmp_path / "file").keep("a", SOME)


def test_only_the_maps_used_last_are_kept(tmp_path: Path):
    cache = MapCache(tmp_path)
    for number in range(map_cache.KEPT + 2):
        cache.keep(str(number), SOME)
        for age, path in enumerate(sorted(tmp_path.glob("*.npz"), key=lambda path: -int(path.name.split(".")[0]))):
            os.utime(path, (1e9 - age, 1e9 - age))
    assert len(list(tmp_path.glob("*.npz"))) == map_cache.KEPT and cache.find("0") is None
