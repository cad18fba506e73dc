"""The user's settings, each with its type, default and meaning, kept in `settings.json` in the user's folder.

    curate = settings.load(Curate)
    settings.change(Curate, tint="time")

A section is read as one dataclass. A value that is missing in the file, or does not fit, is the default. Entries that
this qdesk does not know are kept. A change is merged into the file under a lock, so that two windows keep each other's
changes. While there is no such file, those of earlier versions (`settings.ini`, `window.ini`, `play.json`) are read.
"""

from __future__ import annotations

import base64
import codecs
import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from qdesk import ini, paths
from qdesk.checked import short
from qdesk.files import atomic_write

_log = logging.getLogger(__name__)

_PATIENCE_S = 2.0
"""How long to wait for another window that is writing its settings, which takes it milliseconds."""

S = TypeVar("S", bound="Section")


def setting(default: Any, meaning: str, choices: tuple[Any, ...] = ()) -> Any:
    """Make a field of a section: its default, its meaning and, where only some values are allowed, the choices."""
    about = {"meaning": meaning, "choices": choices}
    return field(default_factory=dict, metadata=about) if default == {} else field(default=default, metadata=about)


@dataclass(frozen=True)
class Section:
    """Settings that belong together. The section's name in the file is the class's, in lower case."""


@dataclass(frozen=True)
class Play(Section):
    """Settings of Play."""

    player: int = setting(1, "whose drawings are kept: the player's number in the history")
    difficulty: str = setting("mixed", "which words are asked for", ("mixed", "easy", "medium", "hard"))
    voice: bool = setting(True, "the network speaks, where the system has a voice")
    sounds: bool = setting(True, "the game makes sounds")
    silence_told: bool = setting(False, "it was said that this system has no voice")


@dataclass(frozen=True)
class Curate(Section):
    """Settings of Curate: how it looks, and which keys do what."""

    recent: tuple[str, ...] = setting((), "the files opened last, the newest first")
    sort: str = setting("junk", "by what the drawings are ordered")
    reverse: bool = setting(False, "the order is reversed")
    tint: str = setting("none", "by what the strokes are coloured")
    size: int | None = setting(None, "how large the drawings are, in steps; null for as large as at first")
    filters: bool = setting(True, "the filters are shown")
    plane: bool = setting(False, "the plane is shown")
    middle: str = setting("", "how the plane and the drawings share the room: Qt's own form, in base 64")
    replay_each: bool = setting(False, "every drawing is replayed as it comes")
    unfolded: Mapping[str, bool] = setting({}, "which sections of the filters are open, where that was chosen")
    keys: Mapping[str, tuple[str, ...]] = setting({}, "the keys of the actions that have others than at first")


@dataclass(frozen=True)
class Lab(Section):
    """Settings of the Lab."""

    folder: str = setting("", "where the data of the last experiment lay")
    opened: tuple[str, ...] = setting((), "the runs from elsewhere, by their weight files")


@dataclass(frozen=True)
class Files(Section):
    """Settings of files of drawings."""

    memory: str = setting("", "the most memory that reading a file may take, as 8G; empty for half of the machine's")


@dataclass(frozen=True)
class Window(Section):
    """Settings of the window."""

    geometry: str = setting("", "its place and size: Qt's own form, in base 64")


SECTIONS: tuple[type[Section], ...] = (Play, Curate, Lab, Files, Window)


def load(section: type[S]) -> S:
    """Return the kept settings of a section. Never fails: what cannot be read is the default, with a log line."""
    try:
        path = _path()
        kept = _kept(path)
    except (OSError, ValueError) as error:
        _warn(f"The settings cannot be read, the defaults are taken: {error}")
        return section()
    return _parsed(section, kept, path)


def edit(section: type[S], how: Callable[[S], S]) -> S:
    """Apply `how` to the settings as they are in the file now, keep the result and return it.

    A file that is damaged is renamed to `settings.json.damaged`. Raises OSError where the settings cannot be written.
    """
    path = _path()
    with _alone(path):
        try:
            kept = _kept(path)
        except ValueError as error:
            damaged = path.with_name(f"{path.name}.damaged")
            _warn(f"{path} is damaged and now called {damaged.name}: {error}")
            os.replace(path, damaged)
            kept = {}
        before = _parsed(section, kept, path)
        after = how(before)
        changed = {
            one.name: value
            for one in fields(section)
            if (value := getattr(after, one.name)) != getattr(before, one.name)
        }
        if changed:
            there = kept.get(_name(section))
            kept[_name(section)] = (there if isinstance(there, dict) else {}) | changed
            text = json.dumps(kept, indent=1, ensure_ascii=False)
            with atomic_write(path) as part:  # file names in it need not be valid Unicode
                part.write_bytes(f"{text}\n".encode("utf-8", "surrogatepass"))
    return after


def change(section: type[S], **values: Any) -> S:
    """Keep these values of a section and return the section. Raises OSError where they cannot be written."""
    return edit(section, lambda now: replace(now, **values))


def remember(section: type[S], how: Callable[[S], S] | None = None, **values: Any) -> None:
    """Do what `edit` or `change` does, for settings not worth an error: a log line says that they cannot be written."""
    try:
        edit(section, how) if how else change(section, **values)
    except OSError as error:
        _warn(f"The settings cannot be kept: {_path().name}: {error.strerror or error}")


# Inside


def _path() -> Path:
    return paths.user_data() / "settings.json"


def _name(section: type[Section]) -> str:
    return section.__name__.lower()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock of the settings. Raises OSError (filelock.Timeout) where it is not free within `_PATIENCE_S`."""
    from filelock import FileLock  # imported here, so that reading the settings does not wait for it

    with FileLock(f"{path}.lock", timeout=_PATIENCE_S):
        yield


def _kept(path: Path) -> dict[str, Any]:
    """Return the sections of the file, or of earlier versions' files. Raises OSError, or ValueError for bad JSON."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return _kept_before(path.parent)
    try:
        kept = json.loads(content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogatepass"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(kept, dict):
        raise ValueError(f"{path.name} does not hold sections")
    return kept


def _parsed(section: type[S], kept: Mapping[str, Any], path: Path) -> S:
    """Return one section. A value of a wrong type or not among the choices is left out, with a log line."""
    mine = kept.get(_name(section), {})
    if not isinstance(mine, dict):
        _warn(f"{path.name}: {_name(section)} is no section; the defaults are taken.")
        return section()
    hints, values = get_type_hints(section), {}
    for one in fields(section):
        place = f"{_name(section)}.{one.name}"
        if one.name in mine:
            with _left_out(place, mine[one.name], path):
                value = _fitting(hints[one.name], mine[one.name], place, path)
                if one.metadata["choices"] and value not in one.metadata["choices"]:
                    raise TypeError
                values[one.name] = value
    return section(**values)


def _fitting(hint: Any, value: Any, place: str, path: Path) -> Any:
    """Return a value from JSON as its type, a mapping without the entries that do not fit. Raises TypeError."""
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_fitting(get_args(hint)[0], one, place, path) for one in value)
    if get_origin(hint) is Mapping and isinstance(value, dict):
        found = {}
        for name, one in value.items():
            with _left_out(f"{place}.{name}", one, path):
                found[name] = _fitting(get_args(hint)[1], one, place, path)
        return found
    if type(value) in (get_args(hint) if isinstance(hint, UnionType) else (hint,)):
        return value
    raise TypeError


@contextmanager
def _left_out(place: str, value: Any, path: Path) -> Iterator[None]:
    """Turn TypeError and ValueError into a log line that says which value is left out."""
    try:
        yield
    except (TypeError, ValueError):
        _warn(f"{path.name}: {place} cannot be {short(value)}; the default is taken.")


@lru_cache(maxsize=256)
def _warn(text: str) -> None:
    """Log a text once, however often the file is read."""
    _log.warning(text)


# The files of earlier versions: two by Qt's QSettings, and one in JSON

_GROUPS = {"filters": ("curate", "unfolded"), "keys": ("curate", "keys")}
"""Groups of .ini entries, each of which is one setting now: its section and name."""

_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def _kept_before(folder: Path) -> dict[str, Any]:
    """Return the settings of earlier versions, in today's form. The files stay as they are. Raises OSError."""
    kept: dict[str, Any] = {}
    hints = {_name(section): get_type_hints(section) for section in SECTIONS}
    for path in (folder / "settings.ini", folder / "window.ini"):
        for place, value in (ini.read(path.read_bytes()) if path.exists() else {}).items():
            group, _, name = place.partition("/")
            section, one = _GROUPS.get(group, (group, name))
            hint = hints.get(section, {}).get(one)
            with _left_out(place, value, path):
                if group in _GROUPS:
                    item = _from_text(get_args(hint)[1], value)
                    kept.setdefault(section, {}).setdefault(one, {})[name] = item
                elif hint is not None:
                    kept.setdefault(section, {})[one] = _from_text(hint, value)
    return kept | _played_before(folder / "play.json")


def _played_before(path: Path) -> dict[str, Any]:
    try:
        play = json.loads(path.read_bytes()) if path.exists() else None
    except (ValueError, RecursionError):
        return {}
    return {"play": play} if isinstance(play, dict) else {}


def _from_text(hint: Any, value: ini.Value) -> Any:
    """Return a value of an .ini file as it stands in JSON. Raises ValueError where it is not of that type."""
    if get_origin(hint) is tuple:
        if isinstance(value, str):
            return [value] if value else []
        if isinstance(value, list):
            return value
    elif hint is str and isinstance(value, bytes):
        return base64.b64encode(value).decode()
    elif isinstance(value, str):
        if hint is bool and value in _TRUTHS:
            return _TRUTHS[value]
        if hint is str:
            return value
        if hint is not bool:
            return int(value)
    raise ValueError
