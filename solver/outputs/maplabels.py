"""Names on the printed map: greedily, largest places first, and only where they cover nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.outputs.maplayers import Sheet, shown_text, symbols
from solver.page.palette import palette

MOST = 40
GAP = 5.5  # points between a symbol and its name
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Name:
    """A name to be written beside a point (dots of the figure)."""

    text: str
    x: float
    y: float
    right: float  # points that symbols reach to the right
    strong: bool


def place_labels(sheet: Sheet) -> int:
    """Write as many names as fit: right of the point, else left, below, above; return how many."""
    renderer = sheet.figure.canvas.get_renderer()
    dot = sheet.figure.dpi / 72
    frame = sheet.axes.get_window_extent()
    names, taken = _wanted(sheet), []
    for x, y in sheet.axes.transData.transform(symbols(sheet.plan)).reshape(-1, 2):
        taken.append((x - 5 * dot, y - 5 * dot, x + 5 * dot, y + 5 * dot))
    for text in sheet.axes.texts:  # names of districts, letters of the ruler
        extent = text.get_window_extent(renderer)
        taken.append((extent.x0, extent.y0, extent.x1, extent.y1))
    taken.append((frame.x0, frame.y0, frame.x0 + frame.width * 0.27, frame.y0 + 30 * dot))  # scale bar
    taken.append((frame.x1 - 40 * dot, frame.y1 - 60 * dot, frame.x1, frame.y1))  # north arrow
    written = 0
    for name in names:
        if written >= MOST:
            break
        style = {"size": 7.5, "weight": "bold" if name.strong else "normal", "color": palette()["ink"]}
        text = sheet.axes.text(0, 0, name.text, zorder=20, path_effects=sheet.halo(2.2), **style)
        extent = text.get_window_extent(renderer)
        spot = free_spot(name, extent.width, extent.height, dot, taken, (frame.x0, frame.y0, frame.x1, frame.y1))
        if spot is None:
            text.remove()
            continue
        taken.append((spot[0], spot[1], spot[0] + extent.width, spot[1] + extent.height))
        text.set_position(sheet.axes.transData.inverted().transform(spot))
        text.set_verticalalignment("bottom")
        written += 1
    return written


def free_spot(
    name: Name, width: float, height: float, dot: float, taken: list[Box], frame: Box
) -> tuple[float, float] | None:
    """Lower left corner of the first place beside the point that lies in the frame and covers nothing."""
    gap = GAP * dot
    for x, y in (
        (name.x + max(gap, name.right * dot), name.y - height / 2),
        (name.x - gap - width, name.y - height / 2),
        (name.x - width / 2, name.y - gap - height),
        (name.x - width / 2, name.y + gap),
    ):
        box = (x, y, x + width, y + height)
        inside = box[0] > frame[0] and box[1] > frame[1] and box[2] < frame[2] and box[3] < frame[3]
        if inside and not any(o[0] < box[2] and o[2] > box[0] and o[1] < box[3] and o[3] > box[1] for o in taken):
            return x, y
    return None


def _key_points(sheet: Sheet) -> np.ndarray:
    net, roads = sheet.plan.instance.corridors, sheet.plan.instance.roads
    if net is None or roads is None:
        return np.zeros((0, 2))
    node = net.key_node.position
    return np.column_stack([roads.x[node], roads.y[node]])


def _wanted(sheet: Sheet) -> list[Name]:
    """Key places first, then sites by the people or goods they take."""
    net, openings = sheet.plan.instance.corridors, sheet.plan.openings
    names = []
    if net is not None and len(points := _key_points(sheet)):
        dots = sheet.axes.transData.transform(points)
        texts = [shown_text(t, i, sheet.chinese) for t, i in zip(net.title.tolist(), net.key.labels(), strict=True)]
        names += [Name(t, x, y, 8.0, True) for t, (x, y) in zip(texts, dots.tolist(), strict=True)]
    if not len(openings):
        return names
    rank = openings["capacity"].where(openings["role"] == "shelter", openings["capacity"] * 1e-6)
    sites = openings.assign(rank=rank).groupby("site").agg(
        title=("title", "first"), x=("x", "first"), y=("y", "first"), rank=("rank", "max"), modes=("mode", "size")
    )  # fmt: skip
    sites = sites.sort_values("rank", ascending=False)
    dots = sheet.axes.transData.transform(sites[["x", "y"]].to_numpy(float))
    for (site, row), (x, y) in zip(sites.iterrows(), dots.tolist(), strict=True):
        text = shown_text(row["title"] or str(site), str(site), sheet.chinese)
        names.append(Name(text, x, y, 1.5 + 6.2 * row["modes"], False))
    return names
