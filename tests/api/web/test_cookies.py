import pytest
from fastapi.testclient import TestClient

from api.config.settings import Settings
from api.server.app import create_app
from tests.conftest import PASSWORD


@pytest.fixture
def over_https(settings: Settings, city_folder, clock):
    """The server behind a proxy that speaks HTTPS."""
    secure = Settings(var=settings.var, secure_cookies=True)
    web = create_app(secure, city_folder, clock)
    with TestClient(web, base_url="https://testserver") as client:
        yield client


def test_behind_https_cookies_belong_to_this_host_alone(over_https) -> None:
    answer = over_https.get("/sign-in")
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    csrf = over_https.cookies["__Host-barfrub_csrf"]
    form = {"login": "dispatcher", "password": PASSWORD, "csrf": csrf}
    answer = over_https.post("/sign-in", data=form, follow_redirects=False)
    kept = answer.headers.get_list("set-cookie")
    assert [one.split("=")[0] for one in kept] == ["__Host-barfrub_session", "__Host-barfrub_csrf"]
    for one in kept:
        assert {"HttpOnly", "Secure", "Path=/"} <= {part.strip() for part in one.split(";")}
        assert "Domain" not in one
    assert over_https.get("/board").status_code == 200
    csrf = over_https.cookies["__Host-barfrub_csrf"]
    over_https.post("/sign-out", data={"csrf": csrf})
    assert "__Host-barfrub_session" not in over_https.cookies


def test_a_cookie_that_another_host_of_the_domain_could_set_is_not_read(over_https) -> None:
    over_https.get("/sign-in")
    csrf = over_https.cookies["__Host-barfrub_csrf"]
    form = {"login": "dispatcher", "password": PASSWORD, "csrf": csrf}
    over_https.post("/sign-in", data=form)
    session = over_https.cookies["__Host-barfrub_session"]
    over_https.cookies.clear()
    over_https.cookies.set("barfrub_session", session)
    assert over_https.get("/board", follow_redirects=False).status_code == 401
    over_https.cookies.set("__Host-barfrub_session", session)
    assert over_https.get("/board", follow_redirects=False).status_code == 200


def test_choices_of_language_and_theme_are_cookies_of_this_host_too(over_https) -> None:
    over_https.get("/sign-in")
    form = {"language": "fa", "csrf": over_https.cookies["__Host-barfrub_csrf"]}
    answer = over_https.post("/language", data=form, follow_redirects=False)
    assert answer.headers["set-cookie"].startswith("__Host-barfrub_language=fa;")
    over_https.cookies.set("__Host-theme", "dark")
    page = over_https.get("/sign-in").text
    assert 'lang="fa"' in page
    assert 'data-theme="dark"' in page


def test_over_plain_http_nothing_is_said_of_https(client) -> None:
    answer = client.get("/sign-in")
    assert "strict-transport-security" not in answer.headers
    assert "barfrub_csrf" in client.cookies
