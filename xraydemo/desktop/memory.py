"""What the window remembers from one day to the next, and what it doesn't.

Names of folders often hold names of people, and a program that lists them tells whoever sits down
next who was looked at. So recent folders, cohorts and runs are listed while the window is open, and
are written down only once the reader asked for it; turning that off erases them at once.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

Device = Literal["auto", "cpu", "cuda"]
DEVICES: tuple[Device, ...] = ("auto", "cpu", "cuda")
Recent = Literal["folders", "cohorts", "runs"]
"""Opened in Read, opened to be evaluated (a folder or a CSV), and opened as a run."""
RECENT: tuple[Recent, ...] = ("folders", "cohorts", "runs")
Theme = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = ("system", "light", "dark")
SMALLEST_TEXT, LARGEST_TEXT = 8, 18
MOST_THREADS = os.cpu_count() or 1
_MOST = 8


def settings_file() -> Path:
    """Name the file in the user's configuration folder."""
    return platformdirs.user_config_path("xraydemo", appauthor=False) / "window.ini"


class Memory:
    """The window's memory.

    Parameters
    ----------
    path : Path, optional
        The file that it is kept in; None for a memory that ends with the window.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._settings = QSettings(str(path), QSettings.Format.IniFormat) if path else None
        self.recent: dict[Recent, list[Path]] = {
            kind: [Path(name) for name in self._words(f"recent/{kind}").split("\n") if name]
            for kind in RECENT
        }
        """What was opened of late, the last one first."""

    @property
    def lasts(self) -> bool:
        """Whether anything outlives the window."""
        return self._settings is not None

    # what was opened of late

    @property
    def folders(self) -> list[Path]:
        """Folders whose X-rays were opened of late."""
        return self.recent["folders"]

    @property
    def keeps_folders(self) -> bool:
        """Whether what was opened of late is written down."""
        return self._words("recent/keep") == "yes"

    def keep_folders(self, *, keep: bool) -> None:
        """Write down from now on what was opened of late, or erase it and write nothing."""
        self._set("recent/keep", "yes" if keep else "")
        self._write_recent()

    def note(self, paths: Iterable[Path]) -> None:
        """Take note of opened X-rays: of folders, and of the folders of files."""
        for path in paths:
            if path.exists():  # else the folder that a lost one was in would be listed
                self._put_first("folders", path if path.is_dir() else path.absolute().parent)
        self._write_recent()

    def note_cohort(self, source: Path) -> None:
        """Take note of a folder or a CSV that was opened to be evaluated."""
        self._put_first("cohorts", source)
        self._write_recent()

    def note_run(self, folder: Path) -> None:
        """Take note of a run that was opened."""
        self._put_first("runs", folder)
        self._write_recent()

    def drop(self, kind: Recent, path: Path) -> None:
        """Forget one that is gone."""
        self.recent[kind] = [other for other in self.recent[kind] if other != path]
        self._write_recent()

    def forget_recent(self) -> None:
        """Forget all that was opened of late."""
        for listed in self.recent.values():
            listed.clear()
        self._write_recent()

    # the layout

    def layout(self, name: str) -> QByteArray | None:
        """Give how a part of the window was laid out; None where that isn't known."""
        found = self._settings.value(f"layout/{name}") if self._settings else None
        return found if isinstance(found, QByteArray) else None

    def set_layout(self, name: str, layout: QByteArray) -> None:
        """Remember how a part of the window is laid out."""
        if self._settings:
            self._settings.setValue(f"layout/{name}", layout)

    # preferences

    @property
    def device(self) -> Device:
        """What the model is to run on."""
        found = self._words("device")
        return next((device for device in DEVICES if device == found), "auto")

    @device.setter
    def device(self, device: Device) -> None:
        self._set("device", device)

    @property
    def threads(self) -> int | None:
        """How many X-rays are read at a time; None for one a core."""
        found = self._words("threads")
        return min(max(int(found), 1), MOST_THREADS) if found.isdigit() else None

    @threads.setter
    def threads(self, threads: int | None) -> None:
        self._set("threads", str(threads) if threads else "")

    @property
    def text_size(self) -> int | None:
        """Size of the type, in points; None for the system's."""
        found = self._words("text")
        return min(max(int(found), SMALLEST_TEXT), LARGEST_TEXT) if found.isdigit() else None

    @text_size.setter
    def text_size(self, points: int | None) -> None:
        self._set("text", str(points) if points else "")

    @property
    def theme(self) -> Theme:
        """How light the window is."""
        found = self._words("theme")
        return next((theme for theme in THEMES if theme == found), "system")

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._set("theme", theme)

    @property
    def keys(self) -> dict[str, str]:
        """Keys that the reader gave to commands, by the commands' names; empty for no key."""
        try:
            found = json.loads(self._words("keys") or "{}")
        except ValueError:  # somebody wrote in the file by hand: the shipped keys hold
            return {}
        return {str(name): str(key) for name, key in found.items()} if found else {}

    @keys.setter
    def keys(self, keys: dict[str, str]) -> None:
        self._set("keys", json.dumps(keys) if keys else "")

    def write(self) -> None:
        """Write everything down now."""
        if self._settings:
            self._settings.sync()

    def _put_first(self, kind: Recent, path: Path) -> None:
        first = path.absolute()
        others = [other for other in self.recent[kind] if other != first]
        self.recent[kind] = [first, *others][:_MOST]

    def _write_recent(self) -> None:
        for kind, listed in self.recent.items():
            kept = listed if self.keeps_folders else []
            self._set(f"recent/{kind}", "\n".join(str(path) for path in kept))

    def _words(self, key: str) -> str:
        found = self._settings.value(key) if self._settings else None
        return found if isinstance(found, str) else ""

    def _set(self, key: str, words: str) -> None:
        if not self._settings:
            return
        if words:
            self._settings.setValue(key, words)
        else:
            self._settings.remove(key)
        self._settings.sync()
