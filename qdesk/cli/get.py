"""`qdesk get`: download official files, and print each path as soon as the file is there."""

from __future__ import annotations

import argparse

from qdesk.cli.arguments import Commands, command

WHAT = ("simplified", "raw", "binary", "bitmap", "sketchrnn", "model")


def add(commands: Commands) -> None:
    parser = command(
        commands, "get", run, "download official Quick, Draw! files",
        "Each file's path is printed on stdout. A file that is already there whole is not fetched again.",
        'qdesk get flamingo "The Eiffel Tower" --what raw',
    )  # fmt: skip
    parser.add_argument("words", metavar="WORD", nargs="+", help="a category, as in the official list")
    parser.add_argument("--what", choices=WHAT, default="simplified", help="which of its files; default simplified")
    parser.add_argument("--base-url", metavar="URL", help="another server with the same folders")


def run(args: argparse.Namespace) -> int:
    from qdesk.console import Progress
    from qdesk.data.download import address, download

    for word in args.words:  # report a mistyped word before the first file is fetched
        address(word, args.what, args.base_url)
    for word in args.words:
        with Progress(word) as progress:

            def arrived(done: int, total: int | None, word: str = word, progress: Progress = progress) -> None:
                progress(done / total if total else None, f"{word}, {done / 1e6:.1f} MB")

            path = download(word, what=args.what, base_url=args.base_url, on_progress=arrived)
        print(path, flush=True)
    return 0
