"""Kernels that came with an installation are used; others of the same kind of machine can be."""

import os
from pathlib import Path

import pytest

from api.config import shipped_kernels
from api.config.shipped_kernels import BASELINE, BASELINE_FLAGS, bring_kernels, choose_processor


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder = tmp_path / "shipped"
    (folder / "0123").mkdir(parents=True)
    (folder / "0123" / "loop.nbi").write_text("compiled")
    return folder


def test_kernels_of_the_installation_are_brought_into_the_cache(
    shipped: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "var" / "numba"
    bring_kernels(cache, shipped)
    assert [path.relative_to(cache).as_posix() for path in cache.rglob("*.nbi")] == [
        "0123/loop.nbi"
    ]


def test_what_was_compiled_here_stays(shipped: Path, tmp_path: Path) -> None:
    cache = tmp_path / "numba"
    (cache / "0123").mkdir(parents=True)
    (cache / "0123" / "other.nbi").touch()
    bring_kernels(cache, shipped)
    assert [path.name for path in cache.rglob("*.nbi")] == ["other.nbi"]


def test_a_folder_that_cannot_be_written_is_no_mistake(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first(*_: object) -> None:
        raise FileExistsError("another process was first")

    monkeypatch.setattr(shipped_kernels.Path, "rename", first)
    bring_kernels(tmp_path / "numba", shipped)
    assert list((tmp_path / "numba").iterdir()) == []


def test_an_installation_without_kernels_is_none(tmp_path: Path) -> None:
    bring_kernels(tmp_path / "numba", tmp_path / "nowhere")
    assert not (tmp_path / "numba").exists()


@pytest.mark.parametrize(
    ("flags", "chosen"),
    [
        (BASELINE_FLAGS | {"avx512f"}, BASELINE),
        (BASELINE_FLAGS - {"avx2"}, None),
    ],
)
def test_all_processors_that_can_are_one_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: frozenset[str], chosen: str | None
) -> None:
    monkeypatch.delenv("NUMBA_CPU_NAME", raising=False)
    monkeypatch.delenv("NUMBA_CPU_FEATURES", raising=False)
    info = tmp_path / "cpuinfo"
    info.write_text(f"processor : 0\nflags : {' '.join(sorted(flags))}\n")
    choose_processor(info)
    try:
        assert os.environ.get("NUMBA_CPU_NAME") == chosen
    finally:
        os.environ.pop("NUMBA_CPU_NAME", None)
        os.environ.pop("NUMBA_CPU_FEATURES", None)


def test_a_processor_that_was_chosen_by_hand_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CPU_NAME", "znver5")
    choose_processor()
    assert os.environ["NUMBA_CPU_NAME"] == "znver5"
