"""Read chest X-rays with a four-class model, and ask whether the model should be believed.

For research and teaching, never for care.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("xraydemo")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0+unknown"
