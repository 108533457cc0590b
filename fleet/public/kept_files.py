"""Files that are made once and stay on the disk while they follow from the same."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from data.store.database.array_cache import find_arrays, save_arrays

CONTENT = "content"
"""The bytes of a kept file: uint8[n]."""


def kept_file(path: Path, mark: str, make: Callable[[], bytes]) -> bytes:
    """Return what was made for a mark that says what it follows from; else make and keep it."""
    kept = find_arrays(path, mark)
    if kept is not None:
        return kept[CONTENT].tobytes()
    content = make()
    with suppress(OSError):  # of a full disk: it is made again for the next one
        save_arrays(path, mark, {CONTENT: np.frombuffer(content, np.uint8)})
    return content
