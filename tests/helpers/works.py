"""Works that must not lose anything: each prepares a folder, takes steps, and says how a folder looks after them.

A step is done when it returns: what it says is kept from then on. `state` of a folder is what the user would see in it
after the next start. It is compared after a fault with the states before and after the step that was under way.
"""

from __future__ import annotations

import csv
import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from qdesk import cli, paths, settings
from qdesk.curation.exports.clean import clean_folder
from qdesk.curation.verdicts import schema
from qdesk.curation.verdicts.store import Theirs, Verdicts
from qdesk.game.history import History
from qdesk.settings import Play
from tests.helpers.drawings import write_cats, write_shapes
from tests.helpers.records import played

Step = Callable[[], object]
State = Any

WHEN = "2026-01-01T00:00:00Z"
REASONS = ("scribble", "graffiti", "wrong", "other", "keep")


class Work(NamedTuple):
    """prepare: makes what there was before.   steps: made from random numbers, the same each time.   state: see above.
    loads: modules that take long to load, so that they are loaded once for many children.
    """

    prepare: Callable[[Path], object]
    steps: Callable[[Path, np.random.Generator], Sequence[Step]]
    state: Callable[[Path], State]
    loads: tuple[str, ...] = ()


def _with(what: type, do: Callable[[Any], object]) -> Step:
    def step() -> None:
        with what() as store:
            do(store)

    return step


def _nothing(_: Path) -> None:
    pass


# Verdicts


def verdicts(_: Path) -> State:
    with Verdicts() as store:
        notes = sorted((one.identity, one.reason, one.note) for one in store.all())
        return [notes, sorted(store.conflicts()), list(store.can_walk())]


def _flagging(_: Path, random: np.random.Generator) -> Sequence[Step]:
    steps: list[Step] = []
    for number in range(12):
        name, reason = f"k{random.integers(20)}", REASONS[random.integers(5)]
        many = [(f"m{k}", REASONS[k % 5], "a note " * 40, {"points": k}) for k in range(40 * number, 40 * number + 40)]
        steps.append((
            _with(Verdicts, lambda s, name=name, reason=reason, n=number: s.flag(name, reason, f"note {n}")),
            _with(Verdicts, lambda s, many=many: s.flag_many(many)),
            _with(Verdicts, lambda s: s.undo()),
            _with(Verdicts, lambda s: s.redo()),
            _with(Verdicts, lambda s, name=name: s.clear(name)),
        )[int(random.integers(5))])  # fmt: skip
    return steps


def _before_merging(folder: Path) -> None:
    with Verdicts() as store:
        store.flag_many([(str(1000 + k), "scribble", "", {"key_id": str(1000 + k)}) for k in range(20)])
    for number, reason in enumerate(("scribble", "wrong", "other")):
        with open(folder / f"theirs{number}.csv", "w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("key_id", "word", "reason", "note", "flagged_at"))
            rows.writerows((1010 + 3 * k + number, "cat", reason, "", WHEN) for k in range(60))


def _merging(folder: Path, _: np.random.Generator) -> Sequence[Step]:
    return [_command("merge", folder / f"theirs{number}.csv") for number in range(3)]


def _before_forgetting(folder: Path) -> None:
    with Verdicts() as store:
        store.flag_many([(f"n{k}", REASONS[k % 5], "secret " * 20, {}) for k in range(200)])
    with History() as history:
        for number in range(20):
            history.add(played(number), 1)
        history.add(played(99), history.add_player("Ann").id)


def _forgetting(_: Path, random: np.random.Generator) -> Sequence[Step]:
    names = [f"n{k}" for k in random.permutation(200)[:60]]
    parts = [names[k : k + 15] for k in range(0, 60, 15)]
    forget: list[Step] = [_with(Verdicts, lambda store, part=part: store.forget(part)) for part in parts]
    return [*forget[:2], _with(History, lambda history: history.forget(1)), *forget[2:]]


def both(folder: Path) -> State:
    return [verdicts(folder), rounds(folder)]


# Rounds


def rounds(_: Path) -> State:
    with History() as history:
        kept = sorted((one.key_id, one.word, one.points) for one in history.list())
        return [kept, sorted(one.name for one in history.players())]


def _playing(_: Path, random: np.random.Generator) -> Sequence[Step]:
    steps: list[Step] = [_with(History, lambda history: history.add_player("Ann"))]
    for number in range(14):
        one = played(number, f"word {random.integers(9)}")
        one = replace(one, strokes=one.strokes * 30, times=one.times * 30)
        steps.append(_with(History, lambda history, one=one: history.add(one, 1)))
    return steps


# Migrating


def _of_version_1(path: Path, application: int, script: Sequence[Any], rows: Callable[[Any], object]) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(script[0])
        db.execute(f"PRAGMA application_id = {application}")
        db.execute("PRAGMA user_version = 1")
        rows(db)
        db.commit()


def _before_migrating(_: Path) -> None:
    def rows(db: sqlite3.Connection) -> None:
        given = [(f"k{k}", REASONS[k % 5], f"note {k}", WHEN, "{}") for k in range(3000)]
        db.executemany("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?)", given)

    _of_version_1(paths.user_data() / "verdicts.db", schema.APPLICATION_ID, schema.MIGRATIONS, rows)


def _migrating(_: Path, __: np.random.Generator) -> Sequence[Step]:
    return [lambda: Verdicts().close()]


# Files


def _hashes(*patterns: str) -> Callable[[Path], State]:
    """Return what files there are and what is in them: a part of one is none of the states there may be."""

    def state(folder: Path) -> State:
        found = sorted(path for pattern in patterns for path in folder.glob(pattern) if path.is_file())
        return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in found}

    return state


def _command(*words: object) -> Step:
    def step() -> None:
        args = cli.make_parser().parse_args([str(word) for word in words])
        if status := args.run(args):
            raise OSError(0, f"exit status {status}", str(words[-1]))

    return step


def _some_cats(folder: Path) -> None:
    for name in "abc":
        write_cats(folder / f"{name}.ndjson", 300, 1000 + 400 * "abc".index(name))


def _before_exporting(folder: Path) -> None:
    """Made as a merge is, since then the time of a verdict is not the time of the test."""
    _some_cats(folder)
    names = [(str(1000 + k), REASONS[k % 5]) for k in range(300)]
    with Verdicts() as store:
        store.take_over(Theirs(name, reason, "", WHEN, {"key_id": name}) for name, reason in names)


def _exporting(folder: Path, _: np.random.Generator) -> Sequence[Step]:
    a = folder / "a.ndjson"
    return [
        _command("export", "--out", folder / "out.csv"),
        _command("export", "--sheet", a, "--out", folder / "out.svg"),
        _command("convert", a, folder / "out.inkml"),
        _command("convert", a, folder / "out.ndjson.gz"),
        _command("convert", "--simplify", folder / "b.ndjson", folder / "out.bin"),
    ]


def _cleaning(folder: Path, _: np.random.Generator) -> Sequence[Step]:
    files = [folder / f"{name}.ndjson" for name in "abc"]

    def clean(*which: Path) -> Step:
        return _with(Verdicts, lambda store: clean_folder(which, folder / "out", store))

    return [clean(*files[:1]), clean(*files[1:]), clean(*files)]


def _scoring(folder: Path, _: np.random.Generator) -> Sequence[Step]:
    return [_command("rank", folder / "a.ndjson", "--out", folder / "out.csv"),
            _command("rank", folder / "a.ndjson", folder / "b.ndjson", "--out", folder / "out.csv")]  # fmt: skip


def ranked(folder: Path) -> State:
    """The drawings of a ranking. Their scores differ in the last digit when they are computed anew."""
    if not (out := folder / "out.csv").exists():
        return None
    with open(out, newline="") as file:
        rows = list(csv.DictReader(file))
    return sorted([row["key_id"], row["reason"]] for row in rows) + [[not any(None in row.values() for row in rows)]]


def _few_cats(folder: Path) -> None:
    write_cats(folder / "a.ndjson", 20)
    write_cats(folder / "b.ndjson", 20, 5000)


def _before_training(folder: Path) -> None:
    write_shapes(folder / "data", 40)


def _training(folder: Path, _: np.random.Generator) -> Sequence[Step]:
    out = folder / "out.safetensors"
    options = ("--data", folder / "data", "--workers", "0", "--batch", "16", "--epochs", "2", "--hidden", "8")

    def train() -> None:
        resume = ["--resume"] if out.with_name(f"{out.name}.checkpoint").exists() else []
        _command("train", "sketchrnn", *options, *resume, "--out", out)()

    return [train]


def trained(folder: Path) -> State:
    """Whether there are weights. They and a checkpoint are read, so that half a file is an error."""
    import torch
    from safetensors.numpy import load_file

    out = folder / "out.safetensors"
    checkpoint = out.with_name(f"{out.name}.checkpoint")
    if checkpoint.exists():
        torch.load(checkpoint, map_location="cpu", weights_only=True)
    return out.exists() and sorted(load_file(out)) != []


def choices(_: Path) -> State:
    found = settings.load(Play)
    return [found.difficulty, found.player]


def _choosing(_: Path, random: np.random.Generator) -> Sequence[Step]:
    steps: list[Step] = []
    for number in range(8):
        steps.append(lambda n=number: settings.change(Play, player=n, difficulty=("easy", "hard")[n % 2]))
    return steps


WORKS: dict[str, Work] = {
    "flagging": Work(_nothing, _flagging, verdicts),
    "playing": Work(_nothing, _playing, rounds),
    "merging": Work(_before_merging, _merging, verdicts),
    "forgetting": Work(_before_forgetting, _forgetting, both),
    "migrating": Work(_before_migrating, _migrating, verdicts),
    "exporting": Work(_before_exporting, _exporting, _hashes("out.*")),
    "cleaning": Work(_before_exporting, _cleaning, _hashes("out/*")),
    "choosing": Work(_nothing, _choosing, choices),
    "scoring": Work(_few_cats, _scoring, ranked, ("torch", "sklearn", "qdesk.scoring.scorer")),
    "training": Work(_before_training, _training, trained, ("torch", "qdesk.training.sketchrnn")),
}


def can_be_done(work: str) -> bool:
    """Whether the weights are here that a work needs."""
    needed = (paths.CLASSIFIER, paths.SKETCHRNN) if work == "scoring" else ()
    return all(paths.model(name).is_file() for name in needed)


def litter(folder: Path) -> list[str]:
    """Return the files that a fault may leave and the next start has to clear away."""
    found: list[str] = []
    with suppress(OSError):
        found = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix == ".part"]
        found += [str(path.relative_to(folder)) for path in folder.rglob(".clean-*")]
    return sorted(found)
