"""Make all that is made of data: `python -m qdesk.training.everything --data DIR`, or `make models DATA=DIR`.

It makes the networks in `models/` and what is fitted to them, the word list, the starter set, and the figures in the
documents. `STEPS` is the recipe, from top to bottom. What is up to date is left alone (`qdesk.training.making` compares
contents). The rest is made in the order of the recipe. A run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qdesk import paths
from qdesk.training.making import MADE, Recipe, Step, Stopped

ROOT = Path(__file__).resolve().parents[2]

# The recipe

SIMPLIFIED = "DATA/strokes DATA/strokes_more"
TRAINED_ON = f"{SIMPLIFIED} DATA/raw_more"
PLAYED = f"DATA/raw DATA/raw_more {SIMPLIFIED}"
PICTURES = "DATA/bitmaps DATA/bitmaps_thin"

CLASSIFIER, SKETCHRNN = "models/classifier.safetensors", "models/sketchrnn.safetensors"
PROJECTION, JUNK = "models/projection.safetensors", "models/junk.safetensors"
LETTERS = "models/letters.safetensors"
SCORES = (CLASSIFIER, SKETCHRNN, PROJECTION, LETTERS, JUNK)

EXPERIMENTS = ("cat-sheep", "five", "ten", "bears")
"""The names of the experiments in `qdesk.replications`, a package that this one does not import."""

# Code that each step uses. Only what decides on the result is named, not all that runs.
LOOP = ("qdesk/training/loop.py", "qdesk/training/run.py")
SPLIT = ("qdesk/training/data.py", "qdesk/data/simplify.py")
GUESS = (
    "qdesk/nets/classifier.py", "qdesk/data/raster.py", "qdesk/data/point_sequences.py", "qdesk/scoring/classifier.py",
)  # fmt: skip
LOSS = ("qdesk/nets/sketchrnn.py",)
SCORED = (*GUESS, *LOSS, "qdesk/scoring/likelihood.py")
SPOILT = (
    "qdesk/data/reasons.py", "qdesk/data/synthetic_junk.py",
    *(f"qdesk/data/junk/{name}.py" for name in ("fonts", "hand", "marks", "rude", "scribbles", "texts", "writing")),
)  # fmt: skip
PLANTED = (
    *SPOILT, "qdesk/bench/orders.py", "qdesk/bench/ranking.py", "qdesk/stats/order_metrics.py",
    "qdesk/scoring/junk_model.py",
)  # fmt: skip
GAME = (
    *(f"qdesk/game/{name}.py" for name in ("commentary", "guess_scheduler", "replay", "round")),
    "qdesk/training/held_out.py",
)

STEPS = (
    # The classifier learns from dreams of an earlier Sketch-RNN. That network is not an input here: else each new
    # Sketch-RNN would make the dreams out of date, and they the classifier, in a circle. So dreams are made once, by
    # the Sketch-RNN that is shipped at the time, and kept. To make new ones, delete WORK/dreams.
    Step(
        "dreams", ("WORK/dreams",), (),
        "python -m qdesk.training.dreams --each 400 --out WORK/dreams/own.ndjson.gz", once=True,
    ),
    Step(
        "classifier", (CLASSIFIER,),
        (*SPLIT, *GUESS, *LOOP, "qdesk/data/bitmap_frame.py",
         *(f"qdesk/training/{name}.py" for name in ("augment", "classifier", "samples", "teachers"))),
        f"qdesk train classifier --data {TRAINED_ON} {PICTURES} --extra DATA/generated WORK/dreams"
        " --teachers DATA/teachers --minutes 235 --batch 256 --rate 2e-3 --workers 1 --seed 31"
        f" --out {CLASSIFIER}", trains=True,
    ),
    Step(
        "sketchrnn", (SKETCHRNN,), (*SPLIT, *LOSS, *LOOP, "qdesk/training/sketchrnn.py", *SPOILT),
        f"qdesk train sketchrnn --data {TRAINED_ON} --extra DATA/generated --minutes 115 --epochs 400 --batch 192"
        f" --rate 2e-3 --seed 32 --out {SKETCHRNN}", trains=True,
    ),
    Step(
        "classifier.words", ("models/classifier.words.csv", "WORK/results/classifier.json"),
        (CLASSIFIER, *SPLIT, *GUESS, "qdesk/evaluation/metrics.py"),
        f"qdesk evaluate {SIMPLIFIED} --part test --csv models/classifier.words.csv --out WORK/results/classifier.json",
    ),
    Step(
        "sketchrnn.words", ("models/sketchrnn.words.csv",), (SKETCHRNN, *SPLIT, *LOSS, "qdesk/training/model_card.py"),
        f"python -m qdesk.training.model_card --data {SIMPLIFIED} --official DATA/official_sketchrnn"
        " --out models/sketchrnn.words.csv",
    ),
    Step(
        "letters", (LETTERS,), (SKETCHRNN, *SPLIT, *LOSS, *SPOILT, "qdesk/nets/letters.py", "qdesk/scoring/letters.py",
                                "qdesk/training/letters.py"),
        f"python -m qdesk.training.letters --data {SIMPLIFIED} --seed 0 --out {LETTERS}",
    ),
    # The junk model is fitted to scores, and scoring needs the projection and the letters.
    Step(
        "projection", (PROJECTION,), (CLASSIFIER, *SPLIT, *GUESS, "qdesk/training/projection.py", *SPOILT),
        f"python -m qdesk.training.projection --data {SIMPLIFIED} --seed 0 --out {PROJECTION}",
    ),
    Step(
        "junk", (JUNK,),
        (CLASSIFIER, SKETCHRNN, LETTERS, *SPLIT, *SCORED, *SPOILT, "qdesk/formats/labels.py", "qdesk/nets/junk.py",
         *(f"qdesk/scoring/{name}.py" for name in ("junk_model", "letters")),
         *(f"qdesk/training/{name}.py" for name in ("junk_model", "rude_samples"))),
        f"python -m qdesk.training.junk_model --data {SIMPLIFIED} --labels DATA/labels --rude DATA/rude_decoders"
        f" --seed 0 --out {JUNK}",
    ),
    # As with the dreams, a new Sketch-RNN needs no new icons. Fonts of the system are learned from, too; the weight
    # file's header names them.
    *(
        Step(
            kind, (f"models/{kind}.safetensors",), (*used, "qdesk/nets/pixels.py", "qdesk/training/icons.py"),
            f"python -m qdesk.training.icons {kind} --minutes {minutes} --seed 0 --out models/{kind}.safetensors",
        )
        for kind, minutes, used in (
            ("icons", 5, ("qdesk/nets/sampling.py", "qdesk/data/raster.py")),
            ("hieroglyphs", 3, ()),
        )
    ),
    Step(
        "starter", ("assets/starter.ndjson.gz",),
        (CLASSIFIER, SKETCHRNN, *SPOILT, "qdesk/nets/sampling.py", "qdesk/training/starter_set.py"),
        "python -m qdesk.training.starter_set --seed 1 --out assets/starter.ndjson.gz",
    ),
    Step(
        "words", ("assets/words.json", "docs/words.md#figures"),
        (CLASSIFIER, *SPLIT, *GUESS, *GAME, "qdesk/game/word_senses.py", "qdesk/training/word_list.py"),
        f"python -m qdesk.training.word_list --data {PLAYED} --out assets/words.json --docs docs/words.md",
    ),
    Step(
        "live", ("docs/live.md#figures", "docs/live.svg"), (CLASSIFIER, *SPLIT, *GUESS, *GAME, "qdesk/bench/live.py"),
        f"qdesk bench live --data {PLAYED} --docs docs/live.md --json > WORK/results/live.json",
    ),
    Step(
        "ranking", ("docs/ranking.md#real junk", "docs/ranking.md#figures"),
        (*SCORES, *SPLIT, *SCORED, *PLANTED, "qdesk/bench/baselines.py", "qdesk/bench/real_junk.py",
         "qdesk/formats/labels.py", "qdesk/training/outside.py", "qdesk/training/teachers.py"),
        f"qdesk bench ranking --data {SIMPLIFIED} --labels DATA/labels --teachers DATA/teachers"
        " --flamingos DATA/bad_flamingos --docs docs/ranking.md --json > WORK/results/ranking.json",
    ),
    Step(  # only its figures on flamingos are used: this decoder knows no other word
        "official", (), (*PLANTED, "qdesk/nets/official.py"),
        f"qdesk bench ranking --data {SIMPLIFIED} --flamingos DATA/bad_flamingos"
        " --model DATA/official_sketchrnn/flamingo.gen.json --json > WORK/results/official.json",
    ),
    Step(
        "curating", ("docs/curating.md#figures",),
        (*SCORES, *SPLIT, *SCORED, *PLANTED,
         *(f"qdesk/bench/{name}.py" for name in ("curating", "real_curating", "real_junk")), "qdesk/formats/labels.py",
         "qdesk/curation/view/learned_order.py", "qdesk/scoring/similarity.py"),
        f"qdesk bench curating --data {SIMPLIFIED} --labels DATA/labels --docs docs/curating.md --json"
        " > WORK/results/curating.json",
    ),
    # The last row of each is the shipped classifier's. All others are of methods that use nothing of this project.
    *(
        Step(
            name, (f"docs/experiments.md#{name}",),
            (CLASSIFIER, *SPLIT, *GUESS, *(f"qdesk/replications/{file}.py" for file in
                                           ("methods", "networks", "pictures", "protocols", "run"))),
            f"qdesk experiment {name} --data {SIMPLIFIED} DATA/bitmaps_thin --docs docs/experiments.md"
            f" > WORK/results/{name}.md",
        )
        for name in EXPERIMENTS
    ),
    Step(
        "outside", ("models/README.md#outside",),
        (CLASSIFIER, *SPLIT, *GUESS, *(f"qdesk/training/{name}.py" for name in ("outside", "teachers")),
         "qdesk/training/held_out.py"),
        f"python -m qdesk.training.outside --data {PLAYED} --teachers DATA/teachers --docs models/README.md --json"
        " > WORK/results/outside.json",
    ),
    Step(
        "count", ("WORK/results/data.json",), (*SPLIT, "qdesk/data/bitmap_frame.py"),
        f"python -m qdesk.training.documents count --data {TRAINED_ON} {PICTURES} --extra DATA/generated WORK/dreams"
        " --out WORK/results/data.json",
    ),
    # The documents that figures are copied from are inputs, too, because a clone has no results to compare with.
    Step(
        "documents",
        ("README.md#guesses", "README.md#real junk", "README.md#planted junk", *(
            f"models/README.md#{name}" for name in ("data", "classifier", "weak words", "sketchrnn", "official"))),
        (CLASSIFIER, SKETCHRNN, "models/classifier.words.csv", "models/sketchrnn.words.csv", "docs/live.md#figures",
         "docs/ranking.md#real junk", "docs/ranking.md#figures", "qdesk/training/documents.py"),
        "python -m qdesk.training.documents write --results WORK/results/classifier.json WORK/results/data.json"
        " WORK/results/live.json WORK/results/official.json WORK/results/ranking.json",
    ),
)  # fmt: skip


# The command


def bf16_pays() -> bool:
    """Whether this machine multiplies matrices faster in bfloat16 than in float32. Emulated, it is 100 times slower."""
    import torch

    def seconds(kind: torch.dtype) -> float:
        matrix, best = torch.ones(256, 256, dtype=kind), float("inf")
        for _ in range(5):
            began = time.perf_counter()
            matrix @ matrix
            best = min(best, time.perf_counter() - began)
        return best

    return seconds(torch.bfloat16) < seconds(torch.float32)


def main(arguments: Sequence[str] | None = None, steps: Sequence[Step] = STEPS, root: Path = ROOT) -> int:
    args = _parser([step.name for step in steps]).parse_args(arguments)
    chosen = [step for step in steps if not args.only or step.name in args.only]
    looks = args.check or args.list
    if not (root / "models").is_dir():
        return _stop(f"{root} is no checkout of qdesk: there are no models to be made in it")
    if not looks and not args.record and not args.data and any("DATA/" in step.command for step in chosen):
        return _stop("give the folder of drawings: --data DIR, or make models DATA=DIR", 2)
    if args.data and not args.data.is_dir():
        return _stop(f"there is no folder {args.data}")

    def training() -> list[str]:
        return ["--bf16"] if (bf16_pays() if args.bf16 is None else args.bf16) else []

    work = args.work or paths.user_data() / "models"
    recipe = Recipe(steps, root, work.resolve(), args.data and args.data.resolve(), training)
    try:
        if args.list:
            return _list(recipe, chosen)
        if args.check:
            return _check(recipe, chosen)
        if args.record:
            return _record(recipe, args.record)
        return _make(recipe, chosen, bool(args.only), args.again)
    except Stopped as why:
        return _stop(str(why))
    except KeyboardInterrupt:
        return _stop("interrupted; the same command goes on there", 130)


def _make(recipe: Recipe, chosen: Sequence[Step], named: bool, again: bool) -> int:
    """Make what is not up to date, and return the exit status.

    named: whether the steps were chosen by name. Then their missing files in WORK are made, too, and no other step is
    run. again: whether what is up to date is made, too.
    """
    done = 0
    for step in chosen:
        wrong = recipe.wrong(step)
        if wrong or again or (named and recipe.lacking(step)):
            _say(*_lines(wrong))
            recipe.make(step, [each.name for each in chosen] if named else recipe.steps, _say)
            done += 1
    if not done:
        _say("everything is up to date")
    return 0


def _check(recipe: Recipe, chosen: Sequence[Step]) -> int:
    """Print why each file that is not up to date is not. Return 1 where there is one, else 0."""
    lines = [line for step in chosen for line in _lines(recipe.wrong(step))]
    _say(*lines or ["everything is up to date"], *_not_here(recipe, chosen))
    return 1 if lines else 0


def _list(recipe: Recipe, chosen: Sequence[Step]) -> int:
    """Print each step with its state and its command."""
    stale = {name: step.name for step in recipe.steps.values() if recipe.wrong(step) for name in step.outputs}
    for step in chosen:
        wrong, after = recipe.wrong(step), dict.fromkeys(stale[name] for name in step.inputs if name in stale)
        state = "; ".join(_lines(wrong)) or "up to date" + (f", until {', '.join(after)} is made" if after else "")
        if not wrong and (lacking := recipe.lacking(step)):
            state = f"{', '.join(lacking)} is made when it is needed"
        _say(f"{step.name}: {state}", f"    {step.command}")
    _say(*_not_here(recipe, chosen))
    return 0


def _record(recipe: Recipe, names: Sequence[str]) -> int:
    for name in names:
        recipe.record(recipe.steps[name])
        _say(f"{name}: recorded as made from what is here now")
    _say(*_not_here(recipe, [recipe.steps[name] for name in names], "recorded"))
    return 0


def _lines(wrong: dict[str, str]) -> list[str]:
    return [f"{name} {why}" for name, why in wrong.items()]


def _not_here(recipe: Recipe, steps: Sequence[Step], done: str = "compared") -> list[str]:
    """Return a line that names what could not be `done`, or nothing. A folder that is missing is named as a whole."""
    missing = [top for top in ("DATA", "WORK") if not (where := recipe.path(f"{top}/")) or not where.is_dir()]
    names = [name for step in steps for name in recipe.unseen(step)]
    shown = dict.fromkeys(top if (top := name.partition("/")[0]) in missing else name for name in names)
    return [f"not {done}, because it is not here: {', '.join(shown)}"] if shown else []


def _say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)


def _stop(why: str, status: int = 1) -> int:
    print(f"qdesk: {why}", file=sys.stderr)
    return status


def _parser(names: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m qdesk.training.everything",
        description="Make the models, and all files and figures that depend on them, from a folder of drawings. What "
        f"is up to date is left alone; {MADE} says what everything was made from.",
        epilog=f"STEP is one of {', '.join(names)}. Exit status: 0 done, 1 a step failed or --check found something "
        "that is not up to date, 2 wrong usage.",
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR",
        help="the folder of drawings, with strokes/, strokes_more/, raw/, raw_more/, bitmaps/, bitmaps_thin/, "
        "generated/, labels/, rude_decoders/, teachers/, official_sketchrnn/ and bad_flamingos/",
    )  # fmt: skip
    parser.add_argument(
        "--work", type=Path, metavar="DIR",
        help="the folder for dreams, checkpoints and results (default: models/ in your data folder)",
    )  # fmt: skip
    steps: dict[str, Any] = {"nargs": "+", "choices": names, "metavar": "STEP"}
    parser.add_argument("--only", **steps, help="these steps and no others")
    parser.add_argument("--again", action="store_true", help="make also what is up to date")
    parser.add_argument(
        "--bf16", action=argparse.BooleanOptionalAction, help="train in bfloat16 (default: where it is quicker here)"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="make nothing, say what is not up to date, and why")
    what.add_argument("--list", action="store_true", help="make nothing, show the steps, their state and commands")
    what.add_argument(
        "--record", **steps, help="run nothing: what these steps make was made by their commands from what is here now"
    )
    return parser


if __name__ == "__main__":
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # for the commands: idle threads must not spin on a core
    sys.exit(main())
