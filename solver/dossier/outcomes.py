"""What happens in each scenario, as the front has it stored, and which rules are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from formulations.algebra.elements import Floats
from solver.dossier.sections import Column, Section, Table, records
from solver.fronts.asked import classes_of
from solver.fronts.run import FrontRun
from solver.fronts.tested import OWN
from solver.words import number, percent, say

if TYPE_CHECKING:
    import pandas as pd

    from solver.plan import Plan

TIGHT, MANY = 12, 40
"""Promises shown where there are more than ``MANY`` of them: those with least to spare."""


def outcomes(run: FrontRun, at: int, lang: str) -> Section:
    """One row per scenario: people in need, without a place, and minutes on foot."""
    title = say("dossier.futures", lang)
    stored = run.folder / "scenarios.parquet"
    if not stored.exists():
        return Section("futures", title, [say("dossier.futures none", lang)])
    found = _rows(stored, at)
    instance = run.asked.instance
    futures = instance.scenarios
    need = _need(run, at)
    place = {label: k for k, label in enumerate(futures.scenario.labels())}
    found = found.assign(
        title=[str(futures.title[place[s]]) or s for s in found["scenario"]],
        need=[float(need[place[s]]) for s in found["scenario"]],
    )
    found = found.assign(without=found["share"] * found["need"]).sort_values("without", ascending=False, kind="stable")
    worst = found.iloc[0]
    if worst["without"] > 0:
        told = say(
            "dossier.futures worst",
            lang,
            scenario=worst["title"],
            probability=percent(worst["probability"], 2),
            unserved=number(worst["without"]),
            need=number(worst["need"]),
            share=percent(worst["share"]),
        )
    else:
        told = say("dossier.futures all", lang)
    rows = [
        [r.title, percent(r.probability, 2), number(r.need), number(r.without), percent(r.share), number(r.minutes, 1)]
        for r in records(found)
    ]
    p = found["probability"].to_numpy()
    mean = {k: float((p * found[k].to_numpy()).sum()) for k in ("need", "without", "minutes")}
    share = mean["without"] / mean["need"] if mean["need"] else 0.0
    foot = [
        *(say("dossier.expected", lang), "", number(mean["need"]), number(mean["without"])),
        *(percent(share), number(mean["minutes"], 1)),
    ]
    heads: tuple[str, ...] = ("scenario", "probability", "need", "without", "without share", "minutes")
    if found["minutes"].isna().all():  # of land: nobody is sent anywhere there
        heads, rows, foot = heads[:-1], [row[:-1] for row in rows], foot[:-1]
    columns = [Column(say(f"dossier.col {h}", lang), "text" if h == "scenario" else "number") for h in heads]
    return Section("futures", title, [told], [Table(columns, rows, foot)])


def promises(plan: Plan, lang: str) -> Section | None:
    """Rules that the plan was bound to, with what was asked for and what is achieved."""
    found = plan.promises
    if not len(found):
        return None
    many = len(found) > MANY
    said = say("dossier.rules tight" if many else "dossier.rules kept", lang, count=number(len(found)))
    if many:
        found = found.sort_values("slack", kind="stable").head(TIGHT)
    rows = []
    for r in found.to_dict("records"):
        where = " · ".join(str(r[k]) for k in ("level", "scenario", "phase", "zone", "commodity") if r.get(k))
        sense, unit = {"<=": "≤", ">=": "≥"}.get(str(r["sense"]), str(r["sense"])), str(r["unit"])
        asked, reached = (f"{number(r[k], 1)} {unit}".rstrip() for k in ("limit", "achieved"))
        kept = say("dossier.yes" if r["kept"] else "dossier.no", lang)
        rows.append([str(r["rule"]), where, f"{sense} {asked}", reached, kept])
    heads = ("rule", "where", "limit", "achieved", "kept")
    columns = [Column(say(f"dossier.col {h}", lang), "number" if h in ("limit", "achieved") else "text") for h in heads]
    return Section("rules", say("dossier.rules", lang), [said], [Table(columns, rows)])


def _rows(path: Path, at: int) -> pd.DataFrame:
    import pandas as pd

    every = pd.read_parquet(path)
    return every[(every["set"] == OWN) & (every["id"] == at + 1)].reset_index(drop=True)


def _need(run: FrontRun, at: int) -> Floats:
    """People who need a place in each scenario, added over phases, shape (scenarios,)."""
    instance = run.asked.instance
    if instance.effects is not None:
        added: Floats = instance.effects.need.sum(axis=(0, 1))
        return added
    assert run.front is not None
    land = instance.land
    assert land is not None
    classes = classes_of(run.asked.matrix, run.front)[at]
    needed: Floats = (land.area * land.residents[classes]) @ land.displaced
    return needed
