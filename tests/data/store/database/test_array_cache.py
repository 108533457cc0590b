"""Files of arrays: whole or not there, whoever writes at the same time."""

from pathlib import Path

import numpy as np
import pytest

from data.store.database.array_cache import find_arrays, save_arrays


def test_a_file_broken_in_its_middle_is_as_none(tmp_path: Path) -> None:
    path = tmp_path / "storm-1.npz"
    save_arrays(path, "of today", {"colors": np.arange(10_000)})
    whole = path.read_bytes()
    broken = bytearray(whole)
    broken[len(whole) // 3 : len(whole) // 2] = b"\0" * (len(whole) // 2 - len(whole) // 3)
    path.write_bytes(bytes(broken))
    assert find_arrays(path, "of today") is None


def test_what_could_not_be_written_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "storm-1.npz"
    save_arrays(path, "of today", {"colors": np.arange(3)})
    with pytest.raises(ValueError, match="allow_pickle"):
        save_arrays(path, "of tomorrow", {"colors": np.array([{}], dtype=object)})
    assert find_arrays(path, "of today") is not None
    assert [file.name for file in tmp_path.iterdir()] == ["storm-1.npz"]
