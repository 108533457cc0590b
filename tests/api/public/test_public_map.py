"""The public map: off until it is turned on, late, and without anybody or any machine."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from api.access.rate_limits import PublicAction
from data.model import Actor, ActorKind
from data.policy.city_policy import DEFAULT_POLICY
from data.store.database.engine import transaction
from fleet.setup.city_setup import set_policy
from tests.api.reports.test_council import HOUR, plow, start
from tests.village import NOW, ROSE

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


def test_who_is_sent_a_map_that_is_made_already_comes_up_against_no_limit(
    anybody, app, clock, monkeypatch
):
    turn_on(app)
    clock.moment = NOW + 5 * HOUR
    asked = []
    monkeypatch.setattr(app.limits, "enter", lambda action, _: asked.append(action))
    for _ in range(3):
        anybody.get(ADDRESS)
    assert asked == [PublicAction.READ]
    clock.moment += MINUTE
    anybody.get(ADDRESS)
    assert asked == 2 * [PublicAction.READ]


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
