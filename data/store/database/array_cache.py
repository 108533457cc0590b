"""Arrays that were long to compute, kept in a file until what they follow from is another."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MARK = "mark"
"""Name under which a file says what its arrays follow from."""

Arrays = Mapping[str, NDArray[Any]]


def save_arrays(path: Path, mark: str, arrays: Arrays) -> None:
    """Write arrays in place of what was there; a reader sees the old file or the new one."""
    path.parent.mkdir(exist_ok=True)
    half = path.with_suffix(".part")
    with half.open("wb") as file:
        contents: dict[str, Any] = {MARK: np.array(mark), **arrays}
        np.savez_compressed(file, **contents)
    half.replace(path)


def find_arrays(path: Path, mark: str) -> Arrays | None:
    """Return the arrays of a file; `None` without one, or where they follow from something else."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (OSError, ValueError, zipfile.BadZipFile):
        return None
    return arrays if str(arrays.pop(MARK, "")) == mark else None
