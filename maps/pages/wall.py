"""What of a view a screen on a wall is not shown: passers-by read it, so no names and no words."""

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass, replace
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
    """Return a view, or the mapping of one, without its private texts and those of views in it.

    Of a mapping with other fields, as a server of another version may send, everything goes that
    any view calls private.
    """
    if isinstance(view, Mapping):
        return _mapping_for_wall(view, _BY_FIELDS.get(frozenset(view), _of_all()))
    if not is_dataclass(view) or isinstance(view, type):
        return view
    blank = _BY_CLASS.get(type(view), {})
    inner = {one.name: getattr(view, one.name) for one in fields(view) if one.name not in blank}
    shown = {name: _inner_for_wall(value) for name, value in inner.items()}
    changed = {name: value for name, value in shown.items() if value is not inner[name]}
    return replace(view, **changed, **blank) if changed or blank else view


def _inner_for_wall(value: object) -> object:
    """Return a field's value; mappings that are no view's, such as facts, keep their texts."""
    if isinstance(value, Mapping):
        return _mapping_for_wall(value, _BY_FIELDS.get(frozenset(value), {}))
    if isinstance(value, list | tuple):
        return tuple(for_wall(one) for one in value)
    return for_wall(value)


def _mapping_for_wall(view: Mapping[str, Any], private: Collection[str]) -> dict[str, Any]:
    return {name: "" if name in private else _inner_for_wall(value) for name, value in view.items()}


def _of_all() -> set[str]:
    return {name for blank in _BY_CLASS.values() for name in blank}
