"""Costs of opening and capacities: relaxations whose bounds are counted by us, and a tree that closes the rest."""
