"""The training loop of both networks: steps, validations, checkpoints, the log, and the messages at the end.

A caller says what to train (`Task`) and for how long (`Run`). `train` does the rest, and can be stopped at any step.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import os
import shlex
import signal
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Generic

import torch
from torch import Tensor, nn

from qdesk import paths
from qdesk.nets import weights
from qdesk.training import log
from qdesk.training.data import Corpus
from qdesk.training.run import Average, N, Run
from qdesk.training.watcher import Watcher
from qdesk.training.wording import duration, listed

SAY_EVERY, SAVE_EVERY = 2.0, 120.0
"""Seconds between two lines of the log, and between two checkpoints."""


@dataclass
class Task(Generic[N]):
    """What is trained, and how it is judged.

    losses: called with the step that the run begins at; yields the losses of batch after batch, endlessly. "loss" is
        minimised, and all are logged.
    validate: returns a network's figures on the validation drawings. Their names in the log begin with "validation_".
        It is None where there are no such drawings: then the last weights are written instead of the best.
    chosen_by: the figure by which the best weights are chosen and patience counts; less is better.
    shown: the figure that is shown while the run goes on.
    finish: fits to the validation drawings what is left to fit, and returns the figures on the test drawings.
    trained_on: the number of drawings to train on.
    clip: the largest norm of a step's gradient.
    facts: what is written into the header of the weight file.
    """

    kind: str
    corpus: Corpus
    network: N
    optimizer: torch.optim.Optimizer
    losses: Callable[[int], Generator[dict[str, Tensor], None, None]]
    validate: Callable[[N], dict[str, float]] | None
    chosen_by: str
    shown: str
    finish: Callable[[N], dict[str, float]]
    trained_on: int
    clip: float
    facts: dict


def train(task: Task[N], run: Run[N], options: argparse.Namespace, watcher: Watcher) -> None:
    """Train until the run is done, out of patience or interrupted, and write the best weights and the log.

    The first Ctrl+C or SIGTERM ends the run after the current step, with a checkpoint, and raises KeyboardInterrupt.
    """
    network, average = task.network.train(), Average(task.network)
    run.made_of = _made_of(task, options)
    if options.resume:
        run.resume(network, average, task.optimizer)
    watcher.begin(task.kind, f"validation_{task.shown}", len(task.corpus.words))
    file, disk = log.Writer(log.path_of(run.out), options.resume), _Disk(watcher)
    disk.attempt(lambda: file.write(_start(task, run, options)))

    def tell(figures: dict[str, float], best: bool = False) -> None:
        line = run.progress() | {name: float(f"{value:.5g}") for name, value in figures.items()}
        disk.attempt(lambda: file.write(line))
        watcher.show(line, best)

    def judge(figures: dict[str, float]) -> None:
        best = run.judge(average.network, figures[task.chosen_by])
        tell({f"validation_{name}": value for name, value in figures.items()}, best)

    def write(out: Path = run.out, **more: object) -> None:
        best = run.best or average.network
        weights.save(best, out, half=True, **task.facts, minutes=round(run.seconds / 60, 2), **more)

    def keep() -> None:
        run.save(network, average, task.optimizer)
        write()

    batches, recent, said, kept, last = task.losses(run.step), [], -math.inf, run.seconds, run.done >= 1
    end: dict = {"ended": "failed", "test": {}}
    try:
        with _noting_signals() as asked_to_stop:
            while not (last or run.out_of_patience or asked_to_stop):
                losses = next(batches)
                task.optimizer.zero_grad(set_to_none=True)
                losses["loss"].backward()
                nn.utils.clip_grad_norm_(network.parameters(), task.clip)
                run.advance(task.optimizer)
                task.optimizer.step()
                average.update(network)
                last = run.done >= 1
                recent.append({name: loss.detach() for name, loss in losses.items()})
                if run.seconds - said > SAY_EVERY or last:
                    tell(_means(recent, run.step) | {"rate": run.learning_rate()})
                    recent, said = [], run.seconds
                    if run.seconds - kept > SAVE_EVERY:
                        disk.attempt(keep)
                        kept = run.seconds
                if task.validate and (run.validation_due or last):
                    judge(task.validate(average.network))
            if not disk.attempt(keep) and asked_to_stop:
                _write_somewhere(write, run.out)
        if asked_to_stop:
            raise KeyboardInterrupt
        figures = task.finish(run.best or average.network)
        _write_somewhere(partial(write, test=figures), run.out)
        run.finish()
        end = {"ended": "stopped early" if run.out_of_patience else "finished", "test": figures}
    except KeyboardInterrupt:
        end["ended"] = "interrupted"
        raise
    except BaseException as error:
        end["reason"] = str(error) or type(error).__name__
        raise
    finally:
        batches.close()
        disk.attempt(lambda: file.write(run.progress() | {"best_step": run.best_step} | end))
        file.close()
        _conclude(watcher, task, run, end, options)


class _Disk:
    """Writes what can be written later, too, so that a full disk ends no run; says each kind of trouble once."""

    def __init__(self, watcher: Watcher) -> None:
        self._say, self._said = watcher.say, set[str]()

    def attempt(self, write: Callable[[], object]) -> bool:
        """Write something, and return whether that worked. Where it did not, the next time is tried again."""
        try:
            write()
        except OSError as error:
            trouble = f"{error.filename}: {error.strerror}"
            if trouble not in self._said:
                self._said.add(trouble)
                self._say(f"{trouble}. Nothing is saved there now; the run goes on, and it is tried again")
            return False
        return True


def _write_somewhere(write: Callable[[Path], object], out: Path) -> None:
    """Write weights to `out`. Raises `weights.WeightsError` where they had to be written to another place.

    Raises OSError where there is room nowhere.
    """
    try:
        write(out)
    except OSError as error:
        for folder in (paths.user_data(), Path(tempfile.gettempdir())):
            place = folder / out.name
            if not place.exists():
                with suppress(OSError):
                    write(place)
                    raise weights.WeightsError(
                        f"{out}: {error.strerror}. The weights are in {place} instead"
                    ) from error
        raise


@contextmanager
def _noting_signals() -> Iterator[list[int]]:
    """Note the first Ctrl+C and the first SIGTERM in a list instead of acting on them. A second one acts as usual."""
    asked: list[int] = []

    def note(number: int, _: object) -> None:
        asked.append(number)
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignore_signals(_: int = 0) -> None:
    """Ignore Ctrl+C and SIGTERM in a process that prepares data: Ctrl+C reaches it, too, but the run ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _means(recent: list[dict[str, Tensor]], step: int) -> dict[str, float]:
    means = {name: torch.stack([losses[name] for losses in recent]).mean().item() for name in recent[0]}
    if not math.isfinite(means["loss"]):
        raise ValueError(f"at step {step} the loss is no number any more: a lower --rate may help")
    return means


def _made_of(task: Task, options: argparse.Namespace) -> dict:
    corpus, digest = task.corpus, hashlib.blake2b(digest_size=16)
    for batch in (corpus.real, corpus.extra, corpus.validation, corpus.test):
        for part in (batch.points, batch.stroke_offsets, batch.drawing_offsets, corpus.labels(batch)):
            digest.update(part.tobytes())
    for part in (corpus.bitmaps, corpus.bitmap_labels):
        digest.update(part.tobytes())
    made_of: dict = {"words": list(corpus.words), "data": digest.hexdigest(), "size": task.network.config()["shape"]}
    made_of["readers"] = getattr(options, "only", None)
    made_of["teachers"] = bool(getattr(options, "teachers", None))
    return made_of | {name: getattr(options, name) for name in ("batch", "rate", "seed")}


def _start(task: Task, run: Run, options: argparse.Namespace) -> dict:
    corpus = task.corpus
    names = ("seed", "batch", "rate", "epochs", "minutes", "patience", "workers", "size", "hidden", "only", "teachers",
             "bf16")  # fmt: skip
    given = {name: _plain(getattr(options, name)) for name in names if hasattr(options, name)}
    paths = {"data": options.data, "extra": options.extra}
    return {
        "run": task.kind,
        "out": str(run.out),
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "pid": os.getpid(),
        "resumed": options.resume,
        "step": run.step,
        "words": list(corpus.words),
        "train": task.trained_on,
        "validation": len(corpus.validation),
        "test": len(corpus.test),
        "parameters": sum(parameter.numel() for parameter in task.network.parameters()),
        "options": given | {name: [str(path) for path in value] for name, value in paths.items()},
    }


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


def _conclude(watcher: Watcher, task: Task, run: Run, end: dict, options: argparse.Namespace) -> None:
    """Say how the run ended: where the weights are, their figures, and which command goes on."""
    if end["ended"] in ("interrupted", "failed"):
        if run.checkpoint.exists():
            watcher.say(f"the same command with --resume goes on; the weights so far are in {run.out}")
        return
    if end["ended"] == "stopped early":
        watcher.say(f"stopped early: {run.waited} validations in a row were no better")
    which = f"the best, those of step {run.best_step:,}" if run.best_step else "the last ones"
    watcher.say(
        f"{run.step:,} steps in {duration(run.seconds)}; the weights in {run.out} are {which}; "
        f"the log is {log.path_of(run.out).name}"
    )
    if count := end["test"].get("drawings", 0):
        figures = {name: value for name, value in end["test"].items() if name != "drawings"}
        which = f"{count:,} drawing{'s' * (count > 1)} kept for the test"
        watcher.say(f"on {which}: {listed(figures, len(task.corpus.words), count)}")
    data, model = (" ".join(shlex.quote(str(path)) for path in paths) for paths in (options.data, [run.out]))
    files = f"{data} --part test" if count else "FILE"
    more = f"evaluate {files}" if task.kind == "classifier" else "rank FILE"
    watcher.say(f"to judge them: qdesk {more} --model {model}")
