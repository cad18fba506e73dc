from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from qdesk.gui import troubles
from qdesk.gui.trouble_bar import NoPage, ReportDialog, TroubleBar


def deaf(bar: TroubleBar) -> None:
    """Have a bar hear nothing of the next test, whenever it is deleted."""
    troubles.teller().told.disconnect(bar._told)


def fail() -> None:
    raise ZeroDivisionError("division by zero")


def test_the_bar_says_what_happened_and_what_is_saved(qtbot, caplog) -> None:
    bar = TroubleBar(lambda: "Your verdicts are saved.")
    qtbot.addWidget(bar, before_close_func=deaf)
    troubles.each(fail)
    qtbot.waitUntil(lambda: bool(bar.text))
    assert bar.text.startswith("Something went wrong in qdesk (ZeroDivisionError")
    assert bar.text.endswith("Your verdicts are saved. You can go on.")
    bar.act.click()
    (dialog,) = bar.window().findChildren(ReportDialog)
    dialog.copy.click()
    assert "division by zero" in QApplication.clipboard().text() == dialog.text.toPlainText()
    dialog.close()


def test_where_nobody_knows_what_is_saved_nothing_is_claimed(qtbot, caplog) -> None:
    bar = TroubleBar(fail)  # type: ignore[arg-type]
    qtbot.addWidget(bar, before_close_func=deaf)
    troubles.each(fail)
    qtbot.waitUntil(lambda: bool(bar.text))
    assert "saved" not in bar.text


def test_a_crash_is_offered(qtbot) -> None:
    bar = TroubleBar(str)
    qtbot.addWidget(bar, before_close_func=deaf)
    bar.offer_crash("text")
    assert "ended unexpectedly" in bar.text
    dialog = bar.open_report("text")
    assert dialog.text.toPlainText() == "text"
    dialog.close()


@pytest.mark.parametrize("name", ["Curate", "Play"])
def test_in_place_of_a_page_there_is_a_sentence(qtbot, name: str) -> None:
    tried: list[int] = []
    page = NoPage(name, lambda: tried.append(1))
    qtbot.addWidget(page)
    page.again.click()
    assert tried == [1]
