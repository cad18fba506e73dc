"""The Lab page: what its parts do together."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from qdesk import settings
from qdesk.gui import jobs, troubles
from qdesk.gui.kit.drop import DropPage
from qdesk.gui.kit.widgets import Notice, vertical_line
from qdesk.gui.lab import runs as files
from qdesk.gui.lab.empty import NoRuns
from qdesk.gui.lab.form import Form, Plan
from qdesk.gui.lab.listing import Listing
from qdesk.gui.lab.processes import interrupt
from qdesk.gui.lab.reports import Reports
from qdesk.gui.lab.runs import ENDING, LabRun, Start, beside, out_of, outs_in
from qdesk.gui.lab.view import RunView
from qdesk.gui.lab.work import begin
from qdesk.gui.theme import SPACE
from qdesk.settings import Lab

POLL_MS = 1000
_NARROW = 120 * SPACE


class LabPage(DropPage):
    """Begin experiments, watch them, stop and resume them, and have them evaluated."""

    loaded = Signal()
    """The runs that were there are read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Drop a folder of drawings to learn from it, or a run’s log or weights to see it", parent)
        self.runs: dict[Path, LabRun] = {}
        self._opened = self._remembered()
        self._chosen: Path | None = None
        self._pending_delete: LabRun | None = None
        self._reading: jobs.Job | None = None
        self._read = False
        self.reports = Reports(self)
        self._build()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.look)

    # Building

    def _build(self) -> None:
        self.empty, self.form, self.view, self.listing, self.notice = NoRuns(), Form(), RunView(), Listing(), Notice()
        self._side = QStackedWidget()
        for part in (QWidget(), self.form, self.view):
            self._side.addWidget(part)
        self._lab = QWidget()
        row = QHBoxLayout(self._lab)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.listing)
        row.addWidget(vertical_line())
        row.addWidget(self._side, 1)
        self._stack = QStackedWidget()
        for part in (QWidget(), self.empty, self._lab):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.notice)

    def _connect(self) -> None:
        self.empty.folder_asked.connect(self.ask_for_folder)
        self.empty.places_chosen.connect(self.new)
        self.empty.open_asked.connect(self.ask_for_run)
        self.listing.chosen.connect(self.choose)
        self.listing.new_asked.connect(self.new)
        self.listing.open_asked.connect(self.ask_for_run)
        self.form.folder_asked.connect(self.ask_for_folder)
        self.form.started.connect(self.start)
        self.reports.changed.connect(self._show_run)
        self.reports.ended.connect(self._evaluated)
        actions = self.view.buttons
        actions.stop_asked.connect(self.stop)
        actions.resume_asked.connect(self.resume)
        actions.evaluate_asked.connect(self.evaluate)
        actions.report_asked.connect(self.open_report)
        actions.folder_asked.connect(self.show_folder)
        actions.delete_asked.connect(self.delete)
        keys: dict[str, tuple[QWidget, Callable[[], object]]] = {
            "Ctrl+N": (self, self.new),
            "Ctrl+Return": (self.form, self.form.start.click),
            "Ctrl+Enter": (self.form, self.form.start.click),
            "Escape": (self.form, self.leave_form),
            "Delete": (self.listing.list, self.delete),
        }
        for pressed, (where, action) in keys.items():
            shortcut = QShortcut(QKeySequence(pressed), where)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.listing.set_narrow(event.size().width() < _NARROW)

    # The page's own life

    def shown(self) -> None:
        """The window shows this page now: look for runs, and follow them."""
        if self._read:
            self.look()
            self._timer.start()
        elif self._reading is None:
            outs = [*outs_in(files.folder()), *self._opened]
            job = self._reading = jobs.start(lambda _: files.read_runs(outs), self, "qdesk-runs")
            job.done.connect(self._loaded)
            job.failed.connect(lambda sentence: self._loaded([], sentence))

    def hidden(self) -> None:
        """The window shows another page now. Runs go on; nobody looks at them."""
        self._timer.stop()
        self._commit_delete()

    def shutdown(self) -> None:
        """Stop looking. Runs go on by themselves; a report that is being written is given up."""
        troubles.each(self.hidden, self.form.close_work, self.reports.close)

    def _loaded(self, found: list[LabRun], trouble: str = "") -> None:
        self._reading, self._read = None, True
        if trouble:
            self.notice.say(trouble, "bad")
        self.runs |= {run.out: run for run in found if run.out not in self.runs}
        if self.isVisible():
            self._timer.start()
        newest = self.sorted_runs()
        if self._stack.currentIndex() == 0:
            if newest:
                self.choose(newest[0])
                self.listing.list.setFocus()
            else:
                self._stack.setCurrentWidget(self.empty)
                self.empty.folder.setFocus()
        self.look()
        self.loaded.emit()

    def sorted_runs(self) -> list[LabRun]:
        """The runs, newest first."""
        shown = [run for run in self.runs.values() if run is not self._pending_delete]
        return sorted(shown, key=lambda run: (run.began, run.name), reverse=True)

    @property
    def current(self) -> LabRun | None:
        """The run in sight, or None."""
        return self.runs.get(self._chosen) if self._chosen else None

    def look(self) -> None:
        """See what became of the runs, and which are new or gone; show what has changed."""
        outs = {*outs_in(files.folder()), *self._opened}
        changed = outs != self.runs.keys()
        for out in self.runs.keys() - outs:
            del self.runs[out]
        for out in outs - self.runs.keys():
            self.runs[out] = LabRun(out)
        for run in self.runs.values():
            if run.poll():
                changed = True
                if run.out == self._chosen:
                    self._show_run()
        if changed:
            self._show_list()

    def _show_list(self) -> None:
        runs = self.sorted_runs()
        in_form = self._side.currentWidget() is self.form
        if self._chosen is not None and (self.current is None or self.current is self._pending_delete):
            self._chosen = runs[0].out if runs else None
            if self._chosen:
                self._show_run()
        self.listing.show_runs(runs, None if in_form else self._chosen)
        if not runs and not in_form and self._read:
            self._stack.setCurrentWidget(self.empty)

    def _show_run(self, changed: LabRun | None = None) -> None:
        if self.current is not None and changed in (None, self.current):
            self.view.show_run(self.current, self.reports.share(self.current))

    def choose(self, run: LabRun) -> None:
        """Show this run."""
        self._chosen = run.out
        self._show_run()  # before it is in sight: the first time takes a moment
        self._stack.setCurrentWidget(self._lab)
        self._side.setCurrentWidget(self.view)
        self._show_list()

    # A new experiment

    def new(self, places: Sequence[str] = ()) -> None:
        """Show the form, with these folders and files if there are any."""
        self._stack.setCurrentWidget(self._lab)
        self._side.setCurrentWidget(self.form)
        self._show_list()
        self.form.begin(places or ())

    def leave_form(self) -> None:
        """Back from the form to where one came from; what was filled in stays."""
        runs = self.sorted_runs()
        if runs:
            self.choose(self.current or runs[0])
            self.listing.list.setFocus()
        else:
            self._stack.setCurrentWidget(self.empty)
            self.empty.folder.setFocus()

    def ask_for_folder(self) -> None:
        """Let the user choose a folder of drawings."""
        folder = QFileDialog.getExistingDirectory(self, "Choose a folder of drawings", self._last_folder())
        if folder:
            self.new([*self.form.places, folder])

    def _last_folder(self) -> str:
        last = settings.load(Lab).folder
        return last if os.path.isdir(last) else ""

    def start(self, plan: Plan) -> None:
        """Begin a run, in a process of its own."""
        self._commit_delete()
        out = files.folder() / f"{plan.name}{ENDING}"
        command = files.train_command(plan.kind, out, plan.data, plan.words, plan.options)
        folder = next((place for place in plan.data if os.path.isdir(place)), "")
        settings.remember(Lab, folder=folder)
        self._begin(LabRun(out), command, plan.kind, plan.learns, plan.data)

    def _begin(self, run: LabRun, command: list[str], kind: str, words: list[str], data: list[str]) -> None:
        self.notice.hide()
        try:
            if "--resume" not in command:
                beside(run.out, ".log").unlink(missing_ok=True)  # it would pass for the new run's own until that comes
            pid = begin(command, beside(run.out, ".err"))
            start = Start(command, kind, words, data, pid, datetime.now(UTC).isoformat())
            start.write(run.out)
        except OSError as error:
            self.notice.say(f"It could not be begun: {error}", "bad")
            return
        run.begun(start)
        self.runs[run.out] = run
        self.choose(run)
        self.listing.list.setFocus()

    # What can be done about a run

    def stop(self) -> None:
        """Ask the run in sight to stop, and to keep what it has."""
        run = self.current
        if run is not None and run.state.active and interrupt(run.pid, run.out):
            run.stopping = True
            self._show_run()
            self._show_list()
            self.listing.list.setFocus()

    def resume(self) -> None:
        """Go on with the run in sight, or begin it again where there is nothing to go on from."""
        run = self.current
        if run is not None and run.command:
            command = run.command + (["--resume"] if run.resumable else [])
            self._begin(run, command, run.kind, run.words, run.data)

    def evaluate(self) -> None:
        """Have a report of the run in sight written, and open it."""
        if self.current is not None:
            self.reports.begin(self.current)
            self.listing.list.setFocus()

    def _evaluated(self, run: LabRun, sentence: str) -> None:
        if sentence:
            self.notice.say(f"No report of “{run.name}”: {sentence}", "bad")
        elif run is self.current and self.isVisible():
            self._open(run.report)
        else:
            action = ("Open the report", lambda: self._open(run.report))
            self.notice.say(f"The report of “{run.name}” is written.", "good", action=action)

    def open_report(self) -> None:
        """Open the report of the run in sight in the browser."""
        if self.current is not None:
            self._open(self.current.report)

    def show_folder(self) -> None:
        """Open the folder of the run in sight."""
        if self.current is not None:
            self._open(self.current.out.parent)

    def _open(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.notice.say(f"There is no program to open it with: {path}", "warn")

    def delete(self) -> None:
        """Delete the run in sight, or take one from elsewhere off the list. Until the next, it can be undone."""
        run = self.current
        if run is None or self._side.currentWidget() is self.form:
            return
        if run.state.active:
            self.notice.say(f"“{run.name}” is still learning: stop it first.", "warn", lasting=False)
            return
        self._commit_delete()
        self.reports.give_up(run)
        if run.ours:
            self._pending_delete = run
            said = f"“{run.name}” is deleted."
        else:
            self._remember([out for out in self._opened if out != run.out])
            del self.runs[run.out]
            said = f"“{run.name}” is off the list; its files are where they were."
        self._show_list()
        self.notice.say(said, action=("Undo", lambda: self._undo_delete(run)))
        self.listing.list.setFocus()

    def _undo_delete(self, run: LabRun) -> None:
        self._pending_delete = None
        if not run.ours:
            self._remember([*self._opened, run.out])
            self.runs[run.out] = run
        self.choose(run)

    def _commit_delete(self) -> None:
        """Delete what was only out of sight until now."""
        if self._pending_delete is None:
            return
        run, self._pending_delete = self._pending_delete, None
        self.runs.pop(run.out, None)
        self.notice.hide()
        for file in run.files():
            file.unlink(missing_ok=True)

    # Runs from elsewhere

    def ask_for_run(self) -> None:
        """Let the user choose the log or the weights of a run."""
        chosen, _ = QFileDialog.getOpenFileNames(self, "Open a run", "", f"Runs (*.log *{ENDING});;All files (*)")
        if chosen:
            self.open_runs(chosen)

    def open_runs(self, chosen: Sequence[str]) -> None:
        """Show these runs, known by their logs or weights; the last one in sight."""
        for file in chosen:
            try:
                out = out_of(file)
            except ValueError as error:
                self.notice.say(str(error), "bad")
                continue
            if out not in self.runs:
                run = LabRun(out)
                run.poll()
                if not run.log.start:
                    self.notice.say(f"{beside(out, '.log').name} is not the log of a training.", "bad")
                    continue
                self.runs[out] = run
                if not run.ours:
                    self._remember([*self._opened, out])
            self.choose(self.runs[out])

    def files_dropped(self, dropped: list[str]) -> None:
        logs = [file for file in dropped if file.endswith((".log", ENDING))]
        if logs:
            self.open_runs(logs)
        else:
            self.new([*self.form.places, *dropped])

    def _remembered(self) -> list[Path]:
        outs = map(Path, settings.load(Lab).opened)
        return [out for out in outs if out.name and beside(out, ".log").is_file()]

    def _remember(self, outs: Sequence[Path]) -> None:
        self._opened = list(outs)
        settings.remember(Lab, opened=tuple(map(str, outs)))
