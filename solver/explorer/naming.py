"""What people call things of the data, in both languages: objectives, units, hazards, grades, tiers.

The page of a single plan has these words already (:file:`solver/page/web/texts.json`); what is not known there stays as
the data have it.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from solver.words import LANGUAGES, WORDS

Both = dict[str, str]


@cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(
        resources.files("solver.page").joinpath("web", "texts.json").read_text("utf-8")
    )
    return found


def both(key: str) -> Both:
    """A word of the explorer in both languages.

    Raises
    ------
    KeyError
        If there is no such word.
    """
    return dict(zip(LANGUAGES, WORDS[f"explorer.{key}"], strict=True))


def named(kind: str, word: str, title: str = "") -> Both:
    """What people call ``word``: in English as the data have it, in Chinese by our own words where we have them."""
    texts = _texts()
    known = texts.get(f"title:{title}") if title else None
    known = known or texts.get(f"{kind}:{word}")
    if known is None and (pair := WORDS.get(f"explorer.{kind}.{word}") or WORDS.get(f"{kind}.{word}")):
        known = dict(zip(LANGUAGES, pair, strict=True))
    if known is None:
        plain = title or str(word).replace("_", " ")
        return dict.fromkeys(LANGUAGES, plain)
    return {**known, "en": title} if title else dict(known)


def hazard(word: str) -> Both:
    """Hazards of a scenario, joined with + in the data."""
    parts = [named("hazard", part) for part in str(word).split("+")]
    return {lang: " + ".join(part[lang] for part in parts) for lang in LANGUAGES}


def begun(text: Both) -> Both:
    """The same with a capital letter to begin with, as labels of axes have it."""
    return {lang: said[:1].upper() + said[1:] for lang, said in text.items()}
