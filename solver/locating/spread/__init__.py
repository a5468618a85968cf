"""Fast answers to questions of spreading sites."""
