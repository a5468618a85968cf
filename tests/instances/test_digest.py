"""The digest against its definition, worked out here with hashlib, and against every change we can think of."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from instances.digest import index_digest, instance_digest, part_digest, part_digests, rounded
from instances.index import Index
from instances.places import Zones
from instances.schema import data_of
from tests.instances.tiny import tiny_instance

TOWN = tiny_instance(requests=True)


def text(value: object) -> bytes:
    content = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return len(content).to_bytes(8, "little") + content


def content(head: str, shape: list[int], body: bytes) -> bytes:
    return text([head, shape, len(body)]) + body


def changed_leaves(other: object) -> set[str]:
    mine, theirs = part_digests(TOWN), part_digests(other)
    return {name for name in {*mine, *theirs} if mine.get(name) != theirs.get(name)}


def test_the_digest_of_named_elements_is_the_hash_of_their_name_and_labels():
    expected = hashlib.sha256(text(["labels", "zone", 2]) + content("text", [2], text(["west", "东区"])))
    assert index_digest(Index.named("zone", ["west", "东区"])) == expected.hexdigest()


def test_the_digest_of_tuples_is_the_hash_of_positions_as_little_endian_integers():
    site = Index.named("site", ["a", "b"])
    positions = content("integer", [3], np.array([1, 0, 1], "<i8").tobytes())
    expected = hashlib.sha256(text(["tuples", "haul", 3]) + text(["origin", "site"]) + positions)
    assert index_digest(Index.tuples("haul", origin=(site, [1, 0, 1]))) == expected.hexdigest()


def test_the_digest_of_a_part_is_the_hash_of_its_fields_by_name():
    zones = Zones(Index.named("zone", ["w", "e"]), title=["West", "East"])
    title = text(["title", "array"]) + content("text", [2], text(["West", "East"]))
    expected = hashlib.sha256(text("Zones") + title + text(["zone", "index", "zone"]))
    assert part_digest(zones) == expected.hexdigest()


def test_the_digest_of_the_instance_is_the_hash_of_the_sorted_leaves_without_the_words():
    leaves = sorted((name, leaf) for name, leaf in part_digests(TOWN).items() if name != "words")
    assert hashlib.sha256(text(["refugia instance digest 1", leaves])).hexdigest() == TOWN.digest
    assert instance_digest(TOWN) == TOWN.digest


def test_every_part_and_index_set_has_a_leaf():
    names = {name for name, _ in TOWN.parts()} | {f"index.{name}" for name in TOWN.indexes} | {"about", "words"}
    assert set(part_digests(TOWN)) == names


def data() -> list[tuple[str, str]]:
    return [(where, name) for where, part in TOWN.parts() for name in data_of(part)]


@pytest.mark.parametrize(("where", "name"), data())
def test_one_value_of_any_datum_changes_the_leaf_of_its_part_alone(where, name):
    part = getattr(TOWN, where)
    value = getattr(part, name).copy()
    last = value.reshape(-1)
    if value.dtype.kind == "b":
        last[-1] = ~last[-1]
    elif value.dtype.kind == "U":
        # Words from a closed list are swapped for another of the list.
        others = {"status": "existing", "role": "reserve", "level": "high"}
        value = value.astype("U40")
        value.reshape(-1)[-1] = others.get(name, "another text")
    elif name == "probability":
        value[:2] += [1e-7, -1e-7]
    elif name in ("x", "y"):
        last[-1] += 1.0
    elif data_of(part)[name].upper <= 1:
        last[-1] = 0.5 + last[-1] / 4
    else:
        last[-1] = 2 * last[-1] + 1
    assert changed_leaves(replace(TOWN, **{where: replace(part, **{name: value})})) == {where}


def test_a_change_in_the_ninth_digit_counts_and_noise_in_the_twelfth_does_not():
    def with_people(factor):
        return replace(TOWN, demand=replace(TOWN.demand, people=TOWN.demand.people * factor))

    assert with_people(1 + 2e-9).digest != TOWN.digest
    assert with_people(1 + 1e-12).digest == TOWN.digest
    assert with_people(1 - 1e-12).digest == TOWN.digest


def test_the_order_of_scenarios_counts():
    def named(labels):
        return index_digest(Index.named("scenario", labels))

    assert named(["flood", "wind"]) != named(["wind", "flood"])
    assert named(["flood", "wind"]) != named(["flood", "wind "])


def test_where_one_text_ends_and_the_next_begins_counts():
    def named(labels):
        return index_digest(Index.named("site", labels))

    assert len({named(["ab", "c"]), named(["a", "bc"]), named(["abc"]), named(['ab","c']), named(["ab,c"])}) == 5


def test_a_map_that_goes_elsewhere_counts():
    zone = replace(TOWN.demand.zone, position=1 - TOWN.demand.zone.position)
    assert changed_leaves(replace(TOWN, demand=replace(TOWN.demand, zone=zone))) == {"demand"}


def test_a_part_left_out_loses_its_leaf_and_changes_the_digest():
    without = replace(TOWN, requests=None)
    assert changed_leaves(without) == {"requests"}
    assert without.digest != TOWN.digest


def test_a_shape_of_a_street_counts():
    xy = TOWN.roads.shape_xy.copy()
    xy[1] += 1.0
    assert changed_leaves(replace(TOWN, roads=replace(TOWN.roads, shape_xy=xy))) == {"roads"}


@pytest.mark.parametrize("change", [{"crs": "EPSG:3067"}, {"money": "CNY"}, {"seed": 1}, {"name": "x"}])
def test_facts_about_the_instance_count(change):
    other = replace(TOWN, about=replace(TOWN.about, **change))
    assert changed_leaves(other) == {"about"}
    assert other.digest != TOWN.digest


@pytest.mark.parametrize("change", [{"notes": ("dropped 3",)}, {"sources": ()}, {"title": {"en": "Town"}}])
def test_words_about_the_instance_have_a_leaf_of_their_own_and_leave_its_identity(change):
    other = replace(TOWN, about=replace(TOWN.about, **change))
    assert changed_leaves(other) == {"words"}
    assert other.digest == TOWN.digest


def stored_otherwise(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind == "f":
        return np.asfortranarray(array.astype(">f8"))
    return np.asfortranarray(np.repeat(array[:, None], 2, axis=1)[:, 0] if array.ndim == 1 else array)


def test_how_arrays_lie_in_memory_does_not_count():
    parts = {}
    for where, part in TOWN.parts():
        parts[where] = replace(part, **{name: stored_otherwise(getattr(part, name)) for name in data_of(part)})
    other = replace(TOWN, **parts)
    assert other.digest == TOWN.digest


def test_a_field_that_is_none_does_not_count():
    names = {f.name for f in fields(TOWN.routes)}
    assert "crossing" in names
    bare = replace(TOWN.routes, crossing=None)
    chunks = text("Routes") + b"".join(
        text([name, "index", getattr(bare, name).name])
        if isinstance(getattr(bare, name), Index)
        else text([name, "array"])
        + content("number", list(getattr(bare, name).shape), rounded(getattr(bare, name)).tobytes())
        for name in sorted(names - {"crossing"})
    )
    assert part_digest(bare) == hashlib.sha256(chunks).hexdigest()


@given(hnp.arrays(float, 5, elements=st.floats(allow_nan=False, allow_infinity=False)))
def test_rounding_keeps_nine_digits_and_rounds_only_once(value):
    near = rounded(value)
    normal = (np.abs(value) > 1e-300) & (np.abs(value) < 1e300)
    assert (np.abs(near[normal] - value[normal]) <= np.abs(value[normal]) * 2.0**-30).all()
    assert (rounded(near) == near).all()
    assert not np.signbit(rounded(np.array([-0.0]))).any()


@given(st.integers(-(2**30), 2**30))
def test_rounding_leaves_whole_numbers_up_to_a_thousand_million_alone(number):
    assert rounded(np.array([float(number)]))[0] == number


@given(st.lists(st.floats(0.01, 1000).map(lambda v: round(v, 2)), min_size=2, max_size=20))
def test_the_order_of_summation_does_not_count(numbers):
    forward, backward = np.array([sum(numbers)]), np.array([sum(numbers[::-1])])
    assert rounded(forward)[0] == rounded(backward)[0]
