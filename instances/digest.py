"""Identity of an instance: SHA-256 over its canonical content, never over file bytes.

A tree of digests (Merkle 1988, doi:10.1007/3-540-48184-2_32): one leaf per index set, one per part, one for the facts
in ``about``; the digest of the instance is taken over the sorted leaves. Two builders can compare leaf by leaf and
see where they differ without exchanging data.

What counts as the same content:

- Numbers are little-endian float64 whose significand is rounded to 30 bits, about 1e-9 of the value: noise from
  another order of summation, or from a text file with ten digits, is not a change. Zero has no sign.
- Text is UTF-8. Index sets count by name and labels in their order, so swapping two scenarios is a change. Sets of
  tuples and maps count by positions in the sets they point to.
- A field that is None does not count, so a field added later leaves old digests as they are.
- Of ``about``, name, CRS, money, seed and whether it is synthetic count. The words (title, sources, assumptions,
  notes) have a leaf of their own, ``words``, which is not part of the instance's digest: rewording a note does not
  make another instance, and plans found for it stay valid.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.index import Index, Map

if TYPE_CHECKING:
    from instances.instance import About, Instance
    from instances.schema import Part

KIND = "refugia instance digest 1"
BITS = 30  # of the significand
BESIDE = ("words", "accounts", "index.entry")  # leaves that are not part of the instance's digest
WORDS = ("title", "sources", "assumptions", "notes")


def instance_digest(instance: Instance) -> str:
    """SHA-256 in hexadecimal over the canonical content of the instance."""
    return combined(part_digests(instance))


def part_digests(instance: Instance) -> dict[str, str]:
    """One digest per part, per index set (``index.NAME``), and for ``about`` and ``words``, sorted by name."""
    found = about_digests(instance.about)
    found |= {f"index.{index.name}": index_digest(index) for index in instance.indexes.values()}
    found |= {name: part_digest(part) for name, part in instance.parts()}
    return dict(sorted(found.items()))


def combined(digests: Mapping[str, str]) -> str:
    """Digest of an instance from those of its parts; words and books do not count."""
    return _sha256(_text([KIND, sorted((k, v) for k, v in digests.items() if k not in BESIDE)]))


def about_digests(about: About) -> dict[str, str]:
    """Digests of the facts and of the words in ``about``."""
    values = {f.name: getattr(about, f.name) for f in fields(about)}
    return {
        "about": _sha256(_text({k: v for k, v in values.items() if k not in WORDS and v is not None})),
        "words": _sha256(_text({k: v for k, v in values.items() if k in WORDS})),
    }


def index_digest(index: Index) -> str:
    """Digest of one index set: its name, and its labels or the positions of its components."""
    if index.names is not None:
        return _sha256(_text(["labels", index.name, index.size]), _array(index.names))
    chunks = [_text(["tuples", index.name, index.size])]
    for key, component in sorted(index.parts.items()):
        chunks += [_text([key, component.target.name]), _array(component.position)]
    return _sha256(*chunks)


def part_digest(part: Part) -> str:
    """Digest of one part: every field that is not None; index sets count by name here, and by content on their own."""
    return _sha256(_text(type(part).__name__), *_chunks(part))


def _chunks(part: Any) -> Iterator[bytes]:
    for name in sorted(f.name for f in fields(part)):
        value = getattr(part, name)
        if value is None:
            continue
        if isinstance(value, Index):
            yield _text([name, "index", value.name])
        elif isinstance(value, Map):
            yield _text([name, "map", value.source.name, value.target.name])
            yield _array(value.position)
        elif isinstance(value, np.ndarray):
            yield _text([name, "array"])
            yield _array(value)
        else:
            yield _text([name, "value", value])


def _array(value: np.ndarray) -> bytes:
    """Shape, kind and canonical content."""
    if value.dtype.kind == "U":
        head, content = "text", _text(value.tolist())
    elif value.dtype.kind == "b":
        head, content = "bool", np.ascontiguousarray(value).astype("u1").tobytes()
    elif value.dtype.kind in "iu":
        head, content = "integer", np.ascontiguousarray(value, dtype="<i8").tobytes()
    else:
        head, content = "number", rounded(value).astype("<f8").tobytes()
    return _text([head, list(value.shape), len(content)]) + content


def rounded(value: np.ndarray) -> np.ndarray:
    """Floats with the significand rounded to :data:`BITS` bits, half to even.

    Binary rounding is exact on every machine, whereas rounding to decimal places multiplies by powers of ten.
    """
    significand, exponent = np.frexp(np.ascontiguousarray(value, dtype=np.float64))
    with np.errstate(over="ignore"):  # the largest floats round up to infinity
        near = np.ldexp(np.rint(significand * 2.0**BITS), exponent - BITS)
    return np.asarray(near + 0.0)  # drops the sign of zero


def _text(value: Any) -> bytes:
    """JSON is unambiguous about where one text ends and the next begins; the length is put in front."""
    content = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
    return len(content).to_bytes(8, "little") + content


def _sha256(*chunks: bytes) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
