import json
import re

import pytest

from api.web.security_headers import POLICY
from maps.pages.templates import IMPORT_MAP, STATIC_DIR, import_map_hash

HTML = {"accept": "text/html"}


def test_health_tells_time_and_speed(client):
    assert client.get("/health").json() == {
        "status": "ok",
        "city": "Village",
        "now": "2026-12-21T04:00:00+00:00",
        "speed": 1.0,
        "leads": True,
    }


def test_tiles_are_read_by_ranges_and_never_compressed(client):
    headers = {"range": "bytes=10-19", "accept-encoding": "gzip"}
    part = client.get("/tiles/streets.pmtiles", headers=headers)
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    assert "content-encoding" not in part.headers
    assert "max-age" in part.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/../barfrub.sqlite",
        "/tiles/%2e%2e/barfrub.sqlite",
        "/tiles/..%2fbarfrub.sqlite",
        "/barfrub.sqlite",
        "/static/../pages.py",
        "/static/%2e%2e/pages.py",
    ],
)
def test_the_database_and_the_code_are_never_served(client, path):
    assert client.get(path).status_code == 404


def test_pages_run_our_own_scripts_only(client, sign_in):
    sign_in()
    for path in ("/", "/operator", "/sign-in?lang=fa"):
        page = client.get(path, headers=HTML)
        assert page.headers["content-security-policy"] == POLICY
        inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", page.text, re.S)
        for kind, text in inline:
            assert "importmap" in kind or "application/json" in kind
            assert "importmap" not in kind or text == IMPORT_MAP
        assert not re.search(r"\bstyle=|\bon\w+=|javascript:", page.text)
    assert import_map_hash() in POLICY


def test_no_page_asks_another_host(client, sign_in):
    sign_in()
    for path in ("/", "/operator"):
        page = client.get(path, headers=HTML).text
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*', page) == []


def test_the_import_map_leads_to_files_that_exist():
    for address in re.findall(r'"/static/([^"]+)"', IMPORT_MAP):
        assert (STATIC_DIR / address).exists(), address


def test_every_answer_is_armored(client):
    for path in ("/health", "/static/css/pages/base.css", "/style.css", "/nowhere", "/osmand?id=x"):
        headers = client.get(path, headers={"origin": "https://elsewhere.example"}).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert "access-control-allow-origin" not in headers, path


def test_the_description_of_the_interface_is_not_served(client):
    assert [client.get(path).status_code for path in ("/openapi.json", "/docs")] == [404, 404]


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_methods_that_nobody_needs_are_refused(client, method):
    assert client.request(method, "/health").status_code == 405


def test_answers_with_facts_are_not_kept_by_browsers(client, sign_in):
    sign_in()
    assert client.get("/api/board").headers["cache-control"] == "no-store"
    assert client.get("/static/css/pages/base.css").headers["cache-control"] == "no-cache"


def test_a_wrong_address_is_a_page_for_people_and_json_for_programs(client):
    page = client.get("/nowhere", headers=HTML)
    assert (page.status_code, "<html" in page.text) == (404, True)
    assert client.get("/nowhere").json()["error"]["code"] == "not_found"


def test_a_forbidden_page_says_so_in_the_readers_language(client, sign_in):
    sign_in("driver")
    page = client.get("/operator?lang=fa", headers=HTML)
    assert page.status_code == 403
    assert 'lang="fa"' in page.text


def test_an_operator_lands_at_the_desk(client, sign_in):
    sign_in("operator")
    answer = client.get("/", headers=HTML, follow_redirects=False)
    assert answer.headers["location"] == "/operator"


def test_the_page_brings_texts_and_city_along(client, sign_in):
    sign_in()
    page = client.get("/?lang=fa", headers=HTML).text
    assert '"timezone": "Asia/Tehran"' in page
    assert '"direction": "rtl"' in page


def test_a_failure_of_ours_is_logged_and_not_shown(broken, caplog):
    answer = broken.get("/api/board")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "server")
    assert "ZeroDivisionError" in caplog.text
    assert "Zero" not in answer.text


def test_a_page_is_small_and_its_texts_are_kept_until_they_change(client, sign_in):
    sign_in("council")
    pages = {code: client.get(f"/council?lang={code}", headers=HTML).text for code in ("en", "fa")}
    boots = {
        code: json.loads(re.search(r'id="boot">(.*?)</script>', text)[1])
        for code, text in pages.items()
    }
    texts = {code: client.get(boot["texts_address"]) for code, boot in boots.items()}

    assert max(len(text) for text in pages.values()) < 20_000
    assert all("immutable" in answer.headers["cache-control"] for answer in texts.values())
    assert texts["en"].json()["Requests"] == "Requests"
    assert texts["fa"].json()["Requests"] != "Requests"
    assert texts["fa"].json().keys() == texts["en"].json().keys()
    stale = client.get("/api/texts?lang=en&v=older")
    assert (stale.json(), stale.headers["cache-control"]) == (
        texts["en"].json(),
        "private, no-cache",
    )
