"""Rule packs: what a school, a park or a car park may become after a disaster, and what people need to live on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.index import Index
from instances.places import Sites
from instances.preparation import Modes, Options, Phases, ready_share
from instances.schema import InstanceError
from instances.supply import Commodities

if TYPE_CHECKING:
    from pydantic import ValidationError

    from instances.rule import Grounded
    from instances.rules.format import CitedPositive, PackFormat

FOLDER = Path(__file__).parent / "rules"
DAYS_A_YEAR = 365.0
METRES_A_KM = 1000.0


@dataclass(frozen=True, eq=False)
class RulePack:
    """Figures for shelters and stock, each with a source or marked as an assumption.

    Attributes
    ----------
    name, money
        Name of the pack, and the currency of its costs (ISO 4217).
    uses
        Normal uses of sites that the pack knows.
    sources, assumptions
        Where the figures come from: one citation with its clause, or one sentence, each.
    """

    name: str
    money: str
    uses: tuple[str, ...]
    sources: tuple[str, ...]
    assumptions: tuple[str, ...]
    rules: PackFormat = field(repr=False)

    def phases(self) -> Phases:
        """Spans of time after the event, in order."""
        rules = self.rules.phases
        return Phases(
            Index.named("phase", [p.id for p in rules]),
            start=np.array([p.start for p in rules], float),
            days=np.array([p.days for p in rules], float),
            weight=np.array([p.weight for p in rules], float),
        )

    def modes(self, phases: Phases) -> Modes:
        """Grades of shelter and tiers of stock, over ``phases`` of the same pack.

        Raises
        ------
        InstanceError
            If a shelter serves a phase that ``phases`` lacks.
        """
        rules = self.rules.modes
        known = phases.phase.labels()
        lost = sorted({p for m in rules for p in m.serves} - set(known))
        if lost:
            raise InstanceError(
                f"Rule pack {self.name!r} does not fit these phases",
                [f"a mode serves {p!r}; the phases are {', '.join(known)}" for p in lost],
            )
        serves = [[p in m.serves for p in known] for m in rules]
        return Modes(
            Index.named("mode", [m.id for m in rules]),
            phases.phase,
            role=np.array([m.role for m in rules]),
            standard=np.array([_value(m.reach) for m in rules]),
            serves=np.array(serves, bool),
            title=np.array([m.title.get("en", m.id) for m in rules]),
        )

    def options(self, sites: Sites, modes: Modes, phases: Phases) -> Options:
        """Every mode that the use of a site allows, where the usable area is large enough.

            usable      = share x area
            capacity    = floor(usable / area of a person)  or  usable x height              people or m3
            cost        = fixed + per_m2 x usable
            disturbance = users x area x standing x 365                              user-days a year
            interruption = users x area x footprint x days of the phase               user-days

        Raises
        ------
        InstanceError
            If sites have a use that the pack does not know.
        """
        self._check_uses(sites)
        grades = {m.id: m for m in self.rules.modes}
        rows: list[tuple[int, int, float, float, float, float, float, float]] = []
        for j, use in enumerate(sites.use.tolist()):
            area, rule = float(sites.area[j]), self.rules.uses[use]
            for m, name in enumerate(modes.mode.labels()):
                if (conversion := rule.modes.get(name)) is None:
                    continue
                grade, usable = grades[name], conversion.share * area
                shelter = grade.role == "shelter"
                standard = _value(getattr(grade, rule.place) if shelter else grade.height)
                capacity = np.floor(usable / standard) if shelter else usable * standard
                if usable < grade.least_area or capacity <= 0:
                    continue
                cost = conversion.fixed + conversion.per_m2 * usable
                disturbance = rule.users * area * conversion.standing * DAYS_A_YEAR
                stopped = rule.users * area * conversion.footprint * shelter
                rows.append((j, m, capacity, cost, disturbance, stopped, conversion.footprint, conversion.hours))
        site, mode, room, spent, idle, lost, footprint, hours = np.array(rows, float).reshape(-1, 8).T
        serves = modes.serves[mode.astype(np.intp)]
        return Options(
            Index.tuples("option", site=(sites.site, site.astype(np.intp)), mode=(modes.mode, mode.astype(np.intp))),
            phases.phase,
            capacity=room,
            cost=spent,
            disturbance=idle,
            interruption=lost[:, None] * phases.days * serves,
            footprint=footprint,
            ready=ready_share(hours, phases.start, phases.days),
        )

    def commodities(self) -> Commodities:
        """Goods that sheltered people need; a unit short is a loss of the person-days it would have covered."""
        rules = self.rules.commodities
        ration = np.array([_value(c.ration) for c in rules], float)
        return Commodities(
            Index.named("commodity", [c.id for c in rules]),
            unit=np.array([c.unit for c in rules], np.str_),
            ration=ration,
            volume=np.array([c.volume for c in rules], float),
            price=np.array([c.price for c in rules], float),
            holding=np.array([c.holding for c in rules], float),
            freight=np.array([c.freight for c in rules], float) / METRES_A_KM,
            severity=1.0 / ration,
            title=np.array([c.title.get("en", c.id) for c in rules], np.str_),
        )

    def _check_uses(self, sites: Sites) -> None:
        names, first, count = np.unique(sites.use, return_index=True, return_counts=True)
        faults = [
            f"{n} sites have the use {use!r}, first {sites.site.label(int(k))!r}; the pack knows {', '.join(self.uses)}"
            for use, k, n in zip(names.tolist(), first, count, strict=True)
            if use not in self.uses
        ]
        if faults:
            raise InstanceError(f"Rule pack {self.name!r} does not fit these sites", faults)


def load_pack(name: str | Path = "default") -> RulePack:
    """Read and check a rule pack.

    Parameters
    ----------
    name
        Name of a pack that comes with Refugia, or the path of a YAML file of your own.

    Raises
    ------
    InstanceError
        If there is no such pack, or it cannot be used; the message lists every fault found.
    """
    import yaml
    from pydantic import ValidationError

    from instances.rules.format import PackFormat

    path = _find(name)
    try:
        content = _read(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InstanceError(f"Rule pack {str(name)!r} cannot be read", [" ".join(str(error).split())]) from error
    try:
        rules = PackFormat.model_validate(content)
    except ValidationError as error:
        raise InstanceError(f"Rule pack {str(name)!r} cannot be used", _in_words(error)) from error
    faults = _link_faults(rules)
    if faults:
        raise InstanceError(f"Rule pack {str(name)!r} cannot be used", faults)
    grounds = list(_grounds(rules))
    sources = [f"{rules.sources[g.source]}; {g.clause}" for _, g in grounds if g.source is not None]
    assumptions = [f"Rules, {where}: {g.assumption}" for where, g in grounds if g.assumption is not None]
    return RulePack(
        rules.name,
        rules.money,
        tuple(rules.uses),
        tuple(dict.fromkeys(sources)),
        tuple(dict.fromkeys(assumptions)),
        rules,
    )


def _find(name: str | Path) -> Path:
    shipped = {p.stem: p for p in sorted(FOLDER.glob("*.yaml"))}
    if str(name) in shipped:
        return shipped[str(name)]
    path = Path(name)
    if path.is_file():
        return path
    raise InstanceError(
        f"Rule pack {str(name)!r} cannot be read",
        [f"rules: no file {str(name)!r}, and no pack of this name; packs that come with Refugia: {', '.join(shipped)}"],
    )


def _read(text: str) -> Any:
    """YAML as plain data; a key given twice is a fault, where YAML readers keep the last one silently."""
    import yaml

    class Once(yaml.SafeLoader):
        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            twice = sorted({str(k) for k in keys if keys.count(k) > 1})
            if twice:
                raise yaml.constructor.ConstructorError(
                    None, None, f"keys given twice: {', '.join(twice)}", node.start_mark
                )
            return super().construct_mapping(node, deep)

    return yaml.load(text, Once)


def _in_words(error: ValidationError) -> list[str]:
    """One sentence per fault."""
    faults = []
    for fault in error.errors():
        steps = [str(s) for s in fault["loc"] if not str(s).startswith("=")]
        where = ".".join(steps) or "the file"
        given = fault["input"]
        shown = f", got {given!r}" if isinstance(given, str | int | float) else ""
        faults.append(f"{where}: {fault['msg'].removeprefix('Value error, ')}{shown}")
    return faults


def _link_faults(rules: PackFormat) -> list[str]:
    """Names that lead nowhere, and ids given twice."""
    faults = []
    for where, ids in (
        ("phases", [p.id for p in rules.phases]),
        ("modes", [m.id for m in rules.modes]),
        ("commodities", [c.id for c in rules.commodities]),
    ):
        faults += [f"{where}: {i!r} is given {ids.count(i)} times" for i in sorted(set(ids)) if ids.count(i) > 1]
    phases, modes = {p.id for p in rules.phases}, {m.id for m in rules.modes}
    ends = [p.start + 24.0 * p.days for p in rules.phases]
    faults += [
        f"phases.{b.id}: begins at {b.start:g} h, before {a.id} ends at {end:g} h"
        for a, b, end in zip(rules.phases, rules.phases[1:], ends, strict=False)
        if b.start < end
    ]
    faults += [
        f"modes.{m.id}.serves: no phase {p!r}; the phases are {', '.join(sorted(phases))}"
        for m in rules.modes
        for p in m.serves
        if p not in phases
    ]
    faults += [
        f"uses.{use}.modes: no mode {m!r}; the modes are {', '.join(sorted(modes))}"
        for use, rule in rules.uses.items()
        for m in rule.modes
        if m not in modes
    ]
    faults += [
        f"{where}: no source {g.source!r}; the sources are {', '.join(rules.sources) or 'none'}"
        for where, g in _grounds(rules)
        if g.source is not None and g.source not in rules.sources
    ]
    return faults


def _grounds(rules: PackFormat) -> Iterator[tuple[str, Grounded]]:
    """Everything that states a basis, with its place."""
    from instances.rules.format import CitedPositive

    blocks: list[tuple[str, Grounded]] = [(f"phase {p.id}", p) for p in rules.phases]
    blocks += [(f"mode {m.id}", m) for m in rules.modes]
    blocks += [(f"use {name}", use) for name, use in rules.uses.items()]
    blocks += [(f"commodity {c.id}", c) for c in rules.commodities]
    for where, block in blocks:
        yield where, block
        for name in type(block).model_fields:
            value = getattr(block, name)
            if isinstance(value, CitedPositive):
                yield f"{where}, {name}", value


def _value(figure: float | CitedPositive | None) -> float:
    assert figure is not None
    return float(figure) if isinstance(figure, int | float) else figure.value
