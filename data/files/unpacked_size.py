"""How much a packed file unpacks to, found out without keeping any of it."""

import bz2
import gzip
import zlib
from collections.abc import Mapping
from pathlib import Path

from data.errors import BarfrubError

MOST_RATIO = 100
"""Street files unpack to ten to thirty times their size; made to do harm, to a million times."""

ALWAYS_BYTES = 64 * 1024**2
"""Size that any file may unpack to."""

MOST_UNPACKED_BYTES = 32 * 1024**3
"""Size that no file may unpack to: the street file of a large country."""

CHUNK_BYTES = 1024**2

_OPENERS: Mapping[str, type[gzip.GzipFile | bz2.BZ2File]] = {
    ".gz": gzip.GzipFile,
    ".bz2": bz2.BZ2File,
}


class UnpackedSizeError(BarfrubError):
    """A packed file that unpacks to far more than such files do."""

    code = "unpacks_too_large"

    def __init__(self, file: str, most_bytes: int) -> None:
        count = most_bytes // 10**6
        super().__init__(f"{file} unpacks to more than {count} MB", file=file, count=count)


def require_unpacked_size(path: Path, name: str) -> None:
    """Raise `UnpackedSizeError` where a file of this name unpacks to too much.

    A file that is not packed is not read; one that is damaged is left to its reader.
    """
    opener = _OPENERS.get(Path(name).suffix.lower())
    if opener is None:
        return
    size = path.stat().st_size
    most_bytes = min(max(size * MOST_RATIO, ALWAYS_BYTES), MOST_UNPACKED_BYTES)
    unpacked_bytes = 0
    try:
        with opener(path) as file:
            while chunk := file.read(CHUNK_BYTES):
                unpacked_bytes += len(chunk)
                if unpacked_bytes > most_bytes:
                    raise UnpackedSizeError(name, most_bytes)
    except (OSError, EOFError, zlib.error):
        return
