"""The parts of the Curate page, as those see them that the page hands them to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

if TYPE_CHECKING:
    from qdesk.curation.session.session import Session
    from qdesk.gui.curate.bar import BottomBar
    from qdesk.gui.curate.detail.detail import Detail
    from qdesk.gui.curate.empty import NothingOpen
    from qdesk.gui.curate.file_loader import FileLoader
    from qdesk.gui.curate.filters.panel import FilterPanel
    from qdesk.gui.curate.grid.grid import Grid
    from qdesk.gui.curate.grid.paging import Paging
    from qdesk.gui.curate.header import Header
    from qdesk.gui.curate.model import DrawingsModel
    from qdesk.gui.curate.score_worker import ScoreWorker
    from qdesk.gui.kit.widgets import Notice


class PageParts(Protocol):
    """What the page consists of.

    row: the layout of the filters, the centre and the detail, side by side.   centre: holds the middle.   middle: the
    plane, if it is shown, above the grid.   narrow: whether there is little room.
    """

    session: Session
    model: DrawingsModel
    header: Header
    filters: FilterPanel
    grid: Grid
    detail: Detail
    paging: Paging
    bar: BottomBar
    empty: NothingOpen
    notice: Notice
    loader: FileLoader
    scoring: ScoreWorker
    row: QHBoxLayout
    centre: QWidget
    middle: QSplitter
    narrow: bool
