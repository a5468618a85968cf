"""An instance as one JSON record and a set of arrays, and back.

Everything follows from the dataclass fields of :class:`instances.instance.Instance` and its parts, so a part or a
field that is added later is stored without a change here. The record is a Data Package (version 2) whose resources are
the arrays; what makes it an instance again is under the key ``refugia``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np

from instances.digest import about_digests, combined, index_digest, part_digest, part_digests
from instances.index import Index, Map
from instances.instance import About, Instance
from instances.npy import decoded, encoded
from instances.schema import InstanceError, Part, data_of

SCHEMA = 1
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
ARRAY = re.compile(r"arrays/[A-Za-z0-9_][A-Za-z0-9_.-]*\.npy")
REPAIR = "it was changed by hand or damaged; build it again or take an unchanged copy"


def recorded(instance: Instance) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The record of an instance, and the content of its array files by path."""
    files: dict[str, bytes] = {}
    resources: list[dict[str, Any]] = []

    def keep(name: str, array: np.ndarray, **more: str) -> str:
        stem = re.sub(r"[^A-Za-z0-9_.-]+", "-", name)[:100]
        taken = {path.lower() for path in files}
        number = next(k for k in range(1, len(files) + 2) if _path(stem, k).lower() not in taken)
        path, content = _path(stem, number), encoded(array)
        files[path] = content
        resources.append(
            {"name": path[7:-4].lower(), "path": path, "format": "npy", "mediatype": "application/octet-stream"}
            | {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
            | more
        )
        return path

    indexes = {name: _index_record(index, keep) for name, index in sorted(instance.indexes.items())}
    parts = {name: _part_record(name, part, keep) for name, part in instance.parts()}
    about = {f.name: getattr(instance.about, f.name) for f in fields(About)}
    digests = part_digests(instance)
    record: dict[str, Any] = {
        "$schema": PROFILE,
        "name": re.sub(r"[^a-z0-9_.-]+", "-", instance.about.name.lower()).strip("-") or "instance",
        "title": instance.about.title.get("en", instance.about.name),
        "sources": [{"title": source} for source in instance.about.sources],
        "refugia": {
            "schema": SCHEMA,
            "digest": combined(digests),
            "digests": digests,
            "about": about,
            "indexes": indexes,
            "parts": parts,
        },
        "resources": resources,
    }
    return {key: value for key, value in record.items() if value != []}, files


def _path(stem: str, number: int) -> str:
    return f"arrays/{stem}{'' if number == 1 else f'-{number}'}.npy"


def _index_record(index: Index, keep: Callable[..., str]) -> dict[str, Any]:
    if index.names is not None:
        return {"labels": keep(f"index.{index.name}", index.names)}
    components = {
        key: {"target": part.target.name, "positions": keep(f"index.{index.name}.{key}", part.position)}
        for key, part in index.parts.items()
    }
    return {"size": index.size, "components": components}


def _part_record(where: str, part: Any, keep: Callable[..., str]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    declared = data_of(part)
    for f in fields(part):
        value = getattr(part, f.name)
        if isinstance(value, Index):
            record[f.name] = {"index": value.name}
        elif isinstance(value, Map):
            positions = keep(f"{where}.{f.name}", value.position)
            record[f.name] = {"map": [value.source.name, value.target.name], "positions": positions}
        elif isinstance(value, np.ndarray):
            about = declared.get(f.name)
            more = {"description": f"{about.doc} [{about.unit}] over {', '.join(about.dims)}"} if about else {}
            record[f.name] = {"array": keep(f"{where}.{f.name}", value, **more)}
        elif value is not None:
            record[f.name] = {"value": value}
    return record


def rebuilt(record: Any, read: Callable[[str], bytes], present: set[str]) -> Instance:
    """The instance that a record and its array files describe.

    Parameters
    ----------
    read
        Gives the content of a file by its path in the container; raises ValueError or OSError.
    present
        Paths of the array files that are there.

    Raises
    ------
    InstanceError
        Naming every missing, damaged, unknown or changed piece, and every fault of the data.
    """
    inner = record.get("refugia") if isinstance(record, dict) else None
    if not isinstance(inner, dict):
        raise InstanceError("This is no instance", ["instance.json: no entry 'refugia'; was it written by refugia?"])
    if inner.get("schema") != SCHEMA:
        fault = f"instance.json: schema version {inner.get('schema')!r}, this version of refugia reads {SCHEMA}"
        raise InstanceError("This instance cannot be read", [f"{fault}; build the instance again"])
    return _Reader(inner, read).instance(present)


class _Reader:
    """Rebuilds the pieces one by one and collects what is wrong with each."""

    def __init__(self, record: Mapping[str, Any], read: Callable[[str], bytes]) -> None:
        self.record, self.read = record, read
        self.faults: list[str] = []
        self.indexes: dict[str, Index | None] = {}
        self.found: dict[str, str] = {}  # digests of what was rebuilt
        self.used: set[str] = set()

    def instance(self, present: set[str]) -> Instance:
        about = self.about()
        for name in self.entry("indexes"):
            self.index(name)
        parts = self.parts()
        unlisted = sorted(present - self.used)
        if unlisted:
            self.faults.append(
                f"{len(unlisted)} arrays that instance.json does not name, first {unlisted[0]}; remove them"
            )
        made = None
        if about is None or self.faults:
            self.faults += [fault for part in parts.values() for fault in part.faults]
        else:
            try:
                made = Instance(about=about, **parts)
            except InstanceError as error:
                self.faults += error.faults
        self.faults += self.changed()
        if made is None or self.faults:
            raise InstanceError("This instance cannot be read", self.faults)
        return made

    def entry(self, name: str) -> dict[str, Any]:
        value = self.record.get(name)
        if isinstance(value, dict):
            return value
        self.faults.append(f"instance.json: {name} is missing or not a table")
        return {}

    def array(self, where: str, path: Any) -> np.ndarray | None:
        if not isinstance(path, str) or not ARRAY.fullmatch(path):
            self.faults.append(f"{where}: {path!r} is not the path of an array inside the instance")
            return None
        self.used.add(path)
        try:
            return decoded(self.read(path))
        except FileNotFoundError:
            self.faults.append(f"{where}: {path} is missing")
        except (OSError, ValueError) as error:
            self.faults.append(f"{where}: {path}: {error}")
        return None

    def about(self) -> About | None:
        record, hints, values = self.entry("about"), get_type_hints(About), {}
        before = len(self.faults)
        for f in fields(About):
            if f.name in record and _fits(record[f.name], hints[f.name]):
                values[f.name] = record[f.name]
            elif f.name in record:
                self.faults.append(f"about.{f.name}: {record[f.name]!r} is not {f.type}")
            elif f.default is MISSING:
                self.faults.append(f"about.{f.name} is missing")
        self.faults += [f"about.{name} is unknown to this version" for name in sorted(set(record) - set(hints))]
        if len(self.faults) > before:
            return None
        about = About(**values)
        self.found |= about_digests(about)
        return about

    def index(self, name: Any) -> Index | None:
        if name in self.indexes:
            return self.indexes[name]
        where, record = f"index set {name!r}", self.entry("indexes").get(name)
        self.indexes[name] = None  # stays so if it needs itself
        try:
            if not isinstance(record, dict):
                raise ValueError("is not described in instance.json")
            if "labels" in record:
                labels = self.array(where, record["labels"])
                made = None if labels is None else _named(name, labels)
            else:
                columns = {key: self.component(where, key, value) for key, value in record["components"].items()}
                whole = {key: column for key, column in columns.items() if column is not None}
                made = Index.tuples(name, **whole) if len(whole) == len(columns) else None
                if made is not None and record.get("size") != made.size:
                    raise ValueError(f"has {made.size} elements, instance.json says {record.get('size')!r}")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self.faults.append(f"{where}: {error}")
            return None
        self.indexes[name] = made
        if made is not None:
            self.found[f"index.{name}"] = index_digest(made)
        return made

    def component(self, where: str, key: str, record: Any) -> tuple[Index, np.ndarray] | None:
        target = self.index(record["target"])
        positions = self.array(f"{where}, component {key!r}", record["positions"])
        if target is None:
            self.faults.append(f"{where}: its component {key!r} needs the index set {record['target']!r}")
        return None if target is None or positions is None else (target, positions)

    def parts(self) -> dict[str, Any]:
        records, made = self.entry("parts"), {}
        hints = get_type_hints(Instance)
        known = {f.name: c for f in fields(Instance) for c in _choices(hints[f.name]) if issubclass(c, Part)}
        needed = [f.name for f in fields(Instance) if f.name in known and f.default is MISSING]
        self.faults += [f"part {name!r} is missing; every instance has it" for name in needed if name not in records]
        for name, record in records.items():
            if name not in known:
                self.faults.append(f"part {name!r} is unknown to this version; was it written by a newer one?")
            elif (part := self.part(name, known[name], record)) is not None:
                made[name] = part
                self.found[name] = part_digest(part)
        return made

    def part(self, where: str, kind: type[Any], record: Any) -> Any:
        if not isinstance(record, dict):
            self.faults.append(f"{where}: is not a table")
            return None
        hints, values, before = get_type_hints(kind), {}, len(self.faults)
        for f in fields(kind):
            if f.name in record:
                value = self.field(f"{where}.{f.name}", record[f.name])
                if value is not None and not isinstance(value, _choices(hints[f.name])):
                    self.faults.append(f"{where}.{f.name}: is a {type(value).__name__}, not what belongs there")
                values[f.name] = value
            elif f.default is MISSING and f.default_factory is MISSING:
                self.faults.append(f"{where}.{f.name} is missing")
        unknown = sorted(set(record) - {f.name for f in fields(kind)})
        self.faults += [f"{where}.{name} is unknown to this version" for name in unknown]
        return kind(**values) if len(self.faults) == before else None

    def field(self, where: str, record: Any) -> Any:
        try:
            if "index" in record or "map" in record:
                names = record["map"] if "map" in record else [record["index"]]
                sets = [self.index(name) for name in names]
                lost = [str(name) for name, index in zip(names, sets, strict=True) if index is None]
                positions = self.array(where, record["positions"]) if "map" in record else None
                if lost:
                    raise ValueError(f"needs the index set {', '.join(lost)}")
                if "index" in record:
                    return sets[0]
                return None if positions is None else Map(sets[0], sets[1], positions)  # type: ignore[arg-type]
            return self.array(where, record["array"]) if "array" in record else record["value"]
        except (ValueError, KeyError, TypeError, IndexError) as error:
            self.faults.append(f"{where}: {error}")
            return None

    def changed(self) -> list[str]:
        """Pieces whose content is not what their recorded digest says."""
        digests = self.entry("digests")
        faults = [f"{name}: content does not match its digest; {REPAIR}" for name in sorted(self.found)
                  if digests.get(name) != self.found[name]]  # fmt: skip
        if not self.faults:
            faults += [
                f"{name}: has a digest but no content; {REPAIR}" for name in sorted(set(digests) - set(self.found))
            ]
            if not faults and self.record.get("digest") != combined(self.found):
                faults.append(f"the digest of the instance does not match its parts; {REPAIR}")
        return faults


def _named(name: str, labels: np.ndarray) -> Index:
    if labels.dtype.kind != "U" or labels.ndim != 1:
        raise ValueError(f"labels must be a list of texts, got {labels.dtype} of shape {labels.shape}")
    return Index.named(name, labels.tolist())


def _choices(hint: Any) -> tuple[type, ...]:
    """The classes that an annotation allows, None left out."""
    return tuple(c for c in (get_args(hint) or (hint,)) if isinstance(c, type) and c is not type(None))


def _fits(value: Any, hint: Any) -> bool:
    """Whether a JSON value is what the annotation of a plain field says."""
    if get_origin(hint) is tuple:
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    if get_origin(hint) is dict:
        return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    if value is None:
        return type(None) in get_args(hint)
    return type(value) in _choices(hint)
