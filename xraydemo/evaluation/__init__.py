"""A bundle on a cohort: the run, and the checks that ask whether its answers should be believed."""

import os

# The checks' small models fit on one core. Without a word, joblib looks for the physical cores, and
# warns in containers that hide them.
os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")
