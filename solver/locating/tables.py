"""The plan as tables: sites and demand points, with geometry where the data had one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from solver.locating.located import Located


def site_table(located: Located) -> pd.DataFrame:
    """One row for each site, by label: status, open, chosen, people served, farthest of them."""
    import pandas as pd

    access, siting = located.access, located.siting
    m = access.site.size
    table = pd.DataFrame(index=pd.Index(access.site.labels(), name="site"))
    table["status"] = "candidate" if access.status is None else access.status
    if siting is not None:
        weight = access.weight[siting.demand] * siting.share
        farthest = np.zeros(m)
        np.maximum.at(farthest, siting.site, siting.way(access))
        table["open"] = siting.open
        table["chosen"] = siting.open & ~access.is_status("existing")
        table["people"] = np.bincount(siting.site, weight, minlength=m)
        table["farthest"] = farthest
    return table


def demand_table(located: Located) -> pd.DataFrame:
    """One row for each demand point, by label: people, the site that takes most of them, how far, share served."""
    import pandas as pd

    access, siting = located.access, located.siting
    table = pd.DataFrame(index=pd.Index(access.demand.labels(), name="demand"))
    table["people"] = access.weight
    if siting is not None and located.judgement is not None:
        order = np.lexsort((-siting.share, siting.demand))
        first = np.unique(siting.demand[order], return_index=True)[1]
        main = np.full(access.demand.size, "", dtype=object)
        main[siting.demand[order][first]] = access.site.labels(siting.site[order][first])
        table["site"] = main
        table["served"] = np.bincount(siting.demand, siting.share, minlength=access.demand.size)
        table["burden"] = located.judgement.burden
    return table
