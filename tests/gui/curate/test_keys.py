"""The key map: one key a verdict, no clash, a person's own choice kept; the keys on the bar and in their panel."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from qdesk.data.reasons import FLAGS, KEEP, UNSURE
from qdesk.gui.curate.bar import BottomBar, Keycap
from qdesk.gui.curate.keys import ACTIONS, GROUPS, KeyMap, bind
from qdesk.gui.window import PAGES

Ctrl, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def keymap(qtbot) -> KeyMap:
    return KeyMap()


def settings(home: Path, text: str) -> None:
    """What an earlier version wrote, or today's in JSON."""
    home.mkdir(exist_ok=True)
    (home / f"settings.{'json' if text.startswith('{') else 'ini'}").write_bytes(text.encode())


# The map


def test_one_key_a_verdict_and_no_two_actions_on_one(keymap: KeyMap) -> None:
    every = [key for action in ACTIONS for key in action.keys]
    assert len(every) == len(set(every))
    assert [keymap.keys(reason) for reason in FLAGS] == [(str(place),) for place in range(1, 8)]
    assert keymap.keys(KEEP) == ("K",) and keymap.action("Ctrl+Z") == "undo" and keymap.action("J") == ""
    assert {action.group for action in ACTIONS} == set(GROUPS)
    for action in ACTIONS:  # what it starts with, a person could also have chosen
        keymap.set(action.name, action.keys)


def test_a_held_key_judges_one_drawing(qtbot, keymap: KeyMap) -> None:
    where, does = QWidget(), {name: lambda: None for name in ("flag", "wrong", KEEP, "undo", "bigger")}
    qtbot.addWidget(where)
    bind(where, keymap, does)
    repeats = {bound._name: bound.autoRepeat() for bound in where.findChildren(QShortcut)}
    assert repeats == {"flag": False, "wrong": False, KEEP: False, "undo": False, "bigger": True}


def test_a_choice_is_kept(qtbot, keymap: KeyMap) -> None:
    with qtbot.waitSignal(keymap.changed):
        keymap.set("keep", ["J"])
    keymap.set("undo", ["Ctrl+,", ",", "ö", "Shift+-"])
    again = KeyMap()
    assert (
        again.keys("keep") == ("J",)
        and again.keys("undo") == ("Ctrl+,", ",", "Ö", "-")
        and again.keys("flag") == ("F",)
    )


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (["K"], "K is keep already."),
        (["Ctrl+Shift+Z"], "Ctrl+Shift+Z is redo already."),
        (["J", "j"], "J is flag already."),
        (["Left"], "The drawings need Left."),
        (["Shift+Left"], "The drawings need Shift+Left."),
        (["Space"], "The drawings need Space."),
        (["Ctrl+Q"], "The window needs Ctrl+Q."),
        (["Ctrl+C"], "The window needs Ctrl+C."),
        (["J, K"], "J, K is more than one key."),
        (["Ctrl"], "“Ctrl” cannot be typed."),
        (["Hyperdrive"], "“Hyperdrive” cannot be typed."),
        ([""], "That key cannot be used."),
        ([], "Every action needs a key."),
    ],
)
def test_keys_that_cannot_be_had_are_refused_in_words(keymap: KeyMap, keys: list[str], sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        keymap.set("flag", keys)
    assert str(caught.value) == sentence and keymap.keys("flag") == ("F",)


def test_the_keys_of_the_window_are_not_to_be_had(keymap: KeyMap) -> None:
    for number in range(1, len(PAGES) + 1):
        with pytest.raises(ValueError, match="The window needs"):
            keymap.set("flag", [f"Ctrl+{number}"])


def test_back_to_the_first_keys(keymap: KeyMap, home: Path) -> None:
    keymap.set("flag", ["J"])
    keymap.set("keep", ["F"])
    with pytest.raises(ValueError, match="F is keep already"):
        keymap.reset("flag")
    keymap.reset("keep")
    keymap.reset("flag")
    assert keymap.keys("flag") == ("F",) and keymap.keys("keep") == ("K",)
    keymap.set("flag", ["J"])
    keymap.reset()
    assert keymap.keys("flag") == ("F",) and "J" not in (home / "settings.json").read_text()


def test_two_may_change_places(keymap: KeyMap) -> None:
    keymap.set("flag", ["J"])
    keymap.set("keep", ["F"])
    keymap.set("flag", ["K"])
    again = KeyMap()
    assert again.keys("flag") == ("K",) and again.keys("keep") == ("F",)


@pytest.mark.parametrize(
    "text",
    [
        "[keys]\nflag=K\n",  # taken
        "[keys]\nflag=J\ntint=J\n",  # by each other
        "[keys]\nflag=K\nkeep=F\nundo=F\n",  # and the one that falls back takes another with it
        "[keys]\nflag=Left\ndance=J\n",
        '[keys]\nflag=\nkeep=Hyperdrive\nundo=@Variant(rubbish)\nredo=@ByteArray(x)\nback="K, J"\n',
        "[keys]\nflag=,\nkeep=,,\n",
        "[keys\nflag=J\x00\xff",
        "keys=7",
        '{"curate": {"keys": {"flag": ["K"]}}}',
        '{"curate": {"keys": {"flag": ["J"], "tint": ["J"]}}}',
        '{"curate": {"keys": {"flag": ["Left"], "dance": ["J"], "keep": ["Hyperdrive"], "undo": 7, "redo": [""]}}}',
        '{"curate": {"keys": {"flag": [], "back": ["K, J"]}}}',
        '{"curate": {"keys": 7}}',
        '{"keys',
    ],
)
def test_a_damaged_file_of_settings_costs_nothing_but_itself(
    qtbot, home: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings(home, text)
    keymap = KeyMap()
    assert {action.name: keymap.keys(action.name) for action in ACTIONS} == {a.name: a.keys for a in ACTIONS}


@pytest.mark.parametrize(
    "text",
    [
        "[keys]\nflag=j\nkeep=Hyperdrive\nundo=Z, Ctrl+Z\n",
        '{"curate": {"keys": {"flag": ["j"], "keep": ["Hyperdrive"], "undo": ["Z", "Ctrl+Z"]}}}',
    ],
)
def test_what_makes_sense_in_an_edited_file_is_taken(qtbot, home: Path, text: str) -> None:
    settings(home, text)
    keymap = KeyMap()
    assert keymap.keys("flag") == ("J",) and keymap.keys("keep") == ("K",) and keymap.keys("undo") == ("Z", "Ctrl+Z")


def test_a_key_of_ones_own_stays_when_a_new_action_comes(qtbot, home: Path) -> None:
    settings(home, '{"curate": {"keys": {"keep": ["5"], "flag": ["6", "F"]}}}')
    keymap = KeyMap()
    assert keymap.keys("keep") == ("5",) and keymap.keys("flag") == ("6", "F") and keymap.keys("rude") == ("8",)
    with pytest.raises(ValueError, match="8 is rude already"):
        keymap.set("undo", ["8"])
    keymap.reset()
    assert keymap.keys("rude") == ("5",) and KeyMap().keys("rude") == ("5",)


# The shortcuts


@pytest.fixture
def field(qtbot, keymap: KeyMap) -> QWidget:
    """A widget whose keys write down what they did, with a text field in it."""
    made = QWidget()
    made.done = []
    made.line = QLineEdit()
    QVBoxLayout(made).addWidget(made.line)
    bind(made, keymap, {name: lambda name=name: made.done.append(name) for name in ("flag", "keep", "undo", "keys")})
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    return made


def test_the_keys_work_and_follow_the_map(keymap: KeyMap, field: QWidget) -> None:
    field.setFocus()
    QTest.keyClick(field, "K")
    QTest.keyClick(field, "U")
    QTest.keyClick(field, "Z", Ctrl)
    QTest.keyClick(field, Qt.Key.Key_Question)
    assert field.done == ["keep", "undo", "undo", "keys"]
    keymap.set("keep", ["J"])
    keymap.set("flag", ["K"])
    field.done.clear()
    for key in "JKF":
        QTest.keyClick(field, key)
    assert field.done == ["keep", "flag"]


def test_what_is_typed_into_a_field_is_text(keymap: KeyMap, field: QWidget) -> None:
    keymap.set("flag", ["Shift+J"])
    field.line.setFocus()
    QTest.keyClicks(field.line, "Kuk?J1")
    assert field.line.text() == "Kuk?J1" and field.done == []


def test_a_widget_that_is_gone_is_not_bound_any_more(qtbot, keymap: KeyMap) -> None:
    gone = QWidget()
    bind(gone, keymap, {"keep": gone.close})
    with qtbot.waitSignal(gone.destroyed):
        gone.deleteLater()
    keymap.set("keep", ["J"])


# The bar


def test_the_bar_shows_the_keys_as_they_are(qtbot, keymap: KeyMap) -> None:
    bar = BottomBar(keymap)
    qtbot.addWidget(bar)
    caps = [cap.accessibleName() for cap in bar.keys.findChildren(Keycap)]
    does = ("flag", *FLAGS, KEEP, UNSURE, "undo", "replay")
    assert caps == [f"{key}: {text}" for key, text in zip("F1234567KNUR", does, strict=True)]
    keymap.set("keep", ["<"])
    keymap.set("keys", ["F1"])
    keymap.set("export", ["Ctrl+S"])
    keep = bar.keys.findChildren(Keycap)[8]
    assert keep.accessibleName() == "<: keep" and "&lt;" in keep.text() and bar.keys.all.text() == "Keys (F1)"
    assert "Ctrl+S" in bar.export.flags.toolTip() and bar.export.actions_by_kind["flags"].text().endswith("\tCtrl+S")
    with qtbot.waitSignal(bar.keys_asked):
        bar.keys.all.click()


def test_a_long_key_makes_room_for_itself(qtbot, keymap: KeyMap) -> None:
    bar = BottomBar(keymap)
    qtbot.addWidget(bar)
    bar.set_open(True)
    bar.resize(720, 80)
    bar.show()
    before = bar.keys.findChildren(Keycap)[0].width()
    keymap.set("flag", ["Ctrl+Alt+Shift+F"])
    parts = (*filter(QWidget.isVisible, bar.keys.findChildren(Keycap)), bar.keys.all)
    places = [part.geometry() for part in parts]
    assert places[0].width() > before and not any(a.intersects(b) for a in places for b in places if a is not b)


def test_what_can_be_taken_along(qtbot, keymap: KeyMap) -> None:
    bar = BottomBar(keymap)
    qtbot.addWidget(bar)
    bar.set_open(True)
    bar.show()
    asked: list[str] = []
    bar.export_asked.connect(asked.append)
    bar.export.flags.click()
    for action in bar.export.actions_by_kind.values():
        action.trigger()
    assert asked == ["flags", "flags", "clean", "sheet", "gallery", "replay", "all", "merge"]
    asked.clear()
    bar.export.more.setFocus()
    QTest.keyClick(bar.export.more, Qt.Key.Key_Space)
    assert bar.export.menu.isVisible()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(bar.export.menu, key)
    assert asked == ["clean"] and not bar.export.menu.isVisible()
