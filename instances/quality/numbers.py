"""How many of everything, and how far apart the smallest and the largest values are."""

from __future__ import annotations

import numpy as np

from instances.instance import Instance
from instances.quality.section import Section
from instances.schema import data_of

SPREAD = 1e6  # solvers hold rows to about 1e-6 of their scale; beyond this the small values drown
BESIDE = ("accounts", "units")  # parts that no program is made of

Found = tuple[list[Section], list[str]]


def numbers(instance: Instance) -> Found:
    """Elements of every index set."""
    rows = [(name, index.size, "tuples" if index.parts else "names") for name, index in instance.indexes.items()]
    warnings = []
    if not instance.sites.site.size:
        warnings.append("sites: there are none, so nobody can be helped; check where the candidates came from")
    if instance.demand is not None and not instance.demand.demand.size:
        warnings.append("demand: there are no demand points; check where the people came from")
    return [
        Section.of("numbers", "Numbers of everything", [("set", ""), ("elements", "1"), ("kind", "")], rows)
    ], warnings


def ranges(instance: Instance) -> Found:
    """Smallest and largest magnitude of every datum other than coordinates; zeros are counted apart."""
    rows, warnings = [], []
    for where, part in instance.parts():
        if where in BESIDE:
            continue
        for name, about in data_of(part).items():
            if about.dtype is not float or about.lower == -np.inf:
                continue
            size = np.abs(getattr(part, name))
            nonzero = size[size > 0]
            low, high = (float(nonzero.min()), float(nonzero.max())) if nonzero.size else (None, None)
            ratio = high / low if low and high else None
            rows.append((f"{where}.{name}", about.unit, size.size, size.size - nonzero.size, low, high, ratio))
            if ratio is not None and ratio > SPREAD:
                warnings.append(
                    f"{where}.{name} [{about.unit}]: from {low:.3g} to {high:.3g}, a spread of {ratio:.1g}; "
                    "solvers lose the small values, check the units or set them to zero"
                )
    columns = [("datum", ""), ("unit", ""), ("values", "1"), ("zeros", "1")]
    columns += [("smallest nonzero", ""), ("largest", ""), ("spread", "1")]
    return [Section.of("ranges", "Range of values", columns, rows)], warnings
