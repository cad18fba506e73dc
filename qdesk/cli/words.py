"""`qdesk words`: a page for each word: mean pictures, examples, how it is drawn, what it is taken for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qdesk.cli.arguments import Commands, WrongUsage, add_files, add_word, add_y_up, command, seed, words
from qdesk.streams import is_stream

if TYPE_CHECKING:
    import numpy as np

    from qdesk.curation.health.reading import Collection
    from qdesk.data.drawings import Drawings
    from qdesk.explore.words.html import Word

_NO_FOLDER = (".csv", ".gif", ".json", ".md", ".ndjson", ".parquet", ".pdf", ".png", ".svg", ".txt", ".zip")
"""Endings that somebody gives to a file, not to a folder."""

FILMS = 24
"""The most words on one page for which all drawings are shown being drawn: each film takes 200 KB."""


def add(commands: Commands) -> None:
    parser = command(
        commands, "words", run, "a page for each word: what its drawings have in common, and how it is drawn",
        "Mean pictures with their spread, of all drawings, by country and by whether the game recognised them; the "
        "best, typical, random and worst drawings; strokes, points and time; which stroke comes first, where the pen "
        "begins and which way it goes; what the classifier takes the drawings for; and all of them drawn at once. "
        "A large word is looked at in a random sample, and the page says so.",
        "qdesk words drawings --words cat,circle --out pages",
    )  # fmt: skip
    add_files(parser)
    parser.add_argument(
        "--out", metavar="OUT", type=Path, required=True,
        help="a .html with all words (- for stdout), or a folder for a page per word and an index",
    )  # fmt: skip
    add_word(parser)
    parser.add_argument("--words", metavar="A,B", type=words, help="only these words")
    parser.add_argument(
        "--country", metavar="A,B", type=_countries, dest="countries", help="only drawings from these, such as DE,FR"
    )
    parser.add_argument("--seed", metavar="S", type=seed, default=0, help="of what is picked at random; default 0")
    parser.add_argument("--rude", action="store_true", help="also show rude drawings; by default they are only counted")
    parser.add_argument(
        "--no-cache", dest="cache", action="store_false", help="score everything anew, and keep nothing for next time"
    )
    add_y_up(parser)


def _countries(text: str) -> list[str]:
    codes = [code.strip().upper() for code in text.split(",") if code.strip()]
    if not codes or not all(len(code) == 2 and code.isascii() and code.isalpha() for code in codes):
        raise argparse.ArgumentTypeError(f"{text!r}: a country has a code of two letters, such as DE")
    return list(dict.fromkeys(codes))


class _Batch(NamedTuple):
    """The drawings of one word: the rows of a part, and what scoring and verdicts say of that part."""

    word: str | None
    part: Drawings
    rows: np.ndarray
    columns: dict[str, np.ndarray]

    @property
    def name(self) -> str:
        return self.word or "no word"


def run(args: argparse.Namespace) -> int:
    from qdesk.console import Progress, any_word, say_read, say_words
    from qdesk.curation.exports.sheet import titled
    from qdesk.curation.health.reading import read
    from qdesk.data.categories import unknown_words
    from qdesk.explore.words.html import write_words

    single = args.out.suffix.lower() in (".html", ".htm") or is_stream(args.out)
    _check(args.out, args.files, single)
    word = None if args.word is None else any_word(args.word)
    with Progress("reading") as progress:
        collection = read(args.files, progress, args.y_up, word)
    say_read(collection)
    say_words(collection.parts, unknown_words(collection.words))
    batches = _batches(collection, args.words, args.countries, args.cache)
    title = titled(args.files) + (f", from {', '.join(args.countries)}" if args.countries else "")
    with Progress("measuring") as progress:
        found = _measured(batches, args, progress, not single or len(batches) <= FILMS)
        if single:
            write_words(args.out, found, batches[0].name if len(batches) == 1 else f"Words of {title}", title)
        else:
            _write_folder(args, found, [batch.name for batch in batches], title)
    _say(args, batches, len(collection), single)
    return 0


def _say(args: argparse.Namespace, batches: list[_Batch], there: int, single: bool) -> None:
    """Say on stderr what was written, and what was left out."""
    from qdesk.explore.words.wording import counted

    count = sum(len(batch.rows) for batch in batches)
    what = counted(len(batches), "word") if single else f"{counted(len(batches), 'page')} and an index"
    of = f" of {there:,}, the others left out," if count < there else ""
    said = f"{what}, {counted(count)}{of}".replace("\u00a0", " ")
    print(f"qdesk: {said}" + ("" if is_stream(args.out) else f" in {args.out}"), file=sys.stderr)
    if single and len(batches) > FILMS:
        print(f"qdesk: more than {FILMS} words on one page: without films. A folder has them.", file=sys.stderr)


def _check(out: Path, files: list[Path], single: bool) -> None:
    from qdesk.console import check_out

    if single:
        check_out(out, files)
        return
    if not out.exists() and out.suffix.lower() in _NO_FOLDER:
        raise WrongUsage(f"{out} is no name of a page: write a .html, or name a folder for a page per word.")
    if out.exists() and not out.is_dir():
        raise NotADirectoryError(f"{out} is a file. Name a folder for a page per word, or a .html for one page.")
    if not out.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {out.parent} to make {out.name} in.")
    if out.is_dir():
        check_out(out / "index.html", files)


def _batches(
    collection: Collection, wanted: list[str] | None, countries: list[str] | None, cached: bool
) -> list[_Batch]:
    """Return the drawings of each wanted word, scored. Raises ValueError where there is none, or none of a word."""
    import numpy as np

    from qdesk.data.categories import one_name_each
    from qdesk.explore.words.measure import rows_by_word

    parts, names = list(collection.parts), one_name_each(collection.words)
    if not any(map(len, parts)):
        raise ValueError("There are no drawings in these files.")
    chosen = np.ones(len(names), bool)
    if countries is not None:
        chosen &= _from(collection, countries)
    if wanted is not None:
        chosen &= np.isin(names.astype(str), _there(wanted, names))
    if not chosen.any():
        raise ValueError(f"There are no drawings of these words from {', '.join(countries or ())} in these files.")
    ends = np.cumsum([len(part) for part in parts])[:-1]
    words, masks = np.split(names, ends), np.split(chosen, ends)
    words = [own[mask] for own, mask in zip(words, masks, strict=True) if mask.any()]
    parts = [part.take(mask) for part, mask in zip(parts, masks, strict=True) if mask.any()]
    return [
        _Batch(word, part, rows, columns)
        for part, own, columns in zip(parts, words, _known(parts, cached), strict=True)
        for word, rows in rows_by_word(own).items()
    ]


def _there(wanted: list[str], names: np.ndarray) -> list[str]:
    """Return the wanted words as the drawings spell them. Raises ValueError for one of which there is no drawing."""
    from qdesk.data.categories import find, hint

    there, asked = sorted({word for word in names if word}), []
    for word in wanted:
        if (found := find(word, there)) is None:
            raise ValueError(f"There are no drawings of {word!r} in these files.{hint(word, there)}")
        asked.append(found)
    return asked


def _from(collection: Collection, countries: list[str]) -> np.ndarray:
    """Return which drawings come from these countries, bool (N,). Raises ValueError for one that none comes from."""
    import numpy as np

    codes = np.concatenate([part.column("countrycode") for part in collection.parts])
    there = {code for code in codes if code}
    if missing := [code for code in countries if code not in there]:
        hint = f" There are: {', '.join(sorted(there)[:20])}." if there else " They do not say where they come from."
        raise ValueError(f"There are no drawings from {missing[0]} in these files.{hint}")
    return np.isin(codes.astype(str), countries)


def _known(parts: list[Drawings], cached: bool) -> list[dict[str, np.ndarray]]:
    """Return the scores of each part and the verdicts on it, and report progress and trouble on stderr."""
    from qdesk.console import Progress
    from qdesk.curation.verdicts.store import Verdicts, of_drawings
    from qdesk.scoring.score_cache import ScoreCache
    from qdesk.scoring.scorer import Scorer

    scorer = Scorer(cache=ScoreCache() if cached else None)
    found: list[dict[str, np.ndarray]] = []
    total, done = sum(map(len, parts)), 0
    with Progress("scoring") as progress, Verdicts() as verdicts:
        for part in parts:

            def report(share: float, done: int = done, count: int = len(part)) -> None:
                progress((done + share * count) / total)

            found.append(scorer.score(part, report) | {"verdict": of_drawings(part, verdicts).reasons})
            done += len(part)
    if scorer.trouble:
        print(f"qdesk: {scorer.trouble}", file=sys.stderr)
    return found


def _measured(batches: list[_Batch], args: argparse.Namespace, progress: Any, films: bool) -> Iterator[Word]:
    """Yield each word's page, when it is asked for."""
    from qdesk.explore.words.examples import WordScores
    from qdesk.explore.words.html import Word
    from qdesk.explore.words.measure import word_page
    from qdesk.explore.words.together import together

    for number, batch in enumerate(batches):
        progress(number / len(batches))
        drawings = batch.part.take(batch.rows)
        scores = WordScores.of({name: values[batch.rows] for name, values in batch.columns.items()}, len(drawings))
        page = word_page(batch.word, drawings, scores, args.seed, args.rude)
        yield Word(page, drawings, together(drawings, args.seed) if films else None)


def _write_folder(args: argparse.Namespace, found: Iterator[Word], names: list[str], title: str) -> None:
    from qdesk.console import check_out
    from qdesk.explore.words.html import entry, file_names, write_index, write_words

    args.out.mkdir(exist_ok=True)
    files = [args.out / name for name in file_names(names)]
    for file in files:
        if file.exists():  # it might be a link to what is read
            check_out(file, args.files)
    entries = []
    for name, file, word in zip(names, files, found, strict=True):
        write_words(file, [word], f"{name}: {title}", title, "index.html")
        entries.append(entry(word, file.name))
    write_index(args.out / "index.html", entries, title)
