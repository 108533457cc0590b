"""Columns of names that every file of ours has."""

from collections.abc import Mapping, Sequence

from data.languages import languages
from data.model import Language


def name_keys() -> dict[str, Language]:
    """Return the columns of names: `name` for the main one, `name_fa` for one in Persian."""
    return {"name": "", **{f"name_{code}": code for code in languages()}}


def name_columns(
    all_names: Sequence[Mapping[Language, tuple[str, ...]]],
) -> dict[str, Sequence[str]]:
    """Return the columns of names: the first spelling of each thing, "" for none."""
    return {
        column: [next(iter(names.get(language, ())), "") for names in all_names]
        for column, language in name_keys().items()
    }
