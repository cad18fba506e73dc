"""The options of `qdesk train`, apart from the loops, so that `--help` needs no torch."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from qdesk.data.categories import categories, find

ABOUT = (
    "Train {about} on folders of drawings. One drawing in 20, chosen by its content, is kept to validate on and one to "
    "test on; the weights written are those of the best validation. Progress is shown on stderr and kept in FILE.log; "
    "a checkpoint lies beside FILE while the run lasts. Ctrl+C ends it with everything kept, and the same command with "
    "--resume goes on."
)


def _common(parser: argparse.ArgumentParser) -> tuple[argparse._ArgumentGroup, argparse._ArgumentGroup]:
    """What both networks have; gives the groups of how they learn and where they begin."""
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
        "--patience", type=_whole, metavar="N",
        help="stop early, after N validations in a row without a better loss. There is one about every pass. The "
        "learning rate then stays up until the last fifth. (default: never; this saves time, not the result: the "
        "falling rate brings the best weights late, and overfitted ones are not written anyway)",
    )  # fmt: skip

    learning = parser.add_argument_group("learning")
    learning.add_argument(
        "--batch", type=_whole, metavar="N",
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


def classifier_arguments(parser: argparse.ArgumentParser) -> None:
    learning, begin = _common(parser)
    learning.add_argument(
        "--size", choices=["standard", "small"], default="standard",
        help="small: a quarter of the weights, a third of the time a step, enough to tell a few words apart "
        "(default: %(default)s)",
    )  # fmt: skip
    learning.add_argument(
        "--only", choices=["picture", "strokes"], help="train one of the two readers; the other stays as it is"
    )
    learning.add_argument(
        "--teachers", type=Path, metavar="DIR",
        help="learn from the networks in DIR, too (doodlenet.npz, trekhleb.npz), asked about every picture shown",
    )  # fmt: skip
    begin.add_argument(
        "--strokes", type=Path, metavar="FILE", help="begin with the stroke reader of FILE, whatever --start says"
    )


def sketchrnn_arguments(parser: argparse.ArgumentParser) -> None:
    learning, _ = _common(parser)
    learning.add_argument("--hidden", type=_whole, default=256, metavar="N", help="LSTM units (default: %(default)s)")


def words(text: str) -> list[str]:
    """`cat, "hat, tall"` -> ["cat", "hat, tall"]. The catalog's words may be written in lower case."""
    given = [word.strip() for word in next(csv.reader([text], skipinitialspace=True), [])]
    named = list(dict.fromkeys(find(word, categories()) or word for word in given if word))
    if not named:
        raise argparse.ArgumentTypeError("name one word or more, with commas between them")
    return named


def _whole_or_0(text: str) -> int:
    return 0 if text == "0" else _whole(text)


def _whole(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _above_0(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number
