"""The one family of errors that a user may meet.

Everything a user can cause (a broken file, a bad table, a missing package) is one of these; any
other exception is a fault of the program.
"""

from __future__ import annotations


class XrayDemoError(Exception):
    """An error that says what is wrong and what to do about it.

    Parameters
    ----------
    message : str
        What is wrong, and where, in one sentence without a full stop.
    hint : str, optional
        What to do about it, in one sentence without a full stop.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}." if self.hint else f"{self.message}."


class UnreadableImage(XrayDemoError):
    """The file is no image, is broken, or holds something that is no projection X-ray."""


class UnsupportedEncoding(XrayDemoError):
    """The image is in an encoding that this installation can't decode; the hint says what would."""


class BadCohort(XrayDemoError):
    """A table or folder of X-rays can't be used; the message names the file and the line.

    Parameters
    ----------
    message, hint : str
        As for every error.
    labels : tuple of str
        The cohort's own names of classes, where the fault is that none of them is known: whoever
        says which is which can go on.
    """

    def __init__(self, message: str, hint: str = "", labels: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.labels = labels


class BadBundle(XrayDemoError):
    """A model on disk is incomplete, altered, or made for another version."""


class EngineLost(XrayDemoError):
    """The engine's process died and could not be brought back for this request."""


def why(error: Exception) -> str:
    """Say what the system found wrong without the file's path, which the sentence around it has."""
    return getattr(error, "strerror", None) or str(error)


def error_from_name(name: str, message: str, hint: str) -> XrayDemoError:
    """Build the error of the family that is called `name`; the base class if there is none."""
    family = {cls.__name__: cls for cls in XrayDemoError.__subclasses__()}
    return family.get(name, XrayDemoError)(message, hint)
