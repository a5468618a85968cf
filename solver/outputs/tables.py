"""Tables of a plan as Parquet for programs and CSV for spreadsheets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.plan import Plan


def write_tables(plan: Plan, folder: Path) -> list[Path]:
    """Write every table of the plan as ``NAME.parquet`` and ``NAME.csv``; returns the files.

    The CSV begins with a byte order mark, without which Excel reads Chinese as garbage; numbers in it have the digits
    that give the same number again. A table without rows is written too, with its columns.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in plan.tables().items():
        parquet, csv = folder / f"{name}.parquet", folder / f"{name}.csv"
        # named as text, because in a column without rows nothing else says so
        texts = [c for c in table.columns if table[c].dtype.kind not in "fb"]
        table.astype(dict.fromkeys(texts, "string")).to_parquet(parquet, index=False)
        table.to_csv(csv, index=False, encoding="utf-8-sig", lineterminator="\n")
        written += [parquet, csv]
    return written
