"""Arrays that were long to compute, kept in a file until what they follow from is another."""

import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MARK = "mark"
"""Name under which a file says what its arrays follow from."""

Arrays = Mapping[str, NDArray[Any]]


def save_arrays(path: Path, mark: str, arrays: Arrays) -> None:
    """Write arrays in place of what was there; a reader sees the old file or the new one.

    Several processes may write the same at once: each writes a file of its own first.
    """
    path.parent.mkdir(exist_ok=True)
    number, half = tempfile.mkstemp(suffix=".part", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            contents: dict[str, Any] = {MARK: np.array(mark), **arrays}
            np.savez_compressed(file, allow_pickle=False, **contents)
        Path(half).replace(path)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


def find_arrays(path: Path, mark: str) -> Arrays | None:
    """Return the arrays of a file; `None` without one, or where they follow from something else."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (OSError, ValueError, KeyError, EOFError, zlib.error, zipfile.BadZipFile):
        return None
    return arrays if str(arrays.pop(MARK, "")) == mark else None
