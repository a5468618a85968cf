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
# # Look at a front, and take one plan away on paper
#
# A front lists the plans worth choosing from. This notebook makes a small one for an invented town, shows it in the
# explorer, writes the page that others can open without a network, and ends with the dossier of one plan.

# %%
import tempfile
from pathlib import Path

from solver.fronts.run import perform_front
from solver.study import load_study

here = Path(tempfile.mkdtemp())
study = load_study(Path("docs/examples/front.yaml"), {"front.points": 6, "front.time_limit": 60})
run = perform_front(study, here / "town-front")
front = run.front
print(front.status, "|", len(front), "plans |", f"missed by at most {front.epsilon:.1%} of the range")

# %% [markdown]
# ## The explorer
#
# Drag along an axis to set a limit; lines, scatter, map and table follow. Press `A` and `B` to put two plans side by
# side. The page stands in a frame of its own, closed off from the notebook; nothing is sent anywhere. A front that is
# stored already is shown by its folder: `show("runs/helsinki-front")`.

# %%
from solver.explorer import export_html, show

show(run)

# %% [markdown]
# ## A page for others
#
# The same page as a file. What is not for everybody is left out or coarsened as the page is made, and the page says so.

# %%
page = export_html(run, here / "share.html", leave_out=["roads"], coarsen={"sites": 500})
print(f"{page.path.name}: {page.alternatives} alternatives, {page.size / 1e6:.1f} MB")
for text in page.withheld:
    print("withheld:", text["en"])

# %% [markdown]
# ## One plan on paper
#
# A dossier has all that is known of one plan: values, proof, map, places, results in every scenario, and why each place
# is in. With `quick` it leaves out the search for what would be lost without each place.

# %%
from solver.choosing import suggestions
from solver.dossier import dossier, write_dossier

first = suggestions(front)[0]
made = dossier(run, str(first.position + 1), note="Chosen in the notebook.", quick=True)
print(first.title(), "|", write_dossier(made, here / "alternative.html").name)
for section in made.sections:
    print("-", section.title)
