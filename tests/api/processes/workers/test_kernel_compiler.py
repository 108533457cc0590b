"""Kernels are compiled by a child process, once for each kind of problem."""

from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from api.processes.workers import kernel_compiler
from api.processes.workers.kernel_compiler import KernelCompiler
from routing.search.warm_up import CITY


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_a_kind_that_was_compiled_starts_no_child(cache):
    assert KernelCompiler(CITY).needed
    mark = kernel_compiler.mark_of(CITY)
    mark.parent.mkdir()
    mark.touch()
    with KernelCompiler(CITY) as kernels:
        assert not kernels.needed
        kernels.wait(lambda: pytest.fail("nobody waits for it"))


def test_another_kind_has_a_mark_of_its_own(cache):
    assert kernel_compiler.mark_of(CITY) != kernel_compiler.mark_of(CITY._replace(reloads=True))


def test_a_child_that_is_not_done_in_time_is_ended(cache):
    mark = kernel_compiler.mark_of(CITY)
    mark.parent.mkdir()
    with mark.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)  # another process compiles: the child waits for it
        looks = []
        with KernelCompiler(CITY) as kernels:
            kernels.wait(lambda: looks.append("look") or len(looks) == 3)
            process = kernels.process
            assert process is not None
            assert process.is_alive()
        assert process.exitcode == -9
    assert not mark.exists()


def test_what_another_process_has_compiled_meanwhile_is_not_compiled_again(cache, monkeypatch):
    compiled = []
    monkeypatch.setattr(kernel_compiler, "warm_up_search", compiled.append)
    monkeypatch.setattr(kernel_compiler.signal, "signal", lambda *_: None)
    kernel_compiler.compile_once(CITY)
    kernel_compiler.compile_once(CITY)
    assert compiled == [CITY]
