"""Following a recipe: layers, roads, people, sites, hazards, travel, corridors, one step after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instances.accounts import Ledger, accounts
from instances.hazards.futures import happen
from instances.hazards.reduction import thin
from instances.instance import About, Instance
from instances.people.settle import Settled, settle
from instances.recipe import steps
from instances.recipe.opening import Opened
from instances.recipe.places import place, prepare
from instances.recipe.runner import Done, Runner
from instances.recipe.store import Store
from instances.rulepack import RulePack, load_pack
from instances.siting.find import find_sites
from instances.siting.found import Found
from instances.streets.graph import Network
from instances.streets.keys import tie
from instances.streets.laying import lay_streets
from instances.travel.travel import travel

if TYPE_CHECKING:
    from instances.layers.layer import Frame
    from instances.recipe.format import Wanted


@dataclass(frozen=True, eq=False)
class Built:
    """An instance with the story of its making.

    Attributes
    ----------
    done
        Steps in order, with their seconds and whether an earlier result was taken.
    layers
        Layers as read, for the record of what the instance was made from.
    """

    instance: Instance
    opened: Opened
    done: tuple[Done, ...]
    ledgers: tuple[Ledger, ...]
    layers: dict[str, Any]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a plan may suffer from, one sentence each."""
        return tuple(dict.fromkeys(text for ledger in self.ledgers for text in ledger.warnings))


def build(opened: Opened, cache: Path | None = None, sink: Callable[[str], None] | None = None) -> Built:
    """Follow a recipe.

    Parameters
    ----------
    cache
        Folder in which results of steps are kept; a step whose inputs, rule and code have not changed is taken from
        there. Without one every step runs.
    sink
        Told the name of every step when it begins.

    Raises
    ------
    InstanceError
        If a layer, a rule or the whole cannot be used; layers, roads, people and sites report all faults in one error.
    """
    recipe, seed = opened.recipe, opened.recipe.seed
    runner = Runner(Store(cache) if cache is not None else None, sink)
    frame = steps.frame_of(opened)
    land = [frame.crs, frame.box]
    together = steps.Together(recipe.name)
    layers = steps.read(runner, opened, frame, together)
    packs: list[RulePack] = []  # one, unless it cannot be used
    with together.watch():
        packs.append(load_pack(steps.beside(opened.folder, recipe.rules)))
    network: Network | None = None
    if (roads := recipe.roads) is not None and steps.ready(roads, opened, layers):
        with together.watch():
            network = runner.step(
                "roads",
                ("instances.streets.laying",),
                [roads, *land],
                steps.named_in(roads, layers),
                lambda ledger: lay_streets(roads, layers, frame, ledger),
            )
            runner.step(
                "datum",
                ("instances.layers.shift",),
                land,
                {"layers": steps.beside_roads(layers, roads), "roads": network.roads},
                lambda ledger: steps.look_for_shifts(steps.beside_roads(layers, roads), network, frame, ledger),
            )
    if recipe.roads is not None and network is None:
        together.check()
    settled: Settled | None = None
    if steps.ready(recipe.people, opened, layers):
        with together.watch():
            settled = runner.step(
                "people",
                ("instances.people",),
                [recipe.people, seed, *land],
                {"layers": steps.named_in(recipe.people, layers), "network": network},
                lambda ledger: settle(recipe.people, layers, network, frame, ledger, seed),
            )
    found: Found | None = None
    known = settled is not None or recipe.sites.suitability is None
    if packs and known and steps.ready(recipe.sites, opened, layers):
        pack = packs[0]
        with together.watch():
            found = runner.step(
                "sites",
                ("instances.siting",),
                [recipe.sites, seed, *land, pack.rules],
                {"layers": steps.named_in(recipe.sites, layers), "network": network, "people": settled},
                lambda ledger: find_sites(recipe.sites, layers, network, settled, pack, frame, ledger, seed),
            )
    together.check()
    assert settled is not None and found is not None
    pack = packs[0]
    limit = recipe.travel.walk.snap_limit
    own_ids = bool(recipe.people.target.places) and (recipe.people.points or recipe.people.areas) is not None
    keyed = sorted(name for name, layer in recipe.layers.items() if layer.key is not None)
    who, places = settled, found
    placed = runner.step(
        "places",
        ("instances.recipe.places",),
        [recipe.zones, limit, own_ids, keyed, *land],
        {"layers": steps.for_zones(recipe.zones, layers), "network": network, "people": settled, "sites": found},
        lambda ledger: place(who, places, network, recipe.zones, layers, frame, limit, own_ids, keyed, ledger),
    )
    prepared = runner.step(
        "modes", ("instances.recipe.places",), pack.rules, {"places": placed}, lambda led: prepare(placed, pack, led)
    )
    ground = steps.ground_of(placed, network, layers)
    every = runner.step(
        "hazards",
        ("instances.hazards",),
        [recipe.hazards, seed, *land],
        {
            "layers": steps.named_in(recipe.hazards, layers),
            "files": steps.files_of(recipe.hazards, opened.folder),
            "ground": ground,
            "phases": prepared.phases,
        },
        lambda ledger: happen(recipe.hazards, layers, ground, prepared.phases, frame, ledger, seed),
    )
    futures = runner.step(
        "scenarios",
        ("instances.hazards.reduction",),
        recipe.scenarios,
        {"futures": every, "area": placed.sites.area},
        lambda ledger: thin(recipe.scenarios, every, ledger, placed.sites.area),
    )
    damage = futures.damage if network is not None else None
    scenario = futures.scenarios.scenario
    routes, hauls = runner.step(
        "travel",
        ("instances.travel",),
        recipe.travel,
        {"network": network, "damage": damage, "places": placed, "prepared": prepared, "scenario": scenario},
        lambda ledger: travel(recipe.travel, network, scenario, damage, placed, prepared, ledger),
    )
    laid = None
    if (rule := recipe.corridors) is not None and network is not None:
        net = network.roads
        laid = runner.step(
            "corridors",
            ("instances.streets.keys",),
            rule,
            {"layers": steps.named_in(rule, layers), "roads": net, "places": placed},
            lambda ledger: tie(rule, layers, net, placed.demand, placed.sites, ledger),
        )
    sites = placed.sites if network is None else steps.at_kerb(placed.sites, network, laid)
    about = _about(opened, frame, runner.ledgers, prepared.money)
    instance = Instance(
        about=about,
        sites=sites,
        scenarios=futures.scenarios,
        zones=placed.zones,
        demand=placed.demand,
        phases=prepared.phases,
        modes=prepared.modes,
        options=prepared.options,
        effects=futures.effects,
        routes=routes,
        roads=network.roads if network is not None else None,
        damage=damage,
        corridors=laid,
        commodities=prepared.commodities,
        hauls=hauls,
        groups=placed.groups,
        units=placed.units,
        exclusions=placed.exclusions,
        suitability=placed.suitability,
        ambiguity=futures.ambiguity,
        accounts=accounts(runner.ledgers),
    )
    return Built(instance, opened, tuple(runner.done), tuple(runner.ledgers), layers)


def _about(opened: Opened, frame: Frame, ledgers: list[Ledger], money: str) -> About:
    recipe = opened.recipe

    def every(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for ledger in ledgers for text in getattr(ledger, name)))

    return About(
        name=recipe.name,
        title={str(k): v for k, v in recipe.title.items()},
        crs=frame.crs,
        money=money,
        seed=recipe.seed,
        sources=every("sources"),
        assumptions=(*recipe.assumptions, *every("assumptions")),
        notes=(*every("notes"), *every("warnings"), *(wish(one) for one in recipe.wanted)),
    )


def wish(one: Wanted) -> str:
    """A public layer that would make the instance better, in words."""
    title = one.title.get("en") or next(iter(one.title.values()))
    licence = f", {one.licence}" if one.licence else ""
    return f"wanted: {title} ({one.url}{licence}) for {one.serves}"


def keep(built: Built, out: Path, overwrite: bool = False) -> Path:
    """Save the instance with the record of how it was built; see :func:`instances.container.save`."""
    from instances.container import save
    from instances.recipe.record import record_of

    record = record_of(built.instance, built.opened.content, built.done, built.layers)
    return save(built.instance, out, overwrite=overwrite, beside=record.companions())
