from collections.abc import Iterator
from socket import (
    IPPROTO_TCP,
    TCP_KEEPCNT,
    TCP_KEEPIDLE,
    TCP_KEEPINTVL,
    TCP_USER_TIMEOUT,
    socket,
)

import psycopg
import pytest
from sqlalchemy import Engine

from data.store.database.engine import create_engine
from data.store.database.postgres_engine import connect_to, own_connection
from tests import postgres

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")

SOON = {TCP_KEEPIDLE: 2, TCP_KEEPINTVL: 2, TCP_KEEPCNT: 3, TCP_USER_TIMEOUT: 8_000}
AT_POSTGRESQL = (
    "tcp_keepalives_idle",
    "tcp_keepalives_interval",
    "tcp_keepalives_count",
    "tcp_user_timeout",
)


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = create_engine(postgres.copy(postgres.template("empty", lambda _engine: None)))
    yield made
    made.dispose()


def options(connection: psycopg.Connection) -> dict[int, int]:
    """Return what the kernel does where the other end of a connection does not answer."""
    with socket(fileno=connection.fileno()) as one:
        found = {name: one.getsockopt(IPPROTO_TCP, name) for name in SOON}
        one.detach()
    return found


def breaks_soon_at_both_ends(connection: psycopg.Connection) -> bool:
    shown = [connection.execute(f"SHOW {name}").fetchone() for name in AT_POSTGRESQL]
    return options(connection) == SOON and shown == [("2",), ("2",), ("3",), ("8000",)]


def test_a_writer_whose_machine_is_gone_keeps_others_waiting_for_seconds(engine: Engine) -> None:
    with engine.connect() as tx:
        pooled = tx.connection.driver_connection
        assert isinstance(pooled, psycopg.Connection)
        assert breaks_soon_at_both_ends(pooled)


def test_a_connection_outside_the_pool_breaks_soon_at_both_ends(engine: Engine) -> None:
    with own_connection(engine) as own:
        assert breaks_soon_at_both_ends(own)


def test_a_connection_without_an_engine_breaks_soon_at_both_ends(engine: Engine) -> None:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with connect_to(url) as plain:
        assert breaks_soon_at_both_ends(plain)
