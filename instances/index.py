"""Index sets and the maps between them: the only way data and expressions change dimension."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Positions = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Index:
    """An ordered set such as demand points, sites or scenarios.

    Compared by identity: 50 sites never mix with 50 villages. An index is *named*, with one label per
    element, *numbered* (:meth:`numbered`), or made of *tuples* over other indexes (:meth:`tuples`);
    labels of tuples are composed only when somebody asks, so millions of pairs cost no strings.
    """

    name: str
    size: int
    names: NDArray[np.str_] | None = None
    parts: dict[str, Map] = field(default_factory=dict)
    views: dict[str, Map] = field(default_factory=dict)  # maps that follow from the components; not in labels

    @classmethod
    def named(cls, name: str, labels: Iterable[object]) -> Index:
        """Index with one unique, non-empty label per element.

        Raises
        ------
        ValueError
            If labels repeat, are empty or are missing (None, NaN); the first offenders are listed.
        """
        given = list(labels)
        names = np.array([str(label) for label in given], dtype=np.str_)
        unique, count = np.unique(names, return_counts=True)
        faults = []
        lost = [k for k, label in enumerate(given) if _is_missing(label)]
        if lost:
            faults.append(f"{len(lost)} missing ids, first at position {lost[0]}")
        if (count > 1).any():
            some = ", ".join(repr(str(u)) for u in unique[count > 1][:5])
            faults.append(f"{int((count > 1).sum())} duplicate ids, first {some}")
        if (np.char.str_len(names) == 0).any():
            faults.append("empty ids")
        if faults:
            raise ValueError(f"{name}: {'; '.join(faults)}. Every id must be unique and non-empty.")
        names.setflags(write=False)
        return cls(name, len(names), names)

    @classmethod
    def numbered(cls, name: str, size: int) -> Index:
        """Index whose labels are the numbers from 0, made only when somebody asks."""
        return cls(name, int(size))

    @classmethod
    def tuples(cls, name: str, **parts: tuple[Index, ArrayLike]) -> Index:
        """Sparse set of tuples: ``Index.tuples("pair", demand=(I, i), site=(J, j))``.

        Each keyword becomes a map that ``pair["demand"]`` returns.
        """
        columns = {key: _frozen(position) for key, (_, position) in parts.items()}
        sizes = {len(column) for column in columns.values()}
        if len(sizes) != 1:
            raise ValueError(f"{name}: components of different lengths {sorted(sizes)}.")
        index = cls(name, sizes.pop())
        for key, (target, _) in parts.items():
            index.parts[key] = Map(index, target, columns[key])
        return index

    @classmethod
    def grouped(cls, name: str, source: Index, **keys: Map) -> tuple[Index, Map]:
        """Distinct key combinations of ``source``'s elements, and the map from ``source`` to them.

        ``Index.grouped("call", trip, demand=trip["demand"], scenario=trip["scenario"])`` is the set of
        (demand, scenario) that some trip serves. Groups are ordered by their keys.
        """
        if any(key.source is not source for key in keys.values()):
            raise ValueError(f"{name}: every key must be a map from {source}.")
        shape = tuple(max(key.target.size, 1) for key in keys.values())
        code = np.ravel_multi_index(tuple(key.position for key in keys.values()), shape)
        distinct, group = np.unique(code, return_inverse=True)
        columns = np.unravel_index(distinct, shape)
        index = cls.tuples(name, **{k: (key.target, c) for (k, key), c in zip(keys.items(), columns, strict=True)})
        return index, Map(source, index, group)

    def __getitem__(self, key: str) -> Map:
        try:
            return self.parts[key] if key in self.parts else self.views[key]
        except KeyError:
            known = ", ".join(self.parts) or "none, its elements are plain names"
            raise KeyError(f"{self!r} has no component {key!r}; it has: {known}.") from None

    def label(self, position: int) -> str:
        """Name of one element; tuples join the names of their components with ``|``."""
        if self.names is not None:
            return str(self.names[position])
        if not self.parts:
            return str(range(self.size)[position])
        return "|".join(m.target.label(int(m.position[position])) for m in self.parts.values())

    def labels(self, positions: Sequence[int] | Positions | None = None) -> list[str]:
        """Names of several elements, or of all."""
        chosen = range(self.size) if positions is None else positions
        return [self.label(int(k)) for k in chosen]

    def position(self, label: str) -> int:
        """Place of a label.

        Raises
        ------
        KeyError
            If the label is unknown; the closest known labels are suggested.
        """
        hit = np.flatnonzero(np.asarray(self.labels()) == label)
        if hit.size:
            return int(hit[0])
        import difflib

        close = difflib.get_close_matches(label, self.labels(), n=3)
        raise KeyError(f"{self.name} {label!r} is unknown." + (f" Did you mean {', '.join(close)}?" if close else ""))

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"{self.name}[{self.size}]"


@dataclass(frozen=True, eq=False)
class Map:
    """A function between index sets, stored as positions: element ``k`` goes to ``position[k]``."""

    source: Index
    target: Index
    position: Positions

    def __post_init__(self) -> None:
        object.__setattr__(self, "position", _frozen(self.position))
        if self.position.shape != (self.source.size,):
            raise ValueError(f"A map from {self.source} needs {self.source.size} positions, got {self.position.shape}.")
        if self.position.size and not (0 <= self.position.min() and self.position.max() < self.target.size):
            raise ValueError(f"A map from {self.source} has a position outside {self.target}.")

    def then(self, following: Map) -> Map:
        """Composition: first this map, then ``following``."""
        if following.source is not self.target:
            raise ValueError(f"Cannot follow a map into {self.target} with one from {following.source}.")
        return Map(self.source, following.target, following.position[self.position])

    def __repr__(self) -> str:
        return f"{self.source} -> {self.target}"


def _is_missing(label: object) -> bool:
    """None, NaN, and the missing values of pandas, which compare to nothing."""
    return label is None or type(label).__name__ in ("NAType", "NaTType") or label != label


def matching(left: Map, right: Map) -> tuple[Positions, Positions]:
    """All pairs of a source of ``left`` and a source of ``right`` with the same image, ordered by the left source.

    ``matching(route["site"], option["site"])`` pairs each route with every option of the site it leads to.
    """
    if left.target is not right.target:
        raise ValueError(f"Cannot match a map into {left.target} with one into {right.target}.")
    order = np.argsort(right.position, kind="stable")
    start = np.searchsorted(right.position[order], np.arange(left.target.size + 1))
    count = np.diff(start)[left.position]
    first = np.repeat(np.arange(left.source.size), count)
    within = np.arange(first.size) - np.repeat(np.cumsum(count) - count, count)
    return first, order[start[left.position[first]] + within]


def _frozen(position: Any) -> Positions:
    array = np.asarray(position)
    if array.dtype.kind not in "iu" and array.size:
        raise ValueError(f"Positions must be integers, got {array.dtype}.")
    array = np.array(array, dtype=np.intp)
    array.setflags(write=False)
    return array
