"""The catalog: what it lists, what it accepts, and what it says when an option does not fit."""

import dataclasses
import subprocess
import sys

import pytest

from instances.catalog import build, case, cases
from instances.schema import InstanceError


def test_the_catalog_lists_its_cases_without_importing_what_builds_them() -> None:
    code = (
        "import sys\nfrom instances.catalog import cases\n"
        "assert all(c.title['en'] and c.title['zh'] and c.about['en'] and c.about['zh'] for c in cases())\n"
        "heavy = {'geopandas', 'pandas', 'shapely', 'scipy', 'pydantic', 'pyproj'} & set(sys.modules)\n"
        "print([c.name for c in cases()], sorted(heavy))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "['helsinki', 'osm', 'andorra', 'beijing', 'kampen', 'hurricanes', 'city', 'land'] []"


@pytest.mark.parametrize("name", [c.name for c in cases()])
def test_the_texts_in_the_list_are_those_of_the_module(name: str) -> None:
    chosen = case(name)
    module = chosen.load()
    assert (chosen.title, chosen.about) == (module.TITLE, module.ABOUT)
    assert dataclasses.is_dataclass(module.Options) and (hasattr(module, "build") or hasattr(module, "recipe"))


@pytest.mark.parametrize("name", [c.name for c in cases()])
def test_every_option_says_its_type_and_whether_it_must_be_given(name: str) -> None:
    for choice in case(name).choices():
        assert choice.kind in {
            k + n for k in ("true or false", "whole number", "number", "text") for n in ("", " or null")
        }
        assert choice.required == (name == "osm" and choice.name == "extract")


def test_an_unknown_case_suggests_the_nearest_names() -> None:
    with pytest.raises(InstanceError, match=r"(?s)no case 'huricanes'.*did you mean hurricanes.*helsinki, osm"):
        build("huricanes")


def test_one_error_lists_every_option_that_does_not_fit_and_what_is_allowed() -> None:
    with pytest.raises(InstanceError) as caught:
        build("city", demands=5, demand="60", sites=True, seed=1.5, block=10, walk=float("nan"), detours=1)
    assert len(caught.value.faults) == 8
    text = str(caught.value)
    for part in (
        "demands is no option; did you mean demand?",
        "demand: must be whole number from 1 to 100000, got '60'",
        "sites: must be whole number from 1 to 50000, got True",
        "seed: must be whole number",
        "block: must be number or null from 80 to 2000, got 10",
        "walk: must be number from 1 to 240, got nan",
        "detours: must be true or false, got 1",
        "options of this case: demand: whole number",
    ):
        assert part in text


def test_a_missing_option_is_named() -> None:
    with pytest.raises(InstanceError, match="extract must be given: text"):
        build("osm")


def test_a_whole_number_passes_for_a_decimal_one_and_null_where_it_is_allowed() -> None:
    small = {"demand": 3, "sites": 3, "scenarios": 1, "extent_km": 2}
    assert build("city", **small).digest == build("city", **{**small, "extent_km": 2.0, "people": None}).digest
