"""Decoders: from a population of first stages to whole plans of the matrix, all members at once."""
