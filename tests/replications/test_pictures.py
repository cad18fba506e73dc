"""What an experiment is made of: every drawing once, and no kind of picture that gives a word away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdesk.data.bitmap_frame import thin_raster
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.simplify import as_official
from qdesk.formats import write_drawings
from qdesk.replications.pictures import gather
from qdesk.replications.run import FOLDS, folds
from qdesk.training.data import near
from tests.helpers.training import quiet

WORDS = ("circle", "zigzag")


def shapes(word: str, count: int, seed: int = 0) -> Drawings:
    """Circles with a tail or zigzags, no two of them alike."""
    rng = np.random.default_rng([seed, ord(word[0])])
    drawings = []
    for _ in range(count):
        t = np.linspace(0, 1, int(rng.integers(9, 16)))
        round_ = np.stack([np.cos(6.1 * t + rng.uniform(0, 6)), np.sin(6.1 * t)], axis=1) * rng.uniform(0.5, 1.5, 2)
        jagged = np.stack([t * 2, (np.arange(len(t)) % 2) * rng.uniform(0.5, 1.5)], axis=1)
        tail = np.stack([t, t**2], axis=1) * rng.uniform(-2, 2, 2)
        path = round_ if word == "circle" else jagged
        drawings.append([stroke * 100 + 200 for stroke in (path + rng.normal(0, 0.1, path.shape), tail)])
    keys = [f"{ord(word[0])}{seed}{k:05d}" for k in range(count)]
    return as_official(Drawings.from_strokes(drawings, word=word, key_id=keys))


def bitmaps(folder: Path, word: str, images: np.ndarray) -> None:
    folder.mkdir(exist_ok=True)
    np.save(folder / f"{word}.npy", images.reshape(-1, 784))


@pytest.fixture
def strokes(tmp_path: Path) -> Path:
    """60 circles and 40 zigzags."""
    folder = tmp_path / "strokes"
    folder.mkdir()
    for word, count in zip(WORDS, (60, 40), strict=True):
        write_drawings(shapes(word, count), folder / f"{word}.ndjson")
    return folder


def drawn(folders: list[Path], most: int = 1000, seed: int = 0):
    return gather(folders, WORDS, most, FOLDS, seed, quiet)


def test_every_word_has_as_many(strokes):
    found = drawn([strokes])
    assert found.counts == {"strokes in strokes": 40}
    assert np.bincount(found.labels).tolist() == [40, 40]
    known = raster(Drawings.concat([shapes(word, 60) for word in WORDS]))
    assert {image.tobytes() for image in found.images} <= {image.tobytes() for image in known}
    assert drawn([strokes], most=12).counts == {"strokes in strokes": 12}


def test_the_lot_is_drawn_by_the_seed(strokes):
    assert (drawn([strokes], 12).images == drawn([strokes], 12).images).all()
    assert (drawn([strokes], 12, seed=1).images != drawn([strokes], 12).images).any()


@pytest.mark.parametrize("paint", [raster, thin_raster])
def test_a_drawing_that_is_there_as_strokes_and_as_pixels_is_taken_once(strokes, tmp_path, paint):
    for word in WORDS:
        twins, fresh = shapes(word, 15), shapes(word, 10, seed=7)
        bitmaps(tmp_path / "pixels", word, paint(Drawings.concat([twins, fresh])))
    found = drawn([strokes, tmp_path / "pixels"])
    assert found.counts == {"strokes in strokes": 25, "bitmaps in pixels": 25}
    for known, asked in folds(found, 0):
        assert not near(found.images[asked], found.images[known], 35).any()


def test_duplicates_and_raw_twins_are_taken_once(strokes, tmp_path):
    for word in WORDS:
        again = shapes(word, 30)
        raw = Drawings.from_strokes(
            [[stroke * 1.7 + 3 for stroke in again.strokes_of(k)] for k in range(30)],
            word=word, key_id=list(again.column("key_id")),
        )  # fmt: skip
        write_drawings(raw, tmp_path / f"{word}.ndjson")
    assert drawn([strokes, tmp_path]).counts == {"strokes in strokes": 40}


def test_bitmaps_of_one_word_alone_are_left_out(strokes, tmp_path):
    bitmaps(tmp_path / "pixels", "circle", raster(shapes("circle", 50, seed=3)))
    assert drawn([strokes, tmp_path / "pixels"]).counts == {"strokes in strokes": 40}


def test_bitmaps_that_two_folders_have_are_taken_once(tmp_path):
    for word in WORDS:
        images = raster(shapes(word, 20))
        bitmaps(tmp_path / "one", word, images)
        bitmaps(tmp_path / "two", word, np.concatenate([images[:12], raster(shapes(word, 9, seed=5))]))
    assert drawn([tmp_path / "one", tmp_path / "two"]).counts == {"bitmaps in one": 20, "bitmaps in two": 9}


def test_every_drawing_is_guessed_once_and_each_fold_has_as_many_of_each_word(strokes):
    found = drawn([strokes])
    asked_of = []
    for known, asked in folds(found, 0):
        assert not set(known) & set(asked) and len(known) + len(asked) == 80
        assert np.bincount(found.labels[asked]).tolist() == [8, 8]
        asked_of += asked.tolist()
    assert sorted(asked_of) == list(range(80))


def test_words_without_drawings_are_named(strokes, tmp_path):
    with pytest.raises(ValueError, match="there are no drawings of sheep under .*strokes"):
        gather([strokes], ("circle", "sheep"), 100, FOLDS, 0, quiet)
    with pytest.raises(ValueError, match="circle, zigzag"):
        drawn([tmp_path / "nowhere"])
    with pytest.raises(ValueError, match="needs 5 drawings"):
        drawn([strokes], most=4)


def test_a_folder_that_lacks_a_word_takes_no_twins_from_the_others(strokes, tmp_path):
    bitmaps(tmp_path / "circles", "circle", raster(shapes("circle", 60)))
    assert drawn([tmp_path / "circles", strokes]).counts == {"strokes in strokes": 40}
