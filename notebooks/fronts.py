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
# # Trade-offs with a proof
#
# A cheap plan leaves more people without a place. This notebook lists the plans worth choosing from in a small
# generated city (not a real place), says how good the list is for certain, and looks at which plan to take.

# %%
from formulations.plan import IntegratedPlan
from instances.catalog import build
from solver.pareto.exact import exact_front

city = build("city", demand=16, sites=6, scenarios=3, seed=7)
question = IntegratedPlan(objectives=("cost", "unserved"))
program = question.build(city)
matrix = program.matrix()
front = exact_front(matrix, gap=0.01, points=8, time_limit=60)
print(front.status, "|", len(front), "plans after", front.solves, "questions to the solver")

# %% [markdown]
# ## What is proven
#
# `proven`: no plan is as good in both and better in one. `epsilon`: whatever plan there is, one of these is at most
# that share of the range worse in either objective. The plans have been checked by our own code, row by row.

# %%
import pandas as pd

table = pd.DataFrame(front.points, columns=list(front.names))
table["label"] = [label.value for label in front.labels]
table["distance"] = front.distance
print(f"missed by at most {front.epsilon:.1%} of the range in either objective")
print(f"of what any front can dominate, at least {1 - front.hypervolume_gap:.1%}")
print(table["label"].value_counts().to_string())
table.round(3)

# %%
import tempfile
from pathlib import Path

from IPython.display import Image

from solver.choosing import suggestions
from solver.fronts.picture import write_picture

found = suggestions(front, goals={"cost": 300_000.0})
marks: dict[int, str] = {}
for plan in found:
    marks[plan.position] = ", ".join(filter(None, [marks.get(plan.position), plan.title()]))
picture = write_picture(front, Path(tempfile.mkdtemp()) / "front.png", title=city.about.title["en"], marks=marks)
Image(filename=str(picture))

# %% [markdown]
# ## Which one to take
#
# Suggestions come with their reasons; none of them decides. What all plans share can be started without regret,
# whichever is chosen in the end. The cheapest plan of this city prepares nothing, so we look at what the others share.

# %%
for plan in found:
    print(f"{plan.title()}: plan {plan.position + 1}. {plan.reason()}")

# %%
from solver.choosing import choices, decisions

shared = decisions(choices(matrix, front.plans).only(range(1, len(front))))
print(shared["kind"].value_counts().to_string())
shared.head(10)

# %% [markdown]
# ## More time, fewer doubts
#
# A front can be stopped at any moment, and continued: plans and facts of the first search are where the second begins.

# %%
longer = exact_front(matrix, gap=0.01, points=14, time_limit=60, starts=front.plans, facts=front.bounds.facts)
print(f"{len(longer)} plans; missed by at most {longer.epsilon:.1%}, before {front.epsilon:.1%}")
