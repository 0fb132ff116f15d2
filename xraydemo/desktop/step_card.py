"""One step on the counterfactual bench: what it does, and a slider or chooser a setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QWidget,
)

from xraydemo.desktop import text
from xraydemo.desktop.parts import Card, words_label
from xraydemo.desktop.type_fit import TypeFit

if TYPE_CHECKING:
    from collections.abc import Callable

    from xraydemo.radiograph.interventions import Choice, Intervention, Kind, Number

_STOPS = 200  # of a slider over a range that has no whole numbers
_BESIDE = 26  # pixels that the style sheet leaves beside a button's words


class StepCard(Card):
    """A card for one step.

    Parameters
    ----------
    step : Intervention
    kind : Kind
    place : int
        Its place among the steps.
    change : callable
        Takes the place, a setting's name and its new value.
    remove : callable
        Takes the place.
    """

    def __init__(
        self,
        step: Intervention,
        kind: Kind,
        place: int,
        change: Callable[[int, str, float | str], None],
        remove: Callable[[int], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self.setObjectName("step")
        self._change, self._place = change, place
        self._sentence = words_label("", step.sentence)
        away = QPushButton(text.BENCH_REMOVE)
        away.setAccessibleName(text.BENCH_REMOVE_NAME.format(what=text.BENCH_KINDS[step.kind]))
        away.setToolTip(away.accessibleName())
        mark = away.text()
        TypeFit(
            away,
            lambda: away.setFixedWidth(away.fontMetrics().horizontalAdvance(mark) + _BESIDE),
        )
        away.clicked.connect(lambda: remove(place))
        head = QHBoxLayout()
        head.addWidget(self._sentence, 1)
        head.addWidget(away, 0, Qt.AlignmentFlag.AlignTop)
        self.column.setContentsMargins(10, 8, 8, 8)
        self.column.addLayout(head)
        self.fields: list[QWidget] = []
        """What the keyboard can be in, in the order in which it goes through them."""
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        for row, (name, setting) in enumerate(kind.settings.items()):
            # imported late by the module that knows the kinds; their classes tell them apart
            make = {"Number": self._slider, "Choice": self._chooser}.get(type(setting).__name__)
            if make is None or name == "seed":
                continue
            label = QLabel(text.BENCH_SETTINGS[name])
            label.setObjectName("dim")
            label.setToolTip(setting.what)
            field = make(name, setting, step.settings[name])  # type: ignore[operator]
            self.fields.append(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        self.fields.append(away)
        self.column.addLayout(grid)

    def say(self, sentence: str) -> None:
        """Say what the step does."""
        self._sentence.setText(sentence)

    def _slider(self, name: str, setting: Number, value: float) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setAccessibleName(f"{text.BENCH_SETTINGS[name]}: {setting.what}")
        slider.setToolTip(setting.what)
        span = setting.high - setting.low
        stops = int(min(span, _STOPS)) if setting.whole else _STOPS
        slider.setRange(0, stops)
        slider.setValue(round((value - setting.low) / span * stops))

        def changed(stop: int) -> None:
            new = setting.low + span * stop / stops
            self._change(self._place, name, round(new) if setting.whole else round(new, 6))

        slider.valueChanged.connect(changed)
        return slider

    def _chooser(self, name: str, setting: Choice, value: float | str) -> QComboBox:
        chooser = QComboBox()
        chooser.setAccessibleName(f"{text.BENCH_SETTINGS[name]}: {setting.what}")
        chooser.setToolTip(setting.what)
        for option in setting.options:
            chooser.addItem(f"{option}°" if setting.unit == "degrees" else str(option), option)
        chooser.setCurrentIndex(setting.options.index(value))
        chooser.activated.connect(lambda _: self._change(self._place, name, chooser.currentData()))
        return chooser
