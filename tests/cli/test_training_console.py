"""What the person at the shell sees of a run."""

from __future__ import annotations

import io
import json

import pytest

from qdesk.cli.training_console import Console, sparkline


def line(step: int, **figures: float) -> dict:
    return {"step": step, "seconds": step / 2, "done": step / 100, "minutes_left": 1.0, "epoch": step / 10, **figures}


def test_sparkline() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8) == "▁▂▃▄▅▆▇█"
    assert sparkline([0, 0, 7, 7], 2) == "▁█"
    assert sparkline([0, 0, 7, 7], 50) == "▁▁██"
    assert sparkline([3, 3], 5) == "▁▁" and sparkline([], 5) == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_keeps_one_line_and_every_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    stream = Terminal()
    console = Console(stream)
    console.begin("classifier", "validation_top1", 345)
    for step, top1, best in ((10, 0.2, True), (20, 0.1, False), (30, 0.4, True)):
        console.show(line(step, loss=1.5))
        console.show(line(step, validation_loss=1.0, validation_top1=top1), best)
    kept, _, rest = stream.getvalue().rpartition("\n")
    assert [text.rpartition("\x1b[K")[2] for text in kept.split("\n")] == [
        "validated at step 10: loss 1, top-1 20.0 %: the best so far",
        "validated at step 30: loss 1, top-1 40.0 %: the best so far",
    ]
    shown = rest.rpartition("\x1b[K")[2]
    assert shown == "classifier  step 30 of ~100  30 %  1 min 0 s left  loss 1.5  top-1 40.0 % ▃▁█"
    monkeypatch.setenv("COLUMNS", "40")
    console.show(line(40))
    assert len(stream.getvalue().rpartition("\x1b[K")[2]) < 40


def test_a_pipe_gets_the_lines_as_they_are() -> None:
    stream = io.StringIO()
    console = Console(stream)
    console.begin("classifier", "validation_top1", 2)
    console.show(line(10, loss=1.5), best=True)
    console.say("done")
    assert stream.getvalue() == json.dumps(line(10, loss=1.5)) + "\nqdesk: done\n"
