"""Fast answers to the ordered median."""
