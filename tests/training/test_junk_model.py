"""Fitting the combined order, on the starter set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.data.synthetic_junk import KINDS, add_junk
from qdesk.formats import open_drawings
from qdesk.scoring import junk_model
from qdesk.scoring.scorer import Scorer
from qdesk.stats.order_metrics import auc
from qdesk.training.junk_model import fit

pytestmark = pytest.mark.skipif(not paths.model(paths.JUNK_MODEL).exists(), reason="the shipped weights are not here")


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer()


@pytest.fixture(scope="module")
def good() -> Drawings:
    """The sampled drawings of the starter set, without its junk."""
    starter = open_drawings(paths.asset("starter.ndjson.gz")).drawings
    return starter.take(np.array([key.startswith("9000") for key in starter.column("key_id")], bool))


def test_a_fitted_order_finds_junk_that_it_never_saw(scorer: Scorer, good: Drawings, tmp_path: Path) -> None:
    half = np.arange(len(good)) % 2 == 0
    model = fit(scorer, good.take(half), each=40)
    assert set(model.classes) == {junk_model.GOOD, *KINDS}
    rng = np.random.default_rng(9)
    mess = Drawings.concat([add_junk(good.take(~half), kind, 20, rng) for kind in KINDS])
    odds = [model.judge(scorer.features(batch))[0] for batch in (good.take(~half), mess)]
    assert auc(*odds) > 0.9
    model.save(tmp_path / "junk.json")
    assert junk_model.load(tmp_path / "junk.json") == model


def test_a_kind_left_out_is_not_named_and_its_feature_has_no_effect(scorer: Scorer, good: Drawings) -> None:
    model = fit(scorer, good.take(slice(0, 120)), each=20, without="lettering")
    assert "lettering" not in model.classes and "graffiti" not in model.reasons
    features = scorer.features(add_junk(good, "lettering", 10, np.random.default_rng(0)))
    told = features.copy()
    told[:, junk_model.FEATURES.index("kind_lettering")] += 50
    assert model.odds(told) == pytest.approx(model.odds(features))
    told[:, junk_model.FEATURES.index("kind_walk")] += 5
    assert not np.allclose(model.odds(told), model.odds(features))
