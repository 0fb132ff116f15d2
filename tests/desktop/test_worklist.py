from __future__ import annotations

from unittest.mock import Mock

import pytest

from xraydemo.desktop import text
from xraydemo.desktop.presenter import Presenter, View
from xraydemo.desktop.worklist import NUMBER, Worklist


@pytest.fixture
def presenter(post):
    presenter = Presenter(Mock(spec=View), post, list)
    yield presenter
    presenter.close()


def test_the_longest_probability_is_not_cut(qtbot, presenter) -> None:
    """It was shown as ">…%": the column was as wide as its heading only."""
    worklist = Worklist(presenter)
    qtbot.addWidget(worklist)
    needed = worklist.fontMetrics().horizontalAdvance(text.percent(0.999)) + 20  # both margins
    assert worklist.columnWidth(NUMBER) >= needed
