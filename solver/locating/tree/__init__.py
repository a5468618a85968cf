"""Branch and cut: one search tree over open sites, with cuts made on the way and a bound that is ours at every leaf."""
