"""Every sentence of the window, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xraydemo.classes import DISPLAY_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PROGRAM = "xraydemo"

# the empty window
EMPTY_TITLE = "Drop chest X-rays here"
EMPTY_BODY = "Files or whole folders: DICOM, PNG, JPEG, TIFF or BMP."
EMPTY_DEMO = "No X-rays at hand? Close this window and run  xraydemo demo  in a terminal."
NOTHING_FOUND = "No X-rays there"
NOTHING_FOUND_HINT = (
    "The folder holds no file that could be an image; tables, texts and dot files are left out"
)
SEARCHING = "Looking for X-rays…"
OPENING = "Opening {name}…"

# menus and actions
MENU_FILE = "&File"
MENU_PICTURE = "&X-ray"
MENU_WINDOW = "&Window/level"
MENU_HEATMAP = "Heat &map"
MENU_HELP = "&Help"
OPEN_FILES = "Open files…"
OPEN_FOLDER = "Open folder…"
READ_AGAIN = "Read this file again"
QUIT = "Quit"
NEXT = "Next X-ray"
PREVIOUS = "Previous X-ray"
ZOOM_IN = "Zoom in"
ZOOM_OUT = "Zoom out"
FIT = "Fit to the window"
ROTATE_RIGHT = "Rotate right"
ROTATE_LEFT = "Rotate left"
FLIP_H = "Flip left and right"
FLIP_V = "Flip top and bottom"
RESET = "Reset the view"
INVERT = "Invert"
FULL_SCREEN = "Full screen"
HEATMAP_TOGGLE = "Show the heat map"
HEATMAP_NEXT_CLASS = "Heat map of the next class"
FIND_TAG = "Search the DICOM tags"
HELP_ACTION = "Keys and limits…"
CANCEL = "Cancel dragging, leave a field"

PRESETS = {
    "file": "As the file says",
    "full": "Full range",
    "percentiles": "Percentiles 1–99",
    "lungs": "Lungs (dark)",
    "soft": "Soft tissue (bright)",
}
PRESET_OWN = "Set by hand"
WINDOW_LABEL = "Window"
WINDOW_LOW = "Low end of the window: black (white if inverted)"
WINDOW_HIGH = "High end of the window: white (black if inverted)"
WINDOW_TO = "–"
WINDOW_TABLE = "table"

MOUSE = (
    ("Wheel", "Zoom at the mouse"),
    ("Left drag", "Move the picture"),
    ("Right drag", "Window: right for less contrast, up for brighter; with Shift in fine steps"),
    ("Double click", "Fit to the window"),
)

# the worklist
COLUMN_FILE = "File"
COLUMN_CLASS = "Most likely"
COLUMN_PROBABILITY = "Prob."
ROW_ERROR = "⚠ no reading"
ROW_WAITING = "–"

# the reading
READING_TITLE = "Reading"
READING_NONE = "Nothing is open."
READING_WAITING_MODEL = "The model is starting…"
READING_WAITING = "Reading…"
READING_NO_MODEL = "There is no model"
READING_FAILED = "No reading"
READING_UNREADABLE = "The reason stands in the picture's place."
READING_ANSWER_NONE = "–"
READING_CAPTION = "Names of data sets, not exclusive diagnoses"
MOST_LIKELY_MARK = "▶"

# the heat map
HEATMAP_TITLE = "Heat map"
HEATMAP_SHOW = "Show (M)"
HEATMAP_CLASS = "Class"
HEATMAP_MOST_LIKELY = "The most likely one"
HEATMAP_OPACITY = "Opacity"
HEATMAP_UNIT = "logit per cell"
HEATMAP_AGAINST = "against"
HEATMAP_FOR = "for"
HEATMAP_WAITING = "The map comes with the reading."
HEATMAP_NONE = "No reading, so no map."

# facts and tags
FACTS_TITLE = "Facts and DICOM tags"
FACTS_SEARCH = "Search names and values"
FACTS_IDENTITY = "Show identity"
FACTS_IDENTITY_TIP = "Names, numbers and dates that could tell who the patient is"
FACTS_SECTION = "File"
TAGS_SECTION = "DICOM tags"
FACTS_NONE = "Nothing is open."
FACTS_EMPTY = "The file tells nothing about itself."
FACTS_NO_MATCH = "Nothing matches."

# the picture
ERROR_TITLE = "This file can't be shown"
FAULT = "The program failed on this file ({kind}: {message})"
FAULT_HINT = "This is a fault of the program and not of the file; please report it"
VIEW_TURNED = "turned {degrees}°"
VIEW_MIRRORED = "mirrored"

# the engine
ENGINE_NONE = "The model starts in a moment…"
ENGINE_STARTING = "Starting the model…"
ENGINE_READY = "Ready: {what}"
ENGINE_RESTARTED = "The model's process crashed and was started again"
ENGINE_RESTARTED_NOTE = "restarted after a crash"
ENGINE_FAILED = "No model: {why}"

# starting, and pictures of the window
NO_DISPLAY = "There is no display to open a window on"
NO_DISPLAY_HINT = "Use xraydemo predict, or xraydemo demo, which work without one"
TOO_SLOW = "The X-ray had no reading after {seconds} seconds"
TOO_SLOW_HINT = "Try xraydemo doctor, or allow more time"
NOT_SAVED = "The picture of the window can't be saved as {path}"
NOT_SAVED_HINT = "Does the folder exist, and may you write into it?"

# names for screen readers
NAME_WORKLIST = "Worklist"
NAME_PICTURE = "X-ray"
NAME_BARS = "Probabilities of the four classes"
NAME_COLOUR_BAR = "Colour bar of the heat map"
NAME_TAGS = "Facts and DICOM tags"

HELP_TITLE = "Keys and limits"
HELP_KEYS = "Keys"
HELP_MOUSE = "Mouse"
HELP_LIMITS = "What this program can't do"
_LIMITS = """
It is for research and teaching only, never for care. It is no medical device, and nobody has
tested it on patients.

It knows four names: normal, COVID-19, pneumonia and lung opacity. They are names of data sets,
not exclusive diagnoses: COVID-19 is a pneumonia, and both show as opacity. Any other disease is
squeezed into one of the four.

It gives an answer to every picture, be it a chest or not: a knee gets four bars, too.

Each class came from other hospitals than the next. A model can tell hospitals apart by their
machines, and be right for a wrong reason.

The heat map is coarse: a few cells across the whole picture. It shows which regions moved the
answer, not the outline of a disease, and a map in the right place proves nothing.

The probabilities hold for X-rays like those of the training set, and for its share of each
class.
"""
LIMITS = tuple(" ".join(limit.split()) for limit in _LIMITS.split("\n\n"))


def class_name(class_id: str) -> str:
    """Name a class as it is shown."""
    return DISPLAY_NAMES.get(class_id, class_id)


def percent(probability: float) -> str:
    """Write a probability as people read it; never as a certainty that it isn't."""
    if probability < 0.01:
        return "<1 %"
    if probability > 0.99:
        return ">99 %"
    return f"{100 * probability:.0f} %"


def signed(value: float) -> str:
    """Write a number with its sign and two significant digits at least."""
    if abs(value) < 0.0005:
        return "0"
    digits = 3 if abs(value) < 0.1 else 2 if abs(value) < 10 else 1
    return f"{value:+.{digits}f}".replace("-", "−")


def number(value: float) -> str:
    """Write a pixel value or a window's edge, without digits that say nothing."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.6g}"


def summary(predicted: str, probability: float) -> str:
    """Give the reading in one line."""
    return f"{class_name(predicted)}, {percent(probability)}"


def no_evidence(class_id: str) -> str:
    """Say that no cell of the map speaks for the class."""
    return f"No cell speaks for “{class_name(class_id)}”."


def map_numbers(raw: NDArray[Any]) -> str:
    """Give the map in three numbers."""
    highest, lowest, total = (float(number) for number in (raw.max(), raw.min(), raw.sum()))
    return f"From {signed(lowest)} to {signed(highest)}, sum {signed(total)}."


def map_cells(shape: Sequence[int]) -> str:
    """Say how coarse the map is."""
    return f"{shape[0]} × {shape[1]} cells: regions, not outlines."


def progress(done: int, failed: int, total: int) -> str:
    """Say how far the reading of the worklist is."""
    if not total:
        return ""
    failures = f", {failed} failed" if failed else ""
    return f"{done} of {total} read{failures}"


def position(row: int, total: int) -> str:
    """Say which X-ray of how many this is."""
    return f"{row + 1} of {total}"


def readout(x: int, y: int, value: float) -> str:
    """Describe the pixel under the mouse."""
    return f"x {x}  y {y}  value {number(value)}"


def identity_hidden(count: int) -> str:
    """Say how many rows are hidden because they could tell who the patient is."""
    return f"{count} rows hidden" if count > 1 else "1 row hidden" if count else ""


def milliseconds(value: float) -> str:
    """Say how long the model took."""
    return f"{value:.0f} ms"
