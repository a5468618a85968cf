"""Rule packs: the figures of the Sphere Handbook, arithmetic by hand, and every fault of a broken pack at once."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from instances.index import Index
from instances.places import Sites
from instances.rulepack import FOLDER, load_pack
from instances.schema import InstanceError

USES = "school university park sports car_park hotel church hospital library theatre community warehouse reserve_land"


def sites(**area_by_use: float) -> Sites:
    index = Index.named("site", [f"{use} A" for use in area_by_use])
    zero = np.zeros(len(index))
    return Sites(
        index,
        zero,
        zero,
        area=np.array(list(area_by_use.values())),
        use=np.array(list(area_by_use)),
        status=np.array(["candidate"] * len(index)),
        title=np.array(index.labels()),
    )


def content() -> dict:
    return yaml.safe_load((FOLDER / "default.yaml").read_text(encoding="utf-8"))


def written(tmp_path: Path, pack: object) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(pack, allow_unicode=True), encoding="utf-8")
    return path


def test_the_default_pack_knows_the_common_uses_and_makes_parts_without_faults() -> None:
    pack = load_pack()
    phases = pack.phases()
    modes = pack.modes(phases)
    options = pack.options(sites(**dict.fromkeys(pack.uses, 10_000.0)), modes, phases)
    assert set(USES.split()) <= set(pack.uses)
    assert [p.faults for p in (phases, modes, options, pack.commodities())] == [()] * 4
    assert phases.phase.labels() == ["hours", "days", "weeks"]
    assert (phases.start.tolist(), phases.days.tolist()) == ([0.0, 24.0, 360.0], [1.0, 14.0, 85.0])
    served = {m: modes.serves[k].tolist() for k, m in enumerate(modes.mode.labels())}
    assert served["emergency"] == [True, False, False]
    assert served["short"] == [True, True, False]
    assert served["long"] == [False, True, True]


def test_a_stay_gives_a_person_the_living_space_of_the_sphere_handbook() -> None:
    pack = load_pack()
    phases = pack.phases()
    modes = pack.modes(phases)
    options = pack.options(sites(school=7_000.0, reserve_land=3_000.0), modes, phases)
    capacity = dict(zip(options.option.labels(), options.capacity, strict=True))
    assert capacity["school A|short"] == 900  # 45 % of 7,000 m2 at 3.5 m2 a person
    assert capacity["reserve_land A|short"] == 70  # 70 % of 3,000 m2 at 30 m2 a person
    assert [s for s in pack.sources if "Shelter and settlement standard 3" in s and "3.5 m2" in s]


def test_rations_are_those_of_the_sphere_handbook_and_a_unit_short_costs_the_person_days_it_would_cover() -> None:
    goods = load_pack().commodities()
    assert dict(zip(goods.commodity.labels(), goods.ration, strict=True)) == {"water": 15.0, "food": 1.0}
    assert goods.severity * goods.ration == pytest.approx([1.0, 1.0])
    assert goods.freight * 1000.0 == pytest.approx([0.0008, 0.0008])  # the file gives a km, the part a metre


def test_conversion_time_and_lost_use_follow_from_hours_and_users() -> None:
    pack = load_pack()
    phases = pack.phases()
    options = pack.options(sites(school=1_000.0), pack.modes(phases), phases)
    row = options.option.position("school A|short")
    assert options.ready[row] == pytest.approx([16 / 24, 1.0, 1.0])  # ready after 8 hours
    assert options.cost[row] == pytest.approx(20_000 + 45 * 450)
    assert options.disturbance[row] == pytest.approx(0.08 * 1_000 * 0.001 * 365)
    assert options.interruption[row] == pytest.approx([80.0, 80.0 * 14, 0.0])  # a short stay serves no weeks


def test_a_site_below_the_least_area_or_with_a_use_that_shelters_nobody_offers_no_shelter() -> None:
    pack = load_pack()
    phases = pack.phases()
    options = pack.options(sites(school=50.0, hospital=9_000.0), pack.modes(phases), phases)
    assert options.option.labels() == ["hospital A|stock3"]
    empty = pack.options(sites(theatre=10.0), pack.modes(phases), phases)
    assert len(empty.option) == 0 and empty.faults == ()


def test_an_unknown_use_is_an_error_that_names_the_site_and_what_is_known() -> None:
    pack = load_pack()
    phases = pack.phases()
    with pytest.raises(InstanceError, match=r"1 sites have the use 'zoo', first 'zoo A'; the pack knows school"):
        pack.options(sites(zoo=5_000.0, school=1_000.0), pack.modes(phases), phases)


def test_every_figure_has_a_source_with_its_clause_or_is_an_assumption() -> None:
    pack = load_pack()
    blocks = [*content()["phases"], *content()["modes"], *content()["commodities"], *content()["uses"].values()]
    figures = [f for b in blocks for f in b.values() if isinstance(f, dict) and "value" in f]
    for stated in [*blocks, *figures]:
        assert "assumption" in stated or {"source", "clause"} <= set(stated)
    assert len(pack.assumptions) == sum("assumption" in stated for stated in [*blocks, *figures])
    assert all("GB" not in s for s in pack.sources)  # no Chinese standard is quoted: its clauses were not read


def test_a_pack_of_ones_own_replaces_the_default(tmp_path: Path) -> None:
    own = content()
    own["modes"][1]["indoors"] = 7.0
    own["name"] = "roomy"
    pack = load_pack(written(tmp_path, own))
    phases = pack.phases()
    options = pack.options(sites(school=7_000.0), pack.modes(phases), phases)
    assert pack.name == "roomy"
    assert options.capacity[options.option.position("school A|short")] == 450


def test_one_error_lists_every_fault_of_a_pack(tmp_path: Path) -> None:
    own = content()
    own["phases"][0]["days"] = "one"
    own["modes"][0]["reach"] = -5
    own["uses"]["school"]["modes"]["short"]["share"] = 1.4
    own["uses"]["park"]["colour"] = "green"
    del own["uses"]["hotel"]["assumption"]
    own["commodities"][0]["ration"]["value"] = 0
    with pytest.raises(InstanceError) as caught:
        load_pack(written(tmp_path, own))
    text = str(caught.value)
    assert len(caught.value.faults) == 6
    for part in (
        "phases.0.days",
        "modes.0.reach",
        "uses.school.modes.short.share",
        "uses.park.colour",
        "uses.hotel",
        "commodities.0.ration",
    ):
        assert part in text


def test_one_error_lists_every_name_that_leads_nowhere(tmp_path: Path) -> None:
    own = content()
    own["modes"][0]["serves"] = ["minutes"]
    own["uses"]["park"]["modes"]["camp"] = own["uses"]["park"]["modes"]["long"]
    own["modes"][1]["indoors"]["source"] = "red_book"
    own["phases"][1]["start"] = 12
    own["commodities"].append(own["commodities"][0])
    with pytest.raises(InstanceError) as caught:
        load_pack(written(tmp_path, own))
    found = "\n".join(caught.value.faults)
    assert len(caught.value.faults) == 5
    for part in ("no phase 'minutes'", "no mode 'camp'", "no source 'red_book'", "phases.days", "'water' is given 2"):
        assert part in found


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "valid dictionary"), ("a: [1", "cannot be read"), ("format: 1\nformat: 1\n", "keys given twice: format")],
)
def test_a_file_that_is_no_pack_is_one_clear_error(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InstanceError, match=said):
        load_pack(path)


def test_a_missing_pack_names_those_that_exist() -> None:
    with pytest.raises(InstanceError, match="packs that come with Refugia: default"):
        load_pack("elsewhere.yaml")
