"""The state of a training run: progress, learning rate, best weights so far, averaged weights, checkpoint."""

from __future__ import annotations

import argparse
import copy
import io
import math
import pickle
import time
import zipfile
from pathlib import Path
from typing import Generic, TypeVar

import torch

from qdesk.checked import check
from qdesk.files import atomic_write
from qdesk.nets import weights
from qdesk.nets.classifier import Classifier
from qdesk.nets.sketchrnn import SketchRNN

N = TypeVar("N", Classifier, SketchRNN)
"""The network that is trained."""

LARGEST_BATCH, SMALLEST_BATCH, PASSES, AT_LEAST_STEPS = 512, 32, 20, 1000
"""The batch and length of a run that names neither: about 50 steps per pass within these batch sizes, and 20 passes
or as many as make 1,000 steps.

In batches of 512, a few hundred drawings would be seen in 20 steps, and nothing would be learned from them."""


class Average(Generic[N]):
    """The exponential moving average of a network's weights and buffers: the network that is judged and shipped.

    The decay grows to its full value over the first steps, so that the start is forgotten (as in Polyak & Juditsky 1992
    and every diffusion code since).
    """

    def __init__(self, network: N, decay: float = 0.999) -> None:
        self.network: N = copy.deepcopy(network).eval()
        self.decay, self.steps = decay, 0
        for parameter in self.network.parameters():
            parameter.requires_grad_(False)

    @torch.no_grad()
    def update(self, network: N) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        mine, theirs = self.network.state_dict(), network.state_dict()
        floats = [name for name in mine if mine[name].is_floating_point()]
        torch._foreach_lerp_([mine[n] for n in floats], [theirs[n].detach() for n in floats], 1 - decay)
        for name in mine.keys() - set(floats):
            mine[name].copy_(theirs[name])


class Run(Generic[N]):
    """The progress of a run, its learning rate, its best weights so far, and its checkpoint beside `out`.

    The run ends after `epochs` or after `minutes`, whichever is given or comes first. A resumed run counts the minutes
    already spent. With `patience` the run also ends after so many validations in a row without a better one.

    best: a copy of the network that validated best. best_step, best_value: when that was, and how good it was.
    made_of: what has to be equal in a checkpoint and in the run that resumes it.
    """

    def __init__(
        self,
        out: Path,
        epochs: int | None,
        steps_per_epoch: int,
        minutes: float | None,
        rate: float,
        patience: int | None = None,
    ) -> None:
        self.out, self.checkpoint = out, _checkpoint_of(out)
        self.epochs, self.steps_per_epoch = epochs, max(1, steps_per_epoch)
        self.steps_total = math.inf if epochs is None else epochs * self.steps_per_epoch
        self.minutes, self.rate, self.patience = minutes, rate, patience
        self.step, self.spent = 0, 0.0
        self.best: N | None = None
        self.best_step: int | None = None
        self.best_value, self.waited = math.inf, 0
        self.made_of: dict = {}
        self._began = time.monotonic()
        self._validated = (0, 0.0)  # step and share done

    @classmethod
    def planned(cls, options: argparse.Namespace, drawings: int) -> Run[N]:
        """Return the run that the options ask for, with `drawings` per pass, and fill in the options left open."""
        options.batch = options.batch or min(LARGEST_BATCH, max(SMALLEST_BATCH, drawings // 50))
        steps = -(-drawings // options.batch)
        if options.epochs is None and not options.minutes:
            options.epochs = max(PASSES, -(-AT_LEAST_STEPS // steps))
        return cls(options.out, options.epochs, steps, options.minutes, options.rate, options.patience)

    @property
    def seconds(self) -> float:
        """The time spent so far, before a resumption included."""
        return self.spent + time.monotonic() - self._began

    @property
    def done(self) -> float:
        """The share of the run that is done, 0 to 1."""
        by_steps = self.step / self.steps_total if self.steps_total else 1.0
        return min(1.0, max(by_steps, self.seconds / 60 / self.minutes) if self.minutes else by_steps)

    @property
    def out_of_patience(self) -> bool:
        return self.patience is not None and self.waited >= self.patience

    def progress(self) -> dict[str, float]:
        """Return what every line of the log says about the progress (`log.PROGRESS`)."""
        by_steps = self.seconds * (self.steps_total / max(self.step, 1) - 1)
        left = min(by_steps, 60 * self.minutes - self.seconds) if self.minutes else by_steps
        return {
            "step": self.step,
            "seconds": round(self.seconds, 2),
            "done": round(self.done, 4),
            "minutes_left": round(max(left, 0.0) / 60, 2),
            "epoch": round(self.step / self.steps_per_epoch, 2),
        }

    def learning_rate(self) -> float:
        """Return the learning rate now: it rises in the first 4 %, then falls to 0 as a half cosine.

        The cosine is that of Loshchilov & Hutter 2017 (arXiv 1608.03983). Its best weights come at its end, which a run
        with patience may not reach. Such a run keeps its rate until the last fifth: wherever it stops, averaging the
        weights does what the fall would do (Sandler et al. 2023, arXiv 2301.02312; Hägele et al. 2024, arXiv
        2405.18392, for the flat part).
        """
        done, fall = self.done, 0.04 if self.patience is None else 0.8
        if done < 0.04:
            return self.rate * (0.02 + 0.98 * done / 0.04)
        return self.rate * 0.5 * (1 + math.cos(math.pi * max(0.0, done - fall) / (1 - fall)))

    def advance(self, optimizer: torch.optim.Optimizer) -> None:
        """Count a step and set the optimizer's learning rate for it."""
        self.step += 1
        rate = self.learning_rate()
        for group in optimizer.param_groups:
            group["lr"] = rate

    @property
    def validation_due(self) -> bool:
        """Whether to validate now: after a pass (or 1,000 steps of a long one) and 2 % of the run (or 200 steps).

        For each validated drawing nineteen are trained on, forward and backward, so validation takes a few percent of
        the time. Steps decide and not the clock, so that a seed chooses the same weights on every machine.
        """
        step, done = self._validated
        steps = self.step - step
        return steps >= min(self.steps_per_epoch, 1000) and (steps >= 200 or self.done - done > 0.0199)

    def judge(self, network: N, value: float) -> bool:
        """Note the value of a validation (less is better), and return whether it is the best so far."""
        self._validated = self.step, self.done
        better = value < self.best_value
        self.waited = 0 if better else self.waited + 1
        if better:
            # A NumPy number in the checkpoint could be read only by unpickling.
            self.best, self.best_step, self.best_value = copy.deepcopy(network), self.step, float(value)
        return better

    def save(self, network: N, average: Average[N], optimizer: torch.optim.Optimizer) -> None:
        """Write the checkpoint, whole or not at all, and create its folder where it is missing."""
        state = {
            "made_of": self.made_of,
            "network": network.state_dict(),
            "average": average.network.state_dict(),
            "average_steps": average.steps,
            "optimizer": optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "best_step": self.best_step,
            "best_value": self.best_value,
            "waited": self.waited,
            "best": self.best and {"config": self.best.config(), "state": self.best.state_dict()},
        }
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        packed = io.BytesIO()  # to a file itself, PyTorch raises no OSError where the disk is full
        torch.save(state, packed)
        with atomic_write(self.checkpoint) as part:
            part.write_bytes(packed.getbuffer())

    def resume(self, network: N, average: Average[N], optimizer: torch.optim.Optimizer) -> None:
        """Load the checkpoint. Raises `weights.WeightsError` where there is none, or where it is of another run."""
        check_checkpoint(self.out, resume=True)
        try:
            state = _state_of(self.checkpoint)
            _check_same_run(self.checkpoint, state["made_of"], self.made_of)
            network.load_state_dict(state["network"])
            average.network.load_state_dict(state["average"])
            optimizer.load_state_dict(state["optimizer"])
            found = None
            if best := state["best"]:
                if best["config"] != network.config():
                    raise ValueError("its best network is another one")
                found = type(network).from_config(best["config"]).eval()
                found.load_state_dict(best["state"])
        except weights.WeightsError:
            raise
        except _BROKEN as error:
            why = str(error).split("\n")[0][:100] or type(error).__name__
            raise weights.WeightsError(f"{self.checkpoint} is not a checkpoint of this run: {why}") from None
        average.steps = state["average_steps"]
        self.step, self.spent, self._began = state["step"], state["seconds"], time.monotonic()
        self._validated = self.step, self.done
        self.best_step, self.best_value, self.waited = state["best_step"], state["best_value"], state["waited"]
        self.best = None if found is None else found.to(next(network.parameters()).device)

    def finish(self) -> None:
        """Delete the checkpoint, since the run is finished."""
        self.checkpoint.unlink(missing_ok=True)


def _checkpoint_of(out: Path) -> Path:
    return out.with_name(out.name + ".checkpoint")


_STATE = {
    "made_of": dict, "network": dict, "average": dict, "average_steps": int, "optimizer": dict, "step": int,
    "seconds": float, "best_step": (int, None), "best_value": object, "waited": int,
    "best": (None, {"config": dict, "state": dict}),
}  # fmt: skip

_BROKEN = (
    ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RuntimeError, EOFError, OSError,
    MemoryError, AssertionError, pickle.UnpicklingError, zipfile.BadZipFile,
)  # fmt: skip
"""What torch raises for a file that is none of its own, or holds other layers."""


def _state_of(checkpoint: Path) -> dict:
    """Return what a checkpoint holds. Raises one of `_BROKEN` where it is none.

    It lies in its file as it is, so that none needs more memory than it is long.
    """
    with zipfile.ZipFile(checkpoint) as archive:
        packed = sum(about.file_size for about in archive.infolist() if about.compress_type != zipfile.ZIP_STORED)
        if packed or sum(about.file_size for about in archive.infolist()) > checkpoint.stat().st_size:
            raise ValueError("it is packed")
    try:
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    except Exception as error:  # a broken pickle can raise nearly anything
        raise ValueError(f"its pickle is broken ({type(error).__name__})") from None
    check(state, _STATE)
    if not isinstance(state["best_value"], float):
        raise ValueError("it does not say how good the best network was")
    return state


def check_checkpoint(out: Path, resume: bool) -> None:
    """Raise `weights.WeightsError` where a run to resume has no checkpoint beside `out`, or a new run has one.

    A checkpoint is hours of work, which a forgotten option must not delete.
    """
    checkpoint = _checkpoint_of(out)
    if checkpoint.exists() == resume:
        return
    if not resume:
        raise weights.WeightsError(f"{out} was interrupted: --resume goes on; delete {checkpoint} to begin anew")
    if out.exists():
        raise weights.WeightsError(f"{out} is finished, there is nothing to resume; --start {out} trains it further")
    raise weights.WeightsError(f"there is no checkpoint {checkpoint} to resume")


def _check_same_run(path: Path, then: dict, now: dict) -> None:
    for name in then:
        if then[name] != now.get(name):
            short = all(isinstance(value, int | float) for value in (then[name], now.get(name)))
            which = f"--{name} {then[name]}, not {now[name]}" if short else f"other {name}"
            raise weights.WeightsError(f"{path} is of a run with {which}: --resume goes on with what was begun")
