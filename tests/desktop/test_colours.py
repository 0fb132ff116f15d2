"""Both themes can be read: the contrast of WCAG 2, section 1.4.3, of every pair that is used."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from xraydemo.desktop import style
from xraydemo.desktop.colours import DARK, LIGHT


def luminance(colour):
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in QColor(colour).getRgbF()[:3]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_and_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_words_can_be_read_on_every_ground(colours):
    grounds = (colours.ground, colours.panel, colours.field)
    words = (colours.text, colours.dim, colours.warning, *colours.verdicts.values())
    pairs = [(word, ground) for word in words for ground in grounds]
    pairs += [(colours.text, colours.chosen), (colours.text, colours.hover)]
    pairs += [(colours.warning, colours.problem), (colours.dim, colours.problem)]
    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < 4.5} == {}


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_what_is_drawn_stands_out(colours):
    """Parts of a picture need a contrast of 3 (WCAG 2, 1.4.11)."""
    drawn = (colours.bar, colours.bar_most, colours.focus, *colours.inks)
    assert {ink for ink in drawn if contrast(ink, colours.panel) < 3} == set()


def test_words_on_the_xray_and_on_paper():
    for word in (style.ON_BLACK, style.WARNING_ON_BLACK):
        assert contrast(word, style.BLACK) > 4.5
    for word in (style.ON_PAPER, style.WORDS_ON_PAPER):
        assert contrast(word, style.PAPER) > 4.5


def test_a_theme_puts_its_colours_in_force(qapp):
    try:
        style.apply_theme(qapp, "light")
        assert LIGHT.text == style.TEXT
        assert QApplication.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.ground)
        assert LIGHT.panel in qapp.styleSheet()
        assert DARK.panel not in qapp.styleSheet()
        style.apply_theme(qapp, "system")
        system_is_light = qapp.styleHints().colorScheme() == Qt.ColorScheme.Light
        assert (LIGHT if system_is_light else DARK).text == style.TEXT
    finally:
        style.apply_theme(qapp, "dark")
    assert DARK.text == style.TEXT
