from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from formulations.plan import OBJECTIVES, CorridorRules, IntegratedPlan, Promise, ShelterRules, StockRules
from instances.catalog import cases
from instances.container import save
from solver.command.given import shipped
from solver.options import BACKENDS
from solver.study import Objective, Solve, Study, StudyError, default_study, json_schema, load_study
from tests.instances.tiny import tiny_instance

HEAD = "instance: {case: hurricanes, options: {scenarios: 3}}\n"


def faults_of(tmp_path: Path, text: str | bytes) -> list[str]:
    path = tmp_path / "study.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    with pytest.raises(StudyError) as caught:
        load_study(path)
    assert str(path) in caught.value.what
    return caught.value.faults


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("question: {shelter: true}", "line 2: question.shelter: is unknown; use shelters, stock"),
        ("question: {shelter: true}", "did you mean shelters?"),
        (
            "question: {stock: {rely: true}}",
            "question.stock.rely: is unknown; use relay, days, standing (did you mean relay?)",
        ),
        ("question:\n  stock: {standing: -1}", "line 3: question.stock.standing: must be at least 0, got -1"),
        ("question: {shelters: 1}", "question.shelters: must be a table, got 1"),
        ("question: {budget: lots}", "question.budget: must be a number, got 'lots'"),
        ("question: {budget: .nan}", "question.budget: must be a finite number, got nan"),
        ("question: {budget: .inf}", "question.budget: must be a finite number, got inf"),
        ("question: {alpha: 1}", "question.alpha: must be less than 1, got 1"),
        (
            "question: {promises: [{level: hihg, unserved: 0}]}",
            "question.promises[0].level: 'hihg' is unknown; use moderate",
        ),
        ("question: {promises: [{level: high}]}", "question.promises[0]: give a largest share unserved or short"),
        (
            "question: {promises: [{level: high, unserved: 2}]}",
            "question.promises[0].unserved: must be at most 1, got 2",
        ),
        ("question: {counts: {depot: 1.5}}", "question.counts.depot: must be a whole number, got 1.5"),
        ("question: {limits: {glory: 1}}", "question.limits.glory: 'glory' is unknown; use cost"),
        ("question: {require: park}", "question.require: must be a list, got 'park'"),
        ("question: {harden: true}", "question.harden: True is unknown; use none, lanes, all"),
        ("minimize: {cost: '1'}", "minimize.cost: must be a number, got '1'"),
        ("minimize: {cost: true}", "minimize.cost: must be a number, got True"),
        ("minimize: {cost: -1}", "minimize.cost: must be at least 0, got -1"),
        ("minimize: {cost: 0}", "minimize: give at least one objective a weight above 0"),
        (
            "minimise: {cost: 1}",
            "minimise: is unknown; use title, instance, question, minimize, solve, front (did you mean minimize?)",
        ),
        (
            "solve: {backend: highs2}",
            "solve.backend: 'highs2' is unknown; use highs, cpsat, pyomo (did you mean highs?)",
        ),
        ("solve: {time_limit: 0}", "solve.time_limit: must be more than 0, got 0"),
        ("solve: {threads: null}", "solve.threads: must be a whole number, got nothing"),
        ("solve: []", "solve: must be a table, got []"),
        ("solve: {gap: 0.1, gap: 0.2}", "line 2: solve.gap stands twice, first in line 2; keep one"),
        ("minimize: {cost: 1", "no YAML"),
        ("\tsolve: 1", "no YAML"),
        ("solve: !!python/object:os.system {}", "no YAML"),
    ],
)
def test_a_wrong_line_is_named_with_its_place_and_what_would_be_right(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in fault for fault in faults_of(tmp_path, HEAD + text)), faults_of(tmp_path, HEAD + text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("# nothing\n", "is empty"),
        ("- 1\n", "a study is a table"),
        ("question: {}\n", "instance: is missing"),
        ("instance: nowhere.zip\n", "'nowhere.zip' is neither a case"),
        ("instance: hurricane\n", "did you mean hurricanes?"),
        ("instance: {case: helsinky}\n", "line 1: instance.case: 'helsinky' is unknown"),
        ("instance: {case: hurricanes, path: x}\n", "give either case or path"),
        ("instance: {}\n", "give either case or path"),
        ("instance: {path: x.zip, options: {a: 1}}\n", "options belong to a case"),
        ("instance: {case: hurricanes, options: {scenario: 3}}\n", "did you mean scenarios?"),
        ("instance: {case: hurricanes, options: {scenarios: 0}}\n", "instance.options: scenarios"),
        ("instance: {case: osm}\n", "extract must be given"),
        (b"instance: caf\xe9\n", "is no text in UTF-8"),
        (b"\x00\x01", "no YAML"),
    ],
)
def test_a_wrong_source_is_named_before_anything_is_built(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert any(said in fault for fault in faults_of(tmp_path, text)), faults_of(tmp_path, text)


def test_all_faults_come_in_one_error_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """\
instance: {case: hurricanes, options: {speed: -5}}
question:
  shelterz: false
  promises:
    - {level: mild, short: 0.1}
  budget: -1
  budget: 2
minimize: {cost: 1, fame: 2}
solve: {gap: -0.1}
notes: hello
"""
    faults = faults_of(tmp_path, text)
    assert [int(f.split()[1].rstrip(":")) for f in faults] == [1, 1, 3, 5, 7, 8, 9, 10]
    for word in ("speed", "shelterz", "mild", "twice", "fame", "gap", "notes"):
        assert sum(word in f for f in faults) >= 1


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_study_that_cannot_be_read_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(StudyError, match=r"no such file|is a folder"):
        load_study(tmp_path / name)


def test_every_case_has_a_study_that_can_be_read_and_written_again() -> None:
    for case in cases():
        changes = {"instance.options.extract": "town.osm.pbf"} if case.name == "osm" else {}
        study = load_study(shipped(case.name), changes)
        assert study.instance.case == case.name and study.title.en and study.title.zh
        assert Study.of(yaml.safe_load(study.to_yaml())) == study


def test_a_switch_stands_for_a_part_with_its_defaults() -> None:
    on = Study.of({"instance": "hurricanes", "question": {"shelters": True, "stock": True, "corridors": True}})
    assert on.plan_question() == IntegratedPlan(
        shelters=ShelterRules(), stock=StockRules(), corridors=CorridorRules(), objectives=("cost", "unserved")
    )
    off = Study.of({"instance": "hurricanes", "question": {"shelters": False, "stock": False}})
    assert off.plan_question().shelters is None and off.plan_question().stock is None


def test_what_is_written_is_what_is_asked() -> None:
    study = Study.of(
        {
            "instance": "hurricanes",
            "question": {
                "shelters": {"whole": True, "one_mode": True, "linked": False},
                "stock": {"relay": True, "standing": 3},
                "corridors": {"holds": "extreme", "tie_stock": False},
                "harden": "all",
                "promises": [{"level": "high", "unserved": 0.1, "short": 0.2, "phase": "days", "by_zone": True}],
                "budget": 5,
                "counts": {"depot": 2},
                "limits": {"travel": 9},
                "require": ["a"],
                "forbid": ["b|c"],
                "alpha": 0.5,
            },
            "minimize": {"unserved": 2, "cost": 0},
        }
    )
    assert study.plan_question() == IntegratedPlan(
        shelters=ShelterRules(whole=True, one_mode=True, linked=False),
        stock=StockRules(relay=True, standing=3.0),
        corridors=CorridorRules(holds="extreme", tie_stock=False),
        harden="all",
        promises=(Promise("high", 0.1, 0.2, "days", True),),
        budget=5.0,
        counts={"depot": 2},
        limits={"travel": 9.0},
        require=("a",),
        forbid=("b|c",),
        objectives=("unserved", "cost"),
        alpha=0.5,
    )
    assert study.weights() == {"unserved": 2.0, "cost": 0.0}


def test_objectives_and_backends_are_those_that_exist() -> None:
    assert set(Objective.__args__) == set(OBJECTIVES)
    assert Solve.model_fields["backend"].annotation.__args__ == BACKENDS


def test_numbers_may_be_written_as_engineers_write_them(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(HEAD + "question: {budget: 2e6}\nminimize: {cost: 1E-3}\n")
    study = load_study(path)
    assert (study.question.budget, study.minimize["cost"]) == (2e6, 1e-3)


def test_paths_count_from_the_folder_of_the_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tiny_instance(), tmp_path / "town.zip", layers=False)
    (tmp_path / "study.yaml").write_text("instance: town.zip\nquestion: {stock: true}\n")
    monkeypatch.chdir("/")
    study = load_study(tmp_path / "study.yaml")
    assert study.instance.build().digest == tiny_instance().digest
    (tmp_path / "osm.yaml").write_text("instance: {case: osm, options: {extract: map.osm.pbf}}\n")
    assert load_study(tmp_path / "osm.yaml").instance.options["extract"] == str(tmp_path / "map.osm.pbf")


def test_values_set_by_hand_replace_those_of_the_file_and_are_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text("instance: hurricanes\nquestion: {stock: true}\n")
    changes = {"instance.options.scenarios": 2, "question.stock.relay": True, "minimize.cost": 3, "solve.gap": 0.5}
    study = load_study(path, changes)
    assert study.instance.options == {"scenarios": 2} and study.question.stock.relay and study.minimize == {"cost": 3}
    with pytest.raises(StudyError) as caught:
        load_study(path, {"solve.gap": -1, "question.stok": 1, "minimize.cost.x": 1, "": 2})
    assert len(caught.value.faults) == 4
    assert all(fault.startswith("--set") or "stok" in fault for fault in caught.value.faults)


def test_the_schema_accepts_what_refugia_accepts_and_refuses_what_it_refuses(tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(json.dumps(json_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    good = [yaml.safe_load(shipped(case.name).read_text("utf-8")) for case in cases()]
    assert [list(check.iter_errors(study)) for study in good] == [[]] * len(good)
    for bad in (
        {},
        {"instance": "helsinki", "question": {"shelter": True}},
        {"instance": "helsinki", "question": {"promises": [{"level": "mild", "unserved": 0}]}},
        {"instance": "helsinki", "minimize": {"cost": -1}},
        {"instance": "helsinki", "minimize": {"fame": 1}},
        {"instance": "helsinki", "solve": {"gap": "small"}},
    ):
        assert list(check.iter_errors(bad)), bad
        with pytest.raises(StudyError):
            Study.of(bad)


def test_every_key_of_a_study_is_explained_in_the_schema() -> None:
    definitions = json_schema()["$defs"]
    known = {"level", "en", "zh", "promises"}  # speak for themselves
    for name, section in definitions.items():
        for key, about in section["properties"].items():
            assert about.get("description") or key in known, f"{name}.{key}"


def test_the_plain_study_of_an_instance_asks_for_all_that_it_has() -> None:
    town = tiny_instance()
    study = default_study(town, {"case": "hurricanes"})
    question = study.plan_question()
    assert question.shelters and question.stock and question.corridors
    question.check(town)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_whatever_is_given_the_answer_is_a_study_or_one_error_with_faults(content: object) -> None:
    with pytest.raises(StudyError) as caught:
        Study.of({"instance": content, "question": content, "solve": content})
    assert caught.value.faults
