"""Write data sets without their flagged drawings, in the formats that they came in, all else as it was."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from qdesk.curation.exports.registry import Say, Shell, Source, Work
from qdesk.curation.exports.suggested import suggested_reasons
from qdesk.curation.verdicts.identity import key_of, shared_sentence
from qdesk.curation.verdicts.store import Judged, Verdicts, VerdictsError, of_drawings
from qdesk.data.reasons import COPY, are_flags, are_open
from qdesk.files import refuse_input, refuse_same
from qdesk.formats.registry import BY_NAME, DATA, FORMATS
from qdesk.safety.moving import beside, move_all
from qdesk.streams import STDIN, is_stream

if TYPE_CHECKING:
    from qdesk.data.drawings import Drawings
    from qdesk.formats import Problem

_ENDING = re.compile(
    rf"({'|'.join(re.escape(format.ending) for format in FORMATS if format.reads or format in DATA)})?(\.gz)?$"
)


@dataclass(frozen=True)
class Cleaned:
    """The result of `clean`.

    kept, dropped: numbers of drawings.   problems: the first records that could not be read, and why.
    problem_count: how many there are.   written: the files.   suspected: how many were dropped without a flag.
    lost: what the files cannot hold, a sentence each; nothing where they have the formats that they came in.
    shared: how many share their key_id with a different drawing of their file.   relabelled: how many were dropped, but
    for which the right word is known; they are in the files `beside`, with that word.
    skipped: why a file of a folder was left out, a sentence each.   notes: what was assumed about the files.
    guessed: the words of files that say none, as in `qdesk.formats.Opened`.
    """

    kept: int
    dropped: int
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    written: tuple[Path, ...] = ()
    suspected: int = 0
    lost: tuple[str, ...] = ()
    shared: int = 0
    relabelled: int = 0
    beside: tuple[Path, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    guessed: Mapping[str, str] = field(default_factory=dict)


def from_window(source: Source, path: Path) -> Work:
    """Return the work that writes what is open without the flagged drawings to a file, or to `path` as a folder."""
    files = [Path(file) for file in source.files]

    def work(say: Say) -> str:
        try:
            with Verdicts() as verdicts:  # not the window's, which are for its thread alone
                if path.is_dir():
                    done = clean_folder(files, path, verdicts, say)
                else:
                    done = clean(files[0], path, verdicts, say)
        except VerdictsError as error:
            raise ValueError(str(error)) from error
        said = f"Wrote {done.kept:,} drawings to {path.name}, without the {done.dropped:,} flagged."
        return " ".join([said, *(f"{sentence}." for sentence in (*_relabelled_sentence(done), *done.lost))])

    return work


def from_files(files: Sequence[Path], out: Path, options: Mapping[str, Any], shell: Shell) -> list[str]:
    """Run `qdesk export --clean`: write a file without the flagged drawings, or a folder of such files."""
    without = options["without"] or ()
    many = len(files) > 1 or out.is_dir() or files[0].is_dir()
    if many and is_stream(out):
        raise ValueError("Several files cannot be written to stdout: name a folder.")
    with Verdicts() as verdicts, shell.progress("cleaning") as progress:
        if many:
            done = clean_folder(files, out, verdicts, progress, without, options["word"])
        else:
            done = clean(files[0], out, verdicts, progress, without=without, word=options["word"])
    shell.say_read(done)
    sentences = [f"{done.kept:,} drawings kept, {done.dropped:,} left out"]
    if without:
        flagged = done.dropped - done.suspected
        sentences[0] += f": {flagged:,} flagged, {done.suspected:,} suspected as {_either(without)}"
    if done.shared:
        sentences.append(shared_sentence(done.shared))
    return [*sentences, *_relabelled_sentence(done), *done.lost]


def _relabelled_sentence(done: Cleaned) -> list[str]:
    if not done.relabelled:
        return []
    if not done.beside:
        return [
            f"{done.relabelled:,} with the right word are left out: only a file of --out has one beside it for them"
        ]
    return [f"{done.relabelled:,} with the right word are in {', '.join(file.name for file in done.beside)}"]


def clean(
    in_path: Path,
    out_path: Path,
    verdicts: Verdicts,
    on_progress: Callable[[float], None] | None = None,
    format: str | None = None,
    without: Sequence[str] = (),
    word: str | None = None,
    stayed: set[str] | None = None,
) -> Cleaned:
    """Write the drawings of `in_path` that are not flagged to `out_path`.

    Where that has the same format, the lines or records that stay are copied as they are.

    format: as for `formats.keeping.write_selection`; default the one that the ending of `out_path` means.
    on_progress: called often with the share done, 0 to 1; what it raises comes through.
    without: reasons. The drawings for which scoring suggests one of them are left out, too, unless they were kept.
    word: what all drawings are scored as, instead of each as its own.
    stayed: identities of copies of which one stayed in another file; those that stay here are added.
    Raises qdesk.formats.FormatError, and qdesk.files.OutputIsInput where `out_path` is `in_path`. After any error
    `out_path` is as it was.
    """
    from qdesk.formats import format_of, open_drawings
    from qdesk.formats.keeping import Selection, write_selection

    refuse_input(out_path, [in_path])
    if format is None and is_stream(out_path):
        format = format_of(in_path).name

    say, stayed = on_progress or (lambda share: None), set[str]() if stayed is None else stayed
    read = 0.1 if without else 0.5  # scoring takes most of the time
    opened = open_drawings(in_path, on_progress=lambda share: say(read * share))
    judged = of_drawings(opened.drawings, verdicts)
    stays = ~are_flags(judged.reasons) | _copies_to_stay(judged, verdicts, stayed)
    suspected = np.zeros(len(stays), bool)
    if without:
        open_ = are_open(judged.reasons)
        judged_as = opened.drawings if word is None else opened.drawings.with_columns(word=word)
        looks = suggested_reasons(judged_as.take(open_), lambda share: say(read + (1 - 2 * read) * share))
        suspected[open_] = np.isin(looks.astype(str), without)
    kept = opened.drawings.take(stays & ~suspected)
    lost = write_selection(
        Selection(in_path, kept), out_path, format, as_is=True, on_progress=lambda share: say(1 - read + read * share)
    )
    relabelled = _relabelled(opened.drawings, judged, verdicts)
    beside, lost_beside = _write_beside(relabelled, in_path, Path(out_path), format)
    return Cleaned(
        len(kept),
        len(stays) - len(kept),
        opened.problems,
        opened.problem_count,
        (Path(out_path),),
        int(suspected.sum()),
        tuple(filter(None, (lost, lost_beside))),
        judged.shared,
        len(relabelled),
        beside,
        notes=opened.notes,
        guessed=opened.guessed if word is None else {},
    )


def _copies_to_stay(judged: Judged, verdicts: Verdicts, stayed: set[str]) -> np.ndarray:
    """Return which drawings flagged as copies stay all the same, bool (N,): one of those that are copies of each other.

    Twins have one identity, so one flag is on all of them. Of twins the first stays, unless they are copies of another
    drawing, which stays instead. stayed: the identities of which one has stayed already; those that do now are added.
    """
    rows = np.flatnonzero(judged.reasons == COPY)
    names = pa.array(judged.names).take(pa.array(rows)).to_pylist()
    told, count, stays = verdicts.get_many(names), Counter(names), np.zeros(len(judged.reasons), bool)
    for row, name in zip(rows.tolist(), names, strict=True):
        instead = told[name].facts.get("copy_of")
        is_twin = instead == (key_of(name) or name) if instead else count[name] > 1
        if is_twin and name not in stayed:
            stayed.add(name)
            stays[row] = True
    return stays


def _relabelled(drawings: Drawings, judged: Judged, verdicts: Verdicts) -> Drawings:
    """Return the drawings of something else for which the curator said of what, with that word."""
    rows = np.flatnonzero(judged.reasons == "wrong")
    names = pa.array(judged.names).take(pa.array(rows)).to_pylist()
    told = verdicts.get_many(names)
    words = [told[name].facts.get("new_word") for name in names]
    known = [place for place, word in enumerate(words) if word]
    return drawings.take(rows[known]).with_columns(word=[words[place] for place in known])


def _write_beside(
    relabelled: Drawings, in_path: Path, out_path: Path, format: str | None
) -> tuple[tuple[Path, ...], str]:
    """Write the relabelled drawings beside the clean file, and return where, and what the file cannot hold or "".

    Nothing is written beside stdout. What qdesk does not write, or only as a picture, becomes ndjson.
    """
    from qdesk.formats.keeping import Selection, write_selection

    if not len(relabelled) or is_stream(out_path):
        return (), ""
    name = clean_name(out_path, "-relabelled")
    row = BY_NAME[format] if format else next((row for row in FORMATS if name.lower().endswith(row.endings)), None)
    if row is not None and row not in DATA:
        name, format = _ENDING.sub("-relabelled.ndjson", out_path.name, count=1), "ndjson"
    beside = out_path.with_name(name)
    refuse_input(beside, [in_path])
    lost = write_selection(Selection(in_path, relabelled, worded=True), beside, format, as_is=True)
    return (beside,), lost


def clean_folder(
    in_paths: Sequence[Path],
    folder: Path,
    verdicts: Verdicts,
    on_progress: Callable[[float], None] | None = None,
    without: Sequence[str] = (),
    word: str | None = None,
) -> Cleaned:
    """`clean` each file into a folder, under its own name (`clean_name`): all of them, or none where anything fails.

    A folder among `in_paths` stands for the files under it, which get the same places in `folder`, which is made where
    it is missing; one of them that cannot be read is skipped. Raises FormatError where two files would have one name or
    one cannot be written, qdesk.files.OutputIsInput where one would replace a file given, and OSError where the folder
    cannot be written to.
    """
    from qdesk.formats import FormatError, format_of, size_of
    from qdesk.formats.base import NotWritten

    say = on_progress or (lambda share: None)
    given = _given(in_paths, folder)
    names = [name for _, name, _ in given]
    for name in names:
        refuse_input(folder / name, [path for path, _, _ in given])
    sizes = np.array([size_of(path) for path, _, _ in given], float)
    edges = np.concatenate([[0], np.cumsum(sizes) / sizes.sum()])
    results, stayed = list[Cleaned](), set[str]()
    skipped: list[str] = []
    written: list[Path] = []
    with beside(folder) as made:
        # A folder that is not there yet will be on the same disk, which tells letter cases apart, or not.
        refuse_same([(folder if folder.exists() else made) / name for name in _alike(names)])
        for (path, name, is_found), low, high in zip(given, edges[:-1], edges[1:], strict=True):

            def told(share: float, low: float = low, high: float = high) -> None:
                say(low + share * (high - low))

            part = made / name
            part.parent.mkdir(parents=True, exist_ok=True)
            try:
                format = format_of(path)
                results.append(clean(path, part, verdicts, told, format.name, without, word, stayed))
            except NotWritten as error:  # not the file to read is at fault, and the others would not fit either
                raise NotWritten(folder / name, error.why) from error
            except FormatError as error:
                if not is_found:
                    raise
                skipped.append(str(error))
            else:
                if results[-1].kept or not format.picture:  # without its one drawing a picture is nothing
                    written.append(name)
        more = [file.relative_to(made) for done in results for file in done.beside]
        for name in more:
            refuse_input(folder / name, [path for path, _, _ in given])
        move_all(made, [*written, *more], folder)
    placed, moved = (tuple(folder / name for name in names) for names in (written, more))
    return _together(results, placed, moved, tuple(skipped))


def _given(in_paths: Sequence[Path], folder: Path) -> list[tuple[Path, Path, bool]]:
    """Return the files to clean, the name of each in `folder`, and whether it was found in a folder.

    Raises FormatError where two have one name, and for a folder without files of drawings.
    """
    from qdesk.formats import FormatError, files_under, format_of

    given = []
    for path in in_paths:
        if not path.is_dir():
            name = f"{STDIN}{format_of(path).ending}" if is_stream(path) else clean_name(path)
            given.append((path, Path(name), False))
            continue
        inside = folder.resolve() != path.resolve() and folder.resolve().is_relative_to(path.resolve())
        found = [
            file for file in files_under([path]) if not inside or not file.resolve().is_relative_to(folder.resolve())
        ]
        if not found:
            raise FormatError(f"There are no files of drawings under {path}.")
        given += [(file, file.relative_to(path).with_name(clean_name(file)), True) for file in found]
    names = [name for _, name, _ in given]
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise FormatError(f"Two of the files would be called {twice[0]} in {folder}: clean them into two folders.")
    return given


def _alike(names: Sequence[Path]) -> list[Path]:
    """Return those names that another one differs from in letter case alone."""
    counts = Counter(str(name).casefold() for name in names)
    return [name for name in names if counts[str(name).casefold()] > 1]


def _together(
    results: Sequence[Cleaned], written: tuple[Path, ...], beside: tuple[Path, ...], skipped: tuple[str, ...]
) -> Cleaned:
    return Cleaned(
        sum(done.kept for done in results),
        sum(done.dropped for done in results),
        tuple(problem for done in results for problem in done.problems),
        sum(done.problem_count for done in results),
        written,
        sum(done.suspected for done in results),
        tuple(sentence for done in results for sentence in done.lost),
        sum(done.shared for done in results),
        sum(done.relabelled for done in results),
        beside,
        skipped,
        tuple(note for done in results for note in done.notes),
        {file: word for done in results for file, word in done.guessed.items()},
    )


def _either(reasons: Sequence[str]) -> str:
    names = list(dict.fromkeys(reasons))
    return " or ".join([", ".join(names[:-1])] * (len(names) > 1) + names[-1:])


def clean_name(path: Path, ending: str = "") -> str:
    """Return the name of a file's clean copy.

    ending: put behind the name, before what says the format: "-clean" makes "cat-clean.raw.ndjson.gz".
    """
    return _ENDING.sub(lambda found: ending + found[0], path.name, count=1)
