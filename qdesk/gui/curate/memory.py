"""How the page looked when it was left, for the next time: order, size, colours, filters, plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QSettings

from qdesk import paths
from qdesk.curation.view.sorting import SORTS
from qdesk.gui.curate.header import LATER, TINTS

if TYPE_CHECKING:
    from qdesk.gui.curate.page import CuratePage


def remember(page: CuratePage) -> None:
    """Keep how the page looks now."""
    header, settings = page.header, _settings()
    settings.setValue("tint", header.tint)
    settings.setValue("size", page.grid.size_step)
    if header.sort not in LATER:  # those belong to these verdicts
        settings.setValue("sort", header.sort)
        settings.setValue("reverse", int(header.reverse))
    if page.looking.pace == "grid" and not page.narrow:
        settings.setValue("filters", int(header.filters.isChecked()))
        settings.setValue("plane", int(header.plane.isChecked()))
    if page.middle.count() > 1:
        settings.setValue("middle", page.middle.saveState())


def recall(page: CuratePage) -> None:
    """Let the page look as it did. What was not kept, or makes no sense, stays as it is."""
    header, settings = page.header, _settings()
    sort = str(settings.value("sort", "junk"))
    if sort in SORTS and sort not in LATER:
        header.set_sort(sort, _number(settings, "reverse", 0) == 1)
    for tint in TINTS:
        if tint == settings.value("tint", "none"):
            page.looking.set_tint(tint)
    page.grid.zoom(_number(settings, "size", page.grid.size_step) - page.grid.size_step)
    header.filters.setChecked(_number(settings, "filters", 1) == 1)


def recall_plane(page: CuratePage) -> None:
    """Show the plane again if it was shown: once there are drawings to show in it."""
    settings = _settings()
    if _number(settings, "plane", 0) == 1 and not page.header.plane.isChecked() and not page.narrow:
        page.header.plane.setChecked(True)
        state = settings.value("middle")
        if isinstance(state, QByteArray):
            page.middle.restoreState(state)


def _number(settings: QSettings, name: str, otherwise: int) -> int:
    try:
        kept: Any = settings.value(name, otherwise)
        return int(kept)
    except (TypeError, ValueError):
        return otherwise


def _settings() -> QSettings:
    settings = QSettings(str(paths.user_data() / "settings.ini"), QSettings.Format.IniFormat)
    settings.beginGroup("curate")
    return settings
