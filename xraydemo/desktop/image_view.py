"""The X-ray itself: gray values through a window, the heat map above, zoom, pan, turn and mirror.

Only what is on the screen is computed. The picture is drawn from the level nearest to the zoom, and
cut to what is visible, so that a drag of the window costs the same on a 3000 x 3000 X-ray as
on a small one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsPixmapItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from xraydemo.desktop import style, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xraydemo.desktop.loader import Picture
    from xraydemo.radiograph import Presentation

_STEP = 1.25
_LARGEST_ZOOM = 32.0
_PAN_SHARE = 0.1  # of what is seen, for each press of a key
# From here on a pixel is a square that one wants to see as such.
_SQUARES_FROM = 6.0
# A level may be enlarged by this power of two before the next larger one is taken.
_LENIENT = 0.15
_EDGE_COLOURS = ("#000000", "#9ff0c8")
_EDGE_WIDTHS = (3.5, 1.5)  # light on dark, so that it is seen on any gray
# Longest side at which a heat map is coloured; Qt stretches it the rest of the way.
_MAP_SIDE = 256


class RadiographItem(QGraphicsItem):
    """The gray layer: draws the visible part of an X-ray as its presentation says."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._levels: tuple[NDArray[Any], ...] = ()
        self._presentation: Presentation | None = None
        self._part: tuple[int, int, int, int, int] | None = None
        self._gray: NDArray[np.uint8] | None = None
        self._image = QImage()

    def show_levels(self, levels: tuple[NDArray[Any], ...]) -> None:
        """Draw these pixels from now on; none for nothing."""
        self.prepareGeometryChange()
        self._levels = levels
        self._part = None
        self.update()

    def show_presentation(self, presentation: Presentation | None) -> None:
        """Draw through this presentation from now on."""
        self._presentation = presentation
        self._part = None
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """Return the X-ray's extent, in its own pixels."""
        if not self._levels:
            return QRectF()
        height, width = self._levels[0].shape
        return QRectF(0, 0, width, height)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, _: QWidget | None = None
    ) -> None:
        """Draw what is visible, from the level that has just about enough pixels."""
        exposed: QRectF = option.exposedRect
        visible = exposed.intersected(self.boundingRect())
        if not self._levels or self._presentation is None or visible.isEmpty():
            return
        transform = painter.worldTransform()
        scale = math.hypot(transform.m11(), transform.m12()) * painter.device().devicePixelRatioF()
        deepest = len(self._levels) - 1
        level = min(max(math.floor(math.log2(1 / scale) + _LENIENT), 0), deepest)
        factor = 2**level
        height, width = self._levels[level].shape
        left, top = int(visible.left() / factor), int(visible.top() / factor)
        right = min(math.ceil(visible.right() / factor) + 1, width)
        bottom = min(math.ceil(visible.bottom() / factor) + 1, height)
        part = (level, left, top, right, bottom)
        if part != self._part:
            self._part = part
            pixels = self._levels[level][top:bottom, left:right]
            # kept, because the QImage doesn't copy it
            self._gray = np.ascontiguousarray(self._presentation.apply_8bit(pixels))
            self._image = gray_image(self._gray)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < _SQUARES_FROM)
        painter.setClipRect(self.boundingRect(), Qt.ClipOperation.IntersectClip)
        target = QRectF(
            left * factor, top * factor, (right - left) * factor, (bottom - top) * factor
        )
        painter.drawImage(target, self._image)


class ImageView(QGraphicsView):
    """Shows one X-ray and its heat map, and turns what the mouse does into zoom, pan and window."""

    window_dragged = Signal(float, float, bool)
    """Right and down in screen pixels since the drag began, and whether in fine steps."""
    window_drag_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(text.NAME_PICTURE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setBackgroundBrush(QColor(style.BLACK))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        scene = QGraphicsScene(self)
        self.setScene(scene)
        self._xray = RadiographItem()
        self._heatmap = QGraphicsPixmapItem()
        self._heatmap.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._heatmap.setShapeMode(QGraphicsPixmapItem.ShapeMode.BoundingRectShape)
        self._lungs = [QGraphicsPathItem(), QGraphicsPathItem()]
        for layer in (self._xray, self._heatmap, *self._lungs):
            scene.addItem(layer)
        self._corner = ""
        self._pixels: NDArray[Any] | None = None
        self._turns = QTransform()
        self._mirrored = False
        self._fitted = True
        self._pan_from: QPointF | None = None
        self._drag_from: QPointF | None = None
        self._mouse: QPointF | None = None

    # what is shown

    def show_picture(self, picture: Picture | None) -> None:
        """Show another X-ray, upright and as large as fits; None for nothing."""
        self._heatmap.setPixmap(QPixmap())
        self.show_lungs([])
        self._drag_from = self._pan_from = None
        self._pixels = picture.radiograph.pixels if picture else None
        self._xray.show_presentation(None)
        self._xray.show_levels(picture.levels if picture else ())
        self.reset()

    def show_presentation(self, presentation: Presentation | None) -> None:
        """Show the X-ray through another window, or inverted."""
        self._xray.show_presentation(presentation)

    def show_heatmap(self, rgba: NDArray[np.uint8] | None) -> None:
        """Lay a coloured map over the whole X-ray; None for none."""
        if rgba is None or self._pixels is None:
            self._heatmap.setPixmap(QPixmap())
            return
        height, width = rgba.shape[:2]
        solid = np.ascontiguousarray(rgba)
        image = QImage(solid.data, width, height, solid.strides[0], QImage.Format.Format_RGBA8888)
        self._heatmap.setPixmap(QPixmap.fromImage(image))  # copies
        self._heatmap.setTransform(
            QTransform.fromScale(self._pixels.shape[1] / width, self._pixels.shape[0] / height)
        )

    def show_lungs(self, edges: Sequence[NDArray[Any]]) -> None:
        """Draw these edges, each of shape (n, 2): x and y as shares of width and height."""
        path = QPainterPath()
        if self._pixels is not None:
            height, width = self._pixels.shape
            for edge in edges:
                corners = [QPointF(x * width, y * height) for x, y in edge.tolist()]
                path.addPolygon(QPolygonF(corners))
                path.closeSubpath()
        # such a pen is as wide on any zoom, but in device pixels
        sharpness = self.devicePixelRatioF()
        for item, colour, width in zip(self._lungs, _EDGE_COLOURS, _EDGE_WIDTHS, strict=True):
            pen = QPen(QColor(colour), width * sharpness)
            pen.setCosmetic(True)
            item.setPen(pen)
            item.setPath(path)

    def has_lungs(self) -> bool:
        """Tell whether lungs are outlined on the screen."""
        return not self._lungs[0].path().isEmpty()

    def say(self, words: str) -> None:
        """Say something in the corner of the picture."""
        self._corner = words
        self.viewport().update()

    def picture(self) -> QImage:
        """Give what is to be seen of the X-ray and its layers, without the words in the corners."""
        sharpness = self.devicePixelRatioF()
        image = QImage(self.viewport().size() * sharpness, QImage.Format.Format_RGB32)
        image.fill(QColor(style.BLACK))
        with QPainter(image) as painter:
            self.render(painter, QRectF(image.rect()), self.viewport().rect())
        box = self._xray.mapRectToScene(self._xray.boundingRect())
        scaled = self.viewportTransform() * QTransform.fromScale(sharpness, sharpness)
        seen = scaled.mapRect(box).toAlignedRect()
        return image.copy(seen.intersected(image.rect()))

    def set_heatmap_opacity(self, opacity: float) -> None:
        """Set the opacity of the heat map, in [0, 1]."""
        self._heatmap.setOpacity(opacity)

    def has_heatmap(self) -> bool:
        """Tell whether a heat map is on the screen."""
        return not self._heatmap.pixmap().isNull()

    def heatmap_shape(self) -> tuple[int, int]:
        """Height and width at which a map for this X-ray is best coloured."""
        if self._pixels is None:
            return _MAP_SIDE, _MAP_SIDE
        height, width = self._pixels.shape
        share = _MAP_SIDE / max(height, width)
        return max(1, round(height * share)), max(1, round(width * share))

    # zoom, turn, mirror

    @property
    def zoom(self) -> float:
        """Screen pixels for each pixel of the X-ray."""
        transform = self.transform()
        return math.hypot(transform.m11(), transform.m12())

    def fit(self) -> None:
        """Show the whole X-ray as large as possible."""
        self._fitted = True
        box = self._xray.boundingRect()
        if box.isEmpty():
            return
        self.setSceneRect(box.adjusted(-box.width(), -box.height(), box.width(), box.height()))
        turned = self._turns.mapRect(box)
        port = self.viewport().size()
        zoom = min(port.width() / turned.width(), port.height() / turned.height())
        self._set_zoom(max(zoom, 1e-3))
        self.centerOn(box.center())

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom, leaving what is at this point of the screen (else the middle) where it is."""
        if self._pixels is None:
            return
        at = at or QPointF(self.viewport().rect().center())
        anchor = self._scene_at(at)
        self._fitted = False
        smallest = min(0.05, self.zoom)
        self._set_zoom(min(max(self.zoom * factor, smallest), _LARGEST_ZOOM))
        self._scroll(self.viewportTransform().map(anchor) - at)

    def pan(self, right: int, down: int) -> None:
        """Look further to a side, by so many steps, while there is something to look at."""
        if self._pixels is None:
            return
        port = self.viewport().rect()
        seen = self.viewportTransform().mapRect(self._xray.boundingRect())
        way = (
            _way(right * port.width() * _PAN_SHARE, seen.left(), seen.right(), port.width()),
            _way(down * port.height() * _PAN_SHARE, seen.top(), seen.bottom(), port.height()),
        )
        if any(way):
            self._fitted = False
            self._scroll(QPointF(*way))

    def turn(self, degrees: int) -> None:
        """Turn the X-ray by a multiple of 90 degrees, clockwise if positive."""
        self._change(QTransform().rotate(degrees))

    def mirror(self, *, horizontally: bool) -> None:
        """Mirror the X-ray as it is on the screen."""
        self._mirrored = not self._mirrored
        self._change(QTransform.fromScale(-1, 1) if horizontally else QTransform.fromScale(1, -1))

    def reset(self) -> None:
        """Show the X-ray upright, unmirrored and as large as fits."""
        self._turns = QTransform()
        self._mirrored = False
        self.fit()
        self.viewport().update()

    def cancel_drag(self) -> None:
        """Take no more notice of the mouse button that is down."""
        self._drag_from = self._pan_from = None
        self.unsetCursor()

    # the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to move the picture, or to drag the window."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pan_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.RightButton:
            self._drag_from = event.position()
            self.setCursor(Qt.CursorShape.SizeAllCursor)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Move the picture, drag the window, or read the value under the mouse."""
        self._mouse = event.position()
        if self._pan_from is not None:
            self._fitted = False
            self._scroll(self._pan_from - event.position())
            self._pan_from = event.position()
        elif self._drag_from is not None:
            way = event.position() - self._drag_from
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.window_dragged.emit(way.x(), way.y(), fine)
        self.viewport().update()
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End moving or dragging."""
        if self._drag_from is not None:
            self.window_drag_ended.emit()
        self.cancel_drag()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the X-ray to the window."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.fit()
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom at the mouse."""
        self.zoom_by(_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def leaveEvent(self, event: Any) -> None:  # noqa: ANN401, N802 - Qt's name and event
        """Forget the value under the mouse."""
        self._mouse = None
        self.viewport().update()
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep a fitted X-ray fitted."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the X-ray, then in the corners what is known about the view."""
        super().paintEvent(event)
        if self._pixels is None:
            return
        with QPainter(self.viewport()) as painter:
            box = self.viewport().rect().adjusted(10, 8, -10, -8)
            bottom = Qt.AlignmentFlag.AlignBottom
            _note(painter, box, bottom | Qt.AlignmentFlag.AlignLeft, self.readout())
            zoom = f"{100 * self.zoom:.0f} %"
            _note(painter, box, bottom | Qt.AlignmentFlag.AlignRight, zoom)
            top_left = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
            _note(painter, box, top_left, self.turned())
            top_right = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
            _note(painter, box, top_right, self._corner)

    def readout(self) -> str:
        """Position and value of the pixel under the mouse; empty outside the X-ray."""
        if self._mouse is None or self._pixels is None:
            return ""
        place = self._scene_at(self._mouse)
        x, y = math.floor(place.x()), math.floor(place.y())
        height, width = self._pixels.shape
        if not (0 <= x < width and 0 <= y < height):
            return ""
        return text.readout(x, y, float(self._pixels[y, x]))

    def turned(self) -> str:
        """How the X-ray was turned and mirrored: left and right matter in an X-ray."""
        corner = QTransform.fromScale(-1, 1) * self._turns if self._mirrored else self._turns
        degrees = round(math.degrees(math.atan2(corner.m12(), corner.m11()))) % 360
        parts = [text.VIEW_TURNED.format(degrees=degrees)] if degrees else []
        if self._mirrored:
            parts.insert(0, text.VIEW_MIRRORED)
        return ", ".join(parts)

    # within

    def _change(self, change: QTransform) -> None:
        if self._pixels is None:
            return
        middle = self._scene_at(QPointF(self.viewport().rect().center()))
        zoom = self.zoom
        self._turns = self._turns * change
        if self._fitted:
            self.fit()
        else:
            self._set_zoom(zoom)
            self.centerOn(middle)

    def _set_zoom(self, zoom: float) -> None:
        self.setTransform(self._turns * QTransform.fromScale(zoom, zoom))

    def _scroll(self, by: QPointF) -> None:
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + round(by.x()))
        down.setValue(down.value() + round(by.y()))

    def _scene_at(self, place: QPointF) -> QPointF:
        """Map a place of the viewport to the X-ray, without rounding to screen pixels."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(place)


def _way(wanted: float, low: float, high: float, port: int) -> int:
    """Give the pixels to move along an axis on which the picture reaches from `low` to `high`.

    Where all of it is seen it doesn't move, and the middle of the view stays on it.
    """
    if low >= -1 and high <= port + 1:  # Qt rounds what it scrolls by
        return 0
    return round(min(max(wanted, min(low - port / 2, 0.0)), max(high - port / 2, 0.0)))


def gray_image(gray: NDArray[np.uint8]) -> QImage:
    """Wrap a contiguous array as an image; the caller keeps the array as long as the image."""
    height, width = gray.shape
    return QImage(gray.data, width, height, gray.strides[0], QImage.Format.Format_Grayscale8)


def _note(painter: QPainter, box: Any, where: Qt.AlignmentFlag, words: str) -> None:  # noqa: ANN401
    if not words:
        return
    how = int(where) | int(Qt.TextFlag.TextWordWrap)
    found = painter.fontMetrics().boundingRect(box, how, words)
    painter.fillRect(found.adjusted(-6, -3, 6, 3), QColor(0, 0, 0, 200))
    painter.setPen(QColor(style.ON_BLACK))
    painter.drawText(box, how, words)
