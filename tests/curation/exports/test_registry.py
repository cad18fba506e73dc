"""The rows of the exports: each is whole, and both the window's menu and the command offer it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qdesk import cli
from qdesk.cli import rank
from qdesk.curation.exports.registry import BY_NAME, EXPORTS, Export
from qdesk.gui.curate.export_button import MERGE, ExportButton
from qdesk.gui.curate.keys import KeyMap

ROOT = Path(__file__).parents[3]


def by_name(export: Export) -> str:
    return export.name


def test_no_two_exports_have_a_name_or_an_entry_in_common() -> None:
    assert len(BY_NAME) == len({export.menu for export in EXPORTS}) == len(EXPORTS)
    assert MERGE[0] not in BY_NAME


@pytest.mark.parametrize("export", EXPORTS, ids=by_name)
def test_a_row_has_its_module_and_its_words(export: Export) -> None:
    module = export.load()
    assert export.verdicts or callable(module.from_window)
    assert export.command != "export" or callable(module.from_files)
    assert export.title and export.ending.startswith("-")
    assert all(ending.startswith(".") and ending.islower() for ending in export.endings)
    assert not export.kinds or export.filter.startswith(f"{export.kinds[0][0]} (*{export.kinds[0][1]})")


def test_the_menu_offers_every_export_in_groups(qtbot) -> None:
    button = ExportButton(KeyMap())
    qtbot.addWidget(button)
    assert set(button.actions_by_kind) == {*BY_NAME, MERGE[0]}
    groups = "|".join(action.text().split("\t")[0] or "|" for action in button.menu.actions())
    assert groups == (
        "Flags as CSV…|Data without the flagged…|||"
        "Contact sheet of the flagged…|Gallery of the worst as a page…|Replay of this drawing…|Also rude ones|||"
        "All verdicts, to merge…|Merge somebody’s verdicts…"
    )
    for name, action in button.actions_by_kind.items():
        with qtbot.waitSignal(button.asked) as asked:
            action.trigger()
        assert asked.args == [name]


@pytest.mark.parametrize("export", EXPORTS, ids=by_name)
def test_the_command_offers_every_export(export: Export, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([export.command, "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    if export.option is not None:
        assert f"--{export.name}" in text and "{endings}" not in text
        assert all(f"--{option.name}" in text for option in export.options)
    elif export.command == "rank":
        assert export.endings == rank.PAGES and export.endings[0] in text
    else:
        assert export.verdicts and "default stdout" in text


@pytest.mark.parametrize("export", EXPORTS, ids=by_name)
def test_every_export_is_in_the_readme(export: Export) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    if export.option is not None:
        assert re.search(rf"qdesk export[^`]*--{export.name}", text)
    else:
        assert re.search(rf"qdesk {export.command}[^`]*--out [^`]*{export.endings[0]}", text)
