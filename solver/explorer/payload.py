"""The content of the explorer as one JSON object, ``refugia-explorer/1``; :file:`schema.json` describes it.

Objectives keep every digit. Values over scenarios and coordinates are kept as finely as ``Precision`` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from solver.explorer.blocks import block, whole
from solver.explorer.content import LABELS, Choices, Classes, Content, Futures, Layer, Measure, Shapes

SCHEMA = "refugia-explorer/1.0"


@dataclass(frozen=True)
class Precision:
    """How finely large things are kept.

    Attributes
    ----------
    scenarios
        ``f8``, ``f4``, or ``u2``: steps of 1/65535 of the range of a measure.
    step
        Metres of one step of coordinates; None for the finest that 16 bits over the whole map allow, 1 m at best
        where the map has metres.
    """

    scenarios: str = "f8"
    step: float | None = None


def payload(content: Content, lang: str = "en", precision: Precision | None = None) -> dict[str, Any]:
    """Everything the page is told.

    Raises
    ------
    ValueError
        If ``lang`` is neither ``en`` nor ``zh``.
    """
    if lang not in ("en", "zh"):
        raise ValueError(f"lang: {lang!r} is unknown; use en or zh.")
    fine = precision or Precision()
    frame = _Frame(content, fine.step)
    told = content.alternatives
    return {
        "schema": SCHEMA,
        "lang": lang,
        "about": asdict(content.about),
        "objectives": [{**asdict(o)} for o in content.objectives],
        "alternatives": {
            "ids": list(told.ids),
            "values": block(told.values.T, "f8"),
            "label": block(told.label, "u1"),
            "labels": list(LABELS),
            "distance": block(told.distance, "f8"),
            "verified": block(told.verified, "f8"),
            **_words("origin", told.origin),
            "stands": None if told.stands is None else block(told.stands, whole(told.stands)),
            "family": None if told.family is None else block(told.family, whole(told.family)),
        },
        "proof": asdict(content.proof),
        "suggestions": [asdict(s) for s in content.suggestions],
        "futures": None if content.futures is None else _futures(content.futures, fine.scenarios),
        "frame": {"corner": list(frame.corner), "size": list(frame.size), "step": frame.step},
        "layers": [_layer(layer, frame) for layer in content.layers],
        "backdrops": [
            {
                "name": b.name,
                "label": dict(b.label),
                "shapes": frame.shapes(b.shapes),
                "rank": None if b.rank is None else block(b.rank, whole(b.rank)),
            }
            for b in content.backdrops
        ],
        "overlays": [
            {"name": o.name, "label": dict(o.label), "on": o.on, "values": block(o.values, "u1")}
            for o in content.overlays
        ],
    }


class _Frame:
    """Coordinates in whole steps from a corner."""

    def __init__(self, content: Content, step: float | None) -> None:
        every = [s.xy for s in (*(x.shapes for x in content.layers), *(b.shapes for b in content.backdrops))]
        xy = np.concatenate([np.zeros((0, 2)), *every])
        low, high = (xy.min(axis=0), xy.max(axis=0)) if len(xy) else (np.zeros(2), np.ones(2))
        self.corner = tuple(float(v) for v in np.floor(low))
        self.size = tuple(max(1.0, float(v)) for v in high - np.array(self.corner))
        wanted = max(self.size) / 65535
        # cities fit into 65 km at a metre a step; smaller maps are kept finer, to a tenth of a metre at best
        self.step = float(step if step is not None else next((s for s in (0.1, 0.25, 0.5, 1.0) if s >= wanted), wanted))

    def shapes(self, shapes: Shapes) -> dict[str, Any]:
        steps = np.rint((shapes.xy - np.array(self.corner)) / self.step).astype(np.int64)
        kind = whole(steps)
        return {
            "kind": shapes.kind,
            "owner": block(shapes.owner, whole(shapes.owner), delta=True),
            "start": block(shapes.start, whole(shapes.start), delta=True),
            "x": block(steps[:, 0], kind, delta=True),
            "y": block(steps[:, 1], kind, delta=True),
        }


def _layer(layer: Layer, frame: _Frame) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": layer.name,
        "label": dict(layer.label),
        "ids": list(layer.ids),
        "titles": list(layer.titles) if tuple(layer.titles) != tuple(layer.ids) else None,
        "shapes": frame.shapes(layer.shapes),
        "kinds": [asdict(kind) for kind in layer.kinds],
        "facts": {name: block(values, "f4") for name, values in layer.facts.items()},
        "groups": None if not layer.groups else _words("group", layer.groups),
        "amounts": [
            {
                "name": a.name,
                "label": dict(a.label),
                "unit": dict(a.unit),
                "feature": block(a.feature, whole(a.feature)),
                "values": block(a.values, "f4"),
            }
            for a in layer.amounts
        ],
        "forceable": layer.forceable,
        "choices": None,
        "classes": None,
    }
    if isinstance(layer.decisions, Choices):
        told["choices"] = _choices(layer.decisions)
    else:
        told["classes"] = _classes(layer.decisions)
    return told


def _choices(told: Choices) -> dict[str, Any]:
    return {
        "feature": block(told.feature, whole(told.feature)),
        "kind": block(told.kind, "u1"),
        # option by option, so that one that few alternatives take is a run of zeros
        "chosen": block(np.packbits(told.chosen.T, axis=1, bitorder="little"), "u1"),
    }


def _classes(told: Classes) -> dict[str, Any]:
    # feature by feature: most alternatives agree about most land
    return {"today": block(told.today, "u1"), "chosen": block(told.chosen.T, "u1")}


def _futures(told: Futures, precision: str) -> dict[str, Any]:
    return {
        "names": list(told.names),
        "titles": [dict(t) for t in told.titles],
        "probability": block(told.probability, "f8"),
        "alpha": told.alpha,
        "drivers": [
            {
                "name": d.name,
                "label": dict(d.label),
                "unit": dict(d.unit),
                "words": [dict(w) for w in d.words],
                "values": block(d.values, "f8"),
            }
            for d in told.drivers
        ],
        "measures": [_measure(m, precision) for m in told.measures],
    }


def _measure(told: Measure, precision: str) -> dict[str, Any]:
    low = float(told.values.min()) if told.values.size else 0.0
    high = float(told.values.max()) if told.values.size else 0.0
    about = {"name": told.name, "label": dict(told.label), "unit": dict(told.unit), "low": low, "high": high}
    if precision != "u2":
        return about | {"values": block(told.values, precision)}
    width = high - low or 1.0
    return about | {"values": block(np.rint((told.values - low) / width * 65535), "u2")}


def _words(name: str, given: Sequence[str]) -> dict[str, Any]:
    """Few words that stand often: each once, and which one stands where."""
    words = list(dict.fromkeys(given))
    at = {word: k for k, word in enumerate(words)}
    positions = np.array([at[w] for w in given], np.int64)
    return {name: block(positions, whole(positions)), f"{name}s": words}
