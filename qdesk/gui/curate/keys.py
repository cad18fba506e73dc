"""The keys: what each action does, which keys do it, and how the user's own choice is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from string import ascii_uppercase

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from qdesk import settings
from qdesk.data.reasons import COPY, KEEP, REASONS, UNSURE
from qdesk.gui.kit.positions import key_at
from qdesk.settings import Curate

GROUPS = ("Verdicts", "Looking", "Paces", "Files")


@dataclass(frozen=True)
class Action:
    """Something that a key does. `text` stands on a keycap, `about` is a sentence, `keys` are the default keys.

    Keys are written as Qt writes them in files: "K", "Ctrl+Shift+Z", "?".
    """

    name: str
    text: str
    about: str
    keys: tuple[str, ...]
    group: str
    on_bar: bool = False


ACTIONS = (
    Action("flag", "flag", "Flag, or take the flag back", ("F",), "Verdicts", True),
    *(Action(why.name, why.name, f"Flag as {why.name}", (why.key,), "Verdicts", True) for why in REASONS if why.key),
    Action(KEEP, "keep", "Keep: nothing is wrong with it", ("K",), "Verdicts", True),
    Action(UNSURE, "unsure", "Unsure: come back to it later", ("N",), "Verdicts", True),
    Action("relabel", "right word", "Flag as wrong, and say what it shows", ("W",), "Verdicts"),
    Action("thin", "all but one copy", "Of copies, flag all but one", ("Shift+D",), "Verdicts"),
    Action("undo", "undo", "Take the last step back", ("U", "Ctrl+Z"), "Verdicts", True),
    Action("redo", "redo", "Do it again", ("Ctrl+Y", "Ctrl+Shift+Z"), "Verdicts"),
    Action("replay", "replay", "Replay the drawing", ("R",), "Looking", True),
    Action("tint", "tint", "Colour the strokes by loss", ("T",), "Looking"),
    Action("like", "more like these", "Find more like these", ("L",), "Looking"),
    Action("search", "search", "Search", ("/", "Ctrl+F"), "Looking"),
    Action("filters", "filters", "Show or hide the filters", ("Ctrl+B",), "Looking"),
    Action("bigger", "larger", "Larger drawings", ("Ctrl++", "Ctrl+="), "Looking"),
    Action("smaller", "smaller", "Smaller drawings", ("Ctrl+-",), "Looking"),
    Action("back", "back", "Back to all drawings", ("Esc",), "Looking"),
    Action("copies", "copies", "Find copies, or show all drawings again", ("D",), "Looking"),
    Action("history", "history", "What was decided, and when", ("H",), "Looking"),
    Action("one", "one by one", "One by one", ("O",), "Paces"),
    Action("page", "by the page", "By the page", ("B",), "Paces"),
    Action("plane", "plane", "Show or hide the plane", ("P",), "Paces"),
    Action("export", "export", "Export the flags as CSV", ("Ctrl+E",), "Files"),
    Action("close", "close", "Close these drawings", ("Ctrl+W",), "Files"),
    Action("keys", "all keys", "Show and change the keys", ("?",), "Files"),
)

_ONCE = {action.name for action in ACTIONS if action.group == "Verdicts"}
"""The actions that a key does once, however long it is held: a drawing is judged after it was looked at."""

_YIELD = ("rude", "unfinished", COPY, "relabel", UNSURE, "copies", "thin", "history")
"""The actions that are younger than the users' own keys: where the key of one is theirs for something else, it has the
first free one of `_FREE`."""
_FREE = f"6789{ascii_uppercase}"

_Key = Qt.Key
_ALONE_NOTHING = {
    *(_Key.Key_Shift, _Key.Key_Control, _Key.Key_Alt, _Key.Key_AltGr, _Key.Key_Meta, _Key.Key_Super_L),
    *(_Key.Key_Super_R, _Key.Key_CapsLock, _Key.Key_NumLock, _Key.Key_ScrollLock, _Key.Key_unknown),
}
_OF_THE_DRAWINGS = {
    *(_Key.Key_Left, _Key.Key_Right, _Key.Key_Up, _Key.Key_Down, _Key.Key_Home, _Key.Key_End, _Key.Key_PageUp),
    *(_Key.Key_PageDown, _Key.Key_Return, _Key.Key_Enter, _Key.Key_Space, _Key.Key_Tab, _Key.Key_Backtab),
}
_WRITTEN_IN = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)
_OF_THE_WINDOW = {*(f"Ctrl+{page}" for page in range(1, 10)), "Ctrl+O", "Ctrl+Q", "Ctrl+A", "Ctrl+C"}


def shown(keys: str) -> str:
    """Return keys as they are called on this system."""
    return QKeySequence(keys, QKeySequence.SequenceFormat.PortableText).toString(QKeySequence.SequenceFormat.NativeText)


def pressed(event: QKeyEvent) -> str:
    """Return the keys of a key press, as in `Action.keys`; "" while only Shift and the like are held down."""
    if event.key() in _ALONE_NOTHING or not event.key():
        return ""
    return _text(event.keyCombination())


def _text(keys: QKeyCombination) -> str:
    """Return the keys as text, without the Shift that it takes to type a sign: that differs between keyboards."""
    key, held = keys.key(), keys.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if key.value < _Key.Key_Escape.value and not chr(key.value).isalpha():
        held &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(held, key)).toString(QKeySequence.SequenceFormat.PortableText)


def _checked(keys: str) -> str:
    """Return the keys as Qt writes them. Raises ValueError, in plain words, for keys that cannot be used."""
    sequence = QKeySequence(keys, QKeySequence.SequenceFormat.PortableText)
    if sequence.count() > 1:
        raise ValueError(f"{shown(keys)} is more than one key.")
    only: QKeyCombination | None = sequence[0] if sequence.count() else None  # type: ignore[index]  # PySide's gap
    if only is None or only.key() in _ALONE_NOTHING:
        raise ValueError(f"“{keys}” cannot be typed." if keys else "That key cannot be used.")
    text = _text(only)
    if only.key() in _OF_THE_DRAWINGS:
        raise ValueError(f"The drawings need {shown(text)}.")
    if text in _OF_THE_WINDOW:
        raise ValueError(f"The window needs {shown(text)}.")
    return text


class KeyMap(QObject):
    """Which keys do what. Keys that differ from the defaults are kept in the settings.

    Where the settings make no sense for an action they are ignored, and the action has its default keys.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._first = {action.name: action.keys for action in ACTIONS}
        self._texts = {action.name: action.text for action in ACTIONS}
        self._keys = self._first | self._kept()

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the keys of an action, first the one to be shown. Raises KeyError for an unknown action."""
        return self._keys[name]

    def action(self, keys: str) -> str:
        """Return the action of these keys, or ""."""
        return next((name for name, taken in self._keys.items() if keys in taken), "")

    def hint(self, text: str, name: str) -> str:
        """Return a tool tip: what is done, and its keys."""
        return f"{text} ({', '.join(map(shown, self.keys(name)))})"

    def set(self, name: str, keys: Iterable[str]) -> None:
        """Give an action other keys, and remember them.

        Raises ValueError, in plain words, if a key is taken or needed elsewhere, or if there is none at all.
        """
        fresh = tuple(map(_checked, keys))
        if not fresh:
            raise ValueError("Every action needs a key.")
        for place, one in enumerate(fresh):
            owner = name if one in fresh[:place] else self.action(one)
            if owner and (owner != name or one in fresh[:place]):
                raise ValueError(f"{shown(one)} is {self._texts[owner]} already.")
        self._take({name: fresh})

    def reset(self, *names: str) -> None:
        """Give these actions, or all of them, their default keys. Raises ValueError if one is taken by now."""
        if names:
            for name in names:
                self.set(name, self._first[name])
        else:
            self._take(self._first)

    def _take(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        if all(self._keys[name] == fresh for name, fresh in keys.items()):
            return
        self._keys = self._keys | dict(keys)

        def others(now: Curate) -> Curate:
            left = {name: own for name, own in now.keys.items() if name not in keys}
            return replace(now, keys=left | {name: own for name, own in keys.items() if own != self._first[name]})

        settings.remember(Curate, others)
        self.changed.emit()

    def _kept(self) -> dict[str, tuple[str, ...]]:
        """Return the keys that the settings hold, without those that are invalid and those that clash."""
        kept, found = {}, settings.load(Curate).keys
        for name in self._first:
            try:
                fresh = tuple(map(_checked, found.get(name, ())))
            except ValueError:
                continue
            if fresh:
                kept[name] = tuple(dict.fromkeys(fresh))
        taken = {one for keys in kept.values() for one in keys}
        for young in _YIELD:
            if young not in kept and taken.intersection(self._first[young]):
                taken.update(one for keys in self._first.values() for one in keys)
                kept[young] = (next(one for one in _FREE if one not in taken),)
                taken.update(kept[young])
        while True:
            owners: dict[str, list[str]] = {}
            for name, keys in (self._first | kept).items():
                for one in keys:
                    owners.setdefault(one, []).append(name)
            clashing = {name for names in owners.values() if len(names) > 1 for name in names} & kept.keys()
            if not clashing:  # default keys never clash with each other
                return kept
            for name in clashing:
                del kept[name]


class _Bound(QShortcut):
    """A shortcut that follows the keys of its action when they change."""

    def __init__(self, widget: QWidget, keymap: KeyMap, name: str, does: Callable[[], object]) -> None:
        super().__init__(widget)
        self._keymap, self._name = keymap, name
        self.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.setAutoRepeat(name not in _ONCE)
        self.activated.connect(does)
        keymap.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setKeys(
            [QKeySequence(keys, QKeySequence.SequenceFormat.PortableText) for keys in self._keymap.keys(self._name)]
        )


class _ByPlace(QObject):
    """Takes keys by their place where the user's layout types no Latin letter or digit with them."""

    def __init__(self, widget: QWidget, keymap: KeyMap, does: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(widget)
        self._widget, self._keymap, self._does = widget, keymap, does
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]

    def _follow(self, before: QWidget | None, now: QWidget | None) -> None:
        # Only the widget that has the keyboard is watched: the application has a thousand events per key.
        if before is not None:
            before.removeEventFilter(self)
        if now is not None and self._widget.isAncestorOf(now) and not isinstance(now, _WRITTEN_IN):
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = key_at(event)
        if key is None or self._keymap.action(pressed(event)):
            return False
        name = self._keymap.action(_text(QKeyCombination(event.modifiers(), key)))
        if name not in self._does:
            return False
        if not (event.isAutoRepeat() and name in _ONCE):
            self._does[name]()
        return True


def bind(widget: QWidget, keymap: KeyMap, does: Mapping[str, Callable[[], object]]) -> None:
    """Let the keys of these actions do their work in a widget and all that is in it, also when they change.

    Letters typed into a text field stay letters.
    """
    for name, action in does.items():
        _Bound(widget, keymap, name, action)
    _ByPlace(widget, keymap, does)
