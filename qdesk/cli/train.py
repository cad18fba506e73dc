"""`qdesk train`: train one of the networks. Each network has its own options."""

from __future__ import annotations

import argparse
from pathlib import Path

from qdesk.cli.arguments import Commands, count, words

ABOUT = (
    "Train {about} on folders of drawings. One drawing in 20, chosen by its content, is kept to validate on and one to "
    "test on; the weights written are those of the best validation. Progress is shown on stderr and kept in FILE.log; "
    "a checkpoint lies beside FILE while the run lasts. Ctrl+C ends it with everything kept, and the same command with "
    "--resume goes on."
)


def add(commands: Commands) -> None:
    parser = commands.add_parser(
        "train",
        help="train one of the networks",
        description="Train one of the networks on folders of drawings: any words, any number. Each network has its own "
        "--help.",
        epilog="Example: qdesk train classifier --data drawings --words cat,sheep --out mine.safetensors",
    )
    kinds = parser.add_subparsers(title="networks", metavar="NETWORK", required=True)
    for name, about, arguments in (
        ("classifier", "the CNN that guesses", _classifier_arguments),
        ("sketchrnn", "the Sketch-RNN that scores", _sketchrnn_arguments),
    ):
        one = kinds.add_parser(
            name,
            help=about,
            description=ABOUT.format(about=about),
            epilog=f"Example: qdesk train {name} --data drawings --words cat,sheep --minutes 10 --out mine.safetensors",
        )
        arguments(one)
        one.set_defaults(run=run, network=name)


def run(args: argparse.Namespace) -> int:
    import importlib

    from qdesk.cli.training_console import Console
    from qdesk.files import refuse_input

    given = (args.start, getattr(args, "strokes", None), *args.data, *args.extra)
    refuse_input(args.out, [path for path in given if path is not None])
    importlib.import_module(f"qdesk.training.{args.network}").run(args, Console())
    return 0


def _common(parser: argparse.ArgumentParser) -> tuple[argparse._ArgumentGroup, argparse._ArgumentGroup]:
    """Add the options that both networks have, and return the groups "learning" and "where to begin"."""
    data = parser.add_argument_group("data")
    data.add_argument(
        "--data", type=Path, nargs="+", required=True, metavar="DIR",
        help="folders (or files) of drawings, in any format that qdesk reads; sub-folders are looked into",
    )  # fmt: skip
    data.add_argument(
        "--words", type=words, metavar="A,B,C",
        help='only these words, in this order; one with a comma in it in double quotes (default: all that occur)',
    )  # fmt: skip
    data.add_argument(
        "--extra", type=Path, nargs="+", default=[], metavar="DIR",
        help="folders of auxiliary drawings, as generated ones: trained on, never validated or tested on",
    )  # fmt: skip
    data.add_argument("--out", type=Path, required=True, metavar="FILE", help="the weights to write, a .safetensors")

    length = parser.add_argument_group("how long")
    length.add_argument(
        "--minutes", type=_above_0, metavar="M",
        help="train for M minutes; the learning rate falls to 0 just then (default: --epochs alone)",
    )  # fmt: skip
    length.add_argument(
        "--epochs", type=_whole_or_0, metavar="N",
        help="at most N passes over the data (default: 20, more of few drawings, as many as fit with --minutes); 0 "
        "trains nothing: what is left to fit to the weights of --start is fitted, and they are judged",
    )  # fmt: skip
    length.add_argument(
        "--patience", type=count, metavar="N",
        help="stop early, after N validations in a row without a better loss. There is one about every pass. The "
        "learning rate then stays up until the last fifth. (default: never; this saves time, not the result: the "
        "falling rate brings the best weights late, and overfitted ones are not written anyway)",
    )  # fmt: skip

    learning = parser.add_argument_group("learning")
    learning.add_argument(
        "--batch", type=count, metavar="N",
        help="drawings a step (default: a fiftieth of the drawings, between 32 and 512)",
    )  # fmt: skip
    learning.add_argument(
        "--rate", type=_above_0, default=2e-3, metavar="R", help="highest learning rate (default: %(default)s)"
    )
    learning.add_argument(
        "--seed", type=int, default=0, metavar="S",
        help="of every random choice: with the same seed, data, options and machine, and without --minutes, the "
        "weights are the same (default: %(default)s)",
    )  # fmt: skip
    learning.add_argument(
        "--workers", type=int, default=2, metavar="N", help="processes that prepare data (default: %(default)s)"
    )

    learning.add_argument(
        "--bf16", action="store_true",
        help="multiply in bfloat16: half of the time where the processor can (AVX-512 BF16, AMX), 100 times as much "
        "where it can't",
    )  # fmt: skip

    begin = parser.add_argument_group("where to begin")
    begin.add_argument(
        "--resume", action="store_true",
        help="go on with FILE's run that was interrupted, by the same command otherwise; --minutes, --epochs and "
        "--patience may be others, and count from its first start",
    )  # fmt: skip
    begin.add_argument(
        "--start",
        type=Path,
        metavar="FILE",
        help="a new run that begins with these weights, of the same words and size",
    )
    return learning, begin


def _classifier_arguments(parser: argparse.ArgumentParser) -> None:
    learning, begin = _common(parser)
    learning.add_argument(
        "--size", choices=["standard", "small"], default="standard",
        help="small: a quarter of the weights, a third of the time a step, enough to tell a few words apart "
        "(default: %(default)s)",
    )  # fmt: skip
    learning.add_argument(
        "--only", choices=["picture", "strokes"], help="train one of the two branches; the other stays as it is"
    )
    learning.add_argument(
        "--teachers", type=Path, metavar="DIR",
        help="learn from the networks in DIR, too (doodlenet.npz, trekhleb.npz), asked about every picture shown",
    )  # fmt: skip
    begin.add_argument(
        "--strokes", type=Path, metavar="FILE", help="begin with the stroke branch of FILE, whatever --start says"
    )


def _sketchrnn_arguments(parser: argparse.ArgumentParser) -> None:
    learning, _ = _common(parser)
    learning.add_argument("--hidden", type=count, default=256, metavar="N", help="LSTM units (default: %(default)s)")


def _whole_or_0(text: str) -> int:
    return 0 if text == "0" else count(text)


def _above_0(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number
