"""One plan as the page takes it in: `Addition` in :file:`web/src/payload.ts`, arrays as in the payload."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse as sp

from instances.schema import InstanceError
from solver.explorer.blocks import block
from solver.explorer.content import Choices, Layer
from solver.explorer.contents import Teller
from solver.explorer.live.answer import Answer

ORIGIN = "live"


def addition_of(found: Answer, teller: Teller, name: str, job: str) -> dict[str, Any]:
    """The alternative that a live solve found, under the id ``name``.

    Where no assignment of people is found for a scenario, the alternative has no values over scenarios.
    """
    plan = sp.csr_array(found.x[None, :])
    try:
        measures = {m.name: block(np.asarray(m.values, float)[0], "f8") for m in teller.measures(plan)}
    except InstanceError:
        measures = {}
    return {
        "id": name,
        "job": job,
        "values": [float(v) for v in np.asarray(teller.values(plan))[0]],
        "label": found.label,
        "distance": _finite(found.distance),
        "verified": _finite(found.verified),
        "origin": ORIGIN,
        "layers": {layer.name: _layer(layer) for layer in teller.layers(plan)},
        "measures": measures,
    }


def _layer(layer: Layer) -> dict[str, Any]:
    amounts = {a.name: block(np.asarray(a.values)[0], "f4") for a in layer.amounts}
    name = "chosen" if isinstance(layer.decisions, Choices) else "classes"
    return {name: block(layer.decisions.chosen[0].astype(np.uint8), "u1"), "amounts": amounts}


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
