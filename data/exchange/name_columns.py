"""Columns of names that every file of ours has."""

from collections.abc import Mapping, Sequence

from data.model import Language

LANGUAGES = {"name": "", "name_fa": "fa", "name_en": "en"}


def name_columns(
    all_names: Sequence[Mapping[Language, tuple[str, ...]]],
) -> dict[str, Sequence[str]]:
    """Return `name`, `name_fa` and `name_en`: the first spelling of each thing, "" for none."""
    return {
        column: [next(iter(names.get(language, ())), "") for names in all_names]
        for column, language in LANGUAGES.items()
    }
