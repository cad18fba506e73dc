"""The Map tab: all open drawings on a map, on which those that look alike lie together.

The map comes by itself once all drawings are scored, or when asked for. It imports pyqtgraph only to show one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from qdesk.curation.view.scatter import inside_polygon
from qdesk.gui import jobs
from qdesk.gui.explore.map_controls import MapFoot, MapHead, NothingOpen
from qdesk.gui.explore.map_looks import CHOICES, Legend, looks_of
from qdesk.gui.explore.map_maker import MapMaker
from qdesk.gui.explore.map_painter import MapPainter, MapPicture, MapScene, Paint
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
        self._chosen: np.ndarray | None = None
        self.surface: MapSurface | None = None
        self.maker = MapMaker(self)
        self.maker.changed.connect(self._map_changed)
        self.maker.progress.connect(self._show_progress)
        self.maker.failed.connect(lambda sentence: self.notice.say(sentence, "bad"))
        self._surfaces = jobs.Slot("qdesk-map-import", self)
        self._looks = jobs.Slot("qdesk-map-looks", self)
        self._lasso = jobs.Slot("qdesk-map-lasso", self)
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
            self.foot.buttons, (self.maker.cancel, self.maker.make, self.drop, self.show_in_curate), strict=True
        ):
            control.clicked.connect(do)
        self.nothing_open, self.waiting = NothingOpen(), EmptyPage("No map yet", "")
        self.nothing_open.open_asked.connect(
            lambda files: self._open_set.open(files) if self._open_set is not None else None
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.nothing_open)
        self.stack.addWidget(self.waiting)
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
        for slot in (self._surfaces, self._looks, self._lasso):
            slot.drop()
        if self._worker is not None:
            self._worker.close()
            self._worker = None
        if self.surface is not None:
            self.surface.thumbs.shutdown()

    def _opened(self) -> None:
        table = self._open_set.table if self._open_set is not None else None
        for slot in (self._looks, self._lasso):
            slot.drop()
        self._paint, self._chosen = None, None
        self.head.legend.show_legend(Legend())
        if self.surface is not None:
            self.surface.view = None
            self.surface.show_picture(None)
            self.surface.open(None if table is None else table.drawings)
        self.maker.take(table)
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
            QTimer.singleShot(0, self._scored)

    def _begin_surface(self) -> None:
        """Import what shows a map, which takes a third of a second, beside the window; then make it."""
        if self._surfaces.busy:
            return

        def load(_context: jobs.Context) -> None:
            import qdesk.gui.explore.map_surface  # noqa: F401

        self._surfaces.start(load, done=lambda _: self._make_surface())

    def _make_surface(self) -> None:
        from qdesk.gui.explore.map_surface import MapSurface

        surface = self.surface = MapSurface("The map of drawings", self._about)
        surface.set_drag("lasso" if self.head.drags.choice == "lasso" else "move")
        surface.moved.connect(self._soon.start)
        surface.lassoed.connect(self._choose)
        surface.pressed_at.connect(self._choose_one)
        surface.dropped.connect(self.drop)
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
            (ground.red(), ground.green(), ground.blue()), self._chosen, (96, 72, 52) if self.maker.finished else (),
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
        """Return what is said of a drawing: its word, what the network sees, what it looks like, the verdict."""
        table = self.maker.table
        assert table is not None
        lines = [table.words[row] or "no word"]
        seen, reason, verdict = table.texts["top_guess"][row], table.texts["reason"][row], table.verdicts[row]
        if seen:
            lines.append(f"seen as {seen}")
        if reason:
            lines.append(f"looks like {reason}")
        if verdict:
            lines.append("kept" if verdict == "keep" else f"flagged: {verdict}")
        by = self.head.colour_box.currentData()
        if by in table.numbers and np.isfinite(value := float(table.numbers[by][row])):
            lines.append(f"{CHOICES[by].lower()} {value:.2f}".replace("-", "−"))
        return lines

    # Choosing

    def _choose(self, line: np.ndarray, how: str) -> None:
        surface = self.surface
        if surface is None or (picture := surface.picture) is None or (view := surface.shown_exactly) is None:
            return
        size, before, ratio = surface.size_in_pixels, self._chosen, surface.devicePixelRatioF()

        def choose(_context: jobs.Context) -> np.ndarray | None:
            inside = picture.inside(inside_polygon(line * ratio, size), view, size)
            if before is not None and how != "new":
                inside = before | inside if how == "add" else before & ~inside
            elif how == "less":
                return None
            return inside if inside.any() else None

        self._lasso.start(choose, done=self._chose)

    def _choose_one(self, place: tuple[float, float]) -> None:
        if self.surface is None:
            return
        corner = self.surface.area.topLeft()
        corner.setX(corner.x() + place[0])
        corner.setY(corner.y() + place[1])
        row = self.surface.drawing_at(corner)
        if row >= 0 and self.maker.table is not None:
            chosen = np.zeros(len(self.maker.table), bool)
            chosen[row] = True
            self._chose(chosen)

    def _chose(self, chosen: np.ndarray | None) -> None:
        self._chosen = chosen
        self._say()
        self._soon.start()

    def drop(self) -> None:
        """Drop the lasso."""
        self._lasso.drop()
        self._chose(None)

    def show_in_curate(self) -> None:
        """Show the chosen drawings in Curate."""
        if self._chosen is not None and self._open_set is not None:
            self._open_set.choose(np.flatnonzero(self._chosen), CHOSEN)

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
        chosen = 0 if self._chosen is None else int(np.count_nonzero(self._chosen))
        scored = 0 if table is None else int(np.count_nonzero(table.scored))
        self.foot.show_state(maker.busy, not maker.busy and maker.map is None and scored > 0, chosen > 0)
        self.head.save_button.setEnabled(maker.finished)
        if surface is not None:
            surface.escapes = chosen > 0
        if table is not None:
            self._say_words(len(table), scored, chosen)

    def _say_words(self, total: int, scored: int, chosen: int) -> None:
        maker = self.maker
        unscored = f"{total - scored:,} of {_drawings(total)} are not scored yet" if scored < total else ""
        if maker.busy:
            doing = "Placing more drawings" if maker.finished else "Laying out the map"
            self.foot.words.setText(f"{doing}: {self.foot.bar.value() // 10} %")
        elif maker.map is None:
            self.foot.words.setText(unscored if scored else "")
        elif chosen:
            self.foot.words.setText(f"{_drawings(chosen)} chosen")
        else:
            count = int(np.count_nonzero(maker.map.placed))
            self.foot.words.setText(f"{_drawings(count)}{': ' + unscored if unscored else ', alike ones together'}")
        if self.surface is not None:
            self.surface.setAccessibleDescription(
                f"{self.foot.words.text()}. Arrow keys move, plus and minus zoom, Enter chooses all that is in view."
            )
        lead = "The map comes once the drawings are scored, which Curate does when they are opened."
        if maker.busy:
            lead = "The map is being laid out; it shows itself as it takes shape."
        elif scored == total and total:
            lead = "All drawings are scored: the map can be drawn."
        elif scored:
            lead = (
                f"{scored:,} of {_drawings(total)} are scored. The map comes by itself when all are, or now of these."
            )
        self.waiting.set_lead(lead)

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
