"""The command line: every command a thin call of the library.

Exit status: 0 done, 1 the work failed (one sentence on stderr), 2 wrong usage, 130 interrupted. Data goes to stdout or
`--out`, progress to stderr. Nothing heavy is imported before a command needs it: `qdesk --help` is quick.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from qdesk import __version__
from qdesk.training import options

Command = Callable[[argparse.Namespace], int]

FORMATS = "simplified or raw .ndjson, official .bin, bitmaps .npy, Sketch-RNN .npz, each also gzipped"
WHAT = ("simplified", "raw", "binary", "bitmap", "sketchrnn", "model")
PARTS = ("all", "validation", "test")
RANK_BY = ("junk", "loss", "loss_per_point", "lift", "p_word", "p_top", "strokes", "points")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (default: the process's) and return its exit status."""
    # Two torch threads that spin while they wait take each other's core: has to be set before torch is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    argv = sys.argv[1:] if argv is None else list(argv)
    parser = make_parser()
    try:
        args = parser.parse_args(argv)
    except SystemExit as stop:  # --help, --version, wrong usage
        return int(stop.code or 0)
    try:
        status = args.run(args)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        print("qdesk: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output, as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("QDESK_DEBUG") or not is_plain(error):
            raise
        print(f"qdesk: {sentence(error)}", file=sys.stderr)
        return 1


def is_plain(error: Exception) -> bool:
    """Whether an error's text is meant for the person at the shell. Anything else is a bug and keeps its traceback."""
    return isinstance(error, OSError | ValueError) or type(error).__module__.split(".")[0] == "qdesk"


def sentence(error: Exception) -> str:
    """What went wrong, on one line."""
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename is not None else error.strerror
    else:
        text = str(error) or type(error).__name__
    return " ".join(text.split())


# The commands. Each imports what it needs and nothing more.


def _window(page: str | None) -> Command:
    def run(args: argparse.Namespace) -> int:
        from qdesk.gui.app import main as window

        return window(page, [str(path) for path in getattr(args, "files", ())])

    return run


def _data(name: str) -> Command:
    def run(args: argparse.Namespace) -> int:
        from qdesk import commands

        return getattr(commands, name)(args)

    return run


def _train(module: str) -> Command:
    def run(args: argparse.Namespace) -> int:
        import importlib

        return importlib.import_module(f"qdesk.training.{module}").run(args)

    return run


def _evaluate(args: argparse.Namespace) -> int:
    from qdesk.evaluation import command

    return command.run(args)


def _bench(args: argparse.Namespace) -> int:
    from qdesk.bench import machine

    if args.what == "machine":
        return machine.run(args)
    if args.what == "million":
        from qdesk.bench import million

        return million.run(args)
    if not args.data:
        needs = {
            "ranking": "the folders that the networks were trained on",
            "live": "raw drawings, and simplified ones",
            "curating": "the folders that the networks were trained on",
        }
        print(f"qdesk: bench {args.what} needs --data: {needs[args.what]}", file=sys.stderr)
        return 2
    return getattr(machine, f"run_{args.what}")(args)


def _experiment(args: argparse.Namespace) -> int:
    from qdesk.replications import run

    return run.run(args)


# The parser


def make_parser() -> argparse.ArgumentParser:
    """The parser of every command; the chosen one's function is `args.run`."""
    parser = argparse.ArgumentParser(
        prog="qdesk",
        description="Play Quick, Draw! against a local CNN, and curate Quick, Draw! data by Sketch-RNN loss. "
        "Without a command: the window.",
        epilog="Example: qdesk rank flamingo.ndjson --top 100 --out scores.csv",
    )
    parser.add_argument("--version", action="version", version=f"qdesk {__version__}")
    parser.set_defaults(run=_window(None))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, run: Command, about: str, more: str, example: str) -> argparse.ArgumentParser:
        text = f"{about[0].upper()}{about[1:]}. {more}".strip()
        one = commands.add_parser(name, help=about, description=text, epilog=f"Example: {example}")
        one.set_defaults(run=run)
        return one

    command("play", _window("play"), "open the window at Play", "Draw a word before 20 seconds are over.", "qdesk play")

    curate = command(
        "curate", _window("curate"), "open the window at Curate",
        "Drawings are ranked, looked at and flagged there.", "qdesk curate flamingo.ndjson",
    )  # fmt: skip
    _files(curate, "*")

    command(
        "lab", _window("lab"), "open the window at Lab",
        "Networks are trained, watched while they learn, and evaluated there.", "qdesk lab",
    )  # fmt: skip

    rank = command(
        "rank", _data("rank"), "rank drawings, the worst first, as a table",
        "Columns: rank, key_id, word, source, row, strokes, points, junk, loss, loss_per_point, lift, p_word, "
        "top_guess, p_top, reason. loss is in nats, lift = log p(drawing | word) - log p(drawing); what is not known "
        "is left empty. As .html: the worst drawings themselves, as a page to look at, in one file.",
        "qdesk rank flamingo.ndjson --top 100 --out scores.csv",
    )  # fmt: skip
    _files(rank, "+")
    rank.add_argument("--word", metavar="W", help="score as drawings of this word instead of each drawing's own")
    rank.add_argument("--model", metavar="M", type=Path, help="Sketch-RNN weights: qdesk's own file or a *.gen.json")
    rank.add_argument("--by", metavar="COLUMN", choices=RANK_BY, default="junk", help=f"one of {', '.join(RANK_BY)}")
    rank.add_argument(
        "--top", metavar="N", type=_count, help="only the first N lines; default all, of a page the first 200"
    )
    rank.add_argument("--out", metavar="FILE", type=_ranking, help="a .csv, .parquet or .html; default CSV to stdout")
    rank.add_argument(
        "--no-cache", dest="cache", action="store_false", help="score everything anew, and keep nothing for next time"
    )

    guess = command(
        "guess", _data("guess"), "what the classifier sees in each drawing, as CSV",
        "Columns: key_id, word, source, row, p_word, guess_1, p_1, and so on; one line a drawing, in the file's order.",
        "qdesk guess flamingo.ndjson --top 5 --out guesses.csv",
    )  # fmt: skip
    _files(guess, "+")
    guess.add_argument("--top", metavar="K", type=_count, default=3, help="guesses a drawing; default 3")
    guess.add_argument(
        "--model", metavar="M", type=Path, help="a classifier's .safetensors file; default the shipped one"
    )
    guess.add_argument("--out", metavar="FILE", type=Path, help="a CSV file; default stdout")

    evaluate = command(
        "evaluate", _evaluate, "how good the guesses are, as JSON and as a page to look at",
        "Accuracy, balanced accuracy, specificity, Matthews correlation, Jaccard, AUC and ROC, calibration, the "
        "confusion matrix and the surest mistakes; docs/evaluate.md names and explains every number. Drawings without "
        "a word, or with one that the network does not know, are counted and left out; copies of a drawing count once.",
        "qdesk evaluate drawings --part test --out report.json --html report.html",
    )  # fmt: skip
    evaluate.add_argument("files", metavar="FILE", nargs="+", type=Path, help=f"{FORMATS}; or folders of them")
    evaluate.add_argument(
        "--model", metavar="M", type=Path, help="a classifier's .safetensors file; default the shipped one"
    )
    evaluate.add_argument(
        "--words", type=options.words, metavar="A,B,C",
        help="only drawings of these words, and only these can be guessed: their probabilities are divided by their "
        "sum, as if the network knew no others; one with a comma in it in double quotes; default all that it knows",
    )  # fmt: skip
    evaluate.add_argument(
        "--part", choices=PARTS, default="all",
        help="of all drawings, the twentieth that `qdesk train` validates or tests on (of bitmaps, where it trains on "
        "bitmaps alone); default all",
    )  # fmt: skip
    evaluate.add_argument("--csv", metavar="FILE", type=_table, help="a line a word, as .csv or .parquet")
    evaluate.add_argument("--out", metavar="FILE", type=Path, help="a JSON file; default stdout")
    evaluate.add_argument("--html", metavar="FILE", type=Path, help="a report to open in a browser, in one file")

    _train_parsers(commands)

    get = command(
        "get", _data("get"), "download official Quick, Draw! files",
        "Each file's path is printed on stdout. A file that is already there whole is not fetched again.",
        'qdesk get flamingo "The Eiffel Tower" --what raw',
    )  # fmt: skip
    get.add_argument("words", metavar="WORD", nargs="+", help="a category, as in the official list")
    get.add_argument("--what", choices=WHAT, default="simplified", help="which of its files; default simplified")
    get.add_argument("--base-url", metavar="URL", help="another server with the same folders")

    convert = command(
        "convert", _data("convert"), "write drawings in another format",
        f"Reads {FORMATS}. The output's name says what is written: .ndjson (with times where there are any), "
        ".raw.ndjson, .simplified.ndjson, .bin, or .npy for bitmaps, each also with .gz; .svg, .png and .pdf are "
        "contact sheets to look at.",
        "qdesk convert flamingo.raw.ndjson flamingo.ndjson --simplify",
    )  # fmt: skip
    convert.add_argument("input", metavar="IN", type=Path, help="the file to read")
    convert.add_argument("output", metavar="OUT", type=Path, help="the file to write")
    convert.add_argument("--simplify", action="store_true", help="make raw drawings simplified, by the official recipe")

    about = "the drawings' y axis points up, as in plots: turn them over; bitmaps stay as they are"
    for one in (rank, guess, evaluate, convert):
        one.add_argument("--y-up", action="store_true", help=about)

    export = command(
        "export", _data("export"), "your flags as CSV, data without the flagged drawings, or pictures",
        "Columns: key_id, word, reason, note, rank, junk, loss_per_point, loss, lift, p_word, countrycode, timestamp, "
        "recognized, source, row, flagged_at; of --all also identity.",
        "qdesk export --clean flamingo.ndjson --out flamingo-clean.ndjson",
    )  # fmt: skip
    export.add_argument("--out", metavar="FILE", type=Path, help="the file to write; default stdout for the CSV")
    what = export.add_mutually_exclusive_group()
    what.add_argument(
        "--all", action="store_true", help="the CSV of all your verdicts, the kept drawings too: for `qdesk merge`"
    )
    what.add_argument(
        "--clean", metavar="IN", type=Path, nargs="+",
        help="write this file's drawings without the flagged ones; of several files, to the folder that --out names",
    )  # fmt: skip
    what.add_argument(
        "--sheet", metavar="FILE", type=Path, nargs="+",
        help="a contact sheet of the flagged drawings in these files, the worst first: .pdf, .png or .svg",
    )  # fmt: skip
    what.add_argument(
        "--replay", metavar="FILE", type=Path, help="one drawing of this file as it was drawn: .gif or .svg"
    )
    what.add_argument(
        "--played", metavar="PLAYER", nargs="?", const="",
        help="what this player (default: everybody) drew in Play, as raw .ndjson or .ndjson.gz",
    )  # fmt: skip
    export.add_argument("--key", metavar="K", help="which one: its key_id, its row (from 0), or its content name")
    export.add_argument("--side", metavar="PX", type=_side, default=256, help="of the replay, 32 to 512; default 256")

    merge = command(
        "merge", _data("merge"), "take over other people's verdicts; where they differ, yours stay",
        "Reads what `qdesk export --all` writes. Each file is one step to undo in the window. Prints open conflicts "
        "as CSV: key_id, identity, word, mine, theirs, my_note, their_note, name, source, row. A conflict is "
        "settled when you decide about its drawing again, also with the same verdict.",
        "qdesk merge ann.csv ben.csv --conflicts conflicts.csv",
    )  # fmt: skip
    merge.add_argument("files", metavar="CSV", nargs="+", type=Path, help="what `qdesk export --all` wrote elsewhere")
    merge.add_argument("--conflicts", metavar="FILE", type=Path, help="a CSV file for the conflicts; default stdout")

    machine = command(
        "bench", _bench, "what this machine does, or what the ranking and the game are worth",
        "machine (the default): matrix peak, scoring, raster, guess latency, loading, ranking, the window's start; "
        "takes about a minute. ranking: what the ranking finds of planted junk and of wrong words among drawings that "
        "the networks never saw, with intervals, and what cleanlab and scikit-learn find of the same; takes about two "
        "minutes and needs --data. live: raw drawings that the classifier never saw, played as rounds at their own "
        "times: the share recognised by each second; takes a few minutes and needs --data. million: Curate with a "
        "million drawings: opening, sorting, filtering, scrolling, judging, memory; takes a few minutes. curating: "
        "what 'more like these' finds, and what the learned order brings; takes two minutes and needs --data.",
        "qdesk bench --json",
    )  # fmt: skip
    about = ["machine", "ranking", "curating", "live", "million"]
    machine.add_argument("what", nargs="?", choices=about, default="machine")
    machine.add_argument("--json", action="store_true", help="one flat JSON object of numbers instead of a table")
    machine.add_argument(
        "--data", metavar="DIR", nargs="+", type=Path, help="ranking, live, curating: the folders that were trained on"
    )
    machine.add_argument(
        "--count", metavar="N", type=int, default=1_000_000, help="million: how many drawings (default: %(default)s)"
    )
    machine.add_argument("--docs", metavar="FILE", type=Path, help="the same: a Markdown file to put them in")
    machine.add_argument(
        "--flamingos", metavar="DIR", type=Path, help="ranking: bad_flamingos, a folder sorted by hand"
    )
    machine.add_argument(
        "--model", metavar="M", type=Path,
        help="ranking: another Sketch-RNN than the shipped one; of an official .gen.json the flamingos alone are asked",
    )  # fmt: skip
    machine.add_argument(
        "--junk", metavar="J", type=Path, help="ranking: the combined order that qdesk.training.junk_model fitted for M"
    )
    _experiment_parser(command)
    return parser


def _files(parser: argparse.ArgumentParser, nargs: str) -> None:
    parser.add_argument("files", metavar="FILE", nargs=nargs, type=Path, help=FORMATS)


def _train_parsers(commands: argparse._SubParsersAction) -> None:
    train = commands.add_parser(
        "train",
        help="train one of the networks",
        description="Train one of the networks on folders of drawings: any words, any number. Each network has its own "
        "--help.",
        epilog="Example: qdesk train classifier --data drawings --words cat,sheep --out mine.safetensors",
    )
    kinds = train.add_subparsers(title="networks", metavar="NETWORK", required=True)
    for name, about, arguments in (
        ("classifier", "the CNN that guesses", options.classifier_arguments),
        ("sketchrnn", "the Sketch-RNN that scores", options.sketchrnn_arguments),
    ):
        one = kinds.add_parser(
            name,
            help=about,
            description=options.ABOUT.format(about=about),
            epilog=f"Example: qdesk train {name} --data drawings --words cat,sheep --minutes 10 --out mine.safetensors",
        )
        arguments(one)
        one.set_defaults(run=_train(name))


def _experiment_parser(command: Callable[..., argparse.ArgumentParser]) -> None:
    from qdesk.replications.protocols import EXPERIMENTS

    each = "; ".join(f"{name}: {experiment.about}" for name, experiment in EXPERIMENTS.items())
    parser = command(
        "experiment", _experiment, "repeat what others published, their figures beside ours",
        f"{each}. Every drawing is guessed by methods that learned from other drawings (five-fold cross-validation, "
        "twice); prints a table in Markdown with 95 % intervals. Takes one to four minutes.",
        "qdesk experiment cat-sheep --data strokes bitmaps",
    )  # fmt: skip
    parser.add_argument("name", metavar="NAME", choices=EXPERIMENTS, help=f"one of {', '.join(EXPERIMENTS)}")
    parser.add_argument("--data", metavar="DIR", nargs="+", type=Path, required=True, help="folders of drawings")
    parser.add_argument(
        "--per-class", metavar="N", type=_count,
        help="drawings of each word at most; default as many as the author took, where there are so many",
    )  # fmt: skip
    parser.add_argument("--seed", metavar="S", type=int, default=0, help="of every random choice; default 0")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument(
        "--docs", metavar="FILE", type=Path, help="also put the table into FILE, between <!-- NAME --> and its end"
    )


def _count(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return number


def _table(text: str) -> Path:
    if not text.lower().endswith((".csv", ".parquet")) and not text.startswith("/dev/"):
        raise argparse.ArgumentTypeError(f"{text!r} ends neither in .csv nor in .parquet")
    return Path(text)


def _ranking(text: str) -> Path:
    if text.lower().endswith((".html", ".htm")):
        return Path(text)
    try:
        return _table(text)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"{text!r} ends in none of .csv, .parquet and .html") from None


def _side(text: str) -> int:
    if not text.isdecimal() or not 32 <= int(text) <= 512:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 32 to 512")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
