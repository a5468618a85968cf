"""Why each place is in a plan: who is there, and what the plan would lose without it.

The loss is measured, not guessed: the place is taken out, everything else that is decided before an event stays, and
people are assigned anew in every scenario, as few without a place as possible.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from solver.events import Event, Sink, nowhere
from solver.firststage import first_stage
from solver.fronts.asked import Asked

if TYPE_CHECKING:
    from instances.instance import Instance

BOUND = ("required", "existing")
"""Status of sites that every plan has to prepare."""


@dataclass(frozen=True, eq=False)
class Reasons:
    """What is lost without each place of a plan.

    Attributes
    ----------
    site
        Positions of the places, shape (places,).
    mean, worst
        People more without a place if it is left out, shape (places,): expected, and in the scenario where it counts
        most.
    scenario
        Position of that scenario, shape (places,).
    minutes
        Minutes more of walking for those who still have a place, expected, shape (places,).
    """

    site: np.ndarray
    mean: Floats
    worst: Floats
    scenario: np.ndarray
    minutes: Floats


def reasons(asked: Asked, x: Csr, sink: Sink = nowhere) -> Reasons | None:
    """The places that a plan prepares, one at a time left out.

    Parameters
    ----------
    x
        The plan, shape (1, columns).

    Returns
    -------
    None where the question has no shelters, or the plan prepares no place.
    """
    from solver.robustness import futures_in

    question = asked.plan
    sites = opened(asked, x)
    if question.shelters is None or not len(sites):
        return None
    each = sp.vstack([x, *(without(asked, x, int(site)) for site in sites)], format="csr")

    def told(event: Event) -> None:
        sink(replace(event, stage="reasons"))

    found = futures_in(question, _free_of(asked.instance), asked.matrix, each, sink=told)
    p = found.probability
    more = np.maximum(0.0, found.unserved[1:] - found.unserved[:1])
    further = (found.minutes[1:] - found.minutes[:1]) @ p
    return Reasons(sites, more @ p, more.max(axis=1), more.argmax(axis=1), further)


def bound(instance: Instance) -> np.ndarray:
    """Whether the data ask for each site to be prepared, shape (sites,)."""
    asked: np.ndarray = np.isin(instance.sites.status, BOUND)
    return asked


def _free_of(instance: Instance) -> Instance:
    """The instance in which no site has to be prepared, so that any may be left out."""
    status = np.where(bound(instance), "candidate", instance.sites.status)
    return replace(instance, sites=replace(instance.sites, status=status))


def opened(asked: Asked, x: Csr) -> np.ndarray:
    """Positions of the sites that a plan prepares for anything."""
    if "open" not in asked.matrix.columns:
        return np.empty(0, int)
    span = asked.matrix.columns["open"].span
    chosen = np.asarray(x[:, span].toarray())[0] > 0.5
    return np.unique(_site_of(asked, "open")[chosen])


def without(asked: Asked, x: Csr, site: int) -> Csr:
    """The plan with nothing prepared and nothing held at a site; its second stage no longer fits."""
    values = np.asarray(x.toarray())
    for block in first_stage(asked.matrix):
        at = _site_of(asked, block.name)
        if at.size:
            values[:, block.start + np.flatnonzero(at == site)] = 0.0
    return sp.csr_array(values)


def _site_of(asked: Asked, name: str) -> np.ndarray:
    """Site of each element of a variable; empty if it is not about sites."""
    options = asked.instance.options
    block = asked.matrix.columns[name]
    if options is None or len(block.dims) != 1:
        return np.empty(0, int)
    index, at = block.dims[0], np.arange(block.size)
    # goods are held at something prepared, which is an option, which is at a site
    for key in ("prepared", "option", "site"):
        if key in index.parts:
            at, index = index[key].position[at], index[key].target
    return at if index is asked.instance.sites.site else np.empty(0, int)
