"""Whether there is a CUDA GPU, asked of its driver: importing torch would take seconds."""

from __future__ import annotations

import ctypes
import sys
from functools import cache


@cache
def has_cuda_gpu() -> bool:
    """Tell whether the NVIDIA driver is there and counts at least one GPU."""
    library = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        driver = ctypes.CDLL(library)
    except OSError:
        return False
    count = ctypes.c_int(0)
    works = driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0
    return works and count.value > 0
