"""A city, or people of a province, out of a backup: unpacked, checked, put in place in one step."""

import ctypes
import json
import os
import secrets
import shutil
import tarfile
import zlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from sqlalchemy import delete

from data.errors import ConflictError, InvalidError
from data.store.backup.backup import (
    DATABASE,
    DUMP,
    FORMAT,
    MANIFEST,
    SIGNATURE,
    HashingReader,
    Manifest,
    sync_folder,
)
from data.store.backup.encryption import decrypting, is_encrypted
from data.store.backup.postgres_copy import load
from data.store.backup.signing import is_signed_by
from data.store.database.city_address import (
    ADDRESS_FILE,
    PostgresAddress,
    address_in,
    address_of,
    save_address,
)
from data.store.database.city_database import (
    PROVINCE_SCHEMA,
    database_of,
    holds_city,
    remove_database,
)
from data.store.database.city_lock import holding
from data.store.database.engine import reading, transaction
from data.store.database.staging import workshop
from data.store.migrations import require_known
from data.store.migrations.upgrading import upgrade
from data.store.queue.run_queue import queue_of
from data.store.schema import session

PREFIX = ".restoring-"
AT_FDCWD, RENAME_EXCHANGE = -100, 2
"""Numbers of Linux's renameat2(2)."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The file of the key that opens a backup, and whose signatures are believed.

    Without any `signers` nothing is asked of the signature.
    """

    key_file: Path | None = None
    signers: tuple[str, ...] = ()


NO_CREDENTIALS = Credentials()


def restore_city(
    file: Path,
    folder: Path,
    credentials: Credentials = NO_CREDENTIALS,
    *,
    replace: bool = False,
    database_url: str = "",
) -> Manifest:
    """Make a city's folder from a backup, tables brought up to date, and return what it held.

    Whatever happens on the way, the folder is the old one or the new one, whole. Raises
    `InvalidError` unless every byte is as it was saved, `ConflictError` where the folder exists and
    is not to be replaced, or is open in a server.

    Parameters
    ----------
    database_url
        The PostgreSQL database for the tables of a city that was on PostgreSQL; by default that of
        the city which is replaced.
    """
    if folder.exists() and not replace:
        raise _exists(folder)
    schema = address_in(database_url, folder.name).schema
    return _restore(file, _Place(folder, schema, database_url), credentials)


def restore_province(
    file: Path, folder: Path, credentials: Credentials = NO_CREDENTIALS, database_url: str = ""
) -> Manifest:
    """Make the folder of a province's people from a backup, as `restore_city` makes a city's.

    One that is there is replaced.
    """
    place = _Place(folder, PROVINCE_SCHEMA, database_url, of_city=False)
    return _restore(file, place, credentials)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a backup is restored to: a folder, or a schema whose name begins so, and its folder."""

    folder: Path
    schema: str
    database_url: str
    of_city: bool = True


def _restore(file: Path, place: _Place, credentials: Credentials) -> Manifest:
    folder = place.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with workshop(folder.parent, PREFIX, _forget) as bench:
        new = bench / folder.name
        new.mkdir(mode=0o700)
        manifest = unpack(file, new, credentials)
        if (new / DUMP).exists():
            _load(new, place)
        try:
            _bring_up_to_date(new, file, of_city=place.of_city)
            _put_in_place(new, folder)
        except BaseException:
            remove_database(new)
            raise
        if new.exists():  # it is the folder that was replaced now
            remove_database(new)
    return manifest


def _forget(left: Path) -> None:
    """Delete the tables on PostgreSQL of cities that a killed process has left: new or replaced."""
    for address in left.glob(f"*/{ADDRESS_FILE}"):
        remove_database(address.parent)


def _database_for(folder: Path, database_url: str) -> str:
    present = address_of(folder)
    if not database_url and isinstance(present, PostgresAddress):
        return present.url
    if not database_url:
        raise InvalidError(
            "BARFRUB_DATABASE", "", "the PostgreSQL database that its tables go into"
        )
    return database_url


def _load(new: Path, place: _Place) -> None:
    """Load what was unpacked into a schema of its own, which no other city has."""
    url = _database_for(place.folder, place.database_url)
    schema = f"{place.schema}_{secrets.token_hex(4)}"
    save_address(new, PostgresAddress(url, schema))
    load(new / DUMP, PostgresAddress(url, schema))
    (new / DUMP).unlink()


def _bring_up_to_date(new: Path, file: Path, *, of_city: bool) -> None:
    engine = database_of(new)
    try:
        require_known(engine)
        with reading(engine) as tx:
            if holds_city(tx) != of_city:
                wanted = "a backup of a city" if of_city else "a backup of a province"
                raise InvalidError("backup", file.name, wanted)
        upgrade(engine)
        with transaction(engine) as tx:  # who signed out since must not be signed in again
            tx.execute(delete(session))
            queue_of(tx).refill(tx)  # whoever solved a run then does not solve it here
    finally:
        engine.dispose()


def unpack(file: Path, into: Path, credentials: Credentials = NO_CREDENTIALS) -> Manifest:
    """Unpack a backup into an empty folder and return what it holds.

    Raises `InvalidError` unless every byte is as it was saved, and signed as wanted; the folder is
    then of no use.
    """
    unpacked = _Unpacked()
    try:
        with (
            file.open("rb") as content,
            _plain(file, content, credentials) as plain,
            tarfile.open(fileobj=plain, mode="r|gz") as archive,
        ):
            for member in archive:
                unpacked.take(archive, member, file, into)
    except (tarfile.TarError, EOFError, zlib.error, TypeError, ValueError) as error:
        raise _not_whole(file) from error
    manifest = unpacked.manifest
    if manifest is None or manifest.files != unpacked.digests:
        raise _not_whole(file)
    if not {DATABASE, DUMP} & unpacked.digests.keys():
        raise _not_whole(file)
    if manifest.format != FORMAT:
        raise InvalidError("backup", f"format {manifest.format}", f"format {FORMAT}")
    signers = credentials.signers
    if signers and not is_signed_by(signers, unpacked.said, unpacked.signature):
        raise InvalidError("backup", file.name, "a backup with a signature that is believed here")
    return manifest


@dataclass(slots=True)
class _Unpacked:
    """What was read of a backup so far; `said` is the manifest as it was signed."""

    digests: dict[str, str] = field(default_factory=dict)
    manifest: Manifest | None = None
    said: bytes = b""
    signature: bytes = b""

    def take(
        self, archive: tarfile.TarFile, member: tarfile.TarInfo, file: Path, into: Path
    ) -> None:
        """Read the next member; after the manifest only its signature may come."""
        content = archive.extractfile(member)
        late = self.manifest is not None and (member.name != SIGNATURE or self.signature)
        if content is None or late:
            raise _not_whole(file)
        if member.name == MANIFEST:
            self.said = content.read()
            self.manifest = Manifest(**json.loads(self.said))
        elif self.manifest is not None:
            self.signature = content.read()
        else:
            target = into / _inside(member.name, file)
            self.digests[member.name] = _unpack(content, target)


def _plain(
    file: Path, content: IO[bytes], credentials: Credentials
) -> AbstractContextManager[IO[bytes]]:
    if not is_encrypted(file):
        return nullcontext(content)
    if credentials.key_file is None:
        raise InvalidError("--key", "", "the file of the key that opens this backup")
    return decrypting(content, credentials.key_file)


def _inside(name: str, file: Path) -> PurePosixPath:
    """Return a member's path; refuse one that would leave the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise _not_whole(file)
    return path


def _unpack(content: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    reader = HashingReader(content)
    with target.open("xb") as out:
        shutil.copyfileobj(reader, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())
    return reader.hexdigest()


def _put_in_place(new: Path, folder: Path) -> None:
    """Give the new folder the city's name; an old one takes the new one's place, to be deleted."""
    if folder.exists():
        with holding(folder, alone=True):
            _exchange(new, folder)
    else:
        try:
            new.rename(folder)
        except OSError:  # somebody was quicker
            raise _exists(folder) from None
    sync_folder(folder.parent)


def _exchange(one: Path, other: Path) -> None:
    """Let two folders swap names at once, as no function of Python's can."""
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one.resolve()), os.fsencode(other.resolve())
    if libc.renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(other))


def _exists(folder: Path) -> ConflictError:
    name = folder.name
    return ConflictError(f"city {name!r} exists already", reason="city_exists", city=name)


def _not_whole(file: Path) -> InvalidError:
    return InvalidError("backup", file.name, "a whole backup that Barfrub made")
