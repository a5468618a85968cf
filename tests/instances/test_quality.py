"""The quality report against counts by plain loops, linear programs and enumeration."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from instances.index import Index, Map
from instances.instance import Instance
from instances.network import Corridors
from instances.quality import Section, quality, unusable
from instances.schema import InstanceError, data_of
from tests.instances.tiny import tiny_instance

TOWN = tiny_instance()
SPRAWL = tiny_instance(demand=12, sites=4, cutoff=9.0, rows=3, columns=6, phases=3, requests=True)


def table(town: Instance, name: str) -> list[dict[str, object]]:
    section = quality(town).section(name)
    return [dict(zip((column for column, _ in section.columns), row, strict=True)) for row in section.rows]


def roomy(town: Instance) -> Instance:
    """A hundred times the room, so that nothing is short."""
    return replace(town, options=replace(town.options, capacity=town.options.capacity * 100))


def test_a_town_without_troubles_is_usable():
    found = quality(roomy(tiny_instance(seed=3)))
    assert (found.warnings, found.faults, found.verdict) == ((), (), "usable")


def test_a_warning_makes_it_usable_with_warnings():
    assert quality(tiny_instance(seed=3)).verdict in ("usable", "usable with warnings")
    small = replace(TOWN, options=replace(TOWN.options, capacity=TOWN.options.capacity / 100))
    assert quality(small).verdict == "usable with warnings"


def test_data_that_make_no_instance_are_not_usable():
    with pytest.raises(InstanceError) as caught:
        replace(TOWN, demand=replace(TOWN.demand, people=[-1, -1, 1, 1]))
    found = unusable("tiny", caught.value)
    assert found.verdict == "not usable"
    assert found.to_dict()["faults"] == list(caught.value.faults)


def test_the_report_is_json_and_repeats_what_the_builder_said():
    about = replace(TOWN.about, notes=("dropped 2 benches",))
    told = json.loads(json.dumps(quality(replace(TOWN, about=about)).to_dict(), allow_nan=False))
    assert told["notes"] == ["dropped 2 benches"]
    assert told["assumptions"] == list(TOWN.about.assumptions)
    assert told["digest"] == TOWN.digest
    assert told["synthetic"] is True
    for section in told["sections"]:
        assert all(len(row) == len(section["columns"]) for row in section["rows"])


def test_every_index_set_is_counted():
    assert {row["set"]: row["elements"] for row in table(TOWN, "numbers")} == {
        index.name: len(index.labels()) for index in TOWN.indexes.values()
    }


def test_an_instance_of_sites_and_scenarios_alone_gets_a_report_too():
    bare = Instance(about=replace(TOWN.about, crs=""), sites=replace(TOWN.sites, node=None), scenarios=TOWN.scenarios)
    found = quality(bare)
    assert found.verdict == "usable"
    assert [section.name for section in found.sections] == ["numbers", "scenarios", "levels", "ranges"]
    with pytest.raises(KeyError, match="there are numbers, scenarios"):
        found.section("reach")


@pytest.mark.parametrize(
    "left_out",
    [("demand", "effects", "routes"), ("zones",), ("effects",), ("modes", "options"), ("roads", "damage"), ("phases",)],
)
def test_parts_that_are_absent_are_left_out_of_the_report(left_out):
    less = dict.fromkeys(left_out)
    found = quality(replace(SPRAWL, **less))
    assert len(found.sections) > 3


def test_people_add_up_by_zone():
    rows = table(SPRAWL, "people")
    for z, row in enumerate(rows[:-1]):
        inside = [i for i in range(12) if SPRAWL.demand.zone.position[i] == z]
        assert row["demand points"] == len(inside)
        assert row["residents"] == sum(SPRAWL.demand.people[i] for i in inside)
        assert row["need at worst"] == sum(SPRAWL.effects.need[i].max() for i in inside)
    assert rows[-1]["residents"] == SPRAWL.demand.people.sum() == sum(row["residents"] for row in rows[:-1])


def test_scenarios_are_told_with_what_they_do():
    for s, row in enumerate(table(SPRAWL, "scenarios")):
        assert row["probability"] == SPRAWL.scenarios.probability[s]
        assert row["in need"] == max(SPRAWL.effects.need[:, h, s].sum() for h in range(3))
        assert row["links cut"] == sum(SPRAWL.damage.cut[:, s])
        assert row["sites lost"] == sum(share == 0 for share in SPRAWL.effects.usable[:, s])
        assert row["sites hurt"] == sum(0 < share < 1 for share in SPRAWL.effects.usable[:, s])
        assert row["hauls blocked"] == sum(~SPRAWL.hauls.passable[:, s])
    assert sum(row["probability"] for row in table(SPRAWL, "levels")) == pytest.approx(1.0)


def most_people(town: Instance, site: int, phase: int, scenario: int) -> float:
    """The linear program of one site: modes share its area."""
    options, modes = town.options, town.modes
    gain, area = [], []
    for o in range(len(options.option)):
        m = options.option["mode"].position[o]
        if options.option["site"].position[o] == site and modes.role[m] == "shelter" and modes.serves[m, phase]:
            gain.append(options.capacity[o] * options.ready[o, phase] * town.effects.usable[site, scenario])
            area.append(options.footprint[o])
    return -linprog([-g for g in gain], A_ub=[area], b_ub=[1.0], bounds=[(0, 1)] * len(gain)).fun if gain else 0.0


@pytest.mark.parametrize("seed", range(4))
def test_room_is_the_optimum_of_sharing_each_site_among_its_modes(seed):
    dice = np.random.default_rng(seed)
    town = tiny_instance(sites=4, seed=seed)
    options = replace(
        town.options,
        footprint=dice.uniform(0.1, 1.0, len(town.options.option)),
        ready=dice.uniform(0.0, 1.0, town.options.ready.shape),
    )
    town = replace(town, options=options)
    pairs = itertools.product(range(2), range(3))
    for (h, s), row in zip(pairs, table(town, "capacity"), strict=True):
        most = sum(most_people(town, j, h, s) for j in range(4))
        assert row["room at most"] == pytest.approx(most)
        assert row["in need"] == town.effects.need[:, h, s].sum()
        assert row["filled"] == pytest.approx(row["in need"] / most)


def test_forbidden_sites_give_no_room_no_stock_and_no_reach():
    none = replace(TOWN, sites=replace(TOWN.sites, status=["forbidden"] * 3))
    assert {row["room at most"] for row in table(none, "capacity")} == {0.0}
    assert {row["filled"] for row in table(none, "capacity")} == {None}
    assert {row["storage left"] for row in table(none, "stock")} == {0.0}
    assert all(row["out of reach anyway"] == row["in need"] for row in table(none, "reach"))


def test_too_little_room_is_told_with_the_worst_case_and_its_numbers():
    small = replace(TOWN, options=replace(TOWN.options, capacity=TOWN.options.capacity / 10))
    (warning,) = (w for w in quality(small).warnings if w.startswith("room"))
    short = [row for row in table(small, "capacity") if row["in need"] > row["room at most"]]
    worst = max(short, key=lambda row: row["in need"] - row["room at most"])
    assert f"in {len(short)} of 6 pairs" in warning
    assert f"{worst['phase']}, {worst['scenario']}: {worst['in need']:,.0f} people" in warning


def has_place(town: Instance, i: int, h: int, s: int, as_roads_stand: bool) -> bool:
    """By plain loops over routes and options, straight from the definition of a trip."""
    routes, options, modes = town.routes, town.options, town.modes
    for r in range(len(routes.route)):
        if routes.route["demand"].position[r] != i:
            continue
        crossed = routes.crossing["link"].position[routes.crossing["route"].position == r]
        if as_roads_stand and town.damage.cut[crossed, s].any():
            continue
        for o in range(len(options.option)):
            j, m = options.option["site"].position[o], options.option["mode"].position[o]
            if (
                j == routes.route["site"].position[r]
                and modes.role[m] == "shelter"
                and modes.serves[m, h]
                and options.ready[o, h] > 0
                and options.capacity[o] > 0
                and town.effects.usable[j, s] > 0
                and routes.minutes[r, s] <= modes.standard[m]
            ):
                return True
    return False


@pytest.mark.parametrize(
    "town", [TOWN, SPRAWL, tiny_instance(demand=8, cutoff=6.0, seed=2)], ids=["town", "sprawl", "near"]
)
def test_people_out_of_reach_are_those_that_a_search_finds_no_place_for(town):
    need, demand = town.effects.need, range(len(town.demand.demand))
    rows = iter(table(town, "reach"))
    for h, s in itertools.product(range(need.shape[1]), range(need.shape[2])):
        row = next(rows)
        assert row["in need"] == need[:, h, s].sum()
        assert row["cut off as roads stand"] == sum(need[i, h, s] for i in demand if not has_place(town, i, h, s, True))
        assert row["out of reach anyway"] == sum(need[i, h, s] for i in demand if not has_place(town, i, h, s, False))


def test_people_who_can_never_reach_a_place_are_named_and_counted_by_zone():
    routes = TOWN.routes
    keep = np.flatnonzero(routes.route["demand"].position != 1)
    cut = without_routes(TOWN, keep)
    found = quality(cut)
    people = TOWN.demand.people[1]
    zone = TOWN.zones.zone.label(int(TOWN.demand.zone.position[1]))
    for row in table(cut, "unreached"):
        there = row["zone"] == zone
        assert (row["out of reach"], row["which"]) == ((people, "block 2") if there else (0.0, ""))
    (reach,) = (warning for warning in found.warnings if warning.startswith("reach"))
    assert f"{people:,.0f} people at 1 demand points" in reach
    assert "phase hours, days (block 2)" in reach


def without_routes(town: Instance, keep: np.ndarray) -> Instance:
    """Only some of the routes."""
    old = town.routes
    parts = {key: (part.target, part.position[keep]) for key, part in old.route.parts.items()}
    route = Index.tuples("route", **parts)
    number = np.full(len(old.route), -1)
    number[keep] = np.arange(keep.size)
    on, link = (old.crossing[key].position for key in ("route", "link"))
    left = number[on] >= 0
    crossing = Index.tuples("crossing", route=(route, number[on][left]), link=(town.roads.link, link[left]))
    return replace(
        town,
        routes=replace(old, route=route, metres=old.metres[keep], minutes=old.minutes[keep], crossing=crossing),
    )


def test_sites_that_nobody_reaches_are_named():
    lonely = without_routes(TOWN, np.flatnonzero(TOWN.routes.route["site"].position != 2))
    assert [row["site"] for row in table(lonely, "idle sites")] == ["hall 3"]
    assert any("nobody can reach 1 of 3" in warning and "(hall 3)" in warning for warning in quality(lonely).warnings)


def test_routes_are_counted_by_demand_point_and_pairs_dropped_are_told():
    values = {row["what"]: row["value"] for row in table(SPRAWL, "routes")}
    ends = list(zip(*(SPRAWL.routes.route[key].position.tolist() for key in ("demand", "site")), strict=True))
    per_demand = [sum(i == k for i, _ in ends) for k in range(12)]
    assert values["pairs of demand and site"] == 48
    assert values["pairs with a route"] == len(set(ends))
    assert values["pairs dropped, out of reach"] == 48 - len(set(ends)) > 0
    assert values["routes beside the first of a pair"] == len(ends) - len(set(ends)) > 0
    assert values["routes per demand point, least"] == min(per_demand)
    assert values["routes per demand point, median"] == np.median(per_demand)
    assert values["routes per demand point, most"] == max(per_demand)
    assert values["demand points without a route"] == per_demand.count(0)


def test_goods_needed_are_days_times_people_times_rations_and_what_is_asked_for():
    goods = SPRAWL.commodities
    for s, row in enumerate(table(SPRAWL, "stock")):
        days = sum(SPRAWL.effects.need[:, h, s].sum() * SPRAWL.phases.days[h] for h in range(3))
        assert row["need"] == pytest.approx(days)
        units = [days * goods.ration[c] + SPRAWL.requests.request[:, c, s].sum() for c in range(2)]
        assert [row["water"], row["food"]] == pytest.approx(units)
        assert row["volume of the need"] == pytest.approx(sum(u * v for u, v in zip(units, goods.volume, strict=True)))
        depots = [o for o in range(len(SPRAWL.options.option)) if SPRAWL.options.option["mode"].position[o] == 2]
        left = sum(
            SPRAWL.options.capacity[o] * SPRAWL.effects.survives[SPRAWL.options.option["site"].position[o], s]
            for o in depots
        )
        assert row["storage left"] == pytest.approx(left)


def test_a_shortage_of_storage_that_is_certain_is_told():
    bulky = replace(SPRAWL, commodities=replace(SPRAWL.commodities, volume=[1.0, 1.0]))
    assert any("some shortage is certain" in w and "in 3 of 3 scenarios" in w for w in quality(bulky).warnings)
    nowhere = replace(SPRAWL, modes=replace(SPRAWL.modes, role=["shelter", "shelter", "reserve"]))
    assert any("no site with room to store them" in w for w in quality(nowhere).warnings)


def joined(town: Instance, links: set[int], starts: set[int], end: int) -> bool:
    reached, grown = set(starts), True
    ends = [(int(town.roads.tail.position[k]), int(town.roads.head.position[k])) for k in links]
    while grown:
        more = {b for a, b in ends if a in reached} | {a for a, b in ends if b in reached}
        grown = not more <= reached
        reached |= more
    return end in reached


def keys_at(town: Instance, nodes: list[int], gateway: list[bool], lanes: np.ndarray, tiers: np.ndarray) -> Instance:
    """Key places that ask for four ways on lanes of the first tier."""
    net, key = town.corridors, Index.named("key", [f"key {k}" for k in range(len(nodes))])
    return replace(
        town,
        corridors=Corridors(
            net.tier,
            Index.tuples("lane", link=(town.roads.link, lanes), tier=(net.tier, tiers)),
            key,
            key_node=Map(key, town.roads.node, np.array(nodes)),
            key_tier=Map(key, net.tier, np.zeros(len(nodes), int)),
            cost=np.ones(lanes.size),
            ways=np.full(len(nodes), 4.0),
            gateway=np.array(gateway),
            title=np.array(key.labels()),
        ),
    )


@pytest.mark.parametrize("seed", range(12))
def test_ways_into_a_key_place_are_as_many_as_links_must_fail_to_cut_it_off(seed):
    """Menger's theorem, with every set of up to two failing links tried out."""
    dice = np.random.default_rng(seed)
    lanes = np.sort(dice.choice(17, size=dice.integers(9, 18), replace=False))
    tiers = (dice.random(lanes.size) < 0.1).astype(int)  # a few lanes are of too low a tier
    first, second, place = dice.choice(12, size=3, replace=False).tolist()
    town = keys_at(TOWN, [first, place, second], [True, False, True], lanes, tiers)
    links = set(lanes[tiers == 0].tolist())

    def fewest(starts: set[int], end: int) -> int:
        cuts = (set(c) for size in range(3) for c in itertools.combinations(sorted(links), size))
        return next((len(c) for c in cuts if not joined(town, links - c, starts, end)), 3)

    rows = table(town, "key places")
    assert rows[0]["ways there are"] is None, "at the first gateway help arrives"
    assert min(rows[1]["ways there are"], 3) == fewest({first, second}, place)
    assert min(rows[2]["ways there are"], 3) == fewest({first}, second), "other gateways are tied to the first"
    few = [w for w in quality(town).warnings if "more link-disjoint ways than the streets offer" in w]
    short = [row["key place"] for row in rows[1:] if row["ways there are"] < 4]
    assert [", ".join(short) in w for w in few] == [True] * bool(short)


def test_a_key_place_at_a_gateway_needs_no_way():
    town = keys_at(TOWN, [3, 3], [True, False], np.arange(2), np.zeros(2, int))
    assert [row["ways there are"] for row in table(town, "key places")] == [None, None]


def test_corridors_without_a_gateway_are_told():
    blind = replace(TOWN, corridors=replace(TOWN.corridors, gateway=[False, False]))
    assert any("no key place is a gateway" in warning for warning in quality(blind).warnings)


def test_sites_on_an_island_are_named():
    roads = TOWN.roads
    island = int(TOWN.sites.node.position[0])
    ends = [np.where(end.position == island, (island + 1) % 12, end.position) for end in (roads.tail, roads.head)]
    apart = replace(roads, tail=Map(roads.link, roads.node, ends[0]), head=Map(roads.link, roads.node, ends[1]))
    town = replace(TOWN, roads=apart)
    assert {row["what"]: row["value"] for row in table(town, "roads")}["parts that do not join"] == 2
    assert any("1 sites lie on streets that do not join" in w and "(school 1)" in w for w in quality(town).warnings)


def test_ranges_leave_zeros_out_and_cover_every_number():
    rows = {row["datum"]: row for row in table(SPRAWL, "ranges")}
    numbers = {
        f"{where}.{name}"
        for where, part in SPRAWL.parts()
        for name, about in data_of(part).items()
        if about.dtype is float and name not in ("x", "y")
    }
    assert set(rows) == numbers
    need = SPRAWL.effects.need[SPRAWL.effects.need > 0]
    row = rows["effects.need"]
    assert (row["smallest nonzero"], row["largest"]) == (need.min(), need.max())
    assert row["zeros"] == SPRAWL.effects.need.size - need.size
    assert row["spread"] == need.max() / need.min()


def test_values_that_a_solver_would_lose_are_told():
    price = np.array([1e-6, 2.0])
    far = replace(TOWN, commodities=replace(TOWN.commodities, price=price))
    assert any(
        w.startswith("commodities.price [money/unit]: from 1e-06 to 2, a spread of 2e+06")
        for w in quality(far).warnings
    )


def test_more_people_in_need_than_residents_and_scenarios_that_never_happen_are_told():
    need = TOWN.effects.need.copy()
    need[2, 0, 0] = 10_000
    odd = replace(
        TOWN,
        effects=replace(TOWN.effects, need=need),
        scenarios=replace(TOWN.scenarios, probability=[0.6, 0.4, 0.0]),
    )
    found = quality(odd).warnings
    assert any("more people need a place than live at 1 demand points (block 3)" in w for w in found)
    assert any("1 have probability 0 (shock 3)" in w for w in found)


def test_an_empty_town_is_told_to_be_empty():
    found = quality(tiny_instance(demand=0))
    assert any("there are no demand points" in warning for warning in found.warnings)


def test_cells_are_plain_values_and_what_is_not_finite_is_none():
    section = Section.of("x", "X", [("a", ""), ("b", "")], [(np.float64(1.5), np.inf), (np.int64(2), np.nan)])
    assert section.rows == ((1.5, None), (2, None))
    assert type(section.rows[1][0]) is int
