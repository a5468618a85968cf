"""Which probabilities must be reckoned with where nobody knows them: from a rule to an ambiguity set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.scenarios import LEVELS, Ambiguity, Scenarios
from instances.schema import InstanceError

if TYPE_CHECKING:
    from instances.hazards.scenarios_rule import AmbiguityRule, BoundRule

Floats = NDArray[np.float64]
FIRST = 3


def unknown_probabilities(
    rule: AmbiguityRule, scenarios: Scenarios, ledger: Ledger, distance: Floats | None = None
) -> Ambiguity:
    """The ambiguity set of a rule around the nominal probabilities of the scenarios.

    Bounds are clipped to [0, 1]. Own bounds of a level come before the general ones, and those of a scenario by its
    name before both. Sets with a radius hold the nominal distribution, so that radius 0 means that it is known.

    Parameters
    ----------
    distance
        Shape (scenario, scenario), in the mean distance between two futures; for Wasserstein sets.

    Raises
    ------
    InstanceError
        If bounds name what is not there or cross, if no distribution fits them, or if the nominal distribution of a
        set with a radius lies outside; all faults at once.
    """
    nominal, labels = np.asarray(scenarios.probability, float), scenarios.scenario.labels()
    lower, upper = _bound(rule.lower, nominal, 0.0), _bound(rule.upper, nominal, 1.0)
    here = {level: scenarios.level == level for level in LEVELS}
    here |= {label: np.arange(len(labels)) == k for k, label in enumerate(labels) if label not in LEVELS}
    faults = [f"own: no level or scenario called {name!r}" for name in rule.own if name not in here]
    if faults:
        faults.append(f"there are {', '.join(LEVELS)}, and {', '.join(labels[:FIRST])}, ...")
    for name, own in sorted(rule.own.items(), key=lambda item: item[0] not in LEVELS):
        if name in here:
            lower = np.where(here[name], _bound(own.lower, nominal, lower), lower)
            upper = np.where(here[name], _bound(own.upper, nominal, upper), upper)
    faults += _faults(rule, nominal, lower, upper, labels)
    if faults:
        raise InstanceError("Ambiguity of the scenarios", faults)
    wasserstein = rule.kind == "wasserstein"
    if wasserstein and distance is None:
        raise InstanceError("Ambiguity of the scenarios", ["wasserstein: needs the distances between futures"])
    found = Ambiguity(
        scenarios.scenario, lower, upper, rule.kind, rule.radius, distance=distance if wasserstein else None
    )
    within = {
        "interval": "",
        "total variation": f" at most {rule.radius or 0.0:g} of the probability moved to other scenarios",
        "wasserstein": f" probability moved by at most {rule.radius or 0.0:g} mean distances between two futures",
    }[rule.kind]
    free = not lower.any() and (upper >= 1.0).all()
    bounds = "" if free else f" each between bounds from {lower.min():.3g} to {upper.max():.3g}"
    both = " and" if bounds and within else ""
    ledger.note(f"Probabilities of {len(labels)} scenarios are unknown: any with{bounds}{both}{within}.")
    if rule.assumption is not None:
        ledger.assume(f"Unknown probabilities: {rule.assumption}")
    else:
        ledger.cite(f"Unknown probabilities: {rule.basis}")
    return found


def _bound(rule: BoundRule | None, nominal: Floats, otherwise: Floats | float) -> Floats:
    if rule is None:
        return np.broadcast_to(otherwise, nominal.shape)
    if rule.factor is not None:
        return np.clip(rule.factor * nominal, 0.0, 1.0)
    return np.full(nominal.shape, float(rule.probability or 0.0))


def _faults(rule: AmbiguityRule, nominal: Floats, lower: Floats, upper: Floats, labels: list[str]) -> list[str]:
    faults = []
    crossed = np.flatnonzero(lower > upper)
    if crossed.size:
        faults.append(f"lower bound above the upper one in {crossed.size} scenarios: {_some(crossed, labels)}")
    if lower.sum() > 1.0 + 1e-9:
        faults.append(f"no distribution fits: lower bounds sum to {lower.sum():g}; lower them to 1 at most")
    if upper.sum() < 1.0 - 1e-9:
        faults.append(f"no distribution fits: upper bounds sum to {upper.sum():g}; raise them to 1 at least")
    outside = np.flatnonzero((nominal < lower - 1e-9) | (nominal > upper + 1e-9))
    if rule.kind != "interval" and outside.size:
        faults.append(
            f"the nominal probability of {outside.size} scenarios lies outside its bounds ({_some(outside, labels)}); "
            "a radius is around the nominal distribution, so widen the bounds"
        )
    return faults


def _some(at: NDArray[np.intp], labels: list[str]) -> str:
    return ", ".join(labels[int(k)] for k in at[:FIRST]) + (", ..." if at.size > FIRST else "")
