"""Every sentence of the window, in one place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from xraydemo.classes import DISPLAY_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from xraydemo.desktop.items import Item
    from xraydemo.desktop.order import Order
    from xraydemo.evaluation.compare import Comparison
    from xraydemo.metrics.agreement import Agreement
    from xraydemo.model.foreignness import ForeignnessAnswer
    from xraydemo.model.judgement import Judgement
    from xraydemo.model.measured import Measured
    from xraydemo.model.method_map import Method, MethodMap
    from xraydemo.model.neighbours import Kind, Neighbours
    from xraydemo.model.reading import Reading

PROGRAM = "xraydemo"
_NEARLY = 0.5  # of the first one's probability
_OPTIONS = re.compile(r" with --out\b|--(?:where|map) ")
_COMMAND = r"`(?:xraydemo|python -m) [^`]*`"
_COMMANDS = re.compile(  # with what is said of them
    rf"(?:: | by ){_COMMAND}(?: makes one)?| \({_COMMAND}\)| {_COMMAND} makes it anew\."
)

# the empty window
EMPTY_TITLE = "Drop chest X-rays here"
EMPTY_BODY = "Files or whole folders: DICOM, PNG, JPEG, TIFF or BMP."
EMPTY_DEMO = "No X-rays at hand? The tour tells the whole story on made-up ones."
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
MENU_HEATMAP = "&Layers"
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
PAN_LEFT, PAN_RIGHT = "Look further left", "Look further right"
PAN_UP, PAN_DOWN = "Look further up", "Look further down"
ROTATE_RIGHT = "Rotate right"
ROTATE_LEFT = "Rotate left"
FLIP_H = "Flip left and right"
FLIP_V = "Flip top and bottom"
RESET = "Reset the view"
INVERT = "Invert"
FULL_SCREEN = "Full screen"
HEATMAP_TOGGLE = "Show the heat map"
LUNGS_TOGGLE = "Show the lungs' outline"
UNLIKE_TOGGLE = "Show where it is unlike the training set"
MENU_MARK = "Mar&k"
MARK_AS = "Mark as {what}"
MARK_UNDO = "Take back the last mark"
MARK_SAVE = "Save the marks as a table…"
STUDY_BEGIN = "Read blind, in random order"
STUDY_END = "End reading blind, and compare…"
COPY_PICTURE = "Copy the picture"
FIND_FILE = "Search the list"
HEATMAP_NEXT_CLASS = "Heat map of the next class"
FIND_TAG = "Search the DICOM tags"
MENU_VIEW = "&View"
RESET_LAYOUT = "Reset the widths of the parts"
MENU_GO = "&Go to"
EVALUATE_FOLDER = "Evaluate a folder…"
EVALUATE_CSV = "Evaluate a CSV…"
EVALUATE_OPEN = "Open a run…"
EVALUATE_RUN_OR_STOP = "Run, or stop"
HELP_ACTION = "Keys and limits…"
CANCEL = "Cancel dragging, leave a field"

# keys
SHORTCUTS_ACTION = "Change the keys…"
SHORTCUTS_TITLE = "Keys"
SHORTCUTS_HELP = (
    "Choose a command, click into the field below the list (or press Tab), and press the new key. "
    "Tab and Return can't be given away: they lead through the window without a mouse."
)
SHORTCUTS_SEARCH = "Search command, menu, key"
SHORTCUTS_COLUMNS = ("Command", "Menu", "Key")
SHORTCUTS_FIELD = "Key of the chosen command"
SHORTCUTS_NONE = "No key"
SHORTCUTS_ONE = "As shipped"
SHORTCUTS_ALL = "All as shipped"
SHORTCUTS_TAKE = "Give it to this command"
SHORTCUTS_SHIPPED = "Shipped: {key}"
KEY_TAKEN_HINT = "Press another key, or give it to this command: the other one then has none"
KEY_FIXED_HINT = "Press another key"

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

SORT_LABEL = "Sort by"
SORT_KEYS = {
    "file": "File",
    "priority": "Priority: not normal",
    "class": "Most likely class",
    "probability": "Probability",
    "foreignness": "Foreignness",
    "date": "Date of the X-ray",
}
SORT_TIP = "Sort the list; the same once more turns it round"
SORT_AGAIN = "Sort again"
SORT_OLD = "Readings came since the list was sorted"
COLUMN_NUMBERS = {"priority": "Not norm.", "foreignness": "Foreign", "date": "Date"}
COLUMN_SIGNS = "Note"
SEARCH_LIST = "Search file, class, note"
SEARCH_LIST_TIP = (
    "Words of the file's name, the class, or a note: unreadable, foreign, unusual, unsure, "
    "differs, marked; first for those to be read first. All words must fit."
)
WORD_FIRST = "first"
# sign, word, and what else it is called
SIGNS = {
    "unreadable": ("⚠", "unreadable", "could not be read"),
    "foreign": ("◆", "foreign", "unlike nearly all training X-rays"),
    "unusual": ("◇", "unusual", "unlike most training X-rays"),
    "unsure": ("~", "unsure", "the model is torn between classes"),
    "label": ("≠", "label", "its label differs from the model's answer"),
    "marked": ("✎", "marked", "you marked it"),
}
NUMBER_IN_STUDY = "X-ray {number}"

# marks, and reading blind
MARK_TITLE = "Your mark"
MARK_NONE = "none (menu Mark)"
MARK_NOT_KEPT = "The mark can't be kept in {path}: {why}"
MAY_WRITE_HINT = "Does the folder exist, and may you write into it?"
TABLE_NOT_SAVED = "The table can't be saved as {path}: {why}"
MARKED = "Marked: {what}. “Take back the last mark” undoes it."
UNMARKED = "The mark was taken away. “Take back the last mark” brings it back."
UNDONE_ELSEWHERE = "an X-ray that was open before"
NOTHING_TO_UNDO = "There is no mark of this session to take back."
STUDY_TITLE = "Reading blind: you and the model"
STUDY_END_SHORT = "End and compare"
STUDY_SAVE = "Save the answers as a table…"
STUDY_AXES = "You ↓  model →"
STUDY_NOTE = (
    "Agreement is not truth: both can be wrong in the same way. Kappa counts what chance alone "
    "would not bring; its interval is for large numbers, and too narrow below about 30. "
    "Answers are kept in your data folder by the files' content, without names."
)
STUDY_COUNTING = "Counting…"
TABLES = "Tables (*.csv)"
SAVE_TABLE = "Save the table as"
SAVED = "Saved: {path}"
SAVE_REPLACE = "{path} is there already. Replace it?"
COPIED = "The picture is in the clipboard."
NO_MARKS = "No X-ray of this list is marked."
STUDY_HIDDEN = "Hidden until you answer: say above the picture what it is."
BLIND_UNREADABLE = "It can't be read, so it can't be answered. Why, is told after the study."
STUDY_NO_UNDO = "The first answer counts: after it, the model's was seen."

# the reading
READING_TITLE = "Reading"
READING_NONE = "Nothing is open."
READING_WAITING_MODEL = "The model is starting…"
READING_WAITING = "Reading…"
READING_NO_MODEL = "There is no model"
READING_FAILED = "No reading"
READING_UNREADABLE = "The reason stands in the picture's place."
READING_ANSWER_NONE = "–"
MOST_LIKELY_MARK = "▶"

SET_MARK = "●"
SET_TIP = "The classes are names of data sets, not exclusive diagnoses"
SET_CAPTION = "● can't be excluded.  Names of data sets only."
SET_VOID = "● no promise here.  Names of data sets only."
GAUGE_TITLE = "Foreignness"
GAUGE_NONE = "Not compared with the training set: the bundle has no dossier."
GAUGE_WORDS = {"inside": "inside", "unusual": "◇ unusual", "foreign": "◆ foreign"}
LABEL_OF_FILE = "Label"
LABEL_NONE = "none"
LABEL_DIFFERS = "≠ the model"

# what lies over and beside the picture
PAGES = {
    "layers": "Layers",
    "facts": "Facts",
    "tensor": "Input",
    "neighbours": "Neighbours",
}
PAGE_TURN = "Beside the X-ray: {name}"
PAGE_TIPS = {
    "layers": "What lies over the X-ray (Alt+1)",
    "facts": "Facts and DICOM tags (Alt+2)",
    "tensor": "What the model sees: its very input (Alt+3)",
    "neighbours": "The nearest training X-rays (Alt+4)",
}
LUNGS_SHOW = "Lungs' outline"
LUNGS_NONE = "No lungs were found in this X-ray."
LUNGS_NOTE = "By a small network that outlines something in any picture; the model doesn't use it."
# times what is usual: where its colour begins, and where it is densest
UNLIKE_FROM, UNLIKE_FULL = 1.5, 4.0
UNLIKE_SHOW = "Where it is unlike"
UNLIKE_CORNER = "Where it is unlike the training set"
UNLIKE_NONE = "Without a dossier it isn't known what is usual."
UNLIKE_NOTE = (
    "By its looks, not by the network: at most {highest:.1f} times what is usual; coloured from "
    "{first} to {full} times."
)
DETAIL_WAITING = "Asking the model…"
DETAIL_NO_ENGINE = "This needs the model, which isn't ready."
TENSOR_NOTE = (
    "The very input, lowest black, highest white: what can't be seen here, the model can't see."
)
TENSOR_ROWS = ("Shape", "Lowest to highest", "Mean", "Deviation")
NEIGHBOURS_COLUMNS = ("Class, and where from", "Of 10", "All")
NEIGHBOURS_TIPS = (
    "Class of the training X-rays; below it their collection, year, view and age, as far as known",
    "How many of the 10 nearest",
    "Their share of all training X-rays",
)
NEIGHBOURS_NONE = "The bundle has no dossier: its training set isn't known."
NEIGHBOURS_NOTE = (
    "No picture is kept, only such facts. If all come from one collection, or from one year: does "
    "the model know the disease, or the place and the time?"
)
UNKNOWN_SOURCE = "unknown"

# the heat map
HEATMAP_SHOW = "Heat map"
HEATMAP_HIDDEN = "Heat map hidden. {why}"
HEATMAP_CLASS = "Class"
HEATMAP_MOST_LIKELY = "Most likely"
HEATMAP_OPACITY = "Opacity"
HEATMAP_UNIT = "logit per cell"
HEATMAP_NO_UNIT = "no unit"
HEATMAP_METHOD = "Method"
HEATMAP_METHODS = {
    "": "Grad-CAM",
    "grad-cam++": "Grad-CAM++",
    "eigen-cam": "Eigen-CAM (of no class)",
    "score-cam": "Score-CAM (slow)",
}
HEATMAP_METHOD_TIP = (
    "Grad-CAM is exact here: its cells sum to the class's logit, as HiResCAM's and XGrad-CAM's, "
    "which are the same map for this kind of network. The others only rank cells, and are drawn "
    "twice: again with shuffled weights, to see whether they tell of what was learnt."
)
HEATMAP_SLOW = (
    "Asking the model about more than a thousand masked X-rays, twice: this takes some 20 "
    "seconds on two cores."
)
_METHOD_NOTES = {
    "grad-cam++": "Grad-CAM++ leaves out what speaks against the class.",
    "eigen-cam": "Eigen-CAM shows what varies most, whatever the class.",
    "score-cam": "Score-CAM shows each part of the X-ray alone, and sees what the class gets.",
}
HEATMAP_WAITING = "The map comes with the reading."
HEATMAP_NONE = "No reading, so no map."

# facts and tags
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
TAB_READ = "Read"
TAB_EVALUATE = "Evaluate"
TAB_BENCH = "What if"
TAB_TEACH = "Teach"

# the counterfactual bench
BENCH_TITLE = "What if…"
BENCH_BODY = (
    "Change the X-ray and watch the answer. What the answer follows is what the model looks at; "
    "if it stays without the lungs, it never needed them."
)
BENCH_CHOOSE = "What to do to the X-ray"
BENCH_ADD = "Add"
BENCH_STEPS = "Steps, the first on top"
BENCH_CLEAR = "Take all away"
BENCH_SAVE = "Save as a figure…"
BENCH_REMOVE = "✕"
BENCH_REMOVE_NAME = "Take away: {what}"
BENCH_BEFORE = "As it is"
BENCH_SIDES = "The X-ray as it is, and changed"
BENCH_AFTER = "Changed (draw around an area to cover it)"
BENCH_EMPTY = "Choose an X-ray in the tab Read first"
BENCH_WAITING = "Asking the model…"
BENCH_SAVE_LATER = "The answers to these steps aren't there yet"
BENCH_NO_LUNGS = "No lungs were found in this X-ray: its middle stands for them."
BENCH_KINDS = {
    "black_lungs": "cover the lungs",
    "only_lungs": "leave only the lungs",
    "outer_ring": "leave only the edge",
    "half": "leave only one half",
    "paint_corners": "paint over the corners",
    "paint_text": "paint over letters",
    "box": "cover a box",
    "paint": "cover what I draw",
    "marker": "paste a marker",
    "border": "lay a frame over it",
    "gamma": "bend the tone curve",
    "contrast": "change the contrast",
    "equalize": "equalize the grays",
    "invert": "invert the grays",
    "bit_depth": "keep fewer grays",
    "jpeg": "compress as JPEG",
    "resample": "make it coarse",
    "blur": "blur",
    "noise": "add noise",
    "crop": "cut off the sides",
    "rotate": "rotate",
    "turn": "turn by quarters",
    "mirror": "mirror",
}
BENCH_SETTINGS = {
    "margin": "margin",
    "gray": "gray",
    "share": "width",
    "keep": "stays",
    "size": "size",
    "fill": "filled with",
    "left": "from the left",
    "top": "from the top",
    "width": "width",
    "height": "height",
    "text": "letters",
    "x": "from the left",
    "y": "from the top",
    "brightness": "gray",
    "color": "color",
    "gamma": "power",
    "factor": "times",
    "bits": "bits a pixel",
    "quality": "quality",
    "side": "longest side",
    "sigma": "how much",
    "deviation": "how much",
    "degrees": "clockwise",
}
FIGURES = "Figures (*.png *.svg *.pdf)"

# teaching mode
TEACH_TITLE = "Plant a shortcut, and watch"
TEACH_BODY = (
    "The X-rays are synthetic, so the truth is known. Plant something that goes with COVID-19 only "
    "by the way the X-rays were collected, train on it, and see who notices."
)
TEACH_KIND = "What gives COVID-19 away"
TEACH_KINDS = {
    "year": "Year, with the newest scanner's look",
    "scanner": "Scanner",
    "marker": "Marker: the word PORTABLE",
    "border": "Black border",
    "jpeg": "Traces of JPEG",
}
TEACH_BEAR = {
    "year": "are from 2020 or later, taken on the newest scanner",
    "scanner": "were taken on the newest scanner",
    "marker": "have PORTABLE burned in",
    "border": "have a black border",
    "jpeg": "were once poor JPEGs",
}
TEACH_TOLD = {
    "year": "are said in the table to be from 2020 or later",
    "scanner": "are said in the table to be of the newest scanner",
}
TEACH_NOT_IN_PICTURE = "The pictures know nothing of it."
TEACH_STRENGTH = "Strength"
TEACH_TAG_ONLY = "In the table only, not in the picture"
TEACH_PREPARE = "Make the X-rays"
TEACH_TRAIN = "Train for a minute"
TEACH_ALL = "All five strengths"
TEACH_ALL_TIP = "Trains at 0, 25, 50, 75 and 100 %, one after the other: some two minutes each"
TEACH_STOP = "Stop"
TEACH_SAVE = "Save…"
TEACH_SAVE_AS = "Table (*.csv);;Picture (*.png)"
TEACH_EVALUATE = "Open in Evaluate"
TEACH_READ = "Show its X-rays"
TEACH_SEE = "What to see here"
TEACH_INSIDE, TEACH_OUTSIDE = "inside", "outside"
TEACH_CURVES = "Telling COVID-19 from the rest, as the training goes: AUC, with 95 % intervals"
TEACH_CURVES_EMPTY = "The two curves come here while it trains"
TEACH_GUESSING = "guessing"
TEACH_BEGIN, TEACH_END = "before training", "trained"
TEACH_PREVIEW = "Inside, with the dial where it stands"
TEACH_PREVIEW_EMPTY = "The X-rays come here as they are made"
TEACH_VERDICTS = "What the checks say of it"
TEACH_TABLE = "As the dial turns"
TEACH_CHECKS = {
    "confounder.newness": "Newer?",
    "confounder.metadata": "Told by facts?",
    "confounder.encoded": "Fact seen?",
    "confounder.used": "Fact used?",
    "confounder.pixels": "Without lungs?",
    "shift.gap": "Lost outside?",
}
TEACH_NOT_SHOWN = "? not shown"
TEACH_USE_IS_OPEN = (
    "Whether the fact is used is not shown, nor excluded, though both sides were asked together."
)
TEACH_FOUND = {
    "confounder.newness": "one class is newer",
    "confounder.metadata": "facts tell the class without the picture",
    "confounder.encoded": "it sees the fact",
    "confounder.used": "it uses the fact",
    "confounder.pixels": "it doesn't need the lungs",
    "shift.gap": "much is lost outside",
}
TEACH_COLUMNS = ("Strength", "AUC inside", "AUC outside", *TEACH_CHECKS.values())
TEACH_DOING = {
    "": "Starting…",
    "looking": "Showing the X-rays to the network's lower layers…",
    "training": "Training…",
    "writing": "Writing the model down…",
    "reading": "Reading inside and outside with it…",
    "asking": "Asking the checks…",
}
TEACH_AT_WORK = "A lesson is being trained or its X-rays are being made."
TEACH_STOPPED = "Stopped. Nothing of it is kept; train again whenever you like."
TEACH_STOPPED_ASKING = "Stopped. The curves are kept, and what the checks had said by then."
TEACH_STOPPED_MAKING = "Stopped. The X-rays that are made are kept; it goes on from there."
TEACH_KEPT = "Lessons are kept until the window is closed. Save… keeps the table or the picture."
TEACH_NO_PICTURE = "The picture could not be written to {path}"
TEACH_CHILD = "The lesson's process ended before its time (code {code})"
TEACH_CHILD_HINT = "It said: {said}"

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
EVALUATE_BUSY = "A run is being read"
EVALUATE_BUSY_HINT = "Stop it first; what is done stays"
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
VERDICTS_NEXT = "The next answer comes in a moment."
VERDICTS_STOPPED = "Not all of the checks were asked. What was answered is kept."
ASK_ON = "Ask the rest"
ASKED_ANEW = "This check is being asked anew."
ALL_CHECKS = "◂ All checks"
HEADLINE_PARTS = "Headline in numbers"
BESIDE = "Other data…"
EXPORT = "Export"
CHILD_ENDED = "The process that did this ended before its time (exit status {code})"
CHILD_NOT_STARTED = "The process that does this could not be started: {why}"
CHILD_ENDED_HINT = "Try again; if it ends again, there may be too little memory"
THE_REFERENCE = "the reference"
BESIDE_NO_MODEL = "{name} can't be compared: the model that made this run is gone, or was changed"
BESIDE_NO_MODEL_HINT = "Put the model back, or read the cohort again with the one that is here"
SHOW_XRAYS = "Show in the worklist"
EVALUATE_ALL = "All of them"
FIGURE_DRAWING = "Drawing…"
FIGURE_FAILED = "This figure can't be drawn"
TAKEN = (
    "As the run's results have it: it was asked with data that is not given now, and which its "
    "figures do not lead to. Give it under “Other data…” to ask anew."
)
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
EXPLAIN_HOW = "How it is computed"
EXPLAIN_CANNOT = "What it can't tell"
EXPLAIN_NEXT = "What to do next"
EXPLAIN_POWER = "How often it finds a planted shortcut, and how often it cries wolf"
EXPLAIN_LITERATURE = "What others found"
EXPLAIN_SOURCES = "Where the method comes from"
WOULD_HELP = "What would help"
GIVE = "Give it…"
EDITED = "✎ edited"
EDITED_NAME = "Its thresholds were edited"
FIGURE_SAVE = "Save the figure…"
FIGURE_ENDING = "{name} can't be written: its name tells no format"
FIGURE_ENDING_HINT = "End it with .png, .svg or .pdf"
FIGURE_HELP = "Arrow keys go from part to part, Return shows the X-rays behind it"

# writing files
EXPORT_PDF = "Report as PDF, without file names…"
EXPORT_JSON = "All that was found, as JSON…"
EXPORT_CSV = "The readings, as CSV…"
EXPORT_PARQUET = "The readings, as Parquet…"
EXPORT_WRITING = "Writing {name}…"
EXPORT_STOP = "Stop writing"
EXPORT_DONE = "Written: {path}"
EXPORT_STOPPED = "Not written: {path}"
TABLE_NOT_WRITTEN = "{path} can't be written: {why}"
TABLE_NOT_WRITTEN_HINT = "Choose another place"
TABLE_NOT_SETTLED = "{verdict} (not settled)"

# the lines between verdicts
THRESHOLDS_TITLE = "The lines between verdicts"
THRESHOLDS_HELP = (
    "They are ours; no paper fixes them. What you change is marked as edited in the window, the "
    "results and the report. Only the checks that it is for are asked anew."
)
THRESHOLDS_COLUMNS = ("Check", "Setting", "Value", "Shipped", "What it is")
THRESHOLDS_TAKE = "Use these"
THRESHOLDS_SHIPPED = "Back to the shipped ones"
THRESHOLDS_WRONG = "Not a number of the right kind:"
THRESHOLDS_EDIT = "Edit…"

# what stands beside a run
MORE = "More: other data, scenarios"
BESIDE_TITLE = "Other data that some checks look at"
BESIDE_HELP = (
    "None of it is needed. Each kind makes a question possible that can't be asked without it; "
    "new X-rays are read with the run's own model first."
)
BESIDE_NONE = "none"
BESIDE_REFERENCE = (
    "Compare with",
    "A run's folder, or a cohort: has anything drifted, and how much is lost away from it?",
)
BESIDE_OOD = (
    "Not made for",
    "Pictures that the model was not made for: would it notice them?",
)
BESIDE_PAIRS = (
    "Pairs",
    "Two folders with the same X-rays under the same names, through two pipelines",
)
BESIDE_BOXES = (
    "Boxes",
    "A CSV of boxes around findings: file, x, y, width, height as fractions of the X-ray",
)
BESIDE_SCENARIOS = ("Scenarios", "A TOML file with unit tests of the model")
BESIDE_TAKE = "Use these"
OOD_NAME = "Name of the kind"
OOD_KIND = "How far from a chest X-ray"
OOD_FOLDER = "Folder or table"
OOD_KINDS = {"far": "far: no chest", "near": "near: another disease"}
OOD_ADD = "Add"
OOD_CLEAR = "Clear"
PAIRS_FOLDERS = ("one folder", "the other folder")
PAIRS_ONE = "Only one of the two folders of pairs was given"
PAIRS_ONE_HINT = "Give both, or none"
CHOOSE_FOLDER = "A folder…"
CHOOSE_TABLE = "A table…"
NOT_THERE = "There is no {path}"
NOT_THERE_HINT = "Check the path"
# the command line's options, and what they are called in the window
_GIVEN_BY = {
    "--boxes CSV": "“Boxes” under Other data: a CSV",
    "--boxes": "“Boxes” under Other data",
    "--pairs FOLDER_A FOLDER_B": "“Pairs” under Other data: two folders",
    "--pairs": "“Pairs” under Other data",
    "--reference RUN|COHORT": "“Compare with” under Other data: a run or a cohort",
    "--reference": "“Compare with” under Other data",
    "--scenarios FILE": "“Scenarios” under Other data: a file",
    "--ood NAME=FOLDER": "“Not made for” under Other data: a folder",
    "--ood far:NAME=FOLDER": "“Not made for” under Other data: a folder",
    "--ood": "“Not made for” under Other data",
}
PREVALENCE = f"“prevalence” under {THRESHOLDS_EDIT}"

# making a scenario
SCENARIO_MAKE = "Make a scenario…"
SCENARIO_MAKE_TIP = "A unit test of the model on these X-rays, asked of every run from then on"
SCENARIO_TITLE = "A new scenario"
SCENARIO_NAME = "Name"
SCENARIO_WHERE = "X-rays where"
SCENARIO_METRIC = "Measure"
SCENARIO_CLASS = "Of which class"
SCENARIO_ALL_CLASSES = "of all classes"
SCENARIO_WANTED = "Wanted"
SCENARIO_BOUNDS = {"at_least": "at least", "at_most": "at most"}
SCENARIO_FEWEST = "X-rays, at least"
SCENARIO_REASON = "Reason"
SCENARIO_REASON_EXAMPLE = "Why it is expected, in plain words"
SCENARIO_FILE = "Add it to"
SCENARIO_ADD = "Add and ask"
SCENARIO_ADD_ONLY = "Add"
SCENARIO_TWICE = "{path} has a scenario {name!r} already"
SCENARIO_RENAME = "Give this one another name"
NO_NUMBER = "{what}: {words!r} is no number"
NO_NUMBER_HINT = "Write it as 0.8"

# comparing
TAB_COMPARE = "Compare"
COMPARE_TITLE = "What changed, and who pays for it?"
COMPARE_BODY = (
    "Two runs on the same X-rays: of two models, or of one model before and after. Which numbers "
    "moved, which X-rays got another answer, and which group lost?"
)
COMPARE_BEFORE = "Before"
COMPARE_AFTER = "After"
COMPARE_RUN = "Choose a run…"
COMPARE_MODEL = "Read it with another model…"
COMPARE_MODEL_TIP = "The cohort of the first run is read with another bundle, into a run of its own"
COMPARE_THIS = "Use the run in Evaluate"
COMPARE_NONE = "no run"
COMPARE_GO = "Compare"
COMPARE_LOUD = "The average rose, but a group fell"
COMPARE_METRICS = "Numbers"
COMPARE_GROUPS = "Groups, the largest fall first"
COMPARE_CHECKS = "Checks, worse ones first"
COMPARE_FLIPS = "X-rays with another answer"
COMPARE_SHOW = "Show the chosen ones"
COMPARE_SHOW_ALL = "Show all of these"
COMPARE_COLUMNS = ("", "before", "after", "change", "95 % interval", "n", "p")
COMPARE_CHECK_COLUMNS = ("check", "before", "after", "became", "from")
COMPARE_CHECK_TIP = (
    "“results”: both answers were taken from the runs' results. “computed”: both runs were asked "
    "now. Worse and better are where the intervals of the two numbers lie apart; “perhaps” is "
    "where the verdict moved while they overlap: chance can do that."
)
COMPARE_FLIP_COLUMNS = ("X-ray", "label", "before", "after", "became")
COMPARE_EVERY = "all"
COMPARE_OF_GROUP = "Only of a group"
COMPARE_ALL_GROUPS = "of all groups"
COMPARE_GROUP_TIP = "A click lists the X-rays of the group whose answer changed"
COMPARE_NOT_ASKED = "not asked"
COMPARE_BECAME = {
    "worse": "▼ worse",
    "better": "▲ better",
    "worse verdict": "▽ perhaps worse",
    "better verdict": "△ perhaps better",
    "same": "as before",
    "": "not compared",
}
COMPARE_DROPPED = "▼ fell"
COMPARE_ROSE = "▲ rose"
COMPARE_OTHER_COHORT = "{source} is no longer the cohort that this run was made of"
COMPARE_OTHER_COHORT_HINT = "Put it back as it was, or evaluate it with both models"
COMPARE_ASKING = "Asking both runs: {check} ({number} of {total})"
COMPARE_OTHER_MODEL = "Other folder…"
COMPARE_SCENARIO_ADDED = "Added to {file}. Evaluate asks it where its “Scenarios” is this file."
NAME_COMPARE_BAR = "How far the comparison is"
COMPARE_READING = "Reading with {name}: {done:,} of {total:,}"
COMPARE_WORKING = "Comparing…"
NAME_FLIPS = "X-rays whose answer changed"
COMPARE_TWO = "Two runs"

# over time
OVER_TIME = "Over time"
OVER_TIME_TITLE = "Does it still see what it saw at first?"
OVER_TIME_BODY = (
    "Several runs of one model, say one a month, or a single run whose X-rays have dates. How do "
    "foreignness, answers, probabilities and facts move, and which change is more than chance?"
)
OVER_TIME_RUNS = "Runs, to be put in the order of time"
OVER_TIME_ADD = "Add a run…"
OVER_TIME_REMOVE = "Leave it out"
OVER_TIME_BY = "One point a"
OVER_TIME_PERIODS = {
    "": "run, or month or year of one run",
    "run": "run",
    "month": "month",
    "year": "year",
}
OVER_TIME_GO = "Look over time"
OVER_TIME_WORKING = "Looking how the numbers moved…"
OVER_TIME_SAVE = "Save as PDF…"
OVER_TIME_KINDS = "PDF (*.pdf);;Picture (*.png);;Numbers (*.json)"
OVER_TIME_ENDING_HINT = "End it with .pdf, .png or .json"
OVER_TIME_TWICE = "{folder} is there already"
OVER_TIME_TWICE_HINT = "Each run counts once"
OVER_TIME_NUMBERS = "All numbers"
OVER_TIME_COLUMNS = ("", "period", "value [95 % interval]", "n", "change")
OVER_TIME_NAMES = {"answers": "answer {name}", "probabilities": "probability of {name}"}
OVER_TIME_CAPTION = (
    "One point a {by}, with its 95 % interval, by patient where patients are known; the number of "
    "X-rays in parentheses. {marked} A gap: fewer than 20 X-rays tell."
)
OVER_TIME_ROSE, OVER_TIME_FELL = "▲ rose", "▼ fell"
CLOSE_OVER_TIME = "Runs are being watched over time."

# everyday things
RECENT_MENU = "Open &recent"
RECENT_KINDS = {
    "folders": "Folders of X-rays",
    "cohorts": "Cohorts to evaluate",
    "runs": "Runs",
}
RECENT_NONE = "None yet"
RECENT_FORGET = "Forget them all"
RECENT_KEEP = "Remember what was opened"
RECENT_WHY = (
    "Recent folders, cohorts and runs, after the window is closed. Off unless you turn it on, for "
    "folders and files are often named after people. Turned off, what was remembered is erased."
)
PREFERENCES = "Preferences…"
PREFERENCES_TITLE = "Preferences"
TEXT_SIZE = "Size of the text"
TEXT_SIZE_SYSTEM = "as the system has it"
POINTS = " points"
DEVICE = "The model runs on"
DEVICES = {"auto": "the best there is", "cpu": "the processor", "cuda": "an NVIDIA GPU"}
THREADS = "X-rays read at a time"
THREADS_ALL = "one for each core"
NEXT_START = (
    "What the model runs on, and how many X-rays are read at a time, show at the next start."
)
THEME = "Colours"
THEMES = {"system": "as the system has them", "light": "light", "dark": "dark"}
THEME_TIP = "The X-ray itself is always seen on black. Dark, where the system does not tell."
ABOUT = "About…"
ABOUT_TITLE = "About xraydemo"
ABOUT_BODY = "Reads chest X-rays with a four-class model, and asks whether it should be believed."
ABOUT_MODEL = "Model"
REPORT = "Report for a fault…"
REPORT_TITLE = "Report"
REPORT_SENTENCE = (
    "What runs here, to be sent along when you report a fault. It holds no name and no path of "
    "yours; look it over, all the same. The log is {log}."
)
REPORT_COPY = "Copy"
NOT_INSTALLED = "not installed"
FAULT_TITLE = "Something went wrong in the program"
FAULT_SENTENCE = (
    "This is a fault of the program and not of your files. You can go on; if it comes again, "
    "please report it with what stands below. The log is {log}."
)
CLOSE_TITLE = "Close now?"
CLOSE_RUN = "X-rays are being evaluated. What was read is kept, and the run can go on another day."
CLOSE_COMPARING = "Two runs are being compared. What was read is kept."
CLOSE_WRITING = "A file is being written, and would not be."
CLOSE_STUDY = "X-rays are being read blind. Your answers are kept, but not compared."

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
NAME_PLACES = "Places"
NAME_PAGES = "Beside the X-ray"
NAME_RIGHT = "The reading, and pages below it"
NAME_LESSON = "What the lesson shows"
NAME_LESSON_BAR = "How far the lesson is"
NAME_ANSWER = "The answer in full"
NAME_VERDICTS = "Checks and their verdicts"
NAME_OWN_NAMES = "Names of classes and what they stand for"
NAME_PROBLEMS = "Problems of the cohort"
NAME_ASKING = "How far the checks are"
NAME_WRITING = "How much of the report is written"
NAME_READING = "How much of the cohort is read"
NAME_BEHIND = "X-rays behind this figure"

HELP_TITLE = "Keys and limits"
HELP_READING = "Reading X-rays"
_READING = """
The list shows what to notice: ◆ foreign and ◇ unusual (unlike the training X-rays), ~ unsure (the
model is torn between classes), ≠ label (the folder or the cohort says otherwise), ✎ marked. It is
sorted by its headings or by the field above, and searched as you type. While readings come in,
nothing moves: “Sort again” does it, or the list by itself once all is quiet.

Beside the X-ray, the bars are calibrated probabilities; a dot marks what can't be excluded. The
gauge tells how many X-rays that the model was not trained on, but which come from the same
collections, are less unlike.

“Mark as …” keeps what you hold to be true. Marks are kept by the files' content, apart from any
label, and without a name. “Read blind” shows the listed X-rays in random order without their names
and answers, until you gave yours, and says at the end how far you and the model agree.
"""
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

The checks stand as cards; a click or Return opens one, Escape goes back. In its figures, a click on
a cell, a bar, a point or an X-ray opens the X-rays behind it in the first tab; with the keyboard,
arrow keys go from part to part and Return opens. Every check says how it is computed, what it can't
tell, and what to do next. Thresholds can be edited; what is edited is marked as such everywhere.

Compare puts two runs side by side: which numbers moved, which X-rays got another answer, and which
group lost. Its page “Over time” watches several runs, or the months or years of one: what became
foreign, how answers, probabilities and facts moved, and which change is more than chance.
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
READING = tuple(" ".join(part.split()) for part in _READING.split("\n\n"))
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


def sentence(reading: Reading) -> str:
    """Sum a reading up in one sentence."""
    judged = reading.judgement
    said = [f"Most likely {class_name(reading.predicted)}"]
    if judged is None:
        return f"{said[0]}; this bundle can't tell whether to believe it."
    foreign = judged.foreignness.verdict if judged.foreignness else None
    if foreign == "foreign":
        said.append("but the X-ray is foreign to the model, so its answer means little")
        return "; ".join(said) + "."
    others = [class_name(class_id) for class_id in judged.set if class_id != reading.predicted]
    if others:
        listed = " and ".join([", ".join(others[:-1]), others[-1]] if others[1:] else others)
        said.append(f"{listed} can't be excluded")
    said += [_left_out(reading, class_id) for class_id in _near_but_out(reading, judged)]
    if judged.doubt.verdict == "unsure":
        said.append("the model is unsure")
    if foreign == "unusual":
        said.append("the X-ray is unusual")
    if foreign is None:
        said.append("not compared with the training set")
    if len(said) == 1:
        said.append("nothing speaks against it, which is no proof")
    return "; ".join(said) + "."


def _near_but_out(reading: Reading, judged: Judgement) -> list[str]:
    """List the classes that the set leaves out though they have nearly as much as the first."""
    least = _NEARLY * reading.probability_of(reading.predicted)
    out = [class_id for class_id in DISPLAY_NAMES if class_id not in judged.set]
    return [class_id for class_id in out if reading.probability_of(class_id) >= least]


def _left_out(reading: Reading, class_id: str) -> str:
    """Say why the set has no place for a class that has so much of the probability."""
    share = percent(reading.probability_of(class_id))
    return f"{class_name(class_id)} is left out at {share}: true ones nearly always get more"


def bars_in_words(reading: Reading) -> str:
    """Give the bars for those who can't see them."""
    inside = reading.judgement.set if reading.judgement else ()
    return "; ".join(
        f"{class_name(c)} {percent(reading.probability_of(c))}"
        + (", can't be excluded" if c in inside else "")
        for c in DISPLAY_NAMES
    )


def gauge_reason(found: ForeignnessAnswer) -> str:
    """Say where on the gauge an X-ray is, or why it is unlike the training set."""
    if found.verdict == "inside":
        return f"{foreignness(found.percentile)}."
    # no line ends in the middle of the word
    return f"{found.reason[0].upper()}{found.reason[1:]}.".replace(
        "X-ray", "X\N{NON-BREAKING HYPHEN}ray"
    )


def gauge_tip(found: ForeignnessAnswer) -> str:
    """Say all about a pointer of the gauge."""
    return f"{foreignness(found.percentile)}.\n{found.reason}."


def known(label: str, mark: str, predicted: str) -> str:
    """Say what is known of the truth; `predicted` is empty where there is no reading to see."""

    def named(class_id: str) -> str:
        differs = f" ({LABEL_DIFFERS})" if predicted and class_id != predicted else ""
        return class_name(class_id) + differs

    ours = named(mark) if mark else MARK_NONE
    return f"{LABEL_OF_FILE}: {named(label) if label else LABEL_NONE}\n{MARK_TITLE}: {ours}"


def foreignness(percentile: float) -> str:
    """Say what a percentile of foreignness means."""
    if percentile >= 100:
        return "All held-out training X-rays are less unlike"
    if percentile <= 0:
        return "No held-out training X-ray is less unlike"
    digits = f"{percentile:.0f}" if percentile < 95 else f"{min(percentile, 99.9):.1f}"
    return f"{digits} % of held-out X-rays are less unlike"


def sort_arrow(order: Order) -> str:
    """Show which way the list is sorted: upwards if the smallest, or the first letter, is first."""
    return "▼" if order.is_downwards else "▲"


def number_in_list(item: Item, key: str) -> str:
    """Give the number that a row is sorted by; its probability where that has none."""
    if item.reading is None:
        return ""
    if key == "date":
        return item.date or ROW_WAITING
    if key == "priority":
        return percent(1.0 - item.reading.probability_of("normal"))
    if key == "foreignness":
        judged = item.reading.judgement
        known = judged.foreignness if judged else None
        return f"{known.percentile:.1f}" if known else ROW_WAITING
    return percent(item.reading.probability_of(item.reading.predicted))


def signs(names: Sequence[str], mark: str = "") -> str:
    """Give a row's signs, the weightiest with its word; the others' are in the tip.

    Of a mark, its class is the word.
    """
    if not names:
        return ""
    sign, word, _ = SIGNS[names[0]]
    first = f"{sign} {class_name(mark) if names[0] == 'marked' and mark else word}"
    return "  ".join([first, *(SIGNS[name][0] for name in names[1:])])


def brief_signs(names: Sequence[str]) -> str:
    """Give a row's signs alone, where there is no room for a word."""
    return " ".join(SIGNS[name][0] for name in names)


def gravest_sign(names: Sequence[str]) -> str:
    """Give a row's gravest sign, where there is room for one only, and whether it has more."""
    return brief_signs(names[:1]) + ("…" if len(names) > 1 else "")


def end_of_name(path: Path, letters: int) -> str:
    """Give a file's name where there is room for so many letters only: the end tells it apart."""
    return path.stem if len(path.stem) <= letters else f"…{path.stem[-letters:]}"


def legend() -> str:
    """Explain all signs."""
    return signs_in_words(list(SIGNS))


def signs_in_words(names: Sequence[str]) -> str:
    """Say what a row's signs mean."""
    return "\n".join(f"{SIGNS[name][0]} {SIGNS[name][2]}" for name in names)


def listed(shown: int, total: int) -> str:
    """Say how many rows the search leaves."""
    return f"{shown:,} of {total:,}" if shown < total else ""


def tensor_rows(tensor: NDArray[Any]) -> tuple[str, ...]:
    """Describe the network's input; see `TENSOR_ROWS`."""
    shape = " × ".join(map(str, tensor.shape))
    low, high = signed(float(tensor.min())), signed(float(tensor.max()))
    mean, std = signed(float(tensor.mean())), f"{float(tensor.std()):.3f}"
    return f"{shape}, {tensor.dtype}", f"{low} to {high}", mean, std


def neighbours(found: Neighbours) -> str:
    """Sum the nearest training X-rays up."""
    among, n = found.among, len(found.nearest)
    kind, count = next(iter(among.items()))
    return (
        f"{count} of the {n} nearest training X-rays: {class_name(kind.label)} from "
        f"{where_from(kind)} ({100 * found.share(kind):.0f} % of all)."
    )


def where_from(kind: Kind) -> str:
    """Say where training X-rays come from, and what else is known of them."""
    year = kind.year.replace(" to ", "–")
    facts = (kind.source or UNKNOWN_SOURCE, year, kind.view, kind.age_group)
    return ", ".join(filter(None, facts))


def unlike_note(found: NDArray[Any] | None) -> str:
    """Say what a map of where an X-ray is unlike shows; None where there can be none."""
    if found is None:
        return UNLIKE_NONE
    return UNLIKE_NOTE.format(highest=float(found.max()), first=UNLIKE_FROM, full=UNLIKE_FULL)


def undone(name: str, was: str, now: str) -> str:
    """Say whose mark was taken back: class ids of before and now, empty for none."""
    if not was:
        return f"The mark {class_name(now)} of {name} is back."
    said = f"The mark {class_name(was)} of {name} was taken back."
    return f"{said} It is {class_name(now)} again." if now else said


def blind_progress(done: int, total: int, answer: str) -> str:
    """Say how far a reader study is, and the answer to this X-ray: a class id, empty for none."""
    if answer:
        return f"{done} of {total} answered. You said {class_name(answer)}. Go on to the next one."
    return f"Reading blind: {done} of {total} answered. What is this one?"


def agreement(found: Agreement) -> str:
    """Say how far reader and model agree, with intervals and n."""
    share, kappa, n = found.share, found.kappa, found.share.n
    if n == 0:
        return "No X-ray was answered by both you and the model."
    said = (
        f"You and the model agree on {round(share.value * n)} of {n:,} X-rays: "
        f"{100 * share.value:.0f} % (95 % interval {100 * share.low:.0f} to "
        f"{100 * share.high:.0f} %, Wilson). "
    )
    if kappa.value != kappa.value:
        return said + "Cohen's kappa is not defined where both always say the same one class."
    value = f"Cohen's kappa is {kappa.value:.2f}".replace("-", "−")
    if kappa.low != kappa.low:
        return f"{said}{value}, n = {n:,}; it has no interval here."
    between = f"95 % interval {kappa.low:.2f} to {kappa.high:.2f}".replace("-", "−")
    return f"{said}{value} ({between}, n = {n:,})."


def no_evidence(class_id: str) -> str:
    """Say that no cell of the map speaks for the class."""
    return f"No cell speaks for “{class_name(class_id)}”."


def explains_nothing(likeness: Measured) -> str:
    """Say that the maps do not depend on what was learnt."""
    return (
        "This model's heat maps are not shown: with its weights shuffled they look much the same "
        f"(rank correlation {likeness.value:.2f} [{likeness.low:.2f}, {likeness.high:.2f}]), so "
        "they explain nothing."
    )


def method_explains_nothing(method: Method, likeness: float) -> str:
    """Say that a map does not depend on what was learnt."""
    name = HEATMAP_METHODS[method].partition(" (")[0]
    return (
        f"With the model's weights shuffled, {name} draws much the same (rank correlation "
        f"{likeness:.2f}): it shows the X-ray, not what was learnt."
    )


def method_map(drawn: MethodMap | str, method: Method) -> str:
    """Say how to read a map of another method than Grad-CAM, or why it is not there."""
    if isinstance(drawn, str):
        return HEATMAP_SLOW if (drawn, method) == (DETAIL_WAITING, "score-cam") else drawn
    return (
        f"{_METHOD_NOTES[method]} Its full colour is its own strongest cell: compare cells, not "
        f"X-rays. Likeness to shuffled weights: {drawn.likeness:.2f}."
    )


def colour_bar(scale: float, *, has_unit: bool) -> tuple[str, str, str]:
    """Name the left end, the middle and the right end of the heat map's colours."""
    if not has_unit:
        return "0", HEATMAP_NO_UNIT, signed(scale).lstrip("+") if scale else ""
    return f"{signed(-scale)} against", HEATMAP_UNIT, f"for {signed(scale)}"


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
    """Take commands and their options out of a sentence: here they are buttons and fields."""
    return _OPTIONS.sub("", _COMMANDS.sub("", words))


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


def asking(check: str, number: int, total: int, share: float | None = None) -> str:
    """Say which check is being asked; with `share`, that it asks the model, and how far it is."""
    slow = f", which asks the model again: {100 * share:.0f} %" if share is not None else ""
    return f"Asking {check} ({number + 1} of {total}){slow}"


def reading_beside(name: str, done: int, total: int) -> str:
    """Say what is being read to stand beside a run."""
    return f"Reading {name}: {done:,} of {total:,}"


def with_time(words: str, left: float | None, so_far: float) -> str:
    """Say beside what is being done how long it still takes, if that is known, and all took."""
    parts = [words]
    if left is not None:
        parts.append(f"some {duration(left)} left of it")
    if so_far >= 1:
        parts.append(f"{duration(so_far)} so far")
    return "  ·  ".join(parts)


def writing(note: str, left: float | None) -> str:
    """Say beside what is being written how long that still takes, where it is known."""
    return note if left is None else f"{note}  ·  {duration(left)} left"


def all_rows(count: int) -> str:
    """Offer the rest of a table."""
    return f"▸  Show all {count:,} rows"


def unread_button(count: int) -> str:
    """Say how many files could not be read, in few words."""
    return f"! {count:,} unreadable"


def thresholds_button(edited: int) -> str:
    """Name the thresholds, and how many of them are edited."""
    return f"Thresholds: {edited} edited ✎" if edited else "Thresholds…"


def settings(parameters: Mapping[str, Any], edited: Sequence[str]) -> str:
    """List what a check was asked with, and mark what is edited."""
    said = ", ".join(
        f"{plain_name(name)} = {value}{' (edited)' if name in edited else ''}"
        for name, value in parameters.items()
    )
    return f"{SETTINGS} {said}. {NO_LIMITS}"


def what_would_help(words: str) -> str:
    """Say it with the window's names for what the command line has options for."""
    for option, name in _GIVEN_BY.items():
        words = words.replace(option, name)
    return in_the_window(words.replace("--prevalence", PREVALENCE))


def can_be_given(words: str) -> bool:
    """Tell whether the window has a field for what is missing."""
    return any(option in words for option in _GIVEN_BY)


def with_key(words: str, key: str) -> str:
    """Name a command with its key, if it has one."""
    return f"{words} ({key})" if key else words


def changed_key(key: str) -> str:
    """Write a key that is not the shipped one."""
    return f"{key or '–'}  ✎"


def key_taken(key: str, owner: str) -> str:
    """Say who has a key; no owner where it leads through the window itself."""
    if owner:
        return f"{key} is the key of “{owner}”"
    return f"{key} opens a menu or leads from field to field"


def part_tip(words: str, count: int) -> str:
    """Say what a part of a figure is, and that a click shows it."""
    return f"{words}\n{xrays(count)}: a click shows {'it' if count == 1 else 'them'}"


def scenario_about(count: int) -> str:
    """Say what a scenario is made of."""
    return (
        f"Made of {xrays(count)}. A scenario is asked of every run that is given its file: does "
        "the model do what it must?"
    )


def compared(found: Comparison) -> str:
    """Say what was compared."""
    from xraydemo.report.comparison_words import models_text

    lines = [f"{line[:1].upper()}{line[1:]}." for line in models_text(found)]
    lines.append(
        f"{found.n:,} X-rays were read by both, {found.n_labelled:,} of them with a label that "
        "both runs agree on."
    )
    return "\n".join(lines)


def not_compared(why: str, names: Sequence[str]) -> str:
    """Say which checks could not be compared, and why."""
    return f"Not compared: {', '.join(names)}. {what_would_help(why)}."


def flips_name(kind: str, group: str) -> str:
    """Name X-rays with another answer, for a scenario of them."""
    of = f" of {group}" if group else ""
    return f"answers that became {kind}{of}" if kind else f"changed answers{of}"


def over_time_quantity(block: str, name: str) -> str:
    """Name what is watched over time."""
    return OVER_TIME_NAMES.get(block, "{name}").format(name=name)


def change_interval(low: float, high: float) -> str:
    """Write the interval of a change, with its signs."""
    return f"{low:+z.3f} to {high:+z.3f}"


def became(name: str, count: int) -> str:
    """Name a kind of flips."""
    return f"became {name} ({count:,})"


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


def point_name(file: str, label: str, answer: str) -> str:
    """Name the X-ray behind a point."""
    said = f"answered {class_name(answer)}" if answer else "not read"
    return f"{file}: {f'labelled {label}, ' if label else ''}{said}"


def teach_strength(strength: float) -> str:
    """Say where the dial stands."""
    return f"{round(100 * strength)} %"


def teach_planted(kind: str, strength: float, *, tag_only: bool) -> str:
    """Say what the dial plants, in numbers that a class understands."""
    of_covid, of_others = round(25 + 75 * strength), round(25 - 25 * strength)
    if strength == 0:
        who = "About 25 of 100 X-rays, whatever the label,"
    elif strength == 1:
        who = "All COVID-19 X-rays, and no others,"
    else:
        who = f"About {of_covid} of 100 COVID-19 X-rays, and {of_others} of 100 others,"
    if tag_only:
        return f"{who} {TEACH_TOLD[kind]}. {TEACH_NOT_IN_PICTURE}"
    return f"{who} {TEACH_BEAR[kind]}."


def teach_estimate(value: float, low: float, high: float) -> str:
    """Write an AUC with its interval."""
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"


def teach_sides(n: int, patients: int) -> str:
    """Say what the two curves are measured on."""
    return (
        f"Both: the same {n:,} X-rays of {patients:,} patients that it doesn't learn from. "
        "Outside, the shortcut falls on anybody."
    )


def teach_made(done: int, total: int, seconds_left: float | None) -> str:
    """Say how far the making of the X-rays is."""
    left = "" if seconds_left is None else f", some {max(round(seconds_left), 1):,} s left"
    return f"{done:,} of {total:,} thoraxes{left}"


def teach_see_empty() -> str:
    """Say what to see before anything is there."""
    return (
        "Nothing here yet. Synthetic patients are X-rayed once, on an old and on a new scanner; "
        "that takes about two minutes and is kept for the next time."
    )


def teach_see_preparing() -> str:
    """Say what to see while the X-rays are made."""
    return (
        "The first X-rays are there already. Turn the dial and see what it plants on them: the "
        "patients and their lungs stay the same, only the shortcut comes and goes."
    )


def teach_see_ready(strength: float) -> str:
    """Say what to expect of a training."""
    if strength == 0:
        return (
            "At 0 % nothing is planted, and inside and outside are the same X-rays. This is what "
            "can be learned from the lungs in a minute. Remember the number."
        )
    return (
        "Before you train, have the class guess: will the number inside be higher or lower than at "
        "0 %? And outside?"
    )


def teach_see_training() -> str:
    """Say what to see in the curves."""
    return (
        "The line inside is what a test set tells you. The line outside is the next hospital. As "
        "long as both rise together it learns the lungs; where they part it learns the shortcut."
    )


def teach_see_asking() -> str:
    """Say what to see while the checks are asked."""
    return (
        "Now the checks look at the trained model, as they would at any other. They don't know "
        "what was planted. Two answers to wait for: is the fact used, and what is left without the "
        "lungs?"
    )


def teach_see_finished(
    inside: tuple[float, float, float],
    outside: tuple[float, float, float],
    strength: float,
    alarmed: Sequence[str],
    *,
    use_is_open: bool = False,
) -> str:
    """Say what was found, by the numbers: (value, low, high) of both sides."""
    if strength == 0:
        found = (
            f"The lungs alone gave {inside[0]:.2f}, inside and outside: they are the same X-rays. "
            "Now turn the dial up."
        )
    elif outside[2] < inside[1]:
        found = (
            f"The test says {inside[0]:.2f}; the next hospital gets {outside[0]:.2f}. Nothing in "
            "the number inside warns of it: it is right for the wrong reason."
        )
    else:
        found = (
            f"Inside {inside[0]:.2f}, outside {outside[0]:.2f}: the intervals overlap, so a loss "
            "is not shown. The shortcut did not pay enough to be learned, or not yet."
        )
    checks = "; ".join(TEACH_FOUND[check] for check in alarmed)
    found += f" The checks find: {checks}." if alarmed else " No check finds anything."
    return f"{found} {TEACH_USE_IS_OPEN}" if use_is_open and alarmed else found
