"""What all tests share: a quiet display, reproducible examples, and the folder of published benchmark data."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Before anything imports matplotlib: no display, and no fault where the home folder cannot be written to.
os.environ.setdefault("MPLBACKEND", "Agg")
if not os.access(os.path.expanduser("~"), os.W_OK):
    for _name in ("MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        os.environ.setdefault(_name, tempfile.mkdtemp(prefix="refugia-"))

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
DATA = "REFUGIA_DATA"

# Machines differ in speed, so no example has a deadline. HYPOTHESIS_PROFILE=search looks for new counterexamples.
settings.register_profile(
    "ci", derandomize=True, deadline=None, database=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "search", deadline=None, max_examples=1000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def data_folder() -> Path | None:
    """Folder of published benchmark data, which is not part of the repository.

    The environment variable REFUGIA_DATA, else ``shared/data`` beside the checkout; None if neither is there.

    Raises
    ------
    pytest.UsageError
        If REFUGIA_DATA names something that is not a folder: a wrong path must not look like a pass.
    """
    named = os.environ.get(DATA)
    if named:
        folder = Path(named)
        if not folder.is_dir():
            raise pytest.UsageError(f"{DATA}={named} is not a folder.")
        return folder
    beside = ROOT.parent / "shared" / "data"
    return beside if beside.is_dir() else None


def pytest_report_header() -> str:
    folder = data_folder()
    return f"benchmark data: {folder or f'none, tests that need it are skipped; set {DATA} to its folder'}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is marked ``data`` where there is none, and mark what takes the fixture."""
    missing = pytest.mark.skip(reason=f"no benchmark data: set {DATA} to its folder")
    absent = data_folder() is None
    for item in items:
        if "benchmark_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.data)
        if absent and item.get_closest_marker("data"):
            item.add_marker(missing)


@pytest.fixture(scope="session")
def benchmark_data() -> Path:
    """Folder of published benchmark data; the test is skipped where there is none."""
    folder = data_folder()
    if folder is None:
        pytest.skip(f"no benchmark data: set {DATA} to its folder")
    return folder


@pytest.fixture(autouse=True)
def _no_figure_left_open() -> Iterator[None]:
    """Close what a test drew, so that figures do not pile up over a run."""
    yield
    import sys

    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
