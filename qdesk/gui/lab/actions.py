"""The bar below a run: what can be done with it, the likeliest first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from qdesk.gui.kit.text import percent
from qdesk.gui.kit.widgets import Elided
from qdesk.gui.lab.runs import LabRun, RunState
from qdesk.gui.theme import SPACE, button, font, theme, theme_changes


class Bar(QFrame):
    """A bar at the foot of a page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bottom")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, SPACE)
        self.row.setSpacing(SPACE)
        theme_changes().changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        look = theme()
        self.setStyleSheet(
            f"#bottom {{ background: {look.surface.name()}; border: none; border-top: 1px solid {look.line.name()}; }}"
        )


class Actions(Bar):
    """The buttons of a run: stop, resume, evaluate, show the folder, delete."""

    stop_asked = Signal()
    resume_asked = Signal()
    evaluate_asked = Signal()
    report_asked = Signal()
    folder_asked = Signal()
    delete_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = Elided()
        self.note.setFont(font("small"))
        self.stop = button("Stop", "stop")
        self.stop.setToolTip("Stop after this step, keep what is learned, and go on another time")
        self.resume = button("Resume", "run", primary=True)
        self.evaluate = button("Evaluate", "report", primary=True)
        self.evaluate.setToolTip("Ask it about the test drawings, and write a report beside the weights")
        self.report = button("Open the report", "report", primary=True)
        self.report.setToolTip("Open it in the browser")
        self.folder = button("Show folder", "open")
        self.folder.setToolTip("Open the folder with the weights and the log")
        self.delete = button("Delete", "trash")
        for one, asked in (
            (self.stop, self.stop_asked),
            (self.resume, self.resume_asked),
            (self.evaluate, self.evaluate_asked),
            (self.report, self.report_asked),
            (self.folder, self.folder_asked),
            (self.delete, self.delete_asked),
        ):
            one.clicked.connect(asked)
        self.row.addWidget(self.note, 1)
        for one in (self.delete, self.folder, self.stop, self.resume, self.evaluate, self.report):
            self.row.addWidget(one)

    def show_run(self, run: LabRun, evaluating: float | None) -> None:
        """Offer what this run allows. evaluating: how far its report is, 0 to 1; None while none is being written."""
        state = run.state
        self.stop.setVisible(state.active)
        self.stop.setEnabled(state is not RunState.STOPPING)
        again = not state.active and not state.complete and bool(run.command)
        self.resume.setVisible(again or run.resumable)
        self.resume.setEnabled(bool(run.command))
        self.resume.setText(" Resume" if run.resumable else " Start again")
        self.resume.setToolTip(
            "Go on from where it was stopped"
            if run.command
            else "It was begun in a shell: the same command with --resume goes on"
        )
        can = run.kind == "classifier" and not state.active and bool(run.data) and run.out.exists()
        self.evaluate.setVisible(can and (evaluating is not None or not run.reported))
        self.evaluate.setEnabled(evaluating is None)
        for one in (self.evaluate, self.report):
            one.set_primary(state.complete)
        share = f" {percent(evaluating)}" if evaluating else "…"
        self.evaluate.setText(" Evaluate" if evaluating is None else f" Evaluating{share}")
        self.report.setVisible(run.reported and evaluating is None)
        self.delete.setVisible(not state.active)
        self.delete.setText(" Delete" if run.ours else " Take off the list")
        self.delete.setToolTip(
            "Delete its weights, log and report (Delete)" if run.ours else "Its files stay where they are (Delete)"
        )
        self.note.setText("It goes on without the window." if state.active else "")
