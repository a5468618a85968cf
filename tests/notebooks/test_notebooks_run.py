"""Every notebook runs from top to bottom, and says in the end what its text promises."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))


def run(path: Path) -> list[str]:
    """Text that each code cell printed or showed."""
    import jupytext
    from nbclient import NotebookClient

    notebook = jupytext.read(path)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(ROOT)}}).execute()
    shown = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output["output_type"] != "error"
            shown.append(output.get("text") or "".join(output.get("data", {})))
    return shown


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("first_plan", ("within gap", "bound by us", "infeasible", "image/png", "without a place")),
        ("explorer", ("6 plans", "text/html", "withheld:", "How sure this is")),
        ("location", ("Proven best", "text/html", "Proven complete", "the best plan walks", "image/png")),
        ("fronts", ("representation", "missed by at most", "proven", "image/png", "Knee", "core")),
    ],
)
def test_the_notebook_runs_and_shows_what_its_text_promises(name: str, said: tuple[str, ...]) -> None:
    shown = "\n".join(run(ROOT / "notebooks" / f"{name}.py"))
    assert [word for word in said if word not in shown] == []


def test_every_notebook_is_run() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["explorer", "first_plan", "fronts", "location"]
