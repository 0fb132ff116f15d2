"""The sentences of the tour."""

from __future__ import annotations

NAME = "Tour"
ACTION = "Tour"
BACK, ON, END, CLOSE = "Back", "Next", "Finish", "Close the tour"
KEY_ON, KEY_BACK = "Tour: next step", "Tour: step back"
NOT_BEGUN = "The tour could not be started: {why}"
BEGUN = "The tour opens in a window of its own"

SUPERB_TITLE = "A superb model"
SUPERB = (
    "This chest is computed (a phantom), so the truth about it is known: it is covid-like. The "
    "model learnt from hundreds like it, and sees it at once."
)
SUPERB_KNOWN = (
    "On phantoms of the same hospitals that were kept out of its training it tells covid from all "
    "else with AUC {auc}. Who would not believe it?"
)

ELSEWHERE_TITLE = "New images"
ELSEWHERE = "The same model at another hospital. This chest is healthy; read what the model says."
ELSEWHERE_KNOWN = (
    "AUC of telling covid at home {inside}; here {outside}. Lost: {lost}. Nothing raised an "
    "error, and no test at home could have shown it."
)

WALL_TITLE = "The wall of verdicts"
WALL = (
    "The program asks what a careful colleague would ask of data and model, and says how sure "
    "each answer is: {answered} answered, {failed} of them with fail. A card opens with a click."
)

WHY_TITLE = "Every covid X-ray was newer"
WHY = (
    "At home each covid-like phantom is from 2020 or later, and from the newest device; all "
    "others are older. Did the model learn the device? Three checks ask in three ways (dates "
    "alone; matched X-rays; without the lungs):"
)

WHAT_IF_TITLE = "What if the lungs are covered?"
WHAT_IF = "The healthy chest of the other hospital, and the same with a black box over its lungs."
WHAT_IF_KNOWN = "Before: {before}. After: {after}."
GONE = (
    "The answer went, but that is no proof that it came from the lungs: the box also hides most of "
    "what the device left in the picture."
)
NEVER_LOOKED = "It never needed the lungs. Add steps of your own on the left."

HONEST_TITLE = "The honest model"
HONEST = (
    "The same patients and the same recipe, but year and device were dealt by chance: only the "
    "data differ."
)
HONEST_KNOWN = (
    "It tells covid with AUC {inside} at home and {outside} at the other hospital; the first model "
    "has {trap} there. Phantoms promise nothing for people: now open X-rays of your own."
)

WAIT_MODEL = "The model is on its way…"
WAIT_READING = "The X-rays of both hospitals are being read…"
WAIT_ASKING = "The others are being asked…"
WAIT_COMPARE = "The honest model reads the same X-rays…"


def place(number: int, total: int) -> str:
    """Say which step this is."""
    return f"{number} of {total}"
