"""Where drawings lie on a map: beside their like, always the same, also those that are placed later."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

from qdesk.explore import drawing_map
from qdesk.explore.drawing_map import DrawingMap, _framed, fit_map, place_among, place_more
from tests.helpers.clusters import clusters


@pytest.fixture(autouse=True)
def fewer_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing_map, "EARLY", 100)
    monkeypatch.setattr(drawing_map, "LATE", 100)


def purity(fixed: np.ndarray, words: np.ndarray, asked: np.ndarray, theirs: np.ndarray) -> float:
    """The share of the five nearest points that have the same word."""
    near = cKDTree(fixed).query(asked, 6)[1][:, 1:]
    return float((words[near] == theirs[:, None]).mean())


def test_the_same_drawings_give_the_same_map_with_like_ones_together():
    embeddings, words = clusters(240)
    first, again = (fit_map(embeddings, groups=words, fitted=180) for _ in range(2))
    assert first.positions.tobytes() == again.positions.tobytes()
    assert first.positions.dtype == np.float32 and np.abs(first.positions).max() <= 1.0001
    assert len(first.sample) == 180 and first.placed.all()
    assert purity(first.positions, words, first.positions, words) > 0.95
    assert fit_map(embeddings, groups=words, fitted=180, seed=1).positions.tobytes() != first.positions.tobytes()


def test_drawings_placed_later_lie_among_their_like_and_nothing_else_moves():
    embeddings, words = clusters(300)
    known = np.arange(300) < 200
    first = fit_map(embeddings, known)
    assert np.array_equal(first.placed, known)
    more = place_more(first, embeddings)
    assert more.placed.all() and np.array_equal(more.positions[known], first.positions[known])
    new = ~known
    assert purity(first.positions[known], words[known], more.positions[new], words[new]) > 0.95
    assert place_more(more, embeddings) is more


def test_what_has_no_embedding_has_no_place():
    embeddings, _ = clusters(60)
    embeddings[::3] = 0
    assert np.array_equal(fit_map(embeddings).placed, np.arange(60) % 3 > 0)
    with pytest.raises(ValueError, match="no scored drawing"):
        fit_map(np.zeros((4, 64), np.int8))


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_a_few_drawings_have_a_map_too(count: int):
    made = fit_map(clusters(count)[0])
    assert made.placed.all() and np.isfinite(made.positions).all()


def test_many_copies_of_one_drawing_have_a_map_too():
    made = fit_map(np.repeat(clusters(1)[0], 50, axis=0))
    assert np.isfinite(made.positions).all()


def test_each_word_has_its_share_of_what_is_laid_out():
    embeddings, _ = clusters(600)
    groups = (np.arange(600) >= 570).astype(int)  # a common word, and a rare one
    sample = fit_map(embeddings, groups=groups, fitted=100).sample
    assert np.count_nonzero(groups[sample]) == 30 and (np.diff(sample) > 0).all()


def test_progress_rises_and_unfinished_maps_are_shown_and_it_can_be_stopped():
    embeddings, _ = clusters(120)
    shares: list[float] = []
    unfinished: list[DrawingMap] = []
    fit_map(embeddings, on_progress=shares.append, on_layout=unfinished.append, fitted=90)
    assert shares == sorted(shares) and 0 < shares[0] and shares[-1] <= 1
    assert unfinished and all(np.count_nonzero(one.placed) == 90 for one in unfinished)

    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        fit_map(embeddings, on_progress=stop)


@pytest.mark.torch
def test_real_drawings_lie_beside_others_of_their_word(reference_data: Path):
    from qdesk.data.simplify import as_official
    from qdesk.formats import open_drawings
    from qdesk.scoring.classifier import DrawingClassifier

    words = ("airplane", "cat", "fish", "star", "tree", "umbrella")
    files = [str(reference_data / "strokes" / f"{word}.ndjson.gz") for word in words]
    drawings = open_drawings(*files).drawings
    rows = np.sort(np.random.default_rng(0).permutation(len(drawings))[:360])
    some = drawings.take(rows)
    _, embeddings = DrawingClassifier().read(as_official(some))
    codes = np.unique(some.words.astype(str), return_inverse=True)[1]
    made = fit_map(embeddings, groups=codes, fitted=240)
    new = np.setdiff1d(np.arange(360), made.sample)
    near = cKDTree(made.positions[made.sample]).query(made.positions[new], 5)[1]
    assert (codes[made.sample][near] == codes[new][:, None]).mean() > 0.75


def test_an_empty_band_right_across_is_narrow():
    random = np.random.default_rng(0)
    apart = np.concatenate([random.normal(-50, 1, (40, 2)), random.normal(50, 1, (40, 2))])
    placed = np.sort(_framed(apart)[:, 0])
    assert placed[[0, -1]].tolist() == [-1, 1] and np.diff(placed).max() < 0.16
    order = np.argsort(apart @ np.ones(2))
    along = _framed(apart)[order, 0]
    assert abs(np.corrcoef(along, np.arange(80))[0, 1]) > 0.95


def test_a_drawing_has_its_place_among_its_neighbours():
    places = np.array([[0, 0], [0.02, 0], [0, 0.02], [0.9, 0.9], [0.01, 0.01], [-1, -1]], np.float32)
    x, y = place_among(places, np.array([0.9, 0.9, 0.8, 0.8, 0.7, 0.1], np.float32))
    assert 0 <= x <= 0.02 and 0 <= y <= 0.02
