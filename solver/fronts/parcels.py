"""What the plans of a zoning front do with the land: parcel by parcel, class by class, and what they all agree on.

parcels.parquet   a row per plan and parcel: its class, and whether that is another one than today's
land.parquet      a row per parcel: the class it has today and mostly has in the plans, and the share of plans for each
areas.parquet     a row per plan and class: hectares, as of today, and as the least and the most asked for

Of a large front ``parcels.parquet`` holds only the plans that are shown one by one; ``plans.parquet`` holds all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.zoning import Numbers, Zoning
from formulations.zoning.rules import HECTARE
from instances.land import Land
from solver.fronts.asked import Asked, classes_of
from solver.pareto.front import Front
from solver.tables.frames import frame
from solver.words import WORDS, listed, number, say, term

if TYPE_CHECKING:
    import pandas as pd

MANY = 500_000
"""Rows of plan and parcel from which on only the plans that are shown one by one are written out."""

TABLES = ("parcels", "land", "areas")


@dataclass(frozen=True, eq=False)
class Parcels:
    """The classes of all parcels in all plans of a front.

    Attributes
    ----------
    plans
        Class of every parcel, as positions in ``land.land_class``: shape (points, parcels).
    hectares
        Of each class: shape (points, classes).
    """

    land: Land
    plans: NDArray[np.intp]
    hectares: Floats

    @classmethod
    def of(cls, front: Front, asked: Asked) -> Parcels | None:
        """The land of a zoning front; None for a front of other plans, or without any."""
        if not isinstance(asked.question, Zoning) or not len(front):
            return None
        numbers = Numbers.of(asked.question, asked.instance)
        plans = classes_of(asked.matrix, front)
        return cls(numbers.land, plans, numbers.areas(plans))

    @property
    def share(self) -> Floats:
        """Share of the plans in which a parcel has a class, shape (parcels, classes)."""
        kinds = range(self.land.land_class.size)
        return np.column_stack([(self.plans == c).mean(axis=0) for c in kinds])

    @property
    def changed(self) -> NDArray[np.bool_]:
        """Whether a plan gives a parcel another class than it has today, shape (points, parcels)."""
        other: NDArray[np.bool_] = self.plans != self.land.present.position
        return other

    @property
    def usual(self) -> NDArray[np.intp]:
        """The class that most plans give each parcel, that of today among equals: shape (parcels,)."""
        first = self.share + 1e-9 * np.eye(self.land.land_class.size)[self.land.present.position]
        most: NDArray[np.intp] = first.argmax(axis=1)
        return most

    def labels(self, classes: NDArray[np.intp]) -> NDArray[np.object_]:
        """Names of classes by their positions."""
        named: NDArray[np.object_] = np.array(self.land.land_class.labels(), object)[classes]
        return named

    def title(self, kind: int, lang: str) -> str:
        """What people call a class: in words that are known, else as the data have it."""
        label = self.land.land_class.label(kind)
        return term("land", label, lang) if f"land.{label}" in WORDS else str(self.land.title[kind]) or label

    def tables(self, shown: NDArray[np.intp]) -> dict[str, pd.DataFrame]:
        """The tables by name; ``shown`` are positions of plans that are shown one by one."""
        points = np.arange(len(self.plans)) if self.plans.size <= MANY else np.asarray(shown, int)
        return {"parcels": self._by_plan(points), "land": self.by_parcel(), "areas": self._areas()}

    def _by_plan(self, points: NDArray[np.intp]) -> pd.DataFrame:
        count, parcels = len(points), self.land.parcel.size
        table = frame(
            {
                "parcel": ("text", np.tile(np.array(self.land.parcel.labels(), object), count)),
                "class": ("text", self.labels(self.plans[points]).ravel()),
                "changed": ("flag", self.changed[points].ravel()),
                "area": ("number", np.tile(self.land.area, count)),
            }
        )
        table.insert(0, "id", np.repeat(points + 1, parcels).astype(np.int64))
        return table

    def by_parcel(self) -> pd.DataFrame:
        """One row per parcel; what is ``kept`` or ``turned`` is so in every plan, so that nobody can regret it."""
        share, changes = self.share, self.changed.mean(axis=0)
        agreed = share.max(axis=1) >= 1.0
        return frame(
            {
                "parcel": ("text", self.land.parcel.labels()),
                "area": ("number", self.land.area),
                "today": ("text", self.labels(self.land.present.position)),
                "usual": ("text", self.labels(self.usual)),
                "share": ("number", share[np.arange(len(share)), self.usual]),
                "changes": ("number", changes),
                "kind": ("text", np.where(agreed, np.where(changes > 0, "turned", "kept"), "open")),
                **{f"share_{self.land.land_class.label(c)}": ("number", share[:, c]) for c in range(share.shape[1])},
            }
        )

    def _areas(self) -> pd.DataFrame:
        points, kinds = self.hectares.shape
        today = np.bincount(self.land.present.position, self.land.area, kinds) / HECTARE
        table = frame(
            {
                "class": ("text", np.tile(np.array(self.land.land_class.labels(), object), points)),
                "hectares": ("number", self.hectares.ravel()),
                "today": ("number", np.tile(today, points)),
                "least": ("number", np.tile(self.land.least / HECTARE, points)),
                "most": ("number", np.tile(self.land.most / HECTARE, points)),
            }
        )
        table.insert(0, "id", np.repeat(np.arange(1, points + 1), kinds).astype(np.int64))
        return table

    def told(self, lang: str) -> Iterator[str]:
        """What all plans agree on, and how much land of each class they have."""
        if len(self.plans) < 2:
            return
        agreed, turned = self.share.max(axis=1) >= 1.0, self.changed.all(axis=0)
        kept = int((agreed & ~turned).sum())
        values = {"parcels": number(len(agreed)), "kept": number(kept), "turned": number(int((agreed & turned).sum()))}
        yield say("zoned.agreed", lang, **values, open=number(int((~agreed).sum())))
        sure = np.bincount(self.usual[agreed & turned], self.land.area[agreed & turned], self.land.land_class.size)
        if sure.any():
            each = [self._amount(c, number(sure[c] / HECTARE, 1), lang) for c in np.flatnonzero(sure).tolist()]
            yield say("zoned.turned", lang, classes=listed(each, lang))
        low, high = self.hectares.min(axis=0), self.hectares.max(axis=0)
        wide = np.flatnonzero(high - low > 1e-6 * high.sum()).tolist()
        spans = [say("zoned.span", lang, least=number(low[c], 1), most=number(high[c], 1)) for c in wide]
        if wide:
            each = [self._amount(c, span, lang) for c, span in zip(wide, spans, strict=True)]
            yield say("zoned.areas", lang, classes=listed(each, lang))

    def _amount(self, kind: int, amount: str, lang: str) -> str:
        return say("zoned.amount", lang, name=self.title(kind, lang), amount=amount)
