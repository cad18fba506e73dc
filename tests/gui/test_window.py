from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTreeWidget, QWidget

from qdesk import paths, settings
from qdesk.gui import jobs, theme, troubles, window
from qdesk.gui.trouble_bar import NoPage
from qdesk.gui.window import MainWindow
from qdesk.settings import Window

ROOT = Path(__file__).parents[2]
CTRL = Qt.KeyboardModifier.ControlModifier


class Page(QWidget):
    """A page that remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []

    def shown(self) -> None:
        self.told.append("shown")

    def hidden(self) -> None:
        self.told.append("hidden")

    def open_files(self, files: list[str]) -> None:
        self.told.append(files)

    def shutdown(self) -> None:
        self.told.append("shutdown")


class Play(Page):
    pass


class Curate(Page):
    def saved(self) -> str:
        return "Your verdicts are saved."


@pytest.fixture(autouse=True)
def plain_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = (("play", "Play", __name__, "Play"), ("curate", "Curate", __name__, "Curate"))
    monkeypatch.setattr(window, "PAGES", pages)
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or _this_module())


def _this_module() -> object:
    import types

    module = types.ModuleType(__name__)
    module.Play, module.Curate = Play, Curate
    return module


@pytest.fixture
def shown(qtbot) -> Iterator[MainWindow]:
    one = MainWindow()
    qtbot.addWidget(one)
    one.show()
    yield one
    one.close()


def test_a_page_is_made_when_it_is_first_shown(shown: MainWindow) -> None:
    assert shown.current_page == "play" and list(shown._pages) == ["play"]
    assert shown.page("play").told == ["shown"]
    shown.rail.buttons["curate"].click()
    assert shown.current_page == "curate"
    assert shown.page("play").told == ["shown", "hidden"] and shown.page("curate").told == ["shown"]
    assert shown.rail.buttons["curate"].isChecked() and not shown.rail.buttons["play"].isChecked()


def test_keys_switch_pages(qtbot, shown: MainWindow) -> None:
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    QTest.keyClick(shown, Qt.Key.Key_2, CTRL)
    assert shown.current_page == "curate"
    QTest.keyClick(shown, Qt.Key.Key_2, CTRL)
    assert shown.page("curate").told == ["shown"]
    QTest.keyClick(shown, Qt.Key.Key_1, CTRL)
    assert shown.current_page == "play"


def test_files_go_to_curate(qtbot, shown: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    shown.open_in_curate(["a.ndjson"])
    assert shown.page("curate").told == ["shown", ["a.ndjson"]]
    monkeypatch.setattr(window.QFileDialog, "getOpenFileNames", lambda *_: (["b.bin", "c.bin"], ""))
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    QTest.keyClick(shown, Qt.Key.Key_O, CTRL)
    assert shown.page("curate").told[-1] == ["b.bin", "c.bin"]


def test_files_on_the_command_line_open_curate(qtbot) -> None:
    one = MainWindow("play", ["x.ndjson"])
    qtbot.addWidget(one)
    assert one.current_page == "curate" and one.page("curate").told == [["x.ndjson"]]
    one.close()


def test_closing_tells_every_page_once(shown: MainWindow) -> None:
    play = shown.page("play")
    shown.close()
    shown.close()
    assert play.told.count("shutdown") == 1


def test_a_page_that_cannot_close_keeps_no_other_from_saving(shown: MainWindow, monkeypatch, caplog) -> None:
    shown.show_page("curate")
    pages = [shown.page("play"), shown.page("curate")]
    monkeypatch.setattr(Play, "shutdown", lambda _: 1 / 0)
    shown.close()
    assert pages[1].told[-1] == "shutdown" and shown.isHidden()


def test_a_page_that_cannot_be_made_leaves_a_sentence_and_is_tried_again(
    shown: MainWindow, monkeypatch, caplog
) -> None:
    monkeypatch.setattr(Page, "__init__", lambda _: 1 / 0)
    for _ in range(2):
        shown.rail.buttons["curate"].click()
        assert shown.current_page == "curate" and shown.rail.buttons["curate"].isChecked()
        assert isinstance(shown._stack.currentWidget(), NoPage)
    shown.open_in_curate(["a.ndjson"])
    shown.show_page("play")
    assert shown._stack.currentWidget() is shown.page("play") and shown._stack.count() == 1
    shown.show_page("curate")
    monkeypatch.undo()
    shown._stack.currentWidget().again.click()
    assert shown._stack.currentWidget() is shown.page("curate")


def test_a_fault_is_said_with_what_is_saved_and_the_window_lives(qtbot, shown: MainWindow, caplog) -> None:
    shown.show_page("curate")
    troubles.each(lambda: 1 / 0)
    qtbot.waitUntil(lambda: bool(shown.trouble_bar.text))
    assert "ZeroDivisionError" in shown.trouble_bar.text and "Your verdicts are saved." in shown.trouble_bar.text
    shown.rail.buttons["play"].click()
    assert shown.current_page == "play"


def test_closing_hides_the_window_and_waits_a_little(shown: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    job = jobs.start(lambda _: go.wait(20))
    hidden: list[bool] = []
    monkeypatch.setattr(window, "CLOSING_S", 0.05)
    monkeypatch.setattr(Page, "shutdown", lambda _: hidden.append(shown.isHidden()))
    shown.close()
    assert hidden == [True] and job._thread.is_alive()
    go.set()


def test_the_window_comes_back_where_it_was(qtbot) -> None:
    first = MainWindow()
    qtbot.addWidget(first)
    first.show()
    first.resize(800, 640)  # no wider than the offscreen screen
    first.close()
    assert (paths.user_data() / "settings.json").exists()
    second = MainWindow()
    qtbot.addWidget(second)
    assert (second.width(), second.height()) == (800, 640)
    second.close()


def test_a_first_window_fits_on_the_screen(qtbot) -> None:
    one = MainWindow()
    qtbot.addWidget(one)
    room = one.screen().availableGeometry()  # smaller than the window would like to be
    assert room.width() < 1280 and one.width() <= room.width() and one.height() + 5 * theme.SPACE <= room.height()


def test_a_window_kept_from_a_larger_screen_fits_on_this_one(qtbot) -> None:
    first = MainWindow()
    qtbot.addWidget(first)
    first.resize(1900, 1000)
    settings.change(Window, geometry=bytes(first.saveGeometry().toBase64().data()).decode())
    second = MainWindow()
    qtbot.addWidget(second)
    assert second.height() < second.screen().availableGeometry().height()


# The look


def test_the_look_follows_a_change(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert theme.theme() is theme.LIGHT
    monkeypatch.setenv("QDESK_THEME", "dark")
    with qtbot.waitSignal(theme.theme_changes().changed):
        theme.refresh_theme()
    assert theme.theme() is theme.DARK
    monkeypatch.setenv("QDESK_THEME", "light")
    theme.refresh_theme()


def contrast(a: QColor, b: QColor) -> float:
    def light(colour: QColor) -> float:
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    bright, dim = sorted((light(a), light(b)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=lambda look: look.name)
@pytest.mark.parametrize("ink", ["ink", "muted", "accent", "good", "bad", "warn"])
def test_every_text_can_be_read(look: theme.Theme, ink: str) -> None:
    for ground in (look.paper, look.surface):
        assert contrast(getattr(look, ink), ground) >= 4.5
    assert contrast(look.on_accent, look.accent) >= 4.5


def test_the_loss_ramp_rises_in_lightness_and_is_clamped() -> None:
    ramp = [theme.loss_colour(t / 20) for t in range(21)]
    grey = [0.3 * c.red() + 0.59 * c.green() + 0.11 * c.blue() for c in ramp]
    assert all(a < b for a, b in zip(grey, grey[1:], strict=False))
    assert theme.loss_colour(-3) == ramp[0] and theme.loss_colour(9) == ramp[-1]
    assert theme.loss_colour(float("nan")) == theme.theme().muted


def test_every_icon_has_one_stroke_width_and_takes_our_colour() -> None:
    drawn = [path for path in paths.asset("icons").glob("*.svg") if path.stem != "qdesk"]
    assert len(drawn) > 10
    for path in drawn:
        text = path.read_text()
        assert text.count("stroke-width") == 1 and 'stroke-width="1.75"' in text, path.name
        assert 'viewBox="0 0 24 24"' in text and 'stroke="currentColor"' in text, path.name
        image = theme.icon(path.stem, "accent").pixmap(48, 48).toImage()
        inked = [image.pixelColor(x, y) for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() > 250]
        assert inked and all(abs(c.hue() - theme.theme().accent.hue()) < 8 for c in inked), path.name


# The program


def program(home: Path, **env: str) -> subprocess.CompletedProcess:
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    code = "import sys; from qdesk.cli import main; status = main(['play']); assert 'torch' not in sys.modules; " \
           "assert 'pyqtgraph' not in sys.modules; sys.exit(status)"  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**kept, "QDESK_HOME": str(home), **env},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays are looked for on Linux alone")
@pytest.mark.parametrize(
    "env",
    [{}, {"DISPLAY": ":987"}, {"WAYLAND_DISPLAY": "wayland-987"}, {"QT_QPA_PLATFORM": "xcb"}],
    ids=["none", "dead X", "dead Wayland", "xcb without a display"],
)
def test_without_a_display_one_line_says_so(home: Path, env: dict[str, str]) -> None:
    said = program(home, **env)
    assert said.returncode == 1 and said.stdout == ""
    assert len(said.stderr.splitlines()) == 1 and "display" in said.stderr and "Traceback" not in said.stderr


def test_the_window_stands_before_torch_is_loaded(home: Path) -> None:
    said = program(home, QT_QPA_PLATFORM="offscreen", QDESK_QUIT_AFTER_PAINT="1")
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["start_s"] > 0
    # What the offscreen platform says of every window.
    assert [line for line in said.stderr.splitlines() if "This plugin does not support" not in line] == []


def test_a_start_after_a_crash_offers_the_report(home: Path) -> None:
    home.mkdir()
    (home / "crash-999999999.txt").write_text("qdesk\nFatal Python error: Segmentation fault\n")
    code = (
        "import sys\nfrom qdesk.gui import app, trouble_bar\n"
        "trouble_bar.TroubleBar.offer_crash = lambda _, text: print(text)\n"
        "sys.exit(app.main(on_first_paint=lambda _: None))"
    )
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0 and "Segmentation fault" in said.stdout, said.stderr
    assert not list(home.glob("crash-*.txt"))


@pytest.mark.parametrize("kept", ["nonsense", "\ud800", "AAAA"])
def test_a_geometry_that_is_none_does_not_stop_the_window(qtbot, kept: str) -> None:
    settings.change(Window, geometry=kept)
    one = MainWindow()
    qtbot.addWidget(one)
    assert one.width() > 500


def test_the_header_of_a_list_of_files_can_be_read(qtbot) -> None:
    tree = QTreeWidget()
    qtbot.addWidget(tree)
    theme.apply_theme(QApplication.instance())
    tree.setHeaderLabels(["Name"])
    tree.show()
    picture = tree.header().grab().toImage()
    assert picture.pixelColor(picture.width() - 8, 4) == theme.theme().paper
