"""Measurements, run by ``make bench``: ratios against a peer in the same run, never asserts."""
