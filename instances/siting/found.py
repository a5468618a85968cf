"""Sites as they are found, before the instance joins them to roads and names them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.index import Index
from instances.screening import Exclusions, Suitability

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.str_]
Ints = NDArray[np.intp]
OF_RULE = ("layer", "reason", "kind", "basis", "unit", "limit")


@dataclass(frozen=True, eq=False)
class Excluded:
    """What becomes :class:`instances.screening.Exclusions`: rules with their limits, and (site, rule) with a value.

    Attributes
    ----------
    rule, layer, reason, kind, basis, unit, limit
        Per rule that excludes some site.
    site, of, found
        Per exclusion: position of the site, position of the rule, and what was found there.
    """

    rule: Texts
    layer: Texts
    reason: Texts
    kind: Texts
    basis: Texts
    unit: Texts
    limit: Floats
    site: Ints
    of: Ints
    found: Floats


@dataclass(frozen=True, eq=False)
class Ranked:
    """What becomes :class:`instances.screening.Suitability`.

    Attributes
    ----------
    value
        Shape (site, criterion), as measured.
    score, rank, best_rank, worst_rank, top
        Per site; ``top`` is the share of drawn weights under which the site is among the best. A forbidden site is
        not ranked: it has the score of the last one and the place behind it.
    stable
        Shape (criterion, 2): from which to which weight of a criterion the best site stays the best while the other
        weights keep their proportions; NaN where the method has no such interval in closed form.
    """

    criterion: Texts
    value: Floats
    weight: Floats
    better: Texts
    unit: Texts
    score: Floats
    rank: Floats
    best_rank: Floats
    worst_rank: Floats
    top: Floats
    stable: Floats
    method: str


@dataclass(frozen=True, eq=False)
class Found:
    """Candidate sites, in an order that does not hang on that of the files.

    Attributes
    ----------
    id
        One unique text a site: layer and feature.
    x, y
        Place in the frame's CRS, m.
    area
        Usable area, m2.
    use, title, status
        Normal use; name on the map, "" without one; candidate, existing, required or forbidden.
    open_air, underground
        What hazards ask.
    capacity, cost
        Most people, and own cost of preparing it in the money of the rule pack; NaN where not given.
    cost_factor
        Times the cost by the rule pack.
    outline
        Shapely geometry, None for points.
    layer, feature
        Where it comes from: layer as booked, and id in it.
    exclusions, suitability
        Why sites may not be used, and how they rank; None without rules.
    barred_site, barred_grade
        Pairs of a site (position) and a mode of the rule pack that it may not have.
    """

    id: Texts
    x: Floats
    y: Floats
    area: Floats
    use: Texts
    title: Texts
    status: Texts
    open_air: Flags
    underground: Flags
    capacity: Floats
    cost: Floats
    cost_factor: Floats
    outline: NDArray[np.object_]
    layer: Texts
    feature: Texts
    exclusions: Excluded | None = None
    suitability: Ranked | None = None
    barred_site: Ints = field(default_factory=lambda: np.zeros(0, np.intp))
    barred_grade: Texts = field(default_factory=lambda: np.zeros(0, np.str_))

    def __len__(self) -> int:
        return len(self.id)

    def points(self) -> NDArray[np.object_]:
        """The middle of each site."""
        import shapely

        return np.asarray(shapely.points(self.x, self.y), object)

    def shapes(self) -> NDArray[np.object_]:
        """Outlines, and points where there are none."""
        bare = np.array([shape is None for shape in self.outline], bool)
        shapes = self.outline.copy()
        shapes[bare] = self.points()[bare]
        return shapes

    def take(self, at: Ints) -> Found:
        """Some sites, in the order of the positions ``at``; what is known about them goes with them."""
        at = np.asarray(at, np.intp)
        place = np.full(len(self), -1, np.intp)
        place[at] = np.arange(len(at))
        barred = place[self.barred_site] >= 0
        rest: dict[str, Any] = {
            "exclusions": _fewer(self.exclusions, place),
            "suitability": None if self.suitability is None else _only(self.suitability, at, len(self)),
            "barred_site": place[self.barred_site[barred]],
            "barred_grade": self.barred_grade[barred],
        }
        return replace(self, **{f.name: getattr(self, f.name)[at] for f in fields(self) if f.name not in rest}, **rest)

    def parts(self, site: Index) -> tuple[Exclusions | None, Suitability | None]:
        """Parts of the instance over ``site``, an index of these sites in this order.

        Raises
        ------
        ValueError
            If ``site`` has another size; :meth:`take` the sites that go on first.
        """
        if site.size != len(self):
            raise ValueError(f"{site!r} does not stand for these {len(self)} sites; take those that go on first.")
        return _exclusions(self.exclusions, site), _suitability(self.suitability, site)


def alike(count: int, text: str) -> Texts:
    """The same text ``count`` times; NumPy's ``full`` would cut it to one character."""
    return np.array([text] * count, np.str_)


def joined(parts: list[Found]) -> Found:
    """All sites of several sources, before exclusions and ranks."""
    names = [f.name for f in fields(Found) if f.name not in ("exclusions", "suitability")]
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return Found(**columns)


def _exclusions(given: Excluded | None, site: Index) -> Exclusions | None:
    if given is None or not len(given.site):
        return None
    rule = Index.named("rule", given.rule.tolist())
    told = {name: getattr(given, name) for name in (*OF_RULE, "found")}
    return Exclusions(site, rule, Index.tuples("exclusion", site=(site, given.site), rule=(rule, given.of)), **told)


def _suitability(given: Ranked | None, site: Index) -> Suitability | None:
    if given is None:
        return None
    names = "value", "weight", "better", "unit", "score", "rank", "best_rank", "worst_rank", "method"
    criterion = Index.named("criterion", given.criterion.tolist())
    return Suitability(site, criterion, **{name: getattr(given, name) for name in names})


def _fewer(given: Excluded | None, place: Ints) -> Excluded | None:
    """Exclusions of the sites that stay, and the rules that still exclude one."""
    if given is None:
        return None
    stays = place[given.site] >= 0
    used, of = np.unique(given.of[stays], return_inverse=True)
    about = {name: getattr(given, name)[used] for name in ("rule", *OF_RULE)}
    site, order = place[given.site[stays]], np.argsort(place[given.site[stays]], kind="stable")
    return Excluded(**about, site=site[order], of=of.ravel()[order].astype(np.intp), found=given.found[stays][order])


def _only(given: Ranked, at: Ints, sites: int) -> Ranked:
    per_site = ("value", "score", "rank", "best_rank", "worst_rank", "top")
    return replace(given, **{name: getattr(given, name)[at] for name in per_site if len(getattr(given, name)) == sites})
