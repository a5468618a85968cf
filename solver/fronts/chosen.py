"""What helps to choose a plan of a front: suggestions, the few that stand for all, families, and parties side by side.

suggestions.parquet  a plan a row, with the reason why in both languages
groups.parquet       a row per point: which point stands for it, which family its plan belongs to
parties.parquet      a row per party and point: what it loses, where it ranks it
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.choosing import Clusters, Parties, Representatives, Suggestion
from solver.fronts.asked import Asked
from solver.fronts.tables import alternatives
from solver.pareto.front import Front
from solver.tables.frames import frame
from solver.words import LANGUAGES, listed

if TYPE_CHECKING:
    import pandas as pd

SECONDS, PROVEN = 10.0, 300
"""What the search for the smallest set of representatives may take, and the points up to which it is searched for at
all: of more points a set that suffices is taken, which need not be the smallest."""

FAMILIES = 2000
"""Points up to which families are looked for: their distances fill a square table."""

CLEAR = 0.25
"""Mean silhouette from which on families are worth telling: below it there is no substantial structure.

Source: Kaufman and Rousseeuw (1990), Finding Groups in Data, chapter 2, table 4.
"""


@dataclass(frozen=True, eq=False)
class Chosen:
    """What helps to choose; positions are those of the points of the front.

    Attributes
    ----------
    clusters
        Families of plans by their yes-or-no decisions; None where there are too many plans, or no such decisions.
    parties
        None where the study names none.
    """

    suggestions: tuple[Suggestion, ...]
    representatives: Representatives
    clusters: Clusters | None
    parties: Parties | None

    @property
    def suggested(self) -> dict[int, list[Suggestion]]:
        """Suggestions by position of the point, in order."""
        return {
            p: [s for s in self.suggestions if s.position == p] for p in sorted({s.position for s in self.suggestions})
        }

    def shown(self, front: Front, most: int = 6) -> np.ndarray:
        """Positions of the plans to be shown one by one: those suggested, and such as show the front."""
        return np.union1d(np.array(sorted(self.suggested), int), alternatives(front, most))

    def marks(self, lang: str = "en") -> dict[int, str]:
        """What to write beside points in a picture: titles of suggestions and number of the plan."""
        return {p: f"{listed([s.title(lang) for s in given], lang)} ({p + 1})" for p, given in self.suggested.items()}

    def tables(self, front: Front) -> dict[str, pd.DataFrame]:
        """The tables by name."""
        found = {"suggestions": self._suggestions(front), "groups": self._groups(front)}
        return found if self.parties is None else {**found, "parties": self._parties(self.parties)}

    def _suggestions(self, front: Front) -> pd.DataFrame:
        given = self.suggestions
        table = frame(
            {
                "kind": ("text", [s.kind for s in given]),
                **{name: ("number", [s.values[name] for s in given]) for name in front.names},
                "figure": ("number", [s.figure for s in given]),
                "about": ("text", [s.about for s in given]),
                **{f"title_{lang}": ("text", [s.title(lang) for s in given]) for lang in LANGUAGES},
                **{f"reason_{lang}": ("text", [s.reason(lang) for s in given]) for lang in LANGUAGES},
            }
        )
        table.insert(1, "id", np.array([s.position + 1 for s in given], np.int64))
        return table

    def _groups(self, front: Front) -> pd.DataFrame:
        import pandas as pd

        n, few = len(front), self.representatives
        table = pd.DataFrame({"id": np.arange(1, n + 1, dtype=np.int64)})
        table["representative"] = (few.of + 1).astype(np.int64)
        table["stands"] = np.isin(np.arange(n), few.positions)
        if self.clusters is not None:
            table["family"] = (self.clusters.family + 1).astype(np.int64)
            table["middle"] = np.isin(np.arange(n), self.clusters.medoids)
        table["suggested"] = ["; ".join(s.kind for s in self.suggested.get(k, [])) for k in range(n)]
        return table

    def _parties(self, parties: Parties) -> pd.DataFrame:
        table = parties.frame()
        table["point"] = (table["point"] + 1).astype(np.int64)
        table["agreed"] = np.tile(np.arange(parties.loss.shape[1]) == parties.position, len(parties.names))
        return table.rename(columns={"point": "id"})


def chosen(front: Front, asked: Asked) -> Chosen | None:
    """What the section ``choose`` of a study asks for; None for a front without points."""
    from solver.choosing import choices, clusters, parties, representatives, suggestions

    if not len(front):
        return None
    terms = asked.tradeoffs.choose
    seen = None
    if terms.parties:
        weights = {who: [given.get(n, 0.0) for n in front.names] for who, given in terms.parties.items()}
        seen = parties(front.points, weights)
    made = choices(asked.matrix, front.plans)
    return Chosen(
        suggestions(front, goals=terms.goals or None, weights=terms.weights),
        representatives(front.points, terms.representatives, time_limit=SECONDS if len(front) <= PROVEN else 0.0),
        clusters(made) if made.bits.shape[1] and len(front) <= FAMILIES else None,
        seen,
    )
