"""The commands that turn files into tables, files or downloads: rank, guess, get, convert, export, merge."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from qdesk.console import Progress, check_out, opened, write_table
from qdesk.data import categories
from qdesk.data.drawings import Drawings

if TYPE_CHECKING:
    from qdesk.scoring.score_cache import ScoreCache

GUESS_BATCH = 2048
"""Drawings guessed at once: enough for full speed, few enough that progress moves and memory stays flat."""

_EXPORTS = {
    "clean": ("",),
    "sheet": (".pdf", ".png", ".svg"),
    "replay": (".gif", ".svg"),
    "played": (".ndjson", ".ndjson.gz"),
}
"""What `qdesk export` writes beside CSV, and how the names of the files may end."""


def rank(args: argparse.Namespace) -> int:
    """`qdesk rank`: score every drawing and write them worst first: `qdesk.scoring.scorer.COLUMNS`, or a page."""
    from qdesk.scoring.score_cache import ScoreCache

    check_out(args.out)
    cache = ScoreCache() if args.cache else None
    if args.out and args.out.suffix.lower() in (".html", ".htm"):
        from qdesk.curation import command

        drawings = opened(args.files, args.y_up)
        return command.gallery(args, drawings, scored(drawings, args.word, args.model, cache))
    write_table(ranked(opened(args.files, args.y_up), args.word, args.model, args.by, args.top, cache), args.out)
    return 0


def ranked(
    drawings: Drawings,
    word: str | None = None,
    model: Path | None = None,
    by: str = "junk",
    top: int | None = None,
    cache: ScoreCache | None = None,
) -> pa.Table:
    """The first `top` lines (default: all) of the ranking of `drawings`, with progress on stderr; see `scored`."""
    from qdesk.scoring.scorer import rank_table

    table = rank_table(drawings, scored(drawings, word, model, cache), by=by)
    return table if top is None else table.slice(0, top)


def scored(
    drawings: Drawings, word: str | None = None, model: Path | None = None, cache: ScoreCache | None = None
) -> dict[str, np.ndarray]:
    """Every column of `scoring.scorer.ScoredChunk` for all drawings, with progress on stderr.

    word: score all as drawings of this word, written in upper or lower case. Raises ValueError for one that neither
    network knows, with the nearest that they know. cache: where scores are looked up first and kept.
    """
    from qdesk.scoring.fingerprint import is_official, reader_files
    from qdesk.scoring.scorer import Scorer

    scorer = Scorer(model=model, cache=cache)
    if word is not None:
        scorer.word = categories.find(word, categories.categories())  # which the classifier knows, all of them
        if scorer.word is None:
            known = {*scorer.guesser.words, *scorer.reader.words}
            scorer.word = categories.find(word, known)
        if scorer.word is None:
            raise ValueError(f"The networks know no word {word!r}.{categories.hint(word, sorted(known))}")
    try:
        with Progress("scoring") as progress:
            columns = scorer.score(drawings, on_progress=progress)
    except KeyboardInterrupt:
        if cache is not None and not cache.trouble:
            print("qdesk: what is scored is kept: the same command goes on from there", file=sys.stderr)
        raise
    if scorer.trouble:
        print(f"qdesk: {scorer.trouble}", file=sys.stderr)
    if model is not None and is_official(model) and reader_files(model) == [model]:
        print(f"qdesk: no other official decoder lies beside {model.name}, so there is no lift", file=sys.stderr)
    return columns


def guess(args: argparse.Namespace) -> int:
    """`qdesk guess`: the CNN's best guesses for every drawing, in the file's order."""
    check_out(args.out)
    write_table(guesses(opened(args.files, args.y_up), args.top, args.model), args.out)
    return 0


def guesses(drawings: Drawings, top: int = 3, model: Path | None = None) -> pa.Table:
    """key_id, word, source, row, p_word, guess_1, p_1, ... guess_top, p_top of every drawing.

    model: a classifier's weight file, default the shipped one.
    """
    from qdesk.data.simplify import as_official
    from qdesk.scoring.classifier import Guesser

    guesser = Guesser(model)
    names = np.array(guesser.words, object)
    place_of = {word: place for place, word in enumerate(guesser.words)}
    count, top = len(drawings), min(top, len(names))
    best, p_best, p_word = np.empty((count, top), np.int64), np.empty((count, top)), np.full(count, np.nan)
    wanted = np.array([place_of.get(word, -1) for word in drawings.words], np.int64)
    with Progress("guessing") as progress:
        for start in range(0, count, GUESS_BATCH):
            part = slice(start, min(start + GUESS_BATCH, count))
            probabilities = guesser.probabilities(as_official(drawings.take(part)))
            best[part] = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
            p_best[part] = np.take_along_axis(probabilities, best[part], axis=1)
            known = np.flatnonzero(wanted[part] >= 0)
            p_word[start + known] = probabilities[known, wanted[part][known]]
            progress(part.stop / count)
    columns: dict[str, Any] = {name: drawings.table[name] for name in ("key_id", "word", "source", "row")}
    columns["p_word"] = pa.array(p_word, from_pandas=True)
    for place in range(top):
        columns[f"guess_{place + 1}"] = pa.array(names[best[:, place]], pa.string())
        columns[f"p_{place + 1}"] = pa.array(p_best[:, place])
    return pa.table(columns)


def get(args: argparse.Namespace) -> int:
    """`qdesk get`: download official files; each path is printed as it is there."""
    from qdesk.data.download import address, download

    for word in args.words:  # a mistyped word is said before the first file is fetched
        address(word, args.what, args.base_url)
    for word in args.words:
        with Progress(word) as progress:

            def arrived(done: int, total: int | None, word: str = word, progress: Progress = progress) -> None:
                progress(done / total if total else None, f"{word}, {done / 1e6:.1f} MB")

            path = download(word, what=args.what, base_url=args.base_url, on_progress=arrived)
        print(path, flush=True)
    return 0


def convert(args: argparse.Namespace) -> int:
    """`qdesk convert`: read one format, write another."""
    from qdesk.formats import write_drawings

    drawings = opened([args.input], args.y_up)
    if args.simplify:
        from qdesk.data.simplify import simplify

        drawings = simplify(drawings)
    write_drawings(drawings, args.output)
    print(f"qdesk: {len(drawings):,} drawings in {args.output}", file=sys.stderr)
    return 0


def export(args: argparse.Namespace) -> int:
    """`qdesk export`: the flags as CSV, or what one of the other options asks for."""
    from qdesk.curation import command
    from qdesk.curation.verdicts.csv import export_flags
    from qdesk.curation.verdicts.store import Verdicts

    for name, endings in _EXPORTS.items():
        if getattr(args, name) is None:
            continue
        if not args.out or not args.out.name.lower().endswith(endings):
            kind = f" a name in {', '.join(endings[:-1])} or {endings[-1]}" if endings[0] else " a file or a folder"
            print(f"qdesk: --{name} needs --out with{kind}", file=sys.stderr)
            return 2
        if name == "replay" and args.key is None:
            print("qdesk: --replay needs --key: the key_id of the drawing, or its row in the file", file=sys.stderr)
            return 2
        return _played(args) if name == "played" else getattr(command, name)(args)
    if args.key is not None:
        print("qdesk: --key goes with --replay", file=sys.stderr)
        return 2
    with Verdicts() as verdicts:
        count = export_flags(args.out or sys.stdout, verdicts, everything=args.all)
    print(f"qdesk: {count:,} {'verdicts' if args.all else 'flagged drawings'}", file=sys.stderr)
    return 0


def _played(args: argparse.Namespace) -> int:
    """`qdesk export --played`: what somebody drew in Play, as raw drawings."""
    from qdesk.game.history import History

    check_out(args.out)
    with History() as history:
        numbers = {one.name: one.id for one in history.players()}
        if args.played and args.played not in numbers:
            raise ValueError(f"Nobody is called {args.played} here, only {', '.join(numbers)}.")
        count = history.export_raw(args.out, numbers.get(args.played))
    print(f"qdesk: {count:,} {'drawing' if count == 1 else 'drawings'} in {args.out}", file=sys.stderr)
    return 0


def merge(args: argparse.Namespace) -> int:
    """`qdesk merge`: take over the verdicts of these CSV files, and write the open conflicts as CSV."""
    from qdesk.curation.verdicts.merge import export_conflicts, read_verdicts, sentence, take_over
    from qdesk.curation.verdicts.store import Verdicts

    check_out(args.conflicts)
    given = [read_verdicts(path) for path in args.files]  # all of them, before anything is changed
    with Verdicts() as verdicts:
        for path, (theirs, unidentified) in zip(args.files, given, strict=True):
            print(f"qdesk: {path.name}: {sentence(take_over(verdicts, theirs, unidentified))}", file=sys.stderr)
        count = export_conflicts(args.conflicts or sys.stdout, verdicts)
    if count:
        what = "open conflict" if count == 1 else "open conflicts"
        print(f"qdesk: {count:,} {what} in all: yours stay until you decide again", file=sys.stderr)
    return 0


# Tables
