"""The command line. Each command is one file, which defines its options and calls the library.

Exit status: 0 done, 1 the work failed (one sentence on stderr), 2 wrong usage, also an output that is an input or
another output, 130 interrupted. Data goes to stdout or `--out`, progress to stderr. Nothing heavy is imported before a
command needs it, so that `qdesk --help` is quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from qdesk import memory
from qdesk.cli.arguments import WrongUsage
from qdesk.cli.parser import make_parser
from qdesk.files import WrongOutput
from qdesk.safety.telling import listen
from qdesk.upkeep.starting import finish


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (default: the process's) and return its exit status."""
    # Torch threads that spin while they wait take each other's core. This has to be set before torch is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        status = _status(sys.argv[1:] if argv is None else list(argv))
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # the program that reads our output, such as `head`, has ended
        _drop_output()
        return 0


def _drop_output() -> None:
    """Have what nobody reads any more go nowhere, so that Python says nothing of it at the end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _status(argv: Sequence[str]) -> int:
    """Run one command line, say what goes wrong, and return its exit status."""
    try:
        args = make_parser().parse_args(argv)
    except SystemExit as stop:  # --help, --version, wrong usage
        return int(stop.code or 0)
    if args.memory:
        os.environ[memory.NAME] = args.memory  # for the processes that this one starts, too
    silence = listen(_say)
    try:
        for trouble in finish():
            _say(trouble)
        return args.run(args)
    except KeyboardInterrupt:
        print("qdesk: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        raise
    except Exception as error:
        if os.environ.get("QDESK_DEBUG") or not is_plain(error):
            raise
        print(f"qdesk: {sentence(error)}", file=sys.stderr)
        return 2 if isinstance(error, WrongOutput | WrongUsage) else 1
    finally:
        silence()


def _say(sentence: str) -> None:
    print(f"qdesk: {sentence}", file=sys.stderr)


def is_plain(error: Exception) -> bool:
    """Whether an error's text is meant for the person at the shell. Anything else is a bug and keeps its traceback."""
    return isinstance(error, OSError | ValueError) or type(error).__module__.split(".")[0] == "qdesk"


def sentence(error: Exception) -> str:
    """Return what went wrong, on one line."""
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename is not None else error.strerror
    else:
        text = str(error) or type(error).__name__
    return " ".join(text.split())
