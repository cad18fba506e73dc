"""28x28 pictures from elsewhere in the official frame: centred, with the official size and pen width.

Published bitmaps are not all alike. Some were painted with a thin pen in the top left corner, some were cut out of
larger pictures edge to edge. A network that sees them as they are learns the frame and not the drawing.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster_points

_FINE = 8  # how much finer the pen is widened, so that thresholding leaves no visible steps
_OFFICIAL = 256 / (256 + 48)  # the official recipe's scale, as a share of a frame without padding


def fit_bitmaps(bitmaps: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return the bitmaps of one file, uint8 (N, 28, 28), in the official frame, and whether they were thin ones.

    The official recipe leaves two empty rows at the top of most drawings. Files that fill the frame are shrunk to
    the official size and centred. Thin ones lie at the top left, and their pen is widened. Official bitmaps come back
    untouched.
    """
    touches = (bitmaps[:, :2].max(axis=(1, 2)) > 0).mean() > 0.5 and (
        bitmaps[:, :, :2].max(axis=(1, 2)) > 0
    ).mean() > 0.5
    if not touches:
        return bitmaps, False
    left_over = (bitmaps[:, -2:].max(axis=(1, 2)) == 0) | (bitmaps[:, :, -2:].max(axis=(1, 2)) == 0)
    thin = bool(left_over.mean() > 0.3)
    return _refit(bitmaps, thin), thin


def _refit(bitmaps: np.ndarray, thin: bool) -> np.ndarray:
    count, side = len(bitmaps), bitmaps.shape[1]
    ink = bitmaps > 76
    low_x, high_x = _extent(np.any(ink, axis=1))
    low_y, high_y = _extent(np.any(ink, axis=2))
    frame = torch.zeros(count, 2, 3)
    frame[:, 0, 0] = frame[:, 1, 1] = 1 / _OFFICIAL
    frame[:, 0, 2] = torch.from_numpy((low_x + high_x) / side - 1)
    frame[:, 1, 2] = torch.from_numpy((low_y + high_y) / side - 1)
    fitted = np.empty_like(bitmaps)
    for start in range(0, count, 256):
        part = slice(start, start + 256)
        pixels = torch.from_numpy(bitmaps[part].astype(np.float32) / 255)[:, None]
        fine = 1 if not thin else _FINE
        grid = F.affine_grid(frame[part], [len(pixels), 1, side * fine, side * fine], align_corners=False)
        pixels = F.grid_sample(pixels, grid, align_corners=False)
        if thin:  # a pen 8 wide in a frame without padding is 0.74 pixels here; the official one is 1.47
            pixels = F.max_pool2d((pixels > 0.3).float(), 3, stride=1, padding=1)
            pixels = F.avg_pool2d(pixels, fine)
        fitted[part] = (pixels[:, 0] * 255).round().byte().numpy()
    return fitted


def _extent(any_ink: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return float32 (N,), (N,): where the ink starts and ends along one axis; the whole axis where there is none."""
    side = any_ink.shape[1]
    low = any_ink.argmax(axis=1)
    high = side - any_ink[:, ::-1].argmax(axis=1)
    return low.astype(np.float32), high.astype(np.float32)


def thin_raster(drawings: Drawings) -> np.ndarray:
    """Return uint8 (N, 28, 28): drawings painted as the thin bitmaps are, to find those that show a known drawing."""
    margin = 48 / 2  # undo the official padding: the 256 box fills the frame, from its corner
    points = drawings.points * (1 / _OFFICIAL) - margin
    return raster_points(points, drawings.stroke_offsets, drawings.drawing_offsets, line=8 / _OFFICIAL)
