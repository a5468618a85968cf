"""Runs the steps of a build, and only those whose inputs, rule or code have changed.

The key of a step is a digest of its name, its source, its rule and the *content* of its inputs. Because results of
earlier steps count by content, a changed layer that makes no difference to a step's result stops there: later steps
find the keys they had (early cut-off).
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from instances.accounts import Ledger
from instances.index import Index, Map
from instances.recipe import codec
from instances.recipe.signature import Digests, file_digest, rule_digest
from instances.recipe.source import code_digest
from instances.recipe.store import Store

T = TypeVar("T")

LAYER_CODE = ("instances.layers",)
BESIDE = (".shx", ".dbf", ".prj", ".cpg", ".aux.xml", ".tfw", ".gpkg-wal")  # files that belong to one of that name


@dataclass(frozen=True)
class Done:
    """A step that is over.

    Attributes
    ----------
    kind
        "layer" or "step".
    key
        Digest of everything that went in.
    hit
        Nothing had changed, so the stored result was taken.
    digest
        Of the result.
    """

    name: str
    key: str
    hit: bool
    seconds: float
    digest: str
    kind: str = "step"

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


class Runner:
    """Runs steps one after the other.

    Arrays in results may not be written to, whether they come from the step or from the store.

    Attributes
    ----------
    done
        What was run or found, in order.
    ledgers
        The books of every step and layer, in order.
    """

    def __init__(self, store: Store | None = None, sink: Callable[[str], None] | None = None) -> None:
        self.store, self.sink = store, sink
        self.done: list[Done] = []
        self.ledgers: list[Ledger] = []
        self.digests = Digests()
        self.registry = codec.Registry(self.digests)

    def step(
        self,
        name: str,
        code: tuple[str, ...],
        rule: object,
        inputs: Mapping[str, object],
        work: Callable[[Ledger], T],
    ) -> T:
        """The result of a step, from the store if nothing has changed.

        Parameters
        ----------
        code
            Modules (or packages) whose source the step depends on; what they import counts too.
        rule
            A pydantic model or plain data: everything the step depends on besides its inputs, such as the seed.
        inputs
            Layers and results of other steps (or pieces of them), by name.
        work
            Makes the result and keeps the books: dataclasses of arrays, index sets, shapes, plain values.

        Raises
        ------
        TypeError
            If an input or the result is of a kind that has no digest.
        """
        started = time.perf_counter()
        taken = sorted((key, self.digests.of(value)) for key, value in inputs.items())
        return self._run("step", name, [code_digest(code), rule_digest(rule), taken], work, started)

    def layer(
        self,
        name: str,
        rule: object,
        read: Callable[[Ledger], T],
        files: Iterable[str | os.PathLike[str]] = (),
        frame: object = None,
    ) -> T:
        """A layer as read, from the store if the bytes of its files are what they were.

        Parameters
        ----------
        rule
            How it is read.
        read
            Reads it; may return a layer, raster or extract, or a mapping or tuple of them.
        files
            All its files; those that lie beside one under the same name (``.dbf``, ``.prj``, ...) are found. Without
            files (a database) it is always read.
        frame
            Whatever else the content depends on: the reference system and box.
        """
        started = time.perf_counter()
        given = [Path(path) for path in files]
        known = [self._bytes(path) for path in _with_company(given)]
        where = self.digests.of(getattr(frame, "crs", None)), self.digests.of(getattr(frame, "box", None))
        facts = [code_digest(LAYER_CODE), rule_digest(rule), list(where), [str(p) for p in given], known]
        return self._run("layer", name, facts, read, started, keep=bool(known) and None not in known)

    def digest(self, value: object) -> str:
        """Digest of a layer, a result, or a piece of one."""
        return self.digests.of(value)

    def _run(
        self, kind: str, name: str, facts: list[Any], work: Callable[[Ledger], T], started: float, keep: bool = True
    ) -> T:
        if self.sink is not None:
            self.sink(name)
        key = hashlib.sha256(json.dumps([kind, name, facts]).encode("ascii")).hexdigest()
        store = self.store if keep else None
        entry = store.get(key, self.registry) if store is not None else None
        hit = isinstance(entry, dict) and set(entry) == {"result", "ledger", "digest", "held"}
        if isinstance(entry, dict) and hit:
            result, ledger, digest = entry["result"], entry["ledger"], entry["digest"]
            self.digests.learn(result, digest)
            for label, known in entry["held"].items():
                self.digests.learn(result[label], known)
        else:
            ledger = Ledger(name)
            result = self._shared(work(ledger))
            digest = self.digests.of(result)
            if store is not None:
                held = {k: self.digests.of(v) for k, v in result.items()} if isinstance(result, Mapping) else {}
                made = {"result": result, "ledger": ledger, "digest": digest, "held": held}
                store.put(key, lambda file: codec.write(made, file, self.digests))
        _lock(result)
        self.ledgers.append(ledger)
        self.done.append(Done(name, key, hit, time.perf_counter() - started, digest, kind))
        return result  # type: ignore[no-any-return]

    def _shared(self, result: T) -> T:
        """The result with index sets that the run knows already in place of others of the same content."""
        held = codec.held_indexes(result)
        if all(self.registry.intern(index) is index for index in held):
            return result
        return codec.read(codec.encoded(result, self.digests), self.registry)  # type: ignore[no-any-return]

    def _bytes(self, path: Path) -> str | None:
        """Digest of a file; None if it cannot be read, which the reader of the layer will say better."""
        try:
            return self.store.file_digest(path) if self.store is not None else file_digest(path)
        except OSError:
            return None


def _with_company(files: Iterable[Path]) -> list[Path]:
    """The files, and those beside them that belong to them."""
    found: dict[Path, None] = {}
    for path in files:
        beside = [path.with_suffix(s) for s in (*BESIDE, *map(str.upper, BESIDE))] if path.suffix else []
        beside += [path.with_name(path.name + suffix) for suffix in BESIDE]
        found |= dict.fromkeys([path, *(name for name in beside if name.is_file())])
    return list(found)


def _lock(value: object) -> None:
    """Make arrays read-only, so that a step which writes to its inputs shows at once."""
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif isinstance(value, Mapping):
        for item in value.values():
            _lock(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _lock(item)
    elif is_dataclass(value) and not isinstance(value, type | Index | Map):  # index sets are locked, and go in circles
        for f in fields(value):
            _lock(getattr(value, f.name))
