"""What leaves the Curate page as a file, and verdicts that come in: asked for by the export button."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from qdesk import paths
from qdesk.curation.verdicts.store import Verdicts, VerdictsError
from qdesk.curation.view.sorting import SORTS
from qdesk.curation.view.table import Table
from qdesk.data.reasons import KEEP
from qdesk.gui import jobs
from qdesk.gui.curate.grid.grid import Grid
from qdesk.gui.curate.judging import Judge
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.curate.scoring import duration

WORST = 200
"""Drawings in a gallery."""

_WORST_FIRST = ("junk", "learned", "loss_per_point", "loss", "lift", "p_word")

FORMS = {
    "flags": ("Export flags", "-flags.csv", "CSV (*.csv)"),
    "all": ("Export all verdicts", "-verdicts.csv", "CSV (*.csv)"),
    "sheet": ("Save a contact sheet of the flagged", "-flagged.pdf", "PDF (*.pdf);;PNG (*.png);;SVG (*.svg)"),
    "gallery": ("Save a gallery of the worst", "-worst.html", "Web page (*.html)"),
    "replay": ("Save the replay of this drawing", "-replay.gif", "GIF (*.gif);;SVG (*.svg)"),
}
"""What the export button offers by name: the dialog's title, the end of the file's name, and its kinds."""


class Exporting(QObject):
    """Writes one file at a time in the background. `said` carries what came of it: a sentence and its kind."""

    said = Signal(str, str)
    progress = Signal(object, float)
    """What is being written, and how far that is: 0 to 1; None when nothing is."""
    merged = Signal(object)
    """What became of somebody's verdicts: `qdesk.curation.verdicts.store.Merged`."""

    def __init__(self, model: DrawingsModel, grid: Grid, judge: Judge, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._grid, self._judge, self._window = model, grid, judge, parent
        self._writing = jobs.Slot("qdesk-export", self)
        self.files: list[str] = []
        """Those that are open."""

    def close(self) -> None:
        """Give up what is being written: the file stays as it was."""
        self._writing.cancel()

    cancel = close

    @property
    def running(self) -> bool:
        """Whether something is being written."""
        return self._writing.busy

    def ask(self, kind: str) -> None:
        """Let the user name a file, and write it (or read it, for "merge")."""
        if kind == "merge":
            path, _ = QFileDialog.getOpenFileName(self._window, "Merge somebody's verdicts", "", "CSV (*.csv)")
            if path:
                self.merge(path)
            return
        if self._model.table is None:
            return
        folder, stem = self._place()
        if kind == "clean":
            self._ask_for_clean(folder)
            return
        title, ending, forms = FORMS[kind]
        path, form = QFileDialog.getSaveFileName(self._window, title, str(folder / f"{stem}{ending}"), forms)
        if path and not Path(path).suffix:  # not every system's dialog puts it there
            path += form[form.find(".") : -1]
            if Path(path).exists():  # nobody was asked
                self.said.emit(f"{Path(path).name} is there already: name it in full to write over it.", "warn")
                return
        if path:
            self.write(kind, path)

    def _place(self) -> tuple[Path, str]:
        """The folder to propose, and the beginning of a name."""
        source = Path(self.files[0])
        ours = source.resolve().is_relative_to(paths.asset().resolve())
        return Path.home() if ours else source.parent, source.name.split(".")[0]

    def _ask_for_clean(self, folder: Path) -> None:
        from qdesk.curation.exports.clean import clean_name

        if len(self.files) == 1:
            name = clean_name(Path(self.files[0]), "-clean")
            path, _ = QFileDialog.getSaveFileName(self._window, "Save without the flagged", str(folder / name))
        else:
            path = QFileDialog.getExistingDirectory(self._window, "A folder for the clean files", str(folder))
        if path:
            self.write("clean", path)

    def write(self, kind: str, path: str | Path) -> None:
        """Write a file of `FORMS` or the "clean" data to `path`; what came of it is said."""
        path, table = Path(path), self._model.table
        if kind in ("flags", "all"):
            self._judge.export_to(path, everything=kind == "all")
        elif table is None:
            self.said.emit("Open some drawings first.", "bad")
        elif self._writing.busy:
            self.said.emit("Something else is being written; wait for it, or cancel it.", "warn")
        elif kind == "clean":
            files = list(self.files)
            self._start(f"Writing {path.name}", lambda say: _clean(files, path, say))
        elif kind == "sheet":
            rows = np.flatnonzero(
                (table.verdicts.codes != 0) & (table.verdicts.codes != table.verdicts.texts.index(KEEP))
            )
            if not len(rows):
                self.said.emit("Nothing is flagged yet, so there is nothing to put on a sheet.", "info")
                return
            self._start(f"Drawing {path.name}", lambda say: _sheet(table, rows, path, say))
        elif kind == "gallery":
            rows, name = table.order[:WORST].copy(), Path(self.files[0]).name
            worst_first = table.sort in _WORST_FIRST and not table.reverse
            order = "" if worst_first else SORTS[table.sort] + (", the other way round" if table.reverse else "")
            total = len(table.order)
            self._start(f"Writing {path.name}", lambda say: _gallery(table, rows, total, order, name, path, say))
        elif kind == "replay" and self._grid.shown >= 0:
            index = self._grid.shown
            self._start(f"Drawing {path.name}", lambda say: _replay(table, index, path, say))

    def merge(self, path: str | Path) -> None:
        """Take over somebody's verdicts where there are none of ours."""
        merged = self._judge.merge(path)
        if merged is not None:
            self.merged.emit(merged)

    def _start(self, text: str, work: Callable[[Callable[[float], None]], str]) -> None:
        began = time.monotonic()

        def run(context: jobs.Context) -> str:
            return work(lambda share: context.progress(share, _text(text, share, time.monotonic() - began)))

        self._writing.start(
            run,
            progress=lambda share, said: self.progress.emit(said, share),
            done=lambda sentence: self._end(sentence, "good"),
            failed=lambda sentence: self._end(f"Not written: {sentence}", "bad"),
            cancelled=lambda: self._end("Cancelled. Nothing was written.", "info"),
        )
        self.progress.emit(text, 0.0)

    def _end(self, sentence: str, kind: str) -> None:
        self.progress.emit(None, 0.0)
        self.said.emit(sentence, kind)


def _text(text: str, share: float, seconds: float) -> str:
    if share <= 0.02 or seconds < 1:
        return text
    return f"{text} · {duration(seconds * (1 - share) / share)} left"


def _clean(files: Sequence[str], path: Path, say: Callable[[float], None]) -> str:
    from qdesk.curation.exports.clean import clean, clean_folder

    try:
        with Verdicts() as verdicts:  # of this thread
            if path.is_dir():
                done = clean_folder([Path(file) for file in files], path, verdicts, say)
            else:
                done = clean(Path(files[0]), path, verdicts, say)
    except VerdictsError as error:
        raise ValueError(str(error)) from error
    return f"Wrote {done.kept:,} drawings to {path.name}, without the {done.dropped:,} flagged."


def _sheet(table: Table, rows: np.ndarray, path: Path, say: Callable[[float], None]) -> str:
    from qdesk.curation.exports.sheet import captions
    from qdesk.formats.sheet import write_sheet

    junk = table.numbers["junk"][rows]
    rows = rows[np.argsort(-junk, kind="stable")]
    drawings = table.drawings.take(rows)
    write_sheet(path, drawings, captions(drawings, list(table.verdicts[rows])), "Flagged", say)
    return f"Drew {len(rows):,} flagged drawings on {path.name}."


def _gallery(
    table: Table, rows: np.ndarray, total: int, order: str, name: str, path: Path, say: Callable[[float], None]
) -> str:
    from qdesk.curation.exports.gallery import write_gallery

    columns = {one: values[rows] for one, values in table.numbers.items() if np.isfinite(values[rows]).any()}
    columns |= {"reason": table.texts["reason"][rows], "top_guess": table.texts["top_guess"][rows]}
    columns["verdict"] = table.verdicts[rows]
    write_gallery(path, table.drawings.take(rows), columns, name, total, table.sort, order, on_progress=say)
    return f"Wrote the first {len(rows):,} drawings to {path.name}."


def _replay(table: Table, index: int, path: Path, say: Callable[[float], None]) -> str:
    from qdesk.curation.exports.replay import write_replay

    write_replay(path, table.drawings[index], on_progress=say)
    return f"Drew the replay as {path.name}."
