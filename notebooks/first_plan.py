# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # From data to a plan with a proof
#
# Refugia takes what is known about a city and about what may happen to it, and returns a plan: which places to prepare
# for people, where to hold stock, which streets to keep as emergency corridors. With the plan comes a proof of how good
# it is. This notebook goes the whole way on a small generated city (not a real place), so that it runs in a minute.

# %%
from instances.catalog import build

city = build("city", demand=40, sites=16, scenarios=9, seed=7)
print(city.about.title["en"])
for index in city.indexes.values():
    if index.name in ("demand", "site", "mode", "phase", "scenario", "link"):
        print(f"{index.name:10}{index.size:6}")

# %% [markdown]
# An `Instance` is frozen: arrays over named index sets, each with a unit, checked as a whole when it is made. Its
# digest stands for its content. Before asking anything, look at its quality: who is in need, who can reach what.

# %%
from instances.quality import quality

report = quality(city)
print(report.verdict, "| digest", city.digest[:12])
for warning in report.warnings:
    print("-", warning)

# %% [markdown]
# ## Ask a question
#
# A question names the parts of the plan, the rules that somebody set, and the objectives that are measured. Here:
# shelters by grade and stock for a week; in moderate shocks nearly everybody is promised a place.

# %%
from formulations.plan import IntegratedPlan, Promise, StockRules

weights = {"cost": 1.0, "unserved": 3000.0, "travel": 0.1, "shortage": 20.0}
question = IntegratedPlan(
    stock=StockRules(days=7),
    promises=(Promise("moderate", unserved=0.10, phase="hours"),),
    objectives=tuple(weights),
)
program = question.build(city)
program

# %% [markdown]
# The program is the mathematics with names: every row can be read.

# %%
matrix = program.matrix()
print(matrix)
for rows in ("served", "capacity", "promise_1_moderate"):
    print(matrix.explain(rows, terms=3), "\n   ", matrix.rows[rows].doc)

# %% [markdown]
# ## Solve, and read the proof
#
# The answer carries its value, a bound that no plan can beat, and the gap between both. The certificate is ours: every
# row is computed again from the plan, and a second bound is computed from the linear relaxation without trusting the
# solver at all.

# %%
from solver import Plan, solve

solution = solve(program, weights, gap=0.01, time_limit=120)
proof = solution.certificate
assert proof is not None and proof.ok
print("status          ", solution.status.value)
print("value           ", f"{solution.value:,.0f}")
print("solver's bound  ", f"{solution.bound:,.0f}   gap {solution.gap:.2%}")
print("bound by us     ", f"{proof.verified_bound:,.0f}   gap {proof.verified_gap:.2%}")

# %% [markdown]
# ## Look at the plan

# %%
plan = Plan.of(question, city, matrix, solution)
print("\n".join(plan.summary("en")))

# %%
plan.openings[["title", "use", "mode_title", "capacity", "cost", "used_max"]].round(2)

# %%
plan.scenarios.pivot_table(index=["level", "title"], columns="phase", values="unserved", sort=False).round(0)

# %%
import tempfile
from pathlib import Path

from IPython.display import Image

from solver.outputs.map import write_map

picture = write_map(plan, Path(tempfile.mkdtemp()) / "map.png", dpi=90)
Image(filename=str(picture))

# %% [markdown]
# ## What does money buy?
#
# The same question under growing budgets. Each point is proven within the gap, so the curve is not an artefact of an
# impatient solver.

# %%
from dataclasses import replace

budgets = [0, 100_000, 250_000, 500_000, 1_000_000]
people = []
for budget in budgets:
    asked = replace(question, stock=None, promises=(), budget=float(budget), objectives=("unserved",))
    found = solve(asked.build(city), {"unserved": 1.0}, gap=0.02, time_limit=60)
    people.append(found.value)
    print(f"{budget:>9,} {city.about.money}: {found.value:8.1f} without a place ({found.status.value})")

# %%
from matplotlib.figure import Figure

figure = Figure(figsize=(6, 3.2), layout="constrained")
axes = figure.add_subplot()
axes.plot([b / 1e6 for b in budgets], people, marker="o", color="#1f6f6b")
axes.set(xlabel=f"budget, million {city.about.money}", ylabel="without a place, weighted by phase", ylim=(0, None))
axes.spines[["top", "right"]].set_visible(False)
figure

# %% [markdown]
# ## When a promise cannot be kept
#
# Infeasible is an answer too: which rules contradict one another, and what would repair them at least change.

# %%
from solver import explain

impossible = replace(
    question, stock=None, budget=50_000.0, promises=(Promise("moderate", unserved=0.0),), objectives=("cost",)
)
answer = solve(impossible.build(city), {"cost": 1.0}, time_limit=60)
print(answer.status.value)
why = explain(impossible.build(city).matrix(), time_limit=40)
for sentence in why.sentences("en", city):
    print("-", sentence)
