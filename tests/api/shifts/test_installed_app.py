"""What phones install: manifests, service workers, and the pages that fit them."""

import json

import pytest

from api.web.installed_app import APPS, AppName
from data.languages import languages
from maps.pages.app_files import app_files, integrity


def listed(client, name: str) -> dict[str, object]:
    first = client.get(f"/{name}-worker.js").text.partition("\n")[0]
    return json.loads(first.removeprefix("const APP = ").removesuffix(";"))


@pytest.mark.parametrize("name", ["drive", "crew"])
def test_a_worker_keeps_files_that_are_served_just_so(client, name):
    files = listed(client, name)["files"]
    assert len(files) > 10
    assert [path for path, digest in files if integrity(client.get(path).content) != digest] == []


@pytest.mark.parametrize("name", AppName)
def test_a_worker_keeps_all_that_its_page_begins_with(client, name):
    assert set(APPS[name].entries) <= {path for path, _ in listed(client, name)["files"]}


def test_a_page_that_begins_with_a_file_that_is_not_there_is_no_app():
    with pytest.raises(FileNotFoundError, match=r"shifts/gone\.js"):
        app_files("/static/css/pages/base.css", "/static/js/shifts/gone.js")


def test_a_worker_keeps_the_map_its_worker_and_the_letters_that_the_page_is_written_in(client):
    kept = {path for path, _ in listed(client, "drive")["files"]}
    assert {
        "/style.css",
        "/static/vendor/maplibre-gl/maplibre-gl-worker.mjs",
        "/static/vendor/vazirmatn/webfonts/Vazirmatn-Regular.woff2",
        "/static/js/shifts/driver/main.js",
    } <= kept


@pytest.mark.parametrize("language", sorted(languages()))
def test_a_manifest_speaks_the_language_of_the_page_and_its_pictures_are_there(client, language):
    answer = client.get(f"/drive.{language}.webmanifest")
    manifest = answer.json()
    assert answer.headers["content-type"].startswith("application/manifest+json")
    assert (manifest["lang"], manifest["dir"]) == (language, languages()[language].direction)
    assert (manifest["start_url"], manifest["scope"]) == ("/drive", "/drive")
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).headers["content-type"] == icon["type"]


def test_a_page_says_of_which_version_it_is_and_nobody_elses_page_does(client, enter, code):
    assert "barfrub-app" not in client.get("/drive").headers
    enter(code)
    page = client.get("/drive")
    assert page.headers["barfrub-app"] == f"drive-{listed(client, 'drive')['version']}"
    assert client.get(page.headers["barfrub-texts"]).status_code == 200
    assert '<link rel="manifest" href="/drive.' in page.text


def test_no_other_name_has_a_worker_or_a_manifest(client):
    assert client.get("/board-worker.js").status_code == 404
    assert client.get("/board.en.webmanifest").status_code == 404
