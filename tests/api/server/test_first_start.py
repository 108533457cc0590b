"""A server without a city: the code, the form, uploads, and the city that is served afterwards."""

import json
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from api.config.clock import Clock
from api.config.settings import Settings, list_cities
from api.processes.background_job import BackgroundJob
from api.server.first_run_app import FirstRunApp
from api.server.first_run_pages import first_web
from api.server.first_start import require_code
from api.web.request_body import MOST_BODY_BYTES
from api.web.uploads import PART
from data.errors import ConflictError
from data.model import Role
from data.store.accounts.accounts import list_users
from data.store.audit.audit_log import list_events
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from tests.api.access.test_roles import routes_of
from tests.data.files.test_unpacked_size import A_GEOJSON_BOMB
from tests.data.osm.drawn_place import QUERY, cached_in, draw
from tests.data.osm.osm_files import a_way, nodes, write_osm

pytestmark = pytest.mark.usefixtures("new_cities")

HTML = {"accept": "text/html"}
PASSWORD = "winter-is-long"
WANTED = {
    "name": "برف‌آباد",
    "timezone": "Asia/Tehran",
    "language": "fa",
    "file": "town.osm",
    "login": "reza",
    "password": PASSWORD,
}
NORTH = [[45.0, 37.5495], [45.2, 37.5495], [45.2, 37.6], [45.0, 37.6], [45.0, 37.5495]]


@pytest.fixture
def door(settings: Settings) -> FirstRunApp:
    return FirstRunApp(settings, Clock(), lambda _folder, _clock: nullcontext())


@pytest.fixture
def client(door: FirstRunApp) -> Iterator[TestClient]:
    with TestClient(door) as client:
        client.headers.update({"accept": "application/json", "accept-language": "en"})
        yield client


@pytest.fixture
def town(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("drawn") / "town.osm"
    write_osm(file, [*nodes(), a_way(10, [1, 2, 3]), a_way(11, [4, 2, 5])])
    return file.read_bytes()


@pytest.fixture
def inside(client: TestClient, door: FirstRunApp) -> TestClient:
    """A browser that came with the code and sends the token of its page along."""
    page = client.get(f"/first?code={door.start.code}", headers=HTML)
    boot = page.text.split('id="boot">')[1].split("</script>")[0]
    client.headers["x-csrf-token"] = json.loads(boot)["csrf"]
    return client


def send(client: TestClient, content: bytes, name: str = "town.osm", purpose: str = "streets"):
    return client.post(f"/first/files?name={quote(name)}&purpose={purpose}", content=content)


def made(client: TestClient, **changes: object) -> dict:
    """How the import has ended."""
    answer = client.post("/first/city", json=WANTED | changes)
    assert answer.status_code == 202, answer.text
    for thread in threading.enumerate():
        if thread.name == "barfrub-background":
            thread.join(timeout=240)
    progress: dict = client.get("/first/progress").json()
    return progress


@pytest.mark.parametrize("path", ["/", "/sign-in"])
def test_every_way_in_leads_to_the_one_page(client, path):
    assert client.get(path, headers=HTML, follow_redirects=False).headers["location"] == "/first"
    assert client.get("/health").json() == {"status": "setup"}


def test_who_has_no_code_sees_nothing_but_the_question_for_it(client):
    page = client.get("/first", headers=HTML)
    assert 'name="code"' in page.text
    assert "boot" not in page.text
    orders = [("GET", "/first/files"), ("GET", "/first/progress"), ("POST", "/first/city")]
    for method, path in [*orders, ("POST", "/first/files?name=town.osm&purpose=streets")]:
        assert client.request(method, path).status_code in {401, 422}, path


def test_every_endpoint_wants_the_code_or_is_public_on_purpose(door):
    public = {"/health", "/style.css", "/", "/sign-in", "/first", "/language"}
    open_to_all = {
        route.path
        for route in routes_of(first_web(door.start))
        if require_code not in {each.call for each in route.dependant.dependencies}
    }
    assert open_to_all == public


def test_a_city_cannot_be_made_without_the_code(client, settings, town):
    assert send(client, town).status_code == 401
    assert client.post("/first/city", json=WANTED).status_code == 401
    assert not (settings.var / "uploads" / "town.osm").exists()


def test_the_code_is_not_left_in_the_address(client, door):
    answer = client.get(f"/first?code={door.start.code}", headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/first")


def test_a_code_read_aloud_is_understood(client, door):
    spoken = door.start.code.lower().replace("-", " ")
    answer = client.get("/first", params={"code": spoken}, headers=HTML)
    assert "first-city" in answer.text


def test_guessing_the_code_is_refused_after_ten_tries_even_the_right_one(client, door):
    for _ in range(10):
        assert client.get("/first?code=AAAA-AAAA", headers=HTML).status_code == 401
    assert client.get(f"/first?code={door.start.code}", headers=HTML).status_code == 429


def test_the_code_of_another_start_is_worth_nothing(client, inside, settings, door):
    other = FirstRunApp(settings, Clock(), lambda _folder, _clock: nullcontext())
    with TestClient(other, cookies=client.cookies) as later:
        assert later.get("/first/files").status_code == 401


def test_no_order_is_taken_without_the_token_of_the_page(inside, town):
    del inside.headers["x-csrf-token"]
    assert send(inside, town).status_code == 403
    assert inside.post("/first/city", json=WANTED).status_code == 403


def test_the_page_speaks_the_language_that_was_chosen(inside):
    form = {"language": "fa", "csrf": inside.headers["x-csrf-token"]}
    inside.post("/language", data=form)
    assert 'dir="rtl"' in inside.get("/first", headers=HTML).text


def test_a_file_that_was_sent_lies_ready_and_tells_its_time_zone(inside, town, settings):
    answer = send(inside, town)
    assert answer.json() == {"name": "town.osm", "size_bytes": len(town)}
    assert (settings.var / "uploads" / "town.osm").read_bytes() == town
    assert inside.get("/first/files").json()["streets"] == [answer.json()]
    proposed = inside.get("/first/time-zone?file=town.osm").json()
    assert proposed == {"timezone": "Asia/Tehran"}


def test_a_file_may_have_a_persian_name(inside, town, settings):
    assert send(inside, town, "برف‌آباد.osm").status_code == 201
    assert made(inside, file="برف‌آباد.osm")["state"] == "done"


@pytest.mark.parametrize("name", ["../town.osm", "a/town.osm", ".town.osm", "town.exe", "", "b\\c"])
def test_a_file_goes_nowhere_but_to_the_uploads(inside, town, settings, name):
    assert send(inside, town, name).status_code == 422
    assert [path.name for path in settings.var.rglob("town*")] == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("town.osm", b""),
        ("town.osm.pbf", b"<osm/>"),
        ("town.osm.gz", b"{}"),
        ("t.geojson", b"<"),
        ("t.geojson", b"<OGRVRTDataSource><!--{-->"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_not_kept(inside, settings, name, content):
    answer = send(inside, content, name)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "city_file")
    assert list((settings.var / "uploads").iterdir()) == []


def test_a_file_that_takes_too_much_memory_is_no_city(inside, door):
    assert send(inside, A_GEOJSON_BOMB, "t.geojson").status_code == 201
    door.start.settings = door.start.settings.model_copy(update={"import_memory_mb": 700})
    progress = made(inside, file="t.geojson")
    assert (progress["state"], progress["step"]) == ("failed", "read")
    assert "t.geojson" in progress["message"]


@pytest.mark.parametrize(
    "path", ["/first/city", "/language", "/first/files?name=a.osm&purpose=streets"]
)
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json"])
def test_nobody_fills_the_memory_before_the_code_is_known(client, path, kind):
    heavy = b'--x\r\n"' + b" " * (MOST_BODY_BYTES + 1)
    answer = client.post(path, content=heavy, headers={"Content-Type": kind})
    assert answer.status_code in {401, 403, 413}


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_that_is_too_large_is_stopped_on_the_way(inside, settings, monkeypatch, announced):
    monkeypatch.setattr("api.web.uploads.MOST_BYTES", 1000)
    chunks = iter([b"<osm>" + b" " * 600, b" " * 600])
    answer = send(inside, b"<osm>" + b" " * 1200 if announced else chunks)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert list((settings.var / "uploads").iterdir()) == []


def test_a_disk_that_would_be_full_takes_nothing(inside, settings, town, monkeypatch):
    monkeypatch.setattr("api.web.uploads.SPARE_BYTES", 10**18)
    assert send(inside, town).json()["error"]["code"] == "no_room"


def test_what_a_killed_server_left_of_an_upload_is_cleared_away(settings, door):
    uploads = settings.var / "uploads"
    uploads.mkdir()
    (uploads / f"{PART}half").write_bytes(b"<osm>")
    (uploads / "whole.osm").write_bytes(b"<osm>")
    with TestClient(door):
        assert [path.name for path in uploads.iterdir()] == ["whole.osm"]


def test_the_city_is_made_and_served_by_the_same_process(inside, town, settings):
    send(inside, town)
    progress = made(inside)
    assert (progress["state"], progress["step"]) == ("done", "open")
    assert list_cities(settings) == ["برف‌آباد"]

    assert inside.get("/health").json()["status"] == "ok"
    inside.cookies.clear()
    del inside.headers["x-csrf-token"]
    page = inside.get("/sign-in", headers=HTML)
    assert 'lang="fa"' in page.text
    form = {"login": "reza", "password": PASSWORD, "csrf": inside.cookies["barfrub_csrf"]}
    assert inside.post("/sign-in", data=form).json()["roles"] == ["administrator"]
    assert inside.get("/setup", headers=HTML).status_code == 200


def test_the_report_can_still_be_read_after_the_city_is_served(inside, town):
    send(inside, town)
    made(inside)
    report = inside.get("/first/progress").json()["report"]
    assert "4" in next(fact["value"] for fact in report["facts"] if fact["label"] == "Streets")
    assert any("assumed" in warning for warning in report["warnings"])


def test_a_city_that_cannot_be_served_is_reported_as_made(settings, town):
    def broken(_folder, _clock):
        raise OSError("no more processes")

    door = FirstRunApp(settings, Clock(), broken)
    with TestClient(door, headers={"accept-language": "en"}) as client:
        page = client.get(f"/first?code={door.start.code}", headers=HTML)
        boot = page.text.split('id="boot">')[1].split("</script>")[0]
        client.headers["x-csrf-token"] = json.loads(boot)["csrf"]
        send(client, town)
        progress = made(client)
    assert (progress["state"], progress["step"]) == ("failed", "open")
    assert progress["message"].startswith("The city was created")
    assert list_cities(settings) == [WANTED["name"]]


def test_a_second_city_is_not_made_by_the_same_start(inside, town, settings):
    send(inside, town)
    made(inside)
    again = inside.post("/first/city", json=WANTED | {"name": "another"})
    assert (again.status_code, again.json()["error"]["values"]["reason"]) == (409, "city_made")
    assert send(inside, town).status_code == 409
    assert len(list_cities(settings)) == 1


def test_boundary_and_districts_are_taken_along(inside, town, settings):
    send(inside, town)
    ring = {"type": "Polygon", "coordinates": [NORTH]}
    polygon = {"type": "Feature", "properties": {}, "geometry": ring}
    north = json.dumps({"type": "FeatureCollection", "features": [polygon]}).encode()
    assert send(inside, north, "north.geojson", "boundary").status_code == 201
    send(inside, "منطقهٔ ۱\nمنطقهٔ ۲\n".encode(), "districts.txt", "districts")
    progress = made(inside, boundary="north.geojson", districts="districts.txt")
    assert progress["state"] == "done", progress["details"]
    facts = {fact["label"]: fact["value"] for fact in progress["report"]["facts"]}
    assert facts["Streets"].startswith("3 segments")


def test_a_place_is_asked_of_openstreetmap_where_there_is_no_file(inside, settings, monkeypatch):
    cached_in(settings.var / "places", monkeypatch)
    progress = made(inside, file="", place=QUERY)
    assert (progress["state"], progress["steps"][0]) == ("done", "ask"), progress["details"]
    assert list_cities(settings) == [WANTED["name"]]


def test_a_place_that_cannot_be_asked_for_says_to_choose_a_file(inside, settings, monkeypatch):
    draw(cached_in(settings.var / "places", monkeypatch), {"place": []})
    progress = made(inside, file="", place="Nowhere")
    assert (progress["state"], progress["step"]) == ("failed", "ask")
    assert "Choose a file" in progress["message"]


def test_the_audit_log_says_how_the_first_administrator_came(inside, town, settings):
    send(inside, town)
    made(inside)
    engine = database_of(settings.city_folder(WANTED["name"]))
    with reading(engine) as tx:
        assert [(user.login, user.roles) for user in list_users(tx)] == [
            ("reza", (Role.ADMINISTRATOR,))
        ]
        verbs = [event.verb for event in list_events(tx)]
        assert verbs == ["city.added", "user.added", "clock.started"]
    engine.dispose()


def test_a_file_without_streets_leaves_no_city_and_may_be_tried_again(inside, town, settings):
    send(inside, b"<osm version='0.6'></osm>", "empty.osm")
    progress = made(inside, file="empty.osm")
    assert (progress["state"], progress["step"]) == ("failed", "read")
    assert progress["message"]
    assert list_cities(settings) == []

    send(inside, town)
    assert made(inside)["state"] == "done"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"name": "../town"}, 422, "name"),
        ({"name": ""}, 422, "name"),
        ({"timezone": "Mars/Base"}, 422, "timezone"),
        ({"language": "xx"}, 422, "language"),
        ({"password": "short"}, 422, "password"),
        ({"password": "reza", "login": "reza"}, 422, "password"),
        ({"login": "two words"}, 422, "login"),
        ({"file": "other.osm"}, 404, None),
        ({"file": ""}, 422, "file"),
        ({"boundary": "town.osm"}, 422, "file"),
    ],
)
def test_a_wish_that_cannot_be_right_is_refused_before_anything_begins(
    inside, town, settings, change, status, field
):
    send(inside, town)
    answer = inside.post("/first/city", json=WANTED | change)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["values"].get("field") == field
    assert inside.get("/first/progress").json()["state"] == "idle"
    assert list_cities(settings) == []


def test_the_password_is_in_no_answer(inside, town):
    send(inside, town)
    answer = inside.post("/first/city", json=WANTED | {"password": "shorty"})
    assert "shorty" not in answer.text


def test_a_background_job_runs_alone():
    background_job: BackgroundJob[str] = BackgroundJob()
    go, reached = threading.Event(), threading.Event()

    def wait(report):
        report("waiting")
        reached.set()
        go.wait(240)
        return "home"

    background_job.begin("walk", wait)
    reached.wait(240)
    assert (background_job.state.state, background_job.state.step) == ("running", "waiting")
    with pytest.raises(ConflictError):
        background_job.begin("run", wait)
    go.set()
    for thread in threading.enumerate():
        if thread.name == "barfrub-background":
            thread.join(240)
    assert (background_job.state.state, background_job.state.outcome) == ("done", "home")


def test_a_background_job_that_breaks_says_so_and_another_may_begin(caplog):
    background_job: BackgroundJob[str] = BackgroundJob()

    def stumble(_report):
        raise RuntimeError("a stone")

    background_job.begin("walk", stumble)
    for thread in threading.enumerate():
        if thread.name == "barfrub-background":
            thread.join(240)
    assert background_job.state.state == "failed"
    assert "a stone" not in str(background_job.state.error)
    background_job.forget()
    assert background_job.state.state == "idle"
