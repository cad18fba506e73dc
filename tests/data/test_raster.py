"""The raster is the official one, pixel for pixel."""

from __future__ import annotations

import gzip

import cairocffi
import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.formats import open_drawings


def official(strokes: list[np.ndarray], side: int = 28) -> np.ndarray:
    """The recipe of quickdraw-dataset issue 19, a call a point, for one drawing."""
    surface = cairocffi.ImageSurface(cairocffi.FORMAT_ARGB32, side, side)
    context = cairocffi.Context(surface)
    context.set_antialias(cairocffi.ANTIALIAS_BEST)
    context.set_line_cap(cairocffi.LINE_CAP_ROUND)
    context.set_line_join(cairocffi.LINE_JOIN_ROUND)
    context.set_line_width(16)
    context.scale(side / 304, side / 304)
    context.translate(24, 24)
    context.set_source_rgb(0, 0, 0)
    context.paint()
    context.set_source_rgb(1, 1, 1)
    shift = (256 - np.concatenate(strokes).max(axis=0)) / 2
    for stroke in strokes:
        context.move_to(*(stroke[0] + shift))
        for point in stroke + shift:
            context.line_to(*point)
        context.stroke()
    return np.frombuffer(surface.get_data(), np.uint8).reshape(side, side, 4)[:, :, 0].copy()


@pytest.mark.parametrize("side", [28, 64, 101])
def test_same_pixels_as_the_official_recipe(side: int) -> None:
    rng = np.random.default_rng(side)
    drawings = [
        [rng.uniform(0, 255, (rng.integers(1, 12), 2)).astype(np.float32) for _ in range(rng.integers(1, 6))]
        for _ in range(40)
    ]
    batch = Drawings.from_strokes(drawings).fit_box()
    expected = np.stack([official(list(batch.strokes_of(k)), side) for k in range(len(batch))])
    assert np.abs(raster(batch, side).astype(int) - expected).max() <= 1


def test_published_bitmaps_are_reproduced(reference_data) -> None:
    drawings = open_drawings(reference_data / "strokes" / "apple.ndjson.gz").drawings
    published = np.load(reference_data / "bitmaps" / "apple.npy").reshape(-1, 784).astype(np.float32)
    ours = raster(drawings).reshape(-1, 784).astype(np.float32)
    distance = (ours**2).sum(1)[:, None] + (published**2).sum(1) - 2 * ours @ published.T
    # 81 of the 233 apples are also among the published bitmaps: found by pixels alone, without one wrong pixel.
    assert (distance.min(axis=1) < 1).sum() >= 80


def test_one_point_is_a_dot_in_the_middle() -> None:
    image = raster(Drawings.from_strokes([[np.array([[100.0, 30.0]])]]).fit_box())[0]
    assert image[13:15, 13:15].min() > 100
    assert image[:12].max() == image[16:].max() == 0


def test_empty_batch_and_bitmaps() -> None:
    assert raster(Drawings.empty()).shape == (0, 28, 28)
    pixels = np.arange(784, dtype=np.uint8).reshape(1, 28, 28)
    batch = Drawings.from_bitmaps(pixels)
    assert (raster(batch) == pixels).all()
    with pytest.raises(ValueError, match="28 pixels wide"):
        raster(batch, side=64)


def test_thin_bitmaps_are_drawings_of_ours_in_another_frame(reference_data) -> None:
    from qdesk.data.bitmap_frame import fit_bitmaps, thin_raster

    drawings = open_drawings(reference_data / "strokes" / "house.ndjson.gz").drawings.fit_box()
    with gzip.open(reference_data / "bitmaps_thin" / "house.npy.gz") as file:
        thin = np.load(file).reshape(-1, 28, 28)
    a, b = thin.reshape(-1, 784).astype(float), thin_raster(drawings).reshape(-1, 784).astype(float)
    rms = np.sqrt(((a[:, None] - b[None]) ** 2).mean(axis=2))
    twins = rms.min(axis=1) < 30
    assert twins.sum() >= 25
    fitted, was_thin = fit_bitmaps(thin)
    assert was_thin
    centred = raster(drawings)[rms.argmin(axis=1)].astype(float)
    after = np.sqrt(((fitted - centred) ** 2).mean(axis=(1, 2)))[twins]
    before = np.sqrt(((thin - centred) ** 2).mean(axis=(1, 2)))[twins]
    assert after.mean() < 35 < before.mean()


def test_official_bitmaps_stay_untouched(reference_data) -> None:
    from qdesk.data.bitmap_frame import fit_bitmaps

    published = np.load(reference_data / "bitmaps" / "cat.npy")[:500].reshape(-1, 28, 28)
    fitted, was_thin = fit_bitmaps(published)
    assert not was_thin
    assert (fitted == published).all()
