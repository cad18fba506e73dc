"""The outside rankers: they judge by the word that a drawing is shown under, and are fitted to that word's drawings."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from qdesk import paths
from qdesk.bench.baselines import CLEANLAB, ENOUGH, Baselines, TeacherRankers, has_cleanlab
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.simplify import as_official
from qdesk.formats import open_drawings
from qdesk.scoring.classifier import DrawingClassifier
from qdesk.stats.order_metrics import auc
from qdesk.training.teachers import Teachers
from tests.helpers.drawings import shapes
from tests.helpers.training import write_teacher

pytestmark = pytest.mark.skipif(not paths.model(paths.CLASSIFIER).exists(), reason="the shipped classifier is not here")
DETECTORS = {"IsolationForest", "LocalOutlierFactor"}


@pytest.fixture(scope="module")
def guesser() -> DrawingClassifier:
    return DrawingClassifier()


@pytest.fixture(scope="module")
def sampled() -> Drawings:
    """The starter set without its junk."""
    starter = open_drawings(paths.asset("starter.ndjson.gz")).drawings
    return starter.take(np.array([key[1:4] == "000" for key in starter.column("key_id")]))


@pytest.mark.skipif(not has_cleanlab(), reason="cleanlab is not installed")
def test_cleanlab_rates_the_word_by_the_classifiers_probabilities(
    guesser: DrawingClassifier, sampled: Drawings
) -> None:
    some = sampled.take(slice(0, 30)).with_columns(word=["cat"] * 29 + ["no such word"])
    bad = Baselines(guesser, sampled).badness(some)
    seen = guesser.probabilities(as_official(some))[:29]
    cat = guesser.words.index("cat")
    rest = np.delete(seen, cat, axis=1).max(axis=1)
    assert bad["cleanlab self-confidence"][:29] == pytest.approx(-seen[:, cat])
    assert bad["cleanlab normalized margin"][:29] == pytest.approx(-(seen[:, cat] - rest + 1) / 2)
    assert all(np.isnan(bad[name][29]) for name in CLEANLAB)


def test_without_cleanlab_the_others_still_rank(
    guesser: DrawingClassifier, sampled: Drawings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cleanlab", None)
    assert not has_cleanlab()
    assert set(Baselines(guesser, sampled).badness(sampled.take(slice(0, 3)))) == DETECTORS


def test_a_drawing_is_an_outlier_among_those_of_another_word(guesser: DrawingClassifier, sampled: Drawings) -> None:
    half = np.arange(len(sampled)) % 2 == 0
    fish = sampled.take(~half & (sampled.words == "fish"))
    others = sampled.take(~half & (sampled.words != "fish")).with_columns(word="fish")
    few = sampled.take(half & np.isin(sampled.words, ["fish", "key", "star"]))
    known = Drawings.concat([few, few, few])  # enough of each word
    assert (known.words == "fish").sum() >= ENOUGH
    rivals = Baselines(guesser, known)
    own, strange = rivals.badness(fish), rivals.badness(others)
    for name in DETECTORS:
        assert auc(own[name], strange[name]) > 0.9


def test_a_word_with_few_drawings_is_judged_by_what_is_known_of_all(
    guesser: DrawingClassifier, sampled: Drawings
) -> None:
    fish = sampled.take(sampled.words == "fish")
    rivals = Baselines(guesser, sampled.take(slice(0, 12)))
    one, other = rivals.badness(fish), rivals.badness(fish.with_columns(word="star"))
    for name in DETECTORS:
        assert np.isfinite(one[name]).all()
        assert (one[name] == other[name]).all()


def test_a_public_network_finds_bad_what_it_does_not_see_in_the_picture(tmp_path: Path) -> None:
    words = ("circle", "zigzag")
    with pytest.raises(ValueError, match=r"no doodlenet\.npz and no trekhleb\.npz in"):
        TeacherRankers(tmp_path, words)
    write_teacher(tmp_path, "doodlenet", words)
    drawings = Drawings.concat([shapes("circle", 3), shapes("zigzag", 2).with_columns(word="square")])
    bad = TeacherRankers(tmp_path, words).badness(drawings)
    said = Teachers(tmp_path, words).log_probabilities(torch.from_numpy(raster(as_official(drawings)))).numpy()
    assert list(bad) == ["doodlenet"]
    assert bad["doodlenet"][:3] == pytest.approx(-said[:3, 0], abs=1e-5)
    assert np.isnan(bad["doodlenet"][3:]).all()  # it knows no squares
