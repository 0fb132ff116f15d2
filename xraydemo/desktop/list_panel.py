"""The list with what it is searched for and sorted by above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import text
from xraydemo.desktop.order import KEYS
from xraydemo.desktop.type_fit import TypeFit
from xraydemo.desktop.worklist import Worklist

if TYPE_CHECKING:
    from xraydemo.desktop.commands import Commands
    from xraydemo.desktop.presenter import Presenter


class ListPanel(QWidget):
    """The left-hand panel."""

    def __init__(self, presenter: Presenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._presenter = presenter
        self.list = Worklist(presenter)
        self.search = QLineEdit()
        self.search.setPlaceholderText(text.SEARCH_LIST)
        self.search.setAccessibleName(text.SEARCH_LIST)
        self.search.setToolTip(text.SEARCH_LIST_TIP)
        self.search.setClearButtonEnabled(True)
        self.key = QComboBox()
        self.key.setAccessibleName(text.SORT_LABEL)
        self.key.setToolTip(text.SORT_TIP)
        self.key.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.key.setMinimumContentsLength(8)
        for key in KEYS:
            self.key.addItem(text.SORT_KEYS[key], key)
        self._again = QPushButton(text.SORT_AGAIN)
        self._again.setToolTip(text.SORT_OLD)
        self._count = QLabel()
        self._count.setObjectName("dim")

        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(self.search, 1)
        above.addWidget(self._count)
        below = QHBoxLayout()
        below.setSpacing(8)
        label = QLabel(text.SORT_LABEL)
        label.setObjectName("dim")
        below.addWidget(label)
        below.addWidget(self.key, 1)
        below.addWidget(self._again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(6)
        for row in (above, below):
            row.setContentsMargins(10, 0, 10, 0)
            column.addLayout(row)
        column.addWidget(self.list, 1)

        self.search.textChanged.connect(presenter.search)
        self.key.activated.connect(lambda _: presenter.sort_by(self.key.currentData()))
        self.list.sort_wanted.connect(presenter.sort_by)
        self.list.selected.connect(presenter.select)
        self._again.clicked.connect(presenter.sort_again)
        self.show_order()
        TypeFit(self._again, self.show_age)

    def show_order(self) -> None:
        """Show what the presenter lists, and how."""
        presenter = self._presenter
        order = presenter.order
        self.list.show_order()
        for place, key in enumerate(KEYS):
            is_shown = key == order.key and presenter.study is None  # that is in no such order
            arrow = text.sort_arrow(order) if is_shown else ""
            self.key.setItemText(place, f"{arrow} {text.SORT_KEYS[key]}".strip())
        self.key.setCurrentIndex(self.key.findData(order.key))
        if self.search.text() != order.search:
            self.search.setText(order.search)
        listed = text.listed(len(presenter.shown), len(presenter.items))
        self._count.setText(listed)
        self._count.setVisible(bool(listed))  # else the field ends before the one below
        self.show_age()

    def show_keys(self, commands: Commands) -> None:
        """Name the key that is in force."""
        self._again.setText(text.with_key(text.SORT_AGAIN, commands.key("sort-again")))

    def show_study(self) -> None:
        """Let nobody sort or search what is read blind."""
        for widget in (self.search, self.key):
            widget.setEnabled(self._presenter.study is None)

    def show_age(self) -> None:
        """Show whether readings came that would put rows elsewhere."""
        self._again.setMinimumWidth(self._again.sizeHint().width())
        self._again.setVisible(self._presenter.is_order_old)

    def focus_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus()
        self.search.selectAll()
