"""What stands above and below the map: colours, what a drag does, saving; how far it is, and what is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QProgressBar, QWidget

from qdesk import paths
from qdesk.gui.explore.map_legend import LegendView
from qdesk.gui.explore.map_looks import CHOICES
from qdesk.gui.kit.empty import EmptyPage, card
from qdesk.gui.kit.widgets import Choice, Elided, Segments
from qdesk.gui.theme import SPACE, button, label

_FORMS = (
    ("png", "What is in view, as PNG…"),
    ("svg", "What is in view, as SVG…"),
    ("html", "The whole map, as a web page…"),
)


class MapHead(QWidget):
    """The line above the map."""

    save_asked = Signal(str)
    """The map is to be saved: "png", "svg" or "html"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colour_box = Choice()
        self.colour_box.setAccessibleName("Colour by")
        for name, title in CHOICES.items():
            self.colour_box.addItem(title, name)
        self.legend = LegendView()
        self.drags = Segments("What a drag does", {"move": button("Move"), "lasso": button("Lasso")})
        self.drags.choose("move")
        self.drags.buttons["move"].setToolTip("A drag moves the map; with Shift it draws a lasso")
        self.drags.buttons["lasso"].setToolTip("A drag draws a lasso; with Space it moves the map")
        self.find_button = button("Find", "search")
        self.find_button.setCheckable(True)
        self.find_button.setToolTip("Draw something, and see where on the map drawings like it lie")
        self.save_button = button("Save", "save")
        menu = QMenu(self)
        for form, text in _FORMS:
            menu.addAction(text).triggered.connect(lambda _=False, form=form: self.save_asked.emit(form))
        self.save_button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, 0, 2 * SPACE, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(label("Colour by", muted=True))
        row.addWidget(self.colour_box)
        row.addSpacing(SPACE)
        row.addWidget(self.legend, 1)
        row.addSpacing(SPACE)
        row.addWidget(self.drags)
        row.addWidget(self.find_button)
        row.addWidget(self.save_button)

    def choose_colour(self, by: str) -> None:
        """Colour by one of `CHOICES`."""
        self.colour_box.setCurrentIndex(self.colour_box.findData(by))


class MapFoot(QWidget):
    """The line below the map: words, and what can be done now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Elided()
        self.words.setProperty("muted", True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setFixedWidth(20 * SPACE)
        self.bar.setAccessibleName("How far the map is")
        self.cancel_button, self.make_button = button("Cancel"), button("Draw the map", primary=True)
        self.clear_button, self.show_button = button("Clear"), button("Show in Curate", "curate", primary=True)
        self.clear_button.setToolTip("Drop what is chosen (Escape)")
        self.buttons = (self.cancel_button, self.make_button, self.clear_button, self.show_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(self.words, 1)
        row.addWidget(self.bar)
        for control in self.buttons:
            control.setStyleSheet("padding: 4px 12px;")
            row.addWidget(control)
        self.setFixedHeight(self.sizeHint().height())

    def show_state(self, busy: bool, can_make: bool, chosen: bool) -> None:
        """Show what can be done now."""
        self.bar.setVisible(busy)
        self.cancel_button.setVisible(busy)
        self.make_button.setVisible(can_make)
        self.clear_button.setVisible(chosen)
        self.show_button.setVisible(chosen)


class NothingOpen(EmptyPage):
    """What the tab shows while no drawings are open."""

    open_asked = Signal(list)
    """These files are to be opened, or some that the user chooses."""

    def __init__(self, parent: QWidget | None = None) -> None:
        lead = "Drawings that look alike lie together. Zoom in until the drawings themselves appear."
        super().__init__("A map of drawings", lead, parent)
        self.open_button = button("Open a file…", "open", primary=True)
        self.starter_button = button("Open the starter set", "star")
        starter = paths.asset("starter.ndjson.gz")
        self.starter_button.setEnabled(starter.is_file())
        self._asks(self.open_button, [])
        self._asks(self.starter_button, [str(starter)])
        own = "Quick, Draw! files and many others. They are scored in Curate, and then the map is drawn."
        self.add_cards(
            card("open", "Your own files", own, [self.open_button]),
            card("star", "Starter set", "About 600 drawings to try things out. Made by qdesk.", [self.starter_button]),
        )

    def _asks(self, control: QWidget, files: Sequence[str]) -> None:
        control.clicked.connect(lambda: self.open_asked.emit(list(files)))  # type: ignore[attr-defined]
