"""What the steps of a recipe hand to each other: layers by name, ground for hazards, doors for travel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.accounts import Ledger
from instances.hazards.declared import Ground
from instances.index import Index, Map
from instances.layers.osm import Extract
from instances.network import Corridors, Roads
from instances.places import Sites
from instances.recipe.opening import Opened
from instances.schema import InstanceError
from instances.streets.components import truck_net
from instances.streets.graph import Network
from instances.streets.snapping import snap

if TYPE_CHECKING:
    from instances.hazards.rule import HazardsRule
    from instances.layers.layer import Frame
    from instances.layers.rule import LayerRule
    from instances.recipe.places import Placed
    from instances.recipe.runner import Runner
    from instances.streets.rule import RoadsRule

WALK_SPEED = 4.0  # km/h; only the nearest junction counts here


def frame_of(opened: Opened) -> Frame:
    """Reference system and box of the city.

    Raises
    ------
    InstanceError
        If the system is unknown, not in metres, or not for this place; or if nothing says where the city is.
    """
    from instances.crs import projected_faults, system_faults, utm
    from instances.layers.layer import Frame

    recipe = opened.recipe
    extent = recipe.extent
    crs = recipe.crs
    if crs is None and extent is not None:
        crs = utm((extent.west + extent.east) / 2.0, (extent.south + extent.north) / 2.0)
    if crs is None:
        maps = [
            Path(opened.folder, rule.path) for rule in recipe.layers.values() if rule.path and rule.read_as == "osm"
        ]
        if not maps:
            fault = "crs is missing; give a projected system in metres, an extent, or an OpenStreetMap layer"
            raise InstanceError(f"The recipe {recipe.name!r} cannot be used", [fault])
        from instances.layers.osm import utm_of

        crs = utm_of(maps[0])
    faults = system_faults(crs)
    if faults:
        raise InstanceError(f"The recipe {recipe.name!r} cannot be used", faults)
    if extent is None:
        return Frame(crs, opened.folder)
    import pyproj

    to = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    box = to.transform_bounds(extent.west, extent.south, extent.east, extent.north)
    faults = projected_faults(crs, box)
    if faults:
        raise InstanceError(f"The recipe {recipe.name!r} cannot be used", faults)
    return Frame(crs, opened.folder, tuple(float(v) for v in box))  # type: ignore[arg-type]


class Together:
    """Faults of steps that do not need each other, so that the user hears of all of them in one error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[str] = []

    @contextmanager
    def watch(self) -> Iterator[None]:
        """What goes wrong in here is kept for later."""
        try:
            yield
        except InstanceError as error:
            self.faults += error.faults

    def check(self) -> None:
        """Raise if anything went wrong."""
        if self.faults:
            raise InstanceError(f"The recipe {self.name!r} cannot be followed", list(dict.fromkeys(self.faults)))


def read(runner: Runner, opened: Opened, frame: Frame, together: Together) -> dict[str, Any]:
    """The layers of a recipe by name, as far as they can be read."""
    from instances.layers.read import read_layer

    layers: dict[str, Any] = {}
    for name, rule in opened.recipe.layers.items():

        def work(ledger: Ledger, name: str = name, rule: LayerRule = rule) -> dict[str, Any]:
            return read_layer(name, rule, frame, ledger)

        with together.watch():
            files = [opened.folder / path for path in (rule.path, rule.nodes, rule.edges) if path is not None]
            layers |= runner.layer(name, rule, work, files, frame)
    return layers


def files_of(rule: HazardsRule, folder: Path) -> dict[str, str]:
    """Digests of the files that the section of hazards reads itself: event sets and curves."""
    from instances.recipe.signature import file_digest

    curves = rule.curves
    named = [one.path for one in rule.climada] + [one.path for one in curves.tables]
    named += [curves.path] if curves.path is not None else []
    return {path: file_digest(folder / path) for path in named if (folder / path).is_file()}


def ready(rule: Any, opened: Opened, layers: Mapping[str, Any]) -> bool:
    """Whether every layer of the recipe that a section names could be read."""
    wanted = named_in(rule, opened.recipe.layers)
    return all(name in layers or f"{name}.nodes" in layers for name in wanted)


def named_in(rule: Any, layers: Mapping[str, Any]) -> dict[str, Any]:
    """The layers that a section of a recipe names, so that a step does not run again when another layer changes."""
    words = set(_texts(rule.model_dump(mode="json", warnings=False))) if rule is not None else set()
    return {name: layer for name, layer in layers.items() if name in words or name.split(".")[0] in words}


def for_zones(rule: Any, layers: Mapping[str, Any]) -> dict[str, Any]:
    """The layers that zones are made of: those the rule names, or the named places of a map."""
    if rule is not None:
        return named_in(rule, layers)
    return {name: layer for name, layer in layers.items() if isinstance(layer, Extract)}


def beside_roads(layers: Mapping[str, Any], roads: RoadsRule) -> dict[str, Any]:
    """Layers of features with places, which another datum would shift against the roads; not the roads' own."""
    from instances.layers.layer import Layer

    return {
        name: layer
        for name, layer in layers.items()
        if isinstance(layer, Layer)
        and name not in roads.layers()
        and len(layer)
        and all(shape is not None for shape in layer.shape)
    }


def look_for_shifts(layers: Mapping[str, Any], network: Network, frame: Frame, ledger: Ledger) -> tuple[str, ...]:
    """Warn of layers that look shifted against the roads; returns their names."""
    from instances.layers.shift import looks_shifted

    suspects = []
    for name, layer in layers.items():
        shift = looks_shifted(layer, network.tree.geometries, frame.crs)
        if shift is not None:
            suspects.append(name)
            ledger.warn(shift.warning)
    return tuple(suspects)


def beside(folder: Path, rules: str) -> str:
    """A rule pack by name, or by a path that counts from the folder of the recipe."""
    path = folder / rules
    return str(path) if path.is_file() else rules


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def ground_of(placed: Placed, network: Network | None, layers: Mapping[str, Any]) -> Ground:
    """What hazards touch: people, sites and links, and the shore where a map shows one."""
    roads = network.roads if network is not None else no_roads()
    flags = np.zeros(len(roads.link), bool)
    return Ground(
        demand=placed.demand,
        site=placed.sites.site,
        site_x=placed.sites.x,
        site_y=placed.sites.y,
        open_air=placed.open_air,
        underground=placed.underground,
        roads=roads,
        middle=network.middle() if network is not None else np.zeros((0, 2)),
        bridge=network.bridge if network is not None else flags,
        tunnel=network.tunnel if network is not None else flags,
        shore=shore_of(layers),
    )


def shore_of(layers: Mapping[str, Any]) -> Any:
    """Coastline and mapped water of some size on the OpenStreetMap layers, or None inland."""
    import shapely

    lines: list[Any] = []
    for layer in layers.values():
        if isinstance(layer, Extract):
            water = layer.areas.tagged("natural", "water")
            lines += [*layer.coast.shape, *(s for s in water.shape if shapely.area(s) > 1000.0)]
    return shapely.union_all(lines) if lines else None


def no_roads() -> Roads:
    """A road graph without a link, for cities of which no roads are known."""
    node, link = Index.named("node", []), Index.named("link", [])
    none, at = np.zeros(0), np.zeros(0, np.intp)
    words = np.zeros(0, "<U1")
    return Roads(
        node, link, Map(link, node, at), Map(link, node, at),
        x=none, y=none, length=none, walk=none, drive=none, drivable=np.zeros(0, bool), harden=none,
        kind=words, title=words,
    )  # fmt: skip


def at_kerb(sites: Sites, network: Network, laid: Corridors | None) -> Sites:
    """Sites with the junction where trucks reach them: on a street that may be a corridor, if there are any.

    People enter by another, nearer junction; but a footpath junction could never be tied to the corridors.
    """
    allowed = truck_net(network.roads)
    if laid is not None:
        allowed = np.zeros(len(allowed), bool)
        allowed[laid.lane["link"].position] = True
    if not allowed.any():
        return sites
    node = snap(network, sites.x, sites.y, WALK_SPEED, allowed=allowed).node
    return replace(sites, node=Map(sites.site, network.roads.node, node))
