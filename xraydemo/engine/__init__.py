"""The model's own process, and the only door to it."""
