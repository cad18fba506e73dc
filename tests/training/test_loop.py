"""The loop by itself, on a network that is cheap and with validations that are known beforehand."""

from __future__ import annotations

import argparse
import math
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from qdesk.cli.training_console import Console
from qdesk.data.drawings import Drawings
from qdesk.nets import weights
from qdesk.nets.sketchrnn import Shape, SketchRNN
from qdesk.training import log, loop
from qdesk.training.data import Corpus
from qdesk.training.loop import Task, train
from qdesk.training.run import Run
from tests.helpers.drawings import shapes

PER_PASS = 10


def options(out: Path, **more: object) -> argparse.Namespace:
    given = {"data": [Path("drawings")], "extra": [], "epochs": None, "minutes": None, "patience": None, "start": None}
    return argparse.Namespace(**(given | {"out": out, "seed": 0, "batch": 8, "rate": 1e-2, "resume": False} | more))


def corpus() -> Corpus:
    batch = shapes("circle", 12)
    none = np.zeros(0, np.int64)
    return Corpus(("circle",), batch, Drawings.empty(), batch, batch, np.zeros((0, 28, 28), np.uint8), none)


def task(validations: list[float] | None, fails_at: int | None = None, bad: float = 1.0) -> tuple[Task, list[float]]:
    """Its loss grows a bias; each validation gives the next of the values, and notes that bias."""
    torch.manual_seed(0)
    network = SketchRNN(("circle",), Shape(hidden=4, embedding=2))
    seen: list[float] = []

    def losses(begun_at: int) -> Iterator[dict[str, torch.Tensor]]:
        for step in range(begun_at + 1, 10_000):
            if step == fails_at:
                raise RuntimeError("the disk is gone")
            yield {"loss": -network.output.bias[0] * bad, "part": torch.tensor(float(step))}

    def validate(judged: SketchRNN) -> dict[str, float]:
        seen.append(judged.output.bias[0].item())
        return {"loss": validations[len(seen) - 1], "top1": 0.5}

    made = Task(
        kind="sketchrnn",
        corpus=corpus(),
        network=network,
        optimizer=torch.optim.SGD(network.parameters(), lr=1e-2),
        losses=losses,
        validate=validate if validations else None,
        chosen_by="loss",
        shown="top1",
        finish=lambda judged: {"drawings": 12, "top1": 0.5, "bias": judged.output.bias[0].item()},
        trained_on=12,
        clip=1.0,
        facts={"seed": 0},
    )
    return made, seen


def begin(made: Task, out: Path, **more: object) -> log.Log:
    given = options(out, **more)
    train(made, Run(out, given.epochs, PER_PASS, given.minutes, given.rate, given.patience), given, Console())
    return log.read(log.path_of(out))


def bias(path: Path) -> float:
    return weights.load(path, "sketchrnn").output.bias[0].item()


def test_the_best_weights_are_written_whatever_came_after(tmp_path: Path) -> None:
    made, seen = task([3.0, 1.0, 2.0, 2.5])
    out = tmp_path / "a.safetensors"
    said = begin(made, out, epochs=4)
    assert seen == sorted(seen) and len(set(seen)) == 4  # the weights did change
    assert bias(out) == pytest.approx(seen[1], abs=1e-3)
    assert said.end["ended"] == "finished" and said.end["best_step"] == 20
    assert said.end["test"]["bias"] == pytest.approx(seen[1], abs=1e-3)
    assert said.curves["validation_loss"] == ([10, 20, 30, 40], [3.0, 1.0, 2.0, 2.5])
    assert weights.about(out)["about"]["test"]["drawings"] == 12
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.safetensors", "a.safetensors.log"]


def test_patience_ends_a_run_and_counts_from_the_best(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made, seen = task([3.0, 3.5, 2.0, 2.1, 2.0, 1.0])  # as good as the best is no better
    said = begin(made, tmp_path / "a.safetensors", epochs=20, patience=2)
    assert said.end["ended"] == "stopped early" and said.end["step"] == 50 and said.end["best_step"] == 30
    assert bias(tmp_path / "a.safetensors") == pytest.approx(seen[2], abs=1e-3)
    assert said.latest["done"] == 0.25
    err = capsys.readouterr().err
    assert "stopped early: 2 validations in a row" in err and "top-1 50.0 % (6 of 12)" not in err  # one word: no top-1


def test_without_drawings_to_validate_on_the_last_weights_are_written(tmp_path: Path) -> None:
    made, _ = task(None)
    said = begin(made, tmp_path / "a.safetensors", epochs=2)
    assert said.end["best_step"] is None and "validation_loss" not in said.curves
    assert bias(tmp_path / "a.safetensors") > bias_at_start()


def bias_at_start() -> float:
    return task(None)[0].network.output.bias[0].item()


def test_every_line_says_how_far_the_run_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "SAY_EVERY", -1.0)
    made, _ = task([1.0, 1.0])
    said = begin(made, tmp_path / "a.safetensors", epochs=2)
    assert said.curves["loss"][0] == list(range(1, 21)) == said.curves["part"][1]
    start = said.start
    assert {"run", "out", "began", "pid", "resumed", "words", "train", "validation", "test", "parameters"} < set(start)
    assert {"seed", "batch", "rate", "epochs", "minutes", "patience"} < set(start["options"])
    assert said.latest.keys() >= {"step", "seconds", "done", "minutes_left", "epoch", "loss", "rate"}
    assert said.latest["epoch"] == 2 and said.latest["done"] == 1 and said.latest["minutes_left"] == 0


def test_a_crash_is_logged_and_resumed_from_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "SAY_EVERY", -1.0)
    monkeypatch.setattr(loop, "SAVE_EVERY", -1.0)
    out = tmp_path / "a.safetensors"
    made, first = task([1.0, 2.0], fails_at=26)
    with pytest.raises(RuntimeError):
        begin(made, out, epochs=4)
    said = log.read(log.path_of(out))
    assert said.end["ended"] == "failed" and said.end["reason"] == "the disk is gone"
    assert bias(out) == pytest.approx(first[0], abs=1e-3)  # the best so far was kept

    made, second = task([3.0, 4.0])
    said = begin(made, out, epochs=4, resume=True)
    assert said.start["resumed"] and said.start["step"] == 25 and said.end["ended"] == "finished"
    assert said.curves["loss"][0] == list(range(1, 41))
    assert said.curves["validation_loss"] == ([10, 20, 35, 40], [1.0, 2.0, 3.0, 4.0])
    assert said.end["best_step"] == 10 and bias(out) == pytest.approx(first[0], abs=1e-3)  # of before the crash
    assert second[0] > first[1]  # it went on from the weights of then


def test_a_resumed_run_continues_the_count_of_patience(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "SAY_EVERY", -1.0)
    monkeypatch.setattr(loop, "SAVE_EVERY", -1.0)
    made, _ = task([1.0, 2.0], fails_at=26)
    with pytest.raises(RuntimeError):
        begin(made, tmp_path / "a.safetensors", epochs=9, patience=3)
    said = begin(task([2.0] * 9)[0], tmp_path / "a.safetensors", epochs=9, patience=3, resume=True)
    assert said.end["ended"] == "stopped early" and len(said.curves["validation_loss"][0]) == 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_after_its_step(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    made, seen = task([1.0] * 9)
    validate = made.validate

    def signalled(judged: SketchRNN) -> dict[str, float]:
        if len(seen) == 2:
            signal.raise_signal(number)
        return validate(judged)

    made.validate = signalled
    out = tmp_path / "a.safetensors"
    with pytest.raises(KeyboardInterrupt):
        begin(made, out, epochs=9)
    assert handlers == [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    said = log.read(log.path_of(out))
    assert said.end["ended"] == "interrupted" and said.end["step"] == 30
    assert bias(out) == pytest.approx(seen[0], abs=1e-3)
    assert begin(task([1.0] * 9)[0], out, epochs=4, resume=True).end["step"] == 40


def test_a_loss_that_is_no_number_fails_in_a_sentence(tmp_path: Path) -> None:
    made, _ = task([1.0], bad=math.nan)
    with pytest.raises(ValueError, match="no number any more: a lower --rate may help"):
        begin(made, tmp_path / "a.safetensors", epochs=4)


# The plan


def test_with_patience_the_rate_stays_up_until_the_last_fifth(tmp_path: Path) -> None:
    run = Run(tmp_path / "x", epochs=10, steps_per_epoch=10, minutes=None, rate=1.0, patience=3)
    rates = []
    for step in range(101):
        run.step = step
        rates.append(run.learning_rate())
    assert rates[0] < 0.1 and rates[4:81] == [1.0] * 77
    assert rates[80:] == sorted(rates[80:], reverse=True) and rates[-1] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("drawings", "batch", "epochs"), [(100, 32, 250), (540, 32, 59), (5_000, 100, 20), (100_000, 512, 20)]
)
def test_batch_and_length_are_planned_by_the_data(drawings: int, batch: int, epochs: int, tmp_path: Path) -> None:
    given = options(tmp_path / "x", batch=None)
    run = Run.planned(given, drawings)
    assert (given.batch, given.epochs) == (batch, epochs) and run.steps_total >= 1000


def test_minutes_alone_set_no_number_of_passes(tmp_path: Path) -> None:
    run = Run.planned(options(tmp_path / "x", minutes=5.0), 540)
    run.step, run.spent = 1_000_000, 150.0
    assert run.done == pytest.approx(0.5, abs=0.01)
    assert run.progress()["minutes_left"] == pytest.approx(2.5, abs=0.02)
    run.minutes = 2.0
    assert run.done == 1 and run.progress()["minutes_left"] == 0


def test_validations_come_by_steps_not_by_the_clock(tmp_path: Path) -> None:
    """Short passes are put together, long ones cut, so that a run has some tens of validations at least."""

    def due(epochs: int, steps: int) -> list[int]:
        run, at = Run(tmp_path / "x", epochs, steps, None, 1.0), []
        while run.done < 1:
            run.step += 1
            if run.validation_due:
                run.judge(torch.nn.Linear(1, 1), 1.0)
                at.append(run.step)
        return at

    assert due(20, 50) == list(range(50, 1001, 50))  # each pass
    assert due(100, 2) == list(range(4, 201, 4))  # a fiftieth of the run
    assert due(10_000, 3)[:3] == [200, 400, 600]  # or 200 steps
    assert due(2, 5000) == list(range(1000, 10_001, 1000))
