"""The map of a dossier, without the title and proof that stand around it in words."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from solver.fronts.parcels import Parcels
    from solver.plan import Plan

SHARP = 170  # dots an inch of a picture 11 inches wide
HEAVY = 1_200_000
"""Bytes of a drawing from which on it is sent as dots."""


def plan_map(plan: Plan, lang: str) -> str:
    """What is where, as a data address."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from solver.outputs.map import draw_frame, spread
    from solver.outputs.maplabels import place_labels
    from solver.outputs.maplayers import Sheet, draw_layers
    from solver.page.palette import palette

    def drawn(chinese: bool) -> Any:
        wide, high = spread(plan)
        tall = float(np.clip(high / wide, 0.45, 1.15)) * 10.0
        figure = Figure(figsize=(10.0, tall + 1.1), facecolor="white")
        FigureCanvasAgg(figure)
        share = 1.1 / (tall + 1.1)
        axes = figure.add_axes((0.0, share, 1.0, 1.0 - share))
        axes.set_facecolor(palette()["ground"])
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        sheet = Sheet(plan, axes, figure, lang if lang == "en" or chinese else "en", chinese)
        draw_frame(sheet)
        handles = draw_layers(sheet)
        place_labels(sheet)
        figure.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(0.0, share - 0.01), ncols=4, frameon=False, fontsize=9,
            labelcolor=palette()["ink"], borderaxespad=0,
        )  # fmt: skip
        return figure

    return _data(drawn, lang)


def land_map(parcels: Parcels, point: int, lang: str) -> str:
    """The land of today beside that of one plan, as a data address."""
    from solver.fronts.landscape import land_figure

    return _data(
        lambda chinese: land_figure(parcels, np.array([point]), lang if lang == "en" or chinese else "en", columns=2),
        lang,
    )


def _data(drawn: Any, lang: str) -> str:
    from matplotlib import rc_context

    from solver.outputs.map import fonts

    families, chinese = fonts(lang)
    # A fixed salt and no date: the same plan gives the same picture.
    with rc_context({"font.family": families, "svg.hashsalt": "refugia", "axes.unicode_minus": False}):
        figure, kept = drawn(chinese), io.BytesIO()
        figure.savefig(kept, format="svg", metadata={"Date": None})
        kind = "svg+xml"
        if kept.tell() > HEAVY:
            kept, kind = io.BytesIO(), "png"
            figure.savefig(kept, format="png", dpi=SHARP)
    return f"data:image/{kind};base64,{base64.b64encode(kept.getvalue()).decode('ascii')}"
