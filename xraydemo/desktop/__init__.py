"""The window: Qt lives in this room and nowhere else."""
