"""How long times between people and sites take in many damage scenarios: ours and scipy's Dijkstra in one run.

    python -m tests.benchmarks.travel

A generated city with a road graph of 250,000 directed edges, 7,000 demand points, 1,500 sites and 100 scenarios that
cut and slow links. Seconds are those of the processor, so that a busy machine does not count.

- scipy: ``scipy.sparse.csgraph.dijkstra`` from every site node with the same cutoff, once a scenario, in blocks of
  rows that fit in memory. Only the calls are timed, not the making of graphs and not the choice of columns. Sites are
  fewer than demand points and walking is symmetric, so this is the shorter way round for scipy too.
- ours, times: the same times by :func:`instances.travel.sweep.sweep`, weights of scenarios included.
- ours, step: ``walking_routes``, the whole step of a build: routes, minutes, detours around cuts, crossings.

Every time of every pair in every scenario is compared to the millisecond; a difference is exit 1. At the end the whole
city is built in a fresh process, for its seconds and its peak of memory.
"""

from __future__ import annotations

import argparse
import platform
import resource
import subprocess
import sys
import time
from importlib.metadata import version
from typing import Any

import numpy as np
from scipy.sparse import csgraph

from instances.catalog import build
from instances.instance import Instance
from instances.streets.graph import Network
from instances.streets.snapping import Snapped, snap
from instances.travel.arcs import Arcs, limit_of, milliseconds
from instances.travel.reach import slowed
from instances.travel.sweep import Reached, sweep
from instances.travel.ways import walking_routes

TARGET, MINUTES, GIGABYTES = 5.0, 5.0, 6.0


def doors(city: Instance) -> tuple[Snapped, Snapped]:
    """Where homes and sites meet the roads."""
    import shapely

    roads = city.roads
    flags = np.zeros(len(roads.link), bool)
    lines = [shapely.LineString(roads.line(k)) for k in range(len(roads.link))]
    network = Network(roads, flags, flags, (), shapely.STRtree(lines))
    home, door = (snap(network, p.x, p.y, 4.0) for p in (city.demand, city.sites))
    return home, door


def ours(city: Instance, sources: np.ndarray, targets: np.ndarray, cutoff: float) -> Reached:
    """All times by repair."""
    roads, damage = city.roads, city.damage

    def weight(links: np.ndarray, these: slice) -> np.ndarray:
        return milliseconds(slowed(roads.walk[links], damage.cut[links, these], damage.slowdown[links, these]))

    scenarios = len(city.scenarios.scenario)
    return sweep(
        Arcs.of_roads(roads), roads.x, roads.y, milliseconds(roads.walk), weight, scenarios, sources, targets,
        limit_of(cutoff),
    )  # fmt: skip


def scipy_times(city: Instance, found: Reached, sources: np.ndarray, targets: np.ndarray, limit: int) -> Any:
    """Seconds of scipy's searches, and the scenarios in which a time differs."""
    roads, damage = city.roads, city.damage
    arcs = Arcs.of_roads(roads)
    row, taken, unequal = np.searchsorted(sources, found.source), 0.0, []
    for s in range(len(city.scenarios.scenario)):
        weight = milliseconds(np.where(damage.cut[:, s], np.inf, roads.walk * damage.slowdown[:, s]))
        matrix, _ = arcs.sparse(weight)
        same, pairs = True, 0
        for k in range(0, len(sources), arcs.block()):
            begun = time.process_time()
            times = csgraph.dijkstra(matrix, indices=sources[k : k + arcs.block()], limit=limit + 0.5)
            taken += time.process_time() - begun
            mine = np.flatnonzero((row >= k) & (row < k + arcs.block()))
            theirs = times[row[mine] - k, found.target[mine]]
            same &= bool((np.where(np.isinf(theirs), found.far, theirs) == found.time[mine, s]).all())
            pairs += int(np.isfinite(times[:, targets]).sum())
        if not same or pairs != int((found.time[:, s] < found.far).sum()):
            unequal.append(s)
    return taken, unequal


def built_alone(options: dict[str, Any]) -> tuple[float, float, float]:
    """Processor seconds, seconds and peak megabytes of building the city in a fresh process."""
    code = (
        "import resource, time; from instances.catalog import build; begun = time.perf_counter(); "
        f"build('city', **{options!r}); u = resource.getrusage(resource.RUSAGE_SELF); "
        "print(u.ru_utime + u.ru_stime, time.perf_counter() - begun, u.ru_maxrss / 1024)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    cpu, wall, peak = (float(v) for v in told)
    return cpu, wall, peak


def main() -> None:
    parser = argparse.ArgumentParser(description="Travel times in many scenarios: ours and scipy's Dijkstra.")
    parser.add_argument("--demand", type=int, default=7000)
    parser.add_argument("--sites", type=int, default=1500)
    parser.add_argument("--scenarios", type=int, default=100)
    parser.add_argument("--block", type=float, default=136.0, help="m between streets; sets the size of the graph")
    parser.add_argument("--cutoff", type=float, default=30.0, help="minutes on foot")
    parser.add_argument("--no-build", action="store_true", help="leave out the build in a fresh process")
    chosen = parser.parse_args()
    options = {"demand": chosen.demand, "sites": chosen.sites, "scenarios": chosen.scenarios, "block": chosen.block}
    options |= {"walk": chosen.cutoff, "nearest": 10}
    city = build("city", **options)
    home, door = doors(city)
    sources, targets = np.unique(door.node), np.unique(home.node)

    begun = time.process_time()
    found = ours(city, sources, targets, chosen.cutoff)
    times = time.process_time() - begun
    begun = time.process_time()
    routes = walking_routes(
        city.roads, city.scenarios.scenario, city.damage, city.demand.demand, home.node, home.access,
        city.sites.site, door.node, door.access, chosen.cutoff,
    )  # fmt: skip
    step = time.process_time() - begun
    searches, unequal = scipy_times(city, found, sources, targets, limit_of(chosen.cutoff))

    edges, damage = 2 * len(city.roads.link), city.damage
    print(f"{edges} directed edges, {chosen.demand} demand points, {chosen.sites} sites, {chosen.scenarios} scenarios")
    print(
        f"cut {damage.cut.mean():.1%} of links, slowed {(damage.slowdown > 1).mean():.0%}, in {chosen.scenarios} "
        f"scenarios; {len(found.source)} pairs of nodes within {chosen.cutoff:g} minutes, {len(routes.route)} routes"
    )
    print(f"Python {platform.python_version()} numpy {version('numpy')} scipy {version('scipy')}\n")
    for name, seconds in (("scipy dijkstra", searches), ("ours, times", times), ("ours, step", step)):
        print(f"{name:<15}{seconds:>9.2f} s of the processor {searches / seconds:>7.1f} times scipy's speed")
    print(f"\ntarget: at least {TARGET:g} times scipy's speed")
    print("same times: " + (f"NO, in scenarios {unequal}" if unequal else "yes, every pair in every scenario"))
    here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak of memory of this run: {here:.0f} MB")
    if not chosen.no_build:
        cpu, wall, peak = built_alone(options)
        print(f"city built alone: {wall:.0f} s, {cpu:.0f} s of the processor, peak {peak:.0f} MB   target: at most "
              f"{60 * MINUTES:.0f} s, {1000 * GIGABYTES:.0f} MB")  # fmt: skip
    if unequal:
        sys.exit(1)


if __name__ == "__main__":
    main()
