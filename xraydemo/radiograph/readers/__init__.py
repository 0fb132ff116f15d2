"""Readers: from a file's bytes to values, presentation and facts. One module a family of files."""
