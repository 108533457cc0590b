"""The public map: off until it is turned on, late, and without anybody or any machine."""

import json
import re
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from api.access.rate_limits import PublicAction
from api.public.public_map import wanted
from api.server.readiness import get_ready
from data.model import Actor, ActorKind
from data.policy.city_policy import DEFAULT_POLICY
from data.store.database.engine import transaction
from fleet.setup.city_setup import set_policy
from tests.api.reports.test_council import HOUR, plow, start
from tests.village import NOW, ROSE


class DiskGoneError(Exception):
    """What a test has the map's maker fail with."""


SYSTEM = Actor(ActorKind.SYSTEM, "test")
MINUTE = timedelta(minutes=1)
ADDRESS = "/api/public/map"
CLEARED_FORWARD = 3
SCRIPTS = Path("maps/static/js")
SAID = re.compile(r'\bt\("([^"]+)"')


def turn_on(app, delay_min=15):
    """Show the map to everybody, as an administrator does with the policy's form."""
    text = DEFAULT_POLICY.replace("map = false", "map = true")
    text = text.replace("delay_min = 15", f"delay_min = {delay_min}")
    with transaction(app.engine) as tx:
        set_policy(tx, SYSTEM, text, app.network, app.clock.now())
    app.city_state.refresh()


@pytest.fixture
def anybody(client, app, sign_in, clock):
    """Somebody without an account; a street was cleared four hours after the storm began."""
    start(client, sign_in, clock)
    plow(app, NOW + 4 * HOUR, street=ROSE, times=3)
    client.cookies.clear()
    return client


def row_of(client, street=ROSE):
    return next(row for row in client.get(ADDRESS).json()["streets"] if row[0] == street)


def test_nobody_sees_a_map_that_was_not_turned_on(anybody):
    answer = anybody.get(ADDRESS)
    assert answer.status_code == 404
    assert "streets" not in answer.json()
    page = anybody.get("/map?lang=en", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert "does not show this to everybody" in page.text


@pytest.mark.parametrize("language", ["en", "fa", "az"])
def test_the_page_has_every_text_of_its_scripts(anybody, app, language):
    turn_on(app)
    page = anybody.get("/map", params={"lang": language})
    assert page.status_code == 200
    texts = json.loads(page.text.split('id="boot">')[1].split("</script>")[0])["texts"]
    scripts = (SCRIPTS / "public").glob("*.js")
    used = {found for each in scripts for found in SAID.findall(each.read_text("utf-8"))}
    assert used <= texts.keys()
    assert {"class:P1", "state:overdue", "{count} min"} <= texts.keys()


def test_a_street_is_clear_for_everybody_only_when_the_delay_is_over(anybody, app, clock):
    turn_on(app)
    clock.moment = NOW + 4 * HOUR + 14 * MINUTE
    before = row_of(anybody)
    clock.moment = NOW + 4 * HOUR + 16 * MINUTE
    after = row_of(anybody)
    assert before[CLEARED_FORWARD] == 0
    assert after[CLEARED_FORWARD] == (NOW + 4 * HOUR).timestamp()
    assert before[1] != after[1]


def test_a_storm_has_not_begun_for_everybody_before_the_delay_is_over(anybody, app, clock):
    turn_on(app)
    clock.moment = NOW + 10 * MINUTE
    assert anybody.get(ADDRESS).json()["storm"] is None
    clock.moment = NOW + 16 * MINUTE
    assert anybody.get(ADDRESS).json()["storm"]["ended_at"] is None


def test_everybody_gets_the_same_map_and_need_not_load_it_again(anybody, app, clock):
    turn_on(app)
    clock.moment = NOW + 5 * HOUR
    first = anybody.get(ADDRESS)
    again = anybody.get(ADDRESS, headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert "public" in first.headers["cache-control"]


def test_only_who_has_the_map_unpacked_counts_against_a_limit(anybody, app, clock, monkeypatch):
    turn_on(app)
    clock.moment = NOW + 5 * HOUR
    asked = []
    monkeypatch.setattr(app.limits, "enter", lambda action, _: asked.append(action))
    packed = anybody.get(ADDRESS)
    assert asked == []
    plain = anybody.get(ADDRESS, headers={"accept-encoding": "identity"})
    assert asked == [PublicAction.READ]
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content  # which the client has unpacked
    assert plain.headers["etag"] == packed.headers["etag"]


def test_a_server_has_the_map_and_what_pages_of_streets_need_before_anybody_asks(
    anybody, app, monkeypatch, caplog
):
    turn_on(app)
    get_ready(anybody.app)
    assert caplog.text == ""
    monkeypatch.setattr(app.answers, "made", None)  # nothing is made any more
    assert anybody.get(ADDRESS).status_code == 200


def test_the_map_before_is_sent_while_the_next_one_is_made(anybody, app, clock, monkeypatch):
    turn_on(app)
    clock.moment = NOW + 5 * HOUR
    before = anybody.get(ADDRESS)
    plow(app, NOW + 4 * HOUR + 50 * MINUTE, street=ROSE, times=3)
    clock.moment += MINUTE
    begun, go_on = Event(), Event()

    def slow(_subject, here):
        begun.set()
        assert go_on.wait(10)
        return here()

    monkeypatch.setattr(app.answers, "made", slow)
    known = {"if-none-match": before.headers["etag"]}
    assert anybody.get(ADDRESS, headers=known).status_code == 304
    assert begun.wait(10)
    assert anybody.get(ADDRESS, headers=known).status_code == 304
    go_on.set()
    app.boards.public_map.prepare(*wanted(app))
    after = anybody.get(ADDRESS, headers=known)
    assert after.status_code == 200
    assert after.json()["at"] > before.json()["at"]


def test_a_map_that_cannot_be_made_anew_stays_and_says_of_when_it_is(
    anybody, app, clock, monkeypatch
):
    turn_on(app)
    clock.moment = NOW + 5 * HOUR
    before = anybody.get(ADDRESS).json()

    def fails(_subject, _here):
        raise DiskGoneError

    monkeypatch.setattr(app.answers, "made", fails)
    clock.moment += 10 * MINUTE
    assert anybody.get(ADDRESS).json() == before
    clock.moment += 10 * MINUTE
    with pytest.raises(DiskGoneError):
        anybody.get(ADDRESS)


def test_nothing_of_a_machine_or_of_people_is_in_it(anybody, app, clock):
    turn_on(app, delay_min=0)
    clock.moment = NOW + 5 * HOUR
    answer = anybody.get(ADDRESS).json()
    assert set(answer) == {
        "at",
        "delay_min",
        "storm",
        "classes",
        "districts",
        "shares",
        "reloading",
        "streets",
    }
    assert {one["service_class"] for one in answer["shares"]} <= set(answer["classes"])
