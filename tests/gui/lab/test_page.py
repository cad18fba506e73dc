"""The page with runs in it: what it lists, what it shows, what can be done."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, QProcess, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from qdesk.gui.lab import page as page_module
from qdesk.gui.lab import reports
from qdesk.gui.lab.page import LabPage
from qdesk.gui.lab.runs import beside
from tests.helpers import lab
from tests.helpers.drawings import write_shapes

Make = Callable[[], LabPage]


def names(page: LabPage) -> list[str]:
    return [run.name for run in page.sorted_runs()]


def said(page: LabPage) -> list[str]:
    items = [page.listing.list.item(row) for row in range(page.listing.list.count())]
    return [item.data(Qt.ItemDataRole.AccessibleTextRole) for item in items]


def drop(page: LabPage, *files: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, left, none))


# Nothing there


def test_an_empty_page_says_what_to_do_first(qtbot, make_page: Make) -> None:
    page = make_page()
    assert page.empty.isVisible() and not page.listing.isVisible()
    page.empty.starter.click()
    assert page.form.isVisible()
    qtbot.waitUntil(lambda: not page.form.finder.busy)
    assert len(page.form.words.words) == 20 and page.form.start.isEnabled()
    QTest.keyClick(page.form.name, Qt.Key.Key_Escape)
    assert page.empty.isVisible()


def test_the_folder_chosen_is_looked_through(
    qtbot, make_page: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_shapes(tmp_path / "mine", 5)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    page = make_page()
    page.empty.folder.click()
    qtbot.waitUntil(lambda: page.form.words.words == ["circle", "zigzag"])


# The list


def test_runs_are_listed_newest_first_with_how_they_went(make_page: Make, living: Callable[[Path], int]) -> None:
    lab.write_run("old", began="2026-11-20T17:00:00+00:00")
    lab.write_run("new", 40, None, pid=living(lab.out_of("new")))
    lab.write_run("broken", 30, "failed", began="2026-11-19T17:00:00+00:00")
    page = make_page()
    assert names(page) == ["new", "old", "broken"]
    assert said(page) == [
        "new, cat, dog, 40 % · 1 min 0 s left",
        "old, cat, dog, Finished · top-1 87.1\N{NO-BREAK SPACE}%",
        "broken, cat, dog, Failed",
    ]
    assert page.view.run.name == "new" and page.view.name.text() == "new"
    page.grab()


def test_arrow_keys_go_through_the_runs(make_page: Make) -> None:
    for day in (1, 2, 3):
        lab.write_run(f"day {day}", began=f"2026-11-0{day}T17:00:00+00:00")
    page = make_page()
    QTest.keyClick(page.listing.list, Qt.Key.Key_Down)
    assert page.view.run.name == "day 2"
    QTest.keyClick(page.listing.list, Qt.Key.Key_Down)
    assert page.view.run.name == "day 1"


def test_many_words_are_counted(make_page: Make) -> None:
    lab.write_run("a", words=[f"word {number}" for number in range(345)])
    page = make_page()
    assert said(page)[0].startswith("a, 345\N{NO-BREAK SPACE}words, ")
    assert page.view.learns.text().startswith("Learns to guess 345\N{NO-BREAK SPACE}words: word 0, word 1")


# One run


FOUR = ["cat", "dog", "owl", "yak"]


def test_a_finished_run_shows_its_test_figures(make_page: Make) -> None:
    lab.write_run("a", words=FOUR)
    page = make_page()
    assert page.view.tiles.figures == {
        "Top-1": "87.1\N{NO-BREAK SPACE}%",
        "Top-3": "96.8\N{NO-BREAK SPACE}%",
        "Calibration error": "0.034",
        "Drawings tested": "31",
    }
    facts = page.view.facts.text
    assert "540 to train on, 30 to validate, 31 to test at the end" in facts
    assert "382\N{NO-BREAK SPACE}k" in facts and "batch 32" in facts and "seed 0" in facts
    assert not page.view.progress.isVisible()


def test_the_first_three_of_two_words_are_no_figure(make_page: Make) -> None:
    lab.write_run("a", words=["cat", "dog"])
    page = make_page()
    assert "Top-1" in page.view.tiles.figures and "Top-3" not in page.view.tiles.figures
    assert page.view.charts[1].legend == ["top-1 100.0 %"]


def test_its_curves_are_those_of_the_log_and_grow_with_it(make_page: Make, living: Callable[[Path], int]) -> None:
    out = lab.write_run("a", 30, None, pid=living(lab.out_of("a")), words=FOUR)
    page = make_page()
    loss, share = page.view.charts
    assert [curve.name for curve in loss.curves] == ["training", "validation"]
    assert [curve.name for curve in share.curves] == ["top-1", "top-3"]
    assert loss.curves[0].x[-1] == pytest.approx(3.0)  # passes: ten steps each
    assert share.curves[1].y.tolist() == pytest.approx([20, 40, 60])
    assert loss.legend == ["training 2.700", "validation 2.200"]
    lab.append(out, lab.progress(31, loss=1.25))
    page.look()
    assert loss.legend[0] == "training 1.250"
    page.view.axis.setCurrentIndex(1)
    assert loss.curves[0].x[-1] == 31


def test_the_best_validation_is_marked_while_it_learns(make_page: Make, living: Callable[[Path], int]) -> None:
    out = lab.write_run("a", 5, None, pid=living(lab.out_of("a")))
    page = make_page()
    best = page.view.charts[0]._best_line
    assert not best.isVisible() and page.view.hint.text() == ""
    lab.append(out, lab.progress(10, validation_loss=0.5), lab.progress(20, validation_loss=0.7))
    page.look()
    assert best.isVisible() and best.value() == 1.0 and "dashed line" in page.view.hint.text()  # ten steps a pass
    lab.append(out, lab.last_line(20, "finished"))
    page.look()
    assert best.value() == 2.0  # the run itself knows best


def test_the_page_follows_by_itself_while_it_is_shown(qtbot, make_page: Make, living: Callable[[Path], int]) -> None:
    out = lab.write_run("a", 30, None, pid=living(lab.out_of("a")))
    page = make_page()
    lab.append(out, lab.last_line(30, "stopped early"))
    qtbot.waitUntil(lambda: page.view.state.text().startswith("Stopped early"))
    page.hidden()
    assert not page._timer.isActive()


def test_a_sketchrnn_shows_what_it_has(make_page: Make) -> None:
    out = lab.out_of("s")
    figures = {"validation_nats_per_point": 1.2, "validation_wrong_word_auc_lift": 0.93}
    test = {"drawings": 9, "nats_per_point": 1.1, "wrong_word_auc_lift": 0.95}
    start = lab.first_line(out, run="sketchrnn")
    lab.append(out, start, lab.progress(10, loss=1.5, **figures), lab.last_line(10, "finished", test=test))
    page = make_page()
    loss, share = page.view.charts
    assert loss.legend == ["training 1.500", "with its word 1.200"]
    assert share.legend == ["wrong words by lift 93.0 %"]
    assert page.view.tiles.figures["Nats with its word"] == "1.1"
    assert page.view.learns.text().startswith("Learns to score")
    assert not page.view.buttons.evaluate.isVisible()


def test_a_failed_run_says_why(make_page: Make) -> None:
    out = lab.write_run("a", 10, None)
    lab.append(out, lab.last_line(10, "failed", reason="the loss is no number any more"))
    page = make_page()
    assert page.view.trouble.isVisible() and page.view.trouble.text() == "the loss is no number any more"


def test_an_interrupted_run_offers_to_go_on(make_page: Make) -> None:
    beside(lab.write_run("a", 40, "interrupted"), ".checkpoint").touch()
    page = make_page()
    actions = page.view.buttons
    assert page.view.state.text() == "Interrupted at 40 %"
    assert actions.resume.isVisible() and actions.resume.text().strip() == "Resume"
    assert not actions.stop.isVisible() and actions.delete.isVisible()


def test_stopping_is_asked_once(qtbot, make_page: Make, living: Callable[[Path], int]) -> None:
    lab.write_run("a", 40, None, pid=living(lab.out_of("a")))
    page = make_page()
    actions = page.view.buttons
    assert actions.stop.isVisible() and not actions.delete.isVisible() and "goes on" in actions.note.text()
    QTest.keyClick(page.listing.list, Qt.Key.Key_Delete)
    assert "stop it first" in page.notice.text
    actions.stop.click()
    assert not actions.stop.isEnabled() or page.view.run.state == "interrupted"
    qtbot.waitUntil(lambda: page.view.state.text() == "Interrupted at 40 %")


# Deleting


def test_deleting_can_be_undone_until_one_goes_on(make_page: Make) -> None:
    out = lab.write_run("a", began="2026-11-20T17:00:00+00:00")
    lab.write_run("b")
    page = make_page()
    page.choose(page.runs[out])
    page.view.buttons.delete.click()
    assert names(page) == ["b"] and page.view.run.name == "b" and out.exists()
    page.look()
    assert names(page) == ["b"]
    page.notice.act.click()
    assert names(page) == ["b", "a"] and page.view.run.name == "a"
    QTest.keyClick(page.listing.list, Qt.Key.Key_Delete)
    page.hidden()
    assert not out.exists() and not lab.log_of(out).exists() and page.notice.text == ""


def test_deleting_the_only_one_leaves_an_empty_page(make_page: Make) -> None:
    out = lab.write_run("a")
    page = make_page()
    page.delete()
    assert page.empty.isVisible()
    page.shutdown()
    assert not out.exists()


# Runs from elsewhere


def test_a_run_dropped_on_the_page_is_shown_and_remembered(make_page: Make, tmp_path: Path) -> None:
    out = tmp_path / "shell.safetensors"
    lab.append(out, lab.first_line(out), *lab.some_progress(50), lab.last_line(50, "finished"))
    page = make_page()
    drop(page, lab.log_of(out))
    assert page.view.run.name == "shell"
    again = make_page()
    assert names(again) == ["shell"]
    again.view.buttons.delete.click()
    assert names(again) == [] and lab.log_of(out).exists()
    again.notice.act.click()
    assert names(again) == ["shell"]
    again.delete()
    assert names(make_page()) == []


def test_a_folder_dropped_on_the_page_is_to_be_learned_from(qtbot, make_page: Make, tmp_path: Path) -> None:
    page = make_page()
    drop(page, write_shapes(tmp_path / "mine", 5))
    assert page.form.isVisible()
    qtbot.waitUntil(lambda: page.form.words.words == ["circle", "zigzag"])


def test_weights_without_a_log_are_a_sentence(make_page: Make, tmp_path: Path) -> None:
    page = make_page()
    page.open_runs([str(tmp_path / "x.safetensors")])
    assert page.notice.text.startswith("There is no log x.safetensors.log")


def test_a_log_of_something_else_is_a_sentence(make_page: Make, tmp_path: Path) -> None:
    (tmp_path / "system.log").write_text("all is well\n")
    page = make_page()
    drop(page, tmp_path / "system.log")
    assert page.notice.text == "system.log is not the log of a training." and names(page) == []


# The report


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was opened with the desktop's programs, of which there may be none here."""
    files: list[str] = []
    monkeypatch.setattr(page_module.QDesktopServices, "openUrl", lambda url: files.append(url.toLocalFile()) is None)
    return files


def evaluating(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Have another program run in the place of `qdesk evaluate`, which loads both networks."""
    monkeypatch.setattr(reports, "evaluate_command", lambda run: [sys.executable, "-c", code, str(run.report)])


def test_a_report_that_cannot_be_made_says_why(qtbot, make_page: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.write_run("a")
    evaluating(monkeypatch, "import sys; sys.exit('qdesk: there is no folder /drawings')")
    page = make_page()
    page.view.buttons.evaluate.click()
    assert not page.view.buttons.evaluate.isEnabled() and "Evaluating" in page.view.buttons.evaluate.text()
    page.evaluate()  # asked twice, done once
    page.view.run.report.write_text("written, but its program is not gone yet")
    page.look()
    page.view.show_run(page.view.run, 0.9)
    assert page.view.buttons.evaluate.isVisible() and not page.view.buttons.report.isVisible()
    page.view.run.report.unlink()
    qtbot.waitUntil(lambda: page.notice.text != "")
    assert page.notice.text == "No report of “a”: there is no folder /drawings"
    assert page.view.buttons.evaluate.isEnabled()


def test_a_report_is_opened_and_offered_again(
    qtbot, make_page: Make, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluating(monkeypatch, "import sys; open(sys.argv[1], 'w').write('<html>')")
    out = lab.write_run("a")
    page = make_page()
    run = page.runs[out]
    page.view.buttons.evaluate.click()
    qtbot.waitUntil(lambda: opened == [str(run.report)])
    assert page.view.buttons.report.isVisible() and not page.view.buttons.evaluate.isVisible()
    page.view.buttons.report.click()
    page.view.buttons.folder.click()
    assert opened[1:] == [str(run.report), str(out.parent)]


def test_a_report_of_another_run_waits_to_be_opened(
    qtbot, make_page: Make, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluating(monkeypatch, "import sys; open(sys.argv[1], 'w').write('<html>')")
    other, out = lab.write_run("b"), lab.write_run("a")
    page = make_page()
    page.choose(page.runs[out])
    page.evaluate()
    page.choose(page.runs[other])
    qtbot.waitUntil(lambda: page.notice.text == "The report of “a” is written.")
    assert opened == []
    page.notice.act.click()
    assert opened == [str(page.runs[out].report)]


def test_closing_gives_a_report_up(make_page: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.write_run("a")
    evaluating(monkeypatch, "import time; time.sleep(60)")
    page = make_page()
    page.evaluate()
    page.shutdown()
    assert page.reports.share(page.view.run) is None and not page.reports.findChildren(QProcess)[0].processId()
