"""Fronts by evolution on the program's own matrix: a genome for the first stage, decoders that complete it, proof."""
