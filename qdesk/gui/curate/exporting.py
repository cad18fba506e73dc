"""What leaves the Curate page as a file, and verdicts that come in: asked for by the export button."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from qdesk import paths
from qdesk.curation.exports.registry import BY_NAME as EXPORTS
from qdesk.curation.exports.registry import NothingToWrite, Source, Work
from qdesk.curation.session.events import Kind
from qdesk.curation.session.session import Session
from qdesk.files import OutputIsInput, refuse_input
from qdesk.gui import jobs
from qdesk.gui.curate.many_verdicts import ManyVerdicts
from qdesk.gui.curate.score_worker import duration


class Exporting(QObject):
    """Writes one file at a time in the background, and says what came of it."""

    progress = Signal(object, float)
    """What is being written, and how far that is: 0 to 1; None when nothing is."""
    merged = Signal(object)
    """What became of somebody's verdicts: `qdesk.curation.verdicts.store.Merged`."""

    def __init__(self, session: Session, many: ManyVerdicts, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._many, self._window = session, many, parent
        many.progress.connect(self.progress)
        many.merged.connect(self.merged)
        self._writing = jobs.Slot("qdesk-export", self)
        self.rude = False
        """Whether contact sheets and galleries show rude drawings, too."""

    def close(self) -> None:
        """Give up what is being written: the file stays as it was."""
        self._writing.cancel()
        self._many.cancel()

    cancel = close

    def show_rude(self, on: bool) -> None:
        """Have contact sheets and galleries show rude drawings, too, or not."""
        self.rude = on

    @property
    def running(self) -> bool:
        """Whether something is being written."""
        return self._writing.busy or self._many.busy

    def ask(self, kind: str) -> None:
        """Let the user name a file, and write it (or read it, for "merge")."""
        if kind == "merge":
            path, _ = QFileDialog.getOpenFileName(self._window, "Merge somebody's verdicts", "", "CSV (*.csv)")
            if path:
                self.merge(path)
            return
        if self._session.table is None:
            return
        folder, stem = self._place()
        if not EXPORTS[kind].kinds:
            self._ask_for_clean(folder)
            return
        export = EXPORTS[kind]
        place = str(folder / f"{stem}{export.proposed}")
        path, form = QFileDialog.getSaveFileName(self._window, export.title, place, export.filter)
        if path and not Path(path).suffix:  # not every system's dialog puts it there
            path += form[form.find(".") : -1]
            if Path(path).exists():  # nobody was asked
                self._session.say(f"{Path(path).name} is there already: name it in full to write over it.", "warn")
                return
        if path:
            self.write(kind, path)

    def _place(self) -> tuple[Path, str]:
        """The folder to propose, and the beginning of a name."""
        source = Path(self._session.files[0])
        ours = source.resolve().is_relative_to(paths.asset().resolve())
        return Path.home() if ours else source.parent, source.name.split(".")[0]

    def _ask_for_clean(self, folder: Path) -> None:
        from qdesk.curation.exports.clean import clean_name

        if len(self._session.files) == 1:
            export = EXPORTS["clean"]
            name = clean_name(Path(self._session.files[0]), export.ending)
            path, _ = QFileDialog.getSaveFileName(self._window, export.title, str(folder / name))
        else:
            path = QFileDialog.getExistingDirectory(self._window, "A folder for the clean files", str(folder))
        if path:
            self.write("clean", path)

    def write(self, kind: str, path: str | Path) -> None:
        """Write what the export button calls `kind` to `path`; what came of it is said."""
        path, table, export = Path(path), self._session.table, EXPORTS[kind]
        try:
            refuse_input(path, self._session.files)
        except OutputIsInput as error:
            self._session.say(f"Not written: {error}", "bad")
            return
        if export.verdicts:
            self._many.export(path, everything=kind == "all")
        elif table is None:
            self._session.say("Open some drawings first.", "bad")
        elif self._writing.busy:
            self._session.say("Something else is being written; wait for it, or cancel it.", "warn")
        else:
            try:
                source = Source(list(self._session.files), table, self._session.sight.shown, self.rude)
                work = export.load().from_window(source, path)
            except NothingToWrite as nothing:
                if str(nothing):
                    self._session.say(str(nothing), "info")
                return
            self._start(f"{export.doing} {path.name}", work)

    def merge(self, path: str | Path) -> None:
        """Take over somebody's verdicts where there are none of ours."""
        self._many.merge(Path(path))

    def _start(self, text: str, work: Work) -> None:
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

    def _end(self, sentence: str, kind: Kind) -> None:
        self.progress.emit(None, 0.0)
        self._session.say(sentence, kind)


def _text(text: str, share: float, seconds: float) -> str:
    if share <= 0.02 or seconds < 1:
        return text
    return f"{text} · {duration(seconds * (1 - share) / share)} left"
