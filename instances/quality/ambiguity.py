"""How far the probabilities are unknown."""

from __future__ import annotations

import numpy as np

from instances.instance import Instance
from instances.quality.section import Section, some

Found = tuple[list[Section], list[str]]


def ambiguity(instance: Instance) -> Found:
    """The set of distributions to reckon with: bounds of each scenario around its nominal probability."""
    unknown, futures = instance.ambiguity, instance.scenarios
    if unknown is None:
        return [], []
    nominal = futures.probability
    labels, span = unknown.scenario.labels(), unknown.upper - unknown.lower
    rows = list(zip(labels, nominal, unknown.lower, unknown.upper, span, strict=True))
    radius = "" if unknown.radius is None else f", radius {unknown.radius:g}"
    columns = [("scenario", ""), ("probability", "1"), ("at least", "1"), ("at most", "1"), ("span", "1")]
    outside = np.flatnonzero((nominal < unknown.lower - 1e-9) | (nominal > unknown.upper + 1e-9))
    warnings = []
    if outside.size:
        warnings.append(
            f"ambiguity: the nominal probability of {outside.size} scenarios lies outside its bounds "
            f"({some(unknown.scenario.labels(outside))}); check the bounds"
        )
    return [Section.of("ambiguity", f"Unknown probabilities ({unknown.kind}{radius})", columns, rows)], warnings
