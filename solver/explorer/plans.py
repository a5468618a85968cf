"""Plans for people, goods and roads on the map: sites by what they are prepared for, corridors, strengthened roads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from solver.explorer import ground, outcomes
from solver.explorer.content import Amount, Choices, Ints, Kind, Layer, Measure, Shapes
from solver.explorer.naming import both, named
from solver.robustness import Futures
from solver.tables.decisions import CHOSEN, SOMEBODY

if TYPE_CHECKING:
    from solver.fronts.asked import Asked
    from solver.pareto.front import Front

HARDENED = "#8a5a12"
"""Colour of strengthened roads: not the red of roads that a scenario cuts."""


@dataclass(frozen=True, eq=False)
class Options:
    """Columns of the program that are yes-or-no decisions of a layer, in the order of its options."""

    layer: Layer
    columns: Ints

    @property
    def choices(self) -> Choices:
        """What may be decided."""
        assert isinstance(self.layer.decisions, Choices)
        return self.layer.decisions

    def only(self, kept: np.ndarray) -> Options:
        """The same with some of the options; features stay."""
        told = self.choices
        fewer = Choices(told.feature[kept], told.kind[kept], told.chosen[:, kept])
        return Options(replace(self.layer, decisions=fewer), self.columns[kept])


@dataclass(frozen=True, eq=False)
class Holdings:
    """Columns of the program that say how much of a commodity is held, and which place of an amount each adds to."""

    amount: Amount
    columns: Ints
    place: Ints


@dataclass(frozen=True, eq=False)
class PlanTeller:
    """Tells what plans of a program for people, goods and roads come to; see :class:`solver.explorer.contents.Teller`.

    Attributes
    ----------
    options
        The layers without decisions, and the columns that these are read from.
    hidden
        Columns of decisions that are not told, as no plan of the front takes them.
    """

    asked: Asked
    front: Front
    names: tuple[str, ...]
    options: tuple[Options, ...]
    holdings: tuple[Holdings, ...]
    hidden: Ints

    @classmethod
    def of(cls, asked: Asked, front: Front, *, every: bool) -> PlanTeller:
        """A teller; with ``every`` for all plans, else for those of the front and such as take the same decisions."""
        from solver.explorer.contents import objectives_of

        names, _ = objectives_of(asked, front, sp.csr_array(front.plans[[0]]))
        options = [*_sites(asked), *_corridors(asked)]
        hidden = np.zeros(0, np.int64)
        if not every:
            used = [np.asarray(_taken(front.plans, o.columns).any(axis=0)) for o in options]
            hidden = np.concatenate([hidden, *(o.columns[~u] for o, u in zip(options, used, strict=True))])
            options = [_tidy(o.only(u)) for o, u in zip(options, used, strict=True)]
        holdings = list(_holdings(asked, options))
        return cls(asked, front, names, tuple(options), tuple(holdings), hidden)

    def values(self, plans: Csr) -> Floats:
        """Objectives of plans: shape (n, objectives)."""
        from solver.explorer.contents import objectives_of

        return objectives_of(self.asked, self.front, plans)[1]

    def layers(self, plans: Csr) -> tuple[Layer, ...]:
        """What plans do on the map.

        Raises
        ------
        ValueError
            If a plan takes a decision that is not told.
        """
        rows = sp.csr_array(plans)
        if len(self.hidden) and (beyond := _taken(rows, self.hidden).any(axis=0)).any():
            first = self.asked.matrix.column_label(int(self.hidden[beyond][0]))
            raise ValueError(
                f"{int(beyond.sum())} decisions that no plan of the front takes, first {first}; tell with every=True"
            )
        amounts = tuple(replace(h.amount, values=_held(rows, h)) for h in self.holdings)
        return tuple(
            replace(
                o.layer,
                decisions=replace(o.choices, chosen=_taken(rows, o.columns)),
                amounts=amounts if o.layer.name == "sites" else (),
            )
            for o in self.options
        )

    def measures(self, plans: Csr, outcomes: Futures | None = None) -> tuple[Measure, ...]:
        """What plans come to in each scenario."""
        return _measures(self.asked, self.names, sp.csr_array(plans), outcomes)


def _measures(asked: Asked, names: tuple[str, ...], plans: Csr, known: Futures | None) -> tuple[Measure, ...]:
    known = outcomes.plan_outcomes(asked, plans) if known is None else known
    found = [*outcomes.people(known)]
    if "travel" in names and "go" in asked.matrix.columns:
        found.append(outcomes.walking(asked, plans))
    if "short" in asked.matrix.columns:
        found.append(outcomes.shortage(asked, plans))
    return tuple(found)


def _taken(plans: Csr, columns: Ints) -> np.ndarray:
    return np.asarray(plans[:, columns].toarray() > CHOSEN)


def _held(plans: Csr, holdings: Holdings) -> Floats:
    amounts = plans[:, holdings.columns].toarray()
    amounts = np.where(amounts > SOMEBODY, amounts, 0.0)
    found = np.zeros((plans.shape[0], len(holdings.amount.feature)))
    np.add.at(found.T, holdings.place, amounts.T)
    return found


def _sites(asked: Asked) -> list[Options]:
    """Every site that may be prepared for something, and what for."""
    from solver.page.palette import mode_marks

    instance, block = asked.instance, asked.matrix.columns.get("open")
    if block is None or instance.options is None or instance.modes is None:
        return []
    (prepared,) = block.dims
    option = prepared["option"].position
    site, mode = (instance.options.option[k].position[option] for k in ("site", "mode"))
    sites, modes = instance.sites, instance.modes
    feature = np.unique(site)
    disturbs = (instance.options.disturbance > 0) | (instance.options.interruption > 0).any(axis=1)
    dual = {int(m) for m in mode[disturbs[option]]}
    offered, marks, labels = np.unique(mode), mode_marks(modes), modes.mode.labels()
    kinds = tuple(
        Kind(
            labels[k],
            named("mode", labels[k], str(modes.title[k])),
            str(modes.role[k]),
            marks[k].colour,
            marks[k].shape,
            dual=k in dual,
        )
        for k in offered.tolist()
    )
    facts = {"area": sites.area[feature]}
    for name, role in (("capacity", "shelter"), ("volume", "stock")):
        most = np.zeros(sites.site.size)
        mine = option[modes.role[mode] == role]
        np.maximum.at(most, instance.options.option["site"].position[mine], instance.options.capacity[mine])
        facts |= {name: most[feature]} if most.any() else {}
    ids = tuple(sites.site.labels(feature))
    titles = tuple(str(t) or i for t, i in zip(sites.title[feature].tolist(), ids, strict=True))
    kind = np.searchsorted(offered, mode)
    decisions = Choices(np.searchsorted(feature, site), kind, np.zeros((0, len(option)), bool))
    layer = Layer(
        "sites",
        both("sites"),
        ids,
        titles,
        Shapes.points(sites.x[feature], sites.y[feature]),
        kinds,
        decisions,
        facts,
        ground.zone_titles(instance, feature),
        forceable=True,
    )
    return [Options(layer, np.arange(block.start, block.start + block.size))]


def _corridors(asked: Asked) -> list[Options]:
    """Links that may be designated or strengthened."""
    from solver.page.palette import palette

    instance, blocks = asked.instance, asked.matrix.columns
    roads, net = instance.roads, instance.corridors
    if roads is None or not {"corridor", "harden"} & set(blocks):
        return []
    kinds, link, kind, columns = [], [], [], []
    if "corridor" in blocks and net is not None:
        (lane,) = blocks["corridor"].dims
        styles = palette()["tier"]
        for k, tier in enumerate(net.tier.labels()):
            style = styles[min(k, len(styles) - 1)]
            dash = tuple(float(v) for v in style["dash"])
            kinds.append(Kind(tier, named("tier", tier), "corridor", style["colour"], "", float(style["width"]), dash))
        link.append(lane["link"].position)
        kind.append(lane["tier"].position)
        columns.append(np.arange(blocks["corridor"].start, blocks["corridor"].start + blocks["corridor"].size))
    if "harden" in blocks:
        (weak,) = blocks["harden"].dims
        link.append(weak["link"].position)
        kind.append(np.full(weak.size, len(kinds)))
        kinds.append(Kind("harden", both("harden"), "harden", HARDENED, "", 2.4, (6.0, 3.0)))
        columns.append(np.arange(blocks["harden"].start, blocks["harden"].start + blocks["harden"].size))
    of = np.concatenate(link)
    feature = np.unique(of)
    ids = tuple(roads.link.labels(feature))
    layer = Layer(
        "corridors",
        both("corridors"),
        ids,
        tuple(str(t) or i for t, i in zip(roads.title[feature].tolist(), ids, strict=True)),
        ground.take(ground.road_lines(instance), feature),
        tuple(kinds),
        Choices(np.searchsorted(feature, of), np.concatenate(kind).astype(np.int64), np.zeros((0, len(of)), bool)),
        {"length": roads.length[feature]},
        forceable=True,
    )
    return [Options(layer, np.concatenate(columns))]


def _tidy(options: Options) -> Options:
    """Without links that no option is left for; sites stay, as a reader looks for those that are not chosen."""
    layer, told = options.layer, options.choices
    if layer.name == "sites":
        return options
    kept = np.unique(told.feature)
    fewer = replace(
        layer,
        ids=tuple(layer.ids[k] for k in kept),
        titles=tuple(layer.titles[k] for k in kept),
        shapes=ground.take(layer.shapes, kept),
        facts={name: values[kept] for name, values in layer.facts.items()},
        decisions=replace(told, feature=np.searchsorted(kept, told.feature)),
    )
    return replace(options, layer=fewer)


def _holdings(asked: Asked, options: list[Options]) -> list[Holdings]:
    """Stock by commodity at the sites."""
    instance, block = asked.instance, asked.matrix.columns.get("stock")
    goods = instance.commodities
    layer = next((o.layer for o in options if o.layer.name == "sites"), None)
    if block is None or goods is None or instance.options is None or layer is None:
        return []
    (holding,) = block.dims
    prepared = holding["prepared"]
    option = prepared.then(prepared.target["option"])
    site = option.then(instance.options.option["site"]).position
    feature = np.searchsorted(np.array(_positions(asked)), site)
    commodity = holding["commodity"].position
    found = []
    for k, name in enumerate(goods.commodity.labels()):
        mine = np.flatnonzero(commodity == k)
        places, place = np.unique(feature[mine], return_inverse=True)
        unit = named("unit", str(goods.unit[k]))
        amount = Amount(
            f"stock.{name}", named("commodity", name, str(goods.title[k])), unit, places, np.zeros((0, len(places)))
        )
        found.append(Holdings(amount, block.start + mine, place))
    return [h for h in found if len(h.columns)]


def _positions(asked: Asked) -> np.ndarray:
    """Sites of the instance that are features of the layer, rising."""
    assert asked.instance.options is not None
    (prepared,) = asked.matrix.columns["open"].dims
    found: np.ndarray = np.unique(asked.instance.options.option["site"].position[prepared["option"].position])
    return found
