"""The guesser: a live drawing goes through the same pipeline as a file's."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk import paths
from qdesk.data.categories import categories
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.nets import weights
from qdesk.nets.classifier import Classifier
from qdesk.scoring.classifier import DrawingClassifier, top_words
from qdesk.scoring.fingerprint import file_digest

pytestmark = pytest.mark.skipif(not paths.model(paths.CLASSIFIER).exists(), reason="the shipped weights are not here")


@pytest.fixture(scope="module")
def guesser() -> DrawingClassifier:
    return DrawingClassifier()


def circle(points: int, radius: float, x: float, y: float) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, points)
    return np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)


def test_it_knows_the_345_words(guesser: DrawingClassifier) -> None:
    assert guesser.words == categories()


def test_a_guess_does_not_depend_on_where_and_how_large(guesser: DrawingClassifier) -> None:
    small = guesser.guess_strokes([circle(60, 40, 100, 90)])
    large = guesser.guess_strokes([circle(300, 400, 900, 700)])
    assert small.sum() == pytest.approx(1, abs=1e-4)
    assert np.abs(small - large).max() < 0.1
    assert "circle" in [word for word, _ in top_words(small, guesser.words, 3)]


def test_live_and_file_agree(guesser: DrawingClassifier) -> None:
    face = [circle(80, 120, 130, 130), circle(20, 12, 90, 100), circle(20, 12, 170, 100)]
    from qdesk.data.simplify import simplify_strokes

    batch = Drawings.from_strokes([simplify_strokes(face)]).fit_box()
    assert guesser.guess_strokes(face) == pytest.approx(guesser.probabilities(batch)[0], abs=1e-5)


def test_embeddings_bring_alike_together(guesser: DrawingClassifier) -> None:
    batch = Drawings.from_strokes(
        [
            [circle(30, 100, 130, 130)],
            [circle(34, 90, 120, 140)],
            [np.array([[0, 0], [255, 255]]), np.array([[255, 0], [0, 255]])],
        ]
    ).fit_box()
    e = guesser.embeddings(batch)
    e = e / np.linalg.norm(e, axis=1, keepdims=True)
    assert e[0] @ e[1] > e[0] @ e[2]


def test_one_pass_gives_the_guess_and_64_bytes_by_which_alike_drawings_are_found(guesser: DrawingClassifier) -> None:
    cross = [np.array([[0, 0], [255, 255]]), np.array([[255, 0], [0, 255]])]
    batch = Drawings.from_strokes([[circle(30, 100, 130, 130)], [circle(34, 90, 120, 140)], cross] * 30).fit_box()
    bitmaps = Drawings.from_bitmaps(raster(batch.take(slice(0, 3))))
    probabilities, embeddings = guesser.read(batch)
    alone, of_bitmaps = guesser.read(bitmaps)
    assert np.array_equal(probabilities, guesser.probabilities(batch))
    assert np.array_equal(alone, guesser.probabilities(bitmaps))
    assert embeddings.dtype == of_bitmaps.dtype == np.int8
    unit = np.concatenate([embeddings[:3], of_bitmaps]) / np.float32(127)
    assert np.linalg.norm(unit, axis=1) == pytest.approx(1, abs=0.03)
    likeness = unit @ unit.T
    assert likeness[0, 1] > 0.8 > 0.3 > likeness[0, 2]
    assert likeness[0, 3] > likeness[0, 5] and likeness[2, 5] > likeness[2, 3]  # a bitmap lies near its drawing
    assert guesser.read(Drawings.empty())[1].shape == (0, 64)


def test_the_projection_is_the_shipped_classifiers() -> None:
    made_of = weights.about(paths.model(paths.PROJECTION))["about"]["classifier"]
    assert made_of == file_digest(paths.model(paths.CLASSIFIER)).hex()


def test_bitmaps_are_guessed_by_their_picture_alone(guesser: DrawingClassifier) -> None:
    """And a drawing of which only the picture is known is guessed nearly as the drawing itself."""
    house = [
        np.array([(60, 250), (60, 120), (200, 120), (200, 250), (60, 250)]),
        np.array([(60, 120), (130, 0), (200, 120)]),
    ]
    drawing = Drawings.from_strokes([house]).fit_box()
    bitmap = Drawings.from_bitmaps(raster(drawing), word="house")
    seen, alone = guesser.probabilities(drawing)[0], guesser.probabilities(bitmap)[0]
    assert alone.sum() == pytest.approx(1, abs=1e-4)
    assert {top_words(seen, guesser.words, 1)[0][0], top_words(alone, guesser.words, 1)[0][0]} <= {"house", "barn"}
    assert guesser.embeddings(bitmap).shape == guesser.embeddings(drawing).shape


def test_another_networks_words_are_its_own(tmp_path) -> None:
    weights.save(Classifier(("cat", "owl")), tmp_path / "two.safetensors")
    two = DrawingClassifier(tmp_path / "two.safetensors")
    assert two.words == ("cat", "owl")
    assert two.guess_strokes([circle(30, 50, 60, 60)]).shape == (2,)


def test_nothing_to_guess(guesser: DrawingClassifier) -> None:
    assert guesser.probabilities(Drawings.empty()).shape == (0, 345)
    with pytest.raises(ValueError, match="no points"):
        guesser.guess_strokes([])


def test_top_is_best_first() -> None:
    assert top_words(np.array([0.1, 0.7, 0.2]), ("a", "b", "c"), 2) == [
        ("b", pytest.approx(0.7)),
        ("c", pytest.approx(0.2)),
    ]
