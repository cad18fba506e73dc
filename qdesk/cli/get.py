"""`qdesk get`: download official files, and print each path as soon as the file is there."""

from __future__ import annotations

import argparse
import sys

from qdesk.cli.arguments import Commands, command

WHAT = ("simplified", "raw", "binary", "bitmap", "sketchrnn", "model")


def add(commands: Commands) -> None:
    parser = command(
        commands, "get", run, "download official Quick, Draw! files",
        "Each file's path is printed on stdout. A file that is already there whole is not fetched again. "
        "Where one cannot be fetched, the others are, and the exit status is 1.",
        'qdesk get flamingo "The Eiffel Tower" --what raw',
    )  # fmt: skip
    parser.add_argument("words", metavar="WORD", nargs="+", help="a category, as in the official list")
    parser.add_argument("--what", choices=WHAT, default="simplified", help="which of its files; default simplified")
    parser.add_argument("--base-url", metavar="URL", help="another server with the same folders")


def run(args: argparse.Namespace) -> int:
    from qdesk.console import Progress
    from qdesk.data.download import DownloadError, address, download

    for word in args.words:  # report a mistyped word before the first file is fetched
        address(word, args.what, args.base_url)
    failed: dict[str, str] = {}
    for word in args.words:
        with Progress(word) as progress:

            def arrived(done: int, total: int | None, word: str = word, progress: Progress = progress) -> None:
                progress(done / total if total else None, f"{word}, {done / 1e6:.1f} MB")

            try:
                path = download(word, what=args.what, base_url=args.base_url, on_progress=arrived)
            except DownloadError as error:
                failed[word] = str(error)
                continue
        print(path, flush=True)
    for word, trouble in failed.items():
        print(f"qdesk: {trouble}" if word in trouble else f"qdesk: {word}: {trouble}", file=sys.stderr)
    if failed and len(args.words) > 1:
        names = ", ".join(failed)
        print(f"qdesk: {len(failed):,} of {len(args.words):,} files were not fetched: {names}", file=sys.stderr)
    return 1 if failed else 0
