"""Files that are made once: read again while they follow from the same, else made anew."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from fleet.public.kept_files import kept_file

CONTENT = np.random.default_rng(1).bytes(100_000)


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond 4 kB, as where the disk is full in the middle of it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def never() -> bytes:
    raise AssertionError("it was made already")


def test_a_file_is_made_anew_where_it_follows_from_something_else(tmp_path: Path) -> None:
    path = tmp_path / "open" / "storm.npz"
    assert kept_file(path, "storm 1", lambda: CONTENT) == CONTENT
    assert kept_file(path, "storm 1", never) == CONTENT
    assert kept_file(path, "storm 1, corrected", lambda: b"newer") == b"newer"


def test_a_full_disk_keeps_nobody_from_a_file_and_nothing_half_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "storm.npz"
    with full_disk():
        assert kept_file(path, "storm", lambda: CONTENT) == CONTENT
    assert list(tmp_path.iterdir()) == []
    kept_file(path, "storm", lambda: CONTENT)
    with full_disk():
        assert kept_file(path, "storm", never) == CONTENT
