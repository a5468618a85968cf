"""Places that corridors should tie in and that are not there are told, not passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from instances.recipe.build import Built, build
from instances.recipe.opening import open_recipe

TOWN = Path(__file__).parents[2] / "docs" / "examples" / "town.yaml"


def built(**key: object) -> Built:
    return build(open_recipe(TOWN, {"corridors": {"keys": [key]}}))


def test_a_use_that_no_site_has_is_told_by_its_place_in_the_recipe() -> None:
    assert [text for text in built(use="library").warnings if "corridors.keys[0]" in text and "'library'" in text]


@pytest.mark.parametrize("key", [{"use": "hospital"}, {"layer": "candidates", "name": "name", "most": 2}])
def test_keys_that_are_there_are_tied_in_without_a_word(key: dict[str, object]) -> None:
    made = built(**key)
    assert not [text for text in made.warnings if "corridors" in text]
    assert made.instance.corridors is not None
    wanted = "Town hospital" if "use" in key else "Hill School"
    assert wanted in made.instance.corridors.key.labels()
