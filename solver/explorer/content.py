"""What the explorer shows, in numpy: alternatives, their futures, and what each does on the map.

A front of any kind is turned into one :class:`Content`; everything after it (hiding, packing, the page) knows no other
form. All objectives and measures are minimised. Positions count from 0; the number of an alternative that people see is
its ``id``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats

Text: TypeAlias = Mapping[str, str]
"""One text in the languages ``en`` and ``zh``."""

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

LABELS = ("proven", "within gap", "found")
"""What is known about an alternative, best first; see :class:`solver.pareto.front.Label`."""


class ContentError(ValueError):
    """Parts of a content do not fit together; lists all faults."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The content of the explorer does not fit together:\n  " + "\n  ".join(faults))
        self.faults = faults


@dataclass(frozen=True, eq=False)
class About:
    """What was asked, of what, and what it rests on.

    Attributes
    ----------
    kind
        ``plan`` for shelters, stock and roads; ``land`` for zoning.
    digest
        Of the front; a link made on another front is told from it.
    wkt
        The CRS in full, for GIS files made by the page; empty where distances are abstract.
    withheld
        What was coarsened or left out before the page was made, in words.
    """

    name: str
    title: Text
    kind: Literal["plan", "land"]
    digest: str
    created: str = ""
    money: str = ""
    crs: str = ""
    wkt: str = ""
    synthetic: bool = False
    seed: int = 0
    sources: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    withheld: tuple[Text, ...] = ()


@dataclass(frozen=True, eq=False)
class Objective:
    """One axis; less is better.

    Attributes
    ----------
    ideal, nadir
        Below which no plan lies (None where that is not known), and the worst value of the front.
    bound
        What is proven about this objective alone: no plan has less. None where nothing is.
    measured
        Counted for every plan, but not weighed by the front: nothing is proven about it.
    measure, how
        Name of the measure over scenarios that it sums up, and how: ``mean``, ``cvar``, ``worst`` or ``regret``; empty
        where it does not depend on the scenario.
    goal
        What the study wishes for.
    """

    name: str
    label: Text
    unit: Text
    nadir: float
    ideal: float | None = None
    bound: float | None = None
    measured: bool = False
    measure: str = ""
    how: str = ""
    goal: float | None = None
    doc: Text = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Alternatives:
    """The plans of the front.

    Attributes
    ----------
    values
        Shape (alternatives, objectives).
    label
        Positions in :data:`LABELS`, shape (alternatives,).
    distance, verified
        Share of the range by which a plan may be better in every objective at most, shape (alternatives,): trusting
        the solver's bounds, and from our own alone. NaN where nothing is known.
    origin
        How each was found.
    stands
        Position of the alternative that represents this one, shape (alternatives,); None where that was not computed.
    family
        Number of the family of like plans from 0, shape (alternatives,); None without families.
    """

    ids: tuple[str, ...]
    values: Floats
    label: Ints
    distance: Floats
    verified: Floats
    origin: tuple[str, ...]
    stands: Ints | None = None
    family: Ints | None = None


@dataclass(frozen=True, eq=False)
class Suggestion:
    """An alternative worth a look, and why; ``at`` is its position."""

    kind: str
    at: int
    title: Text
    reason: Text


@dataclass(frozen=True, eq=False)
class Proof:
    """What is proven about the front as a whole; None where nothing is. ``sentences`` say it by language."""

    complete: bool
    epsilon: float | None
    hypervolume: float | None
    hypervolume_gap: float | None
    gap: float
    method: str
    status: str
    solves: int
    seconds: float
    sentences: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Driver:
    """Something that tells scenarios apart: a number, or one of a few words (``words`` by position in ``values``)."""

    name: str
    label: Text
    values: Floats
    unit: Text = field(default_factory=dict)
    words: tuple[Text, ...] = ()


@dataclass(frozen=True, eq=False)
class Measure:
    """What an alternative comes to in each scenario, less being better: values of shape (alternatives, scenarios)."""

    name: str
    label: Text
    unit: Text
    values: Floats


@dataclass(frozen=True, eq=False)
class Futures:
    """The scenarios, and the alternatives in them; ``alpha`` is the tail that CVaR is the mean of."""

    names: tuple[str, ...]
    titles: tuple[Text, ...]
    probability: Floats
    alpha: float
    drivers: tuple[Driver, ...]
    measures: tuple[Measure, ...]


@dataclass(frozen=True, eq=False)
class Shapes:
    """Points, lines or polygons on the map, in metres.

    Attributes
    ----------
    kind
        ``point``, ``line`` or ``polygon``.
    owner
        Feature of each part, rising, shape (parts,); a feature may have several parts. Parts of a polygon are closed
        rings without the repeated last point: each shell counter-clockwise and followed by its holes, clockwise.
    start
        Where each part begins in ``xy``, and the end: shape (parts + 1,).
    xy
        Easting and northing, shape (points, 2) [m].
    """

    kind: Literal["point", "line", "polygon"]
    owner: Ints
    start: Ints
    xy: Floats

    @classmethod
    def points(cls, x: Floats, y: Floats) -> Shapes:
        """One point a feature."""
        n = np.arange(len(x) + 1, dtype=np.int64)
        return cls("point", n[:-1], n, np.column_stack([x, y]).astype(float))

    @property
    def size(self) -> int:
        """Features up to the last that has a shape."""
        return int(self.owner[-1]) + 1 if len(self.owner) else 0


@dataclass(frozen=True, eq=False)
class Kind:
    r"""One thing that may be decided about a feature: a grade of shelter, a tier of corridor, a class of land.

    Attributes
    ----------
    role
        ``shelter``, ``stock``, ``reserve``, ``corridor``, ``harden`` or ``land``.
    colour, shape
        As in :mod:`solver.page.palette`; ``shape`` is for points.
    width, dash
        Of lines, in pixels.
    hatch
        Of polygons, so that no meaning rests on colour alone: ``""`` or one of the signs ``/ \ x - | . +``.
    dual
        For everyday use as well as for emergencies (dual use).
    """

    name: str
    label: Text
    role: str
    colour: str
    shape: str = ""
    width: float = 2.0
    dash: tuple[float, ...] = ()
    hatch: str = ""
    dual: bool = False


@dataclass(frozen=True, eq=False)
class Choices:
    """Yes-or-no decisions: ``option`` is something that may be done to a feature.

    Attributes
    ----------
    feature, kind
        Of each option, shape (options,).
    chosen
        Shape (alternatives, options).
    """

    feature: Ints
    kind: Ints
    chosen: Bools


@dataclass(frozen=True, eq=False)
class Classes:
    """One of the kinds for every feature: today, shape (features,), and by alternative, (alternatives, features)."""

    today: Ints
    chosen: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Amount:
    """How much of something an alternative puts at a feature: values of shape (alternatives, places)."""

    name: str
    label: Text
    unit: Text
    feature: Ints
    values: Floats


@dataclass(frozen=True, eq=False)
class Layer:
    """Features about which alternatives decide.

    Attributes
    ----------
    facts
        Numbers of every feature to show beside it, such as ``area`` [m2] and ``people``: shape (features,).
    groups
        District or neighbourhood of each feature, or empty.
    forceable
        Whether a live solve can be told what to do with a feature.
    """

    name: str
    label: Text
    ids: tuple[str, ...]
    titles: tuple[str, ...]
    shapes: Shapes
    kinds: tuple[Kind, ...]
    decisions: Choices | Classes
    facts: Mapping[str, Floats] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    amounts: tuple[Amount, ...] = ()
    forceable: bool = False


@dataclass(frozen=True, eq=False)
class Backdrop:
    """What lies on the map whatever is decided: ``roads``, ``units``, ``water``; ``rank`` orders features by weight."""

    name: str
    label: Text
    shapes: Shapes
    rank: Ints | None = None


@dataclass(frozen=True, eq=False)
class Overlay:
    """What a hazard does to features of a layer or backdrop (``on``).

    ``values`` has shape (scenarios, features), 0 for nothing to 255 for all: cut roads, unusable places, damage.
    """

    name: str
    label: Text
    on: str
    values: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Content:
    """All that the explorer shows.

    Raises
    ------
    ContentError
        If parts do not fit together; all faults at once.
    """

    about: About
    objectives: tuple[Objective, ...]
    alternatives: Alternatives
    proof: Proof
    suggestions: tuple[Suggestion, ...] = ()
    futures: Futures | None = None
    layers: tuple[Layer, ...] = ()
    backdrops: tuple[Backdrop, ...] = ()
    overlays: tuple[Overlay, ...] = ()

    def __post_init__(self) -> None:
        from solver.explorer.fitting import faults

        if found := faults(self):
            raise ContentError(found)
