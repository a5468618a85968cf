"""A payload that fits into a mail: numbers as fine as a size allows, and what was made coarser said in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from instances.schema import InstanceError
from solver.explorer.content import Content, Text
from solver.explorer.naming import both, named
from solver.explorer.payload import Precision, payload
from solver.words import LANGUAGES, number, say

MOST = 8e6
"""Bytes of a page that opens at once and passes most mail gateways."""

LIMIT = 20e6
"""Bytes beyond which no page is made unless forced."""

STEPS = (2, 5, 10)
"""How much coarser coordinates may become, in steps of the finest that the page keeps."""


def fitted(
    content: Content, lang: str = "en", most: float = MOST, *, force: bool = False
) -> tuple[dict[str, Any], tuple[Text, ...]]:
    """The payload of a page of at most so many bytes, as fine as that allows.

    First numbers over scenarios become coarser (all digits, seven digits, 1/65535 of the range of their measure), then
    positions. Objectives, decisions and proofs keep every digit whatever the size. What was made coarser is told on
    the page beside what was withheld.

    Returns
    -------
    payload
    notes
        What was made coarser, and whether the page is larger than asked for.

    Raises
    ------
    InstanceError
        If even the coarsest page has more than :data:`LIMIT` bytes (or ``most``, where that is more), unless forced.
    ValueError
        If ``lang`` is neither ``en`` nor ``zh``.
    """
    told, notes, size = payload(content, lang), tuple[Text, ...](), 0
    base = float(told["frame"]["step"])
    for precision in _precisions(content, base):
        notes = tuple(_notes(content, precision))
        told = _again(told, content, lang, precision, notes)
        size = page_size(told)
        if size <= most:
            return told, notes
    limit = max(LIMIT, most)
    if size > limit and not force:
        layers = ", ".join(layer.name for layer in content.layers)
        fault = say("explorer.too large", lang, size=_megabytes(size), limit=_megabytes(limit), layers=layers)
        raise InstanceError(say("explorer.too large what", lang), [fault])
    sizes = {"size": _megabytes(size), "most": _megabytes(most)}
    return told, (*notes, {spoken: text.format(**sizes) for spoken, text in both("large").items()})


def page_size(told: dict[str, Any]) -> int:
    """Bytes of the page with this payload."""
    from solver.explorer.page import page_text

    return len(page_text(told).encode())


def _again(
    told: dict[str, Any], content: Content, lang: str, precision: Precision, notes: tuple[Text, ...]
) -> dict[str, Any]:
    """The payload with other precision; what that does not touch (decisions are the bulk) is not packed again."""
    if not notes:
        return told
    lean = replace(content, about=replace(content.about, withheld=(*content.about.withheld, *notes)))
    if precision.step is not None:
        return payload(lean, lang, precision)
    found = payload(replace(lean, layers=(), backdrops=(), overlays=()), lang, precision)
    return {**told, "about": found["about"], "futures": found["futures"]}


def _precisions(content: Content, base: float) -> Iterator[Precision]:
    yield Precision()
    coarse = "f8"
    if content.futures is not None and content.futures.measures:
        yield Precision("f4")
        coarse = "u2"
        yield Precision(coarse)
    if content.layers or content.backdrops:
        for step in STEPS:
            yield Precision(coarse, base * step)


def _notes(content: Content, precision: Precision) -> Iterator[Text]:
    if precision.scenarios != "f8":
        yield both(f"fine {precision.scenarios}")
    if precision.step is not None:
        unit = named("unit", "m") if content.about.crs else dict.fromkeys(LANGUAGES, "")
        step = number(precision.step, 6)
        yield {lang: text.format(step=step, unit=unit[lang]) for lang, text in both("fine step").items()}


def _megabytes(size: float) -> str:
    return number(size / 1e6, 1)
