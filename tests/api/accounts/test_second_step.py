"""The second step of signing in, through the pages."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pyotp import TOTP
from typer.testing import CliRunner

from api.access.auth import SECOND_STEP_S
from api.cli.setup.user import user as user_commands
from api.config.clock import SteadyClock
from api.web.cookies import FIRST_STEP_COOKIE
from data.model import Role
from data.policy.access_rules import SignInRules
from data.store.accounts.accounts import find_user_by_login
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from fleet.accounts.accounts import reset_password
from fleet.accounts.second_factor import NEVER, SecondFactor, provisioning_uri, secret_of
from maps.pages.qr_code import qr_code
from tests.begun_session import begun_session
from tests.conftest import PASSWORD
from tests.forms import language_form
from tests.village import NOW
from tests.village_database import DISPATCHER

HTML = {"accept": "text/html"}
STEP_S = 30


class Phone:
    """An authenticator app whose clock the test sets, as it does the server's."""

    def __init__(self, app: Any) -> None:
        self.moment = datetime(2026, 12, 21, 4, 0, 5, tzinfo=UTC)
        self.secret = ""
        app.sessions.now = lambda: self.moment

    def wait(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    def code(self, drift_s: float = 0.0) -> str:
        return TOTP(self.secret).at(self.moment + timedelta(seconds=drift_s))


@pytest.fixture
def phone(client: TestClient, app: Any, sign_in: Any) -> Phone:
    """The phone of a dispatcher whose second step is on, and who is signed in."""
    phone = Phone(app)
    sign_in_at(client, app, "dispatcher")
    phone.recovery = set_up(client, phone)
    phone.wait(STEP_S)
    return phone


def sign_in_at(client: TestClient, app: Any, login: str) -> None:
    """Be signed in at the time that the test has set."""
    begun = begun_session(app.engine, login, now=app.sessions.now)
    client.cookies.clear()
    client.cookies.set("barfrub_session", begun.text)
    client.headers["x-csrf-token"] = begun.csrf


def set_up(client: TestClient, phone: Phone) -> list[str]:
    """Set the second step up as the page says, and return the recovery codes."""
    client.headers["accept"] = "text/html"
    html = client.post("/account/second-step/begin", data={"password": PASSWORD}).text
    phone.secret = re.search(r"<code dir=\"ltr\">([A-Z2-7 ]+)</code>", html)[1].replace(" ", "")
    html = client.post("/account/second-step/confirm", data={"code": phone.code()}).text
    client.headers["accept"] = "application/json"
    return re.findall(r"<li><code>([a-z2-7-]+)</code></li>", html)


@pytest.fixture
def by_password(client: TestClient, sign_in_by_form: Any) -> Iterator[Any]:
    """Give name and password as a visitor; then the code can be entered."""

    def entered(login: str = "dispatcher") -> Any:
        answer = sign_in_by_form(login)
        client.headers["x-csrf-token"] = client.cookies["barfrub_csrf"]
        return answer

    return entered


def enter(client: TestClient, code: str) -> int:
    return client.post("/sign-in/code", data={"code": code}).status_code


def inside(client: TestClient) -> bool:
    return client.get("/operator").status_code == 200


def test_signing_in_takes_password_and_code(client: TestClient, phone: Phone, by_password) -> None:
    assert by_password().json() == {"second_step": "/sign-in/code"}
    assert not inside(client)
    assert enter(client, phone.code()) == 200
    assert inside(client)
    assert FIRST_STEP_COOKIE not in client.cookies


def test_who_changes_the_language_at_the_code_still_gets_where_he_wanted(
    client: TestClient, phone: Phone, by_password: Any
) -> None:
    by_password()
    shown = client.get("/sign-in/code?next=/roster", headers=HTML).text
    led = client.post("/language", data=language_form(shown), follow_redirects=False)
    assert led.headers["location"] == "/sign-in/code?next=%2Froster"


def test_who_waited_too_long_with_the_code_still_gets_where_he_wanted(client: TestClient) -> None:
    led = client.get("/sign-in/code?next=/roster", headers=HTML, follow_redirects=False)
    assert led.headers["location"] == "/sign-in?next=/roster"


def test_a_code_is_worth_nothing_without_the_password(client: TestClient, phone: Phone) -> None:
    client.cookies.clear()
    client.get("/sign-in")
    client.headers["x-csrf-token"] = client.cookies["barfrub_csrf"]
    answer = client.post("/sign-in/code", data={"code": phone.code()}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert not inside(client)


def test_a_code_is_accepted_once_also_within_its_step(
    client: TestClient, phone: Phone, by_password
) -> None:
    by_password()
    assert enter(client, phone.code()) == 200
    by_password()
    assert enter(client, phone.code()) == 401
    phone.wait(STEP_S)
    assert enter(client, phone.code()) == 200


def test_the_code_that_confirmed_the_phone_lets_nobody_in(
    client: TestClient, phone: Phone, by_password
) -> None:
    by_password()
    assert enter(client, phone.code(-STEP_S)) == 401


@pytest.mark.parametrize(
    ("drift_s", "status"), [(-60, 401), (-30, 200), (0, 200), (30, 200), (60, 401)]
)
def test_a_phones_clock_may_be_off_by_one_step(
    client: TestClient, phone: Phone, by_password, drift_s: float, status: int
) -> None:
    phone.wait(10 * STEP_S)
    by_password()
    assert enter(client, phone.code(drift_s)) == status


def test_a_clock_that_is_set_back_shuts_nobody_out(
    client: TestClient, phone: Phone, by_password
) -> None:
    phone.wait(30 * 24 * 3600)
    by_password()
    assert enter(client, phone.code()) == 200
    phone.wait(-30 * 24 * 3600)
    by_password()
    assert enter(client, phone.code()) == 200
    by_password()
    assert enter(client, phone.code()) == 401


def test_persian_digits_are_as_good(client: TestClient, phone: Phone, by_password) -> None:
    by_password()
    persian = phone.code().translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert enter(client, f"{persian[:3]} {persian[3:]}") == 200


def test_guesses_are_limited_before_the_right_code_counts(
    client: TestClient, phone: Phone, by_password
) -> None:
    by_password()
    wrong = f"{(int(phone.code()) + 1) % 1_000_000:06d}"
    assert [enter(client, wrong) for _ in range(6)] == [401] * 5 + [429]
    assert enter(client, phone.code()) == 429


def test_a_recovery_code_lets_in_once_as_it_is_typed(
    client: TestClient, phone: Phone, by_password
) -> None:
    assert len(phone.recovery) == 10
    assert {len(code.replace("-", "")) for code in phone.recovery} == {24}  # 120 random bits
    by_password()
    assert enter(client, phone.recovery[3].upper().replace("-", " ")) == 200
    by_password()
    assert enter(client, phone.recovery[3]) == 401
    assert enter(client, phone.recovery[4]) == 200


def test_new_recovery_codes_end_the_old_ones(client: TestClient, phone: Phone, by_password) -> None:
    html = client.post(
        "/account/second-step/recovery-codes", data={"password": PASSWORD, "code": phone.code()}
    ).text
    assert len(re.findall(r"<li><code>", html)) == 10
    by_password()
    assert enter(client, phone.recovery[0]) == 401


def test_the_password_of_ten_minutes_ago_is_asked_for_again(
    client: TestClient, phone: Phone, by_password, monkeypatch
) -> None:
    by_password()
    later = SteadyClock().now() + timedelta(seconds=SECOND_STEP_S + 1)
    monkeypatch.setattr("api.access.auth._STEADY", SteadyClock(lambda: later))
    answer = client.post("/sign-in/code", data={"code": phone.code()}, follow_redirects=False)
    assert answer.headers["location"] == "/sign-in"


def test_a_link_for_a_new_password_does_not_go_round_the_second_step(
    client: TestClient, app: Any, phone: Phone
) -> None:
    with transaction(app.engine) as tx:
        user = find_user_by_login(tx, "dispatcher")
        token = reset_password(tx, DISPATCHER, user.id, NOW)
    client.cookies.clear()
    client.get(f"/welcome/{token}")
    client.headers["x-csrf-token"] = client.cookies["barfrub_csrf"]
    answer = client.post(f"/welcome/{token}", data={"password": "four words of snow"})
    assert answer.json() == {"second_step": "/sign-in/code"}
    assert not inside(client)


def test_the_second_step_is_set_up_by_who_knows_the_password(
    client: TestClient, sign_in: Any
) -> None:
    sign_in("dispatcher")
    answer = client.post("/account/second-step/begin", data={"password": "guess"})
    assert answer.status_code == 401
    assert "<svg" not in client.get("/account/second-step", headers=HTML).text


def test_it_is_asked_for_only_when_a_first_code_fitted(
    client: TestClient, app: Any, sign_in_by_form: Any, sign_in: Any
) -> None:
    sign_in("dispatcher")
    client.post("/account/second-step/begin", data={"password": PASSWORD})
    assert client.post("/account/second-step/confirm", data={"code": "000000"}).status_code == 401
    assert sign_in_by_form("dispatcher").json()["login"] == "dispatcher"


@pytest.mark.parametrize("what", ["remove", "recovery-codes"])
def test_it_is_changed_by_password_and_code_and_not_by_one_of_them(
    client: TestClient, phone: Phone, what: str
) -> None:
    phone.wait(STEP_S)
    for password, code in ((PASSWORD, "123"), ("guess", phone.code())):
        form = {"password": password, "code": code}
        assert client.post(f"/account/second-step/{what}", data=form).status_code == 401
    assert client.post(f"/account/second-step/{what}", data={"code": phone.code()}).is_error


def test_it_is_switched_off_by_password_and_code(
    client: TestClient, phone: Phone, by_password
) -> None:
    phone.wait(STEP_S)
    form = {"password": PASSWORD, "code": phone.code()}
    client.post("/account/second-step/remove", data=form)
    assert by_password().json()["login"] == "dispatcher"


def test_the_console_switches_it_off(
    client: TestClient, app: Any, phone: Phone, by_password, only_city: Any
) -> None:
    said = CliRunner().invoke(user_commands, ["reset-second-step", "dispatcher"])
    assert said.exit_code == 0
    assert by_password().json()["login"] == "dispatcher"
    with reading(app.engine) as tx:
        assert "user.second_step_off" in [one.verb for one in list_events(tx)]


def test_where_the_city_wants_it_nothing_else_is_open_before(
    client: TestClient, app: Any, sign_in: Any, monkeypatch
) -> None:
    wanted = SignInRules(second_step=(Role.DISPATCHER,))
    now = app.city_state.now
    monkeypatch.setattr(
        app.city_state, "now", replace(now, policy=replace(now.policy, sign_in=wanted))
    )
    phone = Phone(app)
    sign_in_at(client, app, "operator")
    assert inside(client)
    sign_in_at(client, app, "dispatcher")
    refused = client.get("/api/board")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "second_step_missing")
    page = client.get("/", headers=HTML, follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (303, "/account/second-step")
    assert set_up(client, phone)
    assert inside(client)


def test_the_database_alone_shows_no_code(phone: Phone) -> None:
    factor = SecondFactor(1, "salt", NOW, None, NEVER)
    assert secret_of(factor, b"one server") != secret_of(factor, b"another server")
    assert secret_of(factor, b"one server") != secret_of(replace(factor, salt="x"), b"one server")


def test_the_qr_code_has_its_margin_and_the_three_marks_of_its_corners() -> None:
    drawn = qr_code(provisioning_uri(SecondFactor(1, "s", NOW, None, NEVER), "sara", "Urmia", b"k"))
    last = drawn.size - 4 - 1
    for corner in ("M4 4h", f"M{last} 4h", f"M4 {last}h"):
        assert corner in drawn.path
    assert "M3 " not in drawn.path
