"""Several servers of a province on PostgreSQL: one sees to the clock, one at a time to loans."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from fastapi.testclient import TestClient

from api.config.settings import Settings
from api.province.lending import Lending
from api.province.province_app import create_province_app
from api.province.province_context import Province
from data.setup.province_file import ProvinceFile, read_province
from data.store.audit.audit_log import list_events
from data.store.database.city_lock import alone_lending
from data.store.database.engine import momentary, reading
from data.store.database.postgres_engine import LENDERS
from fleet.accounts.province_people import PROVINCE
from fleet.setup.province_store import province_held
from tests import village as v
from tests.api.province.test_province_clock import SetClock
from tests.postgres import WANTED, url_for_new_cities
from tests.stories.stores.test_several_servers import waited
from tests.two_towns import PROVINCE_TOML

pytestmark = pytest.mark.skipif(not WANTED, reason="about people on PostgreSQL")

AHEAD = timedelta(hours=3)


@pytest.fixture
def clock() -> SetClock:
    """The clock of both machines."""
    return SetClock()


@pytest.fixture
def servers(tmp_path: Path, clock: SetClock) -> Iterator[list[Province]]:
    """Two servers of a province, each with a folder of its own, without any town."""
    url, found = url_for_new_cities(), []
    (tmp_path / "province.toml").write_text(PROVINCE_TOML)
    file: ProvinceFile = read_province(tmp_path / "province.toml")
    with ExitStack() as running:
        for name in ("first", "second"):
            settings = Settings(var=tmp_path / name, database=url)
            people = running.enter_context(province_held(settings.province_folder, url))
            web = create_province_app(settings, file, (), clock, people)
            running.enter_context(TestClient(web))
            found.append(web.state.province)
        yield found


def test_one_of_the_servers_notices_that_the_clock_was_set(
    servers: list[Province], clock: SetClock
) -> None:
    assert [each.leadership.leads() for each in servers] == [True, False]
    clock.ahead = AHEAD
    for each in reversed(servers):  # who does not lead only follows
        each.clock_task.wake()
        waited(lambda one=each: one.sessions.now() - clock.now() > -AHEAD / 2)
    with reading(servers[0].accounts.engine) as tx:
        assert [line.verb for line in list_events(tx, "clock")] == ["clock.jumped"]


def test_one_server_at_a_time_moves_lent_machines(servers: list[Province], clock: SetClock) -> None:
    asked: list[str] = []

    def open_cities() -> dict:
        asked.append("cities")
        return {}

    lending = Lending(servers[1].accounts.engine, open_cities, clock)
    other = Thread(target=lending.settle, args=(PROVINCE, v.NOW))
    first = servers[0].accounts.engine
    with alone_lending(first):
        other.start()
        waited(lambda: _waits(first))
        assert asked == []
    other.join()
    assert asked == ["cities"]


def _waits(engine) -> bool:
    query = f"SELECT count(*) FROM pg_locks WHERE classid = {LENDERS} AND NOT granted"  # noqa: S608
    with momentary(engine) as tx:
        return bool(tx.exec_driver_sql(query).scalar_one())
