"""Measures of intensity, their units here, and what other units make of them."""

from __future__ import annotations

UNIT = {
    "depth": "m",
    "PGA": "g",
    "SA1": "g",
    "PGD": "m",
    "gust": "m/s",
    "temperature": "degC",
    "rain": "mm",
    "share": "1",
}
USUAL = {  # what a hazard's intensity measures if nobody says
    "flood": "depth",
    "earthquake": "PGA",
    "landslide": "share",
    "wind": "gust",
    "heat": "temperature",
    "rain": "rain",
}
FACTOR = {
    ("m", "m"): 1.0,
    ("cm", "m"): 0.01,
    ("mm", "m"): 0.001,
    ("ft", "m"): 0.3048,
    ("in", "m"): 0.0254,
    ("mm", "mm"): 1.0,
    ("cm", "mm"): 10.0,
    ("in", "mm"): 25.4,
    ("g", "g"): 1.0,
    ("%g", "g"): 0.01,
    ("m/s2", "g"): 1.0 / 9.80665,
    ("cm/s2", "g"): 0.01 / 9.80665,
    ("gal", "g"): 0.01 / 9.80665,
    ("m/s", "m/s"): 1.0,
    ("km/h", "m/s"): 1.0 / 3.6,
    ("kn", "m/s"): 1852.0 / 3600.0,
    ("mph", "m/s"): 0.44704,
    ("degC", "degC"): 1.0,
    ("1", "1"): 1.0,
    ("%", "1"): 0.01,
}


def usual_measure(hazard: str) -> str:
    """What the intensity of a hazard measures if nobody says."""
    return USUAL.get(hazard, "share")


def to_unit(measure: str, unit: str) -> float | None:
    """Factor from ``unit`` to the unit of the measure; None if the two do not fit."""
    return FACTOR.get((unit.strip(), UNIT.get(measure, "")))


def units_for(measure: str) -> str:
    """Units in which the measure may be given, in words."""
    return ", ".join(given for given, ours in FACTOR if ours == UNIT.get(measure))
