"""The figures of README.md and of the model cards: `python -m qdesk.training.documents write --results FILE...`.

They are copied from the results of the steps of `qdesk.training.everything`. Each table stands between its own marks
(`qdesk.stats.intervals.rewrite`), and the text that people wrote around them stays. The results are: classifier.json
(`qdesk evaluate --out`), live.json, ranking.json and official.json (`qdesk bench ... --json`, the last with Google's
decoder of flamingos), and data.json (`python -m qdesk.training.documents count`). The figures of a network on the test
split, from the end of its training, are in the header of its weights.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from qdesk.data.synthetic_junk import KINDS
from qdesk.files import atomic_write
from qdesk.nets import weights
from qdesk.stats.intervals import grid_lines, rewrite
from qdesk.training.data import load

WORST = 10
"""How many words are named that the classifier is worst at."""

WHAT = {
    "strokes": "simplified drawings, 345 words, about 185 each, a few words up to 4,800",
    "strokes_more": "simplified drawings of 300 words that came later",
    "raw_more": "drawings with times that came later, simplified",
    "generated": "drawings of 96 words, sampled from Google's official Sketch-RNN decoders: for training alone",
    "dreams": "drawings of all words, sampled from an earlier Sketch-RNN of this project: for the classifier alone",
    "bitmaps, bitmaps_thin": "28x28 pictures, without those of held-out drawings: for the classifier alone",
}
"""What each folder of training data holds, as the model card says it."""

ORDERS = {
    "junk": "**`junk`, the combined order**",
    "p_word": "`p_word`, the classifier alone (cleanlab's self-confidence)",
    "cleanlab weighted entropy": "cleanlab, confidence-weighted entropy",
    "lift": "`lift`",
    "IsolationForest": "scikit-learn's IsolationForest on the classifier's embeddings",
    "LocalOutlierFactor": "scikit-learn's LocalOutlierFactor on the classifier's embeddings",
    "loss_per_point": "`loss_per_point`, the usual ranking by Sketch-RNN",
    "doodlenet": "DoodleNet, a public network: minus the log of the word's probability",
    "trekhleb": "machine-learning-experiments' network, the same",
}
"""The orders of `qdesk bench ranking` that README shows, with their titles there."""


class Results:
    """The results of the steps. Calling it returns one figure of one result.

    files: the JSON files. root: the top of the repository. Raises ValueError for a figure or result that is missing.
    """

    def __init__(self, files: Sequence[Path], root: Path) -> None:
        self._found = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}
        self._root = root

    def __call__(self, name: str, figure: str) -> float:
        found = self.all(name)
        if found.get(figure) is None:
            raise ValueError(f"{name}.json has no figure {figure!r}")
        return found[figure]

    def all(self, name: str) -> dict:
        if name not in self._found:
            raise ValueError(f"there is no {name}.json among the results")
        return self._found[name]

    def interval(self, name: str, figure: str, say: Callable[[float], str], unit: str = "") -> str:
        """Return the figure with its interval, as "77.1 % (76.0 to 78.3)"."""
        ends = [
            self(name, f"{figure} ({end})" if name != "classifier" else f"{figure}_{end}") for end in ("low", "high")
        ]
        return f"{say(self(name, figure))}{unit} ({' to '.join(map(say, ends))})"

    def tested(self, network: str) -> dict[str, float]:
        """Return the figures of a network on the test split, from the end of its training."""
        path = self._root / "models" / f"{network}.safetensors"
        if not (tested := weights.about(path)["about"].get("test")):
            raise ValueError(f"{path} was not tested: its training is not done")
        return tested

    def words(self, network: str) -> list[dict[str, str]]:
        """Return the line of every word in a network's table in models/."""
        with (self._root / "models" / f"{network}.words.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


# The tables


def guesses(found: Results) -> str:
    """Return the table of README on how often the guess is right, at the end and during a round."""
    top = "; ".join(found.interval("classifier", name, _percent, " %") for name in ("top_1", "top_3"))
    soon = ", ".join(
        found.interval("live", f"recognised by each second: {second} s: all", _percent, " %") for second in (5, 20)
    )
    seconds = found("live", "rounds as a whole: median time to recognition, s: all")
    words = len(found.all("classifier")["words"])
    return _table(
        ["", ""],
        [f"the right one of {words} words guessed first; among the first three", top],
        [
            "recorded drawings recognised within 5 s and 20 s, played as rounds; median time "
            "([docs/live.md](docs/live.md))",
            f"{soon}; {seconds:.1f} s",
        ],
    )


def real_junk(found: Results) -> str:
    """Return the part of README on real junk: what each order finds of it, and what is said of it."""
    columns = {"average precision": "average precision", "worst 2 %": "in the worst 2 %", "worst 5 %": "worst 5 %"}
    rows = []
    for order, name in ORDERS.items():
        if f"real junk: {order}: average precision" not in found.all("ranking"):
            continue  # without cleanlab or the public networks there are no such figures
        figures = [found.interval("ranking", f"real junk: {order}: {column}", _three) for column in columns]
        rows.append([name, *(f"**{figure}**" if order == "junk" else figure for figure in figures)])

    def said(group: str, column: str) -> str:
        return found.interval("ranking", f"real junk, kind by kind: {group}: {column}", _percent, " %")

    def between(sets: str) -> str:
        return _three(found("ranking", f"real junk, doubtful in between: junk: {sets}"))

    def count(what: str) -> str:
        return found.interval("ranking", f"real junk, how many: all: {what}", lambda number: f"{number:.0f}")

    text = (
        f"Given the right reason: {said('all clear junk', 'right reason')} of the junk. Honest drawings given a reason "
        f"of junk: {said('honest', 'given a junk reason')}. Drawings that a fair curator would hesitate over lie in "
        f"between: AUC {between('doubtful / honest')} against honest ones, {between('clear / doubtful')} of clear junk "
        f"against them. Junk expected by `p_junk`: {count('expected')}; labelled: {count('clear junk')} clear, "
        f"{count('clear and doubtful')} with the doubtful."
    )
    return f"{_table(['junk that people labelled, found', *columns.values()], *rows)}\n\n{_paragraph(text)}"


def planted_junk(found: Results) -> str:
    """Return the part of README on planted junk, on wrong words and on bad flamingos."""
    held_out = found("classifier", "drawings")
    junk = held_out // 100 * len(KINDS)  # as `qdesk.bench.ranking` plants it
    share = 100 * junk / (held_out + junk)

    def planted(order: str) -> str:
        return f"`{order}` {_three(found('ranking', f'planted junk: {order}: found'))}"

    def wrong(order: str) -> str:
        return f"`{order}` {_three(found('ranking', f'wrong category: {order}: AUC'))}"

    def flamingos(order: str, sets: str, name: str = "ranking") -> str:
        return _three(found(name, f"the seed's flamingos: {order}: {sets}"))

    text = (
        f"Of junk that this project drew itself, {share:.1f} % of a list, found by who reviews the worst "
        f"{share + 1:.1f} %: {planted('junk')}, {planted('p_word')}, {planted('lift')}, {planted('loss_per_point')}. "
        f"A drawing of another word against the word's own, mean AUC over the words: {wrong('p_word')}, "
        f"{wrong('junk')}, {wrong('lift')}. The flamingos of the highest loss against random ones: "
        f"{flamingos('loss_per_point', 'worst / random')} by `loss_per_point`, "
        f"{flamingos('loss_per_point', 'worst / random', 'official')} with Google's own decoder of flamingos. Among "
        f"bad flamingos sorted by hand, graffiti, scribbles and cheats against honest bad drawings: "
        f"{flamingos('junk', 'junk / honest')} by `junk`, {flamingos('loss_per_point', 'junk / honest')} by "
        "`loss_per_point`."
    )
    return _paragraph(text)


def data(found: Results) -> str:
    """Return the table of the model card on how many drawings per folder train, validate and test."""
    rows = [
        [f"`{folder.replace(', ', '`, `')}`", WHAT.get(folder, ""), *(f"{counts[part]:,}" if part in counts else ""
         for part in ("train", "validation", "test"))]
        for folder, counts in found.all("data").items()
    ]  # fmt: skip
    return _table(["data", "what", "to train on", "to validate", "to test"], *rows)


def classifier(found: Results) -> str:
    """Return the table of the model card on the classifier's figures."""
    tested = found.tested("classifier")
    beside = "" if tested["drawings"] == found("classifier", "drawings") else f" (of {tested['drawings']:,})"
    rows = [
        [title, found.interval("classifier", name, say, unit)]
        for title, name, say, unit in (
            ("top-1", "top_1", _percent, " %"),
            ("top-3", "top_3", _percent, " %"),
            ("top-5", "top_5", _percent, " %"),
            ("MAP@3", "map_at_3", _three, ""),
            ("top-1, mean over the words", "balanced_accuracy", _percent, " %"),
            ("cross entropy, calibrated", "cross_entropy", _three, " nats"),
        )
    ]
    rows.insert(5, ["AUC, mean over the words", f"{found('classifier', 'auc'):.4f}"])
    rows.append(["expected calibration error, 15 bins", _three(found("classifier", "calibration_error"))])
    rows += [
        [f"the {name} branch alone, top-1{beside}", f"{_percent(tested[figure])} %"]
        for name, figure in (("picture", "top1_picture"), ("stroke", "top1_strokes"))
    ]
    return _table([f"on {found('classifier', 'drawings'):,} drawings not trained on", ""], *rows)


def weak_words(found: Results) -> str:
    """Return the sentence of the model card on the words that the classifier is worst at."""
    lines = found.words("classifier")
    worst = sorted(lines, key=lambda line: float(line["recall"]))[:WORST]
    said = ", ".join(f"`{line['word']}` {100 * float(line['recall']):.0f} %" for line in worst)
    each = np.median([int(line["drawings"]) for line in lines])
    return textwrap.fill(
        f"What it is not good at: {said} (of some {each:.0f} test drawings each: these are rough).", 120
    )


def sketchrnn(found: Results) -> str:
    """Return the table of the model card on the Sketch-RNN's figures."""
    tested = found.tested("sketchrnn")
    names = {
        "nats a point, with the word": "nats_per_point",
        "nats a point, without a word": "nats_per_point_no_word",
        "nats a point, with a wrong word": "nats_per_point_wrong_word",
        "right word or wrong one, AUC by loss per point": "wrong_word_auc_loss_per_point",
        "right word or wrong one, AUC by lift": "wrong_word_auc_lift",
    }
    rows = ([title, _three(tested[name])] for title, name in names.items())
    return _table([f"on {tested['drawings']:,} drawings not trained on", ""], *rows)


def official(found: Results) -> str:
    """Return the table of the model card that compares nats per point with Google's own decoders."""
    rows = (
        [line["word"], line["drawings"], line["nats_per_point"], line["official_nats_per_point"]]
        for line in found.words("sketchrnn")
        if line["official_nats_per_point"]
    )
    return _table(["nats a point", "drawings", "this", "official"], *rows)


PLACES: dict[str, dict[str, Callable[[Results], str]]] = {
    "README.md": {"guesses": guesses, "real junk": real_junk, "planted junk": planted_junk},
    "models/README.md": {
        "data": data, "classifier": classifier, "weak words": weak_words, "sketchrnn": sketchrnn, "official": official,
    },
}  # fmt: skip
"""The functions that make each table, by document and by the name of the place in it."""


def write(files: Sequence[Path], root: Path) -> None:
    """Write the tables into the documents of the repository `root`. Where a figure is missing, nothing is written."""
    found = Results(files, root)
    told = [
        (root / document, place, table(found)) for document, each in PLACES.items() for place, table in each.items()
    ]
    for path, place, text in told:
        rewrite(path, text, place)


def _table(*rows: list[str]) -> str:
    return "\n".join(grid_lines(list(rows)))


def _paragraph(text: str) -> str:
    """Return the text in lines of at most 120 characters, none of which begins with a % sign."""
    return textwrap.fill(text.replace(" %", "\u00a0%"), 120)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _three(value: float) -> str:
    return f"{value:.3f}"


# What there is to train on


def count(
    folders: Sequence[Path], extra: Sequence[Path], report: Callable[[str], None] = lambda text: None
) -> dict[str, dict[str, int]]:
    """Return how many drawings of each folder train, validate and test.

    Folders of bitmaps are counted together, since bitmaps that show a held-out drawing are dropped from all of them at
    once.
    """
    corpus = load(folders, extra, report=report)
    counts: dict[str, dict[str, int]] = {}
    parts = {"train": corpus.real, "validation": corpus.validation, "test": corpus.test}
    for folder in folders:
        of = {part: _under(folder, drawings.column("source")) for part, drawings in parts.items()}
        if any(of.values()):
            counts[folder.name] = of
    for folder in extra:
        counts[folder.name] = {"train": _under(folder, corpus.extra.column("source"))}
    if pictures := [folder.name for folder in folders if folder.name not in counts]:
        counts[", ".join(pictures)] = {"train": len(corpus.bitmaps)}
    return counts


def _under(folder: Path, sources: np.ndarray) -> int:
    return sum(str(source).startswith(f"{folder}/") for source in sources)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m qdesk.training.documents", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="what", required=True, metavar="write|count")
    one = commands.add_parser("write", help="write the figures into README.md and models/README.md")
    one.add_argument("--results", type=Path, nargs="+", required=True, metavar="FILE", help="what the steps found")
    one.add_argument("--root", type=Path, default=Path(), metavar="DIR", help="the repository (default: this folder)")
    two = commands.add_parser("count", help="count the drawings that there are to train, validate and test on")
    two.add_argument("--data", type=Path, nargs="+", required=True, metavar="DIR", help="the folders trained on")
    two.add_argument("--extra", type=Path, nargs="+", default=[], metavar="DIR", help="for training alone")
    two.add_argument("--out", type=Path, required=True, metavar="FILE", help="the JSON to write")
    options = parser.parse_args(arguments)
    if options.what == "write":
        try:
            write(options.results, options.root)
        except (OSError, ValueError) as error:
            print(f"qdesk: {error}", file=sys.stderr)
            return 1
    else:
        counts = count(options.data, options.extra, lambda text: print(text, file=sys.stderr))
        with atomic_write(options.out) as part:
            part.write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
