"""A run's log: followed while it grows, whatever a crash left of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qdesk.training.log import Follower, Log, Writer, path_of, read

START = {"run": "classifier", "words": ["cat", "sheep"], "resumed": False, "step": 0}


def line(step: int, **figures: float) -> dict:
    return {"step": step, "seconds": step / 2, "done": step / 100, "minutes_left": 1.0, "epoch": step / 10, **figures}


def test_a_log_reads_back_as_written(tmp_path: Path) -> None:
    path = path_of(tmp_path / "new" / "cats.safetensors")
    assert path.name == "cats.safetensors.log"
    writer = Writer(path)
    for each in (START, line(1, loss=2.0), line(5, validation_loss=1.5, validation_top1=0.5), line(9, loss=1.0)):
        writer.write(each)
    log = read(path)
    assert log.start == START and log.end is None
    assert log.curves == {
        "loss": ([1, 9], [2.0, 1.0]),
        "validation_loss": ([5], [1.5]),
        "validation_top1": ([5], [0.5]),
    }
    assert log.latest["step"] == 9 and log.latest["loss"] == 1.0 and log.latest["validation_top1"] == 0.5
    writer.write(line(10) | {"ended": "finished", "best_step": 5, "test": {"top1": 0.5}})
    writer.close()
    assert read(path).end["test"] == {"top1": 0.5} and read(path).latest["step"] == 10


def test_a_missing_log_reads_as_empty(tmp_path: Path) -> None:
    assert read(tmp_path / "nothing.log") == Log()


def test_a_follower_reads_each_line_once_and_waits_for_the_other_half(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    follower = Follower(path)
    assert follower.poll() == Log()
    text = "".join(json.dumps(each) + "\n" for each in (START, line(1, loss=2.0), line(2, loss=1.0)))
    for end in range(len(text) + 1):  # every half there can be
        path.write_text(text[:end])
        log = follower.poll()
        assert len(log.curves.get("loss", ([], []))[0]) == max(0, text[:end].count("\n") - 1)
    assert log.curves["loss"] == ([1, 2], [2.0, 1.0])


def test_a_run_that_begins_anew_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    first = Writer(path)
    first.write({**START, "pid": 1})
    first.write(line(50, loss=2.0))
    first.close()
    follower = Follower(path)
    assert follower.poll().latest["step"] == 50
    second = Writer(path)
    second.write({**START, "pid": 2})
    for step in range(1, 9):  # longer than the first
        second.write(line(step, loss=1.0))
    second.close()
    assert follower.poll().curves["loss"][0] == list(range(1, 9)) and follower.log.start["pid"] == 2


def test_a_resumed_run_replaces_what_it_does_again(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    first = Writer(path)
    for each in (START, line(10, loss=3.0), line(15, validation_loss=1.0), line(20, loss=2.0), line(30, loss=9.0)):
        first.write(each)
    first.write(line(30) | {"ended": "interrupted"})
    first.close()
    with path.open("a") as file:
        file.write('{"step": 31, "lo')  # killed in the middle of a line
    second = Writer(path, resumed=True)
    second.write(START | {"resumed": True, "step": 12})
    log = read(path)
    assert log.end is None and log.start["resumed"]
    assert log.curves == {"loss": ([10], [3.0])}
    for each in (line(20, loss=1.5), line(20, loss=1.4), line(30, loss=1.0)):
        second.write(each)
    second.close()
    assert read(path).curves["loss"] == ([10, 20, 30], [3.0, 1.4, 1.0])


def test_infinity_and_nan_are_written_as_null_and_left_out_of_curves(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "a.log")
    writer.write(line(1, loss=float("nan"), rate=float("inf")))
    writer.write(line(2, loss=1.0, rate=0.1))
    writer.close()
    for each in (tmp_path / "a.log").read_text().splitlines():
        json.loads(each, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert read(tmp_path / "a.log").curves == {"loss": ([2], [1.0]), "rate": ([2], [0.1])}
