"""Whether a file is there, is of its kind and is whole, before a library reads it.

Libraries often hand over what they found in a file that was cut off, so what a format says about its own length is
checked here.
"""

from __future__ import annotations

from pathlib import Path

SQLITE, SHAPE, FLAT, PARQUET, GZIP = b"SQLite format 3\x00", b"\x00\x00\x27\x0a", b"fgb", b"PAR1", b"\x1f\x8b"
BLANK = b"\xef\xbb\xbf \r\n\t"
BESIDE = (".shx", ".dbf")  # a Shapefile is at least three files


def file_fault(file: Path, url: str | None = None) -> str | None:
    """Why a file cannot be a whole layer, as far as its name, size, first and last bytes tell; None if it can."""
    if not file.exists():
        return f"no file {str(file)!r}; " + (f"get it from {url}" if url else "check the path")
    if not file.is_file():
        return f"{str(file)!r} is a folder; name the file in it"
    size = file.stat().st_size
    again = f"fetch it again from {url}" if url else "copy or export it again"
    if not size:
        return f"{file.name} is empty; {again}"
    try:
        with file.open("rb") as stream:
            head = stream.read(100)
            stream.seek(max(0, size - 64))
            tail = stream.read()
    except OSError as error:
        return f"{file.name} cannot be read: {error.strerror or error}"
    wrong = _kind_fault(file.name.lower(), head, tail)
    if wrong:
        return f"{file.name} {wrong}; {again}"
    if file.suffix.lower() == ".shp":
        for suffix in BESIDE:
            other = beside(file, suffix)
            if other is None:
                return f"{file.name} comes without its {suffix} file; a Shapefile is several files, copy all of them"
            with other.open("rb") as stream:
                cut = _cut(suffix, stream.read(100), other.stat().st_size)
            if cut:
                return f"{other.name} is cut off: {cut}; {again}"
    cut = _cut(file.suffix.lower(), head, size)
    return f"{file.name} is cut off: {cut}; {again}" if cut else None


def beside(file: Path, suffix: str) -> Path | None:
    """The file of the same name with another suffix, in small or capital letters."""
    for name in (file.with_suffix(suffix), file.with_suffix(suffix.upper())):
        if name.is_file():
            return name
    return None


def _kind_fault(name: str, head: bytes, tail: bytes) -> str | None:
    """What contradicts the suffix."""
    start = head.lstrip(BLANK)
    if name.endswith(".gpkg") and not head.startswith(SQLITE):
        return "is no GeoPackage (it does not start like an SQLite file)"
    if name.endswith(".shp") and not head.startswith(SHAPE):
        return "is no Shapefile"
    if name.endswith(".fgb") and not head.startswith(FLAT):
        return "is no FlatGeobuf file"
    if name.endswith((".parquet", ".geoparquet")):
        if not head.startswith(PARQUET):
            return "is no Parquet file"
        if not tail.endswith(PARQUET):
            return "is cut off: it does not end with the mark of Parquet"
    if name.endswith((".geojson", ".json")):
        if not start.startswith(b"{"):
            return "is no GeoJSON (it does not start with a brace)"
        if not tail.rstrip(b" \r\n\t\x00").endswith(b"}"):
            return "is cut off: it does not end with a brace"
    if name.endswith(".csv.gz") and not head.startswith(GZIP):
        return "is not packed with gzip"
    if name.endswith(".graphml") and not start.startswith(b"<"):
        return "is no GraphML (it is no XML)"
    return None


def _cut(suffix: str, head: bytes, size: int) -> str | None:
    """Sizes, if the file is shorter than its own head says."""
    expected = 0
    if head.startswith(SQLITE) and len(head) >= 32:  # page size and number of pages
        page = int.from_bytes(head[16:18], "big")
        expected = (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")
    elif suffix in (".shp", ".shx"):  # length in words of 16 bits
        expected = max(100, 2 * int.from_bytes(head[24:28], "big"))
    elif suffix == ".dbf":  # records, bytes of the head, bytes of a record
        expected = max(32, int.from_bytes(head[8:10], "little"))
        expected += int.from_bytes(head[4:8], "little") * int.from_bytes(head[10:12], "little")
    return f"{size} of {expected} bytes" if size < expected else None
