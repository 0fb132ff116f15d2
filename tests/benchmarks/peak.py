"""The most memory that a process has held."""

from pathlib import Path


def peak_megabytes(process_id: int) -> float:
    """Read it from the process itself.

    ``getrusage`` tells a child's peak to be no less than what its parent held when it began.
    """
    status = Path(f"/proc/{process_id}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024
