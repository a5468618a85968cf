"""Curves: what an intensity does to homes, sites, stock and roads, as cited data."""
