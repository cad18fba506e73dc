"""Write data sets without their flagged drawings, in the formats that they came in, all else as it was."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from qdesk.curation.exports.registry import Say, Shell, Source, Work
from qdesk.curation.exports.suggested import suggested_reasons
from qdesk.curation.verdicts.identity import shared_sentence
from qdesk.curation.verdicts.store import Judged, Verdicts, VerdictsError, of_drawings
from qdesk.data.reasons import KEEP
from qdesk.files import refuse_input
from qdesk.formats.registry import FORMATS

if TYPE_CHECKING:
    from qdesk.data.drawings import Drawings
    from qdesk.formats import Problem

_ENDING = re.compile(rf"({'|'.join(re.escape(format.ending) for format in FORMATS if not format.picture)})?(\.gz)?$")


@dataclass(frozen=True)
class Cleaned:
    """The result of `clean`.

    kept, dropped: numbers of drawings.   problems: the first records that could not be read, and why.
    problem_count: how many there are.   written: the files.   suspected: how many were dropped without a flag.
    lost: what the files cannot hold, a sentence each; nothing where they have the formats that they came in.
    shared: how many share their key_id with a different drawing of their file.   relabelled: how many were dropped, but
    for which the right word is known; they are in the files `beside`, with that word.
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
    from qdesk.formats import only_read

    without = options["without"] or ()
    with Verdicts() as verdicts, shell.progress("cleaning") as progress:
        if len(files) > 1 or out.is_dir():
            done = clean_folder(files, out, verdicts, progress, without)
        else:
            done = clean(files[0], out, verdicts, progress, without=without)
    shell.say_skipped(done.problems, done.problem_count)
    sentences = [f"{done.kept:,} drawings kept, {done.dropped:,} left out"]
    if without:
        flagged = done.dropped - done.suspected
        sentences[0] += f": {flagged:,} flagged, {done.suspected:,} suspected as {_either(without)}"
    if done.shared:
        sentences.append(shared_sentence(done.shared))
    for given, made in zip(files, done.written, strict=True):
        if format := only_read(given):
            why = f"qdesk reads {format.ending}, but does not write it"
            sentences.append(f"{given.name} is {made.name} now: {why}")
    return [*sentences, *_relabelled_sentence(done), *done.lost]


def _relabelled_sentence(done: Cleaned) -> list[str]:
    if not done.relabelled:
        return []
    return [f"{done.relabelled:,} with the right word are in {', '.join(file.name for file in done.beside)}"]


def clean(
    in_path: Path,
    out_path: Path,
    verdicts: Verdicts,
    on_progress: Callable[[float], None] | None = None,
    format: str | None = None,
    without: Sequence[str] = (),
) -> Cleaned:
    """Write the drawings of `in_path` that are not flagged to `out_path`.

    Where that has the same format, the lines or records that stay are copied as they are.

    format: as for `formats.keeping.write_selection`; default the one that the ending of `out_path` means.
    on_progress: called often with the share done, 0 to 1; what it raises comes through.
    without: reasons. The drawings for which scoring suggests one of them are left out, too, unless they were kept.
    Raises qdesk.formats.FormatError, and qdesk.files.OutputIsInput where `out_path` is `in_path`. After any error
    `out_path` is as it was.
    """
    from qdesk.formats import open_drawings, write_drawings
    from qdesk.formats.keeping import Selection, write_selection

    refuse_input(out_path, [in_path])

    say = on_progress or (lambda share: None)
    read = 0.1 if without else 0.5  # scoring takes most of the time
    opened = open_drawings(in_path, on_progress=lambda share: say(read * share))
    judged = of_drawings(opened.drawings, verdicts)
    reasons = judged.reasons
    stays = (reasons == "") | (reasons == KEEP)
    suspected = np.zeros(len(stays), bool)
    if without:
        open_ = reasons == ""
        looks = suggested_reasons(opened.drawings.take(open_), lambda share: say(read + (1 - 2 * read) * share))
        suspected[open_] = np.isin(looks.astype(str), without)
    kept = opened.drawings.take(stays & ~suspected)
    lost = write_selection(
        Selection(in_path, kept), out_path, format, as_is=True, on_progress=lambda share: say(1 - read + read * share)
    )
    relabelled, beside = (
        _relabelled(opened.drawings, judged, verdicts),
        Path(out_path).with_name(clean_name(Path(out_path), "-relabelled")),
    )
    if len(relabelled):
        refuse_input(beside, [in_path])
        write_drawings(relabelled, beside, format)
    return Cleaned(
        len(kept),
        len(stays) - len(kept),
        opened.problems,
        opened.problem_count,
        (Path(out_path),),
        int(suspected.sum()),
        (lost,) if lost else (),
        judged.shared,
        len(relabelled),
        (beside,) if len(relabelled) else (),
    )


def _relabelled(drawings: Drawings, judged: Judged, verdicts: Verdicts) -> Drawings:
    """Return the drawings of something else for which the curator said of what, with that word."""
    rows = np.flatnonzero(judged.reasons == "wrong")
    names = pa.array(judged.names).take(pa.array(rows)).to_pylist()
    told = verdicts.get_many(names)
    words = [told[name].facts.get("new_word") for name in names]
    known = [place for place, word in enumerate(words) if word]
    return drawings.take(rows[known]).with_columns(word=[words[place] for place in known])


def clean_folder(
    in_paths: Sequence[Path],
    folder: Path,
    verdicts: Verdicts,
    on_progress: Callable[[float], None] | None = None,
    without: Sequence[str] = (),
) -> Cleaned:
    """`clean` each file into a folder, under its own name (`clean_name`): all of them, or none where anything fails.

    The folder is created where it is missing. Raises FormatError where two files would have one name,
    qdesk.files.OutputIsInput where a clean file would replace one of the files given, and OSError where the folder
    cannot be written to.
    """
    from qdesk.formats import FormatError, format_of

    say = on_progress or (lambda share: None)
    names = [clean_name(path) for path in in_paths]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise FormatError(f"Two of the files would be called {name} in {folder}: clean them into two folders.")
        refuse_input(folder / name, in_paths)
    sizes = np.array([path.stat().st_size if path.exists() else 0 for path in in_paths], float) + 1
    edges = np.concatenate([[0], np.cumsum(sizes) / sizes.sum()])
    fresh = not folder.exists()
    folder.mkdir(exist_ok=True)
    results = []
    try:
        with tempfile.TemporaryDirectory(prefix=".clean-", dir=folder) as beside:
            for path, name, low, high in zip(in_paths, names, edges[:-1], edges[1:], strict=True):
                format = format_of(path)

                def told(share: float, low: float = low, high: float = high) -> None:
                    say(low + share * (high - low))

                kind = format.name if format.writes or format.copies else "ndjson"
                results.append(clean(path, Path(beside, name), verdicts, told, kind, without))
            for made in [*(Path(beside, name) for name in names), *(file for done in results for file in done.beside)]:
                os.replace(made, folder / made.name)
    except BaseException:
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return Cleaned(
        sum(done.kept for done in results),
        sum(done.dropped for done in results),
        tuple(problem for done in results for problem in done.problems),
        sum(done.problem_count for done in results),
        tuple(folder / name for name in names),
        sum(done.suspected for done in results),
        tuple(sentence for done in results for sentence in done.lost),
        sum(done.shared for done in results),
        sum(done.relabelled for done in results),
        tuple(folder / file.name for done in results for file in done.beside),
    )


def _either(reasons: Sequence[str]) -> str:
    names = list(dict.fromkeys(reasons))
    return " or ".join([", ".join(names[:-1])] * (len(names) > 1) + names[-1:])


def clean_name(path: Path, ending: str = "") -> str:
    """Return the name of a file's clean copy: its own, or .ndjson for what qdesk reads and cannot write.

    ending: put behind the name, before what says the format: "-clean" makes "cat-clean.raw.ndjson.gz".
    """
    from qdesk.formats import only_read

    name, given = path.name, only_read(path)
    if given is not None:
        name = name.removesuffix(".gz").removesuffix(given.ending) + ".ndjson"
    return _ENDING.sub(lambda found: ending + found[0], name, count=1)
