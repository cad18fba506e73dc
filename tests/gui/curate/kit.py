"""What the tests of the Curate page share: a scorer whose answers are known, a file to open, and a hand on the keys."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from qdesk.data.drawings import Drawing, Drawings
from qdesk.gui.curate.page import CuratePage
from qdesk.scoring.scorer import Seen

COUNT = 40


@dataclass
class Chunk:
    indices: np.ndarray
    columns: dict[str, np.ndarray]
    known: bool = False


class PlainScorer:
    """Scores by the number in the key: key 7 has junk 7, so that the worst is the last of the file.

    known: so many, in the order of the file, are known from before.
    """

    def __init__(self, wait: threading.Event | None = None, known: int = 0, trouble: str = "") -> None:
        self.wait, self.known, self.trouble = wait, known, trouble

    def stream(self, drawings: Drawings, stop: Callable[[], bool] = lambda: False) -> Iterator[Chunk]:
        for start in range(0, len(drawings), 16):
            indices = np.arange(start, min(start + 16, len(drawings)))
            row = drawings.column("row")[indices].astype(np.float32)
            reasons = np.array(["scribble" if r >= 36 else "unusual" if r >= 30 else "" for r in row], object)
            words = np.full(len(indices), "cat", object)
            evidence = np.array([f"Its loss is {r:g} nats a point." if r >= 30 else "" for r in row], object)
            yield Chunk(
                indices,
                {
                    "loss": row * 10,
                    "loss_per_point": row / 10,
                    "lift": 20 - row,
                    "p_word": 1 - row / COUNT,
                    "top_guess": words,
                    "p_top": np.full(len(indices), 0.5, np.float32),
                    "junk": row,
                    "reason": reasons,
                    "evidence": evidence,
                },
                known=indices[-1] < self.known,
            )
            while self.wait is not None and not self.wait.wait(0.01):
                if stop():
                    return

    def seen(self, one: Drawings) -> Seen:
        return Seen(np.zeros((28, 28), np.uint8), [("cat", 0.5), ("dog", 0.25)], (0.25, 2))

    def point_losses(self, drawing: Drawing) -> np.ndarray:
        return np.arange(drawing.points, dtype=np.float32)


def write_file(path: Path, count: int = COUNT) -> Path:
    lines = []
    for number in range(count):
        drawing = [[[0, 100, 255, number], [0, 30, number, 9]], [[5, 5 + number], [200, 90]]]
        about = {"word": "dog" if number % 4 == 0 else "cat", "key_id": str(1000 + number), "countrycode": "DE"}
        about |= {"timestamp": "2017-03-20 01:07:50.46456 UTC", "recognized": number % 2 == 0}
        lines.append(json.dumps({**about, "drawing": drawing}))
    path.write_text("\n".join(lines) + "\n")
    return path


def keys(page: CuratePage) -> list[str]:
    return list(page.table.names[page.table.order])


def press(page: CuratePage, *pressed: object, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for key in pressed:
        QTest.keyClick(page.grid, key, modifier)


def current(page: CuratePage) -> str:
    return page.table.names[page.grid.current]


def sort_by(page: CuratePage, name: str) -> None:
    page.header.sort_box.setCurrentIndex(page.header.sort_box.findData(name))
