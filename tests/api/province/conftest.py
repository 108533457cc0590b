"""Two towns on one server, `urmia` and `tabriz`, and the province's own host."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.config.settings import Settings
from api.province.host_router import HostedWeb
from api.province.served_cities import served_province
from api.web.context import App
from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from data.model import Role, SignInMethod, Storm
from data.setup.province_file import read_province
from data.store.database.engine import transaction
from fleet.accounts.province_people import give_roles, new_person
from fleet.accounts.sessions import SessionOrigin
from fleet.storms.storm_start import start_storm
from tests.api.conftest import StillClock
from tests.two_towns import CONSOLE, PROVINCE_TOML, still_city
from tests.village_database import copy_city

URMIA, TABRIZ, PROVINCE = (f"http://{name}.example.ir" for name in ("urmia", "tabriz", "province"))

type Serve = Callable[[], TestClient]


@pytest.fixture
def cities(settings: Settings, drawn_city: Path) -> dict[str, Path]:
    """The folders of the two towns, and the file that names them."""
    settings.province_file.write_text(PROVINCE_TOML)
    return {name: copy_city(drawn_city, settings.city_folder(name)) for name in ("urmia", "tabriz")}


@pytest.fixture
def reports() -> list[HostedWeb]:
    """What was said of each city when it was opened."""
    return []


@pytest.fixture
def serve(
    settings: Settings, cities: dict[str, Path], clock: StillClock, reports: list[HostedWeb]
) -> Iterator[Serve]:
    """Serve the towns as their folders and file are now."""
    with ExitStack() as running:

        def served() -> TestClient:
            province = read_province(settings.province_file)
            opened = served_province(settings, province, clock, reports.append, still_city)
            router, _ = running.enter_context(opened)
            client = running.enter_context(TestClient(router, client=("127.0.0.1", 50_000)))
            client.headers["accept"] = "application/json"
            return client

        yield served


@pytest.fixture
def browser(serve: Serve) -> TestClient:
    """A browser that finds both towns and the province by name."""
    return serve()


def app_of(browser: TestClient, name: str) -> App:
    """What the server of a town shares."""
    app: App = browser.app.hosted[f"{name}.example.ir"].web.state.barfrub
    return app


@pytest.fixture
def signed_in(browser: TestClient):
    """Be somebody of the province with a role in Urmia, without the form's slow hash."""
    province = browser.app.hosted["province.example.ir"].web.state.province

    def begin(role: Role = Role.COUNCIL, language: str = "en", city: str = "urmia") -> str:
        with transaction(province.accounts.engine) as tx:
            now = province.sessions.now()
            person = new_person(tx, CONSOLE, f"a-{role}-{city}", language, "", now)
            person = give_roles(tx, CONSOLE, person, city, [role], now)
            origin = SessionOrigin(SignInMethod.PASSWORD, "10.0.0.7", "Firefox")
            cookie = province.sessions.new_cookie(person, origin)
            province.sessions.begin(tx, person, origin, cookie)
        for name, text in ((SESSION_COOKIE, cookie.text), (CSRF_COOKIE, cookie.csrf)):
            browser.cookies.set(name, text, domain="province.example.ir")
        return cookie.csrf

    return begin


@pytest.fixture
def storm(browser: TestClient, clock: StillClock) -> Storm:
    """A storm in Urmia alone."""
    app = app_of(browser, "urmia")
    with transaction(app.engine) as tx:
        return start_storm(tx, CONSOLE, "First snow", app.network, app.policy, clock.now())
