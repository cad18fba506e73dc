"""The JSON: its names, and that it adds up."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from qdesk.evaluation.json import json_text, to_json
from qdesk.evaluation.result import MISTAKES, Evaluation
from tests.helpers.evaluation import MANY, made_up

NAMES = (
    "drawings drawn_words accuracy accuracy_low accuracy_high top_1 top_1_low top_1_high top_3 top_3_low top_3_high "
    "top_5 top_5_low top_5_high map_at_3 map_at_3_low map_at_3_high balanced_accuracy balanced_accuracy_low "
    "balanced_accuracy_high specificity matthews_correlation jaccard cross_entropy cross_entropy_low "
    "cross_entropy_high calibration_error auc part files left_out unknown_words closed qdesk model words per_class "
    "calibration roc confused_pairs mistakes confusion_matrix"
).split()
ROW = "word drawings recall precision specificity jaccard auc most_confused_with most_confused_drawings roc".split()


@pytest.fixture(scope="module")
def many() -> Evaluation:
    return made_up(MANY, 600)


def test_the_names_are_the_documented_ones(many):
    told = to_json(many)
    assert list(told) == NAMES
    assert list(told["per_class"][0]) == ROW
    assert list(told["mistakes"][0]) == ["key_id", "source", "row", "word", "p_word", "guesses"]
    docs = (Path(__file__).parents[2] / "docs" / "evaluate.md").read_text(encoding="utf-8")
    said = set(re.findall(r"`([a-z_0-9]+)`", docs))
    assert [name for name in (*NAMES, *ROW) if re.sub("_(low|high)$", "", name) not in said] == []


def test_the_json_is_plain_and_adds_up(many):
    text = json_text(many)
    told = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert told == to_json(many)
    counts = np.array(told["confusion_matrix"])
    assert counts.sum() == told["drawings"] == 600
    assert counts.sum(axis=1).tolist() == [row["drawings"] for row in told["per_class"]]
    assert np.diag(counts).sum() / 600 == pytest.approx(told["accuracy"], abs=1e-6)
    assert sum(b["drawings"] for b in told["calibration"]) == 600
    assert np.mean([row["recall"] for row in told["per_class"]]) == pytest.approx(told["balanced_accuracy"], abs=1e-5)
    assert np.mean([row["auc"] for row in told["per_class"]]) == pytest.approx(told["auc"], abs=1e-5)
    assert len(text.splitlines()) < 2000


def test_the_surest_mistakes_come_first_and_few_of_a_word(many):
    told = to_json(many)["mistakes"]
    sure = [mistake["guesses"][0]["probability"] for mistake in told]
    assert sure == sorted(sure, reverse=True)
    words = [mistake["word"] for mistake in told]
    assert max(words.count(word) for word in words) == MISTAKES
    assert all(mistake["guesses"][0]["word"] != mistake["word"] for mistake in told)
    assert [MANY[int(mistake["key_id"]) % len(MANY)] for mistake in told] == words
