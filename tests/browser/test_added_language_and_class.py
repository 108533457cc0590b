"""A language and a class of service that are data alone, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store.database.engine import transaction
from fleet.setup.city_setup import set_policy
from tests.api.lived_in_city import SYSTEM
from tests.api.setup.test_added_class import WITH_P5
from tests.browser.conftest import Visit
from tests.pseudo_language import DIGITS, spoken

pytestmark = pytest.mark.browser


@pytest.fixture
def server(tmp_path: Path, server: str) -> Iterator[str]:
    """The village's server, whose pages speak one language more."""
    with spoken(tmp_path / "locale"):
        yield server


def open_in(visit: Visit, login: str, path: str, language: str, ready: str) -> None:
    cookie = {"name": "barfrub_language", "value": language, "url": visit.server}
    visit.page.context.add_cookies([cookie])
    visit.come_in(login)
    visit.go(path)
    visit.page.wait_for_selector(ready)


def test_main_pages_open_in_a_language_of_a_folder(visit):
    for login, path, ready in (
        ("dispatcher", "/board", "board-next .next-action"),
        ("operator", "/operator", "#text"),
        ("driver", "/drive", "main"),
        ("council", "/council", "main"),
    ):
        open_in(visit, login, path, "qps", ready)
        assert visit.page.get_attribute("html", "lang") == "qps"
        assert "⟦" in visit.page.inner_text("body")
        if login == "dispatcher":
            clock = visit.page.locator("board-strip .clock strong")
            assert set(clock.inner_text()) <= {*DIGITS, ":"}
    assert visit.complaints == []


def test_the_map_of_classes_shows_an_added_class(visit):
    with transaction(visit.city.engine) as tx:
        set_policy(tx, SYSTEM, WITH_P5, visit.city.network, visit.city.clock.now())
    visit.city.city_state.refresh()
    open_in(visit, "administrator", "/classes", "en", "#streets .row")

    assert "P5" in visit.page.inner_text("classes-side, .words")
    visit.go("/setup/policy")
    visit.page.wait_for_selector("table.levels")
    assert "P5, quiet lanes" in visit.page.inner_text("table.levels")
    assert visit.complaints == []
