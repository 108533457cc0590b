"""A truck is late and slow, and whoever asks about a street that it comes to hears one time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.model import (
    DirectedSegment,
    Evidence,
    EvidenceKind,
    NoticeKind,
    Pass,
    SegmentId,
    Treatment,
    VehicleId,
)
from data.store.coverage.coverage import replace_reported
from data.store.database.engine import reading, transaction
from data.store.requests.notices import list_notices
from data.store.requests.tracking_codes import find_tracking_code
from data.store.storms.storms import find_active_storm
from tests import village as v
from tests.village_plan import add_published_plan, legs_along

MINUTE = timedelta(minutes=1)
TEHRAN = ZoneInfo("Asia/Tehran")
STREETS = (v.MAIN_WEST, v.MAIN_EAST, v.TULIP, v.MILL, v.ROSE, v.BACK, v.ORCHARD, v.SCHOOL)
"""The first truck's streets, five minutes each; the caller waits on the last one."""

DRIVEN = 6
"""Streets that it has cleared so far, each in eight minutes."""


@pytest.fixture
def storm(app, storm):
    """A storm whose plan is published."""
    with transaction(app.engine) as tx:
        add_published_plan(tx, *legs_along(tx, STREETS, apart=5 * MINUTE))
        return find_active_storm(tx)


def drive_slowly(app, storm, clock):
    """Let the truck clear six streets, and look at the moment at which it has."""
    passes = {}
    for i, street in enumerate(STREETS[:DRIVEN]):
        ended_at = v.NOW + (i + 1) * 8 * MINUTE
        passes[DirectedSegment(SegmentId(street), True)] = [
            Pass(
                SegmentId(street),
                True,
                0.0,
                v.village().segment(street).length_m,
                VehicleId(1),
                ended_at - MINUTE,
                ended_at,
                Treatment.PLOW,
                Evidence(EvidenceKind.BLADE, 1.0),
            )
        ]
    with transaction(app.engine) as tx:
        replace_reported(tx, storm.id, passes)
    clock.moment = v.NOW + DRIVEN * 8 * MINUTE
    app.alert_task.run()


def clock_time(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(TEHRAN).strftime("%H:%M")


def asked_for(client, street: int, **more) -> dict:
    words = {"kind": "plow", "text": "snow", "segment_id": street, "lon": 45.07, "lat": 37.55}
    return client.post("/requests", json=words | more).json()


def told_by_desk(client, asked) -> dict:
    return client.get(f"/api/requests/{asked['id']}/answer").json()["window"]


def told_by_board(client, street: int) -> set[str]:
    of_street = client.get(f"/api/board/streets/{street}").json()["visits"]
    last_run = client.get("/api/board/trucks/1").json()["runs"][-1]
    return {clock_time(one["expected_at"]) for one in [*of_street, last_run]}


def told_by_driver(client, sign_in) -> str:
    client.post("/api/shifts/1/code", json={"login": "driver"})
    sign_in("driver")
    return clock_time(client.get("/api/drive").json()["stages"][-1]["expected_at"])


def tracked(client, app, asked) -> str:
    with reading(app.engine) as tx:
        code = find_tracking_code(tx, asked["id"])
    return client.get(
        "/track", params={"reference": asked["reference"], "code": code, "lang": "en"}
    ).text


def told_by_open311(client, asked) -> str:
    (record,) = client.get(f"/open311/v2/requests/{asked['reference']}.json").json()
    return clock_time(record["expected_datetime"])


def told_by_message(app, asked) -> tuple[str, str]:
    with reading(app.engine) as tx:
        facts = [
            each.facts for each in list_notices(tx, asked["id"]) if each.kind is NoticeKind.PLANNED
        ]
    return clock_time(facts[-1]["from"]), clock_time(facts[-1]["until"])


def test_everybody_tells_one_time_of_a_late_and_slow_truck(client, app, storm, clock, sign_in):
    asked = asked_for(client, STREETS[-1])
    drive_slowly(app, storm, clock)
    window = told_by_desk(client, asked)
    expected = clock_time(window["expected_at"])
    # Eighteen minutes late after six streets, and each of the two ahead takes eight minutes.
    assert expected == (v.NOW + 64 * MINUTE).astimezone(TEHRAN).strftime("%H:%M")
    assert told_by_board(client, STREETS[-1]) == {expected}
    assert told_by_open311(client, asked) == expected
    begin, end = (clock_time(window[name]) for name in ("from_at", "to_at"))
    assert begin <= expected <= end
    assert f"between {begin} and {end}" in tracked(client, app, asked)
    assert told_by_driver(client, sign_in) == expected


def test_a_promise_made_now_and_the_desks_answer_after_saving_are_one_window(
    client, app, storm, clock
):
    drive_slowly(app, storm, clock)
    place = {"kind": "plow", "segment_id": STREETS[-1]}
    before = client.get("/api/answer", params=place).json()["window"]
    asked = asked_for(client, STREETS[-1])
    clock.moment += 4 * MINUTE
    app.alert_task.run()
    after = told_by_desk(client, asked)
    assert (after["from_at"], after["to_at"]) == (before["from_at"], before["to_at"])


def test_the_window_that_was_read_out_is_promised_though_the_truck_fell_behind_meanwhile(
    client, app, storm, clock
):
    drive_slowly(app, storm, clock)
    place = {"kind": "plow", "segment_id": STREETS[-1]}
    heard = client.get("/api/answer", params=place).json()["window"]
    said = {name: heard[name] for name in ("from_at", "to_at")}
    clock.moment += 9 * MINUTE
    app.alert_task.run()
    fresh = client.get("/api/answer", params=place).json()["window"]
    assert fresh["to_at"] != heard["to_at"]
    caller = {"caller_phone": "+989141234567", "consent": True, "language": "en"}
    asked = asked_for(client, STREETS[-1], window=said, **caller)

    after = told_by_desk(client, asked)
    begin, end = (clock_time(said[name]) for name in ("from_at", "to_at"))
    assert {name: after[name] for name in said} == said
    assert f"between {begin} and {end}" in tracked(client, app, asked)
    assert begin <= told_by_open311(client, asked) <= end
    assert told_by_message(app, asked) == (begin, end)


def test_a_window_of_another_hour_is_not_promised_because_somebody_sent_it(
    client, app, storm, clock
):
    drive_slowly(app, storm, clock)
    place = {"kind": "plow", "segment_id": STREETS[-1]}
    now = client.get("/api/answer", params=place).json()["window"]
    said = {"from_at": "2030-01-01T10:00:00+00:00", "to_at": "2030-01-01T11:00:00+00:00"}

    assert told_by_desk(client, asked_for(client, STREETS[-1], window=said)) == now
