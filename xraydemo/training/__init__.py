"""A cohort in, a bundle out. Runs as a child process: ``python -m xraydemo.training``."""
