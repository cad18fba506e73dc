"""What was begun and has to be ended, whatever happens: noted on the disk first, and gone on with at the next start."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from qdesk import paths
from qdesk.files import atomic_write, clear_parts, held, is_held


def _folder() -> Path:
    return paths.user_data() / "unfinished"


@contextmanager
def intent(kind: str, **about: Any) -> Iterator[Path]:
    """Note on the disk what is done now. The note is deleted at the end, and stays where there is an error or a kill.

    Raises OSError where it cannot be noted.
    """
    folder = _folder()
    folder.mkdir(exist_ok=True)
    path = folder / f"{kind}-{uuid.uuid4().hex}.json"
    with atomic_write(path) as part:
        part.write_text(json.dumps({"kind": kind, **about}), encoding="utf-8")
    sync(folder)
    with held(path):
        yield path
        end(path)


def end(path: Path) -> None:
    """Note that what an intent says is done."""
    path.unlink(missing_ok=True)
    sync(path.parent)
    with suppress(OSError):  # another one is in it
        path.parent.rmdir()


def unfinished(kind: str) -> list[tuple[Path, dict[str, Any]]]:
    """Return what programs of this kind have begun and not ended, but nothing that one of them is still at."""
    found = []
    with suppress(OSError):
        for path in sorted(_folder().glob(f"{kind}-*.json")):
            if not is_held(path):
                with suppress(OSError, ValueError):
                    about = json.loads(path.read_text(encoding="utf-8"))
                    if isinstance(about, dict):
                        found.append((path, about))
    return found


def tidy() -> None:
    """Delete the folder of the notes where nothing is left in it but half notes of killed programs."""
    with suppress(OSError):
        clear_parts(_folder())
        _folder().rmdir()


def is_any() -> bool:
    """Whether anything may be unfinished."""
    try:
        return _folder().exists()
    except OSError:
        return False


def sync(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can."""
    if os.name == "nt":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
