"""Live answers to questions of zoning: parcels forced to a class, and patches that only cuts keep large enough."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from formulations.zoning import Numbers, assigned, patch_faults
from solver.certificate import keeps
from solver.explorer.live.answer import Answer, Desk, Refusal, answer
from solver.explorer.live.wish import Wish
from solver.explorer.live.worker import room_of
from solver.fronts.run import perform_front
from solver.study import Study


@pytest.fixture(scope="module", params=["local", "exact"])
def desk(request, tmp_path_factory) -> Desk:
    study = Study.of(
        {
            "instance": {"case": "land", "options": {"parcels": 60, "seed": 3, "scenarios": 2}},
            "question": {"zoning": {"patches": request.param}},
            "front": {
                "objectives": ["unsuitability", "change"],
                "method": "genetic", "points": 6, "time_limit": 20, "genetic": {"generations": 3},
            },
        }
    )  # fmt: skip
    return room_of(str(perform_front(study, tmp_path_factory.mktemp("land") / "land").folder))[0]


def asked(desk: Desk, **wish) -> Answer | Refusal:
    return answer(desk, Wish(**{"seconds": 8.0, "gap": 0.02, **wish}), lambda stage, known: None)


def test_a_limited_answer_keeps_every_rule_and_its_numbers_are_those_of_its_parcels(desk):
    high = float(np.median(desk.points[:, 1]))
    got = asked(desk, limits={"change": (None, high)})
    assert isinstance(got, Answer) and got.y[1] <= high * (1 + 1e-9) + 1e-6
    classes = assigned(desk.asked.matrix, got.x)
    assert not patch_faults(desk.asked.instance.land, classes)
    assert keeps(desk.asked.matrix, got.x[None])[0]
    counted = Numbers.of(desk.asked.question, desk.asked.instance).values(classes[None])[0]
    assert got.y == pytest.approx(counted, rel=1e-6)


def test_a_parcel_forced_to_a_class_has_it(desk):
    land, layer = desk.asked.instance.land, desk.layers[0]
    today = land.present.position
    forced = 0
    for parcel in np.flatnonzero(land.allowed.sum(axis=1) > 1)[:3]:
        other = next(int(c) for c in np.flatnonzero(land.allowed[parcel]) if c != today[parcel])
        got = asked(desk, force={("land", layer.ids[parcel]): other}, start="1")
        if isinstance(got, Answer):
            assert assigned(desk.asked.matrix, got.x)[parcel] == other
            forced += 1
    assert forced


def test_a_class_that_a_parcel_may_not_have_is_refused_by_name(desk):
    land, layer = desk.asked.instance.land, desk.layers[0]
    parcel, kind = (int(k) for k in np.argwhere(~land.allowed)[0])
    got = asked(desk, force={("land", layer.ids[parcel]): kind})
    assert isinstance(got, Refusal) and layer.ids[parcel] in got.sentences[0]["en"]


def test_a_plan_with_small_patches_is_never_an_answer_even_when_the_time_is_over(desk, monkeypatch):
    if desk.asked.question.patches != "local":
        pytest.skip("rows keep patches large")
    monkeypatch.setattr("solver.clock.Clock.left", property(lambda clock: None if clock.limit is None else 0.0))
    monkeypatch.setattr("solver.explorer.live.answer.patch_faults", lambda land, classes: ["too small"])
    monkeypatch.setattr(importlib.import_module("solver.solve"), "solve", stub(desk))
    got = asked(desk)
    assert isinstance(got, Answer) and got.known is not None


def stub(desk: Desk):
    """A solve that comes to the first known plan, as the relaxation without cuts may."""

    class Solved:
        x = np.append(np.asarray(desk.plans[[0]].toarray())[0], 0.0)
        bound, status, message, left_running = None, None, "", False

    return lambda *given, **named: Solved
