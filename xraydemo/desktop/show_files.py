"""How a place has X-rays shown in Read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class ShowFiles(Protocol):
    """Shows X-rays in the worklist; see `MainWindow.show_files`, which is one."""

    def __call__(self, paths: Sequence[Path], labels: Mapping[Path, str] | None = None) -> None:
        """Show these, with the labels that are known of them, as class ids."""
