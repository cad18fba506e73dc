"""Scribbles: thin to black, smooth and angular, cut off at the edge of a canvas, alone and over a drawing."""

from __future__ import annotations

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.junk.hand import box_of
from qdesk.data.junk.scribbles import scribble, scribble_over
from qdesk.data.simplify import simplify

CROSS = [np.array([[0, 0], [255, 255]], np.float32), np.array([[255, 0], [0, 255]], np.float32)]


def test_scribbles_are_thin_and_black_in_one_stroke_and_many() -> None:
    rng = np.random.default_rng(0)
    batch = simplify(Drawings.from_strokes([scribble(rng) for _ in range(150)]))
    assert np.quantile(batch.point_counts, 0.1) < 90 and np.quantile(batch.point_counts, 0.9) > 300
    assert batch.stroke_counts.min() == 1 and batch.stroke_counts.max() > 8


def test_some_scribbles_run_along_the_edge_of_the_canvas() -> None:
    """There, many points share the outermost coordinate."""
    cut = 0
    for seed in range(60):
        points = np.concatenate(scribble(np.random.default_rng(seed)))
        cut += bool(((points == points.min(axis=0)) | (points == points.max(axis=0))).sum(axis=0).max() > 8)
    assert 10 <= cut <= 45


def test_scribbling_over_keeps_the_drawing_and_covers_part_of_it() -> None:
    for seed in range(30):
        strokes, is_mess = scribble_over(CROSS, np.random.default_rng(seed))
        assert (~is_mess).sum() == 2
        assert all((ours == theirs).all() for ours, theirs in zip(strokes, CROSS, strict=False))
        low, high = box_of(strokes[2:])
        assert (low < 255).all() and (high > 0).all()
        assert np.ptp(np.concatenate(strokes[2:]), axis=0).max() > 40
