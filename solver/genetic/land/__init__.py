"""Zoning plans that evolve: a class per parcel, moves that know space, rules that always hold, a front with proof."""
