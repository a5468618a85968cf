"""How long it takes to evaluate a population of sitings: all at once, and one individual at a time.

    python -m tests.benchmarks.population

A made-up city (demand points, sites, scenarios that differ in need and in the sites that are usable) becomes an
integrated plan with the objectives cost, unserved, travel and CVaR of unserved. 100 random genomes are evaluated by

- ours: the decoder ``Greedy`` (and ``Nearest``), one call for the whole population, from the
  matrix of the program;
- loop: what a user writes into a pymoo ``ElementwiseProblem``, written with care: plain Python on lists, demand by
  demand and scenario by scenario, for a few individuals; its time is scaled to the population;
- numpy: the same one individual at a time with arrays, for some individuals, scaled likewise.

All follow the same rule (people apply to their nearest open place with room, which takes the nearest first; who is
turned away applies elsewhere) and must find the same numbers; a difference is exit 1. So is a plan of ours that does
not keep the rows of the program. The tables that ours reads from the matrix once for a whole search, and the
lists of the peers, are timed apart or not at all. Wall time and processor time are both shown.
"""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version

import numpy as np

from formulations.measures.cvar import cvar_value
from formulations.plan import IntegratedPlan
from instances.index import Index
from instances.instance import About, Instance
from instances.network import Routes
from instances.places import Demand, Sites
from instances.preparation import Modes, Options, Phases
from instances.scenarios import Effects, Scenarios
from solver.certificate import verify
from solver.genetic.decoders.shelters import Greedy, Nearest
from solver.genetic.genome import Genome

ALPHA, EMPTY, AGREE, ORDER = 0.9, 1e-9, 1e-9, 1e-12


def city(demand: int, sites: int, scenarios: int, near: int, seed: int = 1) -> Instance:
    """Random places on a square; a sixth of the sites is lost in each scenario, others lose part of their area."""
    rng = np.random.default_rng(seed)
    homes, places = rng.uniform(0, 5000, (demand, 2)), rng.uniform(0, 5000, (sites, 2))
    metres = np.hypot(*(homes[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    closest = np.sort(np.argsort(metres, axis=1)[:, :near], axis=1)
    i, j = np.repeat(np.arange(demand), near), closest.ravel()
    people = rng.integers(20, 400, demand).astype(float)
    D = Index.named("demand", (f"d{k}" for k in range(demand)))
    J = Index.named("site", (f"s{k}" for k in range(sites)))
    S = Index.named("scenario", (f"w{k}" for k in range(scenarios)))
    H, M = Index.named("phase", ["days"]), Index.named("mode", ["stay"])
    O = Index.tuples("option", site=(J, np.arange(sites)), mode=(M, np.zeros(sites, int)))
    W = Index.named("way", ["direct"])
    route = Index.tuples("route", demand=(D, i), site=(J, j), way=(W, np.zeros(i.size, int)))
    weight = rng.uniform(0.5, 1.5, scenarios)
    share = rng.uniform(0.1, 0.6, scenarios) * rng.uniform(0.7, 1.3, (demand, scenarios))
    usable = rng.choice([0.0, 0.5, 1.0], size=(sites, scenarios), p=[1 / 6, 1 / 6, 2 / 3])
    capacity = np.floor(rng.uniform(0.5, 1.5, sites) * 0.35 * people.sum() / (0.3 * sites))
    slow = rng.choice([1.0, 1.25, 1.5], scenarios)
    blank = np.array([""])
    return Instance(
        about=About("made up", {"en": "Made-up city"}, "", seed=seed, synthetic=True),
        sites=Sites(
            J, *places.T, rng.uniform(500, 5000, sites), np.full(sites, "school"), np.full(sites, "candidate"),
            np.repeat(blank, sites),
        ),
        scenarios=Scenarios(
            S, weight / weight.sum(), np.full(scenarios, "high"), np.full(scenarios, "flood"),
            np.repeat(blank, scenarios),
        ),
        demand=Demand(D, *homes.T, people, np.repeat(blank, demand)),
        phases=Phases(H, np.zeros(1), np.ones(1), np.ones(1)),
        modes=Modes(M, H, np.array(["shelter"]), np.array([1e6]), np.ones((1, 1), bool), blank),
        options=Options(
            O, H, capacity, np.round(rng.uniform(5e3, 5e4, sites)), np.zeros(sites), np.zeros((sites, 1)),
            np.ones(sites), np.ones((sites, 1)),
        ),
        effects=Effects(S, D, H, J, np.floor(people[:, None] * share)[:, None, :], usable, usable),
        routes=Routes(route, S, metres[i, j], metres[i, j][:, None] / 80.0 * slow),
    )  # fmt: skip


def question() -> IntegratedPlan:
    return IntegratedPlan(objectives=("cost", "unserved", "travel", "unserved_cvar"), alpha=ALPHA)


# -- the peers: individual by individual, from the data of the city ------------------------------------------------


class Loop:
    """Plain Python on lists."""

    def __init__(self, town: Instance, rooms: bool) -> None:
        effects, routes, options = town.effects, town.routes, town.options
        assert effects is not None and routes is not None and options is not None
        demand, scenarios = effects.need.shape[0], effects.need.shape[2]
        site = routes.route["site"].position.reshape(demand, -1)
        minutes = routes.minutes.reshape(demand, -1, scenarios)
        order = np.argsort(minutes[:, :, 0], axis=1, kind="stable")
        self.site = np.take_along_axis(site, order, axis=1).tolist()
        self.minutes = np.take_along_axis(minutes, order[:, :, None], axis=1).transpose(2, 0, 1).tolist()
        self.need = effects.need[:, 0, :].T.tolist()
        self.room = (options.capacity[:, None] * effects.usable).T.tolist()
        self.usable = (effects.usable > 0).T.tolist()
        self.cost = options.cost.tolist()
        self.probability = town.scenarios.probability.tolist()
        self.rooms = rooms

    def evaluate(self, opened: list[bool]) -> list[float]:
        losses, travel = [], 0.0
        for s, p in enumerate(self.probability):
            walk = self._serve if self.rooms else self._send
            loss, walked = walk(opened, s)
            losses.append(loss)
            travel += p * walked
        cost = sum(c for c, is_open in zip(self.cost, opened, strict=True) if is_open)
        mean = sum(p * loss for p, loss in zip(self.probability, losses, strict=True))
        tail, value = 1.0 - ALPHA, 0.0
        left = tail
        for loss, p in sorted(zip(losses, self.probability, strict=True), reverse=True):
            value += min(p, left) * loss
            left -= min(p, left)
        return [cost, mean, travel, value / tail]

    def _send(self, opened: list[bool], s: int) -> tuple[float, float]:
        """Everybody to the nearest open place."""
        usable, need, minutes = self.usable[s], self.need[s], self.minutes[s]
        loss = walked = 0.0
        for i, sites in enumerate(self.site):
            for r, j in enumerate(sites):
                if opened[j] and usable[j]:
                    walked += need[i] * minutes[i][r]
                    break
            else:
                loss += need[i]
        return loss, walked

    def _serve(self, opened: list[bool], s: int) -> tuple[float, float]:
        """Rounds of applications to the nearest open place with room."""
        usable, minutes, room = self.usable[s], self.minutes[s], self.room[s][:]
        left, site = self.need[s][:], self.site
        full = [EMPTY * q for q in room]
        waiting = [(i, 0) for i in range(len(left)) if left[i] > 0]
        walked = 0.0
        while waiting:
            asking: dict[int, list[tuple[float, int, int]]] = {}
            for i, first in waiting:
                sites = site[i]
                for r in range(first, len(sites)):
                    j = sites[r]
                    if opened[j] and usable[j] and room[j] > full[j]:
                        asking.setdefault(j, []).append((minutes[i][r], i, r))
                        break
            waiting = []
            for j, who in asking.items():
                if sum(left[i] for _, i, _ in who) > room[j]:
                    who.sort()
                for m, i, r in who:
                    given = min(left[i], room[j])
                    room[j] -= given
                    left[i] -= given
                    walked += given * m
                    if left[i] > EMPTY * self.need[s][i]:
                        waiting.append((i, r + 1))
        return sum(left), walked


class Arrays:
    """Numpy, one individual at a time."""

    def __init__(self, town: Instance, rooms: bool) -> None:
        effects, routes, options = town.effects, town.routes, town.options
        assert effects is not None and routes is not None and options is not None
        demand, self.scenarios = effects.need.shape[0], effects.need.shape[2]
        site = routes.route["site"].position.reshape(demand, -1)
        minutes = routes.minutes.reshape(demand, -1, self.scenarios)
        order = np.argsort(minutes[:, :, 0], axis=1, kind="stable")
        self.site = np.take_along_axis(site, order, axis=1)
        self.minutes = np.take_along_axis(minutes, order[:, :, None], axis=1)  # demand, rank, scenario
        self.usable = (effects.usable > 0)[self.site]  # demand, rank, scenario
        self.need, self.capacity = effects.need[:, 0, :], options.capacity[:, None] * effects.usable
        self.cost, self.probability = options.cost, town.scenarios.probability
        self.rooms = rooms

    def evaluate(self, opened: np.ndarray) -> list[float]:
        good = self.usable & opened[self.site][:, :, None]
        left, by_scenario = (self._serve if self.rooms else self._send)(good)
        loss, p = left.sum(axis=0), self.probability
        cvar = float(cvar_value(loss[None, :], p, ALPHA)[0])
        return [float(self.cost[opened].sum()), float(loss @ p), float(by_scenario @ p), cvar]

    def _send(self, good: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        far = np.where(good, self.minutes, np.inf).min(axis=1)
        reached = np.isfinite(far)
        return np.where(reached, 0.0, self.need), (self.need * np.where(reached, far, 0.0)).sum(axis=0)

    def _serve(self, good: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        left, room = self.need.copy(), self.capacity.copy()
        full, walked = EMPTY * room, np.zeros(self.scenarios)
        rank = np.arange(good.shape[1])[None, :]
        i, s = np.nonzero(left > 0)
        first = np.zeros(i.size, int)
        while i.size:
            site = self.site[i]
            may = good[i, :, s] & (rank >= first[:, None]) & (room[site, s[:, None]] > full[site, s[:, None]])
            some = may.any(axis=1)
            i, s = i[some], s[some]
            r = may[some].argmax(axis=1)
            j, minutes, wish = self.site[i, r], self.minutes[i, r, s], left[i, s]
            order = np.lexsort((i, minutes, j, s))
            group = (s * len(room) + j)[order]
            before = np.cumsum(wish[order]) - wish[order]
            start = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if group.size else np.empty(0, int)
            before -= np.repeat(before[start], np.diff(np.r_[start, group.size]))
            given = np.empty_like(wish)
            given[order] = np.clip(room[j, s][order] - before, 0.0, wish[order])
            np.subtract.at(room, (j, s), given)
            left[i, s] -= given
            walked += np.bincount(s, given * minutes, self.scenarios)
            waiting = left[i, s] > EMPTY * self.need[i, s]
            i, s, first = i[waiting], s[waiting], r[waiting] + 1
        return left, walked


# -- measuring -------------------------------------------------------------------------------------------------------


Times = tuple[float, float]
"""Seconds on the wall, and of processor time, which other work on the machine disturbs less."""


def clocked(work: Callable[[], np.ndarray]) -> tuple[Times, np.ndarray]:
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    return (time.perf_counter() - wall, time.process_time() - cpu), made


def median(times: list[Times]) -> Times:
    return statistics.median(w for w, _ in times), statistics.median(c for _, c in times)


def line(decoder: str, way: str, count: int, members: int, took: Times, ours: Times, far: str) -> str:
    whole = [t / count * members for t in took]
    times = [t / o for t, o in zip(whole, ours, strict=True)]
    return (
        f"{decoder:<9}{way:<7}{count:>12}{took[0]:>9.2f}{took[1]:>9.2f}{whole[0]:>10.2f}{whole[1]:>9.2f}"
        f"{times[0]:>9.1f}{times[1]:>8.1f}{far:>12}"
    )


def apart(mine: np.ndarray, theirs: np.ndarray) -> float:
    """Largest relative difference."""
    return float((np.abs(mine - theirs) / np.maximum(1.0, np.abs(theirs))).max())


def main() -> None:
    parser = argparse.ArgumentParser(description="Evaluate a population of sitings: at once, or one by one.")
    parser.add_argument("--demand", type=int, default=2000)
    parser.add_argument("--sites", type=int, default=300)
    parser.add_argument("--scenarios", type=int, default=50)
    parser.add_argument("--near", type=int, default=15, help="routes of each demand point")
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2, help="threads of a second timing of ours")
    parser.add_argument("--repeat", type=int, default=3, help="repetitions, of which medians are shown")
    parser.add_argument("--loop", type=int, default=4, help="individuals that the plain loop evaluates")
    parser.add_argument("--arrays", type=int, default=10, help="individuals that numpy evaluates one by one")
    chosen = parser.parse_args()
    town = city(chosen.demand, chosen.sites, chosen.scenarios, chosen.near)
    taken, matrix = time.perf_counter(), question().build(town).matrix()
    print(f"{matrix!r}, built in {time.perf_counter() - taken:.1f} s")
    print(
        f"{chosen.members} individuals, {chosen.demand} demand x {chosen.sites} sites x {chosen.scenarios} scenarios, "
        f"{chosen.near} routes each; Python {platform.python_version()}, numpy {version('numpy')}, one thread\n"
    )
    rng = np.random.default_rng(7)
    genome = Genome.of(matrix)
    genomes = rng.random((chosen.members, genome.size)) < rng.uniform(0.1, 0.5, (chosen.members, 1))
    wrong = []
    print(
        f"{'':<28}{'measured, s':>18}{f'for all {chosen.members}, s':>19}{'times ours':>17}\n"
        f"{'decoder':<9}{'way':<7}{'individuals':>12}{'wall':>9}{'CPU':>9}{'wall':>10}{'CPU':>9}{'wall':>9}{'CPU':>8}"
        f"{'difference':>12}"
    )
    for name, kind, rooms in (("greedy", Greedy, True), ("nearest", Nearest, False)):
        taken = time.perf_counter()
        decoder = kind.of(genome)
        decoder.evaluate(genomes[:1])
        print(f"{name:<9}tables read once in {time.perf_counter() - taken:.1f} s")
        loop, arrays = Loop(town, rooms), Arrays(town, rooms)
        peers: tuple[tuple[str, int, Callable[[int], list[float]]], ...] = (
            ("loop", chosen.loop, lambda k, p=loop: p.evaluate(genomes[k].tolist())),
            ("numpy", chosen.arrays, lambda k, p=arrays: p.evaluate(genomes[k])),
        )
        some = {way: np.linspace(0, chosen.members - 1, min(n, chosen.members)).astype(int) for way, n, _ in peers}
        took: dict[str, list[Times]] = {"ours": [], "loop": [], "numpy": []}
        values: dict[str, np.ndarray] = {}
        for k in range(chosen.repeat):
            # a population once judged is remembered, so each repetition is given in another order
            turned = np.roll(genomes, k, axis=0)
            seconds, mine = clocked(lambda d=decoder, g=turned: d.evaluate(g))
            took["ours"].append(seconds)
            mine = np.roll(mine, -k, axis=0)
            far = apart(values.setdefault("ours", mine), mine)
            wrong += [] if far <= ORDER else [f"{name}: order changes the numbers by {far:.1e}"]
            # in turn with the peers, so that other work on the machine slows all alike
            for way, _, evaluate in peers:
                seconds, values[way] = clocked(lambda e=evaluate, s=some[way]: np.array([e(int(k)) for k in s]))
                took[way].append(seconds)
        mine, ours = values["ours"], median(took["ours"])
        print(line(name, "ours", chosen.members, chosen.members, ours, ours, ""))
        for way, _, _ in peers:
            far = apart(mine[some[way]], values[way])
            print(line(name, way, len(some[way]), chosen.members, median(took[way]), ours, f"{far:.1e}"))
            wrong += [f"{name} differs from {way} by {far:.1e}"] if not far <= AGREE else []
        if rooms and chosen.threads > 1:
            threaded = kind.of(genome, threads=chosen.threads)
            threaded.evaluate(genomes[:1])
            seconds, same = clocked(lambda d=threaded: d.evaluate(genomes))
            print(line(name, "ours", chosen.members, chosen.members, seconds, ours, f"{chosen.threads} threads"))
            wrong += [] if (same == mine).all() else ["threads change the numbers"]
        if rooms:
            plans = decoder.decode(genomes[:2])
            for k in range(2):
                checked = verify(matrix, {"cost": 1.0}, plans[[k]].toarray()[0], verify_bound=False)
                wrong += list(checked.problems)
            far = apart(mine[:2], matrix.evaluate(plans))
            wrong += [f"{name}: plans give other values than evaluate, by {far:.1e}"] if not far <= AGREE else []
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"\npeak memory of this process, matrix and peers included: {peak:.1f} GB")
    print(
        "loop: plain Python on lists, prepared once (sites by distance, only open and usable ones looked at, sorted\n"
        "only where people exceed the room); numpy: the same with arrays; both one by one, scaled to all.\n"
        "ours: the whole population in one call, one thread unless said otherwise; medians of "
        f"{chosen.repeat} repetitions in turn.\n"
        "target: the loop takes at least 20 times as long as ours"
    )
    print("same numbers from all, and plans that keep all rows: " + ("yes" if not wrong else f"NO: {'; '.join(wrong)}"))
    if wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
