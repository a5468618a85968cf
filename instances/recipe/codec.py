"""Results of steps as files and back, without pickle: nothing in a file is executed.

A file holds arrays as .npy, shapes as WKB, and a JSON tree that refers to them; a checksum over everything shows
damage. Dataclasses and rules are named by module and class, and only those of this package are made. Index sets are
compared by identity, so each is found again by its content in a :class:`Registry` that all results of a run share:
two results that referred to one index set do so again.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from instances import npy
from instances.index import Index, Map
from instances.recipe.signature import Digests, kind_of

MAGIC = b"refugia step 1\n"
ALIGN = 64
PLAIN = (bool, int, float, str)


class DamagedError(ValueError):
    """A file is not what :func:`write` wrote."""


class Registry:
    """The index sets of one run by their content; the first one seen stands for all."""

    def __init__(self, digests: Digests | None = None) -> None:
        self.digests = digests or Digests()
        self._known: dict[str, Index] = {}

    def intern(self, index: Index) -> Index:
        """The index set of this content that everybody uses."""
        return self._known.setdefault(self.digests.of(index), index)

    def get(self, digest: str) -> Index | None:
        """An index set by the digest of its content."""
        return self._known.get(digest)


def write(value: object, file: BinaryIO, digests: Digests) -> None:
    """Write a value to an open file.

    Raises
    ------
    TypeError
        If it holds something that results of steps are not made of.
    """
    _Writer(file, digests).finish(value)


def read(content: bytes, registry: Registry) -> Any:
    """The value in a file.

    Raises
    ------
    DamagedError
        If the file is cut off or changed, or names classes that are not there.
    """
    body, mark = memoryview(content)[:-32], content[-32:]
    if len(content) < len(MAGIC) + 40 or content[: len(MAGIC)] != MAGIC or hashlib.sha256(body).digest() != mark:
        raise DamagedError("cut off or changed")
    length = int.from_bytes(body[-8:], "little")
    try:
        return _Reader(body, json.loads(bytes(body[-8 - length : -8])), registry).value()
    except (ValueError, LookupError, TypeError, AttributeError, ImportError, AssertionError) as error:
        raise DamagedError(f"{type(error).__name__}: {error}") from error


def encoded(value: object, digests: Digests | None = None) -> bytes:
    """As :func:`write`, in memory."""
    file = io.BytesIO()
    write(value, file, digests or Digests())
    return file.getvalue()


def held_indexes(value: object) -> list[Index]:
    """Every index set in a value, components before what they make up."""
    writer = _Writer(io.BytesIO(), Digests(), dry=True)
    writer.tree(value)
    return writer.indexes


class _Writer:
    def __init__(self, file: BinaryIO, digests: Digests, dry: bool = False) -> None:
        self.file, self.digests, self.dry = file, digests, dry
        self.sum, self.at = hashlib.sha256(), 0
        self.blobs: list[tuple[int, int]] = []
        self.indexes: list[Index] = []
        self.written: list[Any] = []
        self.place: dict[int, int] = {}
        self.arrays: dict[int, tuple[np.ndarray, list[Any]]] = {}  # written once, however often they are held
        self.objects: dict[int, int] = {}

    def finish(self, value: object) -> None:
        self._put(MAGIC)
        tree = self.tree(value)
        head = json.dumps({"blobs": self.blobs, "indexes": self.written, "tree": tree}).encode("ascii")
        self._put(head + len(head).to_bytes(8, "little"))
        self.file.write(self.sum.digest())

    def tree(self, value: Any) -> Any:
        """JSON for a value: plain ones stand for themselves, the others are {kind: content}."""
        if value is None or type(value) in PLAIN:
            return value
        if isinstance(value, Index):
            return {"index": self._index(value)}
        if isinstance(value, Map):
            return {"map": [self._index(value.source), self._index(value.target), self._array(value.position)]}
        if isinstance(value, np.ndarray):
            return {"array": self._array(value)}
        if isinstance(value, np.generic):
            return {"scalar": self._array(np.asarray(value))}
        if is_dataclass(value) and not isinstance(value, type):
            if id(value) in self.objects:
                return {"same": self.objects[id(value)]}
            held = [[f.name, self.tree(getattr(value, f.name))] for f in fields(value)]
            self.objects[id(value)] = len(self.objects)
            return {"class": [_ours(type(value)), held]}
        if isinstance(value, Mapping):
            return {"dict": [[self.tree(k), self.tree(v)] for k, v in value.items()]}
        for name, kind in SEQUENCES.items():
            if isinstance(value, kind):
                return {name: [self.tree(v) for v in value]}
        if isinstance(value, Path):
            return {"path": str(value)}
        if hasattr(value, "model_dump"):
            return {"rule": [_ours(type(value)), value.model_dump(mode="json", warnings=False)]}
        if type(value).__name__ == "STRtree":
            return {"tree": self._array(np.asarray(value.geometries, object))}
        import shapely

        if isinstance(value, shapely.Geometry):
            return {"shape": self._array(np.array([value], object))}
        raise TypeError(f"{type(value).__qualname__} is nothing that the result of a step may hold")

    def _index(self, index: Index) -> int:
        """Number of an index set in this file."""
        if id(index) not in self.place:
            maps = [
                [[key, self._index(one.target), self._array(one.position)] for key, one in several.items()]
                for several in (index.parts, index.views)
            ]
            names = None if index.names is None else self._array(index.names)
            mark = "" if self.dry else self.digests.of(index)
            self.written.append([mark, index.name, index.size, names, *maps])
            self.place[id(index)] = len(self.indexes)
            self.indexes.append(index)
        return self.place[id(index)]

    def _array(self, array: np.ndarray) -> list[Any]:
        """What it is, its shape, and where its bytes are."""
        if self.dry:
            return []
        if id(array) not in self.arrays:
            self.arrays[id(array)] = array, self._written(array)
        return self.arrays[id(array)][1]

    def _written(self, array: np.ndarray) -> list[Any]:
        if array.dtype.kind == "O":
            return ["shapes", list(array.shape), *self._shapes(array.reshape(-1))]
        if array.dtype.kind == "U":
            return ["npy", list(array.shape), self._blob(npy.encoded(array))]
        if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
            raise TypeError(f"an array of {array.dtype} is nothing that the result of a step may hold")
        file = io.BytesIO()
        plain = np.asarray(array, order="C").astype(array.dtype.newbyteorder("<"), copy=False)
        np.lib.format.write_array(file, plain, version=(1, 0), allow_pickle=False)
        return ["npy", list(array.shape), self._blob(file.getbuffer())]

    def _shapes(self, shapes: np.ndarray) -> tuple[int, int]:
        """Places of the ends and of the bytes of WKB; one without bytes is missing."""
        import shapely

        if not all(item is None or isinstance(item, shapely.Geometry) for item in shapes.tolist()):
            raise TypeError("an array of objects may hold nothing but shapes")
        wkb = [b"" if w is None else w for w in shapely.to_wkb(shapes, output_dimension=4).tolist()]
        ends = np.cumsum([len(w) for w in wkb], dtype=np.int64)
        return self._blob(npy.encoded(ends)), self._blob(b"".join(wkb))

    def _blob(self, content: bytes | memoryview) -> int:
        self._put(bytes(-self.at % ALIGN))
        self.blobs.append((self.at, len(content)))
        self._put(content)
        return len(self.blobs) - 1

    def _put(self, content: bytes | memoryview) -> None:
        self.file.write(content)
        self.sum.update(content)
        self.at += len(content)


class _Reader:
    def __init__(self, body: memoryview, head: dict[str, Any], registry: Registry) -> None:
        self.body, self.head, self.registry = body, head, registry
        self.indexes: list[Index] = []
        self.arrays: dict[int, np.ndarray] = {}
        self.objects: list[Any] = []

    def value(self) -> Any:
        for mark, name, size, names, parts, views in self.head["indexes"]:
            found = self.registry.get(mark)
            if found is None:
                labels = None if names is None else self._array(names)
                found = Index(name, size, labels)
                for several, into in ((parts, found.parts), (views, found.views)):
                    for key, target, position in several:
                        into[key] = Map(found, self.indexes[target], self._array(position))
                self.registry.digests.learn(found, mark)
                found = self.registry.intern(found)
            self.indexes.append(found)
        return self._of(self.head["tree"])

    def _of(self, tree: Any) -> Any:
        if not isinstance(tree, dict):
            return tree
        ((kind, content),) = tree.items()
        if kind in SEQUENCES:
            return SEQUENCES[kind](self._of(v) for v in content)
        return getattr(self, f"_{kind}_of")(content)

    def _index_of(self, number: int) -> Index:
        return self.indexes[number]

    def _map_of(self, content: list[Any]) -> Map:
        source, target, position = content
        index, array = self.indexes[source], self._array(position)
        own: list[Map] = [*index.parts.values(), *index.views.values()]
        for one in own:
            if one.target is self.indexes[target] and np.array_equal(one.position, array):
                return one
        return Map(index, self.indexes[target], array)

    def _array_of(self, content: list[Any]) -> np.ndarray:
        return self._array(content)

    def _scalar_of(self, content: list[Any]) -> Any:
        return self._array(content)[()]

    def _dict_of(self, content: list[Any]) -> dict[Any, Any]:
        return {self._of(k): self._of(v) for k, v in content}

    def _path_of(self, content: str) -> Path:
        return Path(content)

    def _rule_of(self, content: list[Any]) -> Any:
        return _found(content[0]).model_validate_json(json.dumps(content[1]))  # type: ignore[attr-defined]

    def _class_of(self, content: list[Any]) -> Any:
        cls = _found(content[0])
        if not is_dataclass(cls):
            raise DamagedError(f"{content[0]} is no dataclass")
        held = {name: self._of(value) for name, value in content[1]}
        given = {f.name for f in fields(cls) if f.init}
        made = cls(**{name: value for name, value in held.items() if name in given})
        for name in held.keys() - given:
            object.__setattr__(made, name, held[name])
        self.objects.append(made)
        return made

    def _same_of(self, number: int) -> Any:
        return self.objects[number]

    def _tree_of(self, content: list[Any]) -> Any:
        import shapely

        return shapely.STRtree(self._array(content))

    def _shape_of(self, content: list[Any]) -> Any:
        return self._array(content)[0]

    def _array(self, content: list[Any]) -> np.ndarray:
        kind, shape, *blobs = content
        if blobs[0] not in self.arrays:
            self.arrays[blobs[0]] = self._loaded(kind, shape, blobs)
        return self.arrays[blobs[0]]

    def _loaded(self, kind: str, shape: list[int], blobs: list[int]) -> np.ndarray:
        if kind == "npy":
            return npy.decoded(bytes(self._blob(blobs[0]))).reshape(shape)
        import shapely

        ends, wkb = npy.decoded(bytes(self._blob(blobs[0]))).tolist(), self._blob(blobs[1])
        pieces = [bytes(wkb[a:b]) or None for a, b in zip([0, *ends[:-1]], ends, strict=True)] if ends else []
        found = np.empty(len(pieces), object)
        found[:] = shapely.from_wkb(np.array([*pieces, None], object))[:-1]
        found.setflags(write=False)
        return found.reshape(shape)

    def _blob(self, number: int) -> memoryview:
        start, length = self.head["blobs"][number]
        if not 0 <= start <= start + length <= len(self.body):
            raise DamagedError("an array lies outside the file")
        return self.body[start : start + length]


SEQUENCES: dict[str, Any] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}


def _ours(cls: type) -> str:
    name = kind_of(cls)
    if not name.startswith("instances.") or "<" in name:
        raise TypeError(f"{name} is no class of this package, so the result of a step may not hold it")
    return name


def _found(name: str) -> type:
    """A class of this package by its name; nothing else is ever imported."""
    module, _, path = name.partition(":")
    if not module.startswith("instances.") or not all(p.isidentifier() for p in (*module.split("."), *path.split("."))):
        raise DamagedError(f"{name} is no class of this package")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    if not isinstance(found, type) or kind_of(found) != name:
        raise DamagedError(f"{name} is no class of this package")
    return found
