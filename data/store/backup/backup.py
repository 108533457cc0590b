"""A city saved in one file: a consistent copy of its database while others write, and its files.

A backup is a gzipped tar that can be read from start to end. Its last member is the manifest with a
checksum of every other one, so a file that was cut off is never mistaken for a whole one.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from data.errors import ConflictError
from data.files import photos, spoken_clips
from data.store.backup import postgres_copy, sqlite_copy
from data.store.backup.database_facts import DatabaseFacts
from data.store.backup.encryption import encrypting
from data.store.backup.signing import Signer
from data.store.database.city_address import ADDRESS_FILE, SQLITE_FILE, PostgresAddress, address_of
from data.store.database.staging import workshop
from data.store.database.write_queue import PARTS

PREFIX = ".saving-"
DATABASE, DUMP = SQLITE_FILE, "barfrub.pgdump"
"""Names of a city's tables in a backup: the file of SQLite, or what pg_dump makes of the schema."""

MANIFEST = "manifest.json"

SIGNATURE = "manifest.sig"
"""Member after the manifest: its signature, where somebody signed."""

RECEIPT = "last-backup.json"
"""File in a city's folder that tells when it was last saved, and where."""

FORMAT = 1
"""Number of the layout of a backup; a reader refuses others."""

GZIP_LEVEL = 1
"""Databases shrink nearly as well at 1 as at 6, in a third of the time."""

ATTEMPTS = 3
"""How often to begin again when somebody sets up the city meanwhile."""

BESIDE = ("wal", "shm", *PARTS)
"""What lies beside a database as long as it is open."""

LEFT_OUT = (DATABASE, *(f"{DATABASE}-{part}" for part in BESIDE), RECEIPT, ADDRESS_FILE)
"""Files of a city's folder that are not saved as they lie there."""

MADE_AGAIN = {Path(photos.FOLDER, photos.THUMBNAILS), Path(spoken_clips.FOLDER)}
"""Folders of what is made again when somebody asks for it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `files` maps names to SHA-256 digests.

    `receipt` is number and hash of the last line of the audit log (NUMBER:HASH).
    """

    format: int
    city: str
    made_at: str
    tables: str
    files: Mapping[str, str]
    receipt: str = ""


class HashingReader:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        chunk = self._file.read(size)
        self._digest.update(chunk)
        return chunk

    def hexdigest(self) -> str:
        """Return the digest of what was read so far."""
        return self._digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Protection:
    """Who signs a backup, and the public key that it is encrypted for; neither by default."""

    signer: Signer | None = None
    recipient: str = ""


OPEN = Protection()
"""No protection but that of the file."""


def write_backup(
    folder: Path, target: Path, made_at: datetime, protection: Protection = OPEN
) -> Manifest:
    """Save a city's folder into a new file, while others write, and return what it holds.

    The file appears whole or not at all, readable by its owner only: it holds callers' numbers.
    Raises `ConflictError` where the file exists, `BarfrubError` for a damaged database.
    """
    if target.exists():
        raise ConflictError(f"{target} exists already", reason="file_exists", file=target.name)
    part = target.with_name(f".{target.name}.part")
    try:
        manifest = _write_consistent(folder, part, made_at, protection)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(target.parent)
    _write_receipt(folder, target, made_at)
    return manifest


def _write_receipt(folder: Path, target: Path, made_at: datetime) -> None:
    receipt = {"made_at": made_at.isoformat(), "file": str(target.resolve())}
    new = folder / f".{RECEIPT}"
    new.write_text(json.dumps(receipt), encoding="utf-8")
    new.replace(folder / RECEIPT)


def last_backup_at(folder: Path) -> datetime | None:
    """Return when a city was last saved, or `None` where that never happened."""
    try:
        receipt = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
        return datetime.fromisoformat(receipt["made_at"])
    except (FileNotFoundError, KeyError, ValueError):
        return None


def sync_folder(folder: Path) -> None:
    """Put what was renamed in a folder on the disk, so that a power cut does not undo it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_consistent(
    folder: Path, part: Path, made_at: datetime, protection: Protection
) -> Manifest:
    """Write until database and files are of one state of the city; nearly always once."""
    for _ in range(ATTEMPTS):
        with workshop(folder.parent, PREFIX) as bench:
            copy, facts = _copy_database(folder, bench)
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                with _content_of(file, protection) as content:
                    moment = made_at.isoformat()
                    manifest = _write(folder, copy, facts, content, moment, protection.signer)
                file.flush()
                os.fsync(file.fileno())
        settled = _settled_city(folder)
        if settled == facts.city:
            return manifest
        if settled is None:
            break
    raise ConflictError(
        f"city {folder.name!r} was set up while it was saved", reason="city_busy", city=folder.name
    )


def _copy_database(folder: Path, bench: Path) -> tuple[Path, DatabaseFacts]:
    address = address_of(folder)
    if isinstance(address, PostgresAddress):
        return bench / DUMP, postgres_copy.dump(address, bench / DUMP)
    return bench / DATABASE, sqlite_copy.copy_database(address, bench / DATABASE)


def _settled_city(folder: Path) -> tuple[object, ...] | None:
    """Return the row of the city once whoever changes it is done: files come before commits."""
    address = address_of(folder)
    if isinstance(address, PostgresAddress):
        return postgres_copy.settled_city(address)
    return sqlite_copy.settled_city(address)


def _content_of(file: IO[bytes], protection: Protection) -> AbstractContextManager[IO[bytes]]:
    if protection.recipient:
        return encrypting(file, protection.recipient)
    return nullcontext(file)


def _write(
    folder: Path,
    copy: Path,
    facts: DatabaseFacts,
    content: IO[bytes],
    made_at: str,
    signer: Signer | None,
) -> Manifest:
    with tarfile.open(fileobj=content, mode="w:gz", compresslevel=GZIP_LEVEL) as archive:
        # The database first: a photo that it knows lies in the folder by then.
        digests = {copy.name: _pack(archive, copy, copy.name)}
        for path in _files_of(folder):
            name = path.relative_to(folder).as_posix()
            with suppress(FileNotFoundError):  # somebody has just taken it away
                digests[name] = _pack(archive, path, name)
        manifest = Manifest(FORMAT, folder.name, made_at, facts.revision, digests, facts.receipt)
        said = json.dumps(asdict(manifest), indent=1).encode()
        _pack_bytes(archive, MANIFEST, said)
        if signer is not None:
            _pack_bytes(archive, SIGNATURE, signer.sign(said))
    return manifest


def _files_of(folder: Path) -> Iterator[Path]:
    """Yield the files beside the database, without what begins with a dot."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        left_out = str(inside) in LEFT_OUT or not MADE_AGAIN.isdisjoint(inside.parents)
        if path.is_file() and not path.is_symlink() and not hidden and not left_out:
            yield path


def _pack(archive: tarfile.TarFile, path: Path, name: str) -> str:
    with path.open("rb") as file:
        member = archive.gettarinfo(arcname=name, fileobj=file)
        reader = HashingReader(file)
        archive.addfile(member, reader)
    return reader.hexdigest()


def _pack_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, BytesIO(content))
