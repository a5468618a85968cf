"""What the explorer is told of a front of land, against the front, its tables on disk, and the parcels."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import shapely

from solver.explorer.blocks import unblock
from solver.explorer.content import Classes, Content
from solver.explorer.contents import content_of, teller
from solver.explorer.payload import payload
from solver.fronts.landscape import colours, shapes
from solver.fronts.run import FrontRun, perform_front
from solver.study import Study


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> FrontRun:
    study = Study.of(
        {
            "instance": {"case": "land", "options": {"parcels": 60, "seed": 3, "scenarios": 3}},
            "question": {"zoning": {"patches": "none"}},
            "minimize": {"unserved_worst": 0, "displaced": 0},
            "front": {"method": "genetic", "points": 8, "time_limit": 20, "genetic": {"generations": 4}},
        }
    )
    return perform_front(study, tmp_path_factory.mktemp("land") / "land")


@pytest.fixture(scope="module")
def content(run: FrontRun) -> Content:
    return content_of(run)


def classes(content: Content) -> Classes:
    assert isinstance(content.layers[0].decisions, Classes)
    return content.layers[0].decisions


def test_points_are_those_of_the_front_and_decisions_those_of_the_parcels_table(
    run: FrontRun, content: Content
) -> None:
    assert run.front is not None and len(run.front) > 1
    assert np.array_equal(content.alternatives.values[:, : len(run.front.names)], run.front.points)
    names = [o.name for o in content.objectives]
    table = pd.read_parquet(run.folder / "front.parquet")
    assert np.array_equal(content.alternatives.values, table[names].to_numpy())
    parcels, layer = pd.read_parquet(run.folder / "parcels.parquet"), content.layers[0]
    told = classes(content)
    kinds = np.array([kind.name for kind in layer.kinds], object)
    assert kinds[told.chosen].ravel().tolist() == parcels["class"].tolist()
    assert list(layer.ids) * len(run.front) == parcels["parcel"].tolist()
    assert (told.chosen != told.today).ravel().tolist() == parcels["changed"].tolist()
    kept = json.loads(json.dumps(payload(content)))["layers"][0]["classes"]
    assert np.array_equal(unblock(kept["chosen"]).T, told.chosen)


def test_parcels_are_drawn_as_they_lie_with_their_holes(run: FrontRun, content: Content) -> None:
    land, told = run.asked.instance.land, content.layers[0].shapes
    assert land is not None and told.kind == "polygon"
    outlines = shapes(land)
    rings = [told.xy[told.start[k] : told.start[k + 1]] for k in range(len(told.owner))]
    area = np.zeros(land.parcel.size)
    for owner, ring in zip(told.owner, rings, strict=True):
        drawn = shapely.linearrings(ring)
        area[owner] += (1 if shapely.is_ccw(drawn) else -1) * shapely.area(shapely.polygons(drawn))
        assert shapely.hausdorff_distance(shapely.boundary(outlines[owner]), drawn) >= 0
        assert shapely.covered_by(shapely.points(ring), shapely.buffer(shapely.boundary(outlines[owner]), 1e-6)).all()
    assert area == pytest.approx(shapely.area(outlines), rel=1e-9)


def test_classes_have_the_names_and_colours_of_the_other_maps_and_a_hatch_of_their_own(
    run: FrontRun, content: Content
) -> None:
    land = run.asked.instance.land
    assert land is not None
    kinds = content.layers[0].kinds
    assert [k.colour for k in kinds] == colours(land) and [k.name for k in kinds] == land.land_class.labels()
    assert len({k.hatch for k in kinds}) == len(kinds)
    assert {k.name: k.label["zh"] for k in kinds}["housing"] == "居住"


def test_losses_in_scenarios_are_counted_parcel_by_parcel(run: FrontRun, content: Content) -> None:
    land, futures, told = run.asked.instance.land, content.futures, classes(content)
    assert land is not None and futures is not None
    measures = {m.name: m.values for m in futures.measures}
    for plan in range(len(told.chosen)):
        for s in range(len(futures.names)):
            kind = told.chosen[plan].astype(int)
            lost = sum(land.area[i] * land.worth[kind[i]] * land.damage[i, s] for i in range(land.parcel.size))
            moved = sum(land.area[i] * land.residents[kind[i]] * land.displaced[i, s] for i in range(land.parcel.size))
            assert measures["exposure"][plan, s] == pytest.approx(lost)
            assert measures["displaced"][plan, s] == pytest.approx(moved)
    found = {o.name: (o.measure, o.how) for o in content.objectives}
    assert found["unserved"] == ("unserved", "mean") and found["unserved_worst"] == ("unserved", "worst")
    assert found["exposure"] == ("exposure", "mean") and found["change"] == ("", "")
    assert "minutes" not in measures, "nobody is sent anywhere, so there is no walk to be told"


def test_a_plan_told_alone_is_told_as_it_is_among_the_others(run: FrontRun, content: Content) -> None:
    told, front = teller(run), run.front
    assert front is not None and content.futures is not None
    for k in range(len(front)):
        plan = sp.csr_array(front.plans[[k]])
        assert told.values(plan)[0] == pytest.approx(content.alternatives.values[k], rel=1e-12)
        alone = told.layers(plan)[0].decisions
        assert isinstance(alone, Classes) and np.array_equal(alone.chosen[0], classes(content).chosen[k])
        for one, every in zip(told.measures(plan), content.futures.measures, strict=True):
            assert one.values[0] == pytest.approx(every.values[k])


def test_hazards_on_the_land_are_those_of_the_instance(run: FrontRun, content: Content) -> None:
    land = run.asked.instance.land
    assert land is not None
    found = {o.name: o.values for o in content.overlays}
    for name, share in (("damage", land.damage), ("displaced", land.displaced), ("blocked", 1 - land.usable)):
        if share.any():
            assert found[name] == pytest.approx(255 * share.T, abs=1.0)
            assert np.array_equal(found[name] > 0, share.T > 0)
        else:
            assert name not in found
