"""The payload against its JSON Schema, and what is read back from it."""

from __future__ import annotations

import copy
import json
from importlib import resources
from typing import Any

import jsonschema
import numpy as np
import pytest

from solver.explorer.blocks import unblock
from solver.explorer.content import Content
from solver.explorer.page import page_text, read_payload
from solver.explorer.payload import SCHEMA, Precision, payload
from tests.explorer.generated import generated


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resources.files("solver.explorer").joinpath("schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(found)
    return found


@pytest.fixture(scope="module")
def content() -> Content:
    return generated(60, 12, 8, 12, 10)


def plain(told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(told, allow_nan=False))
    return found


@pytest.mark.parametrize("precision", [None, Precision("f4"), Precision("u2", 5.0)])
def test_every_payload_keeps_to_the_schema(
    schema: dict[str, Any], content: Content, precision: Precision | None
) -> None:
    jsonschema.Draft202012Validator(schema).validate(plain(payload(content, "zh", precision)))


def test_the_schema_names_the_version_that_payloads_have(schema: dict[str, Any]) -> None:
    assert schema["$id"] == SCHEMA


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told.update(schema="refugia-explorer/2.0"),
        lambda told: told.update(more=1),
        lambda told: told["objectives"][0].update(how="median"),
        lambda told: told["layers"][0].update(classes=None),
        lambda told: told["layers"][1]["kinds"][0].update(colour="red"),
        lambda told: told["alternatives"]["values"].update(dtype="f4"),
        lambda told: told["futures"]["measures"][0]["values"].pop("shape"),
        lambda told: told.pop("frame"),
    ],
)
def test_the_schema_refuses_what_no_page_can_read(schema: dict[str, Any], content: Content, spoil: Any) -> None:
    told = copy.deepcopy(plain(payload(content)))
    spoil(told)
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(told))


def test_objectives_decisions_and_places_come_back_from_the_page(content: Content) -> None:
    told = read_payload(page_text(payload(content)))
    assert np.array_equal(unblock(told["alternatives"]["values"]).T, content.alternatives.values)
    assert np.array_equal(unblock(told["alternatives"]["verified"]), content.alternatives.verified, equal_nan=True)
    frame = told["frame"]
    for layer, kept in zip(content.layers, told["layers"], strict=True):
        xy = np.column_stack([unblock(kept["shapes"][axis]) for axis in "xy"]) * frame["step"] + frame["corner"]
        assert np.abs(xy - layer.shapes.xy).max() <= frame["step"] / 2 + 1e-9
        assert np.array_equal(unblock(kept["shapes"]["owner"]), layer.shapes.owner)
        assert np.array_equal(unblock(kept["shapes"]["start"]), layer.shapes.start)


def test_steps_of_a_measure_are_at_most_half_a_step_off(content: Content) -> None:
    told = payload(content, "en", Precision("u2"))
    assert content.futures is not None
    for measure, kept in zip(content.futures.measures, told["futures"]["measures"], strict=True):
        step = (kept["high"] - kept["low"]) / 65535
        read = kept["low"] + unblock(kept["values"]) * step
        assert np.abs(read - measure.values).max() <= step / 2 * (1 + 1e-9)


def test_another_language_is_refused(content: Content) -> None:
    with pytest.raises(ValueError, match="use en or zh"):
        payload(content, "fr")
