"""Work on streets as open data: late, by street, in pages without gaps or doubles."""

from datetime import timedelta
from itertools import chain

import pytest

from api.access.rate_limits import ALLOWANCES, PublicAction
from api.public.open_arguments import box_of, filter_of
from api.public.open_data import WAITING
from tests.api.public.open_city import BASE, open_up
from tests.api.reports.test_council import HOUR, plow, start
from tests.village import BLIND, MAIN_EAST, MAIN_WEST, NOW, ROSE, TULIP

MINUTE = timedelta(minutes=1)
ROUTES = f"{BASE}/maintenance/routes"


@pytest.fixture
def anybody(client, app, sign_in, clock):
    """Somebody without an account; four streets were plowed four hours after the storm began."""
    start(client, sign_in, clock)
    for nth, street in enumerate((MAIN_WEST, MAIN_EAST, TULIP, ROSE)):
        plow(app, NOW + 4 * HOUR + nth * MINUTE, street=street, times=3)
    client.cookies.clear()
    open_up(app)
    clock.moment = NOW + 5 * HOUR
    return client


def features(client, address=ROUTES, **asked):
    answer = client.get(address, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["features"]


def walked(client, address):
    """Return the numbers of all pages from an address on."""
    found = []
    while address:
        page = client.get(address).json()
        found.append([one["properties"]["id"] for one in page["features"]])
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    return found


def test_a_pass_is_a_line_in_the_direction_of_travel_with_digitraffics_fields(anybody, app):
    first = features(anybody)[0]
    said = first["properties"]
    line = app.network.segment(MAIN_WEST).geometry
    assert first["geometry"]["type"] == "LineString"
    assert first["geometry"]["coordinates"][0] == [round(line[0].lon, 6), round(line[0].lat, 6)]
    assert said["tasks"] == ["PLOUGHING_AND_SLUSH_REMOVAL"]
    assert (said["startTime"], said["endTime"]) == ("2026-12-21T07:49:00Z", "2026-12-21T07:50:00Z")
    assert said["sendingTime"] == "2026-12-21T08:05:00Z"
    assert (said["streetId"], said["direction"]) == (MAIN_WEST, 90.0)
    assert "previousId" not in said


def test_nothing_tells_which_machine_it_was(anybody):
    said = features(anybody)[0]["properties"]
    assert set(said) == {
        "id",
        "sendingTime",
        "created",
        "tasks",
        "startTime",
        "endTime",
        "direction",
        "domain",
        "source",
        "streetId",
        "streetName",
    }


def test_passes_of_several_machines_on_a_street_in_one_minute_are_one(anybody, app):
    before = features(anybody)
    plow(app, NOW + 4 * HOUR + timedelta(seconds=20), street=BLIND, times=1)
    plow(app, NOW + 4 * HOUR + timedelta(seconds=40), street=BLIND, times=1)
    after = features(anybody, endBefore="2026-12-21T09:00:00Z")
    assert len(after) == len(before) + 1


def test_pages_hold_every_pass_once(anybody):
    whole = [one["properties"]["id"] for one in features(anybody)]
    pages = walked(anybody, f"{ROUTES}?limit=5")
    assert [len(page) for page in pages] == [5, 5, 2]
    assert list(chain.from_iterable(pages)) == whole == sorted(set(whole))


def test_the_next_page_asks_for_the_same_time_box_and_task(anybody):
    asked = {
        "endFrom": "2026-12-21T07:00:00+00:00",
        "endBefore": "2026-12-21T08:02:00Z",
        "taskId": "PLOUGHING_AND_SLUSH_REMOVAL",
        "limit": 4,
    }
    whole = features(anybody, **{**asked, "limit": 100})
    first = anybody.get(ROUTES, params=asked).json()
    (link,) = first["links"]
    second = anybody.get(link["href"]).json()
    assert whole[:8] == first["features"] + second["features"]
    assert all(one["properties"]["endTime"] < "2026-12-21T08:02:00Z" for one in whole)


def test_a_pass_is_public_when_the_minute_in_which_it_ended_is_as_old_as_the_delay(
    anybody, app, clock
):
    plow(app, NOW + 5 * HOUR - timedelta(seconds=30), street=BLIND, times=1)

    def told():
        return any(one["properties"]["streetId"] == BLIND for one in features(anybody))

    clock.moment = NOW + 5 * HOUR + timedelta(minutes=14, seconds=59)
    assert not told()
    late = anybody.get(f"{ROUTES}/{number_of(BLIND, NOW + 5 * HOUR)}")
    assert late.status_code == 404
    clock.moment = NOW + 5 * HOUR + timedelta(minutes=15)
    assert told()
    alone = anybody.get(late.request.url.path).json()
    assert (alone["properties"]["streetId"], alone["licence"]) == (BLIND, "CC BY 4.0")


def number_of(street, minute):
    return (int(minute.timestamp()) // 60 << 27) | street << 1


def test_the_latest_of_each_street(anybody):
    latest = features(anybody, f"{ROUTES}/latest")
    assert [one["properties"]["streetId"] for one in latest] == [MAIN_WEST, MAIN_EAST, TULIP, ROSE]
    assert len(walked(anybody, f"{ROUTES}/latest?limit=3")) == 2
    assert features(anybody, f"{ROUTES}/latest", endFrom="2026-12-21T08:30:00Z") == []


def test_a_box_and_a_task_choose(anybody, app):
    rose = app.network.segment(ROSE).geometry
    lons, lats = [p.lon for p in rose], [p.lat for p in rose]
    tight = {
        "xMin": min(lons) - 1e-6,
        "yMin": min(lats),
        "xMax": max(lons) + 1e-6,
        "yMax": max(lats),
    }
    streets = {one["properties"]["streetId"] for one in features(anybody, **tight)}
    assert ROSE in streets
    assert MAIN_WEST not in streets
    assert features(anybody, taskId="SALTING") == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"xMin": 45.0}, "yMin"),
        ({"xMin": 46, "yMin": 37, "xMax": 45, "yMax": 38}, "xMax"),
        ({"xMin": "east", "yMin": 37, "xMax": 45, "yMax": 38}, "xMin"),
        ({"endFrom": "yesterday"}, "endFrom"),
        ({"endFrom": "2026-12-21T08:00:00"}, "endFrom"),
        ({"endFrom": "2026-12-20T07:59:00Z", "endBefore": "2026-12-21T08:00:00Z"}, "endBefore"),
        ({"endFrom": "2026-12-21T08:00:00Z", "endBefore": "2026-12-21T08:00:00Z"}, "endBefore"),
        ({"taskId": "PAINTING"}, "taskId"),
        ({"limit": 5001}, "limit"),
        ({"after": -1}, "after"),
    ],
)
def test_what_cannot_be_asked_is_named(anybody, asked, field):
    answer = anybody.get(ROUTES, params=asked)
    assert answer.status_code == 422
    assert answer.json()["error"]["values"]["field"] == field


def test_the_same_answer_is_not_sent_twice(anybody):
    first = anybody.get(ROUTES)
    again = anybody.get(ROUTES, headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert first.headers["content-type"] == "application/geo+json"
    assert "public" in first.headers["cache-control"]
    assert first.json()["licence"] == "CC BY 4.0"


def test_times_within_a_minute_and_boxes_side_by_side_are_one_question():
    def wanted(second, shift):
        box = box_of(45.1231 + shift, 37.5, 45.1289 - shift, 37.6)
        return filter_of(box, None, f"2026-12-21T07:00:{second}Z", f"2026-12-21T08:00:{second}Z")

    one = wanted("59.999999", 0.0004)
    assert one == wanted("01", 0.0)
    assert [one.end_from.minute, *one.box[0], *one.box[1]] == [1, 45.123, 37.5, 45.129, 37.6]
    assert box_of(*one.box[0], *one.box[1]) == one.box


def test_who_would_be_the_third_to_wait_is_refused_but_reads_what_is_there(anybody):
    assert anybody.get(ROUTES).status_code == 200
    with WAITING, WAITING:
        refused = anybody.get(ROUTES, params={"limit": 7})
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "answers_busy")
        assert int(refused.headers["retry-after"]) > 0
        assert anybody.get(ROUTES).status_code == 200
    assert anybody.get(ROUTES, params={"limit": 7}).status_code == 200


def test_open_data_has_a_limit_of_its_own_that_is_lower_than_that_of_pages(anybody, app):
    assert ALLOWANCES[PublicAction.OPEN].burst < ALLOWANCES[PublicAction.READ].burst
    app.limits.pace = 1 / ALLOWANCES[PublicAction.OPEN].burst
    assert [anybody.get(ROUTES).status_code for _ in range(2)] == [200, 429]


def test_tasks_have_names_and_the_city_is_the_only_domain(anybody, app):
    tasks = anybody.get(f"{BASE}/maintenance/tasks").json()
    assert [one["id"] for one in tasks] == ["PLOUGHING_AND_SLUSH_REMOVAL", "SALTING"]
    assert tasks[0]["nameEn"] == "plowing"
    assert {"nameFa", "nameAz"} <= tasks[0].keys()
    (domain,) = anybody.get(f"{BASE}/maintenance/domains").json()
    assert domain["name"] == app.city.name
