"""What both training loops share: a schedule, averaged weights, checkpoints, and a log with the time left."""

from __future__ import annotations

import copy
import json
import math
import sys
import time
from pathlib import Path

import torch
from torch import nn

from qdesk.files import written_whole
from qdesk.nets import weights


class Average:
    """The exponential moving average of a network's weights and buffers: the network that is judged and shipped.

    decay grows from 0 to its full value over the first steps, so that the start is forgotten (as in Polyak & Juditsky
    1992 and every diffusion code since).
    """

    def __init__(self, network: nn.Module, decay: float = 0.999) -> None:
        self.network = copy.deepcopy(network).eval()
        self.decay, self.steps = decay, 0
        for parameter in self.network.parameters():
            parameter.requires_grad_(False)

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        mine, theirs = self.network.state_dict(), network.state_dict()
        floats = [name for name in mine if mine[name].is_floating_point()]
        torch._foreach_lerp_([mine[n] for n in floats], [theirs[n].detach() for n in floats], 1 - decay)
        for name in mine.keys() - set(floats):
            mine[name].copy_(theirs[name])


class Run:
    """A training run: how far it is, its learning rate, its checkpoint beside `out`, its log on stderr.

    The run ends after `epochs`, or after `minutes` where given; `done` is the share of whichever comes first. A
    resumed run keeps its clock: minutes already spent count.
    """

    def __init__(self, out: Path, epochs: int, steps_per_epoch: int, minutes: float | None, rate: float) -> None:
        self.out, self.checkpoint = out, out.with_name(out.name + ".checkpoint")
        self.steps_total, self.minutes, self.rate = max(1, epochs * steps_per_epoch), minutes, rate
        self.step, self.spent = 0, 0.0
        self._began = self._said = time.monotonic()

    @property
    def seconds(self) -> float:
        return self.spent + time.monotonic() - self._began

    @property
    def done(self) -> float:
        by_steps = self.step / self.steps_total
        return min(1.0, max(by_steps, self.seconds / 60 / self.minutes) if self.minutes else by_steps)

    def learning_rate(self) -> float:
        """Up in the first 4 %, then a half cosine down to 0 (Loshchilov & Hutter 2017, arXiv 1608.03983)."""
        done = self.done
        if done < 0.04:
            return self.rate * (0.02 + 0.98 * done / 0.04)
        return self.rate * 0.5 * (1 + math.cos(math.pi * (done - 0.04) / 0.96))

    def advance(self, optimizer: torch.optim.Optimizer) -> None:
        self.step += 1
        rate = self.learning_rate()
        for group in optimizer.param_groups:
            group["lr"] = rate

    def log(self, every_seconds: float = 0.0, **figures: float) -> bool:
        """One line of JSON on stderr, at most every so often; says whether it was written."""
        now = time.monotonic()
        if now - self._said < every_seconds:
            return False
        self._said = now
        left = self.seconds * (1 / max(self.done, 1e-6) - 1)
        line = {"step": self.step, "done": round(self.done, 4), "minutes_left": round(left / 60, 1)}
        line |= {name: float(f"{value:.4g}") for name, value in figures.items()}
        print(json.dumps(line), file=sys.stderr, flush=True)
        return True

    def save(self, network: nn.Module, average: Average, optimizer: torch.optim.Optimizer) -> None:
        """Write the checkpoint, whole or not at all; its folder is made where there is none."""
        state = {
            "network": network.state_dict(),
            "average": average.network.state_dict(),
            "average_steps": average.steps,
            "optimizer": optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(self.checkpoint) as part:
            torch.save(state, part)

    def resume(self, network: nn.Module, average: Average, optimizer: torch.optim.Optimizer) -> None:
        if not self.checkpoint.exists():
            raise weights.WeightsError(f"there is no checkpoint {self.checkpoint} to resume")
        state = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
        network.load_state_dict(state["network"])
        average.network.load_state_dict(state["average"])
        average.steps = state["average_steps"]
        optimizer.load_state_dict(state["optimizer"])
        self.step, self.spent, self._began = state["step"], state["seconds"], time.monotonic()

    def finish(self) -> None:
        self.checkpoint.unlink(missing_ok=True)


def device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
