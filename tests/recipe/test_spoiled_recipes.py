"""Recipes with pieces removed, replaced and added at random: a recipe still, or one error, never another exception."""

import copy
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from instances.recipe.opening import RecipeError, recipe_of
from tests.recipe import made_town as made

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**20),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["streets", "depth", "$HOME", "$NO_SUCH/x", "${", "package:", "package:os", "package:/x", "=osm"]),
    st.builds(list),
    st.builds(dict),
    st.just([None]),
    st.dictionaries(st.sampled_from(["osm", "layer", "=osm", "[key]", "x", "en"]), st.integers(0, 1), max_size=2),
)


def places(value, here=()):
    """Every place below the top."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*here, key)
        yield from places(item, (*here, key))


@st.composite
def spoiled(draw):
    content = made.recipe()
    for _ in range(draw(st.integers(1, 4))):
        there = list(places(content))
        *above, last = draw(st.sampled_from(there))
        holder = content
        for key in above:
            holder = holder[key]
        how = draw(st.sampled_from(["remove", "replace", "add"]))
        if how == "remove":
            del holder[last]
        elif how == "add" and isinstance(holder, dict):
            holder[draw(st.sampled_from(["x", "osm", "layer", "=osm", "[key]", "blocks", "grid"]))] = draw(JUNK)
        else:
            holder[last] = draw(JUNK)
        if not content:
            break
    return content


@settings(max_examples=300)
@given(spoiled())
def test_a_spoiled_recipe_is_a_recipe_still_or_an_error_with_its_faults(content):
    before = copy.deepcopy(content)
    try:
        opened = recipe_of(content, Path())
    except RecipeError as error:
        assert error.faults and all(fault.strip() for fault in error.faults)
        assert "pydantic" not in str(error) and "https://errors" not in str(error)
    else:
        assert opened.recipe.layers is not None and opened.content is not content
    assert repr(content) == repr(before)
