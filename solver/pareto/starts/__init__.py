"""Plans to start from, found without a solver."""
