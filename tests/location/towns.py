"""Small towns of every kind, and rules about their sites: what questions of location are tried on."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from formulations.location import (
    Access,
    Differ,
)

Draw = Any
STATUS = ("candidate", "candidate", "candidate", "candidate", "existing", "required", "forbidden")
FRACTIONS = (0.0, 0.1, 0.3, 0.7, 1.1, 2.3, 2.5, 3.3, 4.9)


@st.composite
def towns(draw: Draw, points: int = 7, sites: int = 6, holding: bool = False, whole: bool = False) -> Access:
    """Ties, zero distances, pairs out of reach, places without people, whole and broken numbers, all kinds of sites.

    Parameters
    ----------
    holding
        Capacities near what is needed, else none or any.
    whole
        Whether all numbers are whole.
    """
    n, m = draw(st.integers(1, points)), draw(st.integers(1, sites))

    def numbers(most: int, count: int) -> NDArray[np.float64]:
        each = st.integers(0, most) if whole or draw(st.booleans()) else st.sampled_from(FRACTIONS)
        return np.array(draw(st.lists(each, min_size=count, max_size=count)), float)

    way = numbers(6, n * m).reshape(n, m)
    if draw(st.integers(0, 3)) == 0:
        far = np.array(draw(st.lists(st.booleans(), min_size=n * m, max_size=n * m))).reshape(n, m)
        far[np.arange(n), way.argmin(axis=1)] = False
        way = np.where(far, np.inf, way)
    weight = numbers(4, n)
    weight[draw(st.integers(0, n - 1))] += 1.0
    status = draw(st.none() | st.lists(st.sampled_from(STATUS), min_size=m, max_size=m))
    amount = numbers(3, n) if draw(st.integers(0, 2)) == 0 else None
    takes = weight if amount is None else amount
    room = None
    if holding or draw(st.booleans()):
        share = draw(st.sampled_from([0.4, 0.7, 1.0, 2.0]))
        room = np.ceil(share * takes.sum() / m) + numbers(4, m)
        if draw(st.integers(0, 5)) == 0:
            room[draw(st.integers(0, m - 1))] = np.inf
    near = numbers(9, m * m).reshape(m, m)
    near = np.triu(near, 1) + np.triu(near, 1).T
    return Access.of(
        weight,
        way,
        demand=[f"d{i}" for i in range(n)],
        site=[f"s{j}" for j in range(m)],
        status=status,
        amount=amount,
        capacity=room,
        cost=numbers(9, m),
        zone=draw(st.lists(st.sampled_from("ab"), min_size=n, max_size=n)),
        between=near,
    )


@st.composite
def rules(draw: Draw, access: Access, counted: bool, must_count: bool = False) -> dict[str, Any]:
    """How many sites, how much money, what must or must not be open, plans to differ from; sometimes impossible."""
    labels = access.site.labels()
    status = ["candidate"] * len(labels) if access.status is None else access.status.tolist()
    free = [s for s, kind in zip(labels, status, strict=True) if kind == "candidate"]
    told: dict[str, Any] = {}
    if free and draw(st.integers(0, 4)) == 0:
        told["require"] = (draw(st.sampled_from(free)),)
    elif free and draw(st.integers(0, 4)) == 0:
        told["forbid"] = (draw(st.sampled_from(free)),)
    if draw(st.integers(0, 6)) == 0:
        some = draw(st.lists(st.sampled_from(labels), min_size=1, max_size=3, unique=True))
        told["differ"] = (Differ(tuple(some), draw(st.integers(1, len(some)))),)
    must = status.count("required") + len(told.get("require", ()))
    may = must + len(free) - len(told.get("require", ())) - len(told.get("forbid", ()))
    if counted and (must_count or draw(st.integers(0, 3)) > 0):
        # now and then none at all, and mostly enough for everybody
        least = must if draw(st.integers(0, 5)) == 0 else min(must + 1, may)
        told["p"] = draw(st.integers(least, max(may, least)))
    if (counted and "p" not in told) or draw(st.integers(0, 3)) == 0:
        assert access.cost is not None
        spent = sum(c for c, s in zip(access.cost, labels, strict=True) if s in told.get("require", ()))
        spent += float(access.cost[access.is_status("required")].sum())
        told["budget"] = float(spent) + draw(st.sampled_from([30.0, 10.0, 5.6, 3.0, 0.4, 0.0]))
    return told


def a_radius(draw: Draw, access: Access, least: float = 0.0) -> float:
    """Mostly one of the distances, so that somebody lives exactly at the edge."""
    known = sorted({float(d) for d in access.pairs.distance})
    if draw(st.integers(0, 2)):
        # wide enough for everybody
        nearest = np.where(access.weight > 0, access.distance.min(axis=1), 0.0)
        known = [d for d in known if d >= nearest.max()] or known
    return draw(st.sampled_from([*known, known[-1] + 0.5]))
