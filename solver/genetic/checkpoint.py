"""An evolution on disk: arrays and JSON in one ``.npz`` file. Reading one runs nothing of what is in it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from solver.backends.exchange import replacing
from solver.genetic.generation import NORMS, SLOTS, Generation

KIND = "refugia evolution 1"

ARRAYS = ("genomes", "values", "scaled", "broken", "origin", "unit", "best", "best_values")


class CheckpointError(ValueError):
    """A file cannot be continued from; the message says why."""


def save(path: Path, generation: Generation, terms: Mapping[str, Any]) -> None:
    """Write a generation, replacing what is there only when the new file is complete.

    Parameters
    ----------
    terms
        What a run that continues must have in common with this one: plain values, ready for JSON.
    """
    head = {
        "kind": KIND,
        "terms": dict(terms),
        "random": generation.random,
        **{name: getattr(generation, name) for name in ("number", "evaluations", "seconds")},
    }
    arrays: dict[str, Any] = {name: getattr(generation, name) for name in ARRAYS}
    arrays |= {f"slot_{name}": value for name, value in generation.slots.items()}
    arrays |= {f"memory_{name}": value for name, value in generation.memory.items()}
    arrays["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part, part.open("wb") as file:
        np.savez_compressed(file, **arrays)


def load(path: Path, terms: Mapping[str, Any]) -> Generation:
    """The generation in a file, if it belongs to a run with these terms.

    Raises
    ------
    CheckpointError
        If the file is not a complete checkpoint, or belongs to another program, genome or set of options; what differs
        is named.
    """
    try:
        # opened here: NumPy leaves a file open that turns out not to be one of its own
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
        head = json.loads(found.pop("head").tobytes())
        if not isinstance(head, dict) or head.get("kind") != KIND:
            raise KeyError("kind")
        known = {f.name for f in fields(Generation)}
        plain = {name: head[name] for name in ("number", "evaluations", "seconds", "random")}
        arrays = {name: found[name] for name in ARRAYS}
        theirs = head["terms"]
        assert known == {*plain, *arrays, "slots", "memory"}
        slots = {name: found[f"slot_{name}"] for name in SLOTS}
        memory = {n: found[f"memory_{n}"] for n in (*NORMS, "ideal") if f"memory_{n}" in found}
    except FileNotFoundError:
        raise
    except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"{path} is not a checkpoint of an evolution, or not a complete one: {error}") from None
    ours = json.loads(json.dumps(dict(terms)))
    differ = [name for name in {**theirs, **ours} if theirs.get(name) != ours.get(name)]
    if differ:
        said = [f"{name} is {_short(theirs.get(name))} there and {_short(ours.get(name))} here" for name in differ]
        what = "another program" if "matrix" in differ else "another run"
        raise CheckpointError("\n  - ".join([f"{path} belongs to {what}:", *said]))
    return Generation(**plain, **arrays, slots=slots, memory=memory)


def _short(value: Any) -> str:
    text = "absent" if value is None else str(value)
    return text if len(text) <= 16 else text[:12] + "..."
