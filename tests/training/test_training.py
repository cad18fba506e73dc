"""Training as a tool: it learns, it resumes, it repeats, and it never sees what it reports on."""

from __future__ import annotations

import dataclasses
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from qdesk.cli import main
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.splits import split_of
from qdesk.formats import write_drawings
from qdesk.nets import weights
from qdesk.training.augment import Augmentation, augment, strokes_at
from qdesk.training.classifier import fit_votes
from qdesk.training.data import load
from qdesk.training.run import Average, Run
from qdesk.training.sketchrnn import Store, epoch_batches, vary


def shapes(word: str, count: int, seed: int = 0) -> Drawings:
    """Circles or zigzags that no two of are the same."""
    rng = np.random.default_rng([seed, len(word)])
    drawings = []
    for _ in range(count):
        t = np.linspace(0, 1, int(rng.integers(9, 16)))
        if word == "circle":
            path = np.stack([np.cos(6.1 * t + rng.uniform(0, 6)), np.sin(6.1 * t)], axis=1) * rng.uniform(0.7, 1.3, 2)
        else:
            path = np.stack([t * 2, (np.arange(len(t)) % 2) * rng.uniform(0.5, 1.5)], axis=1)
        drawings.append([(path + rng.normal(0, 0.04, path.shape)) * 100 + 120])
    return Drawings.from_strokes(drawings, word=word).fit_box()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("data")
    for word in ("circle", "zigzag"):
        write_drawings(shapes(word, 300), where / f"{word}.ndjson.gz")
    return where


def quiet(_: str) -> None:
    pass


def train(kind: str, folder: Path, out: Path, *more: str) -> int:
    return main(["train", kind, "--data", str(folder), "--out", str(out), "--workers", "0", "--batch", "64", *more])


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


def test_a_classifier_learns_resumes_and_reports_on_unseen_drawings(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "c.safetensors"
    assert train("classifier", folder, out, "--epochs", "8") == 0
    facts = weights.about(out)["about"]
    assert facts["test"]["top1"] > 0.9
    assert facts["test"]["drawings"] == len(load([folder], report=quiet).test)
    assert not out.with_name(out.name + ".checkpoint").exists()
    assert train("classifier", folder, out, "--epochs", "8", "--resume") == 1  # finished: nothing to resume


def test_the_same_seed_gives_the_same_weights(folder: Path, tmp_path: Path) -> None:
    for name in "ab":
        assert train("sketchrnn", folder, tmp_path / f"{name}.safetensors", "--epochs", "1", "--hidden", "16") == 0
    a, b = (weights.load(tmp_path / f"{name}.safetensors", "sketchrnn").state_dict() for name in "ab")
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_a_sketchrnn_learns_what_words_mean(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "s.safetensors"
    assert train("sketchrnn", folder, out, "--epochs", "12", "--hidden", "48", "--rate", "0.01") == 0
    facts = weights.about(out)["about"]["test"]
    assert facts["nats_per_point"] < facts["nats_per_point_no_word"] < facts["nats_per_point_wrong_word"]
    assert facts["wrong_word_auc_lift"] > 0.95
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert all({"step", "done", "minutes_left"} <= line.keys() for line in lines)


def test_only_the_words_asked_for(folder: Path) -> None:
    corpus = load([folder], words=["zigzag"], report=quiet)
    assert set(corpus.real.words) == {"zigzag"}


def test_a_word_that_is_not_there_is_a_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("sketchrnn", folder, tmp_path / "x.safetensors", "--words", "circle, zagzig") == 1
    assert "no drawings of zagzig" in capsys.readouterr().err


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


def test_training_starts_from_weights_of_the_same_words_alone(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = tmp_path / "first.safetensors"
    assert train("sketchrnn", folder, first, "--epochs", "1", "--hidden", "16") == 0
    again = ("--epochs", "1", "--hidden", "16", "--start", str(first))
    assert train("sketchrnn", folder, tmp_path / "b.safetensors", *again) == 0
    assert train("sketchrnn", folder, tmp_path / "c.safetensors", *again, "--words", "circle") == 1
    assert "knows other words" in capsys.readouterr().err


def test_no_data_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train("classifier", tmp_path, tmp_path / "x.safetensors") == 1
    assert "no drawings under" in capsys.readouterr().err


def test_augmented_drawings_stay_drawings() -> None:
    batch = Drawings.concat([shapes("circle", 40), shapes("zigzag", 40)])
    rng = np.random.default_rng(0)
    flat = strokes_at(batch, rng.integers(0, 80, 200))
    points, strokes, drawings = augment(flat, rng, Augmentation(drop=1.0, drop_stroke=0.9, prefix=0.5, reorder=0.5))
    assert len(drawings) == 201
    assert (np.diff(drawings) >= 1).all() and (np.diff(strokes) >= 1).all()
    again = Drawings(points, strokes, drawings, Drawings.from_strokes([[np.zeros((1, 2))]] * 200).table)
    assert np.isfinite(points).all()
    extent = np.maximum.reduceat(points, again.point_offsets[:-1])
    assert extent.max(axis=1) == pytest.approx(np.full(200, 255), abs=0.5)


def test_strokes_change_places_and_turn_round_but_stay_the_same_lines() -> None:
    batch = Drawings.from_strokes([[np.array([(9 * k, 0), (9 * k, 5), (9 * k + 2, 255)]) for k in range(8)]] * 50)
    still = {field.name: 0.0 for field in dataclasses.fields(Augmentation)}
    flat = strokes_at(batch, np.arange(50))
    same = augment(flat, np.random.default_rng(0), Augmentation(**still))
    mixed = augment(flat, np.random.default_rng(0), Augmentation(**still | {"reorder": 0.5, "reverse": 0.25}))

    def lines(points: np.ndarray) -> list[np.ndarray]:
        return [np.sort(one, axis=0) for one in points.reshape(50, 24, 2)]

    assert all(np.allclose(one, other) for one, other in zip(lines(same[0]), lines(mixed[0]), strict=True))
    strokes = mixed[0].reshape(50, 8, 3, 2)
    moved = (np.diff(strokes[:, :, 1, 0], axis=1) < 0).any(axis=1)
    turned = strokes[:, :, 0, 1] > strokes[:, :, 2, 1]
    assert 0.2 < moved.mean() < 0.8 and 0.1 < turned.mean() < 0.4


def test_sequence_variants_are_whole_units_in_the_box() -> None:
    batch = Drawings.concat([shapes("circle", 20), shapes("zigzag", 20)])
    store = Store(batch, np.zeros(40, np.int64), np.zeros(40, np.int64), torch.device("cpu"))
    points, pens, lengths, _, _ = store.get(np.arange(40))
    varied, kinds, left = vary(points, pens, lengths, torch.Generator().manual_seed(0))
    assert (left <= lengths).all() and (left >= 2).all()
    assert torch.equal(varied, varied.round())
    assert varied.min() >= 0 and varied.max() == 255
    ends = kinds[torch.arange(40), left - 1]
    assert (ends == 2).all()
    for k in range(40):
        assert (kinds[k, : left[k] - 1] != 2).all()


def test_a_pass_shows_every_drawing_once_in_batches_of_like_length() -> None:
    counts = np.random.default_rng(1).integers(2, 200, 1000)
    parts = epoch_batches(counts, np.arange(1000), 50, np.random.default_rng(0))
    assert sorted(np.concatenate(parts)) == list(range(1000))
    assert np.mean([np.ptp(counts[part]) for part in parts]) < 25


def test_the_average_forgets_its_start() -> None:
    network = torch.nn.Linear(1, 1)
    average = Average(network)
    with torch.no_grad():
        network.weight.fill_(5.0)
    for _ in range(200):
        average.update(network)
    assert average.network.weight.item() == pytest.approx(5.0, abs=0.05)


def test_the_schedule_rises_and_falls_to_nothing(tmp_path: Path) -> None:
    run = Run(tmp_path / "x", epochs=10, steps_per_epoch=10, minutes=None, rate=1.0)
    rates = []
    for step in range(101):
        run.step = step
        rates.append(run.learning_rate())
    assert rates[0] < 0.1 and max(rates) == pytest.approx(1.0, abs=0.01) and rates[-1] == pytest.approx(0, abs=1e-6)
    assert run.done == 1


def test_votes_trust_the_better_reader_and_flatten_the_too_sure() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 5, 4000)
    known = np.eye(5, dtype=np.float32)[labels]
    good, poor = (known * share + rng.normal(0, 1, (4000, 5)).astype(np.float32) for share in (3.0, 0.5))
    votes = fit_votes(good, poor, labels)
    # For such noise the right logits are the means themselves: the sum of both readers', each by its own share.
    assert votes.picture == pytest.approx(3.0, abs=0.3) and votes.strokes == pytest.approx(0.5, abs=0.15)
    assert fit_votes(good * 4, poor, labels).picture == pytest.approx(votes.picture / 4, rel=0.1)
    assert fit_votes(poor, good, labels).picture_alone == pytest.approx(0.5, abs=0.1)
