"""What places and crossings are called: their names and those of their streets, by language."""

from collections.abc import Mapping

from data.model import Language

type Names = Mapping[Language, tuple[str, ...]]
"""Spellings by language, the main one first, as streets and places have them."""

JOINT = " – "


def title(*parts: Names) -> str:
    """Return what the map calls a place or crossing; parts without a name are left out."""
    return JOINT.join(filter(None, (_name(each, "") for each in parts)))


def titles(*parts: Names) -> dict[str, str]:
    """Return the same in each language that the map has a name in."""
    known = dict.fromkeys(language for each in parts for language in each if language)
    return {
        language: JOINT.join(filter(None, (_name(each, language) for each in parts)))
        for language in known
    }


def _name(names: Names, language: str) -> str:
    """Return a name in a language, else what the map calls it."""
    spellings = names.get(language) or names.get("") or ()
    return next(iter(spellings), next((each[0] for each in names.values() if each), ""))
