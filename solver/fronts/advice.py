"""What helps to choose, in sentences: which plans to look at and why, which few stand for all, where parties agree."""

from __future__ import annotations

from collections.abc import Iterator

from solver.fronts.asked import Asked
from solver.fronts.chosen import CLEAR, Chosen
from solver.pareto.front import Front
from solver.words import listed, number, percent, say, significant, term

NAMED = 12
"""Plans named one by one; of more only the number is told."""


def advice(found: Chosen, front: Front, asked: Asked, lang: str) -> Iterator[str]:
    """One sentence for each suggestion, then representatives, families and parties.

    Nothing is to be chosen from a single plan.
    """
    if len(front) < 2:
        return
    yield from _suggested(found, front, lang)
    yield from _few(found, front, asked, lang)
    yield from _families(found, lang)
    yield from _parties(found, front, lang)


def values(front: Front, point: int, lang: str) -> str:
    """The objectives of one plan in one text."""
    each = zip(front.names, front.points[point].tolist(), front.units, strict=True)
    told = [
        say("front.at", lang, name=term("objective", name, lang), value=f"{significant(value)} {unit}".rstrip())
        for name, value, unit in each
    ]
    return listed(told, lang)


def _suggested(found: Chosen, front: Front, lang: str) -> Iterator[str]:
    for position, given in found.suggested.items():
        titles = listed([s.title(lang) for s in given], lang)
        told = values(front, position, lang)
        why = ("" if lang == "zh" else " ").join(s.reason(lang) for s in given)
        yield say("choose.suggestion", lang, title=titles, plan=position + 1, values=told, why=why)


def _few(found: Chosen, front: Front, asked: Asked, lang: str) -> Iterator[str]:
    few = found.representatives.positions
    if len(few) >= len(front):
        return
    key = "choose.few smallest" if found.representatives.smallest else "choose.few"
    share = percent(asked.tradeoffs.choose.representatives)
    yield say(key, lang, count=number(len(few)), plans=_numbers(few, lang), share=share)


def _families(found: Chosen, lang: str) -> Iterator[str]:
    families = found.clusters
    if families is None or len(families.medoids) < 2 or families.silhouette < CLEAR:
        return
    plans = _numbers(tuple(sorted(families.medoids)), lang)
    yield say("choose.families", lang, count=number(len(families.medoids)), plans=plans)


def _parties(found: Chosen, front: Front, lang: str) -> Iterator[str]:
    seen = found.parties
    if seen is None:
        return
    each = [
        say("choose.party", lang, name=name, plan=plan + 1)
        for name, plan in zip(seen.names, seen.favourites, strict=True)
    ]
    yield say("choose.parties", lang, each=listed(each, lang))
    if len(seen.names) > 1 and len(set(seen.favourites)) > 1:
        loss = percent(float(seen.worst[seen.position]))
        told = values(front, seen.position, lang)
        yield say("choose.agreed", lang, plan=seen.position + 1, values=told, loss=loss)


def _numbers(positions: tuple[int, ...], lang: str) -> str:
    named = [str(k + 1) for k in positions[:NAMED]]
    more = len(positions) - NAMED
    return listed([*named, *([say("front.more", lang, count=more)] if more > 0 else [])], lang)
