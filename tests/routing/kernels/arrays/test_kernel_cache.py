"""Compiled kernels are kept by the text of their package: only what changed is compiled anew."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from numba import config

from fleet.matching.kernels import trellis
from routing.kernels.arrays.jit import digest_of, kernel, kernels_of
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


@pytest.mark.parametrize("loop", [trellis.advance, moves.a_move])
def test_a_kernel_is_kept_in_the_folder_of_its_package(loop: Any) -> None:
    folder = kernels_of(Path(loop.__code__.co_filename))
    assert folder.name == "kernels"
    assert Path(loop.stats.cache_path).parent.name == digest_of(folder)


def test_a_kernel_compiled_in_another_folder_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "cache"))
    hits = []
    for place in ("built", "installed"):
        file = tmp_path / place / "kernels" / "loop.py"
        file.parent.mkdir(parents=True)
        file.write_text("def double(number):\n    return 2 * number\n")
        spec = spec_from_file_location("loop", file)
        assert spec is not None
        assert spec.loader is not None
        loop = module_from_spec(spec)
        spec.loader.exec_module(loop)
        double: Any = kernel(loop.double)
        assert double(2) == 4
        hits.append(sum(double.stats.cache_hits.values()))
    assert hits == [0, 1]
