"""What a player waits for, measured in the window itself: `python -m qdesk.gui.measure` prints it as JSON.

A pen that never rests draws in an offscreen window, 125 moves a second as a mouse sends them, round after round. The
latency is the time from the last point that a guess includes to that guess painted on the screen.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from typing import Any

MOVE_MS = 8
STROKE_MOVES = 80


def main(moves: int = 1500) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from PySide6.QtWidgets import QApplication

    from qdesk.gui import jobs
    from qdesk.gui.theme import apply_theme
    from qdesk.gui.window import MainWindow

    app = QApplication(["qdesk"])
    apply_theme(app)
    window = MainWindow("play")
    window.show()
    page = window.page("play")
    deadline = time.monotonic() + 60
    while not page.guessing.awake and not page.guessing.blind and time.monotonic() < deadline:
        app.processEvents()
        time.sleep(0.01)
    if not page.guessing.awake:
        print(page.guessing.trouble or "the network did not wake", file=sys.stderr)
        return 1
    _draw(app, page, moves)
    latencies = sorted(page.latencies_ms)
    window.close()
    jobs.shutdown()
    figures = {f"shown_ms_p{p}": round(latencies[int(p / 100 * (len(latencies) - 1))], 2) for p in (50, 95)}
    print(json.dumps(figures | {"shown_guesses": len(latencies)}))
    return 0


def _draw(app: Any, page: Any, moves: int) -> None:
    """Loops that wander over the canvas; a new round wherever the last one ended."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    width, height = page.canvas.width(), page.canvas.height()
    down, next_move = False, time.perf_counter()
    for move in range(moves):
        if page.round is None or page.round.state.ended:
            if down:
                QTest.mouseRelease(page.canvas, left, plain)
                down = False
            page.next_word()
            page.accept()
        turn = move / 17
        reach = 0.1 + 0.3 * ((move // STROKE_MOVES) % 3) / 2
        at = QPoint(
            int(width * (0.5 + reach * math.cos(turn) + 0.1 * math.sin(move / 90))),
            int(height * (0.5 + reach * math.sin(turn))),
        )
        if move % STROKE_MOVES == 0 or not down:
            if down:
                QTest.mouseRelease(page.canvas, left, plain, at)
            QTest.mousePress(page.canvas, left, plain, at)
            down = True
        else:
            QTest.mouseMove(page.canvas, at)
        next_move += MOVE_MS / 1000
        while (rest := next_move - time.perf_counter()) > 0:  # the window lives until the next move is due
            app.processEvents()
            time.sleep(min(rest, 0.0005))
    if down:
        QTest.mouseRelease(page.canvas, left, plain)


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:2])))
