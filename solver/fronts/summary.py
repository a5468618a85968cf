"""A front in a few sentences: how many plans, what is proven, what the extremes cost, and what all plans share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from solver.fronts.advice import advice
from solver.fronts.asked import Asked
from solver.fronts.chosen import Chosen
from solver.fronts.outlook import outlook
from solver.fronts.parcels import Parcels
from solver.fronts.tables import decisions
from solver.pareto.front import Front, Label
from solver.words import listed, number, percent, say, significant, term

if TYPE_CHECKING:
    import pandas as pd

NAMED = 8
"""Places named one by one; more are counted."""


def proof(front: Front, gap: float, lang: str) -> list[str]:
    """How many plans there are and what is proven about them and about those that were not found."""
    if not len(front):
        return [say(f"front.{'infeasible' if front.complete else 'no plan'}", lang)]
    single = front.complete and len(front) == 1
    said = [say("front.count one" if single else "front.count", lang, points=number(len(front)))]
    if not single and not front.complete:
        counts = {label: number(front.labels.count(label)) for label in Label}
        said.append(
            say(
                "front.labels",
                lang,
                proven=counts[Label.PROVEN],
                within=counts[Label.WITHIN_GAP],
                found=counts[Label.FOUND],
                gap=percent(gap, 2),
            )
        )
    names = listed([term("objective", name, lang) for name in front.names], lang)
    if front.complete:
        said += [] if single else [say("front.complete", lang, names=names)]
        if (front.resolution > 0).any():
            steps = zip(front.names, front.resolution, front.units, strict=True)
            told = [f"{term('objective', n, lang)} {significant(v)} {u}".rstrip() for n, v, u in steps if v > 0]
            said.append(say("front.resolution", lang, steps=listed(told, lang)))
    elif np.isfinite(front.epsilon):
        said.append(say("front.epsilon", lang, epsilon=percent(front.epsilon, 2)))
        known = np.isfinite(front.hypervolume_bound)
        share = percent(1.0 - front.hypervolume_gap, 2) if known else ""
        said.append(say("front.hypervolume" if known else "front.hypervolume open", lang, share=share))
    else:
        said.append(say("front.open", lang))
    return said


def finished(front: Front, gap: float) -> bool:
    """Whether what was asked for is there: every point, as many as asked for, or all but the gap."""
    return front.complete or front.status in ("complete", "representation") or front.epsilon <= gap


def ending(front: Front, gap: float, lang: str, points: int | None = None) -> list[str]:
    """What somebody who wants more may do; nothing where what was asked for is there.

    ``points`` is how many were asked for.
    """
    if not finished(front, gap):
        return [say("front.stopped", lang)]
    if front.complete or front.epsilon <= gap:
        return []
    if points is not None and len(front) >= points:
        return [say("front.representation", lang)]
    return [say("front.evolved", lang)] if front.method in ("genetic", "hybrid") else []


def summary(
    front: Front,
    asked: Asked,
    lang: str = "en",
    *,
    found: Chosen | None = None,
    robustness: pd.DataFrame | None = None,
) -> list[str]:
    """The proof, whether there is more, the ends, plans to look at first, places in every plan, and other futures.

    Parameters
    ----------
    found
        What helps to choose, where that is to be told.
    robustness
        The table of that name, where there is one.

    Raises
    ------
    ValueError
        If ``lang`` is neither ``en`` nor ``zh``.
    """
    if lang not in ("en", "zh"):
        raise ValueError(f"lang: {lang!r} is unknown; use en or zh.")
    told = proof(front, asked.tradeoffs.gap, lang)
    if not len(front):
        return told
    made_up = [say("summary.synthetic", lang)] if asked.instance.about.synthetic else []
    return [
        *told,
        *ending(front, asked.tradeoffs.gap, lang, asked.tradeoffs.points),
        *_extremes(front, lang),
        *([] if found is None else advice(found, front, asked, lang)),
        *_shared(front, asked, lang),
        *([] if (land := Parcels.of(front, asked)) is None else land.told(lang)),
        *([] if robustness is None else outlook(robustness, asked, lang)),
        *made_up,
    ]


def _extremes(front: Front, lang: str) -> Iterator[str]:
    if len(front) < 2:
        return
    unit = (front.points - front.points.min(axis=0)) / front.scale
    for k, name in enumerate(front.names):
        # of those that are best in one objective, the one that is best in the others
        best = np.lexsort([unit.sum(axis=1), front.points[:, k]])[0]
        told = [_value(front, int(best), j) for j in range(len(front.names))]
        others = [
            say("front.at", lang, name=term("objective", front.names[j], lang), value=told[j])
            for j in range(len(front.names))
            if j != k
        ]
        yield say("front.extreme", lang, name=term("objective", name, lang), value=told[k], others=listed(others, lang))


def _value(front: Front, point: int, k: int) -> str:
    return f"{significant(float(front.points[point, k]))} {front.units[k]}".rstrip()


def _shared(front: Front, asked: Asked, lang: str) -> Iterator[str]:
    """Sites that every plan prepares, and how many only some do."""
    if len(front) < 2 or "open" not in asked.matrix.columns:
        return
    used = site_share(front, asked)
    sites = asked.instance.sites
    always = [str(sites.title[k]) or sites.site.label(int(k)) for k in np.flatnonzero(used >= 1.0)]
    if always:
        more = len(always) - NAMED
        named = [*always[:NAMED], *([say("front.more", lang, count=more)] if more > 0 else [])]
        yield say("front.always", lang, places=listed(named, lang))
    else:
        yield say("front.always none", lang)
    some, none = int(((used > 0) & (used < 1)).sum()), int((used == 0).sum())
    yield say("front.sometimes", lang, some=number(some), none=number(none), sites=number(len(used)))


def site_share(front: Front, asked: Asked) -> np.ndarray:
    """Share of the plans in which each site of the instance is prepared for anything, shape (sites,)."""
    share: np.ndarray = site_use(front, asked).mean(axis=0)
    return share


def site_use(front: Front, asked: Asked) -> np.ndarray:
    """Whether each plan prepares each site, shape (points, sites)."""
    taken, instance = decisions(front, asked.matrix), asked.instance
    used = np.zeros((len(front), instance.sites.site.size), bool)
    if "open" not in asked.matrix.columns or instance.options is None:
        return used
    (prepared,) = asked.matrix.columns["open"].dims
    site = instance.options.option["site"].position[prepared["option"].position]
    opened = taken.taken[:, np.array(taken.block) == "open"]
    for k, j in enumerate(site):
        used[:, j] |= opened[:, k]
    return used
