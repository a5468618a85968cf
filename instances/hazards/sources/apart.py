"""Reading a CLIMADA file in a process of its own.

The HDF5 library may loop without end, or crash, on a damaged file; neither may take the build with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from instances.hazards.sources.sets import EventSet
from instances.schema import InstanceError

SECONDS = 600.0  # the demonstration file of CLIMADA takes less than one


def read_climada(path: Path, name: str, seconds: float = SECONDS) -> EventSet:
    """As :func:`instances.hazards.sources.climada.hazard_file`, safe against files that hang or crash the reader.

    Raises
    ------
    InstanceError
        As that function; also if reading takes longer than ``seconds`` or the reader crashes.
    """
    with tempfile.TemporaryDirectory(prefix="refugia-") as folder:
        out = Path(folder, "set.npz")
        command = [sys.executable, "-m", "instances.hazards.sources.apart", str(path.absolute()), name, str(out)]
        paths = os.pathsep.join(os.path.abspath(p) for p in sys.path)
        try:
            done = subprocess.run(
                command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            fault = f"{path.name}: reading it took longer than {seconds:g} s and was stopped; it is probably damaged"
            raise InstanceError("CLIMADA file", [fault]) from error
        if done.returncode == 0:
            return _loaded(out, name)
        told = done.stdout.decode("utf-8", "replace").strip()
        try:
            what, faults = json.loads(told)
        except ValueError:
            what = "CLIMADA file"
            faults = [f"{path.name}: the reader crashed on it (exit {done.returncode}); it is probably damaged"]
        raise InstanceError(what, faults)


def _loaded(out: Path, name: str) -> EventSet:
    from scipy import sparse

    with np.load(out, allow_pickle=False) as held:
        intensity = sparse.csr_matrix((held["data"], held["indices"], held["indptr"]), shape=tuple(held["shape"]))
        hazard, unit, crs = (str(t) for t in held["texts"])
        rate = held["rate"] if held["rate"].size else None
        return EventSet(name, held["event"], held["title"], hazard, unit, intensity, held["xy"], crs, rate)


def _child(path: str, name: str, out: str) -> int:
    from instances.hazards.sources.climada import hazard_file

    try:
        found = hazard_file(Path(path), name)
    except InstanceError as error:
        sys.stdout.write(json.dumps([error.what, error.faults]))
        return 3
    matrix = found.intensity
    np.savez(
        out,
        event=found.event,
        title=found.title,
        texts=np.array([found.hazard, found.unit, found.crs], np.str_),
        data=matrix.data,
        indices=matrix.indices,
        indptr=matrix.indptr,
        shape=np.array(matrix.shape),
        xy=found.xy,
        rate=np.zeros(0) if found.rate is None else found.rate,
    )
    return 0


if __name__ == "__main__":
    sys.exit(_child(*sys.argv[1:4]))
