"""Writing logs of runs for the Lab page, as `qdesk train` writes them."""

from __future__ import annotations

import json
from pathlib import Path

from qdesk.gui.lab.runs import ENDING, LabRun, folder


def first_line(out: Path, **more: object) -> dict:
    return {
        "run": "classifier",
        "out": str(out),
        "began": "2026-11-21T17:00:00+00:00",
        "pid": 999_999_999,
        "resumed": False,
        "step": 0,
        "words": ["cat", "dog"],
        "train": 540,
        "validation": 30,
        "test": 31,
        "parameters": 381_972,
        "options": {"seed": 0, "batch": 32, "rate": 0.002, "epochs": None, "minutes": 10.0, "data": ["/drawings"]},
        **more,
    }


def progress(step: int, of: int = 100, **figures: float) -> dict:
    left = (of - step) / 60
    return {
        "step": step,
        "seconds": float(step),
        "done": step / of,
        "minutes_left": left,
        "epoch": step / 10,
        **figures,
    }


def some_progress(until: int, of: int = 100) -> list[dict]:
    """Return one line of training for every step up to `until`, and one of validation for every tenth step."""
    lines = []
    for step in range(1, until + 1):
        lines.append(progress(step, of, loss=3.0 - step / of, rate=0.002))
        if step % 10 == 0:
            better = step / of
            lines.append(
                progress(
                    step, of, validation_loss=2.5 - better, validation_top1=better, validation_top3=min(2 * better, 1.0)
                )
            )
    return lines


def last_line(step: int, ended: str, of: int = 100, **more: object) -> dict:
    test = {"drawings": 31, "top1": 0.871, "top3": 0.968, "calibration_error": 0.034}
    done = ended in ("finished", "stopped early")
    return {**progress(step, of), "ended": ended, "best_step": step // 10 * 10, "test": test if done else {}, **more}


def out_of(name: str) -> Path:
    return folder() / f"{name}{ENDING}"


def log_of(out: Path) -> Path:
    return out.with_name(out.name + ".log")


def append(out: Path, *lines: dict) -> None:
    with open(log_of(out), "a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def write_run(name: str, until: int = 100, ended: str | None = "finished", **first: object) -> Path:
    """Write a run that reached step `until` of 100 to the window's folder, and return its weight file."""
    out = out_of(name)
    append(out, first_line(out, **first), *some_progress(until))
    if ended:
        append(out, last_line(until, ended))
    out.write_bytes(b"weights")
    return out


def polled(out: Path) -> LabRun:
    run = LabRun(out)
    run.poll()
    return run
