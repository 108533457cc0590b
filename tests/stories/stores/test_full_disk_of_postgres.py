"""PostgreSQL finds its disk full while a city is served: nothing acknowledged is lost.

The city's tables lie on a file system of 48 MB, which only root may mount; elsewhere the story is
skipped.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.config.settings import Settings
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.city_address import PostgresAddress, address_of, save_address
from data.store.database.engine import reading
from tests import postgres
from tests.api.server.test_full_disk import PAGE, Disk, Truck, disk, report, requests, stored, truck

__all__ = ["disk", "truck"]

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")

SIZE = "48m"
NAME = f"full_disk_{os.getpid()}"


def ordered(*orders: str) -> None:
    with psycopg.connect(f"{postgres.SERVER}/postgres", autocommit=True) as server:
        for order in orders:
            server.execute(order)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A small disk that PostgreSQL may write to, with a tablespace of its name."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount a file system")
    place = Path(tempfile.mkdtemp(prefix="barfrub-full-"))
    place.chmod(0o755)
    owner = pwd.getpwnam("postgres")
    options = f"size={SIZE},uid={owner.pw_uid},gid={owner.pw_gid},mode=700"
    order = ["mount", "-t", "tmpfs", "-o", options, "barfrub-test", str(place)]
    mounted = subprocess.run(order, capture_output=True, text=True, check=False)
    if mounted.returncode:
        place.rmdir()
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.strip()}")
    try:
        tables = place / "tables"
        tables.mkdir()
        os.chown(tables, owner.pw_uid, owner.pw_gid)
        ordered(f"CREATE TABLESPACE {NAME} LOCATION '{tables}'")
        yield place
        ordered(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)", f"DROP TABLESPACE {NAME}")
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        place.rmdir()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path, photos_reserve_mb=0, public_pace=0)


@pytest.fixture
def city_folder(settings: Settings, drawn_city: Path, small_disk: Path) -> Path:
    """The village, with its tables on the small disk."""
    folder, made = settings.city_folder("village"), address_of(drawn_city)
    assert isinstance(made, PostgresAddress)
    shutil.copytree(drawn_city, folder)
    source = made.url.rpartition("/")[2]
    ordered(f'CREATE DATABASE {NAME} TEMPLATE "{source}" TABLESPACE {NAME} STRATEGY FILE_COPY')
    save_address(folder, PostgresAddress(f"{postgres.SERVER}/{NAME}", made.schema))
    return folder


def words(number: int) -> str:
    return f"School Street {number}. " + "Deep snow. " * 40


def test_what_finds_the_disk_of_postgresql_full_is_refused_and_taken_when_there_is_room(
    client: TestClient, disk: Disk, truck: Truck
) -> None:
    client.get("/report", headers=PAGE)
    assert report(client, "en", "School Street 1").status_code == 303
    truck.send()
    disk.fill()
    refused = truck.send_until_refused()
    assert (refused.status_code, refused.headers["retry-after"]) == (507, "60")
    assert "The disk of the server is full" in refused.json()["error"]["message"]
    taken, answer = 1, report(client, "en", words(2))
    while answer.status_code == 303 and taken < 200:  # pages of tables still have room
        taken += 1
        answer = report(client, "en", words(taken + 1))
    assert (answer.status_code, answer.headers["retry-after"]) == (507, "60")
    assert "The disk of the server is full" in answer.text
    assert words(taken + 1) in answer.text
    assert client.get("/track", headers=PAGE).status_code == 200
    assert stored(client) == truck.acknowledged
    assert len(requests(client)) == taken

    disk.clear()
    assert truck.send().status_code == 200
    assert report(client, "en", words(taken + 1)).status_code == 303
    client.portal.call(client.app.state.barfrub.report_ingest.settled)
    assert stored(client) == truck.acknowledged
    assert len(requests(client)) == taken + 1
    with reading(client.app.state.barfrub.engine) as tx:
        assert broken_links(list_events(tx)) == []
