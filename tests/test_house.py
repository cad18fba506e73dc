"""The rules of the house: who may import what, and how large a room may be."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "qdesk").rglob("*.py"))

# What formats/ imports and any module may.
COMMON = {
    "__future__", "array", "base64", "calendar", "codecs", "collections.abc", "contextlib", "csv", "dataclasses",
    "datetime", "functools", "importlib", "io", "itertools", "json", "math", "os", "pathlib", "re", "time", "types",
    "typing", "warnings",
    "urllib.parse", "xml.sax.saxutils", "numpy", "pyarrow", "pyarrow.compute", "pyarrow.parquet", "cairocffi",
    "cairosvg.parser", "cairosvg.surface", "PIL",
}  # fmt: skip

# A library that reads or writes drawings, and the files outside formats/ that use it for something else.
ELSEWHERE: dict[str, tuple[str, ...]] = {
    "orjson": ("qdesk/game/history.py", "qdesk/game/history_schema.py"),  # the columns of its database
    "zlib": (
        "qdesk/data/download.py",
        "qdesk/checked.py",
        "qdesk/safety/rows.py",
    ),  # a checksum of an address, and of files
    "zipfile": (
        "qdesk/training/run.py",
        "qdesk/training/teachers.py",
    ),  # whether a checkpoint is packed, and how large a teacher is
    "pickle": ("qdesk/training/run.py",),  # the error of a checkpoint that holds more than tensors
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


WINDOW = ("qdesk/gui/", *(f"qdesk/bench/{name}_window.py" for name in ("curate", "day", "map", "pages", "play")))
"""The window, and the benchmarks that drive one."""


def test_nothing_outside_gui_imports_qt():
    guilty = {
        name(path): found
        for path in MODULES
        if not name(path).startswith(WINDOW) and (found := imports_any(path, "PySide6", "pyqtgraph", "shiboken6"))
    }
    assert not guilty


def test_nothing_below_the_window_imports_the_window():
    """Only the command line opens it."""
    guilty = [
        name(path)
        for path in MODULES
        if not name(path).startswith((*WINDOW, "qdesk/cli/"))
        and any(module.startswith("qdesk.gui") for module in imports(path))
    ]
    assert not guilty


MAY_PRINT = {
    "qdesk/bench/": "figures",
    "qdesk/cli/": "the command line",
    "qdesk/console.py": "what it and the benchmarks share",
    "qdesk/gui/play/sound.py": "what Qt itself would say, where nobody else takes its messages",
    # Commands of their own, `python -m qdesk.training...`:
    "qdesk/training/documents.py": "",
    "qdesk/training/everything.py": "",
    "qdesk/training/icons.py": "",
    "qdesk/training/junk_model.py": "",
    "qdesk/training/letters.py": "",
    "qdesk/training/model_card.py": "",
    "qdesk/training/outside.py": "",
    "qdesk/training/projection.py": "",
}
"""Who may print, and what. A library hands it to whoever called it: a result, an error, a word of progress."""


def test_libraries_print_nothing():
    prints = [
        name(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not [path for path in prints if not path.startswith(tuple(MAY_PRINT))]
    assert not [place for place in MAY_PRINT if not any(path.startswith(place) for path in prints)]


def test_the_console_is_for_commands():
    """What is called by others reports to a callback instead."""
    guilty = [
        name(path)
        for path in MODULES
        if "qdesk.console" in imports(path)
        and not name(path).startswith(("qdesk/cli/", "qdesk/bench/"))
        and "__main__" not in path.read_text(encoding="utf-8")
    ]
    assert not guilty


PARSERS = {
    module
    for path in MODULES
    if name(path).startswith("qdesk/formats/")
    for module in imports(path)
    if not module.startswith("qdesk.") and module not in COMMON
}
"""Whatever else a format needs to take its files apart belongs to formats/ alone."""


@pytest.mark.parametrize("library", sorted(PARSERS | ELSEWHERE.keys()))
def test_only_formats_parses_files(library):
    allowed = ("qdesk/formats/", *ELSEWHERE.get(library, ()))
    guilty = [
        name(path)
        for path in MODULES
        if not name(path).startswith(allowed)
        and any(module == library or module.startswith(f"{library}.") for module in imports(path))
    ]
    assert not guilty


def test_the_parsers_are_found():
    assert {"orjson", "struct", "pickle", "gzip", "zlib", "zipfile", "xml.parsers"} <= PARSERS


def test_no_files_import_each_other_in_a_circle():
    """Also not where the import stands inside a function or serves the annotations alone."""
    graph = grimp.build_graph("qdesk", cache_dir=None)
    left = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    while done := {module for module, imported in left.items() if not imported & left.keys()}:
        left = {module: imported for module, imported in left.items() if module not in done}
    assert not left  # each of these is in a circle, or imports one


def test_what_paints_is_wrapped():
    """An exception that leaves a paint event while a painter is active ends the program: `gui/troubles.py`."""
    bare = [
        f"{name(path)} {owner.name}"
        for path in MODULES
        if name(path).startswith("qdesk/gui/")
        for owner in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(owner, ast.ClassDef)
        for method in owner.body
        if isinstance(method, ast.FunctionDef) and _paints(owner, method)
        if "painting" not in map(ast.unparse, method.decorator_list)
    ]
    assert not bare


def _paints(owner: ast.ClassDef, method: ast.FunctionDef) -> bool:
    """Whether Qt calls this method to paint."""
    delegate = any("Delegate" in ast.unparse(base) for base in owner.bases)
    return method.name in ("paintEvent", "drawBackground", "drawForeground") or (method.name == "paint" and delegate)


# Longer than a function (60 lines) or a class (250) should be, and how long it may be. This list may only shrink.
FORM = "one form, laid out from top to bottom"
LONG = {
    "qdesk/curation/view/learned_order.py learn": (66, "one fit, step by step"),
    "qdesk/curation/view/table.py Table": (306, "the whole state of an open set"),
    "qdesk/data/drawings.py Drawings": (280, "the batch that everything works on"),
    "qdesk/game/round.py Round": (259, "a state machine with all its events"),
    "qdesk/gui/curate/detail/detail.py Detail": (307, FORM),
    "qdesk/gui/curate/filters/panel.py __init__": (82, FORM),
    "qdesk/gui/curate/grid/grid.py Grid": (316, "one view"),
    "qdesk/gui/curate/grid/grid_view.py GridView": (252, "one view"),
    "qdesk/gui/curate/plane/plane.py Plane": (256, FORM),
    "qdesk/gui/curate/plane/plane.py __init__": (62, FORM),
    "qdesk/gui/kit/surface.py Surface": (271, "one plot painted by hand"),
    "qdesk/gui/lab/form.py Form": (298, FORM),
    "qdesk/gui/lab/form.py _left": (93, FORM),
    "qdesk/gui/lab/page.py LabPage": (349, "to lay out and paint alone"),
    "qdesk/gui/play/gallery.py Gallery": (335, "one view"),
    "qdesk/gui/play/home.py __init__": (70, FORM),
    "qdesk/gui/play/people.py __init__": (70, FORM),
    "qdesk/gui/play/rounds.py Rounds": (343, "to be a model without a window"),
    "qdesk/training/classifier.py run": (74, "one training, step by step"),
    "qdesk/training/loop.py train": (71, "one loop"),
    "qdesk/cli/train.py _common": (70, "the options that both networks have"),
}


def test_no_function_and_no_class_is_too_long():
    found = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                lines = node.end_lineno - node.lineno + 1
                if lines > (250 if isinstance(node, ast.ClassDef) else 60):
                    found[f"{name(path)} {node.name}"] = lines
    grown = {place: lines for place, lines in found.items() if lines > LONG.get(place, (0, ""))[0]}
    assert not grown
    assert not LONG.keys() - found.keys()  # what has been mended leaves the list


def test_every_type_is_checked():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert not [one["module"] for one in settings["overrides"] if one.get("ignore_errors")]


def test_the_picture_of_the_packages_is_fresh():
    done = subprocess.run([sys.executable, "scripts/draw_architecture.py", "--check"], cwd=ROOT, capture_output=True)
    assert done.returncode == 0, f"{done.stderr.decode()}: make architecture"


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("qdesk.cli", ("torch", "numpy", "PySide6", "pyarrow", "sklearn", "jinja2")),
        ("qdesk.training.classifier", ("sklearn", "scipy", "PySide6")),
        ("qdesk.gui.app", ("torch", "sklearn", "scipy")),
        ("qdesk.gui.window", ("torch", "sklearn", "scipy")),
        ("qdesk.gui.play.page", ("torch", "sklearn", "scipy")),
        ("qdesk.gui.curate.page", ("torch", "sklearn", "scipy", "pyqtgraph", "jinja2")),
        ("qdesk.gui.explore.map_tab", ("torch", "sklearn", "scipy", "pyqtgraph", "openTSNE", "jinja2", "PIL")),
        ("qdesk.gui.explore.search_tab", ("torch", "sklearn", "scipy", "skimage", "PIL", "pyqtgraph")),
        ("qdesk.gui.lab.page", ("torch", "sklearn", "scipy", "pyqtgraph")),
        ("qdesk.gui.draw.icons_tab", ("torch", "sklearn", "scipy", "pyqtgraph")),
        ("qdesk.gui.explore.words_tab", ("torch", "sklearn", "scipy", "pyqtgraph", "jinja2", "cairocffi", "PIL")),
    ],
)
def test_start_up_does_not_wait_for_heavy_libraries(module, heavy):
    code = f"import {module}, sys; print(*[name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
