"""`qdesk experiment`: the table says it all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qdesk import paths
from qdesk.cli import main
from qdesk.data.drawings import Drawings
from qdesk.formats import write_drawings
from qdesk.replications.protocols import EXPERIMENTS, Experiment
from qdesk.replications.run import SHIPPED

needs_weights = pytest.mark.skipif(
    not paths.model(paths.CLASSIFIER).exists(), reason="the shipped classifier is not here"
)
SMALL = Experiment(
    "circles and lines", ("circle", "line"), 100,
    {"nearest neighbours": {"accuracy": "0.79"}}, ("accuracy", "AUC"),
)  # fmt: skip


def shapes(word: str, count: int) -> Drawings:
    rng = np.random.default_rng(len(word))
    t = np.linspace(0, 1, 12)
    drawings = []
    for _ in range(count):
        bent = np.stack([np.cos(6.3 * t), np.sin(6.3 * t)], axis=1)
        path = bent if word == "circle" else np.stack([t, t * rng.uniform(-1, 1)], axis=1)
        drawings.append([(path + rng.normal(0, 0.05, path.shape)) * 100 + 200])
    return Drawings.from_strokes(drawings, word=word).fit_box()


@pytest.fixture
def strokes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """60 circles and 60 lines, and an experiment on them in place of one of the seeds'."""
    folder = tmp_path / "strokes"
    folder.mkdir()
    for word in SMALL.words:
        write_drawings(shapes(word, 60), folder / f"{word}.ndjson")
    monkeypatch.setitem(EXPERIMENTS, "cat-sheep", SMALL)
    return folder


def run(*args: object) -> int:
    return main(["experiment", *map(str, args)])


@needs_weights
def test_the_table_has_ours_beside_the_published(strokes, tmp_path, capsys):
    document = tmp_path / "experiments.md"
    document.write_text("before\n<!-- cat-sheep -->\nold\n<!-- end of cat-sheep -->\nafter\n")
    assert run("cat-sheep", "--data", strokes, "--docs", document) == 0
    out = capsys.readouterr().out
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in out.splitlines() if line.startswith("|")]
    assert rows[0] == ["", "tested", "accuracy", "published accuracy", "AUC", "CPU s"]  # no AUC was published
    names = [row[0] for row in rows[2:]]
    assert names == ["nearest neighbours", SHIPPED]
    assert rows[2][1] == "120" and rows[2][3] == "0.79" and float(rows[2][2].split()[0]) > 0.9
    assert 2 <= int(rows[3][1]) < 30  # the test split alone
    assert "60 drawings of each word (60 strokes in strokes)" in " ".join(out.split())
    written = document.read_text()
    assert out.strip() in written and "old" not in written
    assert written.startswith("before\n") and written.endswith("after\n")


@needs_weights
def test_json_has_every_figure_with_its_interval_and_the_seed_decides(strokes, capsys):
    said = []
    for seed in (0, 0, 1):
        assert run("cat-sheep", "--data", strokes, "--per-class", 20, "--seed", seed, "--json") == 0
        said.append(json.loads(capsys.readouterr().out))
        for row in said[-1]["methods"].values():
            del row["CPU s"]
    first, again, other = said
    assert first == again and first != other
    assert first["of_each_word"] == {"strokes in strokes": 20} and first["words"] == ["circle", "line"]
    near = first["methods"]["nearest neighbours"]
    assert near["tested"] == 40 and near["published"] == {"accuracy": "0.79"}
    assert near["accuracy"]["low"] <= near["accuracy"]["value"] <= near["accuracy"]["high"]


def test_words_that_are_missing_are_one_sentence(tmp_path, capsys):
    write_drawings(shapes("cat", 10), tmp_path / "cat.ndjson")
    assert run("cat-sheep", "--data", tmp_path) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("qdesk: there are no drawings of sheep under ") and err.count("\n") == 1


@pytest.mark.parametrize("line", [("mice", "--data", "x"), ("five",), ("five", "--data", "x", "--per-class", "0")])
def test_wrong_usage_is_2(line, capsys):
    assert run(*line) == 2
    out, err = capsys.readouterr()
    assert out == "" and "qdesk experiment: error" in err


def test_the_help_says_what_each_experiment_is(capsys):
    assert run("--help") == 0
    shown = " ".join(capsys.readouterr().out.split())
    for name, experiment in EXPERIMENTS.items():
        assert f"{name}: {experiment.about}" in shown
