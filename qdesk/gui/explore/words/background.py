"""What is done beside the window for the pages of words. Heavy libraries are imported there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qdesk.gui.jobs import Context

if TYPE_CHECKING:
    from qdesk.curation.view.table import Table
    from qdesk.data.drawings import Drawings
    from qdesk.explore.words.examples import WordScores
    from qdesk.explore.words.results import Judged, Together, WordPage

LISTED = 40
"""The drawings from which the small mean picture of a word in the list is made."""

Scores = Callable[[], "WordScores"]


def known(table: Table, rows: np.ndarray) -> Scores:
    """Return what is known now of the drawings `rows`, int64 (n,), to be put together beside the window.

    It holds copies, since more scores may come meanwhile; embeddings are too large for that.
    """
    numbers = {name: table.numbers[name][rows] for name in ("junk", "loss_per_point")}
    texts = {name: table.texts[name].read(rows) for name in ("reason", "top_guess")}
    texts["verdict"] = table.verdicts.read(rows)
    embeddings = table.embeddings

    def put_together() -> WordScores:
        from qdesk.explore.words.examples import WordScores

        columns: dict[str, Any] = {name: np.array(of, object)[codes] for name, (codes, of) in texts.items()}
        if embeddings is not None:
            columns["embedding"] = embeddings[rows]
        return WordScores.of(columns | numbers, len(rows))

    return put_together


def measuring(table: Table, word: str | None, rows: np.ndarray, scores: Scores) -> Callable[[Context], Together | None]:
    """Return the work that measures a word: its page and its drawings as a part of the result, in the end its film."""

    def measure(context: Context) -> Together | None:
        from qdesk.explore.words.measure import word_page
        from qdesk.explore.words.together import together

        drawings = table.drawings.take(rows)
        page = word_page(word, drawings, scores(), on_progress=lambda share: context.progress(0.9 * share))
        context.partial((page, drawings))
        return together(drawings)

    return measure


def judging(page: WordPage, drawings: Drawings, scores: Scores) -> Callable[[Context], Judged]:
    """Return the work that looks again at what scoring says of a page's drawings."""

    def work(context: Context) -> Judged:
        from qdesk.explore.words.examples import judge

        return judge(page.word, drawings.column("recognized"), scores(), page.seed)

    return work


def small_means(table: Table, names: Sequence[str]) -> Callable[[Context], None]:
    """Return the work that makes the small mean pictures of these words: a part of the result per word, name first."""
    codes, texts = table.words.read()

    def paint(context: Context) -> None:
        from qdesk.data.raster import raster
        from qdesk.data.simplify import as_official

        order = np.argsort(codes, kind="stable")
        edges = np.searchsorted(codes[order], np.arange(len(texts) + 1))
        for name in names:
            context.check()
            of_name = [order[edges[code] : edges[code + 1]] for code, text in enumerate(texts) if text == name]
            rows = np.concatenate(of_name)  # "" has two codes where a file itself has it
            some = np.random.default_rng(0).permutation(len(rows))[:LISTED]
            pictures = raster(as_official(table.drawings.take(np.sort(rows[some]))))
            context.partial((name, pictures.mean(axis=0) / 255))

    return paint
