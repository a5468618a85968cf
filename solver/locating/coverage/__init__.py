"""Maximal and partial covering: demand aggregated by cover sets, cuts projected on the sites, one small tree."""
