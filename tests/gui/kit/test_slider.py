"""Sliders with a name and a value."""

from __future__ import annotations

from qdesk.gui.kit.slider import Slider


def test_a_slider_moves_in_its_steps_and_says_its_value(qtbot) -> None:
    slider = Slider("Temperature", 0, 2, 0.3, 0.05, "{:.2f}".format)
    qtbot.addWidget(slider)
    assert slider.value == 0.3 and slider._value.text() == "0.30"
    with qtbot.waitSignal(slider.moved) as moved:
        slider.slider.setValue(slider.slider.value() + 1)
    assert moved.args == [slider.value] and round(slider.value, 2) == 0.35
    slider.set_value(9)
    assert slider.value == 2 and slider._value.text() == "2.00"
    slider.set_high(1)
    assert slider.value == 1


def test_a_slider_has_a_name_for_those_who_cannot_see_it(qtbot) -> None:
    slider = Slider("Steps", 10, 400, 150, 10, tip="How many")
    qtbot.addWidget(slider)
    assert slider.slider.accessibleName() == "Steps" and slider.slider.toolTip() == "How many"
