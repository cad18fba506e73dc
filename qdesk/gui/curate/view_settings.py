"""The look of the page when it was left, kept for the next time: order, size, colours, filters, plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray

from qdesk import settings
from qdesk.curation.session.session import LATER
from qdesk.curation.view.sorting import SORTS
from qdesk.gui.curate.header import TINTS
from qdesk.settings import Curate

if TYPE_CHECKING:
    from qdesk.gui.curate.parts import PageParts
    from qdesk.gui.curate.view_controller import ViewController


def remember(page: PageParts) -> None:
    """Keep how the page looks now."""
    header = page.header
    now: dict[str, Any] = {"tint": header.tint, "size": page.grid.size_step}
    query = page.session.order.query
    if query.sort not in LATER:  # the others depend on the verdicts and the selection of this file
        now |= {"sort": query.sort, "reverse": query.reverse}
    if page.session.pace == "grid" and not page.narrow:
        now |= {"filters": header.filters.isChecked(), "plane": header.plane.isChecked()}
    if page.middle.count() > 1:
        now["middle"] = bytes(page.middle.saveState().toBase64().data()).decode()
    settings.remember(Curate, **now)


def recall(page: PageParts, viewing: ViewController) -> None:
    """Restore the look that was kept. A setting that was not kept, or is not valid, stays as it is."""
    header, kept = page.header, settings.load(Curate)
    if kept.sort in SORTS and kept.sort not in LATER:
        page.session.sort(kept.sort, kept.reverse)
    if kept.tint in TINTS:
        viewing.set_tint(kept.tint)
    if kept.size is not None:
        page.grid.zoom(kept.size - page.grid.size_step)
    header.filters.setChecked(kept.filters)


def recall_plane(page: PageParts) -> None:
    """Show the plane again if it was shown, once there are drawings to show in it."""
    kept = settings.load(Curate)
    if kept.plane and not page.header.plane.isChecked() and not page.narrow:
        page.header.plane.setChecked(True)
        if kept.middle:
            page.middle.restoreState(QByteArray.fromBase64(kept.middle.encode("ascii", "ignore")))
