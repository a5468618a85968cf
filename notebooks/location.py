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
# # The classic questions of location
#
# A town is invented: 90 blocks around three centres and 24 halls that could become shelters. Which four? It depends on
# what is asked: short ways for all, a short way for the last one, as many as possible within reach, or fairness. Each
# answer says how good it is for certain.

# %%
import numpy as np

from formulations.location import Access, MaximalCovering, PCenter, PMedian
from solver.locating.locate import locate

rng = np.random.default_rng(20)
centres = np.array([[1200.0, 1500.0], [3600.0, 1100.0], [2700.0, 3400.0]])
blocks = centres[rng.integers(0, 3, 90)] + rng.normal(0, 550, (90, 2))
halls = rng.uniform(400, 4200, (24, 2))
people = rng.integers(30, 400, 90)
metres = np.abs(blocks[:, None] - halls).sum(axis=2)  # along a grid of streets
town = Access.of(
    people,
    metres,
    unit="m",
    weight_unit="people",
    demand=[f"block {k}" for k in range(90)],
    site=[f"hall {k}" for k in range(24)],
    zone=np.where(blocks[:, 1] > 2400, "north", "south"),
)
median = locate(PMedian(4), town)
print(median.summary())

# %% [markdown]
# ## Three questions, three plans
#
# The p-median makes all ways together short, the p-center the longest one, maximal covering leaves as few people as
# possible without a hall within 900 m. `verified` is a bound that our own code computes from the data.

# %%
import pandas as pd

center = locate(PCenter(4), town)
cover = locate(MaximalCovering(4, radius=900), town)


def told(plan):
    """What every plan means for people, whatever it was made for."""
    way = metres[:, plan.siting.open].min(axis=1)
    return {
        "status": plan.status.value,
        "value": plan.value,
        "verified": plan.verified_bound,
        "mean way": np.average(way, weights=people),
        "longest way": way.max(),
        "within 900 m": people[way <= 900].sum() / people.sum(),
        "halls": ", ".join(plan.chosen),
    }


pd.DataFrame({plan.question.title: told(plan) for plan in (median, center, cover)}).T

# %% [markdown]
# ## Fairness
#
# Minimise what the worst-off tenth of people walks, or keep the p-median and promise the north a mean of at most 800 m.

# %%
from formulations.location import OrderedMedian
from formulations.measures.fairness import Ceiling

fair = locate(OrderedMedian(4, share=0.1), town)
promised = locate(PMedian(4, limits=(Ceiling(800.0, ("north",)),)), town, time_limit=30)
rows = {"p-median": median, "worst-off tenth": fair, "promise to the north": promised}
pd.DataFrame({name: told(plan) for name, plan in rows.items()}).T

# %% [markdown]
# ## What else would do
#
# The best plan may be the one that cannot be built. These are all that give up at least one of its halls and lose at
# most 2 %, or as many as asked for; the last line says which.

# %%
others = median.alternatives(loss=0.02, count=4)
print("\n".join(others.sentences()))

# %% [markdown]
# ## Why each hall is in
#
# The question is asked again without each of them.

# %%
why = median.importance(time_limit=20)
print("\n".join(why.sentences()))
why.table[["least_share", "most_share", "instead", "people"]]

# %% [markdown]
# ## On a map

# %%
from io import BytesIO

from IPython.display import Image
from matplotlib.figure import Figure

figure = Figure(figsize=(11, 4), layout="constrained")
for axes, (name, plan) in zip(figure.subplots(1, 3), rows.items(), strict=True):
    trips = plan.siting
    for block, hall in zip(trips.demand, trips.site, strict=True):
        axes.plot(*np.stack([blocks[block], halls[hall]]).T, color="#c4c9cf", linewidth=0.6, zorder=1)
    axes.scatter(*blocks.T, s=people / 15, color="#5b7fa6", zorder=2)
    axes.scatter(*halls.T, s=14, facecolor="white", edgecolor="#8a9099", zorder=3)
    axes.scatter(*halls[trips.open].T, s=60, color="#b3471d", zorder=4)
    axes.set_title(f"{name}: {told(plan)['mean way']:.0f} m on average", fontsize=10)
    axes.set_aspect("equal")
    axes.set_axis_off()
picture = BytesIO()
figure.savefig(picture, dpi=90)
Image(data=picture.getvalue())

# %% [markdown]
# All questions, rules, measures and limits: `docs/location.md`.
