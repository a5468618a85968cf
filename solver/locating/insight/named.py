"""What an objective or a measure of fairness is called: ``tail_10_percent`` in words."""

from __future__ import annotations

import re

from solver.words import WORDS, say

PATTERNS = (
    (re.compile(r"tail_(?P<share>[\d_]+)_percent"), "aim.tail"),
    (re.compile(r"worst_(?P<count>\d+)_points"), "aim.worst"),
    (re.compile(r"largest_zone_mean_(?P<names>.+)"), "aim.zones"),
    (re.compile(r"largest_group_mean_(?P<names>.+)"), "aim.groups"),
)


def called(name: str, lang: str) -> str:
    """The name in words; one that nobody knows stays as it is."""
    if f"aim.{name}" in WORDS:
        return say(f"aim.{name}", lang)
    for pattern, key in PATTERNS:
        if found := pattern.fullmatch(name):
            values = found.groupdict()
            return say(key, lang, **{**values, "share": values.get("share", "").replace("_", ".")})
    return name
