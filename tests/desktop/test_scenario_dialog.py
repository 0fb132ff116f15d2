"""The dialog that asks for a scenario: nothing of it is cut, whatever the size of the type."""

from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton

from tests.evaluation.runs import make_run
from xraydemo.desktop.scenario_dialog import ScenarioDialog
from xraydemo.desktop.style import apply_style
from xraydemo.errors import XrayDemoError


@pytest.fixture(params=[10, 16])
def dialog(qtbot, qapp, request):
    """The dialog in type of a size; the usual one is put back at the end."""
    apply_style(qapp, request.param)
    host = SimpleNamespace(run=make_run(["normal", "covid"]), scenarios=None, set_scenarios=None)
    dialog = ScenarioDialog(host, "changed answers", [0, 1])
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    yield dialog
    apply_style(qapp)


def test_its_parts_do_not_overlap_and_their_words_are_seen_whole(dialog, qtbot):
    kinds = (QLineEdit, QPlainTextEdit, QComboBox, QPushButton, QLabel)
    parts = [part for kind in kinds for part in dialog.findChildren(kind) if part.isVisible()]
    inside = [part for part in parts if part.parent() is dialog]
    assert len(inside) > 15
    for place, part in enumerate(inside):
        assert not any(part.geometry().intersects(other.geometry()) for other in inside[:place])
        assert dialog.rect().contains(part.geometry())
        if isinstance(part, QLabel):
            needed = (
                part.heightForWidth(part.width()) if part.wordWrap() else part.sizeHint().height()
            )
            assert part.height() >= needed, part.text()


def test_it_grows_with_what_is_wrong(dialog, qtbot):
    before = dialog.height()
    dialog._problem.say(XrayDemoError("It is wrong " * 20, "Mend it " * 20))
    qtbot.waitUntil(lambda: dialog.height() > before)
    test_its_parts_do_not_overlap_and_their_words_are_seen_whole(dialog, qtbot)
