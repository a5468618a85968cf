"""p-center: how far the farthest of all people go at least, by set covers on a growing part of the demand points."""
