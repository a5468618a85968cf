"""What an alternative comes to, where that lies on the front, and how sure it is."""

from __future__ import annotations

import numpy as np

from solver.certificate import verify
from solver.dossier.sections import Bar, Column, Section, Table
from solver.fronts.asked import measured
from solver.fronts.run import FrontRun
from solver.pareto.front import Label
from solver.words import percent, say, significant, term

EXACT = 1e-12


def values(run: FrontRun, at: int, lang: str) -> Section:
    """Every objective of the alternative beside the best and worst of the front."""
    front = run.front
    assert front is not None
    extra = measured(run.asked, front)
    columns = {name: (front.points[:, k], front.units[k]) for k, name in enumerate(front.names)}
    columns |= {name: (v, run.asked.matrix.objectives[name].unit if name in run.asked.matrix.objectives else "")
                for name, v in extra.items()}  # fmt: skip
    rows, bars = [], []
    for name, (each, unit) in columns.items():
        title = term("objective", name, lang)
        low, high, here = float(each.min()), float(each.max()), float(each[at])
        rank = int((each < here - EXACT * max(1.0, abs(here))).sum()) + 1
        told = [f"{significant(v)} {term('unit', unit, lang)}".rstrip() for v in (here, low, high)]
        rows.append([title, *told, say("dossier.rank", lang, rank=rank, count=len(each))])
        share = (here - low) / (high - low) if high > low else 0.0
        bars.append((title, Bar(share, told[0])))
    heads = ("objective", "value", "best", "worst", "rank")
    table = Table([_column(name, lang, "text" if name == "objective" else "number") for name in heads], rows)
    return Section("values", say("dossier.values", lang), [say("dossier.values how", lang)], [table], bars=bars)


def proof(run: FrontRun, at: int, lang: str) -> Section:
    """What is proven about the alternative, and what we checked ourselves."""
    front = run.front
    assert front is not None
    label = front.labels[at]
    told = [say(f"dossier.{label.value}", lang, gap=percent(run.asked.tradeoffs.gap, 2))]
    if label is not Label.PROVEN and np.isfinite(front.distance[at]):
        told.append(say("dossier.distance", lang, distance=percent(float(front.distance[at]), 2)))
    if np.isfinite(front.verified[at]):
        told.append(say("dossier.verified", lang, distance=percent(float(front.verified[at]), 2)))
    else:
        told.append(say("dossier.unverified", lang))
    x = np.asarray(front.plans[[at]].toarray())[0]
    checked = verify(run.asked.matrix, {front.names[0]: 1.0}, x, verify_bound=False)
    breach = max((b.absolute for b in (*checked.rows, *checked.bounds, *checked.integrality)), default=0.0)
    rows = f"{run.asked.matrix.shape[0]:,}"
    told.append(say("dossier.checked", lang, rows=rows, breach=f"{breach:.1g}"))
    told.append(say("dossier.origin", lang, origin=front.origins[at]))
    return Section("proof", say("dossier.proof", lang), told)


def _column(name: str, lang: str, kind: str = "text") -> Column:
    return Column(say(f"dossier.col {name}", lang), "number" if kind == "number" else "text")
