"""File uploads, streamed to the disk without loading them into memory."""

import os
import shutil
import tempfile
from pathlib import Path

from fastapi import Request, UploadFile
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from api.config.settings import Settings, plain_name
from api.processes.limited_process import limits_of, run_limited
from api.web.checked_route import takes_up_to
from api.web.request_body import FORM_BYTES, TooLargeError, announced_bytes
from data.errors import CityFileError, DiskFullError, InvalidError, Need, NotFoundError
from data.files.unpacked_size import require_unpacked_size
from data.osm.geojson_reader import GEOJSON_SUFFIXES
from data.osm.osm_reader import OSM_SUFFIXES
from data.setup.districts import URMIA_DISTRICTS
from fleet.setup.city_files import CityContents, CityFiles, ReadCity, read_files

MOST_BYTES = 2 * 1024**3
"""Size of one file: four times the street file of a large country's capital region."""

TABLE_BYTES = 4_000_000
"""Size of one file of machines, rules or requests; the fleet of a metropolis takes a twentieth."""

TABLE_LIMIT = takes_up_to(TABLE_BYTES + FORM_BYTES)
"""The dependency of routes that take such a file in a form."""

SPARE_BYTES = 512 * 1024**2
"""Disk space kept free, for the city made from the file."""

NAME_LETTERS = 120
PART = ".part-"
"""Name prefix of unfinished files."""

STREETS = (*OSM_SUFFIXES, *GEOJSON_SUFFIXES)
BOUNDARIES = (".geojson", ".json", ".gpkg")
DISTRICTS = (*BOUNDARIES, ".toml", ".txt")
SUFFIXES = {"streets": STREETS, "boundary": BOUNDARIES, "districts": DISTRICTS}
"""Allowed suffixes by purpose."""

URMIA = "urmia"
"""The districts that come with Barfrub, in place of a file's name."""

_HEAD_BYTES = 64
_PBF = b"OSMHeader"
_STARTS = {
    ".pbf": (_PBF,),
    ".osm": (b"<",),
    ".gz": (b"\x1f\x8b",),
    ".bz2": (b"BZh",),
    ".gpkg": (b"SQLite format 3\x00",),
    ".geojson": (b"{",),
    ".json": (b"{",),
}
"""First bytes of each kind of file."""


class UploadedFileOut(BaseModel):
    """An uploaded file."""

    name: str
    size_bytes: int


def content_of(file: UploadFile, most_bytes: int = TABLE_BYTES) -> bytes:
    """Return a file's content; raise `InvalidError` where it is larger than `most_bytes`."""
    content = file.file.read(most_bytes + 1)
    if len(content) > most_bytes:
        size = f"{(file.size or most_bytes) / 1e6:.1f} MB"
        raise InvalidError("file", size, Need("at most {count} MB", count=most_bytes // 10**6))
    return content


async def keep_upload(request: Request, folder: Path, name: str, purpose: str) -> UploadedFileOut:
    """Store the request body as a file of this name.

    The file is there whole or not at all; one of the same name is replaced. Raises `InvalidError`
    for a name or a purpose that does not fit, `CityFileError` for content of another kind,
    `TooLargeError` as soon as it is known, and `UnpackedSizeError` where a packed file unpacks to
    far more than such files do.
    """
    path = upload_path(folder, name, purpose)
    part = await run_in_threadpool(_Part, folder)
    try:
        part.require_room(announced_bytes(request))
        async for chunk in request.stream():
            await run_in_threadpool(part.write, chunk)
        await run_in_threadpool(part.keep_as, path)
    finally:
        part.discard()
    return UploadedFileOut(name=path.name, size_bytes=part.size_bytes)


def upload_path(folder: Path, name: str, purpose: str) -> Path:
    """Return a file's path; raise `InvalidError` where its type does not fit the purpose."""
    suffixes = SUFFIXES.get(purpose)
    if suffixes is None:
        raise InvalidError("purpose", purpose, "one of streets, boundary, districts")
    if len(name) > NAME_LETTERS or not plain_name(name):
        raise InvalidError("file", name, "a plain file name")
    if not name.lower().endswith(suffixes):
        raise InvalidError("file", name, f"a name that ends in one of {', '.join(suffixes)}")
    return folder / name


def wanted_upload(folder: Path, name: str, purpose: str) -> Path:
    """Return an uploaded file; `URMIA` means the districts that come with Barfrub."""
    if (purpose, name) == ("districts", URMIA):
        return URMIA_DISTRICTS
    path = upload_path(folder, name, purpose)
    if not path.is_file():
        raise NotFoundError("file", name)
    return path


def reader_of(settings: Settings) -> ReadCity:
    """Return what reads the files of a city in a child process."""
    limits = limits_of(settings)

    def read(files: CityFiles) -> CityContents:
        return run_limited(limits, files.streets.name, read_files, files)

    return read


def ready_files(folder: Path) -> dict[str, list[UploadedFileOut]]:
    """Return the uploaded files by purpose and name."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [path for path in found if path.is_file() and not path.name.startswith(".")]
    return {
        purpose: [
            UploadedFileOut(name=path.name, size_bytes=path.stat().st_size)
            for path in files
            if path.name.lower().endswith(suffixes)
        ]
        for purpose, suffixes in SUFFIXES.items()
    }


def require_kind(path: Path, name: str) -> None:
    """Raise `CityFileError` where a file's content does not match its suffix."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    wanted = _STARTS.get(Path(name).suffix.lower(), ())
    if not head or (wanted and not any(_begins(head, start) for start in wanted)):
        raise CityFileError(f"{name} is empty or not what its name says", file=name)


def _begins(head: bytes, start: bytes) -> bool:
    # The name of a .pbf's first block stands behind its length.
    return start in head if start == _PBF else head.startswith(start)


def clear_parts(folder: Path) -> None:
    """Remove unfinished uploads of a killed server; call it when nothing is being uploaded."""
    for part in folder.glob(f"{PART}*"):
        part.unlink(missing_ok=True)


class _Part:
    """A file being written, until it is kept or discarded."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.size_bytes = 0
        handle, name = tempfile.mkstemp(prefix=PART, dir=folder)
        self._path = Path(name)
        self._file = os.fdopen(handle, "wb")

    def require_room(self, size_bytes: int) -> None:
        """Raise an error where the size exceeds our limit or the disk."""
        if self.size_bytes + size_bytes > MOST_BYTES:
            raise TooLargeError(MOST_BYTES)
        if size_bytes > shutil.disk_usage(self._path.parent).free - SPARE_BYTES:
            raise DiskFullError

    def write(self, chunk: bytes) -> None:
        """Append a chunk."""
        self.require_room(len(chunk))
        self.size_bytes += len(chunk)
        self._file.write(chunk)

    def keep_as(self, path: Path) -> None:
        """Rename the complete file; raise for content of another kind, or that unpacks to much."""
        self._file.close()
        require_kind(self._path, path.name)
        require_unpacked_size(self._path, path.name)
        self._path.replace(path)

    def discard(self) -> None:
        """Remove the file where it was not kept."""
        self._file.close()
        self._path.unlink(missing_ok=True)
