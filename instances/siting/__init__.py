"""Candidate sites: places found by rules, excluded by rules, and ranked by several criteria."""
