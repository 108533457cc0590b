"""What a council member sees first: worst streets, places to reach, fairness, their own ward."""

from datetime import timedelta

import pytest

from data.model import District
from data.store.database.engine import transaction
from data.store.streets.districts import save_districts
from tests.api.reports.test_council import HOUR, call, end, plow, start
from tests.village import NOW, ROSE


@pytest.fixture
def at_five(client, app, sign_in, clock):
    """The council, five hours into a storm in which one street was cleared and one asked for."""
    start(client, sign_in, clock)
    call(client, sign_in, clock, NOW + HOUR)
    plow(app, NOW + 4 * HOUR, street=ROSE)
    clock.moment = NOW + 5 * HOUR
    sign_in("council")
    return client


def test_late_streets_and_places_are_named_with_how_long_they_wait(at_five):
    attention = at_five.get("/api/council").json()["attention"]
    first = attention["streets"][0]
    assert (first["names"]["en"], first["service_class"]) == ("Imam Street", "P1")
    assert (first["late_s"], first["never"]) == (2 * 3600.0, True)
    (school,) = attention["sites"]
    assert (school["kind"], school["names"]["en"]) == ("school", "Alborz School")
    assert attention["counts"] == [{"kind": "school", "district": "", "sites": 1, "late": 1}]


def test_fairness_tells_streets_that_were_asked_for_from_the_others(at_five):
    fair = at_five.get("/api/council").json()["fairness"]
    assert fair["asked"]["streets"] == 1
    assert fair["asked"]["streets"] + fair["unasked"]["streets"] == fair["city"]["streets"]
    assert 0 <= fair["city"]["worst"] <= fair["city"]["mean"] < 1
    assert {one["kind"] for one in fair["groups"]} == {"class", "district", "width", "slope"}


def test_the_storms_before_stand_beside_a_storm_after_the_same_time(client, app, sign_in, clock):
    first = start(client, sign_in, clock)
    plow(app, NOW + HOUR)
    end(client, sign_in, clock, first, NOW + 10 * HOUR)
    start(client, sign_in, clock, NOW + 48 * HOUR, "Second snow")
    clock.moment = NOW + 48 * HOUR + timedelta(hours=3, minutes=30)
    sign_in("council")
    now, before = client.get("/api/council").json()["storm_rows"]
    assert (now["storm"]["name"], before["storm"]["name"]) == ("Second snow", "First snow")
    assert 0 < before["now"]["late_m"] < now["now"]["late_m"]
    assert before["gini"] is not None


def test_a_member_keeps_a_district_that_the_page_opens_with(client, app, sign_in):
    with transaction(app.engine) as tx:
        save_districts(tx, [District("North", {"": ("North",)})])
    sign_in("council")
    assert '"own_district": null' in client.get("/council").text
    assert client.post("/api/council/district", json={"district": "North"}).status_code == 204
    assert '"own_district": "North"' in client.get("/council").text
    assert client.post("/api/council/district", json={"district": None}).status_code == 204
    assert '"own_district": null' in client.get("/council").text


def test_a_district_that_the_city_lacks_is_refused_by_its_name(client, app, sign_in):
    sign_in("council")
    answer = client.post("/api/council/district", json={"district": "Atlantis"})
    assert answer.status_code == 422
    assert "Atlantis" in answer.json()["error"]["message"]
