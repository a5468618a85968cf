"""Digests of what a build takes and makes: layers, rasters, map extracts, rules, and results of steps.

A tree of SHA-256 digests over canonical content, never over file bytes (Merkle 1988, doi:10.1007/3-540-48184-2_32).
Numbers count to about nine digits (:func:`instances.digest.rounded`), whole numbers exactly; coordinates of shapes
count to a millimetre; text is UTF-8. Of a layer neither the order of rows and columns nor the format of its file
counts: see :mod:`instances.recipe.rows`.
"""

from __future__ import annotations

import hashlib
import json
import weakref
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from instances.accounts import Ledger
from instances.digest import rounded
from instances.index import Index, Map
from instances.layers.grid import Grid
from instances.layers.layer import Layer
from instances.layers.osm import Extract
from instances.recipe.rows import coarse, extract_digest, layer_digest

BLOCK = 2**20  # numbers made canonical at once, so that hashing a large array takes little memory


class Digests:
    """Digests of values, each dataclass and index set looked at once as long as it lives."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], str]] = {}

    def of(self, value: object) -> str:
        """SHA-256 in hexadecimal.

        Raises
        ------
        TypeError
            If a value is of a kind that results of steps are not made of.
        """
        if not is_dataclass(value) or isinstance(value, type | Ledger):
            return _sha256(self._plain(value))
        known = self._known.get(id(value))
        if known is not None and known[0]() is value:
            return known[1]
        found = self._made(value)
        self.learn(value, found)
        return found

    def learn(self, value: object, digest: str) -> None:
        """Take over a digest that is known already, such as that of a result loaded from the store."""
        if is_dataclass(value) and not isinstance(value, type | Ledger):
            self._known[id(value)] = weakref.ref(value), digest

    def _made(self, value: Any) -> str:
        if isinstance(value, Index):
            return self._index(value)
        if isinstance(value, Map):
            return _sha256(
                _json(["map", self.of(value.source), self.of(value.target)]), array_digest(value.position).encode()
            )
        if isinstance(value, Layer):
            return layer_digest(value)
        if isinstance(value, Grid):
            return value.digest()
        if isinstance(value, Extract):
            return extract_digest(value)
        held = [[f.name, self.of(getattr(value, f.name))] for f in fields(value) if getattr(value, f.name) is not None]
        return _sha256(_json([kind_of(type(value)), held]))

    def _index(self, index: Index) -> str:
        """Name, labels or components, and views: what two index sets share if one can stand for the other."""
        maps = [
            [how, key, self.of(one.target), array_digest(one.position)]
            for how, several in (("part", index.parts), ("view", index.views))
            for key, one in sorted(several.items())
        ]
        labels = None if index.names is None else array_digest(index.names)
        return _sha256(_json(["index", index.name, index.size, labels, maps]))

    def _plain(self, value: Any) -> bytes:
        """What is not a dataclass, as bytes that say what it is."""
        if value is None or isinstance(value, bool | int | str):
            return _json(["value", value])
        if isinstance(value, float):
            return b"float" + numbers(np.array([value])).tobytes()
        if isinstance(value, np.ndarray):
            return array_digest(value).encode()
        if isinstance(value, np.generic):
            return self._plain(value.item())
        if isinstance(value, Path):
            return _json(["path", value.as_posix()])
        if isinstance(value, Ledger):
            return _json(["ledger", {f.name: getattr(value, f.name) for f in fields(value)}])
        if isinstance(value, Mapping):
            return _json(["mapping", sorted([self.of(k), self.of(v)] for k, v in value.items())])
        if isinstance(value, Set):
            return _json(["set", sorted(self.of(v) for v in value)])
        if isinstance(value, list | tuple):
            return _json([type(value).__name__, [self.of(v) for v in value]])
        if hasattr(value, "model_dump"):
            return rule_digest(value).encode()
        if type(value).__name__ == "STRtree":
            return b"tree" + array_digest(np.asarray(value.geometries)).encode()
        import shapely

        if isinstance(value, shapely.Geometry):
            return b"shape" + array_digest(np.array([value], object)).encode()
        raise TypeError(f"{type(value).__qualname__} is nothing that the result of a step may hold")


def array_digest(array: np.ndarray) -> str:
    """Digest of numbers, truth values, texts or shapes, with their shape.

    Raises
    ------
    TypeError
        If the array holds other things.
    """
    kind = {"U": "text", "b": "bool", "i": "integer", "u": "integer", "f": "number", "O": "shapes"}.get(
        array.dtype.kind
    )
    if kind is None:
        raise TypeError(f"an array of {array.dtype} is nothing that the result of a step may hold")
    digest = hashlib.sha256(_json([kind, list(array.shape)]))
    flat = array.reshape(-1)
    if kind == "text":
        digest.update(texts_digest(flat))
    elif kind == "shapes":
        import shapely

        if not all(item is None or isinstance(item, shapely.Geometry) for item in flat.tolist()):
            raise TypeError("an array of objects may hold nothing but shapes")
        known = ~shapely.is_missing(flat)
        digest.update(known.tobytes())
        for wkb in shapely.to_wkb(coarse(flat[known]), byte_order=1, output_dimension=3).tolist():
            digest.update(len(wkb).to_bytes(8, "little") + wkb)
    else:
        for k in range(0, flat.size, BLOCK):
            block = flat[k : k + BLOCK]
            if kind == "number":
                digest.update(numbers(block).data)
            else:
                digest.update(np.ascontiguousarray(block, "<i8" if kind == "integer" else "u1").data)
    return digest.hexdigest()


def numbers(block: np.ndarray) -> np.ndarray:
    """Canonical float64: rounded, but whole numbers below 2**53 exactly; one pattern of bits for what is missing."""
    exact = np.ascontiguousarray(block, np.float64)
    with np.errstate(invalid="ignore"):
        whole = (np.abs(exact) < 2.0**53) & (np.rint(exact) == exact)
    found = np.where(whole, exact + 0.0, rounded(exact))
    found[np.isnan(found)] = np.nan
    return np.ascontiguousarray(found, "<f8")


def texts_digest(texts: np.ndarray) -> bytes:
    """SHA-256 over texts of any common width: their lengths and characters."""
    digest = hashlib.sha256()
    width = texts.dtype.itemsize // 4
    step = max(1, BLOCK // max(1, width))
    for k in range(0, texts.size if width else 0, step):
        characters = np.ascontiguousarray(texts[k : k + step]).view(np.uint32).reshape(-1, width)
        used = characters != 0
        length = np.where(used.any(axis=1), width - used[:, ::-1].argmax(axis=1), 0)
        digest.update(length.astype("<i8").data)
        digest.update(characters[np.arange(width) < length[:, None]].astype("<u4").data)
    return digest.digest()


def rule_digest(rule: Any) -> str:
    """Digest of a rule (a pydantic model) or of plain data, by canonical JSON."""
    content = rule.model_dump(mode="json", warnings=False) if hasattr(rule, "model_dump") else rule
    return _sha256(_json(["rule", content]))


def file_digest(path: Path) -> str:
    """SHA-256 of the bytes of a file.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def kind_of(cls: type) -> str:
    """Where a class is found: ``instances.places:Demand``."""
    return f"{cls.__module__}:{cls.__qualname__}"


def _json(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_other)
    return text.encode("ascii")


def _other(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", warnings=False)
    raise TypeError(f"{type(value).__qualname__} has no canonical JSON")


def _sha256(*chunks: bytes) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(len(chunk).to_bytes(8, "little"))
        digest.update(chunk)
    return digest.hexdigest()
