"""The real window, driven by keys and mouse, without a display."""

import hashlib
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pydicom
import pytest
from PIL import Image
from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QPointF, QRectF, Qt, QTimer, QUrl
from PySide6.QtGui import QAccessible, QDropEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollBar,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QTableView,
    QTableWidget,
    QWidget,
)

from xraydemo.classes import DISCLAIMER
from xraydemo.desktop import app, text, tour_text
from xraydemo.desktop.about_dialog import AboutDialog, about_page
from xraydemo.desktop.colours import DARK, LIGHT
from xraydemo.desktop.compare_work import RunName
from xraydemo.desktop.faults import show_fault
from xraydemo.desktop.help_dialog import HelpDialog, help_page
from xraydemo.desktop.loader import open_file
from xraydemo.desktop.memory import Memory
from xraydemo.desktop.parts import HtmlPage
from xraydemo.desktop.preferences_dialog import PreferencesDialog
from xraydemo.desktop.report_dialog import ReportDialog
from xraydemo.desktop.study_dialog import StudyDialog
from xraydemo.desktop.style import apply_style, apply_theme
from xraydemo.desktop.thresholds_dialog import ThresholdsDialog
from xraydemo.desktop.window import MainWindow
from xraydemo.errors import UnreadableImage, XrayDemoError
from xraydemo.model.method_map import MethodMap
from xraydemo.model.neighbours import Kind, Neighbours

Key = Qt.Key


class Desk:
    """The window, and what a reader would do with it."""

    def __init__(self, qtbot, engine_class, reading, **window):
        self.qtbot = qtbot
        self.engine_class, self.reading = engine_class, reading
        self.engine = None
        apply_style(QApplication.instance())
        self.window = MainWindow(**window)
        qtbot.addWidget(self.window)
        self.window.resize(1366, 768)
        self.window.show()
        qtbot.waitExposed(self.window)

    def start(self, answers=None):
        def make(on_event):
            self.engine = self.engine_class(on_event, answers or (lambda path: self.reading()))
            return self.engine

        self.window.presenter.engine.start(make)
        self.until(lambda: self.engine)
        self.engine.event("ready", "OpenVINO on CPU, fp32")
        self.until(lambda: self.presenter.engine.state == "ready")

    def open(self, *paths):
        self.presenter.open(list(paths))
        self.until(lambda: not self.presenter.searching and self.presenter.opened)

    def until(self, ready):
        self.qtbot.waitUntil(lambda: bool(ready()), timeout=60_000)

    def key(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        target = QApplication.focusWidget() or self.window
        self.qtbot.keyClick(target, key, modifier)

    def mouse(self, kind, x, y, button=Qt.MouseButton.NoButton, held=Qt.MouseButton.NoButton):
        port = self.window.read.image.viewport()
        place = QPointF(x, y)
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(port, QMouseEvent(kind, place, place, button, held, none))

    def drag(self, button, way):
        self.mouse(QEvent.Type.MouseButtonPress, 200, 200, button, button)
        self.mouse(QEvent.Type.MouseMove, 200 + way[0], 200 + way[1], held=button)

    def release(self, button):
        self.mouse(QEvent.Type.MouseButtonRelease, 200, 200, button)

    @property
    def presenter(self):
        return self.window.presenter

    @property
    def row(self):
        return self.presenter.current.row

    def cell(self, row, column):
        return self.window.read.worklist.model().index(row, column).data()

    def pixel(self, x, y):
        """Gray value on the screen of a pixel of the X-ray."""
        image = self.window.read.image
        image.viewport().repaint()
        place = image.mapFromScene(QPointF(x + 0.5, y + 0.5))
        return image.viewport().grab().toImage().pixelColor(place)


@pytest.fixture
def desk(qtbot, fake_engine, reading):
    desk = Desk(qtbot, fake_engine, reading)
    yield desk
    desk.window.close()


@pytest.fixture
def dicom(tmp_path):
    """A small X-ray with a name on it."""
    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    data.PatientName = "Doe^Jane"
    data.Modality = "DX"
    data.PhotometricInterpretation = "MONOCHROME2"
    data.SamplesPerPixel, data.Rows, data.Columns = 1, 64, 80
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    pixels = np.arange(64 * 80, dtype=np.uint16).reshape(64, 80) % 4096
    data.PixelData = pixels.tobytes()
    data.save_as(tmp_path / "jane.dcm", enforce_file_format=True)
    return tmp_path / "jane.dcm"


def test_this_pyside_keeps_its_references(qapp):
    """PySide6 6.12.0 drops None once a call on Python 3.11, which ends in a crash after minutes."""
    label, before = QLabel(), sys.getrefcount(None)
    for _ in range(1000):
        label.setText("")
    assert sys.getrefcount(None) > before - 500, "exclude this version in pyproject.toml"


def test_the_empty_window_says_what_to_do(desk):
    words = desk.window.read.empty.words()
    assert text.EMPTY_TITLE in words
    assert text.EMPTY_DEMO in words
    buttons = {b.text() for b in desk.window.read.empty.findChildren(QPushButton)}
    assert buttons == {text.OPEN_FILES, text.OPEN_FOLDER, tour_text.ACTION}
    assert desk.window.read.centre.currentWidget() is desk.window.read.empty
    desk.key(Key.Key_Down)
    desk.key(Key.Key_I)
    assert desk.presenter.current is None


def test_the_disclaimer_is_always_there(desk, folder):
    def seen():
        labels = desk.window.findChildren(QLabel)
        return any(label.text() == DISCLAIMER and label.isVisible() for label in labels)

    assert seen()
    desk.open(folder)
    assert seen()


def test_opens_a_folder_and_reads_it(desk, folder):
    desk.start()
    desk.open(folder)
    desk.until(lambda: desk.presenter.queue.read_count == 5)
    assert [desk.cell(row, 0) for row in range(5)] == [f"{n}.png" for n in range(5)]
    assert desk.cell(0, 1) == "COVID-19"
    assert desk.cell(0, 2) == "87 %"
    assert desk.window.windowTitle().startswith("0.png")
    assert desk.window.read.image.has_heatmap()
    assert desk.window.settled


def test_walks_by_keyboard_and_shows_each_picture(desk, folder):
    desk.start()
    desk.open(folder)
    desk.key(Key.Key_Down)
    assert desk.row == 1
    desk.key(Key.Key_Down)
    assert desk.row == 2
    desk.key(Key.Key_Up)
    assert desk.row == 1
    assert desk.window.read.worklist.currentIndex().row() == 1
    desk.until(lambda: desk.window.settled and desk.window.read.image.has_heatmap())
    assert desk.presenter.opened.picture.radiograph.path.name == "1.png"


def test_walks_from_wherever_the_focus_is(desk, folder):
    desk.open(folder)
    for widget in (desk.window.read.layers.keyboard_widgets[1], desk.window.read.image):
        widget.setFocus()
        before = desk.row
        desk.key(Key.Key_Down)
        assert desk.row == before + 1


def test_what_is_drawn_is_the_xray_through_its_window(desk, folder):
    desk.open(folder)
    desk.presenter.gray.set_window(0, 12000)
    pixels = desk.presenter.opened.picture.radiograph.pixels
    for x, y in ((5, 5), (70, 50)):
        expected = 255 * float(pixels[y, x]) / 12000
        assert desk.pixel(x, y).red() == pytest.approx(expected, abs=4)
    desk.key(Key.Key_I)
    assert desk.pixel(70, 50).red() == pytest.approx(255 - expected, abs=4)
    desk.key(Key.Key_Space)
    assert not desk.presenter.gray.inverted


def test_what_is_drawn_is_right_when_turned_and_mirrored(desk, folder):
    desk.open(folder)
    desk.presenter.gray.set_window(0, 12000)
    upright = desk.pixel(70, 50).red()
    for key in (Key.Key_R, Key.Key_H, Key.Key_L, Key.Key_V, Key.Key_L):
        desk.key(key)
        assert desk.pixel(70, 50).red() == pytest.approx(upright, abs=2)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("R", "turned 90°"),
        ("L", "turned 270°"),
        ("RRRR", ""),
        ("H", "mirrored"),
        ("HH", ""),
        ("HV", "turned 180°"),
        ("V", "mirrored, turned 180°"),
        ("RH", "mirrored, turned 270°"),
    ],
)
def test_says_how_the_xray_was_turned(desk, folder, keys, words):
    desk.open(folder)
    for key in keys:
        desk.key(getattr(Key, f"Key_{key}"))
    assert desk.window.read.image.turned() == words
    desk.key(Key.Key_Space)
    assert desk.window.read.image.turned() == ""


def test_zooms_at_the_mouse_and_fits_again(desk, folder):
    desk.open(folder)
    image = desk.window.read.image
    fitted = image.zoom
    at = QPointF(image.mapFromScene(QPointF(20, 30)))
    before = image.mapToScene(at.toPoint())
    none = Qt.KeyboardModifier.NoModifier
    wheel = QWheelEvent(
        at,
        image.viewport().mapToGlobal(at),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        none,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(image.viewport(), wheel)
    assert image.zoom == pytest.approx(fitted * 1.25**2)
    after = image.mapToScene(at.toPoint())
    assert (after - before).manhattanLength() < 0.5
    desk.key(Key.Key_Minus)
    assert image.zoom == pytest.approx(fitted * 1.25**2 * 0.8)
    desk.qtbot.keyClicks(desk.window.read.worklist, "+")
    assert image.zoom == pytest.approx(fitted * 1.25**2)
    desk.key(Key.Key_Equal)
    assert image.zoom == pytest.approx(fitted)


def test_a_fitted_xray_stays_fitted_and_a_zoomed_one_does_not(desk, folder):
    desk.open(folder)
    image = desk.window.read.image
    fitted = image.zoom
    desk.window.resize(1700, 1000)
    desk.until(lambda: image.zoom > fitted)
    image.zoom_by(2)
    zoomed = image.zoom
    desk.window.resize(1366, 768)
    QApplication.processEvents()
    assert image.zoom == zoomed


def test_a_zoomed_picture_is_moved_by_keys(desk, folder):
    desk.open(folder)
    image = desk.window.read.image
    for _ in range(4):  # until neither axis is seen whole
        desk.key(Key.Key_Plus)
    place = QPointF(40, 30)
    port, start = image.viewport().size(), image.mapFromScene(place)
    for key, way in (
        (Key.Key_Right, (-1, 0)),
        (Key.Key_Down, (0, -1)),
        (Key.Key_Left, (1, 0)),
        (Key.Key_Up, (0, 1)),
    ):
        before = image.mapFromScene(place)
        desk.key(key, CONTROL)
        moved = image.mapFromScene(place) - before
        assert moved.x() == pytest.approx(way[0] * port.width() / 10, abs=1)
        assert moved.y() == pytest.approx(way[1] * port.height() / 10, abs=1)
    assert (image.mapFromScene(place) - start).manhattanLength() <= 2
    assert desk.row == 0  # the arrow alone would be another X-ray
    desk.key(Key.Key_Equal)


def test_keys_do_not_move_a_picture_that_is_seen_whole(desk, folder):
    desk.open(folder)
    image = desk.window.read.image
    place, fitted = image.mapFromScene(QPointF(40, 30)), image.zoom
    for key in (Key.Key_Right, Key.Key_Down, Key.Key_Left, Key.Key_Up):
        desk.key(key, CONTROL)
        assert image.mapFromScene(QPointF(40, 30)) == place
    desk.window.resize(1700, 1000)
    desk.until(lambda: image.zoom > fitted)  # it is fitted still


@pytest.mark.parametrize("turned", [0, 90])
def test_keys_move_a_picture_no_further_than_the_middle_of_the_view(desk, folder, turned):
    desk.open(folder)
    image = desk.window.read.image
    image.turn(turned)
    image.zoom_by(4)
    pixels = image._pixels
    whole = QRectF(0, 0, pixels.shape[1], pixels.shape[0]).adjusted(-1, -1, 1, 1)
    for key in (Key.Key_Right, Key.Key_Down, Key.Key_Left, Key.Key_Up):
        before = image.mapFromScene(QPointF(40, 30))
        for _ in range(40):
            desk.key(key, CONTROL)
        assert image.mapFromScene(QPointF(40, 30)) != before
        assert whole.contains(image._scene_at(QPointF(image.viewport().rect().center())))


def test_left_drag_moves_the_picture(desk, folder):
    desk.open(folder)
    image = desk.window.read.image
    before = image.mapFromScene(QPointF(40, 30))
    desk.drag(Qt.MouseButton.LeftButton, (60, -40))
    desk.release(Qt.MouseButton.LeftButton)
    assert image.mapFromScene(QPointF(40, 30)) - before == QPoint(60, -40)


def test_right_drag_is_the_window_and_escape_takes_it_back(desk, folder):
    desk.open(folder)
    before = desk.presenter.gray.presentation
    button = Qt.MouseButton.RightButton
    desk.drag(button, (50, 0))
    assert desk.presenter.gray.presentation.voi.width > before.voi.width
    desk.key(Key.Key_Escape)
    assert desk.presenter.gray.presentation == before
    desk.mouse(QEvent.Type.MouseMove, 300, 200, held=button)
    assert desk.presenter.gray.presentation == before
    desk.drag(button, (0, -50))
    desk.release(button)
    assert desk.presenter.gray.presentation.voi.low < before.voi.low
    assert desk.presenter.gray.preset == ""
    desk.key(Key.Key_Escape)  # nothing is under way
    assert desk.presenter.gray.presentation.voi.low < before.voi.low


def test_the_value_under_the_mouse(desk, folder):
    desk.open(folder)
    image = desk.window.read.image
    place = image.mapFromScene(QPointF(10.5, 20.5))
    desk.mouse(QEvent.Type.MouseMove, place.x(), place.y())
    assert image.readout() == "x 10  y 20  value 60000"
    desk.mouse(QEvent.Type.MouseMove, 1, 1)
    assert image.readout() == ""


def test_presets_by_key_and_typed_window(desk, folder):
    desk.open(folder)
    desk.key(Key.Key_2)
    assert desk.presenter.gray.preset == "full"
    assert desk.presenter.gray.presentation.voi.high == 60000
    low, high = desk.window.read.head.low, desk.window.read.head.high
    assert high.text() == "60000"
    for field, value in ((low, "500"), (high, "7000")):
        field.setFocus()
        field.selectAll()
        desk.qtbot.keyClicks(field, value)
    assert desk.row == 0  # digits in a field are digits, not presets
    desk.key(Key.Key_Return)
    voi = desk.presenter.gray.presentation.voi
    assert (voi.low, voi.high) == (500, 7000)
    high.setText("1")
    desk.key(Key.Key_Escape)
    assert high.text() == "7000"
    assert desk.presenter.gray.presentation.voi.high == 7000


def test_opacity_class_and_visibility_of_the_heat_map(desk, folder):
    desk.start()
    desk.open(folder)
    desk.until(lambda: desk.window.read.image.has_heatmap())
    show, chooser, _, slider, _, _ = desk.window.read.layers.keyboard_widgets
    slider.setFocus()
    before = slider.value()
    desk.key(Key.Key_Right)
    assert desk.presenter.layers.opacity == pytest.approx((before + 1) / 100)
    assert desk.window.read.image._heatmap.opacity() == pytest.approx((before + 1) / 100)
    desk.key(Key.Key_M)
    assert not desk.window.read.image.has_heatmap()
    assert not show.isChecked()
    show.setFocus()
    desk.key(Key.Key_Space)  # ticks the box, and doesn't reset the view
    assert desk.window.read.image.has_heatmap()
    desk.key(Key.Key_C)
    assert chooser.currentData() == "pneumonia"
    chooser.setCurrentIndex(0)
    chooser.activated.emit(0)
    assert desk.presenter.layers.heatmap_class == "covid"


def test_a_map_by_another_method_is_asked_for_and_drawn_on_its_own_scale(desk, folder, judged):
    asked = []
    raw = np.zeros((6, 6), np.float32)
    raw[2, 3] = 25.0

    def answer(path):
        return replace(judged("covid"), method_map=MethodMap(raw, 0.21))

    desk.start(answer)
    desk.open(folder)
    desk.until(lambda: desk.window.read.image.has_heatmap())
    layers, page = desk.presenter.layers, desk.window.read.layers
    method = page.keyboard_widgets[2]
    method.setCurrentIndex(1)
    method.activated.emit(1)
    asked.append(layers.asked_map)
    desk.until(lambda: "Grad-CAM++" in page._map_note.text())
    assert asked == ["grad-cam++/covid"]
    assert layers.heatmap_scale == 25.0
    assert "Likeness to shuffled weights: 0.21" in page._map_note.text()
    assert "sum" not in page._map_note.text()  # there is no unit to sum
    assert desk.window.read.image.has_heatmap()
    assert page._colours._place(0.0) == 0
    desk.key(Key.Key_C)
    assert layers.asked_map == "grad-cam++/pneumonia"
    method.setCurrentIndex(0)
    method.activated.emit(0)
    assert layers.method is None
    desk.until(lambda: "sum" in page._map_note.text())
    assert page._colours._place(0.0) == 0.5


def test_a_map_that_shuffled_weights_draw_as_well_is_hidden(desk, folder, judged):
    drawn = MethodMap(np.ones((6, 6), np.float32), 0.74)
    desk.start(lambda path: replace(judged("covid"), method_map=drawn))
    desk.open(folder)
    desk.until(lambda: desk.window.read.image.has_heatmap())
    desk.presenter.layers.choose_method("eigen-cam")
    desk.until(lambda: "rank correlation 0.74" in desk.window.read.layers._map_note.text())
    assert not desk.window.read.image.has_heatmap()
    assert "Eigen-CAM draws much the same" in desk.window.read.image._corner


def test_a_slow_map_says_so_and_comes_for_the_x_ray_that_is_looked_at(desk, folder, judged):
    slow = threading.Event()
    drawn = MethodMap(np.ones((6, 6), np.float32), 0.1)

    def answer(path):
        if path in asked:
            slow.wait(60)
            return replace(judged("covid"), method_map=drawn)
        asked.append(path)
        return judged("covid")

    asked = []
    desk.start(answer)
    desk.open(folder)
    desk.until(lambda: desk.presenter.layers.heatmap is not None)
    desk.until(lambda: not desk.presenter.is_reading)
    desk.presenter.layers.choose_method("score-cam")
    page = desk.window.read.layers
    assert "20 seconds" in page._map_note.text()
    assert not desk.window.read.image.has_heatmap()
    slow.set()
    desk.until(desk.window.read.image.has_heatmap)
    desk.key(Key.Key_Down)
    desk.until(lambda: not isinstance(desk.presenter.layers.method_map, str))


def test_says_so_where_no_cell_speaks_for_the_class(desk, folder):
    desk.start()
    desk.open(folder)
    desk.until(lambda: desk.presenter.layers.heatmap is not None)
    note = desk.window.read.layers._map_note
    assert desk.window.read.image.has_heatmap()
    assert "No cell" not in note.text()
    assert "7 × 7" in note.text()
    desk.presenter.layers.choose_class("normal")
    assert "No cell speaks for “Normal”" in note.text()
    assert not desk.window.read.image.has_heatmap()  # a map of no evidence would look like evidence
    assert "No cell speaks for “Normal”" in desk.window.read.image._corner


def test_the_picture_does_not_wait_for_the_reading(desk, folder, reading):
    desk.start(answers=lambda path: None)
    desk.engine.answers = None
    desk.open(folder)
    assert desk.window.read.centre.currentWidget() is desk.window.read.image
    assert desk.window.read.reading._sentence.text() == text.READING_WAITING
    assert not desk.window.read.image.has_heatmap()
    desk.engine.answer(folder / "0.png", reading("normal"))
    desk.until(lambda: desk.window.read.image.has_heatmap())
    assert desk.window.read.reading._answer.text() == "Normal, 87 %"


def test_a_broken_file_shows_its_error_in_its_place(desk, folder):
    (folder / "00.png").write_bytes(b"no picture at all")
    desk.start(answers=lambda p: UnreadableImage("Bad", "Good") if p.stem == "00" else None)
    desk.open(folder)
    desk.key(Key.Key_Down)
    desk.until(lambda: desk.window.settled)
    assert desk.presenter.current.path.name == "00.png"
    assert desk.window.read.centre.currentWidget() is desk.window.read.message
    words = desk.window.read.message.words()
    assert text.ERROR_TITLE in words
    assert desk.presenter.opened.error.hint in words
    assert desk.cell(1, 1) == text.ROW_ERROR
    assert not desk.window.read.head.low.isEnabled()
    desk.key(Key.Key_Down)
    desk.until(lambda: desk.window.settled)
    assert desk.window.read.centre.currentWidget() is desk.window.read.image


def test_drops_files_and_folders(desk, folder):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    place = QPointF(600, 400)
    event = QDropEvent(
        place,
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    desk.window.dropEvent(event)
    desk.until(lambda: len(desk.presenter.items) == 5)


def test_an_empty_folder_and_a_missing_one_are_said(desk, folder, tmp_path):
    (tmp_path / "empty").mkdir()
    for path, words in ((tmp_path / "empty", text.NOTHING_FOUND), (tmp_path / "gone", "gone")):
        desk.presenter.open([path])
        desk.until(lambda: desk.presenter.problem)
        assert words in desk.window.read.empty.words()
        assert desk.window.read.centre.currentWidget() is desk.window.read.empty
    desk.open(folder)
    assert desk.window.read.centre.currentWidget() is desk.window.read.image


def test_tags_can_be_searched_and_identity_is_hidden(desk, dicom):
    desk.open(dicom)
    facts = desk.window.read.facts
    table = facts.findChild(QTableWidget)

    def rows():
        return {table.item(n, 0).text(): table.item(n, 1).text() for n in range(table.rowCount())}

    assert "Doe^Jane" not in rows().values()
    assert rows()["Modality"] == "DX"
    desk.key(Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.keyClicks(facts.findChild(QLineEdit), "photometric")
    assert "Photometric Interpretation" in rows()
    assert "Modality" not in rows()
    facts.findChild(QLineEdit).setText("jane")
    assert text.FACTS_NO_MATCH in rows()
    facts.findChild(QCheckBox).click()
    assert "Doe^Jane" in rows().values()


def test_a_chosen_tag_is_copied_and_not_the_picture(desk, dicom):
    desk.open(dicom)
    table = desk.window.read.facts.findChild(QTableWidget)
    row = next(n for n in range(table.rowCount()) if table.item(n, 0).text() == "Modality")
    desk.key(Key.Key_2, ALT)
    table.setFocus()
    table.selectRow(row)
    desk.key(Key.Key_C, CONTROL)
    assert QApplication.clipboard().text() == "Modality\tDX"


def test_a_crash_of_the_engine_is_said(desk, folder):
    desk.start()
    desk.open(folder)
    status = desk.window._engine
    assert status.text() == "Ready: OpenVINO on CPU, fp32"
    desk.engine.event("starting")
    desk.engine.event("restarted", "The engine died")
    desk.until(lambda: status.text() == text.ENGINE_RESTARTED)
    desk.engine.event("ready", "OpenVINO on CPU, fp32")
    desk.until(lambda: text.ENGINE_RESTARTED_NOTE in status.text())


def test_pictures_can_be_looked_at_without_a_model(desk, folder):
    def no_bundle(_):
        raise UnreadableImage("There is no bundle", "Train one")

    desk.presenter.engine.start(no_bundle)
    desk.open(folder)
    desk.until(lambda: desk.presenter.engine.state == "failed")
    assert desk.window.read.centre.currentWidget() is desk.window.read.image
    assert "There is no bundle" in desk.window._engine.text()
    assert desk.window.settled


def test_a_slow_file_is_announced(desk, folder):
    gate = threading.Event()

    def slowly(path):
        gate.wait(5)
        return open_file(path)

    desk.presenter._loader._open_one = slowly
    desk.presenter.open([folder / "0.png"])
    desk.until(lambda: "0.png" in desk.window.read.message.words())
    assert desk.window.read.centre.currentWidget() is desk.window.read.message
    gate.set()
    desk.until(lambda: desk.window.read.centre.currentWidget() is desk.window.read.image)


def test_long_names_are_shortened_in_the_middle(desk, tmp_path):
    name = "a" * 120 + "z.png"
    Image.fromarray(np.eye(64, dtype=np.uint8) * 255).save(tmp_path / name)
    desk.open(tmp_path / name)
    assert desk.window.width() == 1366
    assert desk.window.read.head.name.text() == name
    assert desk.window.read.head.name.width() < 400


def test_the_help_lists_every_key_and_the_limits(desk):
    page = help_page(desk.window.commands.keys)
    for key in ("F1", "Space", "Ctrl+O", "Esc", "Down", "<td>Invert</td>", "not exclusive"):
        assert key in page
    desk.key(Key.Key_F1)
    dialog = desk.window.findChild(HelpDialog)
    assert dialog.isVisible()
    dialog.close()


def test_no_two_actions_share_a_key(desk):
    keys = [key for key, _ in desk.window.commands.keys]
    assert len(keys) == len(set(keys))
    assert all(keys)


def test_nothing_is_left_behind_after_closing(desk, folder):
    desk.start()
    desk.open(folder)
    timers = desk.window.findChildren(QTimer)
    desk.window.close()
    assert desk.engine.closed
    assert not any(timer.isActive() for timer in timers)
    # threads: see the fixture no_thread_left


def test_closing_in_the_middle_of_everything(desk, folder):
    desk.start()
    desk.presenter.open([folder])
    desk.window.close()
    QApplication.processEvents()
    assert desk.engine.closed


def test_a_picture_of_the_window_without_a_display(
    folder, tmp_path, monkeypatch, fake_engine, reading, qapp
):
    def starter(model, device):
        def start(on_event):
            on_event(SimpleNamespace(kind="ready", message="a model"))
            return fake_engine(on_event, lambda path: reading())

        return start

    monkeypatch.setattr(app, "engine_starter", starter)
    out = app.render_screenshot([folder], tmp_path / "w.png", "model", size=(1366, 768))
    with Image.open(out) as image:
        assert image.size == (1366, 768)
    with pytest.raises(XrayDemoError, match="can't be saved"):
        app.render_screenshot([folder], tmp_path / "no" / "w.png", "model")


def test_without_a_display_the_window_is_refused_in_words(monkeypatch):
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(XrayDemoError, match="no display"):
        app.start([], "model")


SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def known(answers):
    """Answers with the content of the file, as the engine gives it."""
    return lambda path: answers(path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def test_sorts_and_searches_by_keyboard(desk, folder, judged):
    classes = {"0": "normal", "1": "covid", "2": "opacity", "3": "normal", "4": "covid"}
    foreign = {"2": "foreign"}
    desk.start(lambda p: judged(classes[p.stem], verdict=foreign.get(p.stem, "inside")))
    desk.open(folder)
    desk.until(lambda: desk.presenter.queue.read_count == 5)
    panel = desk.window.read.list_panel
    desk.presenter.sort_by("class")
    assert [desk.cell(place, 0)[0] for place in range(5)] == ["0", "3", "1", "4", "2"]
    assert desk.cell(4, 3) == "◆ foreign"
    assert desk.window.read.worklist.currentIndex().row() == 0
    desk.key(Key.Key_Slash)
    assert QApplication.focusWidget() is panel.search
    desk.qtbot.keyClicks(panel.search, "covid")
    assert desk.window.read.worklist.model().rowCount() == 2
    assert panel._count.text() == "2 of 5"
    desk.key(Key.Key_Down)
    assert desk.presenter.current.path.name == "1.png"
    panel.search.clear()
    assert desk.window.read.worklist.model().rowCount() == 5
    desk.window.read.worklist.horizontalHeader().sectionClicked.emit(0)
    assert [desk.cell(place, 0)[0] for place in range(5)] == list("01234")


def test_a_list_that_grew_old_is_sorted_again_when_idle_but_not_under_the_mouse(
    desk, folder, judged, monkeypatch
):
    desk.start()
    desk.engine.answers = None
    desk.open(folder)
    desk.until(lambda: desk.presenter.queue.read_count or desk.engine.waiting())
    desk.presenter.sort_by("priority")
    for path in desk.engine.waiting():
        desk.engine.answer(path, judged("covid", share=0.5 + int(path.stem) / 10))
    desk.until(lambda: desk.presenter.queue.read_count == 5)
    desk.window.read._idle.setInterval(30)
    if desk.presenter.is_order_old:
        assert desk.window.read.list_panel._again.isVisible()
        monkeypatch.setattr(desk.window.read.worklist, "underMouse", lambda: True)
        desk.window.read._sort_when_idle()
        assert desk.presenter.is_order_old
        monkeypatch.setattr(desk.window.read.worklist, "underMouse", lambda: False)
    desk.until(lambda: not desk.presenter.is_order_old)
    assert [desk.cell(place, 0)[0] for place in range(5)] == list("43210")
    assert not desk.window.read.list_panel._again.isVisible()


def test_marks_by_key_undone_and_saved(desk, folder, judged, tmp_path, monkeypatch):
    desk.start(known(lambda path, **kept: judged("covid", **kept)))
    desk.open(folder)
    desk.until(lambda: desk.presenter.queue.read_count == 5)
    desk.key(Key.Key_1, SHIFT)
    assert desk.presenter.current.mark == "normal"
    assert "Normal (≠ the model)" in desk.window.read.reading._known.text()
    assert "✎" in desk.cell(0, 3)
    assert desk.presenter.gray.preset == "file"  # the digit alone is a preset
    desk.key(Key.Key_2, SHIFT)
    desk.key(Key.Key_Z, CONTROL)
    assert desk.presenter.current.mark == "normal"
    out = tmp_path / "marks.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    desk.key(Key.Key_S, CONTROL)
    assert out.read_text().splitlines()[1].startswith("0.png,normal,")


def test_layers_by_key(desk, folder, judged):
    lungs = np.zeros((64, 64), bool)
    lungs[10:50, 10:50] = True
    answer = replace(judged("covid"), lungs=lungs, unlike=np.full((16, 16), 5, np.float32))
    desk.start(lambda path: answer)
    desk.open(folder)
    desk.until(lambda: desk.window.read.image.has_heatmap())
    desk.key(Key.Key_O)
    desk.until(lambda: desk.window.read.image.has_lungs())
    desk.key(Key.Key_U)
    desk.until(lambda: text.UNLIKE_CORNER in desk.window.read.image._corner)
    assert "5.0 times" in desk.window.read.layers._unlike_note.text()
    assert desk.window.read.layers.keyboard_widgets[0].isChecked() is False
    desk.key(Key.Key_M)
    assert desk.presenter.layers.heatmap_shown
    assert desk.window.read.image.has_heatmap()
    desk.key(Key.Key_O)
    assert not desk.window.read.image.has_lungs()


def test_what_the_model_sees_and_its_neighbours(desk, folder, judged):
    tensor = np.linspace(-1, 1, 3 * 8 * 8, dtype=np.float32).reshape(3, 8, 8)
    new = Kind("covid", "new", "2020", age_group="adult")
    near = Neighbours(((new, 0.9),) * 10, {new: 10})
    desk.start(lambda path: replace(judged("covid"), tensor=tensor, neighbours=near))
    desk.open(folder)
    desk.key(Key.Key_3, ALT)
    page = desk.window.read.beside.tensor
    desk.until(lambda: "3 × 8 × 8" in page.words())
    assert "−1.00 to +1.00" in page.words()
    desk.key(Key.Key_4, ALT)
    near_page = desk.window.read.beside.neighbours
    desk.until(lambda: "10 of the 10 nearest" in near_page.words())
    assert near_page.table.item(0, 0).text() == "COVID-19\nnew, 2020, adult"
    near_page.table.setFocus()
    near_page.table.selectRow(0)
    desk.key(Key.Key_C, CONTROL)
    assert QApplication.clipboard().text() == "COVID-19 new, 2020, adult\t10\t>99 %"
    desk.key(Key.Key_2, ALT)
    assert desk.presenter.layers.page == "facts"


def test_a_bundle_without_a_dossier_says_what_it_cannot_tell(desk, folder):
    desk.start()
    desk.open(folder)
    desk.key(Key.Key_U)
    desk.until(lambda: desk.window.read.layers._unlike_note.text() == text.UNLIKE_NONE)
    desk.key(Key.Key_4, ALT)
    desk.until(lambda: desk.window.read.beside.neighbours.words() == text.NEIGHBOURS_NONE)


def test_a_reader_study_from_beginning_to_end(desk, folder, judged, tmp_path, monkeypatch):
    desk.start(known(lambda path, **kept: judged("covid", **kept)))
    desk.open(folder)
    desk.until(lambda: desk.presenter.queue.read_count == 5)
    desk.key(Key.Key_B, CONTROL)
    desk.until(lambda: desk.window.settled)
    window = desk.window
    assert window.read.banner.isVisible()
    assert desk.cell(0, 0) == "X-ray 1"
    assert desk.cell(0, 1) == text.ROW_WAITING
    assert window.read.head.name.text() == "X-ray 1"
    assert ".png" not in window.windowTitle()
    assert ".png" not in window.read.head.name.toolTip()
    assert not window.read.image.has_heatmap()
    assert window.read.reading._answer.text() == text.READING_ANSWER_NONE
    facts = window.read.facts.findChild(QTableWidget)
    assert facts.item(0, 0).text() == text.STUDY_HIDDEN
    desk.key(Key.Key_2, SHIFT)
    assert desk.cell(0, 0).endswith(".png")
    assert window.read.image.has_heatmap()
    assert "1 of 5" in window.read.banner.words()
    assert "You said COVID-19" in window.read.banner.words()
    desk.key(Key.Key_Down)
    desk.until(lambda: desk.window.settled)
    window.read.banner.buttons[0].click()
    desk.key(Key.Key_B, CONTROL | SHIFT)
    desk.until(lambda: window.findChild(StudyDialog))
    dialog = window.findChild(StudyDialog)
    assert "1 of 2 X-rays" in dialog.said.text()
    assert not window.read.banner.isVisible()
    out = tmp_path / "study.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    next(b for b in dialog.findChildren(QPushButton) if b.text() == text.STUDY_SAVE).click()
    assert len(out.read_text().splitlines()) == 3
    dialog.close()


def test_blind_neither_a_slow_nor_a_broken_file_tells_its_name(desk, folder):
    for path in folder.iterdir():
        path.write_bytes(b"no picture at all")
    gate = threading.Event()

    def slowly(path):
        gate.wait(5)
        return open_file(path)

    desk.presenter._loader._open_one = slowly
    desk.presenter.open([folder])
    desk.until(lambda: desk.presenter.items)
    desk.presenter.begin_study()
    page = desk.window.read.message
    desk.until(lambda: page.words().startswith("Opening"))
    assert text.OPENING.format(name="X-ray 1") in page.words()
    assert ".png" not in page.words()
    gate.set()
    desk.until(lambda: text.BLIND_UNREADABLE in page.words())
    assert desk.presenter.is_blind
    assert ".png" not in page.words()
    assert str(folder) not in page.words()
    desk.window.read.end_study()
    assert ".png" in page.words()
    desk.until(lambda: desk.window.findChild(StudyDialog))
    desk.window.findChild(StudyDialog).close()


def test_a_study_is_compared_when_other_files_are_dropped_in_the_middle(
    desk, folder, judged, tmp_path, monkeypatch
):
    desk.start(known(lambda path, **kept: judged("covid", **kept)))
    desk.open(folder)
    desk.until(lambda: desk.presenter.queue.read_count == 5)
    desk.key(Key.Key_B, CONTROL)
    desk.until(lambda: desk.window.settled)
    name = desk.presenter.current.path.name
    desk.key(Key.Key_2, SHIFT)
    desk.window.show_files([folder / "4.png"])
    desk.until(lambda: desk.window.findChild(StudyDialog))
    dialog = desk.window.findChild(StudyDialog)
    assert [item.path.name for item in desk.presenter.items] == ["4.png"]
    assert "1 of 1 X-rays" in dialog.said.text()
    out = tmp_path / "study.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    next(b for b in dialog.findChildren(QPushButton) if b.text() == text.STUDY_SAVE).click()
    assert out.read_text().splitlines()[1].startswith(f"1,{name},covid,covid,")
    dialog.close()


def test_the_picture_is_copied_as_it_is_seen(desk, folder):
    desk.start()
    desk.open(folder)
    desk.until(lambda: desk.window.read.image.has_heatmap())
    desk.presenter.layers.show_layer("")
    desk.key(Key.Key_C, CONTROL)
    image = QApplication.clipboard().image()
    box = desk.window.read.image
    assert abs(image.width() - 80 * box.zoom) <= 2
    assert abs(image.height() - 64 * box.zoom) <= 2
    assert image.pixelColor(2, 2).red() == desk.pixel(0, 0).red()


def test_recent_folders_are_in_the_menu(desk, folder):
    desk.window.show_files([folder])
    desk.until(lambda: desk.presenter.opened)
    desk.window.recent.fill()
    actions = desk.window.recent.actions()
    assert actions[0].text() == text.RECENT_KINDS["folders"]
    assert actions[1].toolTip() == str(folder)  # a long one is cut
    assert not actions[0].isEnabled()
    keeping = next(a for a in actions if a.text() == text.RECENT_KEEP)
    assert not keeping.isChecked()
    next(a for a in actions if a.text() == text.RECENT_FORGET).trigger()
    desk.window.recent.fill()
    assert desk.window.recent.actions()[0].text() == text.RECENT_NONE


def recent(window):
    """What the menu lists, by the names of its parts."""
    window.recent.fill()
    found, kind = {}, ""
    for action in window.recent.actions():
        if action.text() in text.RECENT_KINDS.values():
            kind = action.text()
        elif action.isSeparator():
            kind = ""
        elif kind:
            found.setdefault(kind, []).append(action)
    return found


def test_recent_cohorts_and_runs_are_in_the_menu_and_are_opened_from_it(desk, tmp_path):
    window, opened = desk.window, []
    (tmp_path / "a&b.csv").touch()
    presenter = window.evaluate.presenter
    presenter.source, presenter.understood = tmp_path / "a&b.csv", Mock()
    window.evaluate.cohort_opened.emit(presenter.source)
    presenter.source = presenter.understood = None
    presenter.run_folder = tmp_path / "first"
    window.evaluate.verdicts_changed()
    window.evaluate.verdicts_changed()
    window.compare.presenter.runs["before"] = RunName(tmp_path / "second", "c", "m", 1)
    window.compare.runs_changed()
    window.compare.over_time.presenter.runs = [RunName(tmp_path / "third", "c", "m", 1)]
    window.compare.over_time.runs_changed()
    listed = recent(window)
    runs = listed[text.RECENT_KINDS["runs"]]
    assert [Path(run.text()).name for run in runs] == ["third", "second", "first"]
    (cohort,) = listed[text.RECENT_KINDS["cohorts"]]
    assert cohort.text().endswith("a&&b.csv")  # one of them would be a key
    window.go_to(window.read)
    presenter.choose, presenter.open_run = opened.append, opened.append
    cohort.trigger()
    runs[1].trigger()
    assert opened == [tmp_path / "a&b.csv", tmp_path / "second"]
    assert window.tabs.currentWidget() is window.evaluate
    window.memory.forget_recent()
    window.evaluate.verdicts_changed()  # what is still open was forgotten all the same
    assert recent(window) == {}


@pytest.mark.parametrize("kind", ["folders", "cohorts", "runs"])
def test_what_is_gone_is_no_longer_listed_once_it_was_to_be_opened(desk, tmp_path, kind):
    window, gone, there = desk.window, tmp_path / "a" / "gone", tmp_path / "there"
    there.mkdir()
    window.memory.recent[kind] = [gone, there]
    listed = recent(window)[text.RECENT_KINDS[kind]]
    assert len(listed) == 2
    listed[0].trigger()
    assert window.memory.recent[kind] == [there]
    (left,) = recent(window)[text.RECENT_KINDS[kind]]
    assert left.toolTip() == str(there)


def test_a_long_path_is_cut_in_the_middle_and_told_whole(desk):
    path = Path("/home/jane") / ("x" * 80) / "run-7"
    desk.window.memory.recent["runs"] = [path]
    (run,) = recent(desk.window)[text.RECENT_KINDS["runs"]]
    assert len(run.text()) <= 71
    assert run.text().startswith("/home/jane/x")
    assert run.text().endswith("x/run-7")
    assert run.toolTip() == str(path)
    assert desk.window.recent.toolTipsVisible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_can_be_ticked_has_a_box_to_tick(desk, qapp, theme):
    menu = desk.window.recent
    apply_theme(qapp, theme)
    desk.window.memory.recent["runs"] = [Path("/run")]
    menu.popup(desk.window.pos())
    image = menu.grab().toImage()
    ticked = {}
    for action in menu.actions():
        place = menu.actionGeometry(action)
        before_words = place.adjusted(4, 2, 24 - place.width(), -2)
        ticked[action.text()] = {
            image.pixelColor(x, y).name()
            for x in range(before_words.left(), before_words.right())
            for y in range(before_words.top(), before_words.bottom())
        }
    menu.close()
    apply_theme(qapp, "system")
    assert len(ticked[text.RECENT_KEEP]) > 1
    assert len(ticked[text.RECENT_FORGET]) == 1


def test_a_cohort_is_noted_once_it_is_understood(desk, folder, tmp_path):
    window = desk.window
    presenter = window.evaluate.presenter
    presenter.choose(tmp_path / "nowhere.csv")
    desk.until(lambda: presenter.problem)
    assert window.memory.recent["cohorts"] == []
    table = tmp_path / "cohort.csv"
    rows = [f"{folder.name}/{n}.png,{'covid' if n % 2 else 'normal'}" for n in range(5)]
    table.write_text("\n".join(["file,label", *rows]))
    presenter.choose(table)
    desk.until(lambda: presenter.understood)
    desk.until(lambda: window.memory.recent["cohorts"] == [table])


def test_the_parts_have_their_widths_and_names_are_cut_before_classes(desk, folder, judged):
    desk.start(lambda path: judged("opacity", verdict="unusual", unsure=True))
    desk.open(folder)
    desk.until(lambda: desk.presenter.queue.read_count == 5)
    desk.until(lambda: desk.window.read.sizes()[0] == pytest.approx(434, abs=4))
    worklist = desk.window.read.worklist
    width = worklist.fontMetrics().horizontalAdvance
    for column in (1, 2, 3):
        assert worklist.columnWidth(column) >= width(desk.cell(0, column)) + 12
    assert desk.cell(0, 3) == "◇ unusual  ~"
    desk.window.read.setSizes([260, 740, 350])
    desk.until(lambda: desk.cell(0, 3) == "◇ ~")  # too narrow for words: they are in the tip
    assert "torn" in worklist.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_the_layout_is_as_it_was(qtbot, fake_engine, reading, tmp_path, monkeypatch):
    first = Desk(qtbot, fake_engine, reading, memory=Memory(tmp_path / "w.ini"))
    first.window.resize(1200, 700)
    first.window.read.setSizes([300, 500, 390])
    sizes = first.window.read.sizes()
    first.window.close()
    second = Desk(qtbot, fake_engine, reading, memory=Memory(tmp_path / "w.ini"))
    # the screen of the tests is a small one: there would be no choice of widths
    monkeypatch.setattr(second.window, "restoreGeometry", lambda _: True)
    second.window.resize(1200, 700)
    assert second.window.restore_layout()
    assert second.window.read.sizes() == sizes
    second.window.close()


def across(place):
    (parts,) = place.findChildren(QSplitter)
    return parts


def share(parts):
    """How much of the width the left part has, as far as that is known."""
    left, right = parts.sizes()
    return left / (left + right)


def shown_alone(desk, parts):
    """Show what is seen only once there is a run."""
    place = next(p.widget for p in desk.window.places if p.widget.isAncestorOf(parts))
    desk.window.go_to(place)
    inner = parts
    while (inner := inner.parentWidget()) is not place:
        if isinstance(inner, QStackedWidget):
            inner.setCurrentWidget(next(w for w in children_of(inner) if is_in(parts, w)))
    QApplication.processEvents()


def children_of(stack):
    return [stack.widget(number) for number in range(stack.count())]


def is_in(widget, outer):
    return widget is outer or outer.isAncestorOf(widget)


def test_the_parts_of_the_other_places_are_remembered_and_reset(
    qtbot, fake_engine, reading, tmp_path
):
    first = Desk(qtbot, fake_engine, reading, memory=Memory(tmp_path / "w.ini"))
    shares = {}
    for name in ("evaluate", "compare"):
        parts = across(getattr(first.window, name))
        shown_alone(first, parts)
        before = share(parts)
        parts.setSizes([900, 450] if before < 0.45 else [480, 870])
        shares[name] = before, share(parts)
        assert abs(share(parts) - before) > 0.1
    first.window.close()

    second = Desk(qtbot, fake_engine, reading, memory=Memory(tmp_path / "w.ini"))
    second.window.restore_layout()
    second.window.resize(1366, 768)
    for name, (_, moved) in shares.items():
        parts = across(getattr(second.window, name))
        shown_alone(second, parts)
        assert share(parts) == pytest.approx(moved, abs=0.02)
    second.window.go_to(second.window.read)
    second.window.read.setSizes([300, 650, 400])
    second.key(Key.Key_0, CONTROL)
    assert second.window.read.sizes()[0] == pytest.approx(434, abs=4)
    for name, (before, _) in shares.items():
        parts = across(getattr(second.window, name))
        shown_alone(second, parts)
        assert share(parts) == pytest.approx(before, abs=0.02)
    second.window.close()


def test_a_layout_that_does_not_fit_is_ignored(qtbot, fake_engine, reading, tmp_path):
    memory = Memory(tmp_path / "w.ini")
    desk = Desk(qtbot, fake_engine, reading, memory=memory)
    parts = across(desk.window.evaluate)
    shown_alone(desk, parts)
    before = share(parts)
    for name in ("window", "read-1-of-3", "evaluate-1-of-2"):
        memory.set_layout(name, QByteArray(b"nonsense"))
    memory.set_layout("compare-1-of-7", parts.saveState())
    assert not desk.window.restore_layout()
    assert share(parts) == before
    desk.window.close()


def test_closing_asks_while_something_is_at_work(qtbot, fake_engine, reading, folder):
    asked = []

    def may_close(window, at_work):
        asked.append(at_work)
        return len(asked) > 1

    desk = Desk(qtbot, fake_engine, reading, may_close=may_close)
    desk.open(folder)
    desk.presenter.begin_study()
    desk.until(lambda: desk.window.settled or desk.presenter.opened)
    desk.key(Key.Key_1, SHIFT)
    assert not desk.window.close()
    assert desk.window.isVisible()
    assert asked == [text.CLOSE_STUDY]
    assert desk.window.close()


def test_closing_asks_while_something_is_being_stopped_or_written(desk):
    window = desk.window
    evaluate, compare = window.evaluate, window.compare
    assert evaluate.at_work == compare.at_work == ""
    evaluate.presenter.doing = "reading"
    assert evaluate.at_work == text.CLOSE_RUN
    evaluate.presenter.stop()
    assert not evaluate.presenter.can_stop
    assert evaluate.at_work == text.CLOSE_RUN
    evaluate.presenter.doing = "understanding"
    assert evaluate.at_work == ""
    compare.presenter.is_at_work = True
    assert compare.at_work == text.CLOSE_COMPARING
    compare.presenter.stop()
    assert compare.at_work == text.CLOSE_COMPARING
    compare.presenter.is_at_work = False
    over_time = compare.over_time.presenter
    over_time.is_at_work = True
    over_time.stop()
    assert compare.at_work == text.CLOSE_OVER_TIME
    over_time.is_at_work, over_time._writing = False, 1
    assert compare.at_work == text.CLOSE_WRITING
    over_time._writing, evaluate.presenter.doing = 0, ""


def test_preferences_are_kept(qtbot, fake_engine, reading, tmp_path):
    desk = Desk(qtbot, fake_engine, reading, memory=Memory(tmp_path / "w.ini"))
    desk.window.show_preferences()
    dialog = desk.window.findChild(PreferencesDialog)
    dialog.size_chooser.setValue(13)
    dialog.device.setCurrentIndex(1)
    dialog.threads.setValue(1)
    dialog.folders.setChecked(True)
    dialog.accept()
    memory = Memory(tmp_path / "w.ini")
    assert (memory.text_size, memory.device, memory.keeps_folders) == (13, "cpu", True)
    assert memory.threads == 1
    desk.window.close()


def test_about_and_report_say_what_runs_here(desk):
    desk.key(Key.Key_F1, SHIFT)
    assert desk.window.findChild(AboutDialog).isVisible()
    page = about_page([("xraydemo", "1.2.3")])
    assert "1.2.3" in page
    assert text.LIMITS[0] in page
    desk.key(Key.Key_F1, CONTROL)
    dialog = desk.window.findChild(ReportDialog)
    assert "numpy" in dialog.report.toPlainText()
    next(b for b in dialog.findChildren(QPushButton) if b.text() == text.REPORT_COPY).click()
    assert QApplication.clipboard().text() == dialog.report.toPlainText()
    for shown in (dialog, desk.window.findChild(AboutDialog)):
        shown.close()


def test_a_fault_of_the_program_is_told_once_with_a_report(desk):
    for _ in range(2):
        show_fault(desk.window, ZeroDivisionError("a fault of ours"))
    (dialog,) = desk.window.findChildren(ReportDialog)
    assert dialog.windowTitle() == text.FAULT_TITLE
    assert "ZeroDivisionError: a fault of ours" in dialog.report.toPlainText()
    dialog.close()


SPOKEN = (
    QProgressBar,
    QAbstractButton,
    QComboBox,
    QAbstractSlider,
    QLineEdit,
    QAbstractItemView,
)


def without_a_name(root):
    """Widgets of which a screen reader could say nothing, whether they are shown or not."""
    buddies = {label.buddy() for label in root.findChildren(QLabel)}

    def is_qts_own(widget):
        parent = widget.parent()
        within = (QLineEdit, QComboBox, QAbstractSpinBox, QTabBar, QTableView)
        is_part = isinstance(parent, within) or isinstance(parent.parent(), QComboBox)
        is_bar = isinstance(widget, QScrollBar | QHeaderView)
        return is_part or is_bar or widget.objectName().startswith("qt_")

    def is_said(widget):
        words = widget.text() if isinstance(widget, QAbstractButton) else ""
        return bool(widget.accessibleName() or words or widget in buddies)

    return [
        widget
        for kind in SPOKEN
        for widget in root.findChildren(kind)
        if not is_qts_own(widget) and not is_said(widget)
    ]


def test_all_that_says_or_does_something_has_a_name(desk, folder):
    """Also what the keyboard doesn't reach, such as bars, and what is hidden now."""
    desk.open(folder)
    desk.window.bench.presenter.add("gamma")
    assert [f"{type(w).__name__} in {w.parent()}" for w in without_a_name(desk.window)] == []


def nameless(root):
    """What the keyboard can reach and a screen reader has no name for; Qt's own parts are not."""

    def is_qts_own(widget):
        parent = widget.parent()
        is_viewport = isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget
        is_popup = isinstance(parent.parent(), QComboBox)
        return is_viewport or is_popup or widget.objectName().startswith("qt_")

    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not is_qts_own(widget)
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]


def test_all_that_the_keyboard_reaches_has_a_name_for_screen_readers(desk, folder):
    desk.open(folder)
    desk.window.go_to(desk.window.bench)
    desk.window.bench.presenter.add("gamma")
    window = desk.window
    for show in (
        window.show_preferences,
        window.show_shortcuts,
        window.show_help,
        window.show_about,
        window.show_report,
        window.evaluate.verdicts.edit_beside,
        lambda: window.evaluate.verdicts.edit_thresholds(""),
    ):
        show()
    assert nameless(window) == []
    for dialog in window.findChildren(QDialog):
        dialog.close()


def test_the_keyboard_reaches_everything_in_read(desk, folder):
    """Tab leads round to every control that can be used, and back to the first."""
    desk.start()
    desk.open(folder)
    desk.until(lambda: desk.window.settled)
    desk.window.read.take_focus()
    first = QApplication.focusWidget()
    reached = [first]
    for _ in range(60):
        desk.key(Key.Key_Tab)
        if QApplication.focusWidget() is first:
            break
        reached.append(QApplication.focusWidget())
    assert QApplication.focusWidget() is first
    read = desk.window.read
    head = read.head
    controls = {
        read.list_panel.search, read.list_panel.key, read.worklist, head.presets, head.low,
        head.high, head.invert, *read.layers.keyboard_widgets,
    }  # fmt: skip
    assert controls <= set(reached)
    # as they stand on the screen: the list, what is above the picture, what is beside it
    places = [reached.index(w) for w in (head.presets, head.low, head.high, head.invert)]
    assert places == sorted(places)


@pytest.mark.parametrize("place", ["evaluate", "compare", "over time"])
def test_the_keyboard_reaches_everything_in_the_other_places(desk, place):
    """As in Read; of buttons of which one is down, Tab reaches that one and arrows the others."""
    window = desk.window
    tab = window.evaluate if place == "evaluate" else window.compare
    window.go_to(tab)
    if place == "over time":
        window.compare.to_two.setFocus()
        desk.key(Key.Key_Right)
        assert window.compare.over_time.isVisible()
        window.go_to(tab)
    wanted = {
        widget
        for widget in tab.findChildren(QAbstractButton)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and (widget.group() is None or widget.isChecked())
    }
    first, reached = QApplication.focusWidget(), set()
    for _ in range(60):
        reached.add(QApplication.focusWidget())
        desk.key(Key.Key_Tab)
        if QApplication.focusWidget() is first:
            break
    assert QApplication.focusWidget() is first
    assert wanted
    assert wanted <= reached


def test_dialogs_that_stay_open_follow_the_colours(desk, tmp_path):
    window = desk.window
    window.memory = Memory(tmp_path / "w.ini")
    window.show_help()
    window.show_about()
    window.evaluate.verdicts.edit_thresholds("")
    (table,) = (d.table for d in window.findChildren(ThresholdsDialog))
    pages = window.findChildren(HtmlPage)
    assert len(pages) == 2
    for theme, colours in (("light", LIGHT), ("dark", DARK)):
        window.memory.theme = theme
        window.restyle()
        assert all(colours.warning in page.toHtml() for page in pages)
        assert table.item(0, 0).foreground().color().name() == colours.text
        assert table.item(0, 2).foreground().color().name() == colours.text
        assert table.item(0, 4).foreground().color().name() == colours.dim
    for dialog in window.findChildren(QDialog):
        dialog.close()
