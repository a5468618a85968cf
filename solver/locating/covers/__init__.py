"""Set covering: everybody has an open site from a set of their own; reduced first, then searched with proof."""
