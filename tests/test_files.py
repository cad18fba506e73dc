"""Files written whole, by the one helper and by all that use it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from qdesk.files import (
    OutputIsInput,
    OutputsAreOne,
    atomic_write,
    check_writable,
    clear_parts,
    refuse_input,
    refuse_same,
)


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    with atomic_write(out) as part:
        part.write_text("new")
        assert not out.exists() and part.parent == tmp_path
    assert out.read_text() == "new"
    assert os.listdir(tmp_path) == ["out.txt"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    out.write_text("old")
    with pytest.raises(KeyboardInterrupt), atomic_write(out) as part:
        part.write_text("ne")
        raise KeyboardInterrupt
    assert out.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.txt"]


def test_a_thread_that_gives_up_late_takes_nothing_from_the_next_one(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    begun, give_up = threading.Event(), threading.Event()

    def write() -> None:
        with suppress(KeyboardInterrupt), atomic_write(out) as part:
            part.write_text("first")
            begun.set()
            give_up.wait()
            raise KeyboardInterrupt

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait()
    with atomic_write(out) as part:
        part.write_text("second")
        give_up.set()
        thread.join()
    assert out.read_text() == "second" and os.listdir(tmp_path) == ["out.txt"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with atomic_write(tmp_path / "link") as part:
        part.write_text("new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_text() == "new"


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_permissions_are_the_users_and_those_of_the_file_before(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    before = os.umask(0o027)
    try:
        for _ in range(2):
            with atomic_write(out) as part:
                part.write_text("new")
            assert out.stat().st_mode & 0o777 == 0o640
    finally:
        os.umask(before)
    out.chmod(0o600)
    with atomic_write(out) as part:
        part.write_text("newer")
    assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="there are no devices here")
def test_a_device_is_written_to_and_stays_one() -> None:
    check_writable("/dev/null")
    with atomic_write("/dev/null") as part:
        part.write_text("gone")
    assert not Path("/dev/null").is_file()


def begin(path: Path) -> None:
    with atomic_write(path):
        pytest.fail("there is nothing to write to")


@pytest.mark.parametrize("use", [begin, check_writable])
def test_what_cannot_be_written_is_said_before_anything_is_done(use: Callable[[Path], None], tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as caught:
        use(tmp_path)
    assert caught.value.filename == str(tmp_path)
    with pytest.raises(FileNotFoundError) as caught:
        use(tmp_path / "no" / "out.txt")
    assert caught.value.filename == str(tmp_path / "no" / "out.txt")
    assert os.listdir(tmp_path) == []


def test_a_check_leaves_everything_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("old")
    check_writable(tmp_path / "old.txt")
    check_writable(tmp_path / "new.txt")
    assert os.listdir(tmp_path) == ["old.txt"] and (tmp_path / "old.txt").read_text() == "old"


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught, atomic_write(tmp_path / "out.txt") as part:
        raise OSError(errno.ENOSPC, "No space left on device", str(part))
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path / "out.txt"))


# An output is no input


def names_of(path: Path) -> list[Path]:
    """Return other names of a file, whose folder is the working directory."""
    (path.parent / "link").symlink_to(path)
    (path.parent / "folder").symlink_to(path.parent, target_is_directory=True)
    os.link(path, path.parent / "hard link")
    names = [path, Path(path.name), path.parent / "folder" / path.name, path.parent / "link"]
    names += [path.parent / "hard link", path.parent / "folder" / ".." / path.parent.name / path.name]
    other_case = path.with_name(path.name.upper())
    return [*names, other_case] if other_case.exists() else names  # some systems do not tell cases apart


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_an_output_is_no_input_by_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.txt").write_text("in")
    (tmp_path / "like it.txt").write_text("in")
    names = names_of(tmp_path / "in.txt")
    for one in names:
        for other in names:
            with pytest.raises(OutputIsInput, match="would be lost"):
                refuse_input(one, [tmp_path / "none.txt", other])
        refuse_input(one, [tmp_path / "like it.txt", tmp_path / "none.txt", tmp_path])
        refuse_input(tmp_path / "new.txt", [one])


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="there are no devices here")
def test_a_device_may_be_both() -> None:
    refuse_input("/dev/null", ["/dev/null"])


def drawings(path: Path) -> None:
    from qdesk.data.drawings import Drawings
    from qdesk.formats import write_drawings

    write_drawings(Drawings.from_strokes([[[[0, 9], [0, 5]]]]), path)


def network(path: Path) -> None:
    from qdesk.nets import weights
    from qdesk.nets.sketchrnn import Shape, SketchRNN

    weights.save(SketchRNN(("cat",), Shape(hidden=8)), path)


def checkpoint(path: Path) -> None:
    import torch

    from qdesk.training.run import Average, Run

    layer = torch.nn.Linear(2, 2)
    Run(path.with_suffix(""), 1, 1, None, 1e-3).save(layer, Average(layer), torch.optim.SGD(layer.parameters(), 0.1))


@pytest.mark.parametrize(
    ("write", "name"),
    [(drawings, "a.ndjson"), (network, "a.safetensors"), (checkpoint, "a.checkpoint")],
)
def test_a_disk_that_fills_up_leaves_what_was_there(
    write: Callable[[Path], None], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / name
    write(out)
    before = out.read_bytes()
    assert before and out.stat().st_mode & 0o777 == 0o666 & ~umask()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises((OSError, ValueError), match="(?i)no space left"):
        write(out)
    assert out.read_bytes() == before
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize(("write", "name"), [(network, "a.safetensors"), (checkpoint, "a.checkpoint")])
def test_training_makes_its_folder(write: Callable[[Path], None], name: str, tmp_path: Path) -> None:
    write(tmp_path / "new" / "folder" / name)
    assert os.listdir(tmp_path / "new" / "folder") == [name]


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("exists", [False, True])
def test_two_outputs_on_one_file_are_refused(exists: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    if exists:
        (tmp_path / "a.json").write_text("old")
    for other in ("a.json", tmp_path / "a.json", "folder/../a.json", "./a.json"):
        with pytest.raises(OutputsAreOne, match="to be written twice: choose two names"):
            refuse_same(["b.json", "a.json", None, other])
    refuse_same(["a.json", "folder/a.json", "A.csv", None, None, "-"])
    refuse_same([os.devnull, os.devnull])
    with pytest.raises(OutputsAreOne, match="Only one thing can be written to stdout"):
        refuse_same(["-", Path("-")])
    assert sorted(os.listdir(tmp_path)) == ["a.json"] * exists + ["folder"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_two_outputs_are_one_file_by_a_link_too(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "a.json")  # leads nowhere yet
    (tmp_path / "folder").symlink_to(tmp_path, target_is_directory=True)
    for other in (tmp_path / "link", tmp_path / "folder" / "a.json"):
        with pytest.raises(OutputsAreOne, match="and .* are one file"):
            refuse_same([tmp_path / "a.json", other])


def test_letter_case_tells_files_apart_where_the_system_does(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    if (tmp_path / "X").exists():
        with pytest.raises(OutputsAreOne):
            refuse_same([tmp_path / "a.json", tmp_path / "A.JSON"])
    else:
        refuse_same([tmp_path / "a.json", tmp_path / "A.JSON"])
    assert os.listdir(tmp_path) == ["x"]


# Names, and what killed programs have left


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, "x" * 230 + ".ndjson"])
def test_names_may_be_as_long_as_the_file_system_takes(name: str, tmp_path: Path) -> None:
    other = name[:-1] + "y"
    with atomic_write(tmp_path / name) as part, atomic_write(tmp_path / other) as another:
        assert part != another
        part.write_text("a")
    assert (tmp_path / name).read_text() == "a" and len(os.listdir(tmp_path)) == 2


KILLED = """
import os, signal, sys
from qdesk.files import atomic_write
with atomic_write(sys.argv[1]) as part:
    part.write_text("half")
    print("there", flush=True)
    sys.stdin.read() or os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="a file that is open is not deleted there anyway")
def test_what_a_killed_program_left_is_cleared_but_nothing_of_one_that_runs(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "a.csv")]
    where = Path(__file__).parents[1]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=where) as at_work:
        assert at_work.stdout.readline()
        assert clear_parts(tmp_path) == [] and len(os.listdir(tmp_path)) == 1
        at_work.stdin.close()
        at_work.wait()
    assert len(clear_parts(tmp_path, only_look=True)) == 1 == len(os.listdir(tmp_path))
    assert len(clear_parts(tmp_path)) == 1 and os.listdir(tmp_path) == []


def test_a_write_that_fails_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space") as caught, atomic_write(tmp_path / "a.csv") as part:
        part.write_text("begun")
        raise OSError(errno.ENOSPC, "No space left on device")  # as a write into an open file says it
    assert caught.value.filename == str(tmp_path / "a.csv") and os.listdir(tmp_path) == []
