"""Columns of names, the same in all exported files."""

from collections.abc import Mapping, Sequence

from data.languages import name_keys
from data.model import Language


def name_columns(
    all_names: Sequence[Mapping[Language, tuple[str, ...]]],
) -> dict[str, Sequence[str]]:
    """Return the values of each column of names: first spellings, "" where there is none."""
    return {
        column: [next(iter(names.get(language, ())), "") for names in all_names]
        for column, language in name_keys().items()
    }
