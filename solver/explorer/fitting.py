"""Whether the parts of a content fit together."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from solver.explorer.content import Content, Layer, Shapes


def faults(content: Content) -> list[str]:
    """Every fault, in words; empty where all is well."""
    return [*_alternatives(content), *_futures(content), *_map(content)]


def _alternatives(content: Content) -> Iterator[str]:
    from solver.explorer.content import LABELS

    told, p = content.alternatives, len(content.objectives)
    n = len(told.ids)
    if not n:
        yield "alternatives: there are none"
    if not p:
        yield "objectives: there are none"
    if len(set(told.ids)) < n:
        yield "alternatives.ids: some stand twice"
    if told.values.shape != (n, p):
        yield f"alternatives.values: shape {told.values.shape}, not {(n, p)}"
    elif not np.isfinite(told.values).all():
        yield f"alternatives.values: {int((~np.isfinite(told.values)).sum())} are no numbers"
    sized: dict[str, Sized] = {
        "label": told.label,
        "distance": told.distance,
        "verified": told.verified,
        "origin": told.origin,
    }
    sized |= {k: v for k, v in (("stands", told.stands), ("family", told.family)) if v is not None}
    yield from (f"alternatives.{k}: {len(v)} for {n} alternatives" for k, v in sized.items() if len(v) != n)
    yield from _within("alternatives.label", told.label, len(LABELS))
    if told.stands is not None:
        yield from _within("alternatives.stands", told.stands, n)
    yield from _within("suggestions.at", np.array([s.at for s in content.suggestions], int), n)
    measures = {m.name for m in content.futures.measures} if content.futures else set()
    for objective in content.objectives:
        if objective.measure and objective.measure not in measures:
            yield f"objectives.{objective.name}: no measure {objective.measure!r}"


def _futures(content: Content) -> Iterator[str]:
    told, n = content.futures, len(content.alternatives.ids)
    if told is None:
        return
    s = len(told.names)
    if len(told.titles) != s:
        yield f"futures.titles: {len(told.titles)} for {s} scenarios"
    if told.probability.shape != (s,) or not np.isclose(told.probability.sum(), 1.0, atol=1e-6):
        yield "futures.probability: not one for each scenario that add up to 1"
    for driver in told.drivers:
        if driver.values.shape != (s,):
            yield f"futures.drivers.{driver.name}: shape {driver.values.shape}, not {(s,)}"
        if driver.words:
            yield from _within(f"futures.drivers.{driver.name}", driver.values, len(driver.words))
    for measure in told.measures:
        if measure.values.shape != (n, s):
            yield f"futures.measures.{measure.name}: shape {measure.values.shape}, not {(n, s)}"


def _map(content: Content) -> Iterator[str]:
    sizes = {backdrop.name: backdrop.shapes.size for backdrop in content.backdrops}
    for backdrop in content.backdrops:
        yield from _shapes(f"backdrops.{backdrop.name}", backdrop.shapes)
        if backdrop.rank is not None and len(backdrop.rank) != backdrop.shapes.size:
            yield f"backdrops.{backdrop.name}.rank: {len(backdrop.rank)} for {backdrop.shapes.size} features"
    for layer in content.layers:
        sizes[layer.name] = len(layer.ids)
        yield from _layer(layer, len(content.alternatives.ids))
    scenarios = len(content.futures.names) if content.futures else 0
    for overlay in content.overlays:
        if overlay.on not in sizes:
            yield f"overlays.{overlay.name}: nothing is called {overlay.on!r}"
        elif overlay.values.shape != (scenarios, sizes[overlay.on]):
            yield f"overlays.{overlay.name}: shape {overlay.values.shape}, not {(scenarios, sizes[overlay.on])}"


def _layer(layer: Layer, alternatives: int) -> Iterator[str]:
    from solver.explorer.content import Classes

    at, n, kinds = f"layers.{layer.name}", len(layer.ids), len(layer.kinds)
    yield from _shapes(at, layer.shapes)
    if layer.shapes.size > n:
        yield f"{at}.shapes: {layer.shapes.size} for {n} features"
    sized: dict[str, Sized] = {"titles": layer.titles, **{f"facts.{k}": v for k, v in layer.facts.items()}}
    sized |= {"groups": layer.groups} if layer.groups else {}
    yield from (f"{at}.{k}: {len(v)} for {n} features" for k, v in sized.items() if len(v) != n)
    told = layer.decisions
    if isinstance(told, Classes):
        if told.chosen.shape != (alternatives, n) or told.today.shape != (n,):
            yield f"{at}.classes: shapes {told.chosen.shape} and {told.today.shape}"
        yield from _within(f"{at}.chosen", told.chosen, kinds)
        yield from _within(f"{at}.today", told.today, kinds)
    else:
        m = len(told.feature)
        if len(told.kind) != m or told.chosen.shape != (alternatives, m):
            yield f"{at}.choices: {m} features, {len(told.kind)} kinds and decisions of shape {told.chosen.shape}"
        yield from _within(f"{at}.feature", told.feature, n)
        yield from _within(f"{at}.kind", told.kind, kinds)
    for amount in layer.amounts:
        yield from _within(f"{at}.amounts.{amount.name}", amount.feature, n)
        if amount.values.shape != (alternatives, len(amount.feature)):
            yield f"{at}.amounts.{amount.name}: shape {amount.values.shape}"


def _shapes(at: str, shapes: Shapes) -> Iterator[str]:
    parts = len(shapes.owner)
    ends = shapes.start
    if len(ends) != parts + 1 or (np.diff(ends) < 1).any() or (parts and (ends[0] or ends[-1] != len(shapes.xy))):
        yield f"{at}.shapes: parts do not fit the points"
    if (np.diff(shapes.owner) < 0).any():
        yield f"{at}.shapes: features are not in order"
    if shapes.xy.ndim != 2 or shapes.xy.shape[1] != 2 or not np.isfinite(shapes.xy).all():
        yield f"{at}.shapes: coordinates are no pairs of numbers"


def _within(at: str, values: np.ndarray, size: int) -> Iterator[str]:
    if len(values) and (values.min() < 0 or values.max() >= size):
        yield f"{at}: positions from {values.min()} to {values.max()} among {size}"
