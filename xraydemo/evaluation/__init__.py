"""A bundle on a cohort: the run, and the checks that ask whether its answers should be believed."""
