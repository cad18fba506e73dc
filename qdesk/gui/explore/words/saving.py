"""Saving a word's page and its pictures: what is asked for a name, and what is written beside the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from qdesk.data.drawings import Drawings
from qdesk.explore.words.results import Together, WordPage
from qdesk.gui.jobs import Context, Slot
from qdesk.gui.theme import theme

if TYPE_CHECKING:
    from qdesk.gui.explore.words.view import WordView

RATIO = 2
"""The pixels of a saved picture per pixel of the window."""


class Saving(NamedTuple):
    """One thing that can be saved: its name, its entry in the menu, and what its file is proposed to be called."""

    name: str
    menu: str
    ending: str
    filter: str


ALL = (
    Saving("page", "The page as HTML…", ".html", "Web page (*.html)"),
    Saving("means", "Mean pictures as PNG…", "-mean.png", "PNG (*.png)"),
    Saving("drawn", "How it is drawn as PNG…", "-drawn.png", "PNG (*.png)"),
    Saving("film", "Replayed together as GIF…", "-together.gif", "GIF (*.gif)"),
)


def menu(parent: QWidget, asked: Callable[[Saving], object]) -> QMenu:
    """Return the menu of what can be saved."""
    made = QMenu(parent)
    for one in ALL:
        made.addAction(one.menu).triggered.connect(lambda _checked=False, one=one: asked(one))
    return made


def ask_for_file(parent: QWidget, one: Saving, word: str) -> Path | None:
    """Ask for a file name, and return it with its ending, or None."""
    from qdesk.explore.words.html import file_names

    proposed = file_names([word])[0].removesuffix(".html") + one.ending
    name, _ = QFileDialog.getSaveFileName(parent, one.menu.rstrip("…"), proposed, one.filter)
    if not name:
        return None
    ending = "." + one.ending.rpartition(".")[2]
    return Path(name if name.lower().endswith(ending) else name + ending)


class Saver(QObject):
    """Saves a word's page, its pictures or its film; what takes time beside the window."""

    saved, failed = Signal(str), Signal(str)
    """The file that was written; a sentence about why it could not be."""

    def __init__(self, view: WordView, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = view
        self.slot = Slot("qdesk-word-save", self)

    def save(self, name: str, path: Path) -> None:
        """Write this file. name: of one of `ALL`."""
        view = self._view
        page, drawings, film = view.page, view.drawings, view.film.film
        assert page is not None and drawings is not None and view.means is not None
        picture = {"means": view.means.sheet, "drawn": view.drawn}.get(name)
        if picture is not None:
            try:
                save_picture(picture, path)
            except OSError as error:
                self.failed.emit(str(error))
            else:
                self.saved.emit(str(path))
            return

        def write(context: Context) -> str:
            from qdesk.explore.words.together import together, write_gif

            made = film or together(drawings, page.seed)
            if name == "page":
                save_page(path, page, drawings, made)
            elif made is not None:
                write_gif(made, path, on_progress=context.progress)
            return str(path)

        self.slot.start(write, done=self.saved.emit, failed=self.failed.emit)


def save_picture(widget: QWidget, path: Path) -> None:
    """Write what a widget shows as PNG, on the ground of the theme. Raises OSError where it cannot be written."""
    made = QPixmap(widget.size() * RATIO)
    made.setDevicePixelRatio(RATIO)
    made.fill(theme().paper)
    widget.render(made, QPoint())
    if not made.save(str(path), "PNG"):
        raise OSError(f"{path} cannot be written.")


def save_page(path: Path, page: WordPage, drawings: Drawings, film: Together | None) -> None:
    """Write the page of a word as HTML. Raises OSError where it cannot be written."""
    from qdesk.explore.words import wording
    from qdesk.explore.words.html import Word, write_words

    files = [Path(one).name for one in drawings.table["source"].unique().to_pylist() if one]
    source = ", ".join(files[:3]) + (f" and {len(files) - 3:,} more" if len(files) > 3 else "")
    write_words(path, [Word(page, drawings, film)], wording.titled(page), source)
