"""A driver checks his machine before the shift; what he finds reaches the board and the records."""

from datetime import timedelta

from data.model import AlertKind
from data.store.alerts import list_open_alerts
from data.store.database.engine import reading, transaction
from data.store.shifts.vehicle_checks import erase_fault_texts, find_check
from tests import village as v

FAULTS = [{"code": "brakes", "text": "The pedal is soft"}, {"code": "radio"}]
URL = "/api/shifts/1/vehicle-check"


def signs(app, clock) -> list[dict[str, object]]:
    """Return the alerts of unfit machines, once those that are over have closed."""
    for _ in range(2):
        app.alert_task.run()
        clock.moment += timedelta(minutes=2)
    with reading(app.engine) as tx:
        found = list_open_alerts(tx)
    return [dict(one.facts) for one in found if one.kind is AlertKind.VEHICLE_FAULT]


def test_a_phone_has_the_points_of_its_machine(client, code, enter):
    enter(code)
    told = client.get("/api/drive").json()
    assert told["check"] is None
    by_code = {one["code"]: one for one in told["points"]}
    assert by_code["brakes"]["grave"]
    assert not by_code["radio"]["grave"]
    assert by_code["lights"]["names"]["fa"] == "چراغ‌ها و چراغ گردان"


def test_a_check_that_comes_twice_is_kept_once_and_shows_on_the_board(
    client, code, enter, app, clock
):
    enter(code)
    tap = {"key": "check-first", "faults": FAULTS}
    first = client.post(URL, json=tap)
    assert first.status_code == 200, first.text
    assert client.post(URL, json=tap).json() == first.json()
    check = first.json()["check"]
    assert check["grave"]
    assert [(one["code"], one["text"]) for one in check["faults"]] == [
        ("brakes", "The pedal is soft"),
        ("radio", ""),
    ]
    assert client.get("/api/drive").json()["check"] == check
    assert [one["en"] for one in signs(app, clock)] == ["Brakes"]

    repaired = client.post(URL, json={"key": "check-second", "faults": [{"code": "radio"}]})
    assert not repaired.json()["check"]["grave"]
    assert signs(app, clock) == []


def test_a_check_without_signal_keeps_its_time_and_comes_even_after_the_shift(
    client, driver, clock, app
):
    clock.moment = v.NOW + timedelta(hours=1)
    assert client.post("/api/shifts/1/end", json={"key": "end-shift"}).status_code == 200
    at = f"{v.NOW + timedelta(minutes=3):%Y-%m-%dT%H:%M:%SZ}"
    late = client.post(URL, json={"key": "check-first", "tapped_at": at, "faults": []})
    assert late.json()["check"] == {
        "at": at,
        "points": 12,
        "grave": False,
        "faults": [],
    }
    assert signs(app, clock) == []


def test_a_point_that_left_the_list_is_kept_by_its_code(client, driver):
    kept = client.post(URL, json={"faults": [{"code": "wing"}]}).json()["check"]["faults"]
    assert kept == [{"code": "wing", "names": {"": "wing"}, "grave": False, "text": ""}]


def test_too_many_words_are_refused_and_old_ones_erased(client, driver, app):
    long = [{"code": "radio", "text": "x" * 201}]
    assert client.post(URL, json={"faults": long}).status_code == 422
    client.post(URL, json={"faults": FAULTS})
    with transaction(app.engine) as tx:
        assert erase_fault_texts(tx, v.NOW) == 0
        assert erase_fault_texts(tx, v.NOW + timedelta(days=1)) == 1
        check = find_check(tx, 1)
    assert check is not None
    assert [fault.text for fault in check.faults] == ["", ""]


def test_the_log_says_it_as_a_sentence(client, driver, sign_in):
    client.post(URL, json={"faults": FAULTS})
    sign_in("administrator")
    page = client.get("/audit-log?lang=en", headers={"accept": "text/html"}).text
    assert "checked Truck 1 before the shift and reported faults" in page
