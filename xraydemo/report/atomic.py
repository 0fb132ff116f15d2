"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp

from xraydemo.errors import XrayDemoError


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Give the path of a new file beside `path`, which takes its place when the block ends well.

    Parameters
    ----------
    path : Path
        Its folder is made if absent. A file that is there stays as it is if the block raises.

    Raises
    ------
    XrayDemoError
        If the file can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        Path(name).chmod(0o644)  # mkstemp's files are their owner's alone
        try:
            yield Path(name)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        raise XrayDemoError(f"{path} can't be written: {why}", "Choose another place") from error
