"""What is wrong with an instance on disk is found and named, all of it at once."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from instances.container import load, save
from instances.schema import InstanceError
from tests.instances.tiny import tiny_instance

TOWN = tiny_instance(requests=True)
FORMS = ("town.refugia", "town.zip")


@pytest.fixture
def folder(tmp_path):
    return save(TOWN, tmp_path / "town", layers=False)


def faults_of(path: Path) -> list[str]:
    with pytest.raises(InstanceError) as caught:
        load(path)
    return caught.value.faults


def edit(folder: Path, change: Callable[[dict], object]) -> None:
    """Change the record as somebody would by hand."""
    record = json.loads((folder / "instance.json").read_text())
    change(record["refugia"])
    (folder / "instance.json").write_text(json.dumps(record))


def test_a_place_without_an_instance_is_said_to_have_none(tmp_path):
    assert faults_of(tmp_path / "nowhere") == ["no such file or folder"]
    (fault,) = faults_of(tmp_path)
    assert fault.startswith("no instance.json in it")
    (tmp_path / "notes.txt").write_text("hello")
    (fault,) = faults_of(tmp_path / "notes.txt")
    assert "not a zip file" in fault


def test_another_version_of_the_schema_is_the_only_thing_said(folder):
    def other(record):
        record["schema"] = 2
        record["parts"] = "unreadable"

    edit(folder, other)
    (fault,) = faults_of(folder)
    assert "schema version 2, this version of refugia reads 1" in fault


def test_a_record_of_something_else_is_no_instance(folder):
    (folder / "instance.json").write_text('{"name": "a data package"}')
    assert "no entry 'refugia'" in faults_of(folder)[0]
    (folder / "instance.json").write_text("[]")
    assert "no entry 'refugia'" in faults_of(folder)[0]


@pytest.mark.parametrize("text", ["", "{", '{"refugia": {"schema": 1, "schema": 1}}', "[" * 100_000, "\xff", "nul"])
def test_a_garbled_record_is_said_to_be_garbled(folder, text):
    (folder / "instance.json").write_bytes(text.encode("latin-1"))
    (fault,) = faults_of(folder)
    assert fault.startswith("instance.json: cut off or garbled")


def pickled() -> bytes:
    array = np.empty(4, object)
    array[:] = [os.getcwd] * 4
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=True)
    return file.getvalue()


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "piece"),
    [
        (pickled(), "holds pickled Python objects, which are not read"),
        (pickle.dumps([1.0] * 4), "not a readable .npy file"),
        (b"", "not a readable .npy file"),
        (npy(np.ones(4))[:-1], "31 bytes of data, expected 32"),
        (npy(np.ones(4)) + b"x", "33 bytes of data, expected 32"),
        (npy(np.ones(4)).replace(b"(4,)", b"(9,)"), "32 bytes of data, expected 72"),
        (npy(np.ones(4, complex)), "is not one of float, integer, bool and UTF-8 text"),
        (npy(np.ones(3)), "shape (3,), expected (4,) for [demand[4]]"),
        (npy(np.array([1.0, 2.0, np.nan, 4.0])), "Demand.people [people]: 1 of 4 values are missing or infinite"),
        (npy(np.array([1.0, 2.0, -3.0, 4.0])), "first at block 3"),
        (npy(np.array(["a", "b", "c", "d"]).astype("S")), "must be numbers"),
        (npy(TOWN.demand.people + 1), "demand: content does not match its digest"),
    ],
)
def test_a_damaged_or_changed_array_is_named(folder, content, piece):
    (folder / "arrays" / "demand.people.npy").write_bytes(content)
    assert any(piece in fault for fault in faults_of(folder))
    assert all("demand" in fault.lower() for fault in faults_of(folder))


def test_truth_values_of_more_than_one_bit_are_damage(folder):
    path = folder / "arrays" / "damage.cut.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"\x02")
    assert any("damage.cut" in fault and "truth values other than 0 and 1" in fault for fault in faults_of(folder))


@pytest.mark.parametrize(
    ("change", "pieces"),
    [
        (lambda r: r["parts"].update(rivers={}), ["part 'rivers' is unknown to this version"]),
        (lambda r: r["parts"]["demand"].update(age={"value": 1}), ["demand.age is unknown to this version"]),
        (lambda r: r["parts"]["demand"].pop("people"), ["demand.people is missing", "arrays/demand.people.npy"]),
        (lambda r: r["parts"].pop("scenarios"), ["part 'scenarios' is missing"]),
        (lambda r: r["parts"].pop("requests"), ["arrays/requests.request.npy; remove"]),
        (lambda r: r["parts"].update(demand=3), ["demand: is not a table"]),
        (lambda r: r["parts"]["demand"].update(demand={"value": "x"}), ["demand.demand: is a str"]),
        (lambda r: r["parts"]["demand"].update(demand={"index": "crowd"}), ["needs the index set crowd"]),
        (lambda r: r["parts"]["demand"].update(demand={"index": "site"}), ["demand.demand is site[3]", "shape (4,)"]),
        (lambda r: r["parts"]["demand"]["zone"].update(map=["demand"]), ["demand.zone: "]),
        (lambda r: r["parts"]["commodities"].update(severity_unit={"value": "lives"}), ["commodities: content"]),
        (
            lambda r: r["parts"]["commodities"].update(severity_unit={"value": 1}),
            ["commodities.severity_unit: is a int"],
        ),
        (lambda r: r["indexes"].pop("way"), ["index set 'way': is not described", "needs the index set 'way'"]),
        (lambda r: r["indexes"]["route"].update(size=4), ["has 21 elements, instance.json says 4"]),
        (lambda r: r["indexes"]["route"]["components"].pop("way"), ["index.route: content", "index.route.way.npy"]),
        (
            lambda r: r["indexes"]["route"]["components"]["way"].update(target="route"),
            ["index set 'route': its component 'way' needs the index set 'route'"],
        ),
        (lambda r: r["indexes"]["route"]["components"]["way"].update(target="zone"), ["outside zone[2]"]),
        (lambda r: r["about"].update(crs="EPSG:3857"), ["Web Mercator"]),
        (lambda r: r["about"].update(money="CNY"), ["about: content does not match its digest"]),
        (lambda r: r["about"].update(notes=["nothing was dropped"]), ["words: content does not match its digest"]),
        (lambda r: r["about"].update(synthetic="no"), ["about.synthetic: 'no' is not bool"]),
        (lambda r: r["about"].update(title=["x"]), ["about.title"]),
        (lambda r: r["about"].update(mayor="x"), ["about.mayor is unknown"]),
        (lambda r: r["about"].pop("name"), ["about.name is missing"]),
        (lambda r: r.pop("about"), ["about is missing or not a table"]),
        (lambda r: r.pop("digests"), ["digests is missing or not a table", "demand: content does not match"]),
        (lambda r: r["digests"].update(rivers="00"), ["rivers: has a digest but no content"]),
        (lambda r: r.update(digest="00"), ["the digest of the instance does not match its parts"]),
    ],
)
def test_a_record_changed_by_hand_is_found_out(folder, change, pieces):
    edit(folder, change)
    faults = faults_of(folder)
    for piece in pieces:
        assert any(piece in fault for fault in faults), faults


def test_all_that_is_wrong_comes_in_one_error(folder):
    (folder / "arrays" / "demand.people.npy").unlink()
    (folder / "arrays" / "sites.area.npy").write_bytes(npy(np.array([1.0, np.nan, 3.0])))
    (folder / "arrays" / "index.key.npy").write_bytes(npy(np.array([b"gate", b"gate"])))
    (folder / "arrays" / "routes.minutes.npy").write_bytes(b"cut")
    (folder / "arrays" / "roads.walk.npy").write_bytes(npy(TOWN.roads.walk * 1.01))
    (folder / "arrays" / "stray.npy").write_bytes(b"")
    edit(folder, lambda record: record["parts"].update(rivers={}))
    faults = faults_of(folder)
    for piece in (
        "demand.people: arrays/demand.people.npy is missing",
        "Sites.area [m2]: 1 of 3 values are missing or infinite, first at park 2",
        "index set 'key': key: 1 duplicate ids, first 'gate'",
        "routes.minutes: arrays/routes.minutes.npy: not a readable .npy file",
        "roads: content does not match its digest",
        "1 arrays that instance.json does not name, first arrays/stray.npy",
        "part 'rivers' is unknown",
    ):
        assert any(piece in fault for fault in faults), piece


@pytest.mark.parametrize("path", ["../secret.npy", "/etc/passwd", "arrays/../../secret.npy", "arrays\\x.npy", 3, None])
def test_no_path_leads_out_of_the_folder(folder, path):
    np.save(folder.parent / "secret.npy", TOWN.demand.people)
    edit(folder, lambda record: record["parts"]["demand"]["people"].update(array=path))
    assert any("is not the path of an array inside the instance" in fault for fault in faults_of(folder))


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_no_link_leads_out_of_the_folder(folder):
    array = folder / "arrays" / "demand.people.npy"
    shutil.move(array, folder.parent / "people.npy")
    array.symlink_to(folder.parent / "people.npy")
    assert any("is a link to somewhere else" in fault for fault in faults_of(folder))


@pytest.mark.parametrize("name", ["../evil.npy", "/evil.npy", "a/../../evil.npy", "C:/evil.npy", "..\\evil.npy"])
def test_a_zip_file_with_paths_that_lead_out_is_not_trusted(tmp_path, name):
    place = save(TOWN, tmp_path / "town.zip", layers=False)
    with zipfile.ZipFile(place, "a") as archive:
        archive.writestr(name, b"x")
    (fault,) = faults_of(place)
    assert "leads out of the zip file" in fault


def test_a_zip_file_that_says_things_twice_is_not_trusted(tmp_path):
    place = save(TOWN, tmp_path / "town.zip", layers=False)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(place, "a") as archive:
        archive.writestr("instance.json", b"{}")
    (fault,) = faults_of(place)
    assert "more than once" in fault


def spoilt(content: bytes, dice: random.Random) -> bytes:
    """Cut off somewhere, or with one bit or one byte changed, or with one byte too many."""
    at = dice.randrange(len(content))
    return dice.choice(
        [
            content[:at],
            content[:at] + bytes([content[at] ^ (1 << dice.randrange(8))]) + content[at + 1 :],
            content[:at] + bytes([dice.randrange(256)]) + content[at + 1 :],
            content + bytes([dice.randrange(256)]),
        ]
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(3))
def test_damage_is_found_out_or_harmless(tmp_path, form, seed):
    town = tiny_instance(2, 2, 2, requests=True)
    place = save(town, tmp_path / form, layers=False)
    files = sorted(path for path in place.rglob("*") if path.is_file()) or [place]
    dice, found, harmless = random.Random(seed), 0, 0
    for _ in range(100):
        path = files[0] if dice.random() < 0.1 else dice.choice(files)
        content = path.read_bytes()
        path.write_bytes(spoilt(content, dice))
        try:
            back = load(place)
            assert (back.digest, back.about) == (town.digest, town.about)
            harmless += 1
        except InstanceError as error:
            assert error.faults
            found += 1
        path.write_bytes(content)
    assert found > 50
    assert load(place).digest == town.digest
