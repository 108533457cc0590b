import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from api.config.clock import Clock
from api.config.settings import Settings
from api.server import running
from api.server.app import create_app
from api.web.context import App
from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE, cookie_name
from data.model import Plan
from data.store.database.engine import transaction
from fleet.planning.plan_preparation import prepare
from fleet.planning.plan_solving import solve_prepared
from fleet.storms.storm_start import start_storm
from tests.api.lived_in_city import live_in
from tests.api.recording_gateway import RecordingGateway
from tests.begun_session import begun_session
from tests.conftest import PASSWORD
from tests.village import (
    NOW,
    village,
)
from tests.village_database import (
    DISPATCHER,
    POLICY,
    a_village_database,
    copy_city,
    make_city_database,
)

with warnings.catch_warnings():
    # Starlette prefers httpx2 to httpx for its test client; we use httpx for everything else.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

COOKIE_DOMAIN = "testserver.local"
"""What a jar of cookies makes of the test client's `testserver`, which has no dot."""


class StillClock(Clock):
    """A clock that a test sets."""

    training = False

    def __init__(self) -> None:
        super().__init__(NOW)
        self.moment = NOW

    def now(self):
        return self.moment


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path)


@pytest.fixture(scope="session")
def drawn_city(tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Path:
    """A city's folder, made once; tests get copies."""
    folder = tmp_path_factory.mktemp("drawn") / "village"
    (folder / "tiles").mkdir(parents=True)
    (folder / "tiles" / "streets.pmtiles").write_bytes(bytes(range(256)) * 8)
    make_city_database(folder, password_hash)
    return folder


@pytest.fixture
def city_folder(settings: Settings, drawn_city: Path) -> Path:
    return copy_city(drawn_city, settings.city_folder("village"))


@pytest.fixture
def only_city(city_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The village, as the one city that commands find."""
    monkeypatch.setenv("BARFRUB_VAR", str(city_folder.parent.parent))
    return city_folder


@pytest.fixture
def lived_in(only_city: Path) -> Path:
    """The one city that commands find, with history."""
    live_in(only_city)
    return only_city


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@contextmanager
def served(settings: Settings, folder: Path, clock: Clock) -> Iterator[TestClient]:
    """A client of a city's server, without the tasks that it repeats on a timer.

    A test runs them itself, at its own time: beside it they would come sooner or later, like the
    keeper of colors in the middle of a set-up that took half a minute.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "periodic_tasks", lambda _app: ())
        with TestClient(create_app(settings, folder, clock)) as client:
            client.app.state.barfrub.consumer.run()
            client.headers["accept"] = "application/json"
            yield client


@pytest.fixture
def client(settings: Settings, city_folder: Path, clock: StillClock) -> Iterator[TestClient]:
    with served(settings, city_folder, clock) as client:
        yield client


@pytest.fixture
def app(client: TestClient) -> App:
    """What the server shares between requests."""
    return client.app.state.barfrub


@pytest.fixture
def sign_in_by_form(client: TestClient):
    """Sign in as people do, for tests of that; returns the answer to name and password."""

    def signed_in(login: str = "dispatcher", password: str = PASSWORD):
        client.cookies.clear()
        client.headers.pop("x-csrf-token", None)
        client.get("/sign-in")
        form = {"login": login, "password": password, "csrf": client.cookies["barfrub_csrf"]}
        answer = client.post("/sign-in", data=form)
        client.headers["x-csrf-token"] = client.cookies.get("barfrub_csrf", "")
        return answer

    return signed_in


def be_signed_in(client: TestClient, login: str = "dispatcher") -> None:
    """Be signed in under a role's name as by the form, without the form's slow hash."""
    app = client.app.state.barfrub
    cookie = begun_session(app.engine, login)
    client.cookies.clear()
    kept = {SESSION_COOKIE: cookie.text, CSRF_COOKIE: cookie.csrf}
    for name, value in kept.items():
        client.cookies.set(cookie_name(app.settings, name), value, domain=COOKIE_DOMAIN)
    client.headers["x-csrf-token"] = cookie.csrf


@pytest.fixture
def sign_in(client: TestClient):
    """Be signed in at the test's own client."""
    return partial(be_signed_in, client)


@pytest.fixture
def dispatcher(client: TestClient, sign_in) -> TestClient:
    sign_in("dispatcher")
    return client


@pytest.fixture
def admin(client: TestClient, sign_in) -> TestClient:
    sign_in("administrator")
    return client


@pytest.fixture
def storm(dispatcher: TestClient) -> dict[str, Any]:
    """A storm that the dispatcher, who stays signed in, has begun."""
    begun = dispatcher.post("/api/storms", json={"name": "First snow"})
    assert begun.status_code == 201, begun.text
    return begun.json()


@pytest.fixture(scope="session")
def solved() -> Plan:
    """A plan for the village's first storm, made once."""
    with transaction(a_village_database()) as tx:
        storm = start_storm(tx, DISPATCHER, "First snow", village(), POLICY, NOW)
        prepared = prepare(tx, storm.id, village(), NOW)
    return solve_prepared(prepared, 0.3, 1, lambda *_: None, lambda: False)


@pytest.fixture
def recorder() -> RecordingGateway:
    return RecordingGateway()


@pytest.fixture
def broken(client: TestClient, sign_in, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A dispatcher's client of a server whose board fails, and which answers all the same."""
    sign_in()
    monkeypatch.setattr(client.app.state.barfrub.live, "picture", lambda: 1 / 0)
    return TestClient(
        client.app,
        raise_server_exceptions=False,
        cookies=client.cookies,
        headers=client.headers,
    )
