"""Zoning plans in scenarios: who finds no place on the open land of the own neighbourhood."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from formulations.zoning import Numbers, Zoning
from instances.instance import Instance
from instances.schema import InstanceError
from solver.robustness.futures import Futures


def futures_on_land(
    question: Zoning, instance: Instance, assignments: ArrayLike, names: Sequence[str], made_for: Instance | None = None
) -> Futures:
    """People without a place in each scenario of an instance, for the classes that plans give to parcels.

    Minutes are not known (NaN): within a neighbourhood nobody is sent anywhere.

    Parameters
    ----------
    assignments
        Class of every parcel in every plan, shape (plans, parcels).
    names
        Of the plans.
    made_for
        The instance that the plans were made for, where that is another one; both have to have the same parcels and
        classes.

    Raises
    ------
    InstanceError
        If the question cannot be put to the instance, or its parcels or classes are others.
    """
    # what the plans keep to was asked where they were made; here they are only counted
    numbers = Numbers.of(Zoning(("unserved",), patches="none", shelters=question.shelters), instance)
    land, scenarios = numbers.land, instance.scenarios
    if made_for is not None and made_for.land is not None:
        pairs = (("parcels", "parcel"), ("classes", "land_class"))
        strange = [
            word for word, part in pairs if getattr(made_for.land, part).labels() != getattr(land, part).labels()
        ]
        if strange:
            what = f"The plans cannot be put to {instance.about.name!r}"
            raise InstanceError(what, [f"land: other {' and '.join(strange)} than those the plans were made for"])
    plans = np.asarray(assignments, np.intp)
    unserved = numbers.losses(plans)
    need = (land.area * land.residents[plans]) @ land.displaced
    nobody = np.zeros_like(unserved)
    return Futures(
        plans=tuple(names),
        scenarios=tuple(scenarios.scenario.labels()),
        probability=scenarios.probability,
        hazard=scenarios.hazard,
        level=scenarios.level,
        unserved=unserved,
        share=np.clip(np.divide(unserved, need, out=nobody, where=need > 0), 0.0, 1.0),
        minutes=np.full_like(unserved, np.nan),
    )
