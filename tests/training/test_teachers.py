"""Teachers are read as their makers wrote them, and a student is told their opinion beside the true word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from qdesk.data.categories import categories
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.splits import split_of
from qdesk.formats import open_drawings
from qdesk.training.augment import Augmentation
from qdesk.training.data import Corpus
from qdesk.training.samples import MIXED, Samples, views
from qdesk.training.teachers import LAYERS, WEIGHTS, Teachers, mixed
from tests.helpers.training import write_teacher

WORDS = ("cat", "dog", "sea turtle")


def by_hand(name: str, arrays: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    """The logits of one picture (28, 28), 0 to 1, in plain numpy: same padding, ReLU, pooling of 2, rows before columns
    before channels.
    """
    x, number, each = image[:, :, None], 0, LAYERS[name][0]
    while arrays[f"w{number:02d}"].ndim == 4:
        kernel, bias = arrays[f"w{number:02d}"], arrays[f"w{number + 1:02d}"]
        edge = kernel.shape[0] // 2
        padded = np.pad(x, ((edge, edge), (edge, edge), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[:2], (0, 1))
        x = np.maximum(np.einsum("yxcij,ijco->yxo", windows, kernel) + bias, 0)
        number += 2
        if (number // 2) % each == 0:
            side = x.shape[0] // 2 * 2
            x = x[:side, :side].reshape(side // 2, 2, side // 2, 2, -1).max(axis=(1, 3))
    x = x.reshape(-1) @ arrays[f"w{number:02d}"] + arrays[f"w{number + 1:02d}"]
    x = np.tanh(x) if name == "doodlenet" else np.maximum(x, 0)
    return x @ arrays[f"w{number + 2:02d}"] + arrays[f"w{number + 3:02d}"]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    return logits - np.log(np.exp(logits).sum())


@pytest.mark.parametrize("name", LAYERS)
def test_a_teacher_computes_what_its_arrays_define(tmp_path: Path, name: str) -> None:
    arrays = write_teacher(tmp_path, name)
    images = np.random.default_rng(1).integers(0, 256, (4, 28, 28), dtype=np.uint8)
    said = Teachers(tmp_path, WORDS).log_probabilities(torch.from_numpy(images)).numpy()
    for image, row in zip(images, said, strict=True):
        assert row == pytest.approx(log_softmax(by_hand(name, arrays, image / 255)), abs=1e-4)


def test_two_teachers_are_one_opinion_in_the_students_order(tmp_path: Path) -> None:
    for seed, name in enumerate(LAYERS):
        write_teacher(tmp_path, name, WORDS if seed else WORDS[::-1], seed)
    images = torch.from_numpy(np.random.default_rng(1).integers(0, 256, (4, 28, 28), dtype=np.uint8))
    asked = ("dog", "cat")
    each = {}
    for name in LAYERS:
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.npz").write_bytes((tmp_path / f"{name}.npz").read_bytes())
        each[name] = Teachers(tmp_path / name, asked).log_probabilities(images)
        assert each[name].exp().sum(dim=1).numpy() == pytest.approx(1, abs=1e-5)  # of the two words that count
    both = sum(WEIGHTS[name] / sum(WEIGHTS.values()) * opinion for name, opinion in each.items())
    assert torch.allclose(Teachers(tmp_path, asked).log_probabilities(images), torch.log_softmax(both, 1), atol=1e-5)


def test_a_missing_teacher_and_one_that_lacks_a_word_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no teacher in .*doodlenet\.npz or trekhleb\.npz"):
        Teachers(tmp_path, WORDS)
    write_teacher(tmp_path, "trekhleb")
    with pytest.raises(ValueError, match=r"trekhleb\.npz does not know whale"):
        Teachers(tmp_path, ("cat", "whale"))


def test_the_target_is_the_word_and_the_opinion_by_their_weights() -> None:
    labels, weight = torch.tensor([0, 2]), torch.tensor([1.0, 0.25])
    opinion = torch.log_softmax(torch.tensor([[0.0, 1.0, 2.0], [3.0, 1.0, 0.0]]), 1)
    alone = mixed(labels, weight, None, 3)
    assert alone[0].tolist() == pytest.approx([0.9 + 0.1 / 3, 0.1 / 3, 0.1 / 3])
    both = mixed(labels, weight, opinion, 3)
    assert torch.equal(both[0], alone[0])
    assert both[1].tolist() == pytest.approx((0.25 * alone[1] + 0.75 * opinion[1].exp()).tolist())


@pytest.fixture
def corpus() -> Corpus:
    rng = np.random.default_rng(0)
    drawings = Drawings.from_strokes(
        [[rng.uniform(0, 255, (rng.integers(2, 20), 2)).astype(np.float32)] for _ in range(60)],
        word=[WORDS[k % 3] for k in range(60)],
    ).fit_box()
    bitmaps = rng.integers(0, 256, (30, 28, 28), dtype=np.uint8)
    none = Drawings.empty()
    return Corpus(WORDS, drawings, drawings.take(slice(0, 30)), none, none, bitmaps, np.arange(30) % 3)


def test_teachers_are_asked_about_what_the_student_sees(tmp_path: Path, corpus: Corpus) -> None:
    write_teacher(tmp_path, "trekhleb")
    teachers = Teachers(tmp_path, WORDS)
    samples = iter(Samples(corpus, 128, [0], teachers=teachers))
    strangers = 0
    for _ in range(4):
        sample = next(samples)
        assert torch.equal(sample.taught, teachers.log_probabilities(sample.views.images))
        drawn = int(sample.views.has_strokes.sum())
        assert 0 < drawn < 128 and len(sample.views.points.lengths) == drawn
        assert set(sample.trusted.tolist()) <= {0.0, 0.5, 1.0}
        assert (sample.trusted[~sample.views.has_strokes] == 1).all()
        strangers += int((sample.trusted == 0).sum())
    assert 0.3 * MIXED < strangers / 512 < 2 * MIXED


def test_pictures_and_points_of_a_sample_are_of_the_same_drawings(corpus: Corpus) -> None:
    still = Augmentation(**{name: 0.0 for name in Augmentation.__dataclass_fields__})
    sample = next(iter(Samples(corpus, 64, [1], how=still)))
    assert sample.taught.shape == (64, 0)
    seen = {image.tobytes(): points for image, points in zip(*shown(views(corpus.real)), strict=True)}
    for image, points in zip(*shown(sample.views), strict=True):
        assert np.allclose(seen[image.tobytes()], points)
    words = np.array(WORDS)[sample.labels]
    true = {image.tobytes(): word for image, word in zip(raster(corpus.real), corpus.real.words, strict=True)}
    drawn = sample.views.images[sample.views.has_strokes].numpy()
    assert [true[image.tobytes()] for image in drawn] == list(words[: len(drawn)])


def shown(seen) -> tuple[list[np.ndarray], list[np.ndarray]]:
    points = seen.points
    each = [points.values[:, a : a + n].numpy() for a, n in zip(points.starts, points.lengths, strict=True)]
    return list(seen.images[seen.has_strokes].numpy()), each


def test_the_public_teachers_guess_real_drawings(reference_data: Path) -> None:
    """As well as on all held-out drawings: 0.726 and 0.674 each. A transposed kernel guesses at random."""
    batches = [
        open_drawings(file).drawings.take(slice(0, 3)) for file in sorted((reference_data / "strokes").iterdir())
    ]
    drawings = Drawings.concat(batches).fit_box()
    labels = np.array([categories().index(word) for word in drawings.words])
    assert len(np.unique(split_of(drawings.content_ids()))) == 20
    said = Teachers(reference_data / "teachers", categories()).log_probabilities(torch.from_numpy(raster(drawings)))
    assert (said.argmax(dim=1).numpy() == labels).mean() > 0.68
