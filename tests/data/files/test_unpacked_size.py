"""How much packed files unpack to."""

import bz2
import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from data.files.unpacked_size import ALWAYS_BYTES, UnpackedSizeError, require_unpacked_size

PACKERS = {"town.osm.gz": gzip.compress, "town.osm.bz2": bz2.compress}

A_GEOJSON_BOMB = b'{"features":[' + b"[]," * 8_000_000 + b"[]]}"
"""24 MB that become half a gigabyte of lists."""


def a_bomb(pack: Callable[[bytes], bytes]) -> bytes:
    """Return a small file that unpacks to two gigabytes, of many parts."""
    return pack(bytes(16 * 1024**2)) * 128


@pytest.mark.parametrize("name", sorted(PACKERS))
def test_a_small_file_that_unpacks_to_gigabytes_is_refused_and_takes_no_memory(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / "part"
    file.write_bytes(a_bomb(PACKERS[name]))
    assert file.stat().st_size < 4_000_000
    tracemalloc.start()
    with pytest.raises(UnpackedSizeError) as refused:
        require_unpacked_size(file, name)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.values["file"] == name
    assert peak_bytes < 20_000_000


@pytest.mark.parametrize("name", sorted(PACKERS))
def test_a_file_of_zeros_may_be_as_large_as_any_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / "part"
    file.write_bytes(PACKERS[name](bytes(ALWAYS_BYTES // 4)))
    require_unpacked_size(file, name)


@pytest.mark.parametrize("content", [b"", b"<osm/>", gzip.compress(b"<osm/>" * 99, mtime=0)[:-9]])
def test_what_is_damaged_is_left_to_its_reader(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "part"
    file.write_bytes(content)
    require_unpacked_size(file, "town.osm.gz")
    require_unpacked_size(file, "town.osm")
