"""Two web processes of a city on PostgreSQL: they share limits of guesses, and who is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from api.access.auth import TooManyError
from api.access.rate_limits import ALLOWANCES, PublicAction
from api.config.settings import Settings
from api.server.app import create_app
from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from data.store.database.engine import transaction
from data.store.schema import known_address, rate_bucket
from tests import postgres
from tests.api.conftest import COOKIE_DOMAIN, StillClock, TestClient
from tests.begun_session import begun_session
from tests.conftest import PASSWORD

pytestmark = pytest.mark.skipif(
    not postgres.WANTED, reason="one web process serves a city on SQLite"
)


@pytest.fixture
def beside(
    client: TestClient, settings: Settings, city_folder: Path, clock: StillClock
) -> TestClient:
    """A second server of the same city."""
    del client
    return TestClient(
        create_app(settings, city_folder, clock), headers={"accept": "application/json"}
    )


@pytest.fixture
def two(client: TestClient, beside: TestClient) -> Iterator[tuple[TestClient, TestClient]]:
    yield client, beside
    beside.app.state.barfrub.engine.dispose()


def signs_in(client: TestClient, password: str) -> int:
    client.cookies.clear()
    client.get("/sign-in")
    form = {"login": "dispatcher", "password": password, "csrf": client.cookies["barfrub_csrf"]}
    return client.post("/sign-in", data=form).status_code


def at_a_board(client: TestClient, login: str, subject: str) -> dict[str, bool]:
    """Let somebody look at a subject; return who else is there, and whether they edit."""
    cookie = begun_session(client.app.state.barfrub.engine, login)
    client.cookies.set(SESSION_COOKIE, cookie.text, domain=COOKIE_DOMAIN)
    client.cookies.set(CSRF_COOKIE, cookie.csrf, domain=COOKIE_DOMAIN)
    client.headers["x-csrf-token"] = cookie.csrf
    shown = {"tab": f"tab-of-{login}", "subject": subject, "editing": login == "dispatcher"}
    answer = client.post("/api/board/presence", json=shown).json()
    return {one["login"]: one["editing"] for one in answer["present"]}


def test_failures_at_one_server_count_at_the_other(two):
    first, second = two
    assert [signs_in(first, "guess") for _ in range(3)] == [401] * 3
    assert [signs_in(second, "guess") for _ in range(2)] == [401] * 2
    assert [signs_in(one, PASSWORD) for one in two] == [429, 429]


def test_a_right_password_at_one_server_forgives_at_the_other(two):
    first, second = (one.app.state.barfrub.accounts.own.sign_ins for one in two)
    for _ in range(4):
        first.enter("dispatcher", "the office")
    second.enter("dispatcher", "the office")
    with pytest.raises(TooManyError):
        first.enter("dispatcher", "the office")
    second.succeeded("dispatcher", "the office")
    for _ in range(5):
        first.enter("dispatcher", "the office")


def test_wrong_codes_and_public_calls_are_counted_together(two):
    first, second = (one.app.state.barfrub for one in two)
    for app in (first, second) * 5:
        app.code_entries.enter("10.0.0.1")
    assert two[1].get("/drive").status_code == 200
    code = {"code": "12345678", "csrf": two[1].cookies["barfrub_csrf"]}
    assert two[1].post("/drive", data=code).status_code == 401
    for _ in range(int(ALLOWANCES[PublicAction.REPORT].burst)):
        first.limits.enter(PublicAction.REPORT, "testclient")
    report = {"text": "snow", "csrf": two[1].cookies["barfrub_csrf"]}
    assert two[1].post("/report", data=report).status_code == 429


def test_a_board_at_one_server_is_seen_at_the_other_until_its_lease_is_over(two):
    first, second = two
    assert at_a_board(first, "dispatcher", "request:1") == {"dispatcher": True}
    both = {"dispatcher": True, "administrator": False}
    assert at_a_board(second, "administrator", "request:1") == both
    with transaction(first.app.state.barfrub.engine) as tx:
        tx.execute(
            text(
                "UPDATE open_board SET lease_until = localtimestamp - interval '1 second'"
                " WHERE login = 'dispatcher'"
            )
        )
    heard = second.app.state.barfrub.hub.subscribe(lambda: None, frozenset({"presence"}))
    assert at_a_board(second, "administrator", "request:1") == {"administrator": False}
    assert [(one.login, one.here) for one in dict(heard.take())["presence"]] == [
        ("dispatcher", False)
    ]


def test_no_name_and_no_address_stands_in_the_counts(two):
    first, _ = two
    signs_in(first, PASSWORD)
    with transaction(first.app.state.barfrub.engine) as tx:
        rows = [
            str(row) for table in (rate_bucket, known_address) for row in tx.execute(select(table))
        ]
    assert rows
    assert not any("dispatcher" in row or "testclient" in row for row in rows)
