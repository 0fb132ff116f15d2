"""The tour's own strip of the window: what is said, and the way on and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from xraydemo.desktop import tour_text
from xraydemo.desktop.parts import words_label
from xraydemo.desktop.tour import STEPS, Stage, Tour

if TYPE_CHECKING:
    from xraydemo.desktop.window import MainWindow

_LOOK_MS = 250  # how often the words are held against what is known by now
_LINES = 6  # the title, two or three of words, and air
_LEAST = 520  # what the places must leave to it on a small screen: they have air at the bottom


class TourBar(QDockWidget):
    """The view of a `Tour`, below the places of a window.

    Parameters
    ----------
    stage : Stage
    window : MainWindow
        Its keys lead through the tour.
    """

    def __init__(self, stage: Stage, window: MainWindow) -> None:
        super().__init__(tour_text.NAME, window)
        self.setObjectName("tour")
        self.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        self.setTitleBarWidget(QFrame())  # none: the step has a title
        self.tour = Tour(self, stage)
        self._place, self._title = QLabel(), QLabel()
        self._place.setObjectName("dim")
        self._words = words_label()
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.back, self.on = QPushButton(tour_text.BACK), QPushButton(tour_text.ON)
        self.end = QPushButton(tour_text.CLOSE)
        self.on.setObjectName("main")
        self._lay_out()
        self.on.clicked.connect(self.tour.go_on)
        self.back.clicked.connect(self.tour.go_back)
        self.end.clicked.connect(self.tour.close)
        self._window = window
        window.commands.keys_changed.connect(self._show_keys)
        self._show_keys()
        window.take_tour(self.tour)
        places = window.centralWidget()
        assert places is not None
        self._places = places
        self._places.setMinimumHeight(_LEAST)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.tour.refresh)
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self)

    def begin(self) -> None:
        """Show the first step."""
        self.tour.begin()
        self._look.start()

    def stop(self) -> None:
        """Look no more whether something came: the window is closed."""
        self._look.stop()

    # what the tour tells (see tour.TourView)

    def step_changed(self) -> None:
        """Show a step."""
        tour = self.tour
        self._place.setText(tour_text.place(tour.place + 1, len(STEPS)))
        self._title.setText(f"<b>{tour.step.title}</b>")
        self._words.setText(tour.words)
        self.back.setEnabled(not tour.is_first)
        self.on.setText(tour_text.END if tour.is_last else tour_text.ON)

    def closed(self) -> None:
        """Leave the window to the reader."""
        self._look.stop()
        self._places.setMinimumHeight(0)
        self._window.take_tour(None)
        self.hide()

    def _show_keys(self) -> None:
        """Name the keys that are in force."""
        for button, name in ((self.on, "on"), (self.back, "back"), (self.end, "close")):
            button.setToolTip(self._window.commands.key(f"tour-{name}"))

    def _lay_out(self) -> None:
        strip = QFrame()
        strip.setObjectName("banner")
        row = QHBoxLayout(strip)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(8)
        told = QVBoxLayout()
        told.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self._place)
        head.addStretch(1)
        told.addLayout(head)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)  # right below the title
        told.addWidget(self._words, 1)
        row.addLayout(told, 1)
        for button in (self.back, self.on, self.end):
            row.addWidget(button)
        strip.setFixedHeight(_LINES * self.fontMetrics().height())
        self.setWidget(strip)
