"""Every sentence that a user reads, in English and Chinese, and numbers as people write them."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping

from solver.words.answers import ANSWERS
from solver.words.changes import CHANGES
from solver.words.choosing import CHOOSING
from solver.words.commands import COMMANDS
from solver.words.dossier import DOSSIER
from solver.words.explain import EXPLAIN
from solver.words.explorer import EXPLORER
from solver.words.fronts import FRONTS
from solver.words.land import LAND
from solver.words.live import LIVE
from solver.words.locating import LOCATING
from solver.words.location import LOCATION
from solver.words.quality import QUALITY
from solver.words.tables import TABLES

LANGUAGES = ("en", "zh")
WORDS: dict[str, tuple[str, str]] = {
    **ANSWERS,
    **CHANGES,
    **CHOOSING,
    **COMMANDS,
    **DOSSIER,
    **EXPLAIN,
    **EXPLORER,
    **FRONTS,
    **LAND,
    **LIVE,
    **LOCATING,
    **LOCATION,
    **QUALITY,
    **TABLES,
}


def language(environment: Mapping[str, str] = os.environ) -> str:
    """Language of the user: REFUGIA_LANG, else the locale; English where neither is Chinese."""
    for name in ("REFUGIA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if wanted := environment.get(name, ""):
            return "zh" if wanted.lower().startswith("zh") else "en"
    return "en"


def say(key: str, lang: str, **values: object) -> str:
    """A sentence in the language, with values put in.

    Raises
    ------
    KeyError
        If there is no such sentence or language: every sentence exists in both.
    """
    return WORDS[key][LANGUAGES.index(lang)].format(**values)


def term(kind: str, name: str, lang: str) -> str:
    """What people call a level, role or objective; names given by the data stay as they are."""
    known = WORDS.get(f"{kind}.{name}")
    return known[LANGUAGES.index(lang)] if known else name


def listed(items: list[str], lang: str) -> str:
    """Items in one sentence."""
    return ("、" if lang == "zh" else ", ").join(items)


def number(value: float | None, digits: int = 0) -> str:
    """A number with thousands separated; a dash for what is not known."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if digits and "." in text else text


def significant(value: float | None) -> str:
    """A number to six digits, thousands separated."""
    if value is None or not math.isfinite(value):
        return "–"
    digits = max(0, 5 - math.floor(math.log10(abs(value)))) if value else 0
    return number(value, min(digits, 6))


def percent(share: float | None, digits: int = 1) -> str:
    """A share as a percentage; one that is not zero is never written as 0 %."""
    if share is None or not math.isfinite(share):
        return "–"
    value = 100.0 * share
    if value and abs(value) < 0.5 * 10**-digits:
        return f"{value:.1g} %"
    return f"{number(value, digits)} %"
