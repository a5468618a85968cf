"""The step of a recipe that lays the streets: from a map, lines or tables to one routable graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from instances.layers.layer import Layer
from instances.layers.osm import ATTRIBUTION, Extract
from instances.schema import InstanceError
from instances.streets.components import in_words
from instances.streets.drawn import Drawn, classes_of
from instances.streets.graph import LINKS, Network, build_network, lay

if TYPE_CHECKING:
    from instances.accounts import Ledger
    from instances.layers.grid import Grid
    from instances.layers.layer import Frame
    from instances.streets.rule import RoadsRule

WHAT = "The roads cannot be laid"


def lay_streets(rule: RoadsRule, layers: Mapping[str, Layer | Grid | Extract], frame: Frame, ledger: Ledger) -> Network:
    """The road graph of a recipe.

    Raises
    ------
    InstanceError
        If a layer is missing or of the wrong kind, a column is missing, ids repeat, or no street is left.
    """
    drawn = _drawn(rule, layers, frame, ledger)
    classes = classes_of(rule)
    streets = drawn.streets
    if not len(streets.kind):
        faults = ["no street is left: " + _dropped(ledger)]
        raise InstanceError(WHAT, faults)
    oneway = streets.oneway if streets.oneway is not None else np.zeros(len(streets.kind), bool)
    if oneway.any():
        manner = "which binds vehicles" if rule.oneway == "binds" else "emergency vehicles may go against them"
        ledger.note(f"roads: {oneway.sum()} of {len(oneway)} streets are one-way, {manner}")
    if rule.oneway == "ignored" or not oneway.any():
        streets = replace(streets, oneway=None)
    if streets.on_foot is not None:
        closed = int((~streets.on_foot).sum())
        if rule.on_foot == "everywhere":
            ledger.assume(f"People on foot use all roads in an emergency, also the {closed} ways closed to walkers.")
            streets = replace(streets, on_foot=None)
        else:
            ledger.note(f"roads: {closed} ways are closed to walkers")
    if drawn.pieces is not None:
        network = lay(drawn.pieces, streets, classes, rule.bridge_factor, rule.merge, rule.keep, ledger)
    else:
        network = build_network(streets, classes, rule.bridge_factor, rule.merge, rule.keep, ledger)
    for note in (*network.notes, *in_words(network.roads)):
        ledger.note(note)
    _bases(rule, network, ledger)
    return network


def _drawn(rule: RoadsRule, layers: Mapping[str, Layer | Grid | Extract], frame: Frame, ledger: Ledger) -> Drawn:
    from instances.streets.linework import line_streets
    from instances.streets.rule import LineSource, MapSource
    from instances.streets.table import table_streets
    from instances.streets.ways import map_streets

    source = rule.source
    names = rule.layers()
    known = ", ".join(layers) or "none"
    faults = [f"no layer {name!r}; there are {known}" for name in names if name not in layers]
    wanted = Extract if isinstance(source, MapSource) else Layer
    word = "an OpenStreetMap extract" if wanted is Extract else "a layer of features or a table"
    faults += [f"layer {n}: must be {word}" for n in names if n in layers and not isinstance(layers[n], wanted)]
    if faults:
        raise InstanceError(WHAT, faults)
    found = [layers[name] for name in names]
    if isinstance(source, MapSource):
        assert isinstance(found[0], Extract)
        ledger.cite(ATTRIBUTION)
        return map_streets(found[0], source, rule, frame.box, ledger)
    assert all(isinstance(one, Layer) for one in found)
    if isinstance(source, LineSource):
        return line_streets(found[0], source, rule, frame.box, ledger)  # type: ignore[arg-type]
    return table_streets(found[0], found[1], source, rule, frame.box, ledger)  # type: ignore[arg-type]


def _dropped(ledger: Ledger) -> str:
    said = [f"{row[3]:.0f} {row[2]}" for row in ledger.rows if row[1] == "dropped"]
    return "; ".join(said) or "the source is empty"


def _bases(rule: RoadsRule, network: Network, ledger: Ledger) -> None:
    """Where the figures come from."""
    used = np.unique(network.roads.kind).tolist()
    given = [name for name in used if name in rule.classes]
    for name in given:
        one = rule.classes[name]
        text = f"Roads of class {name}: on foot {one.walk:g} km/h, driving {one.drive:g} km/h, {one.harden:g} a metre"
        if one.source is None:
            ledger.assume(f"{text} ({one.basis}).")
        else:
            ledger.cite(f"{text}: {one.basis}")
    known = classes_of(rule)
    rest = [f"{k} {known[k].walk:g}/{known[k].drive:g}/{known[k].harden:g}" for k in used if k not in given]
    if rest:
        ledger.assume(
            "Speeds on foot and driving in km/h, and money a metre to strengthen, by class of road: "
            + ", ".join(rest) + "."
        )  # fmt: skip
    if rule.oneway == "ignored":
        ledger.assume("One-way streets do not bind vehicles in an emergency.")
    ledger.assume("Turns take no time, and no turn is forbidden.")
    if (network.bridge | network.tunnel).any():
        ledger.assume(f"Strengthening bridges and tunnels costs {rule.bridge_factor:g} times a street of their class.")


__all__ = ["LINKS", "lay_streets"]
