"""Samples of published decoders: only those that could be a drawing, in the box."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdesk.nets.weights import WeightsError
from qdesk.training.rude_samples import ROUND, STROKES, half_turns, rude_samples


def test_without_decoders_there_is_nothing(tmp_path: Path) -> None:
    assert rude_samples([], 10) == []
    assert rude_samples([tmp_path], 10) == []


def test_what_is_no_decoder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.gen.json").write_text("[]")
    with pytest.raises(WeightsError):
        rude_samples([tmp_path], 10)


def test_turns_are_counted_without_pen_lifts() -> None:
    angle = np.linspace(0, 2 * np.pi, 41)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert half_turns([circle]) == pytest.approx(2, abs=0.1)
    assert half_turns([circle[::-1], circle + 9]) == pytest.approx(4, abs=0.2)
    assert half_turns([np.zeros((1, 2)), np.array([[0, 0], [9, 9]])]) == 0


def test_samples_of_real_decoders_are_in_the_box(reference_data: Path) -> None:
    drawn = rude_samples([reference_data / "rude_decoders"], 30, seed=3)
    assert 8 <= len(drawn) <= 30
    for strokes in drawn:
        points = np.concatenate(strokes)
        assert points.min() >= 0 and points.max() <= 255 and len(strokes) <= STROKES
        assert ROUND[0] <= half_turns(strokes) <= ROUND[1]
