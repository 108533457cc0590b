"""What of a view a screen on a wall is not shown: passers-by read it, so no names and no words."""

from dataclasses import is_dataclass, replace
from functools import cache
from typing import Annotated, Any, get_type_hints


class _Private:
    """Marks fields that walls do not show."""


PrivateText = Annotated[str, _Private]
"""A sign-in name, or what somebody typed: empty on a wall."""


def for_wall[V](view: V) -> V:
    """Return a view without its private texts."""
    kind: type[Any] = type(view)
    names = _private(kind) if is_dataclass(kind) else ()
    return replace(view, **dict.fromkeys(names, "")) if names else view  # type: ignore[type-var]


@cache
def _private(kind: type[Any]) -> tuple[str, ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(name for name, hint in hints.items() if hint == PrivateText)
