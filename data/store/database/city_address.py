"""Where a city's tables are: a file in its folder, or a schema of a PostgreSQL database."""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from data.files.toml_reader import TomlTable, read_table, read_toml, values_of
from data.files.toml_writer import written_toml

SQLITE_FILE = "barfrub.sqlite"
ADDRESS_FILE = "database.toml"
"""File in the folder of a city on PostgreSQL that says where its tables are."""

NAME_BYTES = 50
"""Length of a city's name that fits into a schema's, which PostgreSQL cuts off at 63 bytes."""

HEAD = "# The tables are on PostgreSQL; `barfrub city move` moves those of a city.\n\n"


@dataclass(frozen=True, slots=True)
class AddressFile(TomlTable):
    """What `database.toml` holds; the password may be left to libpq's own file instead."""

    url: str
    schema: str


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """A database, `postgresql://user@host/name`, and the schema of a city in it."""

    url: str
    schema: str

    def __str__(self) -> str:
        """Return the address as texts and logs may show it, without a password."""
        parts = urlsplit(self.url)
        place = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{place}{parts.path}, schema {self.schema}"


def has_city(folder: Path) -> bool:
    """Whether a folder is that of a city, wherever its tables are."""
    return any((folder / name).exists() for name in (SQLITE_FILE, ADDRESS_FILE))


def address_in(url: str, name: str) -> PostgresAddress:
    """Return where a city of a name belongs in a database."""
    digits = name.encode()
    if len(digits) > NAME_BYTES:
        name = digits[: NAME_BYTES - 9].decode(errors="ignore") + sha256(digits).hexdigest()[:8]
    return PostgresAddress(url, f"city_{name}")


def address_of(folder: Path) -> Path | PostgresAddress:
    """Return where the tables of the city in a folder are; the SQLite file may be missing."""
    return find_address(folder, ADDRESS_FILE) or folder / SQLITE_FILE


def find_address(folder: Path, name: str) -> PostgresAddress | None:
    """Return what a file of `save_address` in a city's folder says, `None` without one."""
    file = folder / name
    if not file.exists():
        return None
    found = read_table(AddressFile, read_toml(file.read_bytes(), file.name), file.name)
    return PostgresAddress(found.url, found.schema)


def save_address(folder: Path, address: PostgresAddress, name: str = ADDRESS_FILE) -> None:
    """Say in a city's folder where its tables are; only its owner may read that."""
    text = HEAD + written_toml(values_of(AddressFile(address.url, address.schema)))
    new = folder / f"{name}.new"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / name)
