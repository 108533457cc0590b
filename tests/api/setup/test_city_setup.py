"""Set-up of a served city over HTTP: the overview, its streets, and a newer street file."""

import resource
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.accounts import second_step
from api.server.app import create_app
from data.files.bidi import isolated
from data.store.accounts.accounts import add_user, find_user_by_login
from data.store.accounts.sessions import list_sessions
from data.store.audit.audit_log import list_events
from data.store.database.city_database import database_of
from data.store.database.engine import Tx, reading, transaction
from data.store.setup.city import get_city
from fleet.setup.city_setup import NewCity, add_city
from fleet.setup.setup_steps import setup_over
from tests.conftest import PASSWORD
from tests.data.files.test_unpacked_size import A_GEOJSON_BOMB, PACKERS, a_bomb
from tests.data.osm.osm_files import a_way, nodes, write_osm
from tests.postgres import url_for_new_cities
from tests.village import NOW
from tests.village_database import DISPATCHER, copy_city

HTML = {"accept": "text/html"}
SMALL_MB = 700
WAYS = [a_way(10, [1, 2, 3], name="Mill Street"), a_way(11, [4, 2, 5], name="School Street")]


@pytest.fixture(scope="module")
def made_town(tmp_path_factory, password_hash) -> Path:
    """A city that was made of a file, with an administrator; tests get copies."""
    file = write_osm(tmp_path_factory.mktemp("drawn") / "town.osm", [*nodes(), *WAYS])
    folder: Path = tmp_path_factory.mktemp("made") / "town"
    url = url_for_new_cities(shared=True)
    town = NewCity("town", file, timezone="Asia/Tehran", database_url=url)
    add_city(folder, town, NOW, DISPATCHER)
    engine = database_of(folder)
    with transaction(engine) as tx:
        add_user(tx, "administrator", ["administrator"], "en", password_hash)
    engine.dispose()
    return folder


@pytest.fixture
def city_folder(settings, made_town) -> Path:
    return copy_city(made_town, settings.city_folder("town"))


@pytest.fixture
def newer(tmp_path_factory) -> bytes:
    """The same town without the southern half of its second street."""
    ways = [WAYS[0], a_way(11, [4, 2], name="School Street")]
    file = write_osm(tmp_path_factory.mktemp("newer") / "newer.osm", [*nodes(), *ways])
    return file.read_bytes()


@pytest.fixture
def inside(client: TestClient, sign_in: Callable[..., Any]) -> TestClient:
    sign_in("administrator")
    return client


def led_to(client: TestClient) -> str:
    """Where an administrator arrives who asked for no page."""
    client.cookies.clear()
    client.get("/sign-in")
    form = {
        "login": "administrator",
        "password": PASSWORD,
        "csrf": client.cookies["barfrub_csrf"],
    }
    answer = client.post("/sign-in", data=form, headers=HTML, follow_redirects=False)
    return str(answer.headers["location"])


def test_a_sign_in_writes_nothing_any_more_while_the_set_up_is_read(app, client, monkeypatch):
    with reading(app.engine) as tx:
        user = find_user_by_login(tx, "administrator")
    begun = []

    def over(tx: Tx) -> bool:
        with reading(app.engine) as other:  # sees what is written for good, and nothing before
            begun.append(len(list_sessions(other, user.id)))
        return setup_over(tx)

    monkeypatch.setattr(second_step, "setup_over", over)
    assert led_to(client) == "/setup"
    assert begun == [1]


def test_an_administrator_comes_to_the_set_up_until_somebody_ends_it(client):
    assert led_to(client) == "/setup"
    overview = client.get("/setup", headers=HTML).text
    assert 'action="/setup/end"' in overview
    assert client.get("/", headers=HTML).status_code == 200

    form = {"csrf": client.cookies["barfrub_csrf"]}
    assert client.post("/setup/end", data=form, follow_redirects=False).headers["location"] == "/"
    assert led_to(client) == "/"
    assert 'action="/setup/resume"' in client.get("/setup", headers=HTML).text

    form = {"csrf": client.cookies["barfrub_csrf"]}
    client.post("/setup/resume", data=form)
    assert led_to(client) == "/setup"


def at_the_end(client: TestClient) -> dict[str, Any]:
    """How a re-import stands when its thread is done."""
    for thread in threading.enumerate():
        if thread.name == "barfrub-background":
            thread.join(timeout=240)
    answer: dict[str, Any] = client.get("/api/setup/reimport").json()
    return answer


def compared(client: TestClient, newer: bytes) -> dict[str, Any]:
    client.post("/api/setup/files?name=newer.osm&purpose=streets", content=newer)
    answer = client.post("/api/setup/reimport/compare", json={"file": "newer.osm"})
    assert (answer.status_code, answer.json()["work"]) == (202, "compare"), answer.text
    return at_the_end(client)


def test_the_overview_tells_what_is_assumed_and_the_page_of_the_streets_has_their_report(inside):
    page = inside.get("/setup", headers=HTML).text
    assert "apt install espeak-ng" in page
    assert "3 depots have only assumed places" in page
    assert page.count(">assumed<") == 3
    assert 'href="/setup/depots"' in page

    page = inside.get("/setup/streets", headers=HTML)
    assert page.status_code == 200
    assert "town.osm" in page.text
    answer = inside.get("/api/setup/unreached").json()
    assert answer["count"] == 0
    assert {f["properties"]["kind"] for f in answer["drawn"]["features"]} == {"depot"}


def test_comparing_is_done_in_another_process_changes_nothing_and_is_forgotten_when_asked(
    inside, newer, city_folder, monkeypatch
):
    monkeypatch.setattr("fleet.setup.street_update.difference_of", lambda *_: 1 / 0)  # here alone
    before = inside.app.state.barfrub.city
    result = compared(inside, newer)
    assert (result["state"], result["difference"]["gone_count"]) == ("done", 1)
    assert result["step"] == result["steps"][-1]
    assert result["difference"]["gone"][0]["street"]["names"][""] == "School Street"
    engine = database_of(city_folder)
    with reading(engine) as tx:
        assert get_city(tx) == before
    engine.dispose()

    assert inside.post("/api/setup/reimport/forget").json()["state"] == "idle"
    refused = inside.post("/api/setup/reimport/take-over")
    assert (refused.status_code, refused.json()["error"]["values"]["reason"]) == (
        409,
        "nothing_compared",
    )


def test_taking_over_gives_the_served_city_its_new_streets_at_once_and_is_ordered_once(
    inside, newer, clock
):
    clock.moment += timedelta(days=1)
    app = inside.app.state.barfrub
    before = app.city.network_version
    compared(inside, newer)
    assert inside.post("/api/setup/reimport/take-over").status_code == 202
    result = at_the_end(inside)
    assert (result["work"], result["state"]) == ("take_over", "done"), result["details"]
    assert app.city.network_version != before
    assert len(app.network.segments) == 3
    with reading(app.engine) as tx:
        event = next(line for line in list_events(tx) if line.verb == "city.updated")
    assert event.actor.id == "administrator"
    assert inside.post("/api/setup/reimport/take-over").status_code == 409


def test_a_file_that_is_no_street_file_leaves_the_city_as_it_is(inside):
    result = compared(inside, b"<osm version='0.6'></osm>")
    assert (result["state"], result["step"]) == ("failed", "read")
    assert result["message"]
    assert len(inside.app.state.barfrub.network.segments) == 4


@pytest.mark.parametrize("name", sorted(PACKERS))
def test_a_file_that_unpacks_to_gigabytes_is_refused_in_the_readers_language(inside, name):
    bomb, upload = a_bomb(PACKERS[name]), f"/api/setup/files?name={name}&purpose=streets"
    answer = inside.post(f"{upload}&lang=fa", content=bomb)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "unpacks_too_large")
    assert f"{isolated(name, rtl=True)} پس از باز شدن" in answer.json()["error"]["message"]
    assert inside.get("/api/setup/files").json()["streets"] == []


def test_a_file_that_takes_too_much_memory_ends_the_import_and_nothing_else(inside, city_folder):
    app = inside.app.state.barfrub
    app.settings = app.settings.model_copy(update={"import_memory_mb": SMALL_MB})
    upload = "/api/setup/files?name=town.geojson&purpose=streets"
    assert inside.post(upload, content=A_GEOJSON_BOMB).status_code == 201
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    inside.post("/api/setup/reimport/compare", json={"file": "town.geojson"})
    result = at_the_end(inside)
    assert (result["state"], result["step"]) == ("failed", "read")
    assert "town.geojson" in result["message"]
    assert f"{SMALL_MB} MB" in result["message"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 100_000
    assert len(app.network.segments) == 4


def test_a_file_that_was_never_sent_cannot_be_compared(inside):
    answer = inside.post("/api/setup/reimport/compare", json={"file": "other.osm"})
    assert answer.status_code == 404


def test_somebody_who_is_no_administrator_sends_no_file(settings, drawn_city_client, newer):
    answer = drawn_city_client.post(
        "/api/setup/files?name=newer.osm&purpose=streets", content=newer
    )
    assert answer.status_code == 403
    assert not settings.uploads.exists()


@pytest.fixture
def drawn_city_client(settings, city_folder, password_hash, clock):
    """A dispatcher at the same city."""
    engine = database_of(city_folder)
    with transaction(engine) as tx:
        add_user(tx, "dispatcher", ["dispatcher"], "en", password_hash)
    engine.dispose()
    with TestClient(create_app(settings, city_folder, clock)) as client:
        client.headers["accept"] = "application/json"
        client.get("/sign-in")
        token = client.cookies["barfrub_csrf"]
        client.post(
            "/sign-in", data={"login": "dispatcher", "password": "winter-is-long", "csrf": token}
        )
        client.headers["x-csrf-token"] = client.cookies["barfrub_csrf"]
        yield client
