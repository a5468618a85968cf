"""How QGIS draws each layer of a plan, in the shapes and colours of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instances.units import Units
from solver.outputs import styles
from solver.page.palette import mode_marks, palette
from solver.words import say, term

if TYPE_CHECKING:
    import pandas as pd

    from solver.plan import Plan

PIXEL = 0.35
"""Millimetres on paper for a pixel of the page."""


def site_style(plan: Plan, lang: str) -> str:
    """All candidates by what becomes of them; the tip says why one is forbidden, and how it ranks."""
    signs = [
        styles.Sign("none", say("legend.not used", lang), "#ffffff", 1.6, outline=palette()["quiet"]),
        styles.Sign("forbidden", say("legend.forbidden", lang), palette()["quiet"], 1.8, "cross2", palette()["quiet"]),
        styles.Sign("shelter", say("role.shelter", lang), palette()["shelter"][1][1], 2.0),
        styles.Sign("stock", say("role.stock", lang), palette()["stock"][0][1], 2.0, "triangle"),
        styles.Sign("shelter+stock", say("role.shelter+stock", lang), palette()["shelter"][2][1], 2.4, "diamond"),
    ]
    return styles.categorised("point", "role", signs, tip=_site_tip(plan))


def _site_tip(plan: Plan) -> tuple[str, ...]:
    """Columns that a site's tip shows: a tip that names a column which is not there would stay empty."""
    excluded = ("why_excluded",) if plan.instance.exclusions is not None else ()
    ranked = ("rank", "best_rank", "worst_rank") if plan.instance.suitability is not None else ()
    return ("title", "use", "modes", *excluded, *ranked)


def opening_style(plan: Plan, lang: str) -> str:
    """Prepared places by mode."""
    modes = plan.instance.modes
    assert modes is not None
    named = zip(modes.mode.labels(), modes.title, mode_marks(modes), strict=True)
    signs = [styles.Sign(label, str(title), mark.colour, 4.0, mark.shape) for label, title, mark in named]
    return styles.categorised("point", "mode", signs, label="title")


def corridor_style(plan: Plan, lang: str) -> str:
    """Corridors by tier."""
    net = plan.instance.corridors
    tiers = net.tier.labels() if net is not None else []
    drawn = palette()["tier"]
    ranked = [(t, drawn[min(k, len(drawn) - 1)]) for k, t in enumerate(tiers)]
    signs = [
        styles.Sign(t, term("tier", t, lang), style["colour"], PIXEL * style["width"], dash=style["dash"])
        for t, style in ranked
    ]
    return styles.categorised("line", "tier", signs)


def hardened_style(lang: str) -> str:
    """Strengthened links, all alike."""
    return styles.single("line", styles.Sign("", say("legend.link", lang), palette()["ink"], 0.8))


def people_style(plan: Plan, lang: str) -> str:
    """People by how many of them are expected to be without a place."""
    upper = styles.breaks(plan.people["expected_unserved"].tolist())
    nobody = styles.Sign("", say("legend.nobody", lang), "#c9d3da", 1.2)
    ranges = [styles.Range(-1.0, 0.0, nobody)]
    for k, most in enumerate(upper):
        least = ranges[-1].most
        words = (
            say("legend.from", lang, least=f"{least:g}", most=f"{most:g}")
            if k
            else say("legend.upto", lang, most=f"{most:g}")
        )
        ranges.append(
            styles.Range(least, most, styles.Sign("", words, styles.LOSS[k], 1.6 + 0.7 * k, outline=palette()["loss"]))
        )
    return styles.graduated("point", "expected_unserved", ranges)


def trip_style(trips: pd.DataFrame) -> str:
    """Ways by the people on them."""
    upper = styles.breaks(trips["people"].tolist(), ("",) * 4)
    least, ranges = 0.0, []
    for k, most in enumerate(upper):
        sign = styles.Sign("", f"{least:g} – {most:g}", palette()["shelter"][1][1], 0.15 + 0.3 * k)
        ranges.append(styles.Range(least, most, sign))
        least = most
    return styles.graduated("line", "people", ranges)


def stock_style(lang: str) -> str:
    """Goods held, all alike."""
    return styles.single(
        "point", styles.Sign("", say("legend.stock", lang), palette()["stock"][0][1], 3.0, "triangle"), label="title"
    )


def unit_style(plan: Plan, units: Units, lang: str) -> str:
    """Outlines by level, the coarsest heaviest, with names."""
    levels = dict.fromkeys(units.level.tolist())
    counted = ("people",) if plan.instance.demand is not None else ()
    signs = [
        styles.Sign(level, term("unit", level, lang), "", max(0.35 - 0.12 * k, 0.1), outline=palette()["unit"])
        for k, level in enumerate(levels)
    ]
    return styles.categorised("polygon", "level", signs, label="title", tip=("title", "level", *counted))
