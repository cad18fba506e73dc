"""The tab in which a network draws icons and hieroglyphs, and brute force finds some."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from qdesk.generate.sheet import Icon, compose, said, write
from qdesk.gui import jobs
from qdesk.gui.draw.icons_panel import KINDS, IconsPanel, Kind, Wish
from qdesk.gui.draw.sheet_view import SheetView, look
from qdesk.gui.kit.text import count
from qdesk.gui.kit.widgets import Notice, Segments
from qdesk.gui.theme import SPACE, button, label

if TYPE_CHECKING:
    from qdesk.scoring.classifier import DrawingClassifier

WIDTH, HEIGHT = 1440, 1200
"""The most px that a saved sheet takes."""

SETTLED_MS = 300
"""How long a setting has to stand still before icons are drawn by it."""


class Maker:
    """Draws by a wish, beside the window. What it has loaded it keeps."""

    def __init__(self) -> None:
        self._guesser: DrawingClassifier | None = None
        self._networks: dict[str, Any] = {}

    def make(self, wish: Wish, context: jobs.Context) -> list[Icon]:
        """Return the icons; of brute force they come as parts, too."""
        from qdesk.generate import icons
        from qdesk.scoring.classifier import DrawingClassifier

        if self._guesser is None:
            self._guesser = DrawingClassifier()
        kind = KINDS[wish.kind]
        if not kind.draws:
            return self._search(wish, self._guesser, context)
        if kind.draws not in self._networks:
            self._networks[kind.draws] = icons.load(kind.draws)
        made = icons.make(
            self._networks[kind.draws], self._guesser, kind.count, wish.side, wish.temperature, wish.seed, wish.words,
            context.progress,
        )  # fmt: skip
        return _with_areas(made)

    @staticmethod
    def _search(wish: Wish, guesser: DrawingClassifier, context: jobs.Context) -> list[Icon]:
        from qdesk.generate.brute import search

        shown = 0.0
        for wall in search(guesser, wish.side, wish.seed, wish.border):
            context.progress(wall.share, f"{wall.tried:,} pictures tried")
            if wall.share >= shown + 0.02:
                shown = wall.share
                context.partial(_with_areas(wall.icons()))
        return _with_areas(wall.icons())


def _with_areas(icons: list[Icon]) -> list[Icon]:
    """Return the icons, their closed areas found here rather than in the window."""
    for icon in icons:
        _ = icon.closed
    return icons


class IconsTab(QWidget):
    """A sheet of icons, and beside it what they are drawn by.

    `came` says that icons are on the sheet, of brute force again and again; `drawn` that they are all there.
    """

    came = Signal()
    drawn = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._maker = Maker()
        self._jobs = {name: jobs.Slot(f"qdesk-icons-{name}", self) for name in KINDS}
        self._writing = jobs.Slot("qdesk-icons-save", self)
        self._made: dict[str, tuple[Wish, list[Icon]]] = {}  # the last of each kind
        self._in_sight = False
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self.draw)
        self.panel, self.view, self.notice = IconsPanel(), SheetView(), Notice()
        self.panel.changed.connect(self._changed)
        self.panel.painted.connect(self._show)
        self.panel.go.clicked.connect(self._go)
        self.panel.cancel.clicked.connect(lambda: self._job.cancel())
        self.panel.save.clicked.connect(self._ask_where)
        self.view.pointed.connect(self._say_pointed)
        self.kinds = Segments("What is drawn", {name: button(kind.label) for name, kind in KINDS.items()})
        self.kinds.choose("small")
        self.kinds.chosen.connect(lambda _name: self._show_kind())
        self._lay_out()
        self._show_kind()

    def _lay_out(self) -> None:
        self._empty = label("", muted=True)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(8 * SPACE, 0, 8 * SPACE, 0)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        head = QHBoxLayout()
        head.addWidget(self.kinds)
        head.addStretch(1)
        middle = QVBoxLayout()
        middle.setSpacing(SPACE)
        middle.addLayout(head)
        middle.addWidget(self._stack, 1)
        row = QHBoxLayout()
        row.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, 2 * SPACE)
        row.setSpacing(2 * SPACE)
        row.addWidget(self.panel)
        row.addLayout(middle, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addWidget(self.notice)

    # What is wanted

    @property
    def kind(self) -> Kind:
        """The kind that is chosen."""
        return KINDS[self.kinds.choice]

    @property
    def _job(self) -> jobs.Slot:
        """The job of the chosen kind. Those of the others go on."""
        return self._jobs[self.kinds.choice]

    def _show_kind(self) -> None:
        self.panel.show_kind(self.kind)
        self._changed()
        self._show()

    def _changed(self) -> None:
        """Draw by the settings as they are, once they stand still; brute force waits until it is told to."""
        self._settled.stop()
        try:
            wish = self.panel.wish(self.kinds.choice)
        except ValueError as error:
            self.panel.tell(str(error), bad=True)
            return
        if not self.kind.draws:
            self._show()  # of what was found other words are shown
        elif wish == self._shown_wish():
            self._job.drop()  # it draws by settings that were taken back
            self._show_state()
        elif self._in_sight:
            self._settled.start()

    def shown(self) -> None:
        """The tab is in sight: something has to be there."""
        self._in_sight = True
        if self.kind.draws and self._shown_wish() is None and not self._job.busy:
            self.draw()

    def hidden(self) -> None:
        """Another page is in sight."""
        self._in_sight = False
        self._settled.stop()

    def shutdown(self) -> None:
        """End what runs in the background."""
        for job in (*self._jobs.values(), self._writing):
            job.drop()

    # Drawing

    def _go(self) -> None:
        if self.kind.draws and self._is_current():
            self.panel.seed.setValue((self.panel.seed.value() + 1) % (self.panel.seed.maximum() + 1))
        self._settled.stop()
        self.draw()

    def _is_current(self) -> bool:
        """Whether what is shown was drawn by the settings as they are."""
        try:
            return self.panel.wish(self.kinds.choice) == self._shown_wish()
        except ValueError:
            return False

    def _shown_wish(self) -> Wish | None:
        """Return by which wish the icons of the chosen kind were drawn."""
        made = self._made.get(self.kinds.choice)
        return made[0] if made else None

    def draw(self) -> None:
        """Draw by the settings as they are."""
        try:
            wish = self.panel.wish(self.kinds.choice)
        except ValueError as error:
            self.panel.tell(str(error), bad=True)
            return
        self._job.start(
            lambda context: self._maker.make(wish, context),
            done=lambda icons: self._done(wish, icons),
            failed=lambda why: self._failed(wish, why),
            cancelled=self._show_state,
            partial=lambda icons: self._came(wish, icons),
            progress=lambda share, text: self._progressed(wish, share, text),
        )
        self._show_state()
        self._progressed(wish, 0.0, "")

    def _came(self, wish: Wish, icons: list[Icon]) -> None:
        self._made[wish.kind] = (wish, icons)
        if wish.kind == self.kinds.choice:
            self._show()
        self.came.emit()

    def _done(self, wish: Wish, icons: list[Icon]) -> None:
        self._came(wish, icons)
        self._show_state()
        self.drawn.emit()

    def _failed(self, wish: Wish, why: str) -> None:
        self._show_state()
        if wish.kind == self.kinds.choice:
            self.panel.tell(why, bad=True)

    def _progressed(self, wish: Wish, share: float, text: str) -> None:
        if wish.kind == self.kinds.choice:
            self.panel.progress.setValue(round(1000 * share))
            self.panel.tell(text or "Drawing…")

    # What is shown

    def icons(self) -> list[Icon]:
        """Return what is on the sheet."""
        made = self._made.get(self.kinds.choice)
        if made is None:
            return []
        if self.kind.draws:
            return made[1]
        if not self._is_current():
            return []  # found among other pictures than those that are asked for now
        words = self.panel.asked()
        return [icon for icon in made[1] if not words or icon.word in words][: self.kind.count]

    def _show(self) -> None:
        icons = self.icons()
        self._stack.setCurrentIndex(1 if icons else 0)
        self.view.show_icons(icons, self.kind.style, *self.panel.paints())
        self._show_state()

    def _show_state(self) -> None:
        """Name the button and say what is there."""
        busy, icons = self._job.busy, self.icons()
        self.panel.progress.setVisible(busy)
        self.panel.save.setEnabled(bool(icons))
        self.panel.cancel.setVisible(busy)
        self.panel.go.setVisible(not busy)
        if busy:
            return
        current = bool(icons) and self._is_current()
        if self.kind.draws:
            self.panel.go.setText(" Draw others" if current else " Draw")
            self.panel.tell(
                f"{count(len(icons), 'icon')}. Point at one to see what the classifier sees." if icons else ""
            )
            self._empty.setText("")
        else:
            all_of = self.panel.sizes.choice == "4"
            self.panel.go.setText(" Try again" if current else " Try all 65,536" if all_of else " Search")
            self.panel.tell(f"The most certain picture of {count(len(icons), 'word')}." if icons else "")
            self._empty.setText(ALL_OF if all_of else CLIMB)

    def _say_pointed(self, icon: Icon | None) -> None:
        if icon is not None:
            self.panel.tell(said(icon))
        elif not self._job.busy:
            self._show_state()

    # Saving

    def _ask_where(self) -> None:
        name = self.kind.label.lower().replace(" ", "-")
        place = str(Path.home() / f"{name}-{self.panel.seed.value()}.svg")
        path, form = QFileDialog.getSaveFileName(self, "Save this sheet", place, "SVG (*.svg);;PNG (*.png)")
        if path and Path(path).suffix.lower() not in (".svg", ".png"):
            path += form[form.find(".") : -1]
            if Path(path).exists():  # nobody was asked
                self.notice.say(f"{Path(path).name} is there already: name it in full to write over it.", "warn")
                return
        if path:
            self.write(Path(path))

    def write(self, path: Path) -> None:
        """Write what is shown as a sheet, .svg or .png by its name, in the colours that it is shown in."""
        icons, style, (labels, colours, yellow) = self.icons(), self.kind.style, self.panel.paints()
        painted = look()

        def work(context: jobs.Context) -> None:
            write(compose(icons, WIDTH, HEIGHT, style, labels, colours), painted, path, yellow)

        self._writing.start(
            work,
            done=lambda _nothing: self.notice.say(f"Saved {path.name}.", "good", lasting=False),
            failed=lambda why: self.notice.say(f"{path.name} was not saved: {why}", "bad"),
        )


ALL_OF = (
    "All 65,536 pictures of 4x4 black and white pixels go through the classifier, and of each word the most certain "
    "one comes onto this wall. It takes half a minute or so."
)
CLIMB = (
    "There are 33 million pictures of 5x5 pixels. Some thousands are drawn at random, and from the best of each word "
    "a climb goes on, pixel by pixel, until none is more certain. It takes a minute or so."
)
