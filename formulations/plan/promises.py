"""Rules that somebody set and may relax: promises by shock level, budget, counts, required sites.

promised   sum_{c in s,h} n_c unserved_c <= b sum_{c in s,h} n_c        scenario s of the level, phase h (zone z)
supply     sum_{p in s} short_p <= b sum_{p in s} asked_p               scenario s of the level, commodity c
budget     cost <= B        count   sum_{o of mode m} open_o <= n_m     required   sum_{o at j} open_o >= 1
"""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np

from formulations.plan.draft import Draft
from formulations.plan.rules import Promise
from instances.index import Index


def add_rules(draft: Draft) -> None:
    """Add every rule of the question as rows that may be negotiated."""
    program, question = draft.program, draft.question
    for number, promise in enumerate(question.promises):
        if promise.unserved is not None:
            _promise_places(draft, promise, f"promise_{number + 1}_{promise.level}")
        if promise.short is not None:
            _promise_goods(draft, promise, f"promise_{number + 1}_{promise.level}_goods")
    if question.budget is not None:
        program.require(budget=reduce(add, draft.cost) <= question.budget)
        program.describe("budget", unit=draft.instance.about.money, doc="Money that may be spent before the event.")
    if question.counts:
        _count(draft)
    _required(draft)


def _promise_places(draft: Draft, promise: Promise, name: str) -> None:
    trips, instance = draft.trips, draft.instance
    assert trips is not None
    counted = instance.scenarios.level[trips.call["scenario"].position] == promise.level
    if promise.phase is not None:
        assert instance.phases is not None
        counted &= trips.call["phase"].position == instance.phases.phase.position(promise.phase)
    chosen = Index.tuples("promised", call=(trips.call, np.flatnonzero(counted)))
    if not chosen.size:
        return
    keys = {
        "scenario": chosen["call"].then(trips.call["scenario"]),
        "phase": chosen["call"].then(trips.call["phase"]),
    }
    if promise.by_zone:
        assert instance.demand is not None and instance.demand.zone is not None
        keys["zone"] = chosen["call"].then(trips.call["demand"]).then(instance.demand.zone)
    group, groups = Index.grouped("promise", chosen, **keys)
    people = trips.calling[chosen["call"].position]
    total = np.bincount(groups.position, weights=people, minlength=group.size)
    without = (people * trips.unserved.at(chosen["call"])).sum_by(groups)
    assert promise.unserved is not None
    draft.program.require(**{name: without <= promise.unserved * total})
    draft.program.describe(
        name,
        unit="people",
        doc=f"In every {promise.level} scenario at most {promise.unserved:.4g} of those in need have no place.",
    )


def _promise_goods(draft: Draft, promise: Promise, name: str) -> None:
    shipments, instance = draft.shipments, draft.instance
    assert shipments is not None and promise.short is not None
    post = shipments.post["post"]
    scenario = post.then(post.target["scenario"])
    counted = np.flatnonzero(instance.scenarios.level[scenario.position] == promise.level)
    chosen = Index.tuples("promised", asking=(shipments.post, counted))
    if not chosen.size:
        return
    _, groups = Index.grouped(
        "promise",
        chosen,
        scenario=chosen["asking"].then(scenario),
        commodity=chosen["asking"].then(post).then(post.target["commodity"]),
    )
    short = shipments.short.at(chosen["asking"]).sum_by(groups)
    asked = shipments.asked.at(chosen["asking"]).sum_by(groups)
    draft.program.require(**{name: short <= promise.short * asked})
    draft.program.describe(
        name,
        unit="unit",
        doc=f"In every {promise.level} scenario at most {promise.short:.4g} of the goods asked for are short.",
    )


def _count(draft: Draft) -> None:
    modes = draft.modes.mode
    names = list(draft.question.counts)
    limited = Index.tuples("limited", mode=(modes, np.array([modes.position(n) for n in names], int)))
    most = np.array([draft.question.counts[n] for n in names], float)
    number = draft.open.sum_by(draft.mode)
    draft.program.require(count=number.at(limited["mode"]) <= most)
    draft.program.describe("count", unit="sites", doc="Largest number of sites prepared for the mode.")


def _required(draft: Draft) -> None:
    """Required and existing sites keep at least one of their options; a required option is opened."""
    sites = draft.instance.sites
    wanted = np.isin(sites.status, ("required", "existing"))
    named = set(draft.question.require)
    labels = sites.site.labels()
    wanted |= np.array([label in named for label in labels], bool)
    if wanted.any():
        must = Index.tuples("must", site=(sites.site, np.flatnonzero(wanted)))
        draft.program.require(required=draft.open.sum_by(draft.site).at(must["site"]) >= 1)
        draft.program.describe("required", unit="options", doc="The site is prepared for at least one mode.")
    options = draft.prepared["option"].position
    chosen = [k for k, o in enumerate(options) if draft.options.option.label(int(o)) in named]
    if chosen:
        must_option = Index.tuples("must_option", prepared=(draft.prepared, np.array(chosen)))
        draft.program.require(required_option=draft.open.at(must_option["prepared"]) >= 1)
        draft.program.describe("required_option", unit="options", doc="The option is prepared.")
