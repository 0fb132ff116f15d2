"""Every sentence of the window, in one place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from xraydemo.classes import DISPLAY_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xraydemo.model.judgement import Judgement

PROGRAM = "xraydemo"
_OPTIONS = re.compile(r" with --out\b|--(?:where|map) ")

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
NOTHING_AGAINST = (
    "Like the X-rays of the training set, and sure. That is no proof: see the Evaluate tab."
)

# menus and actions
MENU_FILE = "&File"
MENU_PICTURE = "&X-ray"
MENU_WINDOW = "&Window/level"
MENU_HEATMAP = "Heat &map"
MENU_EVALUATE = "&Evaluate"
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
GO_TO_XRAYS = "Go to the X-rays"
GO_TO_EVALUATE = "Go to Evaluate"
GO_TO_BENCH = "What if… (change this X-ray)"
EVALUATE_FOLDER = "Evaluate a folder…"
EVALUATE_CSV = "Evaluate a CSV…"
EVALUATE_OPEN = "Open a run…"
EVALUATE_RUN_OR_STOP = "Run, or stop"
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
FAULT = "The program failed here ({kind}: {message})"
FAULT_HINT = "This is a fault of the program and not of your files; please report it"
VIEW_TURNED = "turned {degrees}°"
VIEW_MIRRORED = "mirrored"

# the engine
ENGINE_NONE = "The model starts in a moment…"
ENGINE_STARTING = "Starting the model…"
ENGINE_READY = "Ready: {what}"
ENGINE_RESTARTED = "The model's process crashed and was started again"
ENGINE_RESTARTED_NOTE = "restarted after a crash"
ENGINE_FAILED = "No model: {why}"

# the tabs
TAB_XRAYS = "X-rays"
TAB_EVALUATE = "Evaluate"
TAB_BENCH = "What if"

# the counterfactual bench
BENCH_TITLE = "What if…"
BENCH_BODY = (
    "Change the X-ray and watch the answer. What the answer follows is what the model looks at; "
    "if it stays without the lungs, it never needed them."
)
BENCH_CHOOSE = "What to do to the X-ray"
BENCH_ADD = "Add"
BENCH_CLEAR = "Take all away"
BENCH_SAVE = "Save as a figure…"
BENCH_REMOVE = "✕"
BENCH_REMOVE_NAME = "Take away: {what}"
BENCH_BEFORE = "As it is"
BENCH_AFTER = "Changed (draw around an area to cover it)"
BENCH_EMPTY = "Choose an X-ray in the tab X-rays first"
BENCH_WAITING = "Asking the model…"
BENCH_NO_LUNGS = "No lungs were found in this X-ray: its middle stands for them."
FIGURES = "Figures (*.png *.svg *.pdf)"

# evaluating: the start
EVALUATE_TITLE = "Should this model be believed?"
EVALUATE_BODY = (
    "Drop a folder of X-rays or a CSV here. The model reads every X-ray, and a list of checks then "
    "asks where its answers can be trusted, and where they are right for a wrong reason."
)
EVALUATE_BEST = (
    "Best is a CSV with the columns file and label, and any others that are known (patient_id, "
    "view, age, sex, date, site), or a folder with one folder a class."
)
EVALUATE_ONE_ONLY = "Several things were dropped"
EVALUATE_ONE_ONLY_HINT = "Drop one folder or one CSV"
UNDERSTANDING = "Looking at {name}…"
OPENING_RUN = "Opening the run…"

# evaluating: the cohort
COHORT_PAGE = "Cohort"
VERDICTS_PAGE = "Verdicts"
COHORT_WITHOUT_LABEL = "Without a label"
COHORT_NO_LABELS = "No X-ray has a label: what needs labels can't be checked."
COHORT_NAMES = "Names of classes"
COHORT_NAMES_HELP = "What each name in the cohort stands for. Please check it before you run."
COHORT_NAME_OWN = "In the cohort"
COHORT_NAME_N = "X-rays"
COHORT_NAME_CLASS = "Is taken for"
COHORT_NO_CLASS = "none of the four"
COHORT_WHERE = "Only rows where"
COHORT_WHERE_EXAMPLE = "all rows; for example  split=test; view=AP,PA; age>=18"
COHORT_WHERE_TIP = (
    "Conditions on columns of the CSV, all of which a row must meet: COLUMN=VALUE or "
    "COLUMN=VALUE,VALUE; also !=, <, <=, >, >=. Semicolons between them."
)
COHORT_FOLDER = "Keep the run in"
COHORT_FOLDER_TIP = "Readings are kept here as they come; a half-finished run goes on"
COHORT_FOLDER_CHOOSE = "Choose…"
COHORT_FOLDER_NEW = "A new run."
EVALUATE_AMONG = "The run can't be kept in {folder}: it lies among the cohort's X-rays"
EVALUATE_NOT_ABSOLUTE = "{folder} is not a whole path"
EVALUATE_OTHER_RUN = "{folder} holds a run of another cohort or model"
EVALUATE_ELSE = "Choose another folder for the run"
EVALUATE_SAY_WHICH = "Say below which name stands for which class"
RUN = "Run"
RUN_ON = "Go on"
STOP = "Stop"
STOPPING = "Stopping…"
RUN_WAITS_FOR_MODEL = "The model is not ready yet."
RUN_STOPPED = "Stopped. What was read is kept; “Go on” goes on from there."
RUN_STARTING = "Starting…"

# evaluating: the verdicts
VERDICTS_NONE = "The first answer comes in a moment."
VERDICTS_STOPPED = "Not all of the checks were asked."
ASK_AGAIN = "Ask again"
CHECKS_ENDED = "The process that asks the checks ended before its time (exit status {code})"
CHECKS_ENDED_HINT = "Ask again; if it ends again, there may be too little memory"
SHOW_XRAYS = "Show in the worklist"
EVALUATE_ALL = "All of them"
FIGURE_DRAWING = "Drawing…"
FIGURE_FAILED = "This figure can't be drawn"
UNSETTLED = "Nothing was shown, but there are too few X-rays to exclude it."
HEADLINE_MARK = "➤ headline"
HEADLINE_NAME = "The worst of what was measured, and what it is made of"
HEADLINE_QUESTION = "How good is the model where it is worst?"
HEADLINE_TABLE = "What was measured"
UNREAD_ID = "files"
UNREAD_MARK = "! unreadable"
UNREAD_QUESTION = "Which files could not be read, and why?"
SETTINGS = "Asked with"
COLUMNS_OF_NUMBERS = ("metric", "where", "value", "95 % interval", "n")
NO_LIMITS = "Thresholds are ours; no paper fixes them."

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
NAME_VERDICTS = "Checks and their verdicts"
NAME_OWN_NAMES = "Names of classes and what they stand for"
NAME_PROBLEMS = "Problems of the cohort"
NAME_BEHIND = "X-rays behind this figure"

HELP_TITLE = "Keys and limits"
HELP_EVALUATE = "Evaluating a cohort"
_EVALUATING = """
A cohort is a CSV (columns file and label, and any others), a folder with one folder a class, or
any folder of X-rays. Drop it on the tab Evaluate, look at how it was understood, and press Run.
Before that, say what the cohort's own names of classes stand for.

The run is kept in a folder of its own, never among your X-rays. It can be stopped at any time: what
was read is kept, and the same run goes on from there, even after the program was closed.

Each check asks one question and ends with a verdict. Fail and warn: something bad was shown, or a
promise was not kept. Pass: it was not shown. Info: there is no line to cross. Cannot check: what
the question needs is not there, and the sentence says what data would do. Error: the check itself
failed, and the others go on.

A number stands with its 95 % interval and with n, the X-rays that it rests on. The lines between
the verdicts are ours: no paper fixes them.

Below many figures stand the X-rays behind them: “Show in the worklist” opens them in the first tab.
"""
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
EVALUATING = tuple(" ".join(part.split()) for part in _EVALUATING.split("\n\n"))


def class_name(class_id: str) -> str:
    """Name a class as it is shown."""
    return DISPLAY_NAMES.get(class_id, class_id)


def plain_name(name: str) -> str:
    """Give a name of the program's as words: ``black_lungs`` becomes black lungs."""
    return name.replace("_", " ")


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


def judged(judgement: Judgement) -> str:
    """Say what speaks against believing a reading, or that nothing does."""
    said = [words[0].upper() + words[1:] for words in judgement.reservations]
    return ". ".join(said) + "." if said else NOTHING_AGAINST


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


def in_the_window(words: str) -> str:
    """Take the command line's options out of a sentence: here they are fields."""
    return _OPTIONS.sub("", words)


def xrays(count: int) -> str:
    """Count X-rays."""
    return "1 X-ray" if count == 1 else f"{count:,} X-rays"


def unusable(count: int) -> str:
    """Say how many X-rays won't be read."""
    are = "is" if count == 1 else "are"
    return f"{xrays(count)} can't be read and {are} listed with the reason." if count else ""


def grouping(words: str) -> str:
    """Say what belongs together."""
    return f"Same patient: {words}." if words else "Patients unknown: near-duplicates are found."


def names_unknown(names: int, count: int) -> str:
    """Say how many X-rays are without a label because their name fits no class."""
    if not names:
        return ""
    which = "1 name stands" if names == 1 else f"{names} names stand"
    return f"{which} for none of the four: {xrays(count)} without a label."


def problems(counts: Sequence[tuple[str, int]]) -> str:
    """Head the list of problems, with how often each kind occurs."""
    total = sum(n for _, n in counts)
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in counts)
    return f"{total:,} problem{'s' if total != 1 else ''}: {kinds}" if total else ""


def problem(message: str, where: str, others: int) -> str:
    """Say a problem with its place, and at how many other places it is, too."""
    return f"{message}  –  {where}" + (f", and {others:,} more" if others else "")


def more(count: int) -> str:
    """Say how many entries of a list aren't shown."""
    return f"… and {count:,} more"


def run_folder(done: int | None, total: int) -> str:
    """Say what is in the run's folder."""
    if done is None:
        return COHORT_FOLDER_NEW
    if done >= total:
        return "All of it was read here already: only the checks are asked."
    return f"A half-finished run is here: {done:,} of {total:,} are done, and it goes on."


def duration(seconds: float) -> str:
    """Say how long something takes, as people say it."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def reading(done: int, total: int, per_second: float, left: float | None, failed: int) -> str:
    """Say how far a run is."""
    parts = [f"{done:,} of {total:,}"]
    if per_second:
        parts.append(f"{per_second:.0f} X-rays/s" if per_second >= 10 else f"{per_second:.1f} /s")
    if left is not None and done < total:
        parts.append(f"{duration(left)} left")
    if failed:
        parts.append(f"{failed:,} unreadable")
    return "  ·  ".join(parts)


def asking(check: str, number: int, total: int) -> str:
    """Say which check is being asked."""
    return f"Asking {check} ({number + 1} of {total})"


def run_title(cohort: str, model: str, total: int) -> str:
    """Head the verdicts."""
    return f"{cohort}  ·  {model}  ·  {xrays(total)}"


def unfinished(left: int, total: int) -> str:
    """Say that a run isn't whole."""
    return f"The run is not finished: {left:,} of {total:,} X-rays were not read yet."


def unread(failed: int, total: int) -> str:
    """Say how many files could not be read."""
    return f"{failed:,} of {total:,} files could not be read."


def not_measured(name: str, why: str) -> str:
    """Say what the headline doesn't know."""
    return f"Not measured: {name} ({why})"


def cell_name(row_title: str, row: str, column_title: str, column: str) -> str:
    """Name a cell of a grid."""
    return f"{row_title} {row}, {column_title} {column}"


def choice(words: str, count: int) -> str:
    """Name the X-rays behind a part of a figure."""
    return f"{words} ({count:,})"
