"""The greedy rule in plain Python, from the data of a town: a twin of the decoder that shares nothing with it."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from formulations.plan import IntegratedPlan
from instances.instance import Instance

NONE = 1e-9


def served_greedily(
    town: Instance, question: IntegratedPlan, opened: set[str], hardened: set[str]
) -> tuple[np.ndarray, float]:
    """People without a place by (demand, phase, scenario), and expected person-minutes walked."""
    e, routes, options, modes = town.effects, town.routes, town.options, town.modes
    left, walked = e.need.astype(float).copy(), 0.0
    links = defaultdict(list)
    if routes.crossing is not None:
        for route, link in zip(routes.crossing["route"].position, routes.crossing["link"].position, strict=True):
            links[route].append(link)
    by_site = defaultdict(list)
    for o, (j, m) in enumerate(zip(options.option["site"].position, options.option["mode"].position, strict=True)):
        if modes.role[m] == "shelter" and options.option.label(o) in opened:
            by_site[j].append((o, m))
    _, phases, scenarios = e.need.shape
    for s in range(scenarios):
        for h in range(phases):
            ways = defaultdict(list)
            for r, (i, j) in enumerate(
                zip(routes.route["demand"].position, routes.route["site"].position, strict=True)
            ):
                cut = [k for k in links[r] if town.damage.cut[k, s]]
                if any(town.damage.link.label(k) not in hardened for k in cut):
                    continue
                for o, m in by_site[j]:
                    room = options.capacity[o] * options.ready[o, h] * e.usable[j, s]
                    if modes.serves[m, h] and room > 0 and routes.minutes[r, s] <= modes.standard[m]:
                        ways[i].append((routes.minutes[r, s], r, o, j))
            walked += town.scenarios.probability[s] * _phase(town, left, ways, h, s)
    return left, walked


def _phase(town: Instance, left: np.ndarray, ways: dict, h: int, s: int) -> float:
    options, usable = town.options, town.effects.usable
    room = {o: options.capacity[o] * options.ready[o, h] * usable[j, s] for w in ways.values() for _, _, o, j in w}
    size, area = dict(room), defaultdict(lambda: 1.0)
    walked, queue = 0.0, {i: sorted(w) for i, w in ways.items() if left[i, h, s] > 0}
    while queue:
        asking = []
        for i, w in queue.items():
            while w and (room[w[0][2]] <= NONE * size[w[0][2]] or area[w[0][3]] <= NONE):
                w.pop(0)
            if w:
                asking.append((w[0][0], i, w[0][2], w[0][3]))
                w.pop(0)
        asking.sort()
        wanted = []
        rest = dict(room)
        for minutes, i, o, j in asking:
            grant = min(left[i, h, s], rest[o])
            rest[o] -= grant
            wanted.append((minutes, i, o, j, grant))
        for minutes, i, o, j, grant in wanted:
            share = options.footprint[o] / size[o]
            grant = min(grant, area[j] / share)
            area[j] -= grant * share
            room[o] -= grant
            left[i, h, s] -= grant
            walked += minutes * grant
        who = {i for _, i, _, _ in asking}
        queue = {i: queue[i] for i in who if left[i, h, s] > NONE * town.effects.need[i, h, s]}
    return walked
