"""The disk runs full while a city is served: nothing acknowledged is lost, all goes on by itself.

On a file system of 8 MB, which only root may mount; elsewhere the story is skipped.
"""

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.config.settings import Settings
from api.processes.ingest import report_ingest
from data.errors import DiskFullError
from data.model import VehicleId
from data.store.accounts.accounts import add_device
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import reading, transaction
from data.store.requests.requests import list_requests
from data.store.tracking.positions import list_unseen
from fleet.accounts.accounts import token_digest
from tests import village as v
from tests.pictures import a_picture

pytestmark = pytest.mark.sqlite

TOKEN = "a-long-secret-word"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SIZE = "8m"
TOGETHER = 100
PAGE = {"accept": "text/html"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "small"
    disk.mkdir()
    order = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "barfrub-test", str(disk)]
    try:
        mounted = subprocess.run(order, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("mount is not installed")
    if mounted.returncode:
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.fixture
def settings(small_disk: Path) -> Settings:
    return Settings(var=small_disk, photos_reserve_mb=0, public_pace=0)


class Disk:
    """What takes the room of the city's disk."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def fill(self) -> None:
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                while _written(file, bytes(size)):
                    pass

    def clear(self) -> None:
        self._filler.unlink()


def _written(file, content: bytes) -> bool:
    try:
        return file.write(content) == len(content)
    except OSError:
        return False


@pytest.fixture
def disk(client: TestClient, small_disk: Path) -> Disk:
    app = client.app.state.barfrub
    with transaction(app.engine) as tx:
        add_device(tx, "truck-1", VehicleId(1), token_digest(TOKEN))
    app.position_ingest.devices.forget()
    client.headers["accept-language"] = "en"
    return Disk(small_disk)


class Truck:
    """A tracker that sends batches, and what of them was acknowledged."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        self._seconds = count()
        self.acknowledged: set[str] = set()

    def send(self, many: int = TOGETHER):
        times = [v.NOW - timedelta(seconds=next(self._seconds)) for _ in range(many)]
        fixes = [{"fixed_at": at.isoformat(), "lat": 37.55, "lon": 45.07} for at in times]
        answer = self._client.post("/positions", json={"positions": fixes}, headers=BEARER)
        if answer.status_code == 200:
            self.acknowledged |= {fix["fixed_at"] for fix in fixes}
        return answer

    def send_until_refused(self):
        for _ in range(500):
            answer = self.send()
            if answer.status_code != 200:
                return answer
        raise AssertionError("the disk takes everything")


@pytest.fixture
def truck(client: TestClient, disk: Disk) -> Truck:
    return Truck(client)


def stored(client: TestClient) -> set[str]:
    with reading(client.app.state.barfrub.engine) as tx:
        return {fix.fixed_at.isoformat() for fix in list_unseen(tx, 1_000_000)[0]}


def requests(client: TestClient):
    with reading(client.app.state.barfrub.engine) as tx:
        return list_requests(tx)


def report(client: TestClient, language: str, text: str, files=None):
    form = {"csrf": client.cookies["barfrub_csrf"], "kind": "plow", "text": text}
    return client.post(
        f"/report?lang={language}", data=form, files=files, headers=PAGE, follow_redirects=False
    )


def test_positions_that_find_the_disk_full_are_refused_and_taken_when_there_is_room(
    client: TestClient, disk: Disk, truck: Truck
):
    truck.send()
    disk.fill()
    refused = truck.send_until_refused()
    assert (refused.status_code, refused.headers["retry-after"]) == (507, "60")
    assert refused.json()["error"]["code"] == "no_room"
    assert "The disk of the server is full" in refused.json()["error"]["message"]
    query = f"id={TOKEN}&lat=37.55&lon=45.07&timestamp={int(v.NOW.timestamp())}"
    osmand = client.get(f"/osmand?{query}")
    assert (osmand.status_code, osmand.content) == (507, b"")
    place = {"_type": "location", "lat": 37.55, "lon": 45.07, "tst": int(v.NOW.timestamp())}
    own = client.post("/owntracks", json=place, auth=("truck-1", TOKEN))
    assert own.status_code == 507
    assert stored(client) == truck.acknowledged

    disk.clear()
    assert truck.send().status_code == 200
    assert client.get(f"/osmand?{query}").status_code == 200
    assert stored(client) >= truck.acknowledged
    client.app.state.barfrub.position_ingest.tracker_stats.run()
    with reading(client.app.state.barfrub.engine) as tx:
        assert broken_links(list_events(tx)) == []
        assert tx.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


@pytest.mark.parametrize(
    ("language", "told"), [("en", "The disk of the server is full"), ("fa", "دیسک سرور پر است")]
)
def test_a_report_that_finds_the_disk_full_is_told_so_and_keeps_its_words(
    client: TestClient, disk: Disk, truck: Truck, small_disk: Path, language: str, told: str
):
    client.get("/report", headers=PAGE)
    assert report(client, language, "School Street").status_code == 303
    disk.fill()
    truck.send_until_refused()
    photo = {"photo": ("a.jpg", a_picture(width=800, height=600), "image/jpeg")}
    for files in (None, photo):
        refused = report(client, language, "School Street, please", files)
        assert refused.status_code == 507
        assert refused.headers["retry-after"] == "60"
        assert told in refused.text
        assert "School Street, please" in refused.text
    assert len(requests(client)) == 1
    assert list(small_disk.glob("cities/village/photos/*")) == []

    disk.clear()
    answer = report(client, language, "School Street, please", photo)
    assert answer.status_code == 303
    client.portal.call(client.app.state.barfrub.report_ingest.settled)
    assert [asked.snap is None for asked in requests(client)] == [False, False]
    assert client.get(answer.headers["location"], headers=PAGE).status_code == 200


def test_people_are_told_that_the_disk_is_full_and_go_on_reading(
    client: TestClient, disk: Disk, truck: Truck, sign_in, sign_in_by_form
):
    sign_in("operator")
    call = {"kind": "plow", "text": "Mill Lane 3"}
    taken = client.post("/requests", json=call)
    assert taken.status_code == 201
    disk.fill()
    truck.send_until_refused()
    refused = client.post("/requests", json=call)
    assert (refused.status_code, refused.json()["error"]["code"]) == (507, "no_room")
    assert client.get("/api/requests").status_code == 200
    client.headers["accept"] = "text/html"
    signing_in = sign_in_by_form("operator")
    assert signing_in.status_code == 507
    assert "The disk of the server is full" in signing_in.text

    disk.clear()
    client.headers["accept"] = "application/json"
    assert sign_in_by_form("operator").status_code == 200
    assert client.post("/requests", json=call).status_code == 201


def test_a_request_that_was_stored_just_before_is_placed_when_there_is_room(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    attempts, locate = count(1), report_ingest.locate

    def full_twice(*arguments: Any):
        if next(attempts) < 3:
            raise DiskFullError
        return locate(*arguments)

    monkeypatch.setattr(report_ingest, "RETRY_S", 0.01)
    monkeypatch.setattr(report_ingest, "locate", full_twice)
    client.get("/report", headers=PAGE)
    assert report(client, "en", "School Street").status_code == 303
    client.portal.call(client.app.state.barfrub.report_ingest.settled)
    assert [asked.snap is None for asked in requests(client)] == [False]
