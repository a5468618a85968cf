"""How QGIS draws the layers of a plan: styles written by hand, one per layer.

A style is a QML document as QGIS saves it, reduced to what it needs to draw. Shapes and colours are those of the map
and of the page (:mod:`solver.page.palette`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

LOSS = ("#fbe3dc", "#f3b8a8", "#e4806d", "#c94a3a", "#8f1b14")
SHAPES = {"trapezium": "trapezoid", "bar": "rectangle"}  # QGIS has its own words for some shapes
GEOMETRY = {"point": 0, "line": 1, "polygon": 2}  # as QGIS counts them


@dataclass(frozen=True)
class Sign:
    """One entry of a legend: what it stands for and how it is drawn; sizes in mm.

    ``shape`` is for points only, ``dash`` (lengths of strokes and gaps) for lines only. Of a polygon ``size`` is the
    width of the outline; without a ``colour`` it is not filled.
    """

    value: str
    label: str
    colour: str
    size: float
    shape: str = "circle"
    outline: str = "#ffffff"
    dash: Sequence[float] = ()


@dataclass(frozen=True)
class Range:
    """One class of a graduated legend, from above ``least`` up to ``most``."""

    least: float
    most: float
    sign: Sign


def categorised(kind: str, column: str, signs: Sequence[Sign], label: str = "", tip: Sequence[str] = ()) -> str:
    """QML for layers drawn by the values of a text column; ``kind`` is ``point``, ``line`` or ``polygon``.

    ``label`` is the column written beside features, ``tip`` those that show under the pointer.
    """
    entries = "".join(
        f"<category symbol={quoteattr(str(k))} value={quoteattr(s.value)} label={quoteattr(s.label)} "
        f'render="true" type="string"/>'
        for k, s in enumerate(signs)
    )
    symbols = "".join(_symbol(kind, str(k), s) for k, s in enumerate(signs))
    head = f'<renderer-v2 type="categorizedSymbol" attr={quoteattr(column)} symbollevels="0" enableorderby="0">'
    drawn = f"{head}<categories>{entries}</categories><symbols>{symbols}</symbols></renderer-v2>"
    return _document(kind, drawn, label, tip)


def graduated(kind: str, column: str, ranges: Sequence[Range], label: str = "") -> str:
    """QML for layers drawn by the size of a number."""
    entries = "".join(
        f'<range symbol="{k}" lower="{r.least:.6f}" upper="{r.most:.6f}" label={quoteattr(r.sign.label)} '
        'render="true"/>'
        for k, r in enumerate(ranges)
    )
    symbols = "".join(_symbol(kind, str(k), r.sign) for k, r in enumerate(ranges))
    head = (
        f'<renderer-v2 type="graduatedSymbol" attr={quoteattr(column)} graduatedMethod="GraduatedColor" '
        'symbollevels="0" enableorderby="0">'
    )
    return _document(kind, f"{head}<ranges>{entries}</ranges><symbols>{symbols}</symbols></renderer-v2>", label)


def single(kind: str, sign: Sign, label: str = "") -> str:
    """QML for layers drawn in one way."""
    head = '<renderer-v2 type="singleSymbol" symbollevels="0" enableorderby="0">'
    return _document(kind, f"{head}<symbols>{_symbol(kind, '0', sign)}</symbols></renderer-v2>", label)


def breaks(values: Sequence[float], colours: Sequence[str] = LOSS) -> list[float]:
    """Round upper ends of classes up to the largest value: 1, 2 or 5 times a power of ten, at most one per colour."""
    most = max(values, default=0.0)
    if most <= 0:
        return []
    ladder = [m * 10.0**p for p in range(-3, 13) for m in (1, 2, 5)]
    top = next(step for step in ladder if step >= most)
    upto = ladder.index(top)
    return ladder[max(0, upto - len(colours) + 1) : upto + 1]


def _symbol(kind: str, name: str, sign: Sign) -> str:
    fill = _rgba(sign.colour or "#ffffff")
    layer, options = {
        "point": (
            "SimpleMarker",
            {
                "name": SHAPES.get(sign.shape, sign.shape),
                "color": fill,
                "outline_color": _rgba(sign.outline),
                "outline_width": "0.3",
                "size": f"{sign.size:g}",
                "size_unit": "MM",
            },
        ),
        "line": (
            "SimpleLine",
            {
                "line_color": fill,
                "line_width": f"{sign.size:g}",
                "line_width_unit": "MM",
                "capstyle": "round",
                "joinstyle": "round",
                "use_customdash": str(int(bool(sign.dash))),
                "customdash": ";".join(f"{length:g}" for length in sign.dash) or "5;2",
            },
        ),
        "polygon": (
            "SimpleFill",
            {
                "color": fill,
                "style": "solid" if sign.colour else "no",
                "outline_color": _rgba(sign.outline),
                "outline_width": f"{sign.size:g}",
                "outline_width_unit": "MM",
                "joinstyle": "round",
            },
        ),
    }[kind]
    entries = "".join(f'<Option type="QString" name="{k}" value={quoteattr(v)}/>' for k, v in options.items())
    mark = {"point": "marker", "line": "line", "polygon": "fill"}[kind]
    return (
        f'<symbol type="{mark}" name={quoteattr(name)} alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="{layer}" enabled="1" locked="0" pass="0"><Option type="Map">{entries}</Option></layer></symbol>'
    )


def _document(kind: str, renderer: str, label: str, tip: Sequence[str] = ()) -> str:
    labels = _labels(kind, label) if label else ""
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        f'<qgis version="3.22.0" styleCategories="Symbology|Labeling|MapTips" labelsEnabled="{int(bool(label))}">'
        f"{renderer}{labels}{_tip(tip)}<layerGeometryType>{GEOMETRY[kind]}</layerGeometryType></qgis>\n"
    )


def _labels(kind: str, column: str) -> str:
    """Names beside points once one is near; in the middle of land from farther off, and quieter.

    QGIS hides a name where the number of the scale is above ``scaleMax``: 15 000 shows names from 1:15 000 in.
    Land is no obstacle, or no place on it could be named.
    """
    land = kind == "polygon"
    colour, placement, scale = ("92,104,117", 1, 200_000) if land else ("34,40,49", 6, 15_000)
    return (
        '<labeling type="simple"><settings calloutType="simple">'
        f'<text-style fieldName={quoteattr(column)} isExpression="0" fontSize="7" fontSizeUnit="Point" '
        f'textColor="{colour},255" textOpacity="1"><text-buffer bufferDraw="1" bufferSize="0.7" '
        f'bufferColor="255,255,255,230"/></text-style><placement placement="{placement}" dist="1"/>'
        f'<rendering scaleVisibility="1" scaleMin="1" scaleMax="{scale}" obstacle="{int(not land)}"/>'
        "</settings></labeling>"
    )


def _tip(columns: Sequence[str]) -> str:
    """The first column in bold, the others below it where they say something."""
    if not columns:
        return ""
    rows = [f'<b>[% "{columns[0]}" %]</b>']
    for name in columns[1:]:
        words = name.replace("_", " ")
        rows.append(f"[% if(coalesce(to_string(\"{name}\"), '') = '', '', '<br>{words}: ' || \"{name}\") %]")
    return f"<mapTip>{escape(''.join(rows))}</mapTip>"


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[k : k + 2], 16)) for k in (1, 3, 5)) + ",255"
