"""What sources write about speed and direction, read as numbers and signs."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]
Ints = NDArray[np.intp]

SPEED = re.compile(r"^(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?$")
KMH = {None: 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
ALONG = ("yes", "true", "1", "1.0", "t", "y", "ft")
AGAINST = ("-1", "-1.0", "reverse", "tf")
YES = ("yes", "true", "1", "1.0", "t", "y")


def speeds(written: Texts) -> Floats:
    """Km/h from texts as in the tag maxspeed; NaN where they say no number, as "none" or "DE:urban".

    Units: https://wiki.openstreetmap.org/wiki/Key:maxspeed; without one, km/h.
    """
    known, of = np.unique(written, return_inverse=True)
    read = np.full(len(known), np.nan)
    for k, text in enumerate(known.tolist()):
        found = SPEED.match(text.strip().lower())
        if found and float(found[1]) > 0:
            read[k] = float(found[1]) * KMH[found[2]]
    return np.asarray(read[of.ravel()], np.float64)


def directions(written: Texts) -> Ints:
    """1 where vehicles go along the line only, -1 where against it, 0 both ways."""
    lower = np.char.lower(written)
    return np.isin(lower, ALONG).astype(np.intp) - np.isin(lower, AGAINST).astype(np.intp)


def agreed(written: Texts) -> NDArray[np.bool_]:
    """Texts that say yes."""
    return np.isin(np.char.lower(written), YES)
