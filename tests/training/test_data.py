"""What is trained on and what is held out: the split goes by content, and nothing held out comes back another way."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.splits import split_of
from qdesk.formats import write_drawings
from qdesk.training.data import load, near
from tests.helpers.drawings import shapes
from tests.helpers.training import quiet


def test_the_split_is_fixed_by_content(folder: Path) -> None:
    corpus = load([folder], report=quiet)
    assert corpus.words == ("circle", "zigzag")
    parts = [set(part.content_ids()) for part in (corpus.real, corpus.validation, corpus.test)]
    assert not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])
    assert sum(map(len, parts)) == 600
    assert 10 <= len(parts[1]) <= 60
    # Another scale, another file, another order: the same part.
    one = shapes("circle", 50)
    other = Drawings.from_strokes([[s * 2 + 7 for s in one.strokes_of(k)] for k in range(50)][::-1])
    assert (split_of(one.content_ids()) == split_of(other.content_ids())[::-1]).all()


def test_duplicates_are_kept_once_and_bitmaps_of_held_out_drawings_never(folder: Path, tmp_path: Path) -> None:
    corpus = load([folder], report=quiet)
    write_drawings(corpus.real, tmp_path / "again.ndjson")
    pictures = raster(Drawings.concat([corpus.test, corpus.real.take(slice(0, 30))]))
    rows = np.r_[corpus.labels(corpus.test), corpus.labels(corpus.real.take(slice(0, 30)))]
    for label, word in enumerate(corpus.words):
        with gzip.open(tmp_path / f"{word}.npy.gz", "wb") as file:
            np.save(file, pictures[rows == label].reshape(-1, 784))
    both = load([folder, tmp_path], report=quiet)
    assert len(both.real) == len(corpus.real)
    held_out = {picture.tobytes() for picture in raster(corpus.test)}
    assert not held_out & {picture.tobytes() for picture in both.bitmaps}
    assert len(both.bitmaps) >= 20


def test_a_bitmap_nearly_like_a_drawing_held_out_is_not_trained_on(folder: Path, tmp_path: Path) -> None:
    """Others raster the same drawing with other edges: their pixels differ by some greys, and it is held out all the
    same.
    """
    corpus = load([folder], report=quiet)
    for word in corpus.words:
        pictures = raster(corpus.test.take(corpus.test.words == word)).astype(int)
        noise = np.random.default_rng(0).integers(-30, 31, pictures.shape)
        np.save(tmp_path / f"{word}.npy", np.clip(pictures + noise, 0, 255).astype(np.uint8).reshape(-1, 784))
    said: list[str] = []
    assert len(load([folder, tmp_path], report=said.append).bitmaps) == 0
    assert f"{len(corpus.test)} bitmaps show drawings kept apart: dropped" in said


def test_pictures_within_thirty_greys_are_the_same() -> None:
    one = np.full((1, 28, 28), 100, np.uint8)
    others = np.stack([np.full((28, 28), 100 + off, np.uint8) for off in (0, 20, 29, 31, 45, 155)])
    assert near(others, one).tolist() == [True, True, True, False, False, False]
    assert near(one, others).tolist() == near(one, others[1:3]).tolist() == [True] and not near(one, others[3:]).any()
    assert near(others[:2], one, rms=10).tolist() == [True, False]
    assert near(one, one[:0]).tolist() == [False] and near(one[:0], one).tolist() == []


def test_only_the_words_asked_for(folder: Path) -> None:
    corpus = load([folder], words=["zigzag"], report=quiet)
    assert set(corpus.real.words) == {"zigzag"}


def test_raw_twins_of_held_out_drawings_are_not_trained_on(folder: Path, tmp_path: Path) -> None:
    """A raw drawing simplified here differs now and then from its official twin by a point: the key_id tells."""
    one = shapes("circle", 200).with_columns(key_id=[str(k) for k in range(200)])
    write_drawings(one, tmp_path / "circle.ndjson")
    twins = Drawings.from_strokes(
        [[s + np.array([[0, 1]]) * (np.arange(len(s)) == 1)[:, None] for s in one.strokes_of(k)] for k in range(200)],
        word="circle",
        key_id=[str(k) for k in range(200)],
    )
    write_drawings(twins, tmp_path / "twins.ndjson")
    corpus = load([tmp_path], report=quiet)
    held_out = set(corpus.validation.column("key_id")) | set(corpus.test.column("key_id"))
    assert held_out and not held_out & set(corpus.real.column("key_id"))
