"""A bundle on a cohort: the run, and the checks that ask whether its answers should be believed."""

import os

# scikit-learn asks joblib for the physical cores, which warns where a container hides them
os.environ.setdefault("LOKY_MAX_CPU_COUNT", str(os.cpu_count() or 1))
