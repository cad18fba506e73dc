"""The look in one place: colours, the 8-pixel grid, type sizes, icons, the loss ramp and one stylesheet.

The look is warm paper with near-black ink by day, and slate with chalk by night. It follows the system;
`QDESK_THEME=light|dark` chooses one. Widgets that paint themselves ask `theme()` at each paint and so follow a change.
Widgets that keep something made from a colour listen to `theme_changes().changed`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QGuiApplication,
    QIcon,
    QImage,
    QKeyEvent,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from qdesk import paths

SPACE = 8
"""The grid: every gap, margin and height is a multiple of this, in device-independent pixels."""

RADIUS = 8
"""Corner radius of cards, buttons and fields."""

Size = Literal["small", "body", "large", "huge"]

_SCALE: dict[str, float] = {"small": 12 / 14, "body": 1.0, "large": 20 / 14, "huge": 48 / 14}
_SMALLEST_BODY, _LARGEST_BODY = 14, 22


@dataclass(frozen=True)
class Theme:
    """The named colours of one look. `on_accent` is text on the accent; `hover` is the wash under the pointer."""

    name: Literal["light", "dark"]
    paper: QColor
    surface: QColor
    ink: QColor
    muted: QColor
    line: QColor
    accent: QColor
    on_accent: QColor
    hover: QColor
    good: QColor
    bad: QColor
    warn: QColor

    @property
    def dark(self) -> bool:
        return self.name == "dark"


def _make(name: Literal["light", "dark"], **colours: str) -> Theme:
    return Theme(name, **{key: QColor(value) for key, value in colours.items()})


# Muted text on either ground, and text on the accent, keep a contrast of at least 4.5 to 1.
LIGHT = _make(
    "light",
    paper="#f7f2e8",
    surface="#fffcf6",
    ink="#211e1a",
    muted="#6b6357",
    line="#e2d9c8",
    accent="#c9345f",
    on_accent="#ffffff",
    hover="#efe7d8",
    good="#2f7a55",
    bad="#b3401f",
    warn="#946110",
)
DARK = _make(
    "dark",
    paper="#20262b",
    surface="#282f35",
    ink="#ece8df",
    muted="#a0a8ab",
    line="#3c464d",
    accent="#ff86a5",
    on_accent="#2a1118",
    hover="#313a41",
    good="#7ccf9f",
    bad="#f0906f",
    warn="#e3b566",
)


class _Changes(QObject):
    changed = Signal()


@cache
def theme_changes() -> _Changes:
    """Return the object whose `changed` signal says that `theme()` has changed."""
    return _Changes()


_current = LIGHT


def theme() -> Theme:
    """Return the colours in force."""
    return _current


def _wanted() -> Theme:
    chosen = os.environ.get("QDESK_THEME", "").strip().lower()
    if chosen in ("light", "dark"):
        return DARK if chosen == "dark" else LIGHT
    return DARK if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT


def apply_theme(app: QApplication) -> None:
    """Give `app` its style, palette, font and stylesheet, and again when the system turns light or dark."""
    app.setStyle("Fusion")
    app.setFont(font("body"))
    _dress(app)
    if not app.property("qdeskFollowsTheme"):
        app.setProperty("qdeskFollowsTheme", True)
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _scheme: _dress(app))


def refresh_theme() -> None:
    """Read `QDESK_THEME` and the system again, and change the look of the running program if they changed."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        _dress(app)


def _dress(app: QApplication) -> None:
    global _current
    wanted = _wanted()
    changed, _current = wanted is not _current, wanted
    app.setPalette(_palette(wanted))
    app.setStyleSheet(_stylesheet(wanted))
    if changed:
        theme_changes().changed.emit()


def _palette(look: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for where, colour in {
        role.Window: look.paper,
        role.WindowText: look.ink,
        role.Base: look.surface,
        role.AlternateBase: look.hover,
        role.Text: look.ink,
        role.PlaceholderText: look.muted,
        role.Button: look.surface,
        role.ButtonText: look.ink,
        role.BrightText: look.bad,
        role.Highlight: look.accent,
        role.HighlightedText: look.on_accent,
        role.Link: look.accent,
        role.ToolTipBase: look.surface,
        role.ToolTipText: look.ink,
        role.Mid: look.line,
        role.Light: look.hover,
        role.Dark: look.line,
        role.Accent: look.accent,
    }.items():
        palette.setColor(where, colour)
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, look.muted)
    return palette


# Type


@cache
def _system_font() -> QFont:
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)


def font(size: Size = "body") -> QFont:
    """Return the system's own font in one of the sizes; "huge" is only for the word of a round."""
    body = min(max(QFontInfo(_system_font()).pixelSize(), _SMALLEST_BODY), _LARGEST_BODY)
    chosen = QFont(_system_font())
    chosen.setPixelSize(round(body * _SCALE[size]))
    if size == "huge":
        chosen.setWeight(QFont.Weight.DemiBold)
    return chosen


def label(text: str = "", size: Size = "body", muted: bool = False, parent: QWidget | None = None) -> QLabel:
    """Return a plain-text label in one of the sizes."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(font(size))
    if muted:
        made.setProperty("muted", True)
    return made


class Button(QPushButton):
    """A push button whose icon follows the theme, and that Enter presses too."""

    def __init__(self, text: str, icon_name: str, primary: bool, parent: QWidget | None) -> None:
        # Qt leaves no room between icon and text, and its stylesheets have no property for it.
        super().__init__(f" {text}" if icon_name else text, parent)
        self.setIconSize(QSize(18, 18))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("primary", primary)
        self._icon = icon_name
        if icon_name:
            self._tint()
            theme_changes().changed.connect(self._tint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
        else:
            super().keyPressEvent(event)

    def set_primary(self, primary: bool) -> None:
        """Make it the primary button, or an ordinary one."""
        if primary != self.property("primary"):
            self.setProperty("primary", primary)
            self.style().polish(self)
            if self._icon:
                self._tint()

    def _tint(self) -> None:
        self.setIcon(icon(self._icon, "on_accent" if self.property("primary") else "ink"))


def button(
    text: str, icon_name: str = "", primary: bool = False, big: bool = False, parent: QWidget | None = None
) -> Button:
    """Return a push button. At most one per page is `primary`; `big` is for the one thing to do on an empty page."""
    made = Button(text, icon_name, primary, parent)
    if big:
        made.setFont(font("large"))
        made.setIconSize(QSize(24, 24))
        made.setProperty("big", True)
    return made


# Icons

Tint = Literal["ink", "muted", "accent", "on_accent", "good", "bad", "warn"]


def icon(name: str, tint: Tint = "ink") -> QIcon:
    """Return `assets/icons/<name>.svg`, its `currentColor` replaced by a colour of the theme; muted when disabled.

    Raises FileNotFoundError for an unknown name.
    """
    return _icon(name, getattr(theme(), tint).name(), theme().muted.name())


@lru_cache(maxsize=256)
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    from PySide6.QtSvg import QSvgRenderer

    made, text = QIcon(), paths.asset("icons", f"{name}.svg").read_text(encoding="utf-8")
    for mode, tint in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
        drawn = QSvgRenderer(QByteArray(text.replace("currentColor", tint).encode()))
        for side in (16, 20, 24, 32, 48, 64, 96):
            image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            drawn.render(painter, QRectF(0, 0, side, side))
            painter.end()
            made.addPixmap(QPixmap.fromImage(image), mode)
    return made


# Loss

_CIVIDIS = (
    "00204d 002b68 05366e 2c416c 404d6b 51586c 60646f 6e6f73 7c7b78 8b8779 9b9477 aca174 bcaf6f cebc67 e0cb5d f2da4f "
    "ffea46"
).split()


def mixed(a: QColor, b: QColor, share: float) -> QColor:
    """Return the opaque colour that lies `share` of the way from one colour to another."""
    ends = (a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue())
    return QColor(*(round(x + (y - x) * share) for x, y in ends))


def loss_colour(t: float) -> QColor:
    """Return the colour of a loss: cividis at `t` from 0 (expected) to 1 (surprising), clamped; NaN is muted.

    The end of the ramp that would vanish into the ground (yellow on paper, navy on slate) is cut off a little.
    """
    if t != t:
        return QColor(theme().muted)
    t = min(max(t, 0.0), 1.0)
    t = 0.2 + 0.8 * t if theme().dark else 0.92 * t
    place = t * (len(_CIVIDIS) - 1)
    low = min(int(place), len(_CIVIDIS) - 2)
    share = place - low
    return mixed(QColor(f"#{_CIVIDIS[low]}"), QColor(f"#{_CIVIDIS[low + 1]}"), share)


def _stylesheet(look: Theme) -> str:
    names = ("paper", "surface", "ink", "muted", "line", "accent", "on_accent", "hover", "bad")
    style = _STYLE
    for name in sorted(names, key=len, reverse=True):
        style = style.replace(f"@{name}", getattr(look, name).name())
    pressed = look.accent.darker(112) if not look.dark else look.accent.lighter(108)
    return style.replace("@lit", pressed.name()).replace("@tick", paths.asset("icons", "check.svg").as_posix())


_STYLE = """
QWidget { color: @ink; }
QMainWindow, QDialog { background: @paper; }
QLabel[muted="true"] { color: @muted; }
QLabel[bad="true"] { color: @bad; }
QFrame[card="true"] { background: @surface; border: 1px solid @line; border-radius: 8px; }
QPushButton, QToolButton {
    background: @surface; border: 1px solid @line; border-radius: 8px; padding: 7px 16px; min-height: 16px;
}
QToolButton { padding: 7px; }
QPushButton[big="true"] { min-height: 32px; padding: 7px 40px; }
QPushButton:hover, QToolButton:hover { background: @hover; }
QPushButton:pressed, QToolButton:pressed { background: @line; }
QPushButton:focus, QToolButton:focus { border: 1px solid @accent; }
QPushButton:disabled, QToolButton:disabled { color: @muted; background: transparent; }
QPushButton[primary="true"] { background: @accent; color: @on_accent; border: 1px solid @accent; font-weight: 600; }
QPushButton[primary="true"]:hover, QPushButton[primary="true"]:focus { background: @lit; border-color: @lit; }
QPushButton[primary="true"]:disabled { background: @line; color: @muted; border-color: @line; }
QPushButton[flat="true"], QToolButton[flat="true"] { background: transparent; border-color: transparent; }
QPushButton[flat="true"]:hover, QToolButton[flat="true"]:hover { background: @hover; }
QPushButton[flat="true"]:focus, QToolButton[flat="true"]:focus { border: 1px solid @line; }
QPushButton:checked, QToolButton:checked { background: @hover; border-color: @accent; }
QLineEdit, QComboBox, QSpinBox, QPlainTextEdit {
    background: @surface; border: 1px solid @line; border-radius: 8px; padding: 6px 8px;
    selection-background-color: @accent; selection-color: @on_accent;
}
QLineEdit QToolButton { padding: 0; min-height: 0; border: none; background: transparent; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QPlainTextEdit:focus { border-color: @accent; }
QComboBox::drop-down { border: none; width: 24px; }
QSpinBox { padding: 6px 24px 6px 8px; min-height: 18px; }
QSpinBox QLineEdit { border: none; padding: 0; background: transparent; }
QSpinBox::up-button, QSpinBox::down-button { subcontrol-origin: border; width: 28px; border: none; }
QSpinBox::up-button { subcontrol-position: top right; }
QSpinBox::down-button { subcontrol-position: bottom right; }
QSpinBox::up-arrow, QSpinBox::down-arrow { image: none; }
QSpinBox:disabled { color: @muted; background: transparent; }
QAbstractItemView { background: transparent; border: none; outline: 0; }
QComboBox QAbstractItemView, #completions { background: @surface; border: 1px solid @line; color: @ink;
    selection-background-color: @hover; selection-color: @ink; outline: 0; }
QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; }
QScrollBar::handle { background: @line; border-radius: 4px; min-height: 32px; min-width: 32px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: @line; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }
QToolTip { background: @surface; color: @ink; border: 1px solid @line; padding: 4px 8px; }
QMenu { background: @surface; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: @hover; }
QMenu::indicator { left: 8px; }
QMenu::item:indicator { padding-left: 30px; }
QHeaderView::section {
    background: @paper; color: @muted; border: none; border-bottom: 1px solid @line; padding: 4px 8px;
}
QSplitter::handle { background: @line; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator, QListView::indicator, QMenu::indicator {
    width: 14px; height: 14px; border-radius: 4px; border: 1px solid @muted; background: @surface;
}
QCheckBox::indicator:checked, QListView::indicator:checked, QMenu::indicator:checked {
    background: @accent; border-color: @accent; image: url(@tick);
}
QCheckBox::indicator:focus { border-color: @accent; }
"""
