"""Take the screenshots in docs/ from the running program: `make screenshots`.

`make screenshots ARGS="curate"` (or "play", "lab", "draw", "explore") takes those of one page, and
`make screenshots ARGS="curate dark"` in the dark theme. Everything is real: the shipped networks score and guess, the
mouse draws, the keys flag. The drawings are those of the starter set, which this project made itself.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QDESK_THEME"] = "dark" if "dark" in sys.argv[1:] else "light"
os.environ["QDESK_HOME"] = tempfile.mkdtemp(prefix="qdesk-screenshots-")

from PySide6.QtCore import QPoint, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from screenshot_tools import LEFT, PLAIN, settle, wait  # noqa: E402

from qdesk import paths  # noqa: E402
from qdesk.gui import jobs  # noqa: E402
from qdesk.gui.theme import apply_theme  # noqa: E402
from qdesk.gui.window import MainWindow  # noqa: E402

DOCS = Path(__file__).parents[1] / "docs"
PAGES = ("play", "curate", "lab", "draw", "explore")


def main(*wishes: str) -> int:
    suffix = "-dark" if "dark" in wishes else ""
    pages = set(PAGES) & set(wishes) or set(PAGES)
    app = QApplication(["qdesk"])
    apply_theme(app)
    window = MainWindow("play")
    window.resize(1280, 800)
    window.show()
    DOCS.mkdir(exist_ok=True)

    def shoot(name: str) -> None:
        settle(0.3)
        window.grab().save(str(DOCS / f"{name}{suffix}.png"))

    if "play" in pages:
        from screenshots_play import play_and_look

        play_and_look(window.page("play"), shoot)
    if "curate" in pages:
        curate_and_look(window, shoot, dark=bool(suffix))
    if "lab" in pages:
        window.show_page("lab")
        learn(window.page("lab"), shoot)
    if "draw" in pages:
        from screenshots_icons import draw_icons

        window.show_page("draw")
        draw_icons(window.page("draw"), shoot, dark=bool(suffix))
    if "explore" in pages:
        from screenshots_explore import explore_and_look

        explore_and_look(window, shoot, dark=bool(suffix))
    window.close()
    jobs.shutdown()
    return 0


def curate_and_look(window, shoot: Callable[[str], None], dark: bool) -> None:
    """Score the starter set, judge some drawings and take the screenshots; in the dark theme only that of the grid."""
    window.show_page("curate")
    settle(0.3)
    if not dark:
        shoot("curate-empty")
    curate = window.page("curate")
    scored: list[bool] = []
    curate.scored.connect(lambda *_: scored.append(True))
    window.open_in_curate([str(paths.asset("starter.ndjson.gz"))])
    wait(lambda: bool(scored), "the scores")
    settle(1.0)
    judge(window, curate, 7)
    QTest.keyClick(curate.grid, Qt.Key.Key_Left)
    settle(4.0)  # until the losses of its points are computed in the background
    shoot("curate")
    if not dark:
        look(window, curate, shoot)


def press(window, curate, key: Qt.Key) -> None:
    """Press one key, after making the window active: offscreen it does not stay active for long."""
    window.activateWindow()
    QTest.qWaitForWindowActive(window, 500)
    QTest.keyClick(curate.grid, key)
    settle(0.2)


def judge(window, curate, count: int) -> None:
    """Give `count` drawings the verdict that scoring suggests."""
    for _ in range(count):
        reason = curate.table.texts["reason"][curate.grid.current]
        press(window, curate, Qt.Key.Key_F if reason not in ("", "unusual") else Qt.Key.Key_K)


def look(window, curate, shoot: Callable[[str], None]) -> None:
    """Take the screenshots of one drawing alone, of a page of drawings, and of the plane with a lasso."""
    curate.session.sight.go(12)
    press(window, curate, Qt.Key.Key_O)
    curate.viewing.set_tint("loss")
    wait(lambda: curate.detail.alike.isVisible(), "what is alike")
    settle(3.0)
    shoot("curate-one")
    curate.viewing.set_tint("none")
    press(window, curate, Qt.Key.Key_B)
    settle(1.0)
    shoot("curate-page")
    press(window, curate, Qt.Key.Key_Escape)
    press(window, curate, Qt.Key.Key_P)
    settle(2.0)
    plane = curate.viewing.plane
    surface = plane.surface.viewport()
    width, height = surface.width(), surface.height()
    round_ = [(0.48, 0.45), (0.97, 0.45), (0.98, 0.8), (0.48, 0.82), (0.47, 0.5)]  # surprising, and not its word
    at = [QPoint(round(x * width), round(y * height)) for x, y in round_]
    QTest.mousePress(surface, LEFT, PLAIN, at[0])
    for before, after in zip(at[:-1], at[1:], strict=True):
        for step in range(1, 7):
            QTest.mouseMove(surface, before + (after - before) * step / 6)
            settle(0.03)
    QTest.mouseRelease(surface, LEFT, PLAIN, at[-1])
    settle(1.5)
    shoot("curate-plane")


def learn(lab, shoot: Callable[[str], None]) -> None:
    """Train a small network on the starter set, and take the screenshot when it is nearly done."""
    wait(lambda: lab.empty.isVisible(), "the empty page")
    lab.empty.starter.click()
    wait(lambda: not lab.form.finder.busy, "the words")
    lab.form.small.setChecked(True)
    lab.form.minutes.setValue(3)
    lab.form.start.click()
    wait(lambda: lab.view.run.done > 0.8, "the network to learn", 600)
    lab.view.charts[0].asked.emit(lab.view.charts[1].plot.places[-3])
    shoot("lab")
    lab.stop()
    wait(lambda: not lab.view.run.state.active, "the run to stop")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
