"""A process that draws figures: matplotlib's Python work would make the window's thread wait.

Knows no Qt.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

from xraydemo.desktop import text
from xraydemo.desktop.child import end_child, start_child
from xraydemo.errors import XrayDemoError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from xraydemo.desktop.figure_work import Drawn
    from xraydemo.evaluation.figures import Figure


class Drawer:
    """Draws one figure after the other; the process starts with the first, and again if it dies.

    To be used by one thread at a time.
    """

    def __init__(self) -> None:
        self._child: Any = None
        self._pipe: Connection | None = None

    def draw_figure(self, figure: Figure, folder: Path, width: int, sharpness: float) -> Drawn:
        """Draw a figure of a run; see `figure_work.draw_figure`.

        Parameters
        ----------
        folder : Path
            The run's.

        Raises
        ------
        XrayDemoError
            If the run can't be opened, or the process dies of the figure.
        """
        if self._child is None or not self._child.is_alive():
            self._start()
        assert self._pipe is not None
        try:
            self._pipe.send((figure, folder, width, sharpness))
            answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            self._child.join()
            message = text.CHILD_ENDED.format(code=self._child.exitcode)
            raise XrayDemoError(message, text.CHILD_ENDED_HINT) from error
        if isinstance(answer, XrayDemoError):
            raise answer
        drawn: Drawn = answer
        return drawn

    def close(self) -> None:
        """End the process."""
        if self._pipe is not None:
            self._pipe.close()
        if self._child is not None:
            end_child(self._child)
        self._child = self._pipe = None

    def _start(self) -> None:
        self.close()
        self._child, self._pipe = start_child(_draw_all, both_ways=True)


def _draw_all(pipe: Connection) -> None:
    """Draw what is asked for, until nobody asks any more; runs in the child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl+C is the window's
    from xraydemo.desktop.figure_work import draw_figure
    from xraydemo.evaluation.run import Run
    from xraydemo.evaluation.store import open_run

    last: tuple[Path, Run] | None = None
    while True:
        try:
            figure, folder, width, sharpness = pipe.recv()
        except EOFError:
            return
        try:
            if last is None or last[0] != folder:
                last = (folder, open_run(folder))
            answer: Drawn | XrayDemoError = draw_figure(figure, last[1], width, sharpness)
        except XrayDemoError as error:
            answer = error
        pipe.send(answer)
