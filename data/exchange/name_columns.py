"""Columns of names that every file of ours has."""

from collections.abc import Mapping, Sequence

from data.languages import name_keys
from data.model import Language


def name_columns(
    all_names: Sequence[Mapping[Language, tuple[str, ...]]],
) -> dict[str, Sequence[str]]:
    """Return the columns of names: the first spelling of each thing, "" for none."""
    return {
        column: [next(iter(names.get(language, ())), "") for names in all_names]
        for column, language in name_keys().items()
    }
