"""``python -m xraydemo`` is the command ``xraydemo``."""

from xraydemo.cli.app import main

main()
