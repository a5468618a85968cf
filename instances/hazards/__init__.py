"""What may happen: intensities, fragility, correlated damage, chains of hazards, and scenarios made of them."""
