"""What the shift checks are made of: what is foreign, what differs, and what changes with time."""
