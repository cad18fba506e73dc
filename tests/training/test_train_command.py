"""`qdesk train` as people use it on their own folders: words, data that is wrong, stopping and going on."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from qdesk import cli
from qdesk.cli.training_console import Console
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.splits import split_of
from qdesk.formats import write_drawings
from qdesk.nets import weights
from qdesk.training import log
from tests.helpers.drawings import shapes, write_shapes
from tests.helpers.training import train
from tests.helpers.waiting import until

ROOT = Path(__file__).parents[2]
TINY = {"sketchrnn": ("--hidden", "8"), "classifier": ("--size", "small")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_shapes(tmp_path_factory.mktemp("data"), 150)


def words_of(text: str) -> list[str]:
    line = ["train", "classifier", "--data", "x", "--out", "y", "--words", text]
    return cli.make_parser().parse_args(line).words


# Running, stopping, going on


@pytest.mark.parametrize("kind", TINY)
def test_a_run_says_all_that_its_log_promises(
    kind: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "a.safetensors"
    assert train(kind, folder, out, "--epochs", "2", *TINY[kind]) == 0
    said = log.read(log.path_of(out))
    assert said.start["run"] == kind and said.start["words"] == ["circle", "zigzag"]
    assert said.start["validation"] and said.start["test"] == said.end["test"]["drawings"]
    assert said.start["parameters"] > 1000 and said.start["pid"] == os.getpid()
    assert said.start["options"]["batch"] == 64 and said.start["options"]["epochs"] == 2
    figures = {"classifier": {"loss", "top1", "top3"}, "sketchrnn": {"nats_per_point", "nats_per_point_no_word"}}[kind]
    assert {"loss", "rate", *(f"validation_{name}" for name in figures)} <= said.curves.keys()
    assert "validation_drawings" not in said.curves
    assert all(steps == sorted(set(steps)) and steps[-1] <= said.end["step"] for steps, _ in said.curves.values())
    assert said.end["ended"] == "finished" and said.end["best_step"] in said.curves[f"validation_{min(figures)}"][0]
    err = capsys.readouterr().err
    assert str(out) in err and f"on {said.start['test']} drawings kept for the test" in err
    assert train(kind, folder, out, "--resume", *TINY[kind]) == 1
    assert "nothing to resume" in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "workers"), [("sketchrnn", "0"), ("classifier", "1")])
def test_ctrl_c_leaves_a_run_that_goes_on(
    kind: str, workers: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A process of its own, with those that prepare its data: Ctrl+C at a terminal reaches them all."""
    out = tmp_path / "a.safetensors"
    line = [sys.executable, "-m", "qdesk", "train", kind, "--data", folder, "--out", out, "--epochs", "9999"]
    run = subprocess.Popen(
        [*line, "--batch", "64", "--workers", workers, *TINY[kind]],
        cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    follower = log.Follower(log.path_of(out))
    wanted = {"classifier": "validation_loss", "sketchrnn": "validation_nats_per_point"}[
        kind
    ]  # so that there is a best
    until(lambda: run.poll() is not None or wanted in follower.poll().latest, 0.05)
    os.killpg(run.pid, signal.SIGINT)
    _, err = run.communicate(timeout=120)
    assert run.returncode == 130, err
    assert "the same command with --resume goes on" in err and "Traceback" not in err
    first = follower.poll()
    assert first.end["ended"] == "interrupted" and first.start["pid"] == run.pid
    assert weights.load(out, kind).words == ("circle", "zigzag")  # what there is can be used already

    step = first.end["step"]
    per_pass = round(step / first.latest["epoch"])
    assert train(kind, folder, out, "--resume", "--epochs", str(step // per_pass + 2), *TINY[kind]) == 0
    last = follower.poll()
    assert last.start["resumed"] and last.start["step"] == step and last.start["pid"] == os.getpid()
    assert last.end["ended"] == "finished" and last.end["step"] > step
    assert last.curves["loss"][0][0] <= step < last.curves["loss"][0][-1]  # one curve
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [out.name, f"{out.name}.log"]


@pytest.fixture
def interrupted(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The weight file of a run that Ctrl+C stopped at its first line."""
    out = tmp_path / "i.safetensors"
    with monkeypatch.context() as patch:
        patch.setattr(Console, "show", lambda *_: signal.raise_signal(signal.SIGINT))
        assert train("sketchrnn", folder, out, "--epochs", "3", *TINY["sketchrnn"]) == 130
    return out


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--words", "zigzag,circle"), "other words"),
        (("--hidden", "9"), "other size"),
        (("--seed", "5"), "--seed 0, not 5"),
        (("--batch", "32"), "--batch 64, not 32"),
        (("--extra", "raw"), "other data"),
    ],
)
def test_only_the_same_run_is_resumed(
    more: tuple[str, ...], why: str, interrupted: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_drawings(shapes("zigzag", 5, seed=4), tmp_path / "zigzag.ndjson")
    more = tuple(str(tmp_path / "zigzag.ndjson") if word == "raw" else word for word in more)
    before = interrupted.with_name(interrupted.name + ".checkpoint").read_bytes()
    said = log.path_of(interrupted).read_bytes()
    assert train("sketchrnn", folder, interrupted, "--epochs", "3", *TINY["sketchrnn"], *more, "--resume") == 1
    assert why in capsys.readouterr().err
    assert interrupted.with_name(interrupted.name + ".checkpoint").read_bytes() == before
    assert log.path_of(interrupted).read_bytes() == said
    assert train("sketchrnn", folder, interrupted, "--epochs", "3", *TINY["sketchrnn"], "--resume") == 0


def test_two_branches_trained_apart_are_joined_without_more_training(folder: Path, tmp_path: Path) -> None:
    picture, strokes, both = (tmp_path / f"{name}.safetensors" for name in ("picture", "strokes", "both"))
    for reader, out in (("picture", picture), ("strokes", strokes)):
        assert train("classifier", folder, out, "--epochs", "1", *TINY["classifier"], "--only", reader) == 0
    parts = ("--start", str(picture), "--strokes", str(strokes))
    assert train("classifier", folder, both, "--epochs", "0", *TINY["classifier"], *parts) == 0
    one, other, joined = (weights.load(path, "classifier") for path in (picture, strokes, both))
    for name, tensor in joined.state_dict().items():
        given = other if name.startswith("strokes.") else one
        assert torch.equal(tensor, given.state_dict()[name]), name
    assert joined.votes not in (one.votes, other.votes)
    said = log.read(log.path_of(both)).end
    assert said["step"] == 0 and said["test"]["drawings"]


def test_a_run_of_one_branch_is_resumed_with_that_branch(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ("classifier", folder, tmp_path / "a.safetensors", "--epochs", "1", *TINY["classifier"], "--only")
    with monkeypatch.context() as patch:
        patch.setattr(Console, "show", lambda *_: signal.raise_signal(signal.SIGINT))
        assert train(*line, "strokes") == 130
    assert train(*line, "picture", "--resume") == 1
    assert "other readers" in capsys.readouterr().err
    assert train(*line, "strokes", "--resume") == 0


def test_an_existing_checkpoint_is_not_overwritten_without_resume(
    interrupted: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = interrupted.with_name(interrupted.name + ".checkpoint")
    before = checkpoint.read_bytes()
    assert train("sketchrnn", folder, interrupted, "--epochs", "1", *TINY["sketchrnn"]) == 1
    assert "--resume goes on; delete" in capsys.readouterr().err
    assert checkpoint.read_bytes() == before
    checkpoint.unlink()
    assert train("sketchrnn", folder, interrupted, "--epochs", "1", *TINY["sketchrnn"]) == 0
    said = log.read(log.path_of(interrupted))
    assert not said.start["resumed"] and said.start["step"] == 0 and said.end["ended"] == "finished"


def test_resuming_without_a_checkpoint_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("sketchrnn", folder, tmp_path / "x.safetensors", "--resume") == 1
    assert "no checkpoint" in capsys.readouterr().err


# Words and data


def test_words_may_be_quoted_repeated_and_in_any_case() -> None:
    assert words_of("cat, sheep,cat,") == ["cat", "sheep"]
    assert words_of('cat,"hat, tall"') == ["cat", "hat, tall"]
    assert words_of("the eiffel tower,My Word") == ["The Eiffel Tower", "My Word"]


@pytest.mark.parametrize(
    "more",
    [("--words", " , "), ("--minutes", "0"), ("--minutes", "nan"), ("--epochs", "-1"), ("--patience", "-1")],
)
def test_wrong_numbers_are_wrong_usage(more: tuple[str, ...], tmp_path: Path) -> None:
    assert train("classifier", tmp_path, tmp_path / "x", *more) == 2


@pytest.mark.parametrize(
    ("kind", "more", "why"),
    [
        ("classifier", ("--words", "circle"), "one word, circle: a classifier needs two or more"),
        ("classifier", ("--words", "circle,zigzgag,zigzag"), "no drawings of zigzgag"),
        ("classifier", ("--words", "circle,flamnigo"), "Did you mean flamingo?"),
        ("classifier", ("--data", "nowhere"), "no file or folder nowhere"),
        ("sketchrnn", ("--start", "nothing.safetensors"), "no weight file nothing.safetensors"),
        ("classifier", ("--strokes", "nothing.safetensors"), "no weight file nothing.safetensors"),
    ],
)
def test_options_that_cannot_be_trained_are_refused_with_a_reason(
    kind: str, more: tuple[str, ...], why: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "x.safetensors"
    assert train(kind, folder, out, *more) == 1
    assert why in capsys.readouterr().err
    assert not out.parent.exists()


def few(folder: Path, parts: dict[str, dict[int, int]]) -> None:
    """Of each word so many drawings of each part: 0 validates, 1 tests, 2 stands for the others."""
    folder.mkdir()
    for word, wanted in parts.items():
        batch = shapes(word, 300)
        part = np.minimum(split_of(batch.content_ids()), 2)
        rows = np.concatenate([np.flatnonzero(part == number)[:count] for number, count in wanted.items()])
        write_drawings(batch.take(rows), folder / f"{word}.ndjson")


def test_too_few_drawings_are_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few(tmp_path / "a", {"circle": {2: 30, 0: 2, 1: 2}, "zigzag": {2: 30, 0: 2}})
    assert train("sketchrnn", tmp_path / "a", tmp_path / "a.st", "--epochs", "1", *TINY["sketchrnn"]) == 0
    assert "no drawing is left to test on of zigzag" in capsys.readouterr().err

    few(tmp_path / "b", {"circle": {2: 30}, "zigzag": {2: 30}})
    assert train("classifier", tmp_path / "b", tmp_path / "b.st", "--epochs", "1", *TINY["classifier"]) == 0
    err = capsys.readouterr().err
    assert "no drawing is left to validate on (one in 20" in err and "bitmaps alone" not in err
    assert "qdesk evaluate FILE" in err  # none of these is kept for a test
    assert log.read(log.path_of(tmp_path / "b.st")).end["test"] == {}
    assert train("classifier", tmp_path / "b", tmp_path / "b.st", "--patience", "3") == 1
    assert "--patience needs drawings to validate on" in capsys.readouterr().err

    few(tmp_path / "c", {"circle": {2: 30}, "zigzag": {0: 3}})
    assert train("classifier", tmp_path / "c", tmp_path / "c.st") == 1
    assert "no drawing to train on of zigzag" in capsys.readouterr().err


def test_bitmaps_alone_are_validated_and_tested_on_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").mkdir()
    for word in ("circle", "zigzag"):
        write_drawings(Drawings.from_bitmaps(raster(shapes(word, 150)), word=word), tmp_path / "data" / f"{word}.npy")
    out = tmp_path / "a.safetensors"
    assert train("classifier", tmp_path / "data", out, "--epochs", "1", *TINY["classifier"]) == 0
    said = log.read(log.path_of(out))
    assert said.start["train"] + said.start["validation"] + said.start["test"] == 300
    assert said.start["validation"] > 5 and said.end["test"]["drawings"] > 5
    assert train("sketchrnn", tmp_path / "data", out) == 1
    assert "learns from strokes" in capsys.readouterr().err
    assert train("classifier", tmp_path / "data", out, "--only", "strokes") == 1
    assert "--only strokes needs drawings with strokes" in capsys.readouterr().err


def test_other_sizes_are_another_shape(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = tmp_path / "small.safetensors"
    assert train("classifier", folder, small, "--epochs", "1", *TINY["classifier"]) == 0
    assert weights.load(small, "classifier").shape.widths[0] == 16
    again = ("--epochs", "1", "--start", str(small))
    assert train("classifier", folder, tmp_path / "b.safetensors", *again) == 1
    assert "another shape" in capsys.readouterr().err


def test_the_defaults_of_both_networks_can_be_planned() -> None:
    for kind in TINY:
        given = cli.make_parser().parse_args(["train", kind, "--data", "x", "--out", "y"])
        assert isinstance(given, argparse.Namespace)
        assert given.epochs is given.minutes is given.batch is given.patience is None


def test_a_word_that_is_not_there_is_a_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("sketchrnn", folder, tmp_path / "x.safetensors", "--words", "circle, zagzig") == 1
    assert "no drawings of zagzig" in capsys.readouterr().err


def test_no_data_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train("classifier", tmp_path, tmp_path / "x.safetensors") == 1
    assert "no drawings under" in capsys.readouterr().err


def test_the_same_seed_gives_the_same_weights(folder: Path, tmp_path: Path) -> None:
    for name in "ab":
        assert train("sketchrnn", folder, tmp_path / f"{name}.safetensors", "--epochs", "1", "--hidden", "16") == 0
    a, b = (weights.load(tmp_path / f"{name}.safetensors", "sketchrnn").state_dict() for name in "ab")
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_training_starts_from_weights_of_the_same_words_alone(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = tmp_path / "first.safetensors"
    assert train("sketchrnn", folder, first, "--epochs", "1", "--hidden", "16") == 0
    again = ("--epochs", "1", "--hidden", "16", "--start", str(first))
    assert train("sketchrnn", folder, tmp_path / "b.safetensors", *again) == 0
    assert train("sketchrnn", folder, tmp_path / "c.safetensors", *again, "--words", "circle") == 1
    assert "knows other words" in capsys.readouterr().err
