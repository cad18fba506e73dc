"""The parts that several commands' parsers share: how a command is added, options, and types of arguments."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable
from pathlib import Path

from qdesk import memory
from qdesk.data.categories import categories, find
from qdesk.formats.registry import CAN_READ
from qdesk.streams import is_stream


class WrongUsage(ValueError):
    """Options that do not go together, or one that would have no effect. The command ends with 2."""


Commands = argparse._SubParsersAction
"""The group of commands of a parser, which `command` adds one to."""


def command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], about: str, more: str, example: str
) -> argparse.ArgumentParser:
    """Add a command and return its parser. about: its line in the list of commands; its own help adds `more`."""
    text = f"{about[0].upper()}{about[1:]}. {more}".strip()
    parser = commands.add_parser(name, help=about, description=text, epilog=f"Example: {example}")
    parser.set_defaults(run=run)
    return parser


# Options


FILES = f"{CAN_READ}; folders of them; - for stdin"
"""What commands read, for their help."""


def add_files(parser: argparse.ArgumentParser, nargs: str = "+") -> None:
    parser.add_argument("files", metavar="FILE", nargs=nargs, type=Path, help=FILES)


def add_classifier(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", metavar="M", type=Path, help="a classifier's .safetensors file; default the shipped one"
    )


def add_word(parser: argparse.ArgumentParser, does: str = "take all drawings for drawings of this word") -> None:
    """Add `--word`. does: what it does, for the command's help."""
    parser.add_argument("--word", metavar="W", type=word, help=f"{does}, whatever word their file or its name says")


def add_y_up(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--y-up", action="store_true",
        help="the drawings' y axis points up, as in plots: turn them over; bitmaps stay as they are",
    )  # fmt: skip


# Types


def count(text: str) -> int:
    """Parse a whole number above 0."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return number


def number(text: str, low: float, high: float, whole: bool = False) -> float:
    """Parse a number, or a whole one, from `low` to `high`."""
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"{text!r} is not a {'whole ' * whole}number from {low:g} to {high:g}")
    return value


def seed(text: str) -> int:
    """Parse what random numbers begin with: a whole number from 0 on, of 18 digits at most."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on, of 18 digits at most")
    return int(text)


def table(text: str) -> Path:
    """Parse the path of a table's file, of a device, or `-`."""
    if not text.lower().endswith((".csv", ".parquet")) and not text.startswith("/dev/") and not is_stream(text):
        raise argparse.ArgumentTypeError(f"{text!r} ends neither in .csv nor in .parquet")
    return Path(text)


def size(text: str) -> str:
    """Parse a size of memory."""
    try:
        memory.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def word(text: str) -> str:
    """Parse a word, without spaces around it."""
    if not text.strip():
        raise argparse.ArgumentTypeError("a word has letters")
    return text.strip()


def words(text: str) -> list[str]:
    """Parse words: `cat, "hat, tall"` gives ["cat", "hat, tall"]. The catalog's words may be spelled in any way."""
    given = [word.strip() for word in next(csv.reader([text], skipinitialspace=True), [])]
    named = list(dict.fromkeys(find(word, categories()) or word for word in given if word))
    if not named:
        raise argparse.ArgumentTypeError("name one word or more, with commas between them")
    return named
