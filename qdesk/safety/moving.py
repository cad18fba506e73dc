"""Move several files into a folder so that all of them are there, or none, also where the program is killed.

They are written into a folder of their own first. A folder that is not there yet is that one, renamed. Into another
one they go one by one, after a list of them is on the disk: a kill leaves the list, and who comes next moves the rest.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from qdesk.files import atomic_write, held, is_held
from qdesk.safety.intents import end, intent, sync, unfinished

KIND = "move"

_LIST, _OLD, _WHOLE = ".qdesk-list.json", ".qdesk-old", ".qdesk-whole"
_BESIDE = ".clean-"


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """Give a new folder to write files into, on the disk of `folder`, which is deleted at the end.

    What killed programs have left there is ended or deleted first. Raises OSError, which names `folder`.
    """
    where = folder if folder.is_dir() else folder.parent
    if folder.is_dir():
        go_on_in(folder)
    clear(where)
    made = where / f"{_BESIDE}{uuid.uuid4().hex}"
    try:
        made.mkdir()
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(folder)) from None
    try:
        with held(made):
            yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def move_all(made: Path, names: Sequence[Path], folder: Path) -> None:
    """Move these files of `made`, which `beside` gave, into `folder`: all of them, or none. Raises OSError.

    names: their paths in `made`, which they get in `folder`, too.
    """
    for name in names:
        _sync_file(made / name)
    if not folder.exists():
        whole = made / _WHOLE
        for name in names:
            (whole / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(made / name, whole / name)
        whole.mkdir(exist_ok=True)
        os.rename(whole, folder)
        sync(folder.parent)
        return
    with _noted(folder):
        with atomic_write(made / _LIST) as part:
            part.write_bytes(json.dumps([os.fspath(name) for name in names]).encode("ascii"))
        _move_each(made, names, folder)
        sync(folder)
        (made / _LIST).unlink()


def _move_each(made: Path, names: Sequence[Path], folder: Path) -> None:
    """Move files one by one; where that fails, put back what was there."""
    placed: list[Path] = []
    try:
        for name in names:
            _keep_old(folder / name, made / _OLD / name)
            placed.append(name)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(made / name, folder / name)
    except OSError:
        (made / _LIST).unlink()  # so that nobody goes on with it
        for name in reversed(placed):
            with suppress(OSError):
                if (made / _OLD / name).exists():
                    os.replace(made / _OLD / name, folder / name)
                elif not (made / name).exists():
                    (folder / name).unlink()
        raise


def go_on() -> None:
    """End what killed programs were moving, wherever that was."""
    for note, about in unfinished(KIND):
        folder = Path(os.fsdecode(str(about.get("folder"))))
        go_on_in(folder)
        clear(folder)
        if not any(folder.glob(f"{_BESIDE}*/{_LIST}")):
            end(note)


def go_on_in(folder: Path) -> None:
    """End what killed programs were moving into a folder. What cannot be moved stays for the next time."""
    with suppress(OSError):
        for listed in folder.glob(f"{_BESIDE}*/{_LIST}"):
            if is_held(listed.parent):
                continue
            try:
                names = [Path(name) for name in json.loads(listed.read_bytes())]
                if any(name.is_absolute() or ".." in name.parts for name in names):
                    raise ValueError("this leads elsewhere")  # anybody may have put it into a folder
                for name in names:
                    if (listed.parent / name).exists():
                        (folder / name).parent.mkdir(parents=True, exist_ok=True)
                        os.replace(listed.parent / name, folder / name)
            except (ValueError, TypeError):  # no list of ours
                continue
            sync(folder)
            shutil.rmtree(listed.parent, ignore_errors=True)


def clear(folder: Path) -> list[Path]:
    """Delete what killed programs have left in a folder before they began to move, and return which folders."""
    gone = []
    with suppress(OSError):
        for left in folder.glob(f"{_BESIDE}*"):
            if left.is_dir() and not (left / _LIST).exists() and not is_held(left):
                shutil.rmtree(left, ignore_errors=True)
                gone.append(left)
    return gone


@contextmanager
def _noted(folder: Path) -> Iterator[None]:
    """Note where files are moved to, so that the next start goes on; where it cannot be noted, the next such command.

    After an error there is nothing to go on with.
    """
    note = intent(KIND, folder=os.fspath(folder.absolute()))
    try:
        path = note.__enter__()
    except OSError:
        yield
        return
    try:
        yield
    except BaseException:
        end(path)
        raise
    note.__exit__(None, None, None)


def _keep_old(path: Path, old: Path) -> None:
    """Keep a file that will be replaced: by another name of it, or as a copy where the disk has no such names."""
    if not path.is_file():
        return
    old.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, old)
    except OSError:
        shutil.copy2(path, old)


def _sync_file(path: Path) -> None:
    with open(path, "r+b") as file:
        os.fsync(file.fileno())
