from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import scipy.sparse as sp

from formulations.algebra.matrix import Block
from formulations.algebra.program import Program
from solver.backends.exchange import file_names
from solver.backends.highs import to_highs, write
from tests.solver.programs import facilities, matrix_of

WEIGHTS = {"cost": 1.0, "walk": 0.25}


def read_back(path):
    import highspy

    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    assert model.readModel(str(path)) == highspy.HighsStatus.kOk
    return model


def parts(model):
    lp = model.getLp()
    model.ensureRowwise()
    A = sp.csr_array((model.getLp().a_matrix_.value_, model.getLp().a_matrix_.index_, model.getLp().a_matrix_.start_))
    whole = [int(kind) for kind in lp.integrality_]
    return (
        lp.offset_,
        lp.col_cost_,
        lp.col_lower_,
        lp.col_upper_,
        lp.row_lower_,
        lp.row_upper_,
        A.toarray().ravel(),
        whole,
    )


@pytest.mark.parametrize("suffix", [".mps", ".lp"])
def test_a_file_read_back_is_the_same_program_under_our_names(tmp_path, suffix):
    matrix = facilities(seed=1).matrix()
    matrix = dataclasses.replace(matrix, c0=np.array([3.0, 8.0]))
    path = tmp_path / f"program{suffix}"
    write(matrix, WEIGHTS, path)
    model = read_back(path)
    order = [model.getColByName(name)[1] for name in file_names(matrix.columns)]
    rows = [model.getRowByName(name)[1] for name in file_names(matrix.rows)]
    lp = model.getLp()
    cost, constant = matrix.cost(WEIGHTS)
    assert np.array(lp.col_cost_)[order] == pytest.approx(cost, rel=1e-14)
    assert lp.offset_ == pytest.approx(constant)
    for read, given, at in (
        (lp.col_lower_, matrix.lower, order),
        (lp.col_upper_, matrix.upper, order),
        (lp.row_lower_, matrix.row_lower, rows),
        (lp.row_upper_, matrix.row_upper, rows),
    ):
        assert np.array(read)[at] == pytest.approx(given)
    assert [int(lp.integrality_[j]) for j in order] == matrix.integer.astype(int).tolist()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_highs_holds_the_matrix_as_it_is():
    matrix = facilities(seed=1).matrix()
    offset, cost, lower, upper, row_lower, row_upper, A, whole = parts(to_highs(matrix, WEIGHTS))
    given, constant = matrix.cost(WEIGHTS)
    assert (offset, list(cost)) == (constant, given.tolist())
    assert (list(lower), list(upper)) == (matrix.lower.tolist(), matrix.upper.tolist())
    assert (list(row_lower), list(row_upper)) == (matrix.row_lower.tolist(), matrix.row_upper.tolist())
    assert np.array_equal(A, matrix.A.toarray().ravel())
    assert whole == matrix.integer.astype(int).tolist()


@pytest.mark.parametrize("suffix", [".mps", ".lp"])
def test_free_fixed_ranged_and_unbounded_whole_numbers_survive_the_file(tmp_path, suffix):
    matrix = matrix_of(
        [[1.0, -2.0, 0.5, 1.0], [1.0, 1.0, 1.0, -1.0]],
        [-3.0, 2.0],
        [4.0, 2.0],
        [-np.inf, 0.0, 2.5, -4.0],
        [np.inf, np.inf, 2.5, np.inf],
        [False, True, False, True],
        [[1.0, 2.0, -1.0, 3.0]],
    )
    path = tmp_path / f"program{suffix}"
    write(matrix, {"f0": 1.0}, path)
    model = read_back(path)
    lp, order = model.getLp(), [model.getColByName(name)[1] for name in file_names(matrix.columns)]
    assert np.array(lp.col_lower_)[order].tolist() == matrix.lower.tolist()
    assert np.array(lp.col_upper_)[order].tolist() == matrix.upper.tolist()
    assert [int(lp.integrality_[j]) for j in order] == [0, 1, 0, 1]
    sides = sorted(zip(lp.row_lower_, lp.row_upper_, strict=True))
    # LP files have no rows with two sides: there it is two rows
    ranged = [(-np.inf, 4.0), (-3.0, np.inf)] if suffix == ".lp" else [(-3.0, 4.0)]
    assert sides == [*ranged, (2.0, 2.0)]


def test_names_in_files_are_plain_unique_and_never_numbers_or_words_of_the_format():
    given = ["open", "Open", "e5", "5e", "free", "inf", "max", "st", "straße", "避难所", "stra e", "a" * 300, "x y", ""]
    blocks = {name: Block(name, (), k, 2) for k, name in enumerate(given)}
    names = file_names(blocks)
    assert len({name.lower() for name in names}) == len(names) == 2 * len(given)
    assert all(name.isascii() and " " not in name and len(name) <= 255 for name in names)
    assert names[:2] == ["open.0", "open.1"]
    assert not any(
        name[0].isdigit() or name.split(".")[0].lower() in ("e5", "free", "inf", "max", "st") for name in names
    )


@pytest.mark.parametrize("suffix", [".mps", ".lp"])
def test_strange_names_can_be_read_back(tmp_path, suffix):
    program = Program("strange names")
    given = ["e5", "E", "free", "inf", "bin", "st", "straße", "避难所", "end", "sin", "general", "v_e5"]
    parts_ = [program.variable(name, upper=5.0) for name in given]
    program.minimize(total=sum(parts_[1:], parts_[0]))
    for k, name in enumerate(given):
        program.subject_to(**{name: parts_[k] + parts_[k - 1] >= k})
    path = tmp_path / f"program{suffix}"
    write(program.matrix(), {"total": 1.0}, path)
    model, matrix = read_back(path), program.matrix()
    order = [model.getColByName(name)[1] for name in file_names(matrix.columns)]
    assert sorted(order) == list(range(len(given)))
    assert sorted(model.getRowByName(name)[1] for name in file_names(matrix.rows)) == list(range(len(given)))


def test_other_suffixes_and_folders_that_are_not_there_are_errors(tmp_path):
    matrix = facilities(4, 3).matrix()
    with pytest.raises(ValueError, match=r"not as \.txt"):
        write(matrix, WEIGHTS, tmp_path / "program.txt")
    with pytest.raises(OSError, match="nowhere"):
        write(matrix, WEIGHTS, tmp_path / "nowhere" / "program.mps")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path, monkeypatch):
    import highspy

    path = tmp_path / "program.mps"
    path.write_text("the old one")
    monkeypatch.setattr(highspy.Highs, "writeModel", lambda self, name: highspy.HighsStatus.kError)
    with pytest.raises(OSError, match="could not write"):
        write(facilities(4, 3).matrix(), WEIGHTS, path)
    assert path.read_text() == "the old one"
    assert [p.name for p in tmp_path.iterdir()] == ["program.mps"]
