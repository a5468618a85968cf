"""Answers to questions of location in sentences: the plan, other plans, and why each site is in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from solver.locating.certified import signed
from solver.locating.insight.named import called
from solver.solution import Status
from solver.words import LANGUAGES, listed, number, percent, say, significant, term

if TYPE_CHECKING:
    from solver.locating.insight.alternatives import Alternative, Alternatives
    from solver.locating.insight.importance import Role
    from solver.locating.located import Located

MOST_NAMES = 12
"""So many sites are named in one sentence; the others are counted."""
SHARES = ("distance", "radius", "cost", "separation", "farness")
"""Aims for which there are words that say by which share a plan is worse."""
SECONDS = 3.0
"""To find out again, in another language, why there is no plan."""


def summary(located: Located, lang: str = "en") -> str:
    """The answer in a few lines: how the search ended, value, bound, our own bound, sites.

    Raises
    ------
    ValueError
        If ``lang`` is neither ``en`` nor ``zh``.
    """
    _known(lang)
    lines = [f"{term('question', located.question.title, lang)}: {_status(located, lang)}"]
    if located.value is not None and located.judgement is not None:
        lines += _numbers(located, lang)
        lines += _sites(located, lang)
    if located.status is Status.INFEASIBLE and lang != "en":
        from solver.locating.insight.impossible import impossible

        lines.append(impossible(located.question, located.access, lang=lang, time_limit=SECONDS, known=located.message))
    elif located.message and located.status is not Status.FAILED:
        lines.append(located.message)
    return "\n".join(lines)


def tell_alternatives(others: Alternatives, lang: str = "en") -> list[str]:
    """What other plans there are, one line each, and whether that is all."""
    _known(lang)
    key = {0: "others.head none", 1: "others.head one"}.get(len(others), "others.head")
    told = [say(key, lang, count=len(others), loss=percent(others.loss), differ=others.differ)]
    told += [_other(other, lang) for other in others]
    return [*told, say("others.complete" if others.complete else f"others.{others.ended}", lang)]


def tell_role(located: Located, role: Role, lang: str = "en") -> str:
    """Why a site is in, or what it would cost to have it."""
    _known(lang)
    which = "why_in.without" if role.without else "why_in.with"
    if role.status is Status.INFEASIBLE:
        return say(f"{which} never", lang, site=role.site, why=role.message).strip()
    change = _change(located, role, lang)
    if role.exact:
        none = abs(role.most) <= 1e-6 * abs(located.value or 0.0) or role.most == 0
        if none:
            return say(f"{which} same", lang, site=role.site, change=change)
        if role.most < 0:
            return say(f"{which} better", lang, site=role.site, share=_lost(located, -role.most), change=change)
        return say(which, lang, site=role.site, worse=_worse(located, role, lang), change=change)
    values = {"site": role.site, "least": _lost(located, role.least), "most": _lost(located, role.most)}
    if math.isinf(role.most):
        return say(f"{which} least" if role.least > 0 else f"{which} unknown", lang, **values)
    key = "between" if role.least > 0 else "most"
    return say(f"{which} {key}", lang, change=change, **values)


def _known(lang: str) -> None:
    if lang not in LANGUAGES:
        raise ValueError(f"lang: {lang!r} is unknown; use {' or '.join(LANGUAGES)}.")


# -- the plan --------------------------------------------------------------------------------------------------------


def _status(located: Located, lang: str) -> str:
    solution, key = located.solution, f"status.{located.status.value}"
    if located.status in (Status.TIME_LIMIT, Status.INTERRUPTED) and solution.gap is None:
        key = "status.open"
    asked = percent(float(dict(solution.options).get("gap") or 0.0), 4)
    return say(key, lang, gap=percent(solution.gap, 4), asked=asked, message=located.message)


def _numbers(located: Located, lang: str) -> list[str]:
    question, judgement = located.question, located.judgement
    assert judgement is not None and located.value is not None
    name = question.aim if question.objective is None else question.objective.name
    told = [say("located.value", lang, aim=_aim(name, lang), value=significant(located.value), unit="")]
    side = "below" if signed(question, 1.0) > 0 else "above"
    # of a plan that did not stand up to the check nothing is said
    if located.status is Status.FAILED:
        return told
    if located.bound is not None and located.status is not Status.PROVEN:
        key = f"located.{side}" if located.gap is not None else f"located.{side} open"
        told.append(say(key, lang, bound=_outward(located.bound, side), gap=percent(located.gap, 4)))
    if located.verified_bound is not None:
        told.append(say(f"located.verified {side}", lang, bound=_outward(located.verified_bound, side)))
    return told


def _outward(bound: float, side: str) -> str:
    """A bound to six digits, rounded so that what is said of it stays true."""
    if bound == 0 or not math.isfinite(bound):
        return significant(bound)
    digits = min(max(0, 5 - math.floor(math.log10(abs(bound)))), 6)
    scale = 10.0**digits
    # a bound is a number with rounding errors of its own: what is nearly a whole step is that step
    near = round(bound * scale)
    step = near if abs(bound * scale - near) <= 1e-9 * abs(bound * scale) else None
    if step is None:
        step = math.floor(bound * scale) if side == "below" else math.ceil(bound * scale)
    return number(step / scale, digits)


def _sites(located: Located, lang: str) -> list[str]:
    chosen, total = located.chosen, located.access.site.size
    told = [say("located.none", lang, all=number(total))]
    if chosen:
        told = [say("located.sites", lang, count=number(len(chosen)), all=number(total), sites=_names(chosen, lang))]
    kept = located.access.site.labels(np.flatnonzero(located.access.is_status("existing")))
    return [*told, say("located.existing", lang, sites=_names(kept, lang))] if kept else told


def _names(labels: list[str], lang: str) -> str:
    if len(labels) <= MOST_NAMES:
        return listed(labels, lang)
    first = listed(labels[: MOST_NAMES - 1], lang)
    return say("located.more", lang, sites=first, count=number(len(labels) - MOST_NAMES + 1))


def _aim(name: str, lang: str) -> str:
    return called(name, lang)


# -- other plans -----------------------------------------------------------------------------------------------------


def _other(other: Alternative, lang: str) -> str:
    into, out = _names(list(other.into), lang), _names(list(other.out), lang)
    change = say("others.change" if other.into else "others.only out", lang, into=into, out=out)
    if other.loss is None:
        told = say("others.amount", lang, value=significant(other.located.value), change=change)
    elif abs(other.loss) <= 1e-9:
        told = say("others.same", lang, change=change)
    else:
        key = "others.loses" if other.loss > 0 else "others.gains"
        told = say(key, lang, loss=percent(abs(other.loss), 2), change=change)
    if other.located.good:
        return told
    return f"{told}{'' if lang == 'zh' else ' '}{say('others.unproven', lang)}"


# -- why a site is in ------------------------------------------------------------------------------------------------


def _worse(located: Located, role: Role, lang: str) -> str:
    question, by = located.question, significant(role.most)
    if question.objective is None:
        if question.aim in ("sites", "uncovered"):
            one = question.aim == "sites" and abs(role.most - 1) < 1e-6
            return say(f"worse.{question.aim}{' one' if one else ''}", lang, by=by)
        if question.aim in SHARES and role.share is not None:
            return say(f"worse.{question.aim}", lang, share=percent(role.share[1]))
    return say(
        "worse.share" if role.share is not None else "worse.amount", lang, by=by, share=_lost(located, role.most)
    )


def _lost(located: Located, amount: float) -> str:
    """An amount as a share of the value, if that is not zero."""
    value = abs(located.value or 0.0)
    return percent(amount / value) if value else significant(amount)


def _change(located: Located, role: Role, lang: str) -> str:
    """Who comes in, who goes out, and how many people go elsewhere."""
    told = ""
    if role.instead:
        key = "instead more" if len(role.instead) > 1 else "instead" if role.without else "comes"
        told += say(f"why_in.{key}", lang, sites=_names(list(role.instead), lang))
    if role.gone:
        many = "" if len(role.gone) == 1 else " more"
        word = "gone" if role.without else "out"
        told += say(f"why_in.{word}{many}", lang, sites=_names(list(role.gone), lang))
    if role.people is not None and role.people > 0:
        unit = located.access.weight_unit or "people"
        told += say(
            "why_in.people",
            lang,
            people=number(role.people, 0 if role.people >= 10 else 2),
            unit=term("unit", unit, lang),
        )
    return told
