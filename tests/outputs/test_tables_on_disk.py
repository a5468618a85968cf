from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from formulations.plan import IntegratedPlan
from instances.instance import Instance
from solver.outputs.tables import write_tables
from solver.plan import TABLES, Plan, answer


def test_both_formats_hold_the_numbers_of_the_plan_to_the_last_digit(whole_plan: Plan, tmp_path: Path) -> None:
    files = write_tables(whole_plan, tmp_path)
    assert {file.name for file in files} == {f"{name}.{kind}" for name in TABLES for kind in ("parquet", "csv")}
    for name in TABLES:
        told = getattr(whole_plan, name)
        parquet = pd.read_parquet(tmp_path / f"{name}.parquet")
        csv = pd.read_csv(tmp_path / f"{name}.csv", keep_default_na=False, na_values={}, dtype=str)
        for column in told.columns:
            if told[column].dtype.kind == "f":
                pd.testing.assert_series_equal(parquet[column], told[column], check_exact=True)
                again = np.array([float(text or "nan") for text in csv[column]])
                np.testing.assert_array_equal(again, told[column].to_numpy())
            else:
                assert parquet[column].astype(str).tolist() == told[column].astype(str).tolist()
                assert csv[column].tolist() == told[column].astype(str).tolist()


def test_csv_begins_with_the_mark_that_makes_excel_read_chinese(whole_plan: Plan, tmp_path: Path) -> None:
    write_tables(whole_plan, tmp_path)
    content = (tmp_path / "zones.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert "东区" in content.decode("utf-8-sig")


def test_an_empty_table_keeps_its_columns_and_types(town: Instance, tmp_path: Path) -> None:
    plan = answer(IntegratedPlan(), town, {"cost": 1.0, "unserved": 300.0})
    write_tables(plan, tmp_path)
    schema = pq.read_schema(tmp_path / "stock.parquet")
    assert schema.names == list(plan.stock.columns)
    assert str(schema.field("site").type).endswith("string")
    assert str(schema.field("amount").type) == "double"
    assert pd.read_csv(tmp_path / "stock.csv").columns.tolist() == list(plan.stock.columns)


def test_the_same_plan_gives_the_same_bytes(whole_plan: Plan, tmp_path: Path) -> None:
    first, second = (write_tables(whole_plan, tmp_path / name) for name in ("a", "b"))
    assert [f.read_bytes() for f in first] == [f.read_bytes() for f in second]


def test_text_that_looks_like_table_syntax_survives(town: Instance, tmp_path: Path) -> None:
    nasty = '学校, "第一"\nNo; 1'
    titles = town.sites.title.astype("<U40")
    titles[:] = nasty
    sites = dataclasses.replace(town.sites, title=titles)
    plan = answer(IntegratedPlan(), dataclasses.replace(town, sites=sites), {"cost": 1.0, "unserved": 300.0})
    write_tables(plan, tmp_path)
    read = pd.read_csv(tmp_path / "openings.csv")
    assert len(read) > 0 and set(read["title"]) == {nasty}
