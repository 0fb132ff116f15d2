"""Numbers with their n and interval; knows no files and no model."""
