"""A run knows how far it is: its rate, its end, and the average that it is judged by."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from qdesk.training.run import Average, Run


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
