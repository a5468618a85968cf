"""Sites that may not be used: every rule against brute force, and every entry traceable."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from instances.index import Index
from instances.schema import InstanceError
from tests.siting.made import dropped, found, layer, square

SPOTS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=8, unique=True)


class Raster:
    """Value by easting; nothing east of 900."""

    unit = "m"

    def sample(self, x, y):
        return np.where(np.asarray(x) > 900, np.nan, np.asarray(x) / 100.0)

    def zonal(self, shapes, how):
        west, _, east, _ = shapely.bounds(shapes).T
        value = {"min": west, "max": east, "mean": (west + east) / 2}[how] / 100.0
        return np.where(west > 900, np.nan, value)

    def slope(self):
        other = Raster()
        other.sample = lambda x, y: np.full(len(x), 30.0)
        other.zonal = lambda shapes, how: np.full(len(shapes), 30.0)
        return other


def excluding(rules, source="{layer: a, use: park, area: size}"):
    return f"from: [{source}]\nexclude:\n" + "\n".join(
        f"  - {{name: r{k}, title: {{en: rule {k}}}, {text}, assumption: a planning assumption}}"
        for k, text in enumerate(rules)
    )


def points(spots, **columns):
    return layer("a", [shapely.Point(*s) for s in spots], size=[100.0] * len(spots), **columns)


@given(SPOTS, SPOTS, st.integers(0, 30))
def test_exclusion_by_distance_equals_brute_force(spots, hazards, limit):
    plants = layer("plants", [shapely.Point(*s) for s in hazards])
    sites, _ = found(excluding([f"layer: plants, within: {limit}"]), [points(spots), plants])
    near = {
        f"a:a{k}": min(np.hypot(x - u, y - v) for u, v in hazards) for k, (x, y) in enumerate(spots)
    }  # fmt: skip
    assert set(sites.id[sites.status == "forbidden"].tolist()) == {k for k, d in near.items() if d <= limit}
    exclusions, _ = sites.parts(Index.named("site", sites.id.tolist()))
    if exclusions is None:
        assert not (sites.status == "forbidden").any()
        return
    assert exclusions.faults == ()
    at = exclusions.exclusion["site"].position
    assert exclusions.found == pytest.approx([near[sites.id[k]] for k in at])
    assert exclusions.limit.tolist() == [limit] and exclusions.unit.tolist() == ["m"]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 12)), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 12)), min_size=1, max_size=4),
)
def test_cover_equals_counting_squares_of_one_metre(sites_at, protected):
    """All corners are whole metres, so cells of 1 m tell the share of the union exactly."""
    taken = np.zeros((50, 50), bool)
    for x, y, side in protected:
        taken[x : x + side, y : y + side] = True
    shares = {f"a:a{k}": taken[x : x + s, y : y + s].mean() for k, (x, y, s) in enumerate(sites_at)}
    layers = [layer("a", [square(*s) for s in sites_at]), layer("land", [square(*p) for p in protected])]
    sites, _ = found(excluding(["layer: land, covered: 0.3"], "{layer: a, use: park}"), layers)
    close = [k for k, share in shares.items() if abs(share - 0.3) < 1e-9]
    forbidden = set(sites.id[sites.status == "forbidden"].tolist()) - set(close)
    assert forbidden == {k for k, share in shares.items() if share > 0.3} - set(close)
    if sites.exclusions is not None:
        for k, share in zip(sites.exclusions.site, sites.exclusions.found, strict=True):
            assert share == pytest.approx(shares[sites.id[k]])


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        ("above: 4", ["a1", "a2"]),  # by the eastern edge: 1.5, 4.5 and 8.5 m
        ("above: 4, how: mean", ["a2"]),
        ("above: 4.2, how: min", ["a2"]),
        ("below: 3, how: mean", ["a0"]),
        ("above: 8.6", []),
        ("above: 29, slope: true", ["a0", "a1", "a2", "a3"]),
        ("above: 4, unknown: exclude", ["a1", "a2", "a3"]),
    ],
)
def test_raster_rules_over_outlines(text, forbidden):
    a = layer("a", [square(50, 0, 100), square(300, 0, 150), square(800, 0, 50), square(1000, 0, 50)])
    rules = excluding([f"layer: depth, {text}"], "{layer: a, use: park}")
    sites, ledger = found(rules, {"a": a, "depth": Raster()})
    assert sorted(sites.feature[sites.status == "forbidden"].tolist()) == forbidden
    gap = "slope" not in text
    assert any("1 of 4 sites have no value in depth" in warning for warning in ledger.warnings) == gap


def test_unknown_values_may_be_a_fault():
    rules = excluding(["layer: depth, above: 4, unknown: fault"])
    with pytest.raises(InstanceError, match="1 of 1 sites have no value in depth"):
        found(rules, {"a": points([(950, 0)]), "depth": Raster()})


def test_several_rules_have_an_entry_each_with_layer_reason_basis_and_limit():
    text = """
    from: [{layer: a, use: park, area: size}]
    exclude:
      - {name: fault, title: {en: Active fault}, kind: avoid, layer: faults, within: 50, source: Code X, clause: "4.1"}
      - {name: depth, title: {zh: 水深}, kind: evade, layer: depth, above: 2, assumption: people cannot wade there}
      - {name: never, title: {en: Never}, layer: faults, within: 0, assumption: touches a fault line}
    """
    faults = layer("faults", [shapely.LineString([(330, 0), (330, 99)])])
    layers = {"a": points([(300, 0), (100, 0)]), "faults": faults, "depth": Raster()}
    sites, ledger = found(text, layers)
    site = Index.named("site", sites.id.tolist())
    exclusions, _ = sites.parts(site)
    assert exclusions.faults == ()
    assert exclusions.rule.labels() == ["fault", "depth"]
    assert exclusions.exclusion.labels() == ["a:a0|fault", "a:a0|depth"]
    assert exclusions.found.tolist() == [30.0, 3.0] and exclusions.limit.tolist() == [50.0, 2.0]
    assert exclusions.layer.tolist() == ["faults", "depth"] and exclusions.unit.tolist() == ["m", "m"]
    assert exclusions.reason.tolist() == ["Active fault", "水深"]
    assert exclusions.kind.tolist() == ["avoid", "evade"]
    assert exclusions.basis.tolist() == ["Code X; 4.1", "assumed: people cannot wade there"]
    assert "Code X; 4.1" in ledger.sources
    turned = sites.take(np.array([1, 0]))  # the entries go with their sites
    exclusions, _ = turned.parts(Index.named("site", turned.id.tolist()))
    assert exclusions.exclusion.labels() == ["a:a0|fault", "a:a0|depth"]
    assert turned.take(np.flatnonzero(turned.status == "candidate")).parts(Index.named("site", ["x"]))[0] is None


def test_existing_sites_stay_with_a_warning_unless_the_rule_says_too():
    plants = layer("plants", [shapely.Point(0, 0)])
    source = "{layer: a, use: park, area: size, status_column: state}"
    spots = points([(1, 0), (2, 0), (3, 0)], state=["existing", "required", ""])
    sites, ledger = found(excluding(["layer: plants, within: 9"], source), [spots, plants])
    assert dict(zip(sites.feature.tolist(), sites.status.tolist(), strict=True)) == {
        "a0": "existing", "a1": "required", "a2": "forbidden",
    }  # fmt: skip
    warning = next(w for w in ledger.warnings if "existing or required" in w)
    assert "a:a0 (1 m)" in warning and "a:a1 (2 m)" in warning
    assert len(sites.exclusions.site) == 1
    sites, _ = found(excluding(["layer: plants, within: 9, existing: too"], source), [spots, plants])
    assert (sites.status == "forbidden").all()


def test_rules_for_some_uses_and_some_grades_bind_only_those():
    plants = layer("plants", [shapely.Point(0, 0)])
    spots = points([(1, 0), (2, 0)], kind=["park", "school"])
    source = "{layer: a, use_column: kind, area: size}"
    sites, _ = found(excluding(["layer: plants, within: 9, uses: [school]"], source), [spots, plants])
    assert sites.status.tolist() == ["candidate", "forbidden"]
    grade = sorted(_grades())[0]
    sites, _ = found(excluding([f"layer: plants, within: 1, grades: [{grade}]"], source), [spots, plants])
    assert sites.status.tolist() == ["candidate", "candidate"]
    assert (sites.barred_site.tolist(), sites.barred_grade.tolist()) == ([0], [grade])
    assert sites.exclusions.found.tolist() == [1.0]
    assert sites.take(np.array([1])).barred_site.tolist() == []
    assert sites.take(np.array([1, 0])).barred_site.tolist() == [1]


def _grades():
    from tests.siting.made import PACK

    return [m.id for m in PACK.rules.modes]


def test_dropped_sites_are_booked_once_with_the_first_rule_that_drops_them():
    plants = layer("plants", [shapely.Point(0, 0)])
    rules = excluding(["layer: plants, within: 1, action: drop", "layer: plants, within: 5, action: drop"])
    sites, ledger = found(rules, [points([(1, 0), (3, 0), (9, 0)]), plants])
    assert sites.feature.tolist() == ["a2"]
    assert dropped(ledger) == {
        ("a", "excluded by r0: within 1 m of plants"): 1,
        ("a", "excluded by r1: within 5 m of plants"): 1,
    }


def test_a_rule_about_features_that_are_not_there_warns_or_is_a_fault():
    plants = layer("plants", [shapely.Point(0, 0)], kind=["depot"])
    spots = points([(1, 0)])
    sites, ledger = found(excluding(["layer: plants, where: {kind: [refinery]}, within: 9"]), [spots, plants])
    assert sites.status.tolist() == ["candidate"]
    assert any("excludes nothing" in w for w in ledger.warnings)
    with pytest.raises(InstanceError, match="every site would be beyond"):
        found(excluding(["layer: plants, where: {kind: [refinery]}, beyond: 9"]), [spots, plants])
    sites, _ = found(excluding(["layer: plants, beyond: 9"]), [points([(1, 0), (20, 0)]), plants])
    assert sites.status.tolist() == ["candidate", "forbidden"]


def test_layers_of_the_wrong_kind_are_faults():
    layers = {"a": points([(1, 0)]), "depth": Raster()}
    with pytest.raises(InstanceError, match="'depth' is a raster"):
        found(excluding(["layer: depth, within: 9"]), layers)
    with pytest.raises(InstanceError, match="no raster values"):
        found(excluding(["layer: a, above: 9"]), layers)
    with pytest.raises(InstanceError, match="no outlines that could cover"):
        found(excluding(["layer: a, covered: 0.5"]), layers)


def test_when_every_site_is_dropped_the_message_says_by_what():
    with pytest.raises(InstanceError, match="no site is left, dropped: a: 1 excluded by r0: within 9 m of a"):
        found(excluding(["layer: a, within: 9, action: drop"]), [points([(1, 0)])])
    with pytest.raises(InstanceError, match="the layers are empty"):
        found("from: [{layer: a, use: park, dissolve: true}]", [layer("a", [])])
