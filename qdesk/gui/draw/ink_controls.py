"""What ink can be asked to grow for: a word or a channel, steps, the distance of values, a seed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from qdesk.generate.ink import DISTANCE, STEPS, Aim
from qdesk.gui.draw.sketch_controls import WIDTH, SeedField
from qdesk.gui.kit.slider import Slider
from qdesk.gui.kit.widgets import Segments
from qdesk.gui.kit.word_field import WordField
from qdesk.gui.theme import SPACE, button, label

_LAYERS = (
    "14 px, edges", "14 px, corners", "7 px", "7 px, parts", "4 px", "4 px, wholes", "embedding",
)  # fmt: skip
_ABOUT = (
    "A blob of ink in the middle. Only pixels at its border flip, black or white, and only where the network then sees "
    "more of what you chose."
)


class InkControls(QScrollArea):
    """The controls. `changed` says that something else is to grow; `steps.moved` that it may go on for longer."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._channels: tuple[int, ...] = ()
        self.kinds = Segments("What grows", {"word": button("A word"), "channel": button("A channel")})
        self.kinds.choose("word")
        self.word = WordField("Word", "octopus")
        self.trouble = label("", "small")
        self.trouble.setProperty("bad", True)
        self.trouble.setWordWrap(True)
        self.layer = Slider("Layer", 0, len(_LAYERS) - 1, 3, 1, lambda value: _LAYERS[int(value)])
        self.channel = Slider("Channel", 0, 95, 20, 1, "{:.0f}".format)
        self.steps = Slider("Steps", 10, 400, STEPS, 10, "{:.0f}".format)
        self.distance = Slider(
            "Black from white", 0.1, 1, DISTANCE, 0.05, "{:.2f}".format,
            "How far apart the values of ink and paper are for the network: the farther, the finer the detail",
        )  # fmt: skip
        self.seed = SeedField(tip="Another blob (R)")
        self.about = label(_ABOUT, "small", muted=True)
        self.about.setWordWrap(True)
        self._lay_out()
        self.kinds.chosen.connect(lambda _kind: self._changed())
        self.word.word_changed.connect(lambda _word: self._changed())
        self.layer.moved.connect(self._layer_moved)
        for slider in (self.channel, self.distance):
            slider.moved.connect(lambda _value: self._changed())
        self.seed.changed.connect(lambda _seed: self._changed())
        self._show_parts()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * SPACE, 0, SPACE, SPACE)
        column.setSpacing(SPACE + 4)
        for part in (
            self.kinds, self.word, self.trouble, self.layer, self.channel, self.steps, self.distance, self.seed,
            self.about,
        ):  # fmt: skip
            column.addWidget(part)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH)

    @property
    def kind(self) -> str:
        """What is to grow: "word" or "channel"."""
        return self.kinds.choice

    @property
    def aim(self) -> Aim | None:
        """What is asked for, None where there is no such word."""
        distance, seed = self.distance.value, self.seed.seed
        if self.kind == "word":
            return Aim(self.word.word, distance=distance, seed=seed) if self.word.word else None
        return Aim("", int(self.layer.value), int(self.channel.value), distance, seed)

    @property
    def name(self) -> str:
        """What is asked for, as the name of a file."""
        return self.word.word if self.kind == "word" else f"layer-{self.layer.value:g}-{self.channel.value:g}"

    def set_channels(self, channels: tuple[int, ...]) -> None:
        """Note how many channels each layer has."""
        self._channels = channels
        self.channel.set_high(channels[int(self.layer.value)] - 1)

    def _layer_moved(self, layer: float) -> None:
        if self._channels:
            self.channel.set_high(self._channels[int(layer)] - 1)
        self._changed()

    def _show_parts(self) -> None:
        word = self.kind == "word"
        self.word.setVisible(word)
        self.trouble.setText(self.word.trouble)
        self.trouble.setVisible(word and bool(self.word.trouble))
        self.layer.setVisible(not word)
        self.channel.setVisible(not word)

    def _changed(self) -> None:
        self._show_parts()
        self.changed.emit()
