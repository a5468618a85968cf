"""Texts without names that are withheld: notes and titles of scenarios may speak of places that are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from solver.explorer.content import Content

SIGN = "[…]"
SHORT = 4
"""Names with fewer signs (Latin script) say nothing by themselves: ``S1``, ``12``."""


def telling(names: Iterable[str]) -> tuple[str, ...]:
    """Names that give something away where they stand in a text, the longest first."""
    found = {name for name in names if (len(name) >= SHORT and not name.isdigit()) or _wide(name)}
    return tuple(sorted(found, key=lambda name: (-len(name), name)))


def censored(content: Content, names: tuple[str, ...]) -> tuple[Content, int]:
    """The content with :data:`SIGN` for each of the names in its texts, and how many texts were changed."""
    if not names:
        return content, 0
    pen = _Pen(names)
    about, futures = content.about, content.futures
    found = replace(
        content,
        about=replace(
            about,
            title=pen(about.title),
            sources=pen(about.sources),
            assumptions=pen(about.assumptions),
            notes=pen(about.notes),
        ),
        objectives=tuple(replace(o, label=pen(o.label), doc=pen(o.doc)) for o in content.objectives),
        proof=replace(content.proof, sentences=pen(content.proof.sentences)),
        suggestions=tuple(replace(s, title=pen(s.title), reason=pen(s.reason)) for s in content.suggestions),
        futures=None
        if futures is None
        else replace(
            futures,
            names=pen(futures.names),
            titles=pen(futures.titles),
            drivers=tuple(replace(d, words=pen(d.words)) for d in futures.drivers),
        ),
    )
    return found, pen.changed


class _Pen:
    """Strikes names out of texts, however these are nested."""

    def __init__(self, names: tuple[str, ...]) -> None:
        # a name is not struck out of a longer word; Chinese knows no spaces between words
        bounded = [n if _wide(n) else rf"(?<!\w){re.escape(n)}(?!\w)" for n in names]
        self._pattern = re.compile("|".join(bounded), re.IGNORECASE)
        self.changed = 0

    def __call__(self, given: Any) -> Any:
        if isinstance(given, str):
            text = self._pattern.sub(SIGN, given)
            self.changed += text != given
            return text
        if isinstance(given, tuple):
            return tuple(self(part) for part in given)
        return {key: self(part) for key, part in given.items()}


def _wide(name: str) -> bool:
    """Whether a name is in Chinese, two signs or more of it."""
    return sum(ord(sign) >= 0x2E80 for sign in name) >= 2
