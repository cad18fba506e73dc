"""Write the health of a data set as one page: compute the values that health.html is filled in with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qdesk.curation.copies import ALIKE, OVERLAP, PLAIN
from qdesk.curation.expectation import NO_KIND, left_sentence, whole_sentence
from qdesk.curation.health.measure import DOUBTFUL, SHOWN, Health, WordHealth, extra
from qdesk.data.categories import categories, hint
from qdesk.data.reasons import COLOURS, COPY, KEEP, NO_FLAG, OTHER, UNSURE, are_flags
from qdesk.data.simplify import as_official
from qdesk.formats.svg import bitmap_uri, path_data
from qdesk.pages import rough_percent, write_page

WORST, GROUPS, IN_GROUP, COUNTRIES, PROBLEMS = 24, 24, 6, 12, 20
"""How many are shown at most: the worst of all, groups of copies, copies in one group, countries, bad lines."""

_MISSING = {
    "word": "without a word", "key_id": "without a key_id", "countrycode": "without a country",
    "timestamp": "without a time", "recognized": "without the game’s own flag", "all": "with nothing but a word",
}  # fmt: skip


def write_health(
    health: Health,
    path: Path,
    title: str,
    rude: bool = False,
    on_progress: Callable[[float], object] = lambda share: None,
) -> None:
    """Write the page, whole or not at all. It needs no other file. Raises OSError where it cannot be written.

    title: what the drawings are, for example their folder's name.   rude: whether rude drawings are shown.
    on_progress: called with the share done, 0 to 1.
    """
    shown = _Shown(health, rude)
    worst = shown.some(health.worst, WORST)
    exact, near = (_groups(shown, groups) for groups in (health.exact, health.near))
    each = [(one, shown.some(one.worst, SHOWN), shown.some(one.typical, SHOWN)) for one in health.words]
    shown.draw(
        np.unique([row for rows in (worst, *exact, *near, *(r for _, *both in each for r in both)) for row in rows])
    )
    rows = [_row(one) for one in health.words]
    write_page(
        path,
        "curation/health/health.html",
        title=f"Health of {title}",
        source=title,
        headline=whole_sentence(health.expected),
        lead=_lead(health),
        figures=_figures(health),
        kinds=_kinds(health),
        worst=[shown.card(row, named=True) for row in worst],
        exact=[[shown.card(row, named=True) for row in group] for group in exact],
        near=[[shown.card(row, named=True) for row in group] for group in near],
        exact_groups=len(health.exact),
        near_groups=len(health.near),
        rows=rows,
        most=max((row["share"] for row in rows if row["junk"]), default=0) or 1,
        each=_each(shown, each, on_progress),
        months=_bars(health.months, list(health.months)),
        countries=_countries(health),
        dates=_dates(health),
        missing=[(text, health.missing[name]) for name, text in _MISSING.items() if health.missing[name]],
        unknown=[(word, count, hint(word, categories()).strip()) for word, count in health.unknown_words.items()],
        problems=[str(problem) for problem in health.collection.problems[:PROBLEMS]],
        problem_count=health.collection.problem_count,
        unreadable=health.collection.skipped,
        hidden="" if rude else _hidden(int(health.rude.sum())),
        method={"low": DOUBTFUL[0], "high": DOUBTFUL[1], "alike": ALIKE, "overlap": OVERLAP, "plain": PLAIN},
    )


def summary(health: Health) -> list[str]:
    """Return the health in a few sentences, for a terminal."""
    kinds = [f"{name} {number}" for name, number in health.by_kind.items() if number.about]
    figures = {one["title"]: one for one in _figures(health)}
    counts = [f"{one['title'].lower()} {one['value']}" for title, one in figures.items() if title != "Junk expected"]
    by_kind = "What is left, by kind" if (health.verdicts != "").any() else "By kind"
    lacking = [f"{text} {health.missing[name]:,}" for name, text in _MISSING.items() if health.missing[name]]
    return [
        whole_sentence(health.expected, health.order),
        *filter(None, [_lead(health)]),
        *([f"{by_kind}: {', '.join(kinds)}."] if kinds and health.expected.scored.any() else []),
        f"In numbers: {', '.join(counts)}.",
        *([f"Drawings {', '.join(lacking)}."] if lacking else []),
        _dates(health),
        *(_hidden(int(health.rude.sum())).split("\n") if health.rude.any() else []),
    ]


def _hidden(count: int) -> str:
    if not count:
        return ""
    return f"{count:,} rude drawing{'s' * (count > 1)} not shown: --rude shows {'them' if count > 1 else 'it'}."


class _Shown:
    """The drawings that the page shows."""

    def __init__(self, health: Health, rude: bool) -> None:
        self._health = health
        self._show = np.ones(len(health.rude), bool) if rude else ~health.rude
        self._pictures: dict[int, dict[str, str]] = {}
        self._names = health.collection.table.select(["key_id", "source", "row"])

    def some(self, rows: np.ndarray, count: int) -> list[int]:
        """Return the first `count` of those that may be shown."""
        return rows[self._show[rows]][:count].tolist()

    def draw(self, rows: np.ndarray) -> None:
        """Make the pictures of some drawings."""
        rows = rows.astype(np.int64)
        for places, part in self._health.collection.take(rows):
            official = as_official(part)
            for index, row in enumerate(rows[places].tolist()):
                self._pictures[row] = _picture(official, index)

    def card(self, row: int, named: bool = False) -> dict[str, Any]:
        """Return what the page says of a drawing, and its picture. named: with its word."""
        health = self._health
        about = self._names.slice(row, 1).to_pylist()[0]
        verdict, reason = health.verdicts[row], health.reasons[row]
        return {
            "word": (health.collection.words[row] or "no word") if named else "",
            "label": f"a drawing of {health.collection.words[row] or 'no known word'}",
            "junk": rough_percent(health.p_junk[row]) if np.isfinite(health.p_junk[row]) else "",
            "reason": {"": reason, KEEP: "kept", UNSURE: "unsure"}.get(verdict, f"flagged: {verdict}"),
            "suggested": not verdict,
            "colour": COLOURS.get(verdict or reason, COLOURS[OTHER]),
            "seen": rough_percent(health.p_word[row]) if np.isfinite(health.p_word[row]) else "",
            "evidence": health.evidence[row] or "",
            "name": about["key_id"] or ("" if about["row"] is None else f"row {about['row']:,}"),
            "place": ", ".join(str(about[name]) for name in ("source", "row") if about[name] is not None),
            **self._pictures[row],
        }


def _picture(official: Any, index: int) -> dict[str, str]:
    if official.bitmaps is not None:
        return {"bitmap": bitmap_uri(official.bitmaps[index]), "path": "", "view_box": ""}
    strokes = [np.rint(stroke).astype(int) for stroke in official.strokes_of(index)]
    left, top = ((np.concatenate(strokes).max(axis=0) - 255) // 2 - 12).tolist()
    return {"bitmap": "", "path": "".join(map(path_data, strokes)), "view_box": f"{left} {top} 279 279"}


def _groups(shown: _Shown, groups: Sequence[np.ndarray]) -> list[list[int]]:
    return [some for group in groups[:GROUPS] if (some := shown.some(group, IN_GROUP))]


def _each(
    shown: _Shown, each: Sequence[tuple[WordHealth, list[int], list[int]]], on_progress: Callable[[float], object]
) -> Any:
    """Yield each word with its cards, when the page is written as far as that."""
    for number, (one, worst, typical) in enumerate(each):
        on_progress(number / len(each))
        yield _row(one), [shown.card(row) for row in worst], [shown.card(row) for row in typical]
    on_progress(1.0)


def _lead(health: Health) -> str:
    said = []
    if health.expected.decided:
        flagged, copies, kept = (int(chosen.sum()) for chosen in _judged(health))
        as_copies = f", {copies:,} of them as {'copies' if copies > 1 else 'a copy'}," if copies else ""
        said.append(f"You flagged {flagged:,}{as_copies} and kept {kept:,}. {left_sentence(health.expected)}")
    if len(health.doubtful):
        are = "are" if len(health.doubtful) > 1 else "is"
        said.append(f"{len(health.doubtful):,} {are} doubtful: only a look can tell.")
    return " ".join(said)


def _judged(health: Health) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which drawings are flagged, which of them as copies, and which are kept, bool (N,) each."""
    return are_flags(health.verdicts), health.verdicts == COPY, health.verdicts == KEEP


def _figures(health: Health) -> list[dict[str, str]]:
    """Return the figures at the top: `title`, `value`, `meaning`."""
    found, whole = health.collection, health.expected.whole()
    words = sum(one.word is not None for one in health.words)
    junk = f"{whole.about:,}" if health.expected.scored.any() else "–"
    share = f"95 %: {whole.low:,} to {whole.high:,}" if health.expected.scored.any() else "none is scored"
    exact, near = extra(health.exact), extra(health.near)
    return [
        {"title": title, "value": value, "meaning": meaning}
        for title, value, meaning in (
            ("Drawings", f"{len(found):,}", f"of {words:,} word{'s' * (words != 1)}"),
            ("Junk expected", junk, share),
            (
                "Doubtful",
                f"{len(health.doubtful):,}",
                f"{DOUBTFUL[0] * 100:.0f} to {DOUBTFUL[1] * 100:.0f} % likely junk",
            ),
            ("Exact copies", f"{exact:,}", f"in {len(health.exact):,} group{'s' * (len(health.exact) != 1)}"),
            ("Near copies", f"{near:,}", f"in {len(health.near):,} group{'s' * (len(health.near) != 1)}"),
            ("Unknown words", f"{len(health.unknown_words):,}", f"{sum(health.unknown_words.values()):,} drawings"),
            ("Without metadata", f"{health.missing['all']:,}", "drawings with nothing but a word"),
            ("Bad lines", f"{found.problem_count:,}", "skipped"),
        )
    ]


def _kinds(health: Health) -> list[dict[str, Any]]:
    if not health.expected.scored.any():
        return []
    most = max(max(number.high for number in health.by_kind.values()), 1)
    flagged = {name: int((health.verdicts == name).sum()) for name in dict.fromkeys(health.verdicts.tolist())}
    names = [*health.by_kind, *(name for name in flagged if name not in (*NO_FLAG, COPY, *health.by_kind))]
    return [
        {
            "name": name, "flagged": flagged.get(name, 0), "colour": COLOURS.get(name, COLOURS[OTHER]),
            "number": number, "share": (number.expected if number else 0) / most,
            "low": (number.low if number else 0) / most, "high": (number.high if number else 0) / most,
        }
        for name in names if (number := health.by_kind.get(name)) or flagged.get(name) or name == NO_KIND
    ]  # fmt: skip


def _row(one: WordHealth) -> dict[str, Any]:
    return {
        "name": one.word or "no word", "known": one.known or one.word is None, "drawings": one.drawings,
        "junk": one.junk, "share": one.junk.expected / one.drawings if one.junk else float("nan"),
        "doubtful": one.doubtful, "flagged": one.flagged, "kept": one.kept, "copies": one.copies, "rude": one.rude,
        "seen": one.seen,
    }  # fmt: skip


def _bars(counts: dict[str, int], names: Sequence[str]) -> list[dict[str, Any]]:
    most, total = max(counts.values(), default=1), max(sum(counts.values()), 1)
    return [{"name": n, "count": counts[n], "height": counts[n] / most, "share": counts[n] / total} for n in names]


def _countries(health: Health) -> dict[str, Any]:
    names = list(health.countries)
    rest = sum(health.countries[name] for name in names[COUNTRIES:])
    return {
        "bars": _bars(health.countries, names[:COUNTRIES]), "count": len(names), "others": len(names[COUNTRIES:]),
        "rest": rest, "rest_share": rest / max(sum(health.countries.values()), 1),
        "without": health.missing["countrycode"],
    }  # fmt: skip


def _dates(health: Health) -> str:
    if not health.first or not health.last:
        return "No drawing says when it was drawn."
    days = [f"{day.day} {day:%B %Y}" for day in (health.first, health.last)]
    span = f"All on {days[0]}" if days[0] == days[1] else f"From {days[0]} to {days[1]}"
    without = health.missing["timestamp"]
    return f"{span}, UTC." + (f" {without:,} do not say when they were drawn." if without > 1 else "")
