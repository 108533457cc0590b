"""A city's schema as a file of pg_dump, and back, under another name where one is wanted."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from data.errors import BarfrubError, InvalidError
from data.store.backup.database_facts import (
    CITY_QUERY,
    LAST_LINE_QUERY,
    REVISION_QUERY,
    DatabaseFacts,
    city_row,
    receipt_text,
)
from data.store.database.city_address import PostgresAddress
from data.store.database.engine import open_database, reading, transaction
from data.store.database.postgres_engine import connect_to

KEY_OPTION = "sslpassword"
"""Option of an address: the password of the client's key."""

SERVICE = "barfrub"
"""Section of the service file that programs get."""

PROGRAMS = Path("/usr/lib/postgresql/17/bin")
"""Where Debian keeps the programs of PostgreSQL 17, whose dumps its own server reads."""


def dump(address: PostgresAddress, target: Path) -> DatabaseFacts:
    """Save a city's schema as it is at one moment, while others write, and return what it is."""
    engine = open_database(address)
    try:
        with reading(engine) as tx:
            row = tx.execute(text(CITY_QUERY)).first()
            last = tx.execute(text(LAST_LINE_QUERY)).first()
            facts = DatabaseFacts(
                city_row(row),
                str(tx.execute(text(REVISION_QUERY)).scalar_one()),
                receipt_text(None if last is None else (last.id, last.hash)),
            )
            snapshot = tx.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            _run(
                "pg_dump",
                address.url,
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                "--no-unlogged-table-data",
                f"--schema={Identifier(address.schema).as_string()}",
                f"--snapshot={snapshot}",
                f"--file={target}",
            )
    finally:
        engine.dispose()
    return facts


def settled_city(address: PostgresAddress) -> tuple[object, ...] | None:
    """Return the row of the city once nobody writes, or `None` where somebody always does."""
    engine = open_database(address)
    try:
        with transaction(engine) as tx:
            return city_row(tx.execute(text(CITY_QUERY)).first())
    except OperationalError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            return None
        raise
    finally:
        engine.dispose()


def load(file: Path, address: PostgresAddress) -> None:
    """Make a schema, which must not be there yet, from a file of `dump`; whole or not at all.

    The name of a schema stands all over such a file. So it is read into a database of its own
    first, where the schema gets the wanted name. Needs the right to make databases.
    """
    name = f"barfrub_restoring_{secrets.token_hex(8)}"
    beside = make_url(address.url).set(database=name).render_as_string(hide_password=False)
    again = file.with_name(f"{file.name}.renamed")
    _order(address.url, SQL("CREATE DATABASE {}").format(Identifier(name)))
    try:
        _run("pg_restore", beside, "--no-owner", "--exit-on-error", str(file))
        with connect_to(beside) as connection:
            found = connection.execute(
                "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'"
                " AND nspname NOT IN ('public', 'information_schema')"
            ).fetchall()
            (schema,) = found[0]
            if schema != address.schema:
                connection.execute(
                    SQL("ALTER SCHEMA {} RENAME TO {}").format(
                        Identifier(schema), Identifier(address.schema)
                    )
                )
        _run(
            "pg_dump",
            beside,
            "--format=custom",
            "--no-owner",
            f"--file={again}",
            f"--schema={Identifier(address.schema).as_string()}",
        )
        _run("pg_restore", address.url, "--no-owner", "--single-transaction", str(again))
    finally:
        again.unlink(missing_ok=True)
        _order(address.url, SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _order(url: str, order: psycopg.sql.Composed) -> None:
    with connect_to(url) as connection:
        connection.execute(order)


def _run(program: str, url: str, *options: str) -> None:
    """Run a program of PostgreSQL; its passwords never stand in a list of processes."""
    found = PROGRAMS / program
    path = str(found) if found.exists() else shutil.which(program)
    if path is None:
        raise BarfrubError(f"{program} of PostgreSQL 17 is missing (Debian: postgresql-client-17)")
    with program_call(url) as call:
        done = subprocess.run(  # noqa: S603 - our own words, and an address from our settings
            [path, f"--dbname={call.address}", *options],
            env={**os.environ, **call.environment},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise BarfrubError(f"{program} of {address_text(url)} failed: {done.stderr.strip()}")


@dataclass(frozen=True, slots=True)
class ProgramCall:
    """What a program of PostgreSQL is given: an address without secrets, and the environment."""

    address: str
    environment: Mapping[str, str]


@contextmanager
def program_call(url: str) -> Iterator[ProgramCall]:
    """Yield how to call a program for a database.

    A password is an environment variable. Libpq has none for that of the client's key, so it stands
    in a service file that only this user can read, for as long as the call lasts. Raises
    `InvalidError` where the address names a service of its own as well, or the password has several
    lines.
    """
    place, password, key_password = make_url(url), password_of(url), _last(url, KEY_OPTION)
    environment = {"PGPASSWORD": password} if password else {}
    if not key_password:
        yield ProgramCall(address_text(url), environment)
        return
    if "service" in place.query or "\n" in key_password:
        raise InvalidError(
            KEY_OPTION, "", "one line, and no service in the address, whose file may have it"
        )
    with tempfile.TemporaryDirectory(prefix="barfrub-service-") as folder:
        file = Path(folder) / "services.conf"
        file.touch(mode=0o600)
        file.write_text(f"[{SERVICE}]\n{KEY_OPTION}={key_password}\n", encoding="utf-8")
        with_service = make_url(address_text(url)).update_query_dict({"service": SERVICE})
        yield ProgramCall(
            with_service.render_as_string(), environment | {"PGSERVICEFILE": str(file)}
        )


def address_text(url: str) -> str:
    """Return a database's address without passwords, which programs get otherwise."""
    place = make_url(url).difference_update_query(["password", KEY_OPTION])
    return place._replace(password=None).render_as_string()  # `set` keeps what is None, as ***


def password_of(url: str) -> str:
    """Return the password in a database's address; one in its query counts before the other."""
    return _last(url, "password") or make_url(url).password or ""


def _last(url: str, option: str) -> str:
    """Return an option in the query of an address; the last one where there are several."""
    found = make_url(url).query.get(option, "")
    return found if isinstance(found, str) else found[-1]
