"""The Sketch-RNN's three losses, its growth, and what it learns of whole drawings."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from qdesk.data.drawings import Drawings
from qdesk.data.synthetic_junk import KINDS, draw_junk
from qdesk.nets import weights
from qdesk.nets.sketchrnn import Batch, Shape, SketchRNN, batch_of
from qdesk.training.data import Corpus
from qdesk.training.sketchrnn import (
    GOOD,
    KIND,
    LIFT,
    WITHOUT,
    WRONG,
    TrainingStore,
    epoch_batches,
    junk_bank,
    log_prior,
    training_loss,
    vary,
    widened,
)
from tests.helpers.drawings import shapes
from tests.helpers.training import train

JUDGED = ("good", *KINDS)


def network(words: tuple[str, ...] = ("circle", "zigzag"), hidden: int = 16) -> SketchRNN:
    torch.manual_seed(0)
    return SketchRNN(words, Shape(hidden=hidden, embedding=8), JUDGED).eval()


def a_batch(count: int = 8) -> tuple[Drawings, Batch]:
    drawings = Drawings.concat([shapes("circle", count // 2), shapes("zigzag", count // 2)])
    return drawings, batch_of(drawings, np.arange(count), 40.0)


def test_the_three_losses_agree_with_their_definitions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two words, so that the other word is known; the third and the last drawing are junk."""
    net, (_, batch) = network(), a_batch(8)
    labels = torch.tensor([0, 0, 0, 0, 1, 1, 1, 1])
    kinds = torch.tensor([0, 0, 2, 0, 0, 0, 0, 5])
    monkeypatch.setattr(torch, "rand", lambda count, **_: torch.linspace(0, 0.99, count))  # the first two: no word
    total, parts = training_loss(net, batch, labels, kinds, torch.Generator().manual_seed(0), drop=0.0)
    good = torch.nonzero(kinds == GOOD)[:, 0]
    right = net.losses(batch, labels).sum(1)[good]
    some = good[:2]
    without = net.losses(batch, torch.full_like(labels, net.no_word)).sum(1)[some]
    whole = net.whole(net.read(batch.inputs), batch.lengths)
    named = torch.log_softmax(net.word_logits(whole[good]), 1)
    told = torch.log_softmax(torch.cat([net.kind_logits(whole, labels), net.kind_logits(whole, 1 - labels)[good]]), 1)
    truth = torch.cat([kinds, torch.full((6,), WRONG)])
    expected = {
        "nats_per_point": right.sum() / batch.lengths[good].sum(),
        "nats_per_point_no_word": without.sum() / batch.lengths[some].sum(),
        "lift": -named[torch.arange(6), labels[good]].mean(),
        "kind": -told[torch.arange(14), truth].mean(),
    }
    for name, value in expected.items():
        assert parts[name].item() == pytest.approx(value.item(), rel=1e-4), name
    weighed = (1 - WITHOUT) * expected["nats_per_point"] + WITHOUT * expected["nats_per_point_no_word"]
    assert total.item() == pytest.approx((weighed + LIFT * expected["lift"] + KIND * expected["kind"]).item(), rel=1e-5)


def test_junk_alone_and_one_word_alone_teach_nothing_of_the_lift() -> None:
    _, batch = a_batch(8)
    labels = torch.zeros(8, dtype=torch.long)
    for words, kind in ((("circle", "zigzag"), 3), (("circle",), GOOD)):
        net = network(words).train()
        kinds = torch.full((8,), kind)
        total, parts = training_loss(net, batch, labels, kinds, torch.Generator().manual_seed(0))
        total.backward()
        assert parts["lift"] == 0 and torch.isfinite(total)
        assert all(torch.isfinite(p.grad).all() for p in net.parameters() if p.grad is not None)


@pytest.mark.parametrize("hidden", [16, 24, 32])
def test_a_wider_network_is_the_same_function_at_first(hidden: int) -> None:
    net, (_, batch) = network(), a_batch(8)
    wide = widened(net, hidden, torch.Generator().manual_seed(1)).eval()
    assert wide.shape.hidden == hidden
    classes = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])

    def said(one: SketchRNN) -> list[torch.Tensor]:
        whole = one.whole(one.read(batch.inputs), batch.lengths)
        return [one.losses(batch, classes), one.lift(whole, classes), one.kind_logits(whole, classes)]

    with torch.inference_mode():
        for old, new in zip(said(net), said(wide), strict=True):
            assert new.numpy() == pytest.approx(old.numpy(), abs=1e-4)
    copies = wide.known.weight[:, : hidden - 16] - wide.known.weight[:, 16:]
    assert hidden == 16 or copies.abs().min() > 0  # or they would stay copies for ever


def test_the_bank_holds_every_kind_that_can_be_drawn() -> None:
    real = Drawings.concat([shapes("circle", 150), shapes("zigzag", 150)])
    bank, kinds = junk_bank(real, np.random.default_rng(0))
    assert len(bank) == len(kinds) and set(kinds) == {1 + KINDS.index(kind) for kind in KINDS} - {WRONG}
    assert set(bank.words) <= {"circle", "zigzag"}
    unfinished = bank.take(kinds == 1 + KINDS.index("unfinished"))
    assert np.median(unfinished.point_counts) < real.point_counts.mean()


@pytest.fixture(scope="module")
def trained(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A weight file that knows circles and zigzags, and what its training said."""
    out, said = tmp_path_factory.mktemp("trained") / "narrow.safetensors", io.StringIO()
    with contextlib.redirect_stderr(said):
        assert train("sketchrnn", folder, out, "--epochs", "12", "--hidden", "32", "--rate", "0.01") == 0
    return out, said.getvalue()


def test_training_teaches_what_a_drawing_is_and_grows_from_a_narrower_file(
    trained: tuple[Path, str], folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wide = tmp_path / "wide.safetensors"
    start = ("--start", str(trained[0]))
    assert train("sketchrnn", folder, wide, "--epochs", "6", "--hidden", "48", "--rate", "0.003", *start) == 0
    net = weights.load(wide, "sketchrnn")
    assert net.shape.hidden == 48 and net.kinds == JUDGED
    rng = np.random.default_rng(5)
    mess = Drawings.from_strokes([draw_junk("scribble", [], rng) for _ in range(60)]).fit_box()
    odds = []
    for drawings in (shapes("circle", 60, seed=9), mess):
        with torch.inference_mode():
            batch = batch_of(drawings, np.arange(60), net.shape.scale)
            whole = net.whole(net.read(batch.inputs), batch.lengths)
            logits = net.kind_logits(whole, torch.zeros(1, dtype=torch.long))
        odds.append((torch.logsumexp(logits[:, 1:WRONG], 1) - logits[:, GOOD]).numpy())  # any kind that was drawn
    assert roc_auc_score([0] * 60 + [1] * 60, np.concatenate(odds)) > 0.9

    again = ("--epochs", "1", "--hidden", "16", *start)
    assert train("sketchrnn", folder, tmp_path / "x.safetensors", *again) == 1  # narrower than the file
    assert "another shape" in capsys.readouterr().err


def test_the_prior_is_how_often_a_pass_shows_each_word() -> None:
    none, bitmaps = Drawings.empty(), (np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64))
    real, extra = Drawings.concat([shapes("circle", 30), shapes("zigzag", 10)]), shapes("zigzag", 80)
    corpus = Corpus(("circle", "zigzag"), real, extra, none, none, *bitmaps)
    assert log_prior(corpus, 20).exp().tolist() == pytest.approx([30 / 60, 30 / 60])
    assert log_prior(corpus, 0).exp().tolist() == pytest.approx([30 / 40, 10 / 40])


def test_a_start_from_other_kinds_keeps_the_outputs_of_those_that_both_know(tmp_path: Path) -> None:
    path, new = tmp_path / "other.safetensors", network()
    old = SketchRNN(new.words, Shape(hidden=16, embedding=8), ("good", "blot", "walk"))
    fresh = {name: value.clone() for name, value in new.state_dict().items()}
    weights.save(old, path)
    weights.start_from(new, path)
    for row, kind in enumerate(new.kinds):
        shared = kind in ("good", "walk")
        before = old.kind[2].weight[old.kinds.index(kind)] if shared else fresh["kind.2.weight"][row]
        assert torch.equal(new.kind[2].weight[row], before)
    assert torch.equal(new.kind[0].weight, old.kind[0].weight)
    assert torch.equal(new.lstm.weight_hh_l0, old.lstm.weight_hh_l0)


def test_a_sketchrnn_learns_what_words_mean(trained: tuple[Path, str]) -> None:
    out, said = trained
    facts = weights.about(out)["about"]["test"]
    assert facts["nats_per_point"] < facts["nats_per_point_no_word"] < facts["nats_per_point_wrong_word"]
    assert facts["wrong_word_auc_lift"] > 0.95
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert lines and all({"step", "done", "minutes_left"} <= line.keys() for line in lines)


def test_sequence_variants_are_whole_units_in_the_box() -> None:
    batch = Drawings.concat([shapes("circle", 20), shapes("zigzag", 20)])
    store = TrainingStore(batch, np.zeros(40, np.int64), np.zeros(40, np.int64), torch.device("cpu"))
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
