"""What the confounder checks are made of: facts that tell the class, what a network sees."""
