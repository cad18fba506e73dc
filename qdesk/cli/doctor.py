"""`qdesk doctor`: whether the user's files are well, what can be done, and the copies of the databases."""

from __future__ import annotations

import argparse
import sys

from qdesk.cli.arguments import Commands, command

DATABASES = ("verdicts", "history")


def add(commands: Commands) -> None:
    parser = command(
        commands, "doctor", run, "whether databases, caches, settings and networks are well",
        "Says in sentences what is well and what is not, and changes nothing without --mend or --restore. The exit "
        "status is 1 where something is wrong.",
        "qdesk doctor --restore verdicts 2026-12-01",
    )  # fmt: skip
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--mend", action="store_true",
        help="set aside what is damaged, rescue what can be read, delete what was left over, end what was begun",
    )  # fmt: skip
    what.add_argument("--copies", action="store_true", help="list the copies of the databases, the newest first")
    what.add_argument(
        "--restore", metavar=("[verdicts|history]", "DATE"), nargs="+",
        help="make both databases, or one, what their copy is; what is there is copied first",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    if args.copies:
        return _list()
    if args.restore:
        return _restore(args.restore)
    return _examine(args.mend)


def _examine(mend: bool) -> int:
    from qdesk.upkeep.doctor import examine

    wrong = open_ = 0
    for one in examine():
        print(one.text)
        wrong += one.wrong
        if one.wrong and mend and one.mend is not None:
            try:
                print(f"  Mended: {one.mend() or one.could}")
                wrong -= 1
            except (OSError, ValueError) as error:
                print(f"  Not mended: {error}")
        elif one.wrong and one.mend is not None:
            open_ += 1
            print(f"  With --mend: {one.could}.")
    if open_:
        print(f"qdesk doctor --mend can mend {open_:,} of {wrong:,}")
    return 1 if wrong else 0


def _list() -> int:
    from qdesk.safety import counts
    from qdesk.safety.copies import copies_of
    from qdesk.upkeep.starting import databases

    for title, path, kind in databases():
        for one in copies_of(path):
            holds = "a damaged file" if one.is_damaged else counts.said(one.path, kind.work)
            print(f"{title}\t{one.name}\t{one.path.stat().st_size / 1e6:.1f} MB\t{one.path}\t{holds}")
    return 0


def _restore(given: list[str]) -> int:
    from qdesk.upkeep.restoring import restore

    if len(given) > 2 or (len(given) == 2 and given[0] not in DATABASES):
        print("qdesk: --restore needs [verdicts|history] and the DATE of a copy", file=sys.stderr)
        return 2
    for sentence in restore(given[-1], given[0] if len(given) == 2 else None):
        print(sentence)
    return 0
