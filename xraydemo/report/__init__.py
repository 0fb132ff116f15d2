"""What was found, for people and programs: terminal, tables, JSON, PDF."""
