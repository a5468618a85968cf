"""The quality report of an instance: tables, warnings and a verdict, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from instances.instance import Instance
from instances.quality.ambiguity import ambiguity
from instances.quality.books import books
from instances.quality.districts import districts
from instances.quality.groups import groups, units
from instances.quality.land import land
from instances.quality.numbers import numbers, ranges
from instances.quality.people import capacity, people, scenarios
from instances.quality.reach import reach
from instances.quality.screening import exclusions, suitability
from instances.quality.section import Section
from instances.quality.stock import stock
from instances.quality.streets import streets
from instances.schema import InstanceError

LOOKS = (
    numbers,
    books,
    people,
    groups,
    units,
    land,
    exclusions,
    suitability,
    scenarios,
    ambiguity,
    capacity,
    districts,
    reach,
    stock,
    streets,
    ranges,
)


@dataclass(frozen=True)
class Quality:
    """What was found about one instance.

    Attributes
    ----------
    faults
        Why it cannot be used; empty for every Instance that exists, because faulty data make none.
    warnings
        What a plan will suffer from, one sentence each: where, what, what to do.
    sections
        Tables for printing, in reading order.
    notes, assumptions, sources
        As the builder of the instance left them.
    """

    name: str
    digest: str | None
    synthetic: bool
    faults: tuple[str, ...]
    warnings: tuple[str, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """One of "usable", "usable with warnings" and "not usable"."""
        if self.faults:
            return "not usable"
        return "usable with warnings" if self.warnings else "usable"

    def section(self, name: str) -> Section:
        """One table.

        Raises
        ------
        KeyError
            If the instance lacks the parts that the table is about; the tables there are are listed.
        """
        for section in self.sections:
            if section.name == name:
                return section
        raise KeyError(f"no section {name!r}; there are {', '.join(s.name for s in self.sections) or 'none'}")

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "name": self.name,
            "digest": self.digest,
            "verdict": self.verdict,
            "synthetic": self.synthetic,
            "faults": list(self.faults),
            "warnings": list(self.warnings),
            "sections": [section.to_dict() for section in self.sections],
            "notes": list(self.notes),
            "assumptions": list(self.assumptions),
            "sources": list(self.sources),
        }


def quality(instance: Instance) -> Quality:
    """Look an instance over: books, people and groups, sites, room against need, reach, stock, streets and ranges.

    Parts that the instance does not have are left out.
    """
    sections: list[Section] = []
    warnings: list[str] = []
    for look in LOOKS:
        tables, found = look(instance)
        sections += tables
        warnings += found
    about = instance.about
    return Quality(
        name=about.name,
        digest=instance.digest,
        synthetic=about.synthetic,
        faults=(),
        warnings=tuple(warnings),
        sections=tuple(sections),
        notes=about.notes,
        assumptions=about.assumptions,
        sources=about.sources,
    )


def unusable(name: str, error: InstanceError) -> Quality:
    """The report on data that make no instance."""
    return Quality(name, None, False, tuple(error.faults) or (error.what,), (), ())
