"""What the page is told: the plan's own tables, the proof, and the shapes of the map, as one JSON object."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.attributes import exclusion_reasons
from instances.instance import Instance
from solver.certificate import ABSOLUTE
from solver.page.packing import pack, road_shapes, unit_shapes

if TYPE_CHECKING:
    import pandas as pd

    from solver.certificate import Certificate
    from solver.plan import Plan
    from solver.solution import Solution

SCHEMA = "refugia-page/1"
TENTH = 10  # people travel in tenths where they are packed
MOST_MOMENTS = 500  # points of the history chart
MOST_FLOWS = 60_000  # lines on the map; the largest are kept, and the page says how many there are
TABLES = (
    "openings",
    "stock",
    "corridors",
    "hardened",
    "scenarios",
    "people",
    "zones",
    "goods",
    "objectives",
    "promises",
)


def page_payload(plan: Plan, lang: str = "en") -> dict[str, Any]:
    """Everything the page shows. Tables are those of the plan, to the last digit; only the map is rounded (to metres).

    Raises
    ------
    ValueError
        If ``lang`` is neither ``en`` nor ``zh``.
    """
    if lang not in ("en", "zh"):
        raise ValueError(f"lang: {lang!r} is unknown; use en or zh.")
    instance = plan.instance
    about = instance.about
    return {
        "schema": SCHEMA,
        "lang": lang,
        "about": {
            "name": about.name,
            "title": dict(about.title),
            "crs": about.crs,
            "money": about.money,
            "seed": about.seed,
            "synthetic": about.synthetic,
            "sources": list(about.sources),
            "assumptions": list(about.assumptions),
            "notes": list(about.notes),
            "digest": instance.digest,
        },
        "question": {"budget": plan.question.budget, "alpha": plan.question.alpha},
        "solution": solution_facts(plan.solution),
        "summary": summary(plan),
        "names": _names(instance),
        "tables": {name: table(getattr(plan, name)) for name in TABLES},
        "map": map_shapes(plan),
    }


def table(frame: pd.DataFrame) -> dict[str, Any]:
    """A frame as ``{"columns": [...], "rows": [[...], ...]}``; what is missing is null."""
    columns = [str(c) for c in frame.columns]
    values = [frame[c].tolist() for c in frame.columns]
    return {"columns": columns, "rows": [[_plain(v) for v in row] for row in zip(*values, strict=True)]}


def solution_facts(solution: Solution) -> dict[str, Any]:
    """Status, value, bound, gap and our own check of them."""
    return {
        "status": solution.status.value,
        "value": solution.value,
        "bound": solution.bound,
        "gap": solution.gap,
        "limit_hit": solution.limit_hit,
        "seconds": solution.seconds,
        "seed": solution.seed,
        "backend": solution.backend,
        "message": solution.message,
        "versions": {str(k): str(v) for k, v in solution.versions.items()},
        "history": _thinned([[m.elapsed, m.incumbent, m.bound] for m in solution.history]),
        "certificate": None if solution.certificate is None else _checked(solution.certificate),
    }


def _checked(certificate: Certificate) -> dict[str, Any]:
    kinds = (*certificate.rows, *certificate.bounds, *certificate.integrality)
    return {
        "ok": certificate.ok,
        "rows": None if certificate.duals is None else len(certificate.duals),
        "kinds": len(kinds),
        "largest": max((breach.absolute for breach in kinds), default=0.0),
        "allowed": ABSOLUTE,
        "value": certificate.value,
        "claimed_bound": certificate.claimed_bound,
        "verified_bound": certificate.verified_bound,
        "verified_gap": certificate.verified_gap,
        "problems": list(certificate.problems),
    }


def _thinned(history: list[list[float | None]]) -> list[list[float | None]]:
    """First, last and evenly chosen moments between: more than a chart can show are not sent."""
    if len(history) <= MOST_MOMENTS:
        return history
    return [history[round(k * (len(history) - 1) / (MOST_MOMENTS - 1))] for k in range(MOST_MOMENTS)]


def summary(plan: Plan) -> dict[str, Any]:
    """The few numbers of the sentence on top of the page and of the map."""
    instance, openings, scenarios = plan.instance, plan.openings, plan.scenarios
    objectives = dict(zip(plan.objectives["name"], plan.objectives["value"], strict=True))
    parts = (openings, plan.stock, plan.corridors, plan.hardened)
    spent = sum(float(part["cost"].sum()) for part in parts)
    facts: dict[str, Any] = {
        "sites": len(instance.sites.site),
        "places": int(openings.loc[openings["role"] == "shelter", "site"].nunique()),
        "depots": int(openings.loc[openings["role"] == "stock", "site"].nunique()),
        "corridor_m": float(plan.corridors["length_m"].sum()) if len(plan.corridors) else 0.0,
        "hardened": len(plan.hardened),
        "hardened_m": float(plan.hardened["length_m"].sum()) if len(plan.hardened) else 0.0,
        "cost": float(objectives.get("cost", spent)),
        "scenarios": len(instance.scenarios.scenario),
        "served_mean": None,
        "worst": None,
        "worst_unserved": None,
        "short": int(plan.goods.loc[plan.goods["short"] > 0, "scenario"].nunique()) if len(plan.goods) else None,
    }
    counted = scenarios[scenarios["need"] > 0]
    if len(counted):
        need, unserved = (float((counted["probability"] * counted[k]).sum()) for k in ("need", "unserved"))
        worst = counted.iloc[int(counted["unserved"].to_numpy().argmax())]
        facts["served_mean"] = 1.0 - unserved / need if need else 1.0
        facts["worst"] = [str(worst["scenario"]), str(worst["phase"])]
        facts["worst_unserved"] = float(worst["unserved"])
    return facts


def map_shapes(plan: Plan) -> dict[str, Any]:
    """Roads, damage, places, people and trips, packed; positions count along the names of the payload."""
    instance = plan.instance
    corner, size = _extent(instance)
    shapes: dict[str, Any] = {
        "corner": list(corner),
        "size": list(size),
        "metric": bool(instance.about.crs),
        "sites": {
            "x": pack(np.rint(instance.sites.x - corner[0])),
            "y": pack(np.rint(instance.sites.y - corner[1])),
        },
        "usable": None,
        "units": None,
        "roads": None,
        "keys": [],
        "people": None,
        "unserved": None,
        "flows": None,
        "use": None,
    }
    if instance.effects is not None:
        shapes["usable"] = pack(np.rint(100 * instance.effects.usable.T))
    tolerance = max(1.0, max(size) / 6000)
    if instance.units is not None and instance.units.ring_unit is not None:
        shapes["units"] = unit_shapes(instance.units, corner, tolerance)
    if instance.roads is not None:
        shapes["roads"] = road_shapes(instance.roads, corner, tolerance) | _links(plan)
    if instance.corridors is not None and instance.roads is not None:
        node = instance.corridors.key_node.position
        places = zip(
            instance.corridors.title.tolist(),
            (instance.roads.x[node] - corner[0]).tolist(),
            (instance.roads.y[node] - corner[1]).tolist(),
            instance.corridors.gateway.tolist(),
            strict=True,
        )
        shapes["keys"] = [[title, round(x), round(y), gateway] for title, x, y, gateway in places]
    if instance.demand is not None and len(plan.people):
        shapes["people"] = {
            "x": pack(np.rint(instance.demand.x - corner[0])),
            "y": pack(np.rint(instance.demand.y - corner[1])),
        }
    return shapes | _movements(plan)


def _extent(instance: Instance) -> tuple[tuple[float, float], tuple[float, float]]:
    x = np.concatenate([p.x for p in (instance.sites, instance.demand, instance.roads) if p is not None])
    y = np.concatenate([p.y for p in (instance.sites, instance.demand, instance.roads) if p is not None])
    corner = math.floor(x.min()), math.floor(y.min())
    return corner, (max(1.0, float(x.max() - corner[0])), max(1.0, float(y.max() - corner[1])))


def _links(plan: Plan) -> dict[str, Any]:
    """Positions of corridor, strengthened and (by scenario) cut links."""
    instance = plan.instance
    assert instance.roads is not None
    at = {label: k for k, label in enumerate(instance.roads.link.labels())}
    cut = instance.damage.cut if instance.damage is not None else np.zeros((0, 0), bool)
    return {
        "corridor": pack([at[label] for label in plan.corridors["link"]] if len(plan.corridors) else []),
        "hardened": pack([at[label] for label in plan.hardened["link"]] if len(plan.hardened) else []),
        "cut": [pack(np.flatnonzero(cut[:, s])) for s in range(cut.shape[1])],
    }


def _movements(plan: Plan) -> dict[str, Any]:
    """Who goes where, who stays without a place, and how full each site gets, by scenario."""
    instance, trips = plan.instance, plan.trips
    if instance.demand is None or instance.effects is None or instance.phases is None or instance.modes is None:
        return {}
    if not len(plan.people):  # a question without shelters moves nobody
        return {}
    indexes = {
        "scenario": instance.scenarios.scenario,
        "phase": instance.phases.phase,
        "demand": instance.demand.demand,
        "site": instance.sites.site,
        "mode": instance.modes.mode,
    }
    number = {name: {label: k for k, label in enumerate(index.labels())} for name, index in indexes.items()}
    at = {name: np.array([number[name][v] for v in trips[name]], np.int64) for name in indexes}
    people = trips["people"].to_numpy(float)
    unserved = np.array(instance.effects.need)
    np.subtract.at(unserved, (at["demand"], at["phase"], at["scenario"]), people)
    shape = tuple(len(indexes[name]) for name in ("site", "mode", "scenario", "phase"))
    used = np.zeros(shape)
    np.add.at(used, (at["site"], at["mode"], at["scenario"], at["phase"]), people)
    most = used.max(axis=3, initial=0.0)
    where = np.nonzero(most > 0)
    kept = np.sort(np.argsort(-people, kind="stable")[:MOST_FLOWS])
    kept = kept[np.lexsort([at[name][kept] for name in ("site", "demand", "phase", "scenario")])]
    return {
        "unserved": pack(np.rint(TENTH * np.maximum(unserved, 0).transpose(2, 1, 0))),  # scenario, phase, demand
        "flows": {
            **{name: pack(at[name][kept]) for name in indexes},
            "people": pack(np.rint(TENTH * people[kept])),
            "minutes": pack(np.rint(trips["minutes"].to_numpy(float)[kept])),
            "left_out": len(people) - len(kept),
        },
        "use": {
            **{name: pack(k) for name, k in zip(("site", "mode", "scenario"), where, strict=True)},
            "people": pack(np.rint(TENTH * most[where])),
        },
    }


def _names(instance: Instance) -> dict[str, Any]:
    """Index sets in their order, with what people call their elements."""
    scenarios, modes, phases = instance.scenarios, instance.modes, instance.phases
    tier = instance.corridors.tier.labels() if instance.corridors else []
    return {
        "scenario": _records(
            scenarios.scenario.labels(),
            title=scenarios.title,
            level=scenarios.level,
            hazard=scenarios.hazard,
            probability=scenarios.probability,
        ),
        "phase": _records(phases.phase.labels(), start=phases.start, days=phases.days) if phases else [],
        "mode": _records(modes.mode.labels(), title=modes.title, role=modes.role) if modes else [],
        "site": _sites(instance),
        "demand": instance.demand.demand.labels() if instance.demand else [],
        "tier": [{"id": t} for t in tier],
    }


def _sites(instance: Instance) -> list[dict[str, Any]]:
    """Every site: with ``why`` where rules forbid it in all or for some modes, and ``ranked`` where it may be used.

    ``why`` lists reason, found, limit, unit and kind; ``ranked`` is score, rank, best and worst rank.
    """
    sites, suits = instance.sites, instance.suitability
    records = _records(sites.site.labels(), title=sites.title, use=sites.use, status=sites.status)
    for k, found in enumerate(exclusion_reasons(instance)):
        if found:
            records[k]["why"] = [list(reason) for reason in found]
        if suits is not None and sites.status[k] != "forbidden":
            ranks = (suits.score, suits.rank, suits.best_rank, suits.worst_rank)
            records[k]["ranked"] = [float(values[k]) for values in ranks]
    return records


def _records(labels: list[str], **columns: np.ndarray) -> list[dict[str, Any]]:
    values = {name: column.tolist() for name, column in columns.items()}
    return [{"id": label} | {name: v[k] for name, v in values.items()} for k, label in enumerate(labels)]


def _plain(value: Any) -> Any:
    """A value that JSON knows; infinite and missing numbers become null."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str | int | bool) or value is None:
        return value
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return str(value)
