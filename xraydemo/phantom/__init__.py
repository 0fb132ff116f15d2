"""Synthetic chest X-rays with known truth: a thorax in numbers, X-rayed. Arrays only."""
