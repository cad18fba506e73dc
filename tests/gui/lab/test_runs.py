"""What a run's files say of it, without a window."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qdesk.gui.lab import runs
from qdesk.gui.lab.processes import interrupt, lives
from qdesk.gui.lab.runs import LabRun, RunState, Start, beside, fresh_name, out_of, outs_in, train_command
from tests.helpers import lab


@pytest.mark.parametrize("ended", ["finished", "stopped early", "interrupted", "failed"])
def test_how_it_ended(ended: str) -> None:
    run = lab.polled(lab.write_run("a", 60, ended))
    assert run.state == ended
    assert run.done == (1.0 if ended in ("finished", "stopped early") else 0.6)


def test_what_has_no_end_and_no_process_was_cut_off() -> None:
    out = lab.write_run("a", 40, None)
    run = lab.polled(out)
    assert run.state is RunState.INTERRUPTED and run.done == 0.4 and not run.resumable
    beside(out, ".checkpoint").touch()
    assert run.resumable


def test_it_is_running_while_its_process_lives(living: Callable[[Path], int]) -> None:
    out = lab.write_run("a", 20, None, pid=living(lab.out_of("a")))
    run = lab.polled(out)
    assert run.state is RunState.RUNNING and run.state.active
    assert not run.poll()
    lab.append(out, lab.progress(21, loss=2.0))
    assert run.poll() and run.done == 0.21
    lab.append(out, lab.last_line(21, "finished"))
    assert run.poll() and run.state is RunState.FINISHED  # though the process is not gone yet


def test_a_process_that_does_something_else_is_not_the_run(living: Callable[[Path], int]) -> None:
    out = lab.out_of("a")
    assert not lives(os.getpid(), out) and not lives(0, out)
    assert not lives(living(lab.out_of("b")), out)
    assert not interrupt(os.getpid(), out)  # the test goes on


def test_interrupting_ends_the_process(living: Callable[[Path], int]) -> None:
    out = lab.out_of("a")
    pid = living(out)
    assert lives(pid, out) and interrupt(pid, out)
    assert os.waitpid(pid, 0)[0] == pid
    assert not lives(pid, out)


# What the window began


def begun(out: Path, pid: int, **more: object) -> Start:
    about = {"command": [sys.executable, "-m", "qdesk", "train", "classifier"], "kind": "classifier"}
    about |= {"words": ["cat"], "data": ["/here"], "pid": pid, "began": datetime.now(UTC).isoformat(), **more}
    start = Start(**about)
    start.write(out)
    return start


def test_before_the_log_is_there_it_is_starting(living: Callable[[Path], int]) -> None:
    out = lab.out_of("a")
    begun(out, living(out))
    assert outs_in(runs.folder()) == [out]
    run = lab.polled(out)
    assert run.state is RunState.STARTING and run.words == ["cat"] and run.data == ["/here"]


def test_what_ends_before_it_begins_says_why() -> None:
    out = lab.out_of("a")
    begun(out, 999_999_999)
    said = '{"step": 1}\nTraceback\nqdesk: there is one word, cat: a classifier needs two\n'
    beside(out, ".err").write_text(said)
    run = lab.polled(out)
    assert run.state is RunState.FAILED and run.reason == "there is one word, cat: a classifier needs two"
    beside(out, ".err").write_text("qdesk: interrupted\n")
    assert lab.polled(out).state is RunState.INTERRUPTED


def test_a_run_begun_again_is_not_what_its_old_log_says(living: Callable[[Path], int]) -> None:
    out = lab.write_run("a", 40, "interrupted")
    run = lab.polled(out)
    run.begun(begun(out, living(out), command=["qdesk", "train", "--resume"]))
    assert run.state is RunState.STARTING
    run.poll()
    assert run.state is RunState.STARTING and run.log.curves  # what it learned before stays in sight
    lab.append(out, lab.first_line(out, pid=run.pid, resumed=True, began=datetime.now(UTC).isoformat(), step=40))
    run.poll()
    assert run.state is RunState.RUNNING


def test_a_run_begun_anew_has_learned_nothing(living: Callable[[Path], int]) -> None:
    out = lab.write_run("a", 40, "interrupted")
    run = lab.polled(out)
    run.begun(begun(out, living(out)))
    assert run.state is RunState.STARTING and run.done == 0 and not run.log.curves


def test_one_resumed_in_a_shell_since_counts_as_that(living: Callable[[Path], int]) -> None:
    out = lab.out_of("a")
    begun(out, 999_999_999, began="2026-11-21T16:00:00+00:00")
    lab.append(out, lab.first_line(out, pid=living(out), began="2026-11-21T18:00:00+00:00"))
    assert lab.polled(out).state is RunState.RUNNING


def test_a_start_file_that_makes_no_sense_is_none() -> None:
    out = lab.write_run("a")
    for text in ("", "{", "[]", '{"command": []}'):
        beside(out, ".start").write_text(text)
        assert LabRun(out).start is None


# Commands


def test_the_command_of_a_run_is_one_that_qdesk_takes() -> None:
    from qdesk.cli import make_parser

    words = ["cat", "hat, tall"]
    command = train_command(
        "classifier", Path("/r/a.safetensors"), ["/d"], words, {"minutes": 2, "seed": 7, "patience": None}
    )
    assert command[:3] == [sys.executable, "-m", "qdesk"]
    args = make_parser().parse_args(command[3:])
    assert (args.words, args.minutes, args.seed, args.patience) == (words, 2, 7, None)
    run = lab.polled(lab.write_run("a"))
    args = make_parser().parse_args(runs.evaluate_command(run)[3:])
    assert args.part == "test" and args.html == run.report and args.model == run.out


def test_a_run_from_the_shell_is_resumed_by_what_its_log_says() -> None:
    from qdesk.cli import make_parser

    args = make_parser().parse_args(lab.polled(lab.write_run("a", 40, "interrupted")).command[3:])
    assert (args.batch, args.minutes, args.words) == (32, 10, ["cat", "dog"]) and args.data == [Path("/drawings")]
    relative = lab.write_run("b", 40, "interrupted", options={"data": ["drawings"]})
    assert lab.polled(relative).command == []  # nobody knows relative to what


# Names and files


def test_names_and_files() -> None:
    out = lab.write_run("a")
    for ending in (".checkpoint", ".err", ".start"):
        beside(out, ending).write_text("{}")
    run = lab.polled(out)
    run.report.write_text("a report")
    assert run.name == "a" and run.ours and run.reported
    assert {file.name for file in run.files()} == {file.name for file in runs.folder().iterdir()}
    assert fresh_name("a") == "a 2" and fresh_name("b") == "b"


def test_a_run_is_found_by_its_log_or_its_weights(tmp_path: Path) -> None:
    out = tmp_path / "mine.safetensors"
    lab.append(out, lab.first_line(out))
    assert out_of(out) == out_of(lab.log_of(out)) == out
    assert not lab.polled(out).ours
    with pytest.raises(ValueError, match=r"no log other\.safetensors\.log beside other\.safetensors"):
        out_of(tmp_path / "other.safetensors")
