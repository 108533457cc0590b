"""Compiled kernels are kept by the text of their package: only what changed is compiled anew."""

from pathlib import Path
from typing import Any

import pytest

from fleet.matching.kernels import trellis
from routing.kernels.arrays.jit import digest_of, kernels_of
from routing.kernels.routes import moves


def test_a_changed_kernel_renames_the_folder_of_its_package_only(tmp_path: Path) -> None:
    names = []
    for text in ("one = 1", "one = 2"):
        for package in ("search", "matching"):
            (tmp_path / package).mkdir(exist_ok=True)
        (tmp_path / "search" / "loop.py").write_text("two = 2")
        (tmp_path / "matching" / "loop.py").write_text(text)
        digest_of.cache_clear()
        names.append((digest_of(tmp_path / "search"), digest_of(tmp_path / "matching")))
    assert names[0][0] == names[1][0]
    assert names[0][1] != names[1][1]


@pytest.mark.parametrize("kernel", [trellis.advance, moves.a_move])
def test_a_kernel_is_kept_in_the_folder_of_its_package(kernel: Any) -> None:
    folder = kernels_of(Path(kernel.__code__.co_filename))
    assert folder.name == "kernels"
    assert Path(kernel.stats.cache_path).parent.name == digest_of(folder)
