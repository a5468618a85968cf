"""The integrated plan once more, written by hand in Pyomo from MODEL-style loops: an oracle for the formulation.

It shares no code with formulations/: it reads the instance's arrays, loops over sets and writes every row as in a
paper, without the strengthening rows and eliminations of the real one. Slow on purpose, right by inspection.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pyomo.environ as pyo

from formulations.plan import IntegratedPlan
from instances.instance import Instance
from instances.scenarios import LEVELS


def twin(question: IntegratedPlan, instance: Instance, weights: dict[str, float]) -> pyo.ConcreteModel:
    """Concrete model that minimises the weighted objectives."""
    return _Twin(question, instance, weights).m


class _Twin:
    def __init__(self, question: IntegratedPlan, instance: Instance, weights: dict[str, float]) -> None:
        self.q, self.i, self.m = question, instance, pyo.ConcreteModel()
        self.m.rows = pyo.ConstraintList()
        self.S = range(instance.scenarios.scenario.size)
        self.J = range(instance.sites.site.size)
        self.p = instance.scenarios.probability
        self.objectives: dict[str, object] = {}
        self._first_stage()
        if question.shelters is not None:
            self._shelters()
        if question.stock is not None:
            self._stock()
        if question.corridors is not None:
            self._corridors()
        self._rules()
        self.objectives["cost"] = self.cost
        self.m.total = pyo.Objective(expr=sum(w * self.objectives[name] for name, w in weights.items()))

    def say(self, row: object) -> None:
        if isinstance(row, bool | np.bool_):
            assert row, "a constant row that cannot hold"
            return
        self.m.rows.add(row)

    def _first_stage(self) -> None:
        o, modes, m = self.i.options, self.i.modes, self.m
        self.site, self.mode = o.option["site"].position, o.option["mode"].position
        role = [modes.role[k] for k in self.mode]
        wanted = ({"shelter"} if self.q.shelters else set()) | ({"stock"} if self.q.stock else set())
        banned = set(self.q.forbid)
        self.O = [
            k
            for k in range(o.option.size)
            if role[k] in wanted
            and self.i.sites.status[self.site[k]] != "forbidden"
            and o.option.label(k) not in banned
            and self.i.sites.site.label(int(self.site[k])) not in banned
        ]
        self.shelter = [k for k in self.O if role[k] == "shelter"]
        self.store = [k for k in self.O if role[k] == "stock"]
        m.open = pyo.Var(self.O, domain=pyo.Binary)
        self.E = range(self.i.roads.link.size) if self.i.roads is not None else range(0)
        m.harden = pyo.Var(self.E, domain=pyo.Binary)
        self.cost = sum(o.cost[k] * m.open[k] for k in self.O)
        self.cost += sum(self.i.roads.harden[e] * m.harden[e] for e in self.E)
        self.disturbance = sum(o.disturbance[k] * m.open[k] for k in self.O)
        lanes = set(self.i.corridors.lane["link"].position.tolist()) if self.i.corridors is not None else set(self.E)
        for e in self.E:
            if self.q.harden == "none" or (self.q.harden == "lanes" and e not in lanes):
                m.harden[e].fix(0)

    def _shelters(self) -> None:
        i, m, o, modes = self.i, self.m, self.i.options, self.i.modes
        need, usable = i.effects.need, i.effects.usable
        H, D = range(i.phases.phase.size), range(i.demand.demand.size)
        R = range(i.routes.route.size)
        origin, end = i.routes.route["demand"].position, i.routes.route["site"].position
        on_route = {r: [] for r in R}
        if i.routes.crossing is not None:
            for r, e in zip(i.routes.crossing["route"].position, i.routes.crossing["link"].position, strict=True):
                on_route[r].append(e)
        trips = [
            (r, k, h, s)
            for r, k, h, s in product(R, self.shelter, H, self.S)
            if end[r] == self.site[k]
            and modes.serves[self.mode[k], h]
            and need[origin[r], h, s] > 0
            and i.routes.minutes[r, s] <= modes.standard[self.mode[k]]
        ]
        m.go = pyo.Var(trips, domain=pyo.Binary if self.q.shelters.whole else pyo.NonNegativeReals)
        m.unserved = pyo.Var(D, H, self.S, domain=pyo.Binary if self.q.shelters.whole else pyo.NonNegativeReals)
        by_call, by_slot = {}, {}
        for t in trips:
            r, k, h, s = t
            by_call.setdefault((origin[r], h, s), []).append(t)
            by_slot.setdefault((k, h, s), []).append(t)
            for e in on_route[r]:
                if i.damage is not None and i.damage.cut[e, s]:
                    self.say(m.go[t] <= m.harden[e])
        for d, h, s in product(D, H, self.S):
            if need[d, h, s] > 0:
                self.say(sum(m.go[t] for t in by_call.get((d, h, s), [])) + m.unserved[d, h, s] == 1)
            else:
                m.unserved[d, h, s].fix(0)
        self.taken = {}
        share = {}
        for slot, members in by_slot.items():
            k, h, s = slot
            room = o.capacity[k] * o.ready[k, h] * usable[self.site[k], s]
            people = sum(need[origin[t[0]], h, s] * m.go[t] for t in members)
            self.taken[slot] = people
            if room <= 0:
                self.say(people <= 0)
                continue
            share[slot] = people / room
            self.say(people <= room * m.open[k])
            self.disturbance += self.p[s] * o.interruption[k, h] * share[slot]
        for j, h, s in product(self.J, H, self.S):
            here = [slot for slot in share if self.site[slot[0]] == j and slot[1:] == (h, s)]
            rooms = [k for k in self.store if self.site[k] == j]
            if here:
                self.say(
                    sum(o.footprint[slot[0]] * share[slot] for slot in here)
                    + sum(o.footprint[k] * m.open[k] for k in rooms)
                    <= 1
                )
            if self.q.shelters.one_mode and len(here) > 1:
                choice = pyo.Var(range(len(here)), domain=pyo.Binary)
                m.add_component(f"mode_{j}_{h}_{s}", choice)
                self.say(sum(choice[n] for n in range(len(here))) <= 1)
                for n, slot in enumerate(here):
                    self.say(share[slot] <= choice[n])
        weight = i.phases.weight
        loss = {s: sum(weight[h] * need[d, h, s] * m.unserved[d, h, s] for d, h in product(D, H)) for s in self.S}
        self.objectives["unserved"] = sum(self.p[s] * loss[s] for s in self.S)
        m.eta, m.excess = pyo.Var(), pyo.Var(self.S, domain=pyo.NonNegativeReals)
        m.worst = pyo.Var()
        for s in self.S:
            self.say(m.excess[s] >= loss[s] - m.eta)
            self.say(m.worst >= loss[s])
        tail = sum(self.p[s] * m.excess[s] for s in self.S) / (1 - self.q.alpha)
        self.objectives["unserved_cvar"] = m.eta + tail
        self.objectives["unserved_worst"] = m.worst
        self.objectives["travel"] = sum(
            self.p[s] * need[origin[r], h, s] * i.routes.minutes[r, s] * m.go[r, k, h, s] for r, k, h, s in trips
        )
        self.objectives["disturbance"] = self.disturbance

    def _stock(self) -> None:
        i, m, o, goods = self.i, self.m, self.i.options, self.i.commodities
        C = range(goods.commodity.size)
        m.stock = pyo.Var(self.store, C, domain=pyo.NonNegativeReals)
        for k in self.store:
            self.say(sum(goods.volume[c] * m.stock[k, c] for c in C) <= o.capacity[k] * m.open[k])
        for j in self.J:
            rooms = [k for k in self.store if self.site[k] == j]
            if len(rooms) > 1:
                self.say(sum(m.open[k] for k in rooms) <= 1)
        self.cost += sum(goods.price[c] * m.stock[k, c] for k, c in product(self.store, C))
        a, b = i.hauls.haul["origin"].position, i.hauls.haul["destination"].position
        L = range(i.hauls.haul.size)
        on_haul = {n: [] for n in L}
        if i.hauls.crossing is not None:
            for n, e in zip(i.hauls.crossing["haul"].position, i.hauls.crossing["link"].position, strict=True):
                on_haul[n].append(e)
        m.ship = pyo.Var(L, C, self.S, domain=pyo.NonNegativeReals)
        m.short = pyo.Var(self.J, C, self.S, domain=pyo.NonNegativeReals)
        m.left = pyo.Var(self.J, C, self.S, domain=pyo.NonNegativeReals)
        big = 1e6
        holders = {self.site[k] for k in self.store}
        for n, s in product(L, self.S):
            cut = [e for e in on_haul[n] if i.damage is not None and i.damage.cut[e, s] and not i.hauls.passable[n, s]]
            for c in C:
                if not i.hauls.passable[n, s] and not cut:
                    m.ship[n, c, s].fix(0)
                if not self.q.stock.relay and a[n] not in holders:
                    m.ship[n, c, s].fix(0)
                for e in cut:
                    self.say(m.ship[n, c, s] <= big * m.harden[e])
        self.short_total = 0
        for j, c, s in product(self.J, C, self.S):
            asked = float(i.requests.request[j, c, s]) if i.requests is not None else 0.0
            if self.q.shelters is not None:
                asked += sum(
                    goods.ration[c] * self._days(h) * people
                    for (k, h, t), people in self.taken.items()
                    if self.site[k] == j and t == s
                )
            held = i.effects.survives[j, s] * sum(m.stock[k, c] for k in self.store if self.site[k] == j)
            come = sum(m.ship[n, c, s] for n in L if b[n] == j)
            gone = sum(m.ship[n, c, s] for n in L if a[n] == j)
            if not self.q.stock.relay:
                self.say(gone <= held)  # goods that arrived are not sent on
            self.say(come + held + m.short[j, c, s] == gone + asked + m.left[j, c, s])
            self.say(m.short[j, c, s] <= asked)
        P = list(product(self.J, C, self.S))
        self.objectives["shortage"] = sum(self.p[s] * goods.severity[c] * m.short[j, c, s] for j, c, s in P)
        freight = sum(
            self.p[s] * goods.freight[c] * i.hauls.metres[n] * m.ship[n, c, s] for n, c, s in product(L, C, self.S)
        )
        self.objectives["operations"] = freight + sum(self.p[s] * goods.holding[c] * m.left[j, c, s] for j, c, s in P)
        if self.q.stock.standing > 0:
            people = float(i.demand.people.sum())
            for c in C:
                total = sum(m.stock[k, c] for k in self.store)
                self.say(total >= goods.ration[c] * self.q.stock.standing * people)

    def _corridors(self) -> None:
        i, m, net, roads = self.i, self.m, self.i.corridors, self.i.roads
        link, tier = net.lane["link"].position, net.lane["tier"].position
        A = range(net.lane.size)
        m.corridor = pyo.Var(A, domain=pyo.Binary)
        self.cost += sum(net.cost[a] * m.corridor[a] for a in A)
        for e in self.E:
            here = [a for a in A if link[a] == e]
            if len(here) > 1:
                self.say(sum(m.corridor[a] for a in here) <= 1)
        gates = {int(net.key_node.position[k]) for k in range(net.key.size) if net.gateway[k]}
        root = int(net.key_node.position[next(k for k in range(net.key.size) if net.gateway[k])])
        first = next(k for k in range(net.key.size) if net.gateway[k])
        tier_of = [
            max(net.key_tier.position[k], net.key_tier.position[first]) if net.gateway[k] else net.key_tier.position[k]
            for k in range(net.key.size)
        ]
        guests = [
            (f"key{k}", int(net.key_node.position[k]), int(tier_of[k]), float(net.ways[k]), [])
            for k in range(net.key.size)
            if net.key_node.position[k] != root and net.ways[k] > 0
        ]
        if self.q.corridors.tie_stock and i.sites.node is not None:
            for k in self.store:
                node = int(i.sites.node.position[self.site[k]])
                if node not in gates:
                    guests.append((f"room{k}", node, net.tier.size - 1, 1.0, [k]))
        for name, node, lowest, ways, options in guests:
            flow = pyo.Var(self.E, [0, 1], bounds=(0, 1))
            m.add_component(f"flow_{name}", flow)
            for e in self.E:
                good = [a for a in A if link[a] == e and tier[a] <= lowest]
                self.say(flow[e, 0] + flow[e, 1] <= sum(m.corridor[a] for a in good) + 0 * flow[e, 0])
            arrives = ways * m.open[options[0]] if options else ways
            for v in range(roads.node.size):
                net_out = 0 * flow[0, 0]
                for e in self.E:
                    if roads.tail.position[e] == v:
                        net_out += flow[e, 0] - flow[e, 1]
                    if roads.head.position[e] == v:
                        net_out += flow[e, 1] - flow[e, 0]
                from_gate = {root} if node in gates else gates
                if v == node:
                    self.say(net_out == -arrives)
                elif v in from_gate:
                    self.say(net_out >= 0)
                else:
                    self.say(net_out == 0)
        held = LEVELS[: LEVELS.index(self.q.corridors.holds) + 1]
        for a, s in product(A, self.S):
            if i.damage is not None and i.damage.cut[link[a], s] and i.scenarios.level[s] in held:
                self.say(m.corridor[a] <= m.harden[link[a]])

    def _rules(self) -> None:
        i, m = self.i, self.m
        for promise in self.q.promises:
            for s in self.S:
                if i.scenarios.level[s] != promise.level:
                    continue
                if promise.unserved is not None:
                    self._promise_places(promise, s)
                if promise.short is not None:
                    for c in range(i.commodities.commodity.size):
                        self.say(
                            sum(m.short[j, c, s] for j in self.J)
                            <= promise.short * sum(self._asked(j, c, s) for j in self.J)
                        )
        if self.q.budget is not None:
            self.say(self.cost <= self.q.budget)
        for mode, most in self.q.counts.items():
            number = i.modes.mode.position(mode)
            self.say(sum(m.open[k] for k in self.O if self.mode[k] == number) <= most)
        for j in self.J:
            if i.sites.status[j] in ("required", "existing") or i.sites.site.label(j) in self.q.require:
                self.say(sum(m.open[k] for k in self.O if self.site[k] == j) >= 1)
        for k in self.O:
            if i.options.option.label(k) in self.q.require:
                self.say(m.open[k] >= 1)
        for name, most in self.q.limits.items():
            self.say((self.cost if name == "cost" else self.objectives[name]) <= most)

    def _promise_places(self, promise: object, s: int) -> None:
        i, m, need = self.i, self.m, self.i.effects.need
        for h in range(i.phases.phase.size):
            if promise.phase is not None and i.phases.phase.label(h) != promise.phase:
                continue
            zones = {None}
            if promise.by_zone:
                zones = set(i.demand.zone.position.tolist())
            for z in zones:
                D = [d for d in range(i.demand.demand.size) if z is None or i.demand.zone.position[d] == z]
                total = sum(need[d, h, s] for d in D)
                if total > 0:
                    self.say(sum(need[d, h, s] * m.unserved[d, h, s] for d in D) <= promise.unserved * total)

    def _days(self, h: int) -> float:
        start, days = self.i.phases.start[h] / 24, self.i.phases.days[h]
        help_comes = np.inf if self.q.stock.days is None else self.q.stock.days
        return max(0.0, min(start + days, help_comes) - start)

    def _asked(self, j: int, c: int, s: int) -> object:
        i, goods = self.i, self.i.commodities
        asked = float(i.requests.request[j, c, s]) if i.requests is not None else 0.0
        if self.q.shelters is not None:
            for (k, h, t), people in self.taken.items():
                if self.site[k] == j and t == s:
                    asked += goods.ration[c] * self._days(h) * people
        return asked
