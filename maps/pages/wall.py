"""What of a view a screen on a wall is not shown: passers-by read it, so no names and no words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, get_type_hints


class _Private:
    """Marks fields that walls do not show."""


PrivateText = Annotated[str, _Private]
"""A sign-in name, or what somebody typed: empty on a wall. Its class `has_private_texts`."""

_BY_CLASS: dict[type, dict[str, str]] = {}
"""What replaces the private fields of each class."""

_BY_FIELDS: dict[frozenset[str], dict[str, str]] = {}
"""The same by the names of all fields: views that come from another server are plain mappings."""


def has_private_texts[V](kind: type[V]) -> type[V]:
    """Let walls not see the private texts of a dataclass."""
    hints = get_type_hints(kind, include_extras=True)
    blank = {name: "" for name, hint in hints.items() if hint == PrivateText}
    _BY_CLASS[kind] = _BY_FIELDS[frozenset(hints)] = blank
    return kind


def for_wall(view: Any) -> Any:  # noqa: ANN401 - views have nothing in common
    """Return a view, or the mapping of one, without its private texts.

    Of a mapping with other fields, as a server of another version may send, everything goes that
    any view calls private.
    """
    if isinstance(view, Mapping):
        known = _BY_FIELDS.get(frozenset(view), _of_all())
        return {**view, **{name: "" for name in known if name in view}}
    blank = _BY_CLASS.get(type(view))
    return view if blank is None else replace(view, **blank)


def _of_all() -> set[str]:
    return {name for blank in _BY_CLASS.values() for name in blank}
