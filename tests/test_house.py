"""The rules of the house: who may import what, and how large a room may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "qdesk").rglob("*.py"))

# A library that reads or writes drawings, and the files outside formats/ that use it for something else.
PARSERS: dict[str, tuple[str, ...]] = {
    "orjson": ("qdesk/game/history.py",),  # the columns of its database
    "struct": (),
    "pickle": (),
    "gzip": (),
    "zlib": ("qdesk/download.py",),  # a checksum of an address
    "zipfile": (),
    "safetensors": ("qdesk/nets/", "qdesk/training/"),
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """The full name of every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


def imports_any(path: Path, *libraries: str) -> set[str]:
    return {module for module in imports(path) if module.split(".")[0] in libraries}


def test_there_is_something_to_check():
    assert len(MODULES) > 10


def test_nothing_outside_gui_imports_qt():
    guilty = {
        name(path): found
        for path in MODULES
        if not name(path).startswith("qdesk/gui/") and (found := imports_any(path, "PySide6", "pyqtgraph", "shiboken6"))
    }
    assert not guilty


def test_nothing_below_the_window_imports_the_window():
    """Only the command line opens it."""
    guilty = [
        name(path)
        for path in MODULES
        if not name(path).startswith("qdesk/gui/")
        and name(path) != "qdesk/cli.py"
        and any(module.startswith("qdesk.gui") for module in imports(path))
    ]
    assert not guilty


@pytest.mark.parametrize("library", PARSERS)
def test_only_formats_parses_files(library):
    allowed = ("qdesk/formats/", *PARSERS[library])
    guilty = [name(path) for path in MODULES if not name(path).startswith(allowed) and imports_any(path, library)]
    assert not guilty


def test_no_room_is_too_large():
    files = [*MODULES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")]
    sizes = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert not {path: size for path, size in sizes.items() if size > 400}


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("qdesk.cli", ("torch", "numpy", "PySide6", "pyarrow", "sklearn")),
        ("qdesk.training.classifier", ("sklearn", "scipy", "PySide6")),
        ("qdesk.gui.app", ("torch", "sklearn", "scipy")),
        ("qdesk.gui.window", ("torch", "sklearn", "scipy")),
        ("qdesk.gui.play.page", ("torch", "sklearn", "scipy")),
        ("qdesk.gui.curate.page", ("torch", "sklearn", "scipy", "pyqtgraph")),
        ("qdesk.gui.lab.page", ("torch", "sklearn", "scipy", "pyqtgraph")),
    ],
)
def test_start_up_does_not_wait_for_heavy_libraries(module, heavy):
    code = f"import {module}, sys; print(*[name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
