"""`qdesk export`: write the flags as CSV, or by its options clean data, a contact sheet, a replay, or rounds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qdesk.cli.arguments import Commands, add_word, command
from qdesk.curation.exports.registry import BY_NAME, EXPORTS
from qdesk.data.reasons import FLAGS, KEEP, UNSURE
from qdesk.formats.registry import listed
from qdesk.scoring.columns import CSV_COLUMNS
from qdesk.streams import STDOUT, is_stream

if TYPE_CHECKING:
    from qdesk.data.drawings import Drawings

PLAYED = (".ndjson", ".ndjson.gz")
OF_FILES = tuple(f"--{export.name}" for export in EXPORTS if export.option and not export.verdicts)
"""The exports of files, whose drawings may be given a word."""


def add(commands: Commands) -> None:
    parser = command(
        commands, "export", run, "your flags as CSV, data without the flagged drawings, or pictures",
        f"Columns: {', '.join(CSV_COLUMNS)}; of --all also identity and trace (what was drawn, coarsely). "
        f"reason is {listed(FLAGS, 'or')}; of --all also {KEEP} or {UNSURE}. new_word is the right word of a wrong "
        "drawing, copy_of the drawing that stays instead of a copy.",
        "qdesk export --clean flamingo.ndjson --out flamingo-clean.ndjson",
    )  # fmt: skip
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="the file to write; - is stdout; default stdout for the CSV"
    )
    what = parser.add_mutually_exclusive_group()
    for export in EXPORTS:
        if export.option is not None:
            about = export.option["help"].replace("{endings}", listed(export.endings, "or"))
            what.add_argument(f"--{export.name}", **{**export.option, "help": about})
    what.add_argument(
        "--played", metavar="PLAYER", nargs="?", const="",
        help="what this player (default: everybody) drew in Play, as raw .ndjson or .ndjson.gz",
    )  # fmt: skip
    for export in EXPORTS:
        for option in export.options:
            parser.add_argument(f"--{option.name}", **option.words)
    add_word(parser, f"of {listed(OF_FILES, 'and')}: take all drawings for drawings of this word")


class _Shell:
    """The `exports.registry.Shell` of the command line, which reports on stderr."""

    def __init__(self, word: str | None) -> None:
        from qdesk import console

        self.word, self.progress, self.say_read = word, console.Progress, console.say_read

    def opened(self, paths: Sequence[Path]) -> Drawings:
        from qdesk.console import opened

        drawings = opened(paths, word=self.word)
        return drawings if self.word is None else drawings.with_columns(word=self.word)


def run(args: argparse.Namespace) -> int:
    from qdesk import console
    from qdesk.files import refuse_input

    if args.played is not None and args.word is None:
        return _wrong_out("played", PLAYED, args.out) or _played(args)
    asked = [export for export in EXPORTS if getattr(args, export.name, None) not in (None, False)]
    export = asked[0] if asked else BY_NAME["flags"]
    if not export.verdicts and (status := _wrong_out(export.name, export.endings, args.out)):
        return status
    for other in EXPORTS:
        for option in other.options:
            given = getattr(args, option.name) not in (None, False, option.words.get("default"))
            if option.needed and other is export and not given:
                print(f"qdesk: --{export.name} needs --{option.name}: {option.needed}", file=sys.stderr)
                return 2
            if other is not export and given:
                print(f"qdesk: --{option.name} goes with --{other.name}", file=sys.stderr)
                return 2
    if args.word is not None and f"--{export.name}" not in OF_FILES:
        print(f"qdesk: --word goes with {listed(OF_FILES, 'or')}", file=sys.stderr)
        return 2
    word = None if args.word is None else console.any_word(args.word)
    value = getattr(args, export.name, None)
    inputs = [value] if isinstance(value, Path) else value if isinstance(value, list) else []
    if export.kinds and not export.verdicts:
        console.check_out(args.out, inputs)
    elif args.out is not None:
        refuse_input(args.out, inputs)
    options = {option.name: getattr(args, option.name) for option in export.options} | {"word": word}
    to_stdout = args.out is None or export.verdicts and is_stream(args.out)
    out = sys.stdout if to_stdout else args.out
    for sentence in export.load().from_files(value, out, options, _Shell(word)):
        print(f"qdesk: {sentence}", file=sys.stderr)
    return 0


def _wrong_out(name: str, endings: tuple[str, ...], out: Path | None) -> int:
    """Return 2, with a message on stderr, where the name of the file has no ending that can be written; else 0."""
    if out and (not endings or out.name.lower().endswith(endings) or is_stream(out) and ".ndjson" in endings):
        return 0
    kind = f"a name in {listed(endings, 'or')}" if endings else "a file or a folder"
    print(f"qdesk: --{name} needs --out with {kind}", file=sys.stderr)
    return 2


def _played(args: argparse.Namespace) -> int:
    """Write what a player, or everybody, drew in Play as raw drawings."""
    from qdesk.console import check_out
    from qdesk.game.history import History

    check_out(args.out)
    with History() as history:
        numbers = {one.name: one.id for one in history.players()}
        if args.played and args.played not in numbers:
            raise ValueError(f"Nobody is called {args.played} here, only {', '.join(numbers)}.")
        count = history.export_raw(args.out, numbers.get(args.played))
    print(
        f"qdesk: {count:,} {'drawing' if count == 1 else 'drawings'} in {STDOUT if is_stream(args.out) else args.out}",
        file=sys.stderr,
    )
    return 0
