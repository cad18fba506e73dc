"""The pictures in docs/, taken from the running program with the starter set: `make screenshots`, of Curate alone with
`make screenshots ARGS="curate"`, and in the dark with `make screenshots ARGS="curate dark"`.

Everything is real: the shipped networks score and guess, the mouse draws, the keys flag. The drawings are the starter
set's, which this project made itself.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QDESK_THEME"] = "dark" if "dark" in sys.argv[1:] else "light"
os.environ["QDESK_HOME"] = tempfile.mkdtemp(prefix="qdesk-screenshots-")

import numpy as np  # noqa: E402
from PySide6.QtCore import QPoint, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from qdesk import paths  # noqa: E402
from qdesk.formats import open_drawings  # noqa: E402
from qdesk.gui import jobs  # noqa: E402
from qdesk.gui.theme import apply_theme  # noqa: E402
from qdesk.gui.window import MainWindow  # noqa: E402

DOCS = Path(__file__).parents[1] / "docs"
LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def main(*wishes: str) -> int:
    suffix, everything = "-dark" if "dark" in wishes else "", "curate" not in wishes
    app = QApplication(["qdesk"])
    apply_theme(app)
    window = MainWindow("play")
    window.resize(1280, 800)
    window.show()
    DOCS.mkdir(exist_ok=True)

    def shoot(name: str) -> None:
        settle(0.3)
        window.grab().save(str(DOCS / f"{name}{suffix}.png"))

    if everything:
        play = window.page("play")
        wait(lambda: play.guessing.awake, "the network to wake")
        draw_a_round(play, shoot)

    window.show_page("curate")
    settle(0.3)
    if not suffix:
        shoot("curate-empty")
    curate = window.page("curate")
    scored: list[bool] = []
    curate.scored.connect(lambda *_: scored.append(True))
    window.open_in_curate([str(paths.asset("starter.ndjson.gz"))])
    wait(lambda: bool(scored), "the scores")
    settle(1.0)
    judge(window, curate, 7)
    QTest.keyClick(curate.grid, Qt.Key.Key_Left)
    settle(4.0)  # the losses of its points are read in the background
    shoot("curate")
    if not suffix:
        look(window, curate, shoot)

    if everything:
        window.show_page("lab")
        learn(window.page("lab"), shoot)
    window.close()
    jobs.shutdown()
    return 0


def press(window, curate, key: Qt.Key) -> None:
    """One key, as if it were the window in front: offscreen none stays it for long."""
    window.activateWindow()
    QTest.qWaitForWindowActive(window, 500)
    QTest.keyClick(curate.grid, key)
    settle(0.2)


def judge(window, curate, count: int) -> None:
    """So many drawings get the verdict that scoring suggests."""
    keys = {"scribble": Qt.Key.Key_1, "graffiti": Qt.Key.Key_2, "wrong": Qt.Key.Key_3}
    for _ in range(count):
        press(window, curate, keys.get(str(curate.table.texts["reason"][curate.grid.current]), Qt.Key.Key_K))


def look(window, curate, shoot: Callable[[str], None]) -> None:
    """One by one, by the page, and the plane with a lasso in it."""
    curate.grid.select_row(12)
    press(window, curate, Qt.Key.Key_O)
    curate.looking.set_tint("loss")
    wait(lambda: curate.detail.alike.isVisible(), "what is alike")
    settle(3.0)
    shoot("curate-one")
    curate.looking.set_tint("none")
    press(window, curate, Qt.Key.Key_B)
    settle(1.0)
    shoot("curate-page")
    press(window, curate, Qt.Key.Key_Escape)
    press(window, curate, Qt.Key.Key_P)
    settle(2.0)
    plane = curate.looking.plane
    surface = plane.surface.viewport()
    width, height = surface.width(), surface.height()
    round_ = [(0.76, 0.45), (0.97, 0.45), (0.98, 0.8), (0.76, 0.82), (0.75, 0.5)]  # surprising, and not its word
    at = [QPoint(round(x * width), round(y * height)) for x, y in round_]
    QTest.mousePress(surface, LEFT, PLAIN, at[0])
    for before, after in zip(at[:-1], at[1:], strict=True):
        for step in range(1, 7):
            QTest.mouseMove(surface, before + (after - before) * step / 6)
            settle(0.03)
    QTest.mouseRelease(surface, LEFT, PLAIN, at[-1])
    settle(1.5)
    shoot("curate-plane")


def draw_a_round(play, shoot: Callable[[str], None]) -> None:
    """One round of a word that the starter set has, with its best known drawing, until the network says the word."""
    from qdesk.guess import Guesser

    guesser = Guesser()
    starter = open_drawings(paths.asset("starter.ndjson.gz")).drawings
    seen = guesser.probabilities(starter)
    words = [guesser.words.index(word) for word in starter.words]
    sure = seen[np.arange(len(starter)), words]
    best = {}  # of the drawings that are surely recognised, the most elaborate one of each word
    for row in np.argsort(starter.point_counts):
        if sure[row] > 0.8:
            best[starter.words[row]] = int(row)
    while play.round is None or play.round.word not in best:
        play.next_word()
    play.accept()
    canvas, row = play.canvas, best[play.round.word]
    side = min(canvas.width(), canvas.height()) * 0.72
    corner = np.array([canvas.width() - side, canvas.height() - side]) / 2
    strokes = starter.strokes_of(row)
    shot = False
    for number, stroke in enumerate(strokes):
        at = [QPoint(int(x), int(y)) for x, y in stroke * side / 255 + corner]
        QTest.mousePress(canvas, LEFT, PLAIN, at[0])
        for before, after in zip(at[:-1], at[1:], strict=True):
            for step in range(1, 5):
                QTest.mouseMove(canvas, before + (after - before) * step / 4)
                settle(0.012)
        QTest.mouseRelease(canvas, LEFT, PLAIN, at[-1])
        settle(0.15)
        if play.round.state.ended:
            break
        if number + 1 >= len(strokes) // 2 and play.round.guesses:
            shoot("play")  # the next stroke's takes its place: the last before the word is recognised stays
            shot = True
    if not shot:
        shoot("play")
    wait(lambda: play.round.state.ended, "the end of the round")
    wait(lambda: play.end_screen.isVisible(), "the last page")
    settle(4.0)  # the replay runs once
    shoot("play-end")


def learn(lab, shoot: Callable[[str], None]) -> None:
    """A small network learns the words of the starter set, and is looked at when it is nearly done."""
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


def wait(until: Callable[[], bool], what: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {seconds:g} s for {what}")
        settle(0.05)


def settle(seconds: float) -> None:
    """Let the window live for a while, and the threads beside it: `QTest.qWait` would not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.002)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
