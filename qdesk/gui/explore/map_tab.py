"""The Map tab: all open drawings on a map, on which those that look alike lie together.

The map comes by itself once all drawings are scored, or when asked for. It imports pyqtgraph only to show one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from qdesk.gui import jobs
from qdesk.gui.explore.map_choosing import MapChoosing
from qdesk.gui.explore.map_controls import MapFoot, MapHead, NothingOpen
from qdesk.gui.explore.map_find import MapFind
from qdesk.gui.explore.map_looks import Legend, lines_about, looks_of
from qdesk.gui.explore.map_maker import MapMaker
from qdesk.gui.explore.map_painter import SIDES, MapPainter, MapPicture, MapScene, Paint
from qdesk.gui.explore.map_saving import MapSaving
from qdesk.gui.kit.empty import EmptyPage
from qdesk.gui.kit.open_set import OpenSet
from qdesk.gui.kit.widgets import Notice
from qdesk.gui.theme import theme, theme_changes

if TYPE_CHECKING:
    from qdesk.gui.explore.map_surface import MapSurface

CHOSEN = "chosen on the map"
"""What drawings are called in Curate that were chosen here."""


class MapTab(QWidget):
    """A map of what is open, to look around on and to choose drawings from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open_set: OpenSet | None = None
        self._in_sight = False
        self._paint: Paint | None = None
        self.surface: MapSurface | None = None
        self.maker = MapMaker(self)
        self.maker.changed.connect(self._map_changed)
        self.maker.progress.connect(self._show_progress)
        self.maker.failed.connect(lambda sentence: self.notice.say(sentence, "bad"))
        self._surfaces = jobs.Slot("qdesk-map-import", self)
        self._looks = jobs.Slot("qdesk-map-looks", self)
        self.choosing = MapChoosing(self)
        self.choosing.changed.connect(self._chose)
        self._worker: jobs.LatestWorker | None = None
        self._soon = QTimer(self, interval=0, singleShot=True)  # many changes at once make one picture
        self._soon.timeout.connect(self._ask)
        self._build()
        theme_changes().changed.connect(self._recolour)
        self._say()

    def _build(self) -> None:
        self.head, self.foot, self.notice = MapHead(), MapFoot(), Notice()
        self.head.colour_box.currentIndexChanged.connect(self._recolour)
        self.head.drags.chosen.connect(self._set_drag)
        self.saving = MapSaving(self, self.notice)
        self.head.save_asked.connect(self._save)
        for control, do in zip(
            self.foot.buttons,
            (self.maker.cancel, self.maker.make, self.choosing.drop, self.show_in_curate),
            strict=True,
        ):
            control.clicked.connect(do)
        self.nothing_open, self.waiting = NothingOpen(), EmptyPage("No map yet", "")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.nothing_open)
        self.stack.addWidget(self.waiting)
        self.finder = MapFind(self.stack, self.maker, self.choosing)
        self.head.find_button.clicked.connect(self.finder.ask)
        self.finder.closed.connect(lambda: self.head.find_button.setChecked(False))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.stack, 1)
        column.addWidget(self.foot)
        column.addWidget(self.notice)

    # What is open

    def use(self, open_set: OpenSet) -> None:
        """Show what is open in this set."""
        self._open_set = open_set
        open_set.changed.connect(self._opened)
        open_set.scored.connect(self._scored)
        self.nothing_open.open_asked.connect(open_set.open)
        self._opened()

    def shown(self) -> None:
        """The tab is in sight now."""
        self._in_sight = True
        self._scored()
        self._recolour()

    def hidden(self) -> None:
        """The tab is out of sight now."""
        self._in_sight = False

    def shutdown(self) -> None:
        """End what runs in the background."""
        self.maker.take(None)
        self.saving.close()
        self.finder.shutdown()
        for slot in (self._surfaces, self._looks):
            slot.drop()
        if self._worker is not None:
            self._worker.close()
            self._worker = None
        if self.surface is not None:
            self.surface.thumbs.shutdown()

    def _opened(self) -> None:
        table = self._open_set.table if self._open_set is not None else None
        self._looks.drop()
        self.choosing.drop()
        self.finder.use(table)
        self._paint = None
        self.head.legend.show_legend(Legend())
        if self.surface is not None:
            self.surface.view = None
            self.surface.show_picture(None)
            self.surface.open(None if table is None else table.drawings)
        self.maker.take(table)
        if table is not None and len({*table.words.texts, ""}) < 3:
            self.head.choose_colour("reason")  # all of one word would be of one colour
        self._scored()

    def _scored(self) -> None:
        """Draw the map, or place more on it, where it is time for it."""
        table, maker = self.maker.table, self.maker
        if table is not None and self._in_sight and not maker.busy and table.embeddings is not None:
            if maker.map is None and table.scored.all():
                maker.make()
            elif maker.finished and maker.missing > (0 if table.scored.all() else len(table) // 20):
                maker.place()
        self._say()

    # The map

    def _map_changed(self) -> None:
        if self.maker.map is not None:
            if self.surface is None:
                self._begin_surface()
            else:
                self.surface.set_names(self.maker.names)
                if self._paint is None or self.maker.finished:
                    self._recolour()
                self._soon.start()
        self._say()
        if not self.maker.busy:
            QTimer.singleShot(0, self, self._scored)

    def _begin_surface(self) -> None:
        """Import what shows a map, which takes a third of a second, beside the window; then make it."""
        if self._surfaces.busy:
            return

        def load(_context: jobs.Context) -> None:
            import qdesk.gui.explore.map_surface  # noqa: F401

        self._surfaces.start(load, done=lambda _: self._make_surface())

    def _make_surface(self) -> None:
        from qdesk.gui.explore.map_surface import MapSurface

        surface = self.surface = self.finder.surface = MapSurface("The map of drawings", self._about)
        surface.set_drag("lasso" if self.head.drags.choice == "lasso" else "move")
        surface.moved.connect(self._soon.start)
        self.choosing.listen(surface)
        self._worker = jobs.LatestWorker(MapPainter, MapPainter.paint, self, "qdesk-map-painter")
        self._worker.answered.connect(self._show)
        self.stack.addWidget(surface)
        table = self.maker.table
        surface.open(None if table is None else table.drawings)
        self._map_changed()

    def _recolour(self) -> None:
        """Compute anew what the drawings are coloured by."""
        table, drawing_map = self.maker.table, self.maker.map
        if table is None or drawing_map is None or self.surface is None:
            return
        by = self.head.colour_box.currentData()
        self._looks.start(lambda _context: looks_of(table, by, drawing_map.positions), done=self._coloured)

    def _coloured(self, looks: tuple[Paint, Legend]) -> None:
        self._paint, legend = looks
        self.head.legend.show_legend(legend)
        self._soon.start()

    def _ask(self) -> None:
        drawing_map, surface = self.maker.map, self.surface
        if drawing_map is None or surface is None or self._paint is None or self._worker is None:
            return
        ground = theme().surface
        scene = MapScene(
            drawing_map.positions, self._paint, surface.view, surface.size_in_pixels, surface.devicePixelRatioF(),
            (ground.red(), ground.green(), ground.blue()), self.choosing.chosen, SIDES if self.maker.finished else (),
        )  # fmt: skip
        self._worker.request(scene)

    def _show(self, scene: MapScene, picture: MapPicture) -> None:
        if (
            self.surface is not None
            and self.maker.map is not None
            and len(scene.positions) == len(self.maker.map.positions)
        ):
            self.surface.show_picture(picture)
            self._say()

    def _set_drag(self, name: str) -> None:
        if self.surface is not None:
            self.surface.set_drag("lasso" if name == "lasso" else "move")

    def _about(self, row: int) -> list[str]:
        table = self.maker.table
        return [] if table is None else lines_about(table, row, self.head.colour_box.currentData())

    def _chose(self) -> None:
        self._say()
        self._soon.start()

    def show_in_curate(self) -> None:
        """Show the chosen drawings in Curate."""
        if self.choosing.chosen is not None and self._open_set is not None:
            self._open_set.choose(np.flatnonzero(self.choosing.chosen), CHOSEN)

    # Words

    def _show_progress(self, share: float) -> None:
        self.foot.bar.setValue(round(1000 * share))
        self._say()

    def _say(self) -> None:
        maker, table, surface = self.maker, self.maker.table, self.surface
        page: QWidget = self.nothing_open
        if table is not None:
            ready = surface is not None and maker.map is not None and surface.picture is not None
            page = surface if ready and surface is not None else self.waiting
        self.stack.setCurrentWidget(page)
        self.head.setVisible(page is surface)
        self.foot.setVisible(table is not None)
        chosen = self.choosing.count
        scored = 0 if table is None else int(np.count_nonzero(table.scored))
        self.foot.show_state(maker.busy, not maker.busy and maker.map is None and scored > 0, chosen > 0)
        self.head.save_button.setEnabled(maker.finished)
        if surface is not None:
            surface.escapes = chosen > 0
        if table is not None:
            self._say_words(len(table), scored, chosen)

    def _say_words(self, total: int, scored: int, chosen: int) -> None:
        self.foot.words.setText(_state(self.maker, self.foot.bar.value() // 10, total, scored, chosen))
        if self.surface is not None:
            self.surface.setAccessibleDescription(
                f"{self.foot.words.text()}. Arrow keys move, plus and minus zoom, Enter chooses all that is in view."
            )
        self.waiting.set_lead(_lead(self.maker.busy, scored, total))

    def _save(self, form: str) -> None:
        table, drawing_map, surface = self.maker.table, self.maker.map, self.surface
        if table is not None and drawing_map is not None and surface is not None:
            self.saving.ask(form, surface, table, drawing_map)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._worker is not None:
            self._worker.forget()


def _drawings(count: int) -> str:
    return f"{count:,} {'drawing' if count == 1 else 'drawings'}"


def _state(maker: MapMaker, percent: int, total: int, scored: int, chosen: int) -> str:
    """Say what is being done, or what is there."""
    unscored = f"{total - scored:,} of {_drawings(total)} are not scored yet" if scored < total else ""
    if maker.busy:
        return f"{'Placing more drawings' if maker.finished else 'Laying out the map'}: {percent} %"
    if maker.map is None:
        return unscored if scored else ""
    if chosen:
        return f"{_drawings(chosen)} chosen"
    count = int(np.count_nonzero(maker.map.placed))
    return f"{_drawings(count)}{': ' + unscored if unscored else ', alike ones together'}"


def _lead(busy: bool, scored: int, total: int) -> str:
    """Say what a map that is not there yet waits for."""
    if busy:
        return "The map is being laid out; it shows itself as it takes shape."
    if scored == total:
        return "All drawings are scored: the map can be drawn."
    if scored:
        return f"{scored:,} of {_drawings(total)} are scored. The map comes once all are, or now of these."
    return "The map comes once the drawings are scored, which Curate does when they are opened."
