"""Maps of drawings kept beside the scores that they were made from, so that none is made twice.

`scores/<scorer>/<key>.map.npz`. The key stands for the embeddings, the words and `MAP_VERSION`. With the scores of a
scorer its maps are deleted, too. No trouble with a file stops anybody: what cannot be read is made anew, what cannot be
written is not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from qdesk import paths
from qdesk.explore.drawing_map import FITTED, MAP_VERSION, DrawingMap, Report, fit_map
from qdesk.files import atomic_write
from qdesk.scoring.fingerprint import scorer_id

KEPT = 8
"""The most maps kept per scorer; one of a million drawings takes 8 MB."""


class MapCache:
    """The maps kept in `folder` (default: beside the scores of the shipped networks)."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or paths.user_data() / "scores" / scorer_id()

    def find(self, key: str) -> DrawingMap | None:
        """Return the map of this key, None where there is none that can be read."""
        path = self.folder / f"{key}.map.npz"
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as kept:
                found = DrawingMap(kept["positions"], kept["sample"])
            path.touch()  # `keep` goes by the time of last use
        except FileNotFoundError:
            return None
        except Exception:  # NumPy raises many kinds, depending on which bytes are damaged
            with suppress(OSError):
                path.unlink()
            return None
        return found

    def keep(self, key: str, drawing_map: DrawingMap) -> None:
        """Keep a map, and delete the least recently used ones beyond `KEPT`."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with atomic_write(self.folder / f"{key}.map.npz") as part, open(part, "wb") as file:
                np.savez(file, positions=drawing_map.positions, sample=drawing_map.sample)
            kept = sorted(self.folder.glob("*.map.npz"), key=lambda path: path.stat().st_mtime)
            for old in kept[:-KEPT]:
                old.unlink()


def map_key(embeddings: np.ndarray, known: np.ndarray, groups: np.ndarray, seed: int = 0, fitted: int = FITTED) -> str:
    """Return 32 hex digits that stand for all that a map depends on. See `fit_map`."""
    hasher = hashlib.blake2b(repr((MAP_VERSION, seed, fitted, embeddings.shape)).encode(), digest_size=16)
    for array in (embeddings, known, groups):
        hasher.update(np.ascontiguousarray(array).data)
    return hasher.hexdigest()


def kept_map(
    embeddings: np.ndarray,
    known: np.ndarray,
    groups: np.ndarray,
    cache: MapCache | None,
    on_progress: Report = lambda share: None,
    on_layout: Callable[[DrawingMap], None] | None = None,
    seed: int = 0,
) -> DrawingMap:
    """Return `fit_map` of these drawings, from the cache where it is known, else made now and kept."""
    if cache is None:
        return fit_map(embeddings, known, groups, seed, on_progress, on_layout)
    key = map_key(embeddings, known, groups, seed)
    found = cache.find(key)
    if found is None or len(found.positions) != len(embeddings):
        found = fit_map(embeddings, known, groups, seed, on_progress, on_layout)
        cache.keep(key, found)
    return found
