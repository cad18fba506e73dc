"""One command remakes what is not up to date, and says what is: a small recipe of real commands in its own folder."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qdesk.cli import make_parser
from qdesk.replications.protocols import EXPERIMENTS
from qdesk.stats.intervals import places
from qdesk.training import everything
from qdesk.training.everything import ROOT, STEPS, main
from qdesk.training.making import Recipe, Step, digest
from tests.helpers.waiting import until

ADD = '''"""Adds."""
import sys
from pathlib import Path

folder, out = map(Path, sys.argv[1:])
total = sum(int(file.read_text()) for file in sorted(folder.iterdir()))
with open("runs", "a") as runs:
    runs.write("sum ")
out.write_text(str(total // 10))
'''
TELL = """
import pathlib, re
total = pathlib.Path("models/sum.txt").read_text()
page = pathlib.Path("README.md")
page.write_text(re.sub("(?<=<!-- figures -->\\n).*?(?=<!-- end)", f"{total}\\n", page.read_text(), flags=re.S))
with open("runs", "a") as runs:
    runs.write("tell ")
print({"total": total})
"""
TRAIN = """
import pathlib, sys
out, *more = sys.argv[1:]
checkpoint = pathlib.Path(out + ".checkpoint")
with open("runs", "a") as runs:
    runs.write(" ".join(["train", *more, ""]))
pathlib.Path(out).write_text("half")
if not checkpoint.exists():
    checkpoint.write_text("")
    sys.exit(3)
pathlib.Path(out).write_text("whole")
checkpoint.unlink()
"""
SLOW = """
import pathlib, signal, sys, time

def keep(*_):
    time.sleep(0.5)
    pathlib.Path("kept").write_text("all")
    sys.exit(130)

signal.signal(signal.SIGINT, keep)
signal.signal(signal.SIGTERM, keep)
pathlib.Path("begun").write_text("")
time.sleep(60)
"""
COPY = "import pathlib, sys; pathlib.Path(sys.argv[2]).write_text(pathlib.Path(sys.argv[1]).read_text())"

SUM = Step("sum", ("models/sum.txt",), ("add.py",), "python add.py DATA/numbers models/sum.txt")
SAID = Step("tell", ("README.md#figures",), ("models/sum.txt", "tell.py"), "python tell.py > WORK/results/said.json")
LAST = Step("last", ("models/last.txt",), (), "python copy.py WORK/results/said.json models/last.txt")
TRAINED = Step("train", ("models/net.txt",), (), "python train.py models/net.txt", trains=True)
FIRST = Step("dream", ("WORK/dreams/own.txt",), (), "python copy.py models/sum.txt WORK/dreams/own.txt", once=True)
LEARN = Step("learn", ("models/learned.txt",), (), "python copy.py WORK/dreams/own.txt models/learned.txt")

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small repository, with data and a work folder beside it."""
    root = tmp_path / "repository"
    (root / "models").mkdir(parents=True)
    for name, text in {"add.py": ADD, "tell.py": TELL, "train.py": TRAIN, "copy.py": COPY}.items():
        (root / name).write_text(text)
    (root / "README.md").write_text("Prose.\n<!-- figures -->\n<!-- end of figures -->\nMore.\n")
    numbers = tmp_path / "data" / "numbers"
    numbers.mkdir(parents=True)
    (numbers / "one").write_text("10")
    (numbers / "two").write_text("20")
    return root


@pytest.fixture
def run(root: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str, steps: tuple[Step, ...] = (SUM, SAID, LAST), data: bool = True) -> tuple[int, str]:
        where = ["--work", str(tmp_path / "work"), *(["--data", str(tmp_path / "data")] if data else [])]
        status = main([*where, *words], steps, root)
        said = capfd.readouterr()
        return status, said.out + said.err

    return run


def runs(root: Path) -> str:
    """What has been run since this was asked last."""
    file = root / "runs"
    text = file.read_text() if file.exists() else ""
    file.write_text("")
    return text.strip()


def test_missing_files_are_made_in_order_and_then_left_alone(root: Path, run: Run, tmp_path: Path) -> None:
    status, said = run("--check")
    assert status == 1 and "models/sum.txt is not there" in said and not runs(root)
    status, said = run()
    assert status == 0 and runs(root) == "sum tell"
    assert f"add.py {tmp_path / 'data' / 'numbers'} models/sum.txt" in said and "sum: done in 0 s" in said
    assert places((root / "README.md").read_text()) == {"figures": "3\n"}
    assert (root / "models" / "last.txt").read_text() == "{'total': '3'}\n"
    assert run("--check") == (0, "everything is up to date\n")
    assert run() == (0, "everything is up to date\n") and not runs(root)
    made = json.loads((root / "models" / "made.json").read_text())
    assert list(made) == sorted(made) and list(made["sum"]["uses"]) == ["DATA/numbers", "add.py"]
    assert str(tmp_path) not in (root / "models" / "made.json").read_text()


def test_changed_data_makes_out_of_date_only_what_was_made_from_it(root: Path, run: Run, tmp_path: Path) -> None:
    run()
    runs(root)
    number = tmp_path / "data" / "numbers" / "one"
    number.write_text("11")
    assert run("--check") == (1, "models/sum.txt is older than DATA/numbers\n")
    assert run()[0] == 0
    assert runs(root) == "sum"  # 31 // 10 is 3 as before: nothing else is out of date
    number.rename(number.with_name("three"))  # a name is content, too
    assert run("--check")[1] == "models/sum.txt is older than DATA/numbers\n"
    number.with_name("three").write_text("40")
    assert run()[0] == 0 and runs(root) == "sum tell"


def test_what_was_changed_by_hand_is_told_from_what_is_old(root: Path, run: Run) -> None:
    run()
    (root / "models" / "sum.txt").write_text("4")
    status, said = run("--check")
    assert status == 1
    assert said.splitlines() == [
        "models/sum.txt was changed by hand since it was made",
        "README.md#figures is older than models/sum.txt",
        "WORK/results/said.json is older than models/sum.txt",
    ]
    assert "up to date, until sum is made" not in run("--list")[1]  # tell is stale anyway
    (root / "models" / "sum.txt").unlink()
    assert "models/sum.txt is not there" in run("--check")[1]


def test_a_changed_command_makes_its_files_out_of_date(run: Run) -> None:
    run()
    other = Step("sum", SUM.makes, SUM.uses, "python add.py DATA/numbers ./models/sum.txt")
    assert run("--check", steps=(other, SAID, LAST)) == (1, "models/sum.txt is older than its command\n")


def test_a_clone_without_data_is_checked_as_far_as_it_goes(root: Path, run: Run, tmp_path: Path) -> None:
    run()
    (tmp_path / "work" / "results" / "said.json").unlink()
    missing = "not compared, because it is not here: DATA, WORK/results/said.json\n"
    assert run("--check", data=False) == (0, f"everything is up to date\n{missing}")
    (root / "add.py").write_text(ADD.replace("10", "100"))
    assert run("--check", data=False)[1] == f"models/sum.txt is older than add.py\n{missing}"
    assert run("--check", "--only", "last", data=False)[0] == 0
    status, said = run(data=False)
    assert status == 2 and "give the folder of drawings: --data DIR" in said


def test_a_run_stops_at_a_failure_and_the_same_command_goes_on_there(root: Path, run: Run) -> None:
    (root / "tell.py").write_text(TELL.replace("print(", "1 / 0 #"))
    status, said = run()
    assert status == 1 and "tell failed (exit status 1); the same command goes on there" in said
    assert not (root / "models" / "last.txt").exists()
    assert runs(root) == "sum tell"
    assert not list((root.parent / "work" / "results").iterdir())  # nothing half written
    (root / "tell.py").write_text(TELL)
    assert run()[0] == 0 and runs(root) == "tell"


def test_a_step_has_to_make_what_it_says(root: Path, run: Run) -> None:
    (root / "README.md").write_text("There is no place for figures.")
    status, said = run()
    assert status == 1 and "tell did not make README.md#figures" in said


def test_data_that_a_step_needs_and_lacks_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data" / "numbers").rename(tmp_path / "data" / "letters")
    status, said = run()
    assert status == 1 and "sum needs DATA/numbers, which is not there" in said
    (tmp_path / "data" / "letters").rename(tmp_path / "letters")
    (tmp_path / "data").rmdir()
    assert "there is no folder" in run()[1]


def test_files_made_by_hand_can_be_recorded(root: Path, run: Run) -> None:
    (root / "models" / "sum.txt").write_text("3")
    assert "models/sum.txt has no record of what it was made from" in run("--check")[1]
    assert run("--record", "sum") == (0, "sum: recorded as made from what is here now\n")
    assert run("--check", "--only", "sum") == (0, "everything is up to date\n")
    said = run("--record", "sum", data=False)[1]
    assert "not recorded, because it is not here: DATA" in said
    assert run("--check", "--only", "sum") == (1, "models/sum.txt is older than DATA/numbers\n")
    run("--record", "sum")
    status, said = run("--record", "last")
    assert status == 1 and "last: models/last.txt is not there" in said
    assert run()[0] == 0 and runs(root) == "tell"


def test_two_runs_at_once_keep_each_others_records(root: Path, run: Run, tmp_path: Path) -> None:
    waiting = Recipe((SUM, TRAINED), root, tmp_path / "work", tmp_path / "data")
    (root / "models" / "net.txt").write_text("whole")
    assert run("--only", "sum")[0] == 0
    waiting.record(TRAINED)
    assert run("--check", steps=(SUM, TRAINED))[0] == 0


def test_only_the_figures_of_a_document_count(root: Path, run: Run) -> None:
    run()
    page = root / "README.md"
    page.write_text(page.read_text().replace("Prose.", "Other prose."))
    assert run("--check")[0] == 0
    page.write_text(page.read_text().replace("3\n", "2.9\n"))
    assert run("--check") == (1, "README.md#figures was changed by hand since it was made\n")


def test_only_what_code_does_counts(root: Path, run: Run) -> None:
    run()
    file = root / "add.py"
    file.write_text(ADD.replace('"""Adds."""', '"""Adds up."""\n# all of it').replace("out.write", "out . write"))
    assert run("--check")[0] == 0
    file.write_text(ADD.replace("// 10", "// 20"))
    assert run("--check")[1].startswith("models/sum.txt is older than add.py\n")


def test_the_digest_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    assert digest(tmp_path) is None  # an empty one is as good as none
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_text("1")
    first = digest(tmp_path)
    (tmp_path / "a" / "__pycache__").mkdir()
    (tmp_path / "a" / "__pycache__" / "c.pyc").write_text("2")
    assert digest(tmp_path) == first and len(first) == 20
    (tmp_path / "a" / "b" / "c").write_text("2")
    assert digest(tmp_path) != first


def test_only_runs_just_these_and_again_also_what_is_up_to_date(root: Path, run: Run) -> None:
    status, said = run("--only", "last")
    assert status == 1 and "last needs WORK/results/said.json, which is not there: the step tell makes it" in said
    assert run("--only", "sum")[0] == 0 and runs(root) == "sum"
    assert run("--only", "sum")[0] == 0 and not runs(root)
    assert run("--only", "sum", "--again")[0] == 0 and runs(root) == "sum"
    assert run("--again")[0] == 0 and runs(root) == "sum tell"
    with pytest.raises(SystemExit):
        run("--only", "some")


def test_lost_results_are_made_when_they_are_needed(root: Path, run: Run, tmp_path: Path) -> None:
    run()
    runs(root)
    (tmp_path / "work" / "results" / "said.json").unlink()
    assert run()[0] == 0 and not runs(root)  # nobody asks for them
    assert "tell: WORK/results/said.json is made when it is needed" in run("--list")[1]
    (root / "models" / "last.txt").write_text("by hand")
    assert run()[0] == 0 and runs(root) == "tell"
    assert "'3'" in (root / "models" / "last.txt").read_text()


def test_what_is_made_once_is_not_made_again_when_its_own_input_changes(root: Path, run: Run, tmp_path: Path) -> None:
    steps = (SUM, FIRST, LEARN)
    assert run(steps=steps)[0] == 0
    (tmp_path / "data" / "numbers" / "one").write_text("70")
    assert run(steps=steps)[0] == 0
    assert (root / "models" / "sum.txt").read_text() == "9"
    assert (root / "models" / "learned.txt").read_text() == "3"
    (tmp_path / "work" / "dreams" / "own.txt").unlink()
    assert run("--only", "dream", steps=steps)[0] == 0  # asked for by name
    assert run("--check", steps=steps)[1] == "models/learned.txt is older than WORK/dreams/own.txt\n"


def test_trained_weights_are_moved_when_done_and_a_training_is_resumed(root: Path, run: Run, tmp_path: Path) -> None:
    steps = (TRAINED,)
    status, said = run("--bf16", steps=steps)
    assert status == 1 and "train failed (exit status 3)" in said and runs(root) == "train --bf16"
    assert not (root / "models" / "net.txt").exists()
    assert (tmp_path / "work" / "net.txt").read_text() == "half"
    assert run("--no-bf16", steps=steps)[0] == 0 and runs(root) == "train --resume"
    assert (root / "models" / "net.txt").read_text() == "whole"
    assert run("--check", steps=steps)[0] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_interrupted_has_the_time_to_keep_its_work(root: Path, tmp_path: Path, number: int) -> None:
    (root / "slow.py").write_text(SLOW)
    lines = [
        "import signal, sys; from pathlib import Path; from qdesk.training.everything import main, Step",
        "signal.signal(signal.SIGINT, signal.default_int_handler)",  # which a shell's background jobs ignore
        "step = Step('slow', ('models/slow.txt',), (), 'python slow.py')",
        f"sys.exit(main(['--work', {str(tmp_path / 'work')!r}], (step,), Path({str(root)!r})))",
    ]
    code = "\n".join(lines)
    running = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE)
    until((root / "begun").exists)
    if number == signal.SIGINT:  # as a terminal does
        os.killpg(running.pid, number)
    else:
        running.send_signal(number)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130 and b"the same command goes on there" in said
    assert (root / "kept").read_text() == "all"


def test_the_list_shows_state_and_command(root: Path, run: Run, tmp_path: Path) -> None:
    run()
    (tmp_path / "data" / "numbers" / "one").write_text("70")
    status, said = run("--list")
    assert status == 0 and said.splitlines() == [
        "sum: models/sum.txt is older than DATA/numbers",
        f"    {SUM.command}",
        "tell: up to date, until sum is made",
        f"    {SAID.command}",
        "last: up to date",
        f"    {LAST.command}",
    ]


def test_without_models_there_is_nothing_to_make(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], (SUM,), tmp_path) == 1
    assert "is no checkout of qdesk" in capsys.readouterr().err


# The recipe itself


def test_every_step_stands_after_what_it_uses_and_names_files_that_are_there() -> None:
    makers = {name: step.name for step in STEPS for name in step.outputs}
    assert len(makers) == sum(len(step.outputs) for step in STEPS)  # nothing is made twice
    done: set[str] = set()
    for step in STEPS:
        for name in step.inputs:
            if name in makers:
                assert name in done, f"{step.name} uses {name} before {makers[name]} makes it"
            else:
                assert not name.startswith("WORK/")
                assert name.startswith("DATA/") or (ROOT / name).is_file(), f"{step.name}: {name}"
        done |= set(step.outputs)


def test_every_document_has_the_places_that_are_written(tmp_path: Path) -> None:
    recipe = Recipe(STEPS, ROOT, tmp_path)
    for step in STEPS:
        for name in step.outputs:
            if ".md" in name and not name.startswith("WORK/"):
                assert recipe.digest(name), name
    assert set(places((ROOT / "docs" / "experiments.md").read_text(encoding="utf-8"))) == set(EXPERIMENTS)


def test_every_experiment_is_a_step() -> None:
    assert everything.EXPERIMENTS == tuple(EXPERIMENTS)


def test_every_step_has_a_command_that_exists(tmp_path: Path) -> None:
    recipe = Recipe(STEPS, ROOT, tmp_path, tmp_path, training=lambda: ["--bf16"])
    for step in STEPS:
        _, flag, module, *words = recipe.command(step)
        assert flag == "-m"
        if module == "qdesk":
            assert make_parser().parse_args(words).run, step.name
        else:
            assert importlib.util.find_spec(module), step.name
