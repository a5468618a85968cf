"""A content without what is not for everybody: layers left out, positions only to the cell of a grid.

A page that is mailed shows where a city keeps its stock and which roads it depends on. What is withheld here is nowhere
in the content any more, and ``about.withheld`` says what it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from instances.schema import InstanceError
from solver.explorer.censored import SIGN, censored, telling
from solver.explorer.content import Choices, Classes, Content, Ints, Layer, Overlay, Shapes, Text
from solver.explorer.ground import take
from solver.explorer.naming import both
from solver.words import listed, number, say

PARTS = ("titles", "facts", "groups")
ROLES = {"capacity": "shelter", "volume": "stock"}
"""Facts that are about what a site can be used for, and the role of that use."""


def withheld(
    content: Content,
    leave_out: Sequence[str] = (),
    coarsen: Mapping[str, float] | None = None,
    lang: str = "en",
) -> Content:
    """The content without some of it.

    Parameters
    ----------
    leave_out
        Names of layers and backdrops (``sites``), of kinds (``sites.stock2``: with the places that serve for nothing
        else), of amounts (``sites.stock``, or one commodity: ``sites.stock.water``), or ``sites.titles``,
        ``sites.facts`` and ``sites.groups``.
    coarsen
        Layer to metres: points move to the middle of their cell of a grid, and whatever else tells places apart
        (names, districts, areas, capacities, what hazards do there, the order) is left out. Lines and areas are left
        out as a whole.
    lang
        Language of errors.

    Raises
    ------
    InstanceError
        If a name is not known, or a width is none; all faults at once.
    """
    wanted, cells = tuple(dict.fromkeys(leave_out)), dict(coarsen or {})
    if found_faults := faults(content, wanted, cells, lang):
        raise InstanceError(say("explorer.withheld what", lang), found_faults)
    cuts, grounds = list[_Cut](), list[Text]()
    for layer in content.layers:
        cuts.append(_cut(layer, wanted, cells.get(layer.name)))
    for ground in content.backdrops:
        grounds += [_said("without layer", layer=ground.label)] if ground.name in wanted else []
    kept = {cut.layer.name: cut for cut in cuts if cut.layer is not None}
    backdrops = tuple(b for b in content.backdrops if b.name not in wanted)
    found = replace(
        content,
        layers=tuple(cut.layer for cut in kept.values() if cut.layer is not None),
        backdrops=backdrops,
        overlays=tuple(_overlays(content.overlays, kept, {b.name for b in backdrops}, wanted)),
    )
    notes = [*(note for cut in cuts for note in cut.notes), *grounds]
    notes += [_said("without layer", layer=o.label) for o in content.overlays if o.name in wanted]
    found, count = censored(found, telling(hidden for cut in cuts for hidden in cut.hidden))
    if count:
        notes.append(_said("censored", count=str(count), sign=SIGN))
    return replace(found, about=replace(found.about, withheld=(*found.about.withheld, *notes)))


def faults(content: Content, leave_out: Sequence[str], coarsen: Mapping[str, float], lang: str) -> list[str]:
    """Every name that is not known and every width that is none, in words."""
    return [*_unknown(content, tuple(leave_out), lang), *_unfit(content, coarsen, lang)]


def known(content: Content) -> tuple[str, ...]:
    """Every name that can be left out."""
    names: list[str] = []
    for layer in content.layers:
        names += [layer.name, *(f"{layer.name}.{part}" for part in (*_kinds(layer), *_amounts(layer), *_parts(layer)))]
    return (*dict.fromkeys(names), *(b.name for b in content.backdrops), *(o.name for o in content.overlays))


@dataclass(frozen=True, eq=False)
class _Cut:
    """A layer after the cut (None where it is gone), which of its features stay, and what is to be told and hidden."""

    layer: Layer | None
    kept: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    overlaid: bool = True
    notes: tuple[Text, ...] = ()
    hidden: tuple[str, ...] = ()


def _cut(layer: Layer, wanted: tuple[str, ...], metres: float | None) -> _Cut:
    """One layer without what is wanted to be gone."""
    every, names = np.arange(len(layer.ids)), (*layer.ids, *layer.titles)
    if layer.name in wanted:
        return _Cut(None, notes=(_said("without layer", layer=layer.label),), hidden=names)
    if metres is not None and layer.shapes.kind != "point":
        return _Cut(None, notes=(_said("coarse line", layer=layer.label, metres=number(metres)),), hidden=names)
    asked = {name.partition(".")[2] for name in wanted if name.startswith(f"{layer.name}.")}
    notes, hidden = list[Text](), list[str]()
    kinds = [name for name in _kinds(layer) if name in asked]
    if kinds:
        labels = _joined([k.label for k in layer.kinds if k.name in kinds])
        notes.append(_said("without kind", layer=layer.label, kind=labels))
        layer, every = _without_kinds(layer, kinds)
        hidden += sorted({*names} - {*layer.ids, *layer.titles})
    gone = [a for a in layer.amounts if a.name in asked or a.name.partition(".")[0] in asked]
    if gone:
        notes.append(_said("without amounts", layer=layer.label, amounts=_joined([a.label for a in gone])))
        layer = replace(layer, amounts=tuple(a for a in layer.amounts if a not in gone))
    if metres is not None:
        coarse, order = _coarse(layer, metres)
        notes.append(_said("coarse", layer=layer.label, metres=number(metres, 1)))
        return _Cut(coarse, every[order], False, tuple(notes), names)
    if "titles" in asked:
        notes.append(_said("without titles", layer=layer.label))
        hidden += names
        layer = _numbered(layer)
    if "facts" in asked:
        notes.append(_said("without facts", layer=layer.label))
        layer = replace(layer, facts={})
    if "groups" in asked:
        notes.append(_said("without groups", layer=layer.label))
        layer = replace(layer, groups=())
    return _Cut(layer, every, True, tuple(notes), tuple(hidden))


def _without_kinds(layer: Layer, names: list[str]) -> tuple[Layer, Ints]:
    """The layer without some kinds, and which features stay."""
    told = layer.decisions
    assert isinstance(told, Choices)
    off = np.array([kind.name in names for kind in layer.kinds])
    roles = {kind.role for kind in layer.kinds if kind.name in names}
    stays = ~off[told.kind]
    kept = np.unique(told.feature[stays])
    again = np.cumsum(~off) - 1
    fewer = replace(
        layer,
        kinds=tuple(kind for kind in layer.kinds if kind.name not in names),
        decisions=Choices(told.feature[stays], again[told.kind[stays]], told.chosen[:, stays]),
        facts={name: values for name, values in layer.facts.items() if ROLES.get(name) not in roles},
    )
    if "stock" in roles:
        # what is held there would tell that the place is one of those left out
        places = np.unique(told.feature[~stays & (np.array([k.role for k in layer.kinds])[told.kind] == "stock")])
        shown = [(a, ~np.isin(a.feature, places)) for a in layer.amounts]
        amounts = (replace(a, feature=a.feature[on], values=a.values[:, on]) for a, on in shown if on.any())
        fewer = replace(fewer, amounts=tuple(amounts))
    return _picked(fewer, kept), kept


def _picked(layer: Layer, features: Ints) -> Layer:
    """The layer with some of its features, in the order given; decisions about others must be gone already."""
    at = np.full(len(layer.ids), -1)
    at[features] = np.arange(len(features))
    told = layer.decisions
    assert isinstance(told, Choices)
    amounts = [(a, at[a.feature] >= 0) for a in layer.amounts]
    rising = np.sort(features)
    return replace(
        layer,
        ids=tuple(layer.ids[k] for k in features),
        titles=tuple(layer.titles[k] for k in features),
        shapes=_ordered(take(layer.shapes, rising), np.searchsorted(rising, features)),
        decisions=replace(told, feature=at[told.feature]),
        facts={name: values[features] for name, values in layer.facts.items()},
        groups=tuple(layer.groups[k] for k in features) if layer.groups else (),
        amounts=tuple(replace(a, feature=at[a.feature[on]], values=a.values[:, on]) for a, on in amounts),
    )


def _ordered(shapes: Shapes, order: Ints) -> Shapes:
    """Points in another order; lines only ever stay in theirs."""
    return shapes if (order == np.arange(len(order))).all() else replace(shapes, xy=shapes.xy[order])


def _coarse(layer: Layer, metres: float) -> tuple[Layer, Ints]:
    """Points in the middle of their cells, sorted by cell, with nothing else that tells which is which."""
    told = layer.decisions
    cell = np.floor(layer.shapes.xy / metres).astype(np.int64)
    if isinstance(told, Classes):
        order = np.lexsort([told.today, cell[:, 1], cell[:, 0]])
        chosen = Classes(told.today[order], told.chosen[:, order])
        moved = replace(layer, decisions=chosen, shapes=replace(layer.shapes, xy=layer.shapes.xy[order]))
    else:
        uses = np.bincount(told.feature, told.chosen.sum(axis=0), minlength=len(cell))
        order = np.lexsort([-uses, cell[:, 1], cell[:, 0]]).astype(np.int64)
        moved = _sorted(_picked(layer, order))
    middle = (np.floor(moved.shapes.xy / metres) + 0.5) * metres
    shapes = Shapes.points(middle[:, 0], middle[:, 1])
    return _numbered(replace(moved, shapes=shapes, facts={}, groups=())), order


def _sorted(layer: Layer) -> Layer:
    """Options and amounts in the order of features, so that it does not tell the order there was."""
    told = layer.decisions
    assert isinstance(told, Choices)
    by = np.lexsort([told.kind, told.feature])
    places = [(a, np.argsort(a.feature, kind="stable")) for a in layer.amounts]
    return replace(
        layer,
        decisions=Choices(told.feature[by], told.kind[by], told.chosen[:, by]),
        amounts=tuple(replace(a, feature=a.feature[k], values=a.values[:, k]) for a, k in places),
    )


def _numbered(layer: Layer) -> Layer:
    """The layer with numbers for names."""
    ids = tuple(str(k + 1) for k in range(len(layer.ids)))
    return replace(layer, ids=ids, titles=ids, forceable=False)


def _overlays(
    given: Sequence[Overlay], kept: Mapping[str, _Cut], grounds: set[str], wanted: tuple[str, ...]
) -> Iterator[Overlay]:
    for overlay in given:
        if overlay.name in wanted:
            continue
        if overlay.on in grounds:
            yield overlay
        elif (cut := kept.get(overlay.on)) is not None and cut.overlaid:
            yield replace(overlay, values=overlay.values[:, cut.kept])


def _kinds(layer: Layer) -> list[str]:
    return [kind.name for kind in layer.kinds] if isinstance(layer.decisions, Choices) else []


def _amounts(layer: Layer) -> list[str]:
    return list(dict.fromkeys(n for a in layer.amounts for n in (a.name.partition(".")[0], a.name)))


def _parts(layer: Layer) -> list[str]:
    has = (True, bool(layer.facts), bool(layer.groups))
    return [name for name, there in zip(PARTS, has, strict=True) if there]


def _unknown(content: Content, wanted: tuple[str, ...], lang: str) -> Iterator[str]:
    names = known(content)
    classes = {f"{a.name}.{k.name}": a for a in content.layers if isinstance(a.decisions, Classes) for k in a.kinds}
    for name in wanted:
        if name in names:
            continue
        if name in classes:
            yield say("explorer.withheld classes", lang, name=name, layer=classes[name].name)
        else:
            yield say("explorer.withheld unknown", lang, name=name, known=", ".join(names))


def _unfit(content: Content, cells: Mapping[str, float], lang: str) -> Iterator[str]:
    names = [layer.name for layer in content.layers]
    for name, metres in cells.items():
        if name not in names:
            yield say("explorer.coarsen unknown", lang, name=name, known=", ".join(names))
        if not (np.isfinite(metres) and metres > 0):
            yield say("explorer.coarsen metres", lang, name=name, metres=metres)


def _joined(labels: Sequence[Text]) -> dict[str, str]:
    return {
        lang: listed([told.get(lang) or next(iter(told.values())) for told in labels], lang) for lang in ("en", "zh")
    }


def _said(key: str, **values: Text | str) -> dict[str, str]:
    """A sentence in both languages; values that are texts are in the same language."""
    return {
        lang: text.format(**{k: v if isinstance(v, str) else v.get(lang, "") for k, v in values.items()})
        for lang, text in both(key).items()
    }
