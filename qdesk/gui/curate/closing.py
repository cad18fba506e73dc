"""Closing while verdicts are not saved yet: it waits for them, and lets the user decide otherwise."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget

from qdesk.curation.session.events import Event
from qdesk.curation.session.session import Session


class Closing:
    """Says whether the window may close. The question it asks otherwise stops nothing: verdicts go on being saved."""

    def __init__(self, session: Session, page: QWidget) -> None:
        self._session, self._page = session, page
        self._close: Callable[[], object] = lambda: None
        self.question: QMessageBox | None = None
        """What is asked now, or None."""
        session.listen(self._follow)

    def may_close(self, close: Callable[[], object]) -> bool:
        """Return whether no verdict would be lost. close: is called later, once none would, or if the user says so."""
        self._session.saving.try_again()
        if not self._session.saving.waiting:
            return True
        self._close = close
        if self.question is None:
            self._ask()
        return False

    def _ask(self) -> None:
        box = self.question = QMessageBox(QMessageBox.Icon.Warning, "qdesk", "", parent=self._page.window())
        box.setInformativeText("The window closes by itself as soon as they are saved.")
        self._lose = box.addButton("Close without them", QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton("Stay", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        box.finished.connect(self._answered)
        self._say()
        box.open()

    def _say(self) -> None:
        if self.question is not None:
            self.question.setText(self._session.saving.sentence)

    def _follow(self, event: Event) -> None:
        if event.what == "unsaved" and self.question is not None:
            if self._session.saving.waiting:
                self._say()
            else:
                self._end()
                self._close()

    def _answered(self) -> None:
        if self.question is not None:
            lost = self.question.clickedButton() is self._lose
            self._end()
            if lost:
                self._session.saving.give_up()
                self._close()

    def _end(self) -> None:
        if self.question is not None:
            box, self.question = self.question, None
            box.hide()
            box.deleteLater()
