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
from data.store.database.postgres_engine import SERVER_KEEPALIVE, connect_to, own_connection
from tests import postgres

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")

SOON = {TCP_KEEPIDLE: 2, TCP_KEEPINTVL: 2, TCP_KEEPCNT: 3, TCP_USER_TIMEOUT: 8_000}


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


def test_a_pooled_connection_breaks_soon_where_the_databases_machine_is_gone(
    engine: Engine,
) -> None:
    with engine.connect() as tx:
        pooled = tx.connection.driver_connection
        assert isinstance(pooled, psycopg.Connection)
        assert options(pooled) == SOON


def test_a_connection_outside_the_pool_breaks_soon_at_both_ends(engine: Engine) -> None:
    with own_connection(engine) as own:
        assert options(own) == SOON
        for name, value in SERVER_KEEPALIVE.items():
            assert own.execute(f"SHOW {name}").fetchone() == (str(value),)


def test_a_connection_without_an_engine_breaks_soon(engine: Engine) -> None:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with connect_to(url) as plain:
        assert options(plain) == SOON
