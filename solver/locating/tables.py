"""The plan as tables: sites, demand points and who goes where, with geometry where the data had one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from instances.marked import Marked

if TYPE_CHECKING:
    import pandas as pd

    from solver.locating.located import Located


def site_table(located: Located) -> pd.DataFrame:
    """One row for each site, by label: status, open, chosen, people served, farthest of them.

    Columns of the table that the sites were read from stand before them, and its geometry; a column of theirs that has
    one of our names is called ``<name>_given``.
    """
    access, siting = located.access, located.siting
    m = access.site.size
    own: dict[str, Any] = {"status": np.full(m, "candidate") if access.status is None else access.status}
    if siting is not None:
        weight = access.weight[siting.demand] * siting.share
        farthest = np.zeros(m)
        np.maximum.at(farthest, siting.site, siting.way(access))
        own["open"] = siting.open
        own["chosen"] = siting.open & ~access.is_status("existing")
        own["people"] = np.bincount(siting.site, weight, minlength=m)
        own["farthest"] = farthest
    return _beside(access.frames[1], access.site.labels(), "site", own)


def demand_table(located: Located) -> pd.DataFrame:
    """One row for each demand point, by label: people, the site that takes most of them, how far, share served.

    The table that the demand points were read from is kept as in :func:`site_table`.
    """
    access, siting = located.access, located.siting
    own: dict[str, Any] = {"people": access.weight}
    if siting is not None and located.judgement is not None:
        order = np.lexsort((-siting.share, siting.demand))
        first = np.unique(siting.demand[order], return_index=True)[1]
        main = np.full(access.demand.size, "", dtype=object)
        main[siting.demand[order][first]] = np.array(access.site.labels(), dtype=object)[siting.site[order][first]]
        own["site"] = main
        own["served"] = np.bincount(siting.demand, siting.share, minlength=access.demand.size)
        own["burden"] = located.judgement.burden
    return _beside(access.frames[0], access.demand.labels(), "demand", own)


def trip_table(located: Located) -> pd.DataFrame:
    """Who goes where: one row for each demand point and site, with people, share and distance.

    Where both tables had a geometry in one system, lines between a point in the one and a point in the other.
    """
    import pandas as pd

    access, siting = located.access, located.siting
    columns: dict[str, Any] = {name: [] for name in ("demand", "site", "people", "share", "distance")}
    if siting is not None:
        columns = {
            "demand": np.array(access.demand.labels(), dtype=object)[siting.demand],
            "site": np.array(access.site.labels(), dtype=object)[siting.site],
            "people": access.weight[siting.demand] * siting.share,
            "share": siting.share,
            "distance": siting.way(access),
        }
    table = pd.DataFrame(columns)
    here, there = (frame_of(frame) for frame in access.frames)
    if siting is None or not (_placed(here) and _placed(there)) or here.crs != there.crs:
        return table
    import geopandas
    import shapely

    from solver.locating.frames import points_of

    ends = np.stack([points_of(here)[siting.demand], points_of(there)[siting.site]], axis=1)
    lines: pd.DataFrame = geopandas.GeoDataFrame(table, geometry=shapely.linestrings(ends), crs=here.crs)
    return lines


def frame_of(frame: Any) -> Any:
    """The table that was kept, as pandas or GeoPandas have it; None without one."""
    return frame.frame() if isinstance(frame, Marked) else frame


def _placed(frame: Any) -> bool:
    return getattr(frame, "geometry", None) is not None if hasattr(frame, "crs") else False


def _beside(kept: Any, labels: list[str], name: str, own: dict[str, Any]) -> pd.DataFrame:
    """Our columns after those of the table that was kept, under its names in ours."""
    import pandas as pd

    index = pd.Index(labels, name=name)
    frame = frame_of(kept)
    if frame is None:
        return pd.DataFrame(own, index=index)
    table: Any = frame.set_axis(index, axis=0)
    same = [c for c in table.columns if c in own and _equal(table[c].to_numpy(), own[c])]
    taken = {c: f"{c}_given" for c in table.columns if c in own and c not in same}
    together: pd.DataFrame = table.drop(columns=same).rename(columns=taken).assign(**own)
    return together


def _equal(given: Any, own: Any) -> bool:
    """Whether a column says what ours says."""
    values = np.asarray(own)
    if values.dtype.kind == "f":
        try:
            return bool(np.array_equal(np.asarray(given, float), values))
        except (TypeError, ValueError):
            return False
    return [str(v) for v in given] == [str(v) for v in values]
