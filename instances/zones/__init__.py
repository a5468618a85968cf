"""Nested units of land, administrative or natural, with their neighbours."""
