"""The first code that the frozen program runs: the command ``xraydemo``, or one of its children.

The program starts its children (engine, training) as ``PYTHON -m MODULE ...``. Frozen, there is no
Python to start: the program itself stands in for it.
"""

import logging
import multiprocessing
import runpy
import sys


def main() -> None:
    """Be the child that is asked for, else the command line."""
    multiprocessing.freeze_support()  # children of multiprocessing go no further than this
    # PyTorch would complain that triton, which is left out, is missing.
    logging.getLogger("torch.utils.flop_counter").setLevel(logging.ERROR)
    if len(sys.argv) > 2 and sys.argv[1] == "-m" and sys.argv[2].startswith("xraydemo."):
        module = sys.argv[2]
        sys.argv[1:3] = []
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return
    from xraydemo.cli.app import main as command_line

    command_line()


if __name__ == "__main__":
    main()
