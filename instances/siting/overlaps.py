"""Sites of several sources that are one place: the better documented one stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from instances.accounts import Ledger
from instances.siting.found import Found, Ints

ORDER = ("existing", "required", "forbidden", "candidate")


def merge_overlaps(sites: Found, source: Ints, share: float, ledger: Ledger) -> tuple[Found, Ints]:
    """Join sites of different sources whose outlines overlap, if both lie in the open or neither does.

    Existing sites stay before required ones and candidates; then the earlier source; then the larger outline. What
    stays takes over name, capacity and cost where it has none.

    Parameters
    ----------
    source
        Which source each site is from, shape (site,).
    share
        Of the smaller outline that must lie in the other one; a point must lie in it.
    """
    import shapely

    if len(np.unique(source)) < 2:
        return sites, source
    shapes = sites.shapes()
    size = np.asarray(shapely.area(shapes), np.float64)
    standing = np.array([ORDER.index(s) for s in sites.status.tolist()], np.intp)
    order = np.lexsort((np.arange(len(sites)), -size, source, standing))
    tree = shapely.STRtree(shapes)
    title, capacity, cost = sites.title.astype(object), sites.capacity.copy(), sites.cost.copy()
    host = np.full(len(sites), -1, np.intp)
    stays = np.zeros(len(sites), bool)
    for k in order.tolist():
        if host[k] >= 0:
            continue
        stays[k] = True
        for j in np.sort(tree.query(shapes[k], predicate="intersects")).tolist():
            if stays[j] or host[j] >= 0 or source[j] == source[k] or sites.open_air[j] != sites.open_air[k]:
                continue
            least = min(size[j], size[k])
            common = float(shapely.area(shapely.intersection(shapes[j], shapes[k]))) if least > 0 else 0.0
            if least > 0 and common <= share * least:
                continue
            host[j] = k
            title[k] = title[k] or title[j]
            capacity[k] = capacity[j] if np.isnan(capacity[k]) else capacity[k]
            cost[k] = cost[j] if np.isnan(cost[k]) else cost[k]
    gone = ~stays
    for layer in dict.fromkeys(sites.layer[gone].tolist()):
        mine = gone & (sites.layer == layer)
        for into in dict.fromkeys(sites.layer[host[mine]].tolist()):
            some = mine & (sites.layer[np.maximum(host, 0)] == into)
            ledger.merge(layer, f"the same place as a site of {into}", sites.feature[some].tolist())
    own = replace(sites, title=np.array(title.tolist(), np.str_), capacity=capacity, cost=cost)
    at = np.flatnonzero(stays)
    return own.take(at), source[at]
