"""A front of any size, made up: alternatives that differ in kind, a city of parcels, places, roads and scenarios."""

from __future__ import annotations

import numpy as np

from solver.explorer.content import (
    About,
    Alternatives,
    Backdrop,
    Choices,
    Classes,
    Content,
    Driver,
    Futures,
    Kind,
    Layer,
    Measure,
    Objective,
    Overlay,
    Proof,
    Shapes,
    Suggestion,
)

OBJECTIVES = (
    ("cost", "Cost", "成本", "M EUR", "", ""),
    ("unserved", "People without a place", "无处避难人数", "people", "unserved", "mean"),
    ("unserved_cvar", "People without a place, worst tenth", "最差一成的无处避难人数", "people", "unserved", "cvar"),
    ("travel", "Walking", "步行时间", "min", "minutes", "mean"),
    ("shortage", "Goods short", "物资缺口", "person-days", "shortage", "mean"),
    ("disturbance", "Disturbed use", "日常干扰", "1", "", ""),
)
LAND = (
    ("housing", "Housing", "居住", "#8da0cb", ""),
    ("mixed", "Mixed use", "混合", "#d9a441", "/"),
    ("industry", "Industry", "工业", "#b3a2c7", "x"),
    ("green", "Green", "绿地", "#9fc95b", "."),
    ("floodable", "Floodable", "可淹没", "#5fb7a5", "-"),
    ("critical", "Critical services", "关键设施", "#e0745c", "\\"),
    ("reserve", "Reserve", "留白", "#e8d9b8", "|"),
)
PLACES = (
    ("day", "Day shelter", "紧急避难", "shelter", "#e09b12", "circle", True),
    ("week", "Week shelter", "短期避难", "shelter", "#2f86c1", "square", True),
    ("long", "Long-stay shelter", "长期避难", "shelter", "#123f6d", "hexagon", True),
    ("store", "Store room", "储备室", "stock", "#b56bb0", "triangle", False),
    ("warehouse", "Warehouse", "储备库", "stock", "#8e3b8a", "trapezium", False),
)
ROADS = (
    ("main", "Main corridor", "主通道", "corridor", "#00665c", 5.0, ()),
    ("second", "Second corridor", "次通道", "corridor", "#1f9d8b", 3.2, ()),
    ("harden", "Strengthened", "加固", "harden", "#8a5a12", 2.0, (6.0, 3.0)),
)


def text(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def generated(
    alternatives: int = 2000, scenarios: int = 100, side: int = 100, places: int = 140, links: int = 160, seed: int = 0
) -> Content:
    """A front with ``side * side`` parcels."""
    random = np.random.default_rng(seed)
    p = len(OBJECTIVES)
    mood = random.dirichlet(np.full(p, 0.7), alternatives)  # what an alternative cares for
    unit = 1.0 / (0.25 + mood) + 0.15 * random.random((alternatives, p))
    unit = (unit - unit.min(axis=0)) / np.ptp(unit, axis=0)
    low, wide = np.array([80.0, 400, 900, 7, 0, 0.05]), np.array([420.0, 12000, 21000, 30, 45000, 0.5])
    values = low + wide * unit
    severity = random.gamma(2.0, 0.16, scenarios).clip(0.02, 1)
    probability = random.dirichlet(np.full(scenarios, 3.0))
    measures = []
    for name, k, label in (
        ("unserved", 1, text("People without a place", "无处避难人数")),
        ("minutes", 3, text("Walking", "步行时间")),
        ("shortage", 4, text("Goods short", "物资缺口")),
        ("damage", 0, text("Damage", "损失")),
        ("isolated", 5, text("Cut-off people", "被隔绝人数")),
        ("service", 2, text("Service lost", "服务损失")),
    ):
        shape = severity[None, :] ** (0.6 + unit[:, [(k + 1) % p]]) * random.lognormal(
            0, 0.25, (alternatives, scenarios)
        )
        shape /= (shape * probability).sum(axis=1)[:, None]
        measures.append(Measure(name, label, text(OBJECTIVES[k][3], OBJECTIVES[k][3]), values[:, [k]] * shape))
    for k, (_, _, _, _, measure, how) in enumerate(OBJECTIVES):
        if measure:
            found = next(m for m in measures if m.name == measure).values
            values[:, k] = found @ probability if how == "mean" else tail(found, probability, 0.9)
    label = (unit.sum(axis=1) > np.quantile(unit.sum(axis=1), [0.5]).item()).astype(int) + (
        random.random(alternatives) > 0.7
    )
    distance = np.where(label == 0, 0.0, np.where(label == 1, 0.02, 0.02 + 0.1 * random.random(alternatives)))
    objectives = tuple(
        Objective(n, text(en, zh), text(u, u), float(values[:, k].max()), float(values[:, k].min()), None, False, m, h)
        for k, (n, en, zh, u, m, h) in enumerate(OBJECTIVES)
    )
    kinds = tuple(text(h, z) for h, z in (("flood", "洪水"), ("earthquake", "地震"), ("storm", "风暴")))
    hazard = random.integers(0, 3, scenarios)
    drivers = (
        Driver("hazard", text("Hazard", "灾种"), hazard.astype(float), {}, kinds),
        Driver("severity", text("Severity", "强度"), severity),
        Driver("need", text("People in need", "需避难人数"), np.rint(40000 * severity), text("people", "人")),
    )
    titles = tuple(text(f"{kinds[h]['en'].title()} {k + 1}", f"{kinds[h]['zh']} {k + 1}") for k, h in enumerate(hazard))
    layers, ground = _city(random, unit, alternatives, side, places, links)
    total = unit.sum(axis=1)
    return Content(
        About(
            "Generated",
            text("Kelan Bay", "克兰湾"),
            "plan",
            f"{seed:016x}",
            money="EUR",
            crs="EPSG:32650",
            synthetic=True,
            seed=seed,
            assumptions=("Every figure is invented.",),
        ),
        objectives,
        Alternatives(
            tuple(str(k + 1) for k in range(alternatives)),
            values,
            label.clip(0, 2).astype(np.int64),
            distance,
            np.where(random.random(alternatives) > 0.5, distance + 0.05, np.nan),
            tuple(np.array(["exact", "genetic", "polish"], object)[label.clip(0, 2)]),
        ),
        Proof(
            False,
            0.03,
            0.71,
            0.02,
            0.02,
            "hybrid",
            "stopped",
            812,
            120.0,
            {"en": (f"{alternatives} alternatives, invented.",), "zh": (f"{alternatives} 个虚构方案。",)},
        ),
        (
            Suggestion(
                "topsis",
                int(total.argmin()),
                text("Balanced", "均衡"),
                text("Nearest to the best in all.", "综合最优。"),
            ),
            Suggestion(
                "knee",
                int(unit.max(axis=1).argmin()),
                text("Knee", "拐点"),
                text("Least largest loss.", "最大损失最小。"),
            ),
        ),
        Futures(tuple(f"s{k + 1}" for k in range(scenarios)), titles, probability, 0.9, drivers, tuple(measures)),
        layers,
        ground,
        (
            Overlay(
                "flood",
                text("Flood depth", "淹没深度"),
                "land",
                _flood(layers[0].shapes, severity),
            ),
        ),
    )


def tail(values: np.ndarray, probability: np.ndarray, alpha: float) -> np.ndarray:
    """CVaR: mean of the worst ``1 - alpha`` of the probability (Rockafellar & Uryasev 2000)."""
    found = []
    for row in values:
        order = np.argsort(-row)
        weight = np.minimum(
            probability[order], np.maximum(0, (1 - alpha) - np.cumsum(probability[order]) + probability[order])
        )
        found.append(float((weight * row[order]).sum() / (1 - alpha)))
    return np.array(found)


def _city(random, unit, alternatives, side, places, links):
    step = 120.0
    corner = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1), indexing="ij"), -1) * step
    inner = np.zeros(corner.shape)
    inner[1:-1, 1:-1] = random.uniform(-0.32, 0.32, (side - 1, side - 1, 2)) * step
    corner = corner + inner
    rings = np.stack([corner[:-1, :-1], corner[1:, :-1], corner[1:, 1:], corner[:-1, 1:]], axis=2).reshape(-1, 4, 2)
    n = side * side
    land = Shapes("polygon", np.arange(n), np.arange(n + 1) * 4, rings.reshape(-1, 2))
    centre = rings.mean(axis=1) / (side * step)
    seeds = random.random((40, 2))
    today = (((centre[:, None] - seeds) ** 2).sum(axis=2).argmin(axis=1) % 5).astype(np.int64)
    near = ((centre[:, None] - seeds) ** 2).sum(axis=2).argmin(axis=1)
    appeal = random.random((len(seeds), len(LAND), unit.shape[1]))
    chosen = np.empty((alternatives, n), np.uint8)
    fringe = random.random(n)
    for a in range(alternatives):
        wish = (appeal @ (1 - unit[a])).argmax(axis=1)
        changes = (1 - unit[a, 1]) * 0.9 > fringe
        chosen[a] = np.where(changes, wish[near], today)
    kinds = tuple(Kind(k, text(en, zh), "land", c, hatch=h) for k, en, zh, c, h in LAND)
    area = np.full(n, step * step)
    layers = [
        Layer(
            "land",
            text("Land use", "用地"),
            tuple(f"p{k}" for k in range(n)),
            tuple(f"p{k}" for k in range(n)),
            land,
            kinds,
            Classes(today, chosen),
            {"area": area, "people": random.integers(0, 200, n).astype(float)},
            forceable=True,
        )
    ]
    at = random.random((places, 2)) * side * step
    options = np.repeat(np.arange(places), 2)
    kind = np.empty(2 * places, np.int64)
    kind[0::2], kind[1::2] = random.integers(0, 3, places), random.integers(3, 5, places)
    wanted = random.random((2 * places, unit.shape[1]))
    score = wanted @ (1 - unit.T)
    layers.append(
        Layer(
            "sites",
            text("Sites", "场所"),
            tuple(f"site {k}" for k in range(places)),
            tuple(f"School {k}" if k % 3 else f"Sports hall {k}" for k in range(places)),
            Shapes.points(at[:, 0], at[:, 1]),
            tuple(Kind(k, text(en, zh), r, c, s, dual=d) for k, en, zh, r, c, s, d in PLACES),
            Choices(options, kind, (score > np.quantile(score, 0.75)).T),
            {"area": random.uniform(800, 9000, places)},
            tuple(f"District {k % 6 + 1}" for k in range(places)),
            forceable=True,
        )
    )
    ends = at[random.integers(0, places, (links, 2))]
    ends[:, 1] = ends[:, 0] + np.clip(ends[:, 1] - ends[:, 0], -1500, 1500)
    middle = ends.mean(axis=1) + random.normal(0, 150, (links, 2))
    score = random.random((links, unit.shape[1])) @ (1 - unit.T)
    layers.append(
        Layer(
            "corridors",
            text("Corridors", "通道"),
            tuple(f"link {k}" for k in range(links)),
            tuple(f"Road {k}" for k in range(links)),
            Shapes(
                "line",
                np.arange(links),
                np.arange(links + 1) * 3,
                np.stack([ends[:, 0], middle, ends[:, 1]], 1).reshape(-1, 2),
            ),
            tuple(Kind(k, text(en, zh), r, c, width=w, dash=d) for k, en, zh, r, c, w, d in ROADS),
            Choices(np.arange(links), random.integers(0, 3, links), (score > np.quantile(score, 0.7)).T),
        )
    )
    roads = np.arange(0, side + 1, 5)
    lines = [corner[r] for r in roads] + [corner[:, r] for r in roads]
    ground = Backdrop(
        "roads",
        text("Roads", "道路"),
        Shapes("line", np.arange(len(lines)), np.arange(len(lines) + 1) * (side + 1), np.concatenate(lines)),
        np.where(np.arange(len(lines)) % 4, 2, 0).astype(np.int64),
    )
    return tuple(layers), (ground,)


def _flood(land: Shapes, severity: np.ndarray) -> np.ndarray:
    y = land.xy[:, 1].reshape(-1, 4).mean(axis=1)
    x = land.xy[:, 0].reshape(-1, 4).mean(axis=1)
    height = np.abs(y - y.mean() - 0.12 * y.max() * np.sin(x / x.max() * 6)) / y.max()
    return np.rint(255 * (severity[:, None] * 0.6 - height).clip(0, 1)).astype(np.uint8)
