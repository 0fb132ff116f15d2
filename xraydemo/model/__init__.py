"""One radiograph in, one reading out: bundles, preprocessing, runtimes, heat maps."""
