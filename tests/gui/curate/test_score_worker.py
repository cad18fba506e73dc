"""Scores that are known from before, and scores that are kept for the next time."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from qdesk import paths
from qdesk.gui import jobs
from qdesk.gui.curate.background import real_scorer
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import keys
from tests.helpers.drawings import CATS, write_cats
from tests.helpers.scorer import PlainScorer


def test_a_file_scored_before_is_ranked_at_once_and_that_is_said(qtbot, make_page, tmp_path: Path) -> None:
    page = make_page(lambda: PlainScorer(known=CATS))
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    assert keys(page)[0] == str(1000 + CATS - 1)
    assert page.notice.text == "All scores were known from before." and page.notice.kind == "good"
    qtbot.waitUntil(lambda: page.detail.curve is not None)  # the scorer was handed over all the same


def test_good_news_takes_no_bad_news_away(qtbot, make_page, tmp_path: Path) -> None:
    file = write_cats(tmp_path / "a.ndjson")
    file.write_text(file.read_text() + "no drawing\n")
    page = make_page(lambda: PlainScorer(known=CATS))
    with qtbot.waitSignal(page.scored):
        page.open_files([str(file)])
    assert "lines skipped" in page.notice.text


def test_the_bar_tells_the_known_from_the_new(qtbot, make_page, tmp_path: Path) -> None:
    page = make_page(lambda: PlainScorer(threading.Event(), known=CATS))
    page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    qtbot.waitUntil(lambda: "16 of 40" in page.bar.work.text)
    assert page.bar.work.text == "16 of 40 scores known from before · getting ready for the rest"
    with qtbot.waitSignal(page.scored):
        page.bar.work.stop.click()
    assert page.notice.text == ""
    page.scoring._scorer = PlainScorer(threading.Event())
    page.bar.work.stop.click()
    qtbot.waitUntil(lambda: page.bar.work.text.startswith("Scored 32 of 40"))
    assert "known" not in page.bar.work.text  # in this run nothing was


def test_scores_that_cannot_be_kept_are_said_and_shown(qtbot, make_page, tmp_path: Path) -> None:
    page = make_page(lambda: PlainScorer(trouble="The scores are not kept for the next time: No space left on device."))
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    assert "No space left" in page.notice.text and page.notice.kind == "warn"
    assert page.table.scored.all()


def test_who_stops_a_run_hears_that_its_scores_are_not_kept(qtbot, make_page, tmp_path: Path) -> None:
    page = make_page(lambda: PlainScorer(threading.Event(), trouble="The scores are not kept for the next time."))
    page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    qtbot.waitUntil(lambda: page.table is not None and page.table.scored.any())
    with qtbot.waitSignal(page.scored):
        page.bar.work.stop.click()
    assert not page.table.scored.all() and "not kept" in page.notice.text


@pytest.mark.torch
@pytest.mark.skipif(
    not (paths.model(paths.SKETCHRNN).exists() and paths.model(paths.JUNK_MODEL).exists()),
    reason="the shipped weights are not here",
)
def test_what_is_scored_when_the_window_closes_is_known_when_it_opens(qtbot, make_page) -> None:
    file = str(paths.asset("starter.ndjson.gz"))
    page: CuratePage = make_page(real_scorer)
    page.open_files([file])
    qtbot.waitUntil(lambda: page.table is not None and page.table.scored.any(), timeout=60_000)
    page.shutdown()
    assert jobs.shutdown()
    again: CuratePage = make_page(real_scorer)
    again.open_files([file])
    qtbot.waitUntil(lambda: again.scoring._known > 0)
    known = again.table.scored.copy()
    assert known.any() and np.isfinite(again.table.numbers["junk"][known]).all()
    again.scoring.stop()
