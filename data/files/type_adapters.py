"""What reads and writes values by their types: made once for each, and by one thread at a time."""

from threading import RLock
from typing import Any

from pydantic import TypeAdapter


def adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - annotations have no type in common
    """Return what reads and writes values of a type."""
    with _making:
        if (found := _adapters.get(kind)) is None:
            found = _adapters[kind] = TypeAdapter(kind)
    return found


_adapters: dict[object, TypeAdapter[Any]] = {}

_making = RLock()
"""Held while pydantic looks at a type: once, two threads did at a time, and an answer failed."""
