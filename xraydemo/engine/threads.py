"""How many X-rays the engine reads at a time, told to the child by its environment."""

from __future__ import annotations

import os

from xraydemo.errors import XrayDemoError

# a variable, as OpenMP has one: each process that starts an engine hands it on
VARIABLE = "XRAYDEMO_THREADS"


def thread_count() -> int:
    """Give the number that the environment asks for; else one thread a core.

    Raises
    ------
    XrayDemoError
        If what it asks for is no number from 1 up.
    """
    asked = os.environ.get(VARIABLE, "")
    if not asked:
        return os.cpu_count() or 1
    if not (asked.isascii() and asked.isdigit()) or int(asked) < 1:
        raise XrayDemoError(
            f"{VARIABLE} is “{asked}”, which is no number of threads",
            "Set it to 1 or more; without it, one X-ray a core is read at a time",
        )
    return int(asked)
