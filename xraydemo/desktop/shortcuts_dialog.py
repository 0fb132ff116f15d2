"""Lists the keys and lets the reader change them; no two commands come to have the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xraydemo.desktop import text
from xraydemo.desktop.commands import key_of, normal
from xraydemo.desktop.key_plan import KeyPlan
from xraydemo.desktop.parts import Problem, words_label
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from xraydemo.desktop.commands import Commands, Entry

_KEY = 2  # the column


class ShortcutsDialog(QDialog):
    """Changes the keys of the commands when it is accepted.

    Parameters
    ----------
    commands : Commands
    """

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text.SHORTCUTS_TITLE)
        self.resize(640, 600)
        self._commands = commands
        self._entries = {entry.name: entry for entry in commands.entries}
        shipped = {entry.name: entry.shipped for entry in commands.entries}
        now = {entry.name: key_of(entry) for entry in commands.entries}
        self._plan = KeyPlan(now, shipped, _menu_keys(parent))
        self.search, self.table = QLineEdit(), QTableWidget()
        self.field = QKeySequenceEdit()
        self.take_away = QPushButton(text.SHORTCUTS_TAKE)
        self._none = QPushButton(text.SHORTCUTS_NONE)
        self._one, self._all = QPushButton(text.SHORTCUTS_ONE), QPushButton(text.SHORTCUTS_ALL)
        self.problem = Problem()
        self._lay_out()
        self._fill()
        self.search.textChanged.connect(self._filter)
        self.table.currentCellChanged.connect(lambda *_: self._selected())
        self.field.editingFinished.connect(self._recorded)
        self.take_away.clicked.connect(self._take)
        self._none.clicked.connect(lambda: self._give(""))
        self._one.clicked.connect(self._restore)
        self._all.clicked.connect(self._restore_all)
        self.table.setCurrentCell(0, 0)

    def _lay_out(self) -> None:
        self.search.setPlaceholderText(text.SHORTCUTS_SEARCH)
        self.search.setAccessibleName(text.SHORTCUTS_SEARCH)
        self.search.setClearButtonEnabled(True)
        table = self.table
        table.setAccessibleName(text.SHORTCUTS_TITLE)
        table.setColumnCount(len(text.SHORTCUTS_COLUMNS))
        table.setHorizontalHeaderLabels(text.SHORTCUTS_COLUMNS)
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        for column in range(table.columnCount()):
            table.horizontalHeader().setSectionResizeMode(
                column,
                QHeaderView.ResizeMode.Stretch
                if column == 0
                else QHeaderView.ResizeMode.ResizeToContents,
            )
        self.field.setMaximumSequenceLength(1)
        self.field.setAccessibleName(text.SHORTCUTS_FIELD)
        label = QLabel(text.SHORTCUTS_FIELD)
        label.setBuddy(self.field)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.field, 1)
        for button in (self._none, self._one):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.take_away.setAutoDefault(False)
        self._all.setAutoDefault(False)
        self.take_away.hide()
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.addButton(self._all, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 14)
        whole.setSpacing(10)
        whole.addWidget(words_label("dim", text.SHORTCUTS_HELP))
        whole.addWidget(self.search)
        whole.addWidget(table, 1)
        whole.addLayout(row)
        whole.addWidget(self.problem)
        whole.addWidget(self.take_away, 0, Qt.AlignmentFlag.AlignLeft)
        whole.addWidget(buttons)

    def select(self, name: str) -> None:
        """Go to a command."""
        self.table.setCurrentCell(list(self._entries).index(name), 0)

    def accept(self) -> None:
        """Give the commands their keys."""
        self._commands.set_keys(self._plan.keys)
        super().accept()

    def _fill(self) -> None:
        self.table.setRowCount(len(self._entries))
        for row, entry in enumerate(self._entries.values()):
            for column, words in enumerate((entry.words, entry.group)):
                self.table.setItem(row, column, QTableWidgetItem(words))
        self._show_keys()

    def _show_keys(self) -> None:
        for row, (name, entry) in enumerate(self._entries.items()):
            key, changed = self._plan.keys[name], self._plan.is_changed(name)
            item = QTableWidgetItem(text.changed_key(key) if changed else key)
            if changed:
                item.setToolTip(text.SHORTCUTS_SHIPPED.format(key=entry.shipped or "–"))
            self.table.setItem(row, _KEY, item)

    def _filter(self, words: str) -> None:
        """List what has all of these words in it."""
        wanted = words.casefold().split()
        for row, (name, entry) in enumerate(self._entries.items()):
            said = f"{entry.words} {entry.group} {self._plan.keys[name]}".casefold()
            self.table.setRowHidden(row, not all(word in said for word in wanted))

    @property
    def _chosen(self) -> Entry | None:
        row = self.table.currentRow()
        return None if row < 0 else list(self._entries.values())[row]

    def _selected(self) -> None:
        entry = self._chosen
        if entry:
            self.field.setKeySequence(QKeySequence(self._plan.keys[entry.name]))
            self._one.setEnabled(self._plan.is_changed(entry.name))
        self._say(None)

    def _recorded(self) -> None:
        self._give(normal(self.field.keySequence().toString()))

    def _give(self, key: str) -> None:
        """Give the chosen command a key, or say who has it."""
        entry = self._chosen
        if entry is None:
            return
        clash = self._plan.clash(entry.name, key)
        if clash is None:
            self._plan.give(entry.name, key)
            self._show_keys()
            self._selected()
            return
        owner = self._entries[clash.owner].words if clash.owner else ""
        message = text.key_taken(key, owner)
        self._say(XrayDemoError(message, text.KEY_TAKEN_HINT if owner else text.KEY_FIXED_HINT))
        self.take_away.setVisible(bool(owner))

    def _take(self) -> None:
        """Give the chosen command a key that another has."""
        entry = self._chosen
        if entry:
            self._plan.give(entry.name, normal(self.field.keySequence().toString()))
            self._show_keys()
            self._selected()

    def _restore(self) -> None:
        entry = self._chosen
        if entry:
            self.field.setKeySequence(QKeySequence(entry.shipped))
            self._give(entry.shipped)

    def _restore_all(self) -> None:
        self._plan.restore_all()
        self._show_keys()
        self._selected()

    def _say(self, problem: XrayDemoError | None) -> None:
        self.problem.say(problem)
        self.take_away.setVisible(False)


def _menu_keys(window: QWidget | None) -> frozenset[str]:
    """Name the keys that open the menus of a window."""
    if not isinstance(window, QMainWindow):
        return frozenset()
    titles = (action.text() for action in window.menuBar().actions())
    return frozenset(QKeySequence.mnemonic(title).toString() for title in titles)
