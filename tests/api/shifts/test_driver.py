import re
from datetime import timedelta
from typing import Any

import pytest

from api.access.code_limit import BY_ADDRESS
from data.files.photos import MOST_BYTES
from data.files.voice_notes import MOST_BYTES as MOST_VOICE_BYTES
from data.model import PlanState, Role, ShiftId
from data.store.accounts.accounts import find_device_by_name, find_user_by_login
from data.store.database.engine import reading, transaction
from data.store.planning.plans import set_plan_state, set_published
from data.store.schema import shift as shift_table
from data.store.shifts.shifts import get_shift, list_progress
from data.store.tracking.positions import list_last
from fleet.shifts.shift_progress import UNDO_WITHIN
from tests import village as v
from tests.pictures import a_picture
from tests.village_plan import add_published_plan

JPEG, PNG, WEBP = (a_picture(kind) for kind in ("JPEG", "PNG", "WEBP"))
WEBM, MP4, OGG = b"\x1a\x45\xdf\xa3 note", b"\0\0\0\x20ftypM4A note", b"OggS note"
PAGE = {"accept": "text/html"}


def test_a_code_lets_a_driver_in_and_shows_him_his_route(client, code, enter):
    answer = enter(code)
    assert (answer.status_code, answer.headers["location"]) == (303, "/drive")
    assert "js/shifts/driver/main.js" in client.get("/drive", headers=PAGE).text
    route = client.get("/api/drive").json()
    assert (route["shift_id"], route["state"], route["vehicle"]) == (1, "planned", "Truck 1")
    assert [stage["kind"] for stage in route["stages"]] == ["drive", "work", "work"]


def test_a_driver_without_a_route_sees_his_shift(client, code, enter, app, plan):
    enter(code)
    with transaction(app.engine) as tx:
        set_plan_state(tx, plan.id, PlanState.SUPERSEDED)
    told = client.get("/api/drive").json()
    assert (told["shift_id"], told["plan_id"], told["stages"]) == (1, None, [])
    with transaction(app.engine) as tx:
        add_published_plan(tx)
    told = client.get("/api/drive").json()
    assert (told["shift_id"], told["stages"]) == (1, [])


def test_persian_digits_are_as_good(code, enter):
    persian = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert enter(f"{persian[:4]} {persian[4:]}").status_code == 303


def test_a_wrong_code_says_what_to_do_and_too_many_are_refused(client, code, enter):
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    first = enter(wrong)
    assert first.status_code == 401
    assert "از مسئول اعزام کد تازه بگیرید" in first.text
    assert client.get("/api/drive").status_code == 401
    for _ in range(int(BY_ADDRESS.burst) - 1):
        enter(wrong)
    assert enter(code).status_code == 429


def test_a_code_needs_the_anti_forgery_token(client, code):
    client.cookies.clear()
    client.headers.pop("x-csrf-token", None)
    client.get("/drive", headers=PAGE)
    assert client.post("/drive", data={"code": code, "csrf": "x"}).status_code == 403


def test_a_new_code_signs_the_old_phone_out(client, sign_in, code, enter):
    enter(code)
    phone = dict(client.cookies)
    sign_in("dispatcher")
    client.post("/api/shifts/1/code", json={})
    client.cookies.clear()
    client.cookies.update(phone)
    assert client.get("/api/drive").status_code == 401


def test_a_dispatcher_may_say_who_drives(client, sign_in, plan, app):
    sign_in("dispatcher")
    given = client.post("/api/shifts/2/code", json={"login": "driver"}).json()
    assert given["login"] == "driver"
    assert re.fullmatch(r"\d{8}", given["code"])
    assert client.post("/api/shifts/2/code", json={"login": "operator"}).status_code == 409
    assert client.get("/api/drivers").json() == ["driver"]
    with transaction(app.engine) as tx:
        named = find_user_by_login(tx, "driver")
        assert get_shift(tx, 2).driver_id == named.id


def test_everybody_else_is_asked_for_a_code(client, sign_in, plan):
    for role in Role:
        sign_in(role.value)
        assert 'name="code"' in client.get("/drive", headers=PAGE).text, role
    sign_in("driver")
    assert client.get("/api/drive").status_code == 404
    sign_in("council")
    assert client.get("/api/drive").status_code == 403


def test_a_drivers_first_page_is_his_route(client, sign_in):
    sign_in("driver")
    first = client.get("/", headers=PAGE, follow_redirects=False)
    assert (first.status_code, first.headers["location"]) == (303, "/drive")


def test_the_page_is_dark_at_night_where_nobody_chose(client, clock, plan):
    clock.moment = v.NOW.replace(hour=0)  # 03:30 in the village
    assert 'data-theme="dark"' in client.get("/drive", headers=PAGE).text
    clock.moment = v.NOW.replace(hour=8)  # 11:30
    assert "data-theme" not in client.get("/drive", headers=PAGE).text
    client.cookies["theme"] = "light"
    clock.moment = v.NOW.replace(hour=0)
    assert 'data-theme="light"' in client.get("/drive", headers=PAGE).text


def test_a_tap_is_on_the_board_at_once_and_counts_once(driver, app, plan):
    heard = app.hub.subscribe(lambda: None)
    tap = {"key": "tap-0001", "last": 1}
    path = f"/api/plans/{plan.id}/routes/1/legs/0/complete"
    answers = [driver.post(path, json=tap).json() for _ in range(3)]
    assert answers[1:] == answers[:1] * 2
    assert (answers[0]["done"], answers[0]["total"]) == (2, 3)
    ((kind, (told,)),) = heard.take()
    assert (kind, told.id, told.done, told.street["en"]) == ("legs", 1, 2, "Mill Street")
    states = [stage["state"] for stage in driver.get("/api/drive").json()["stages"]]
    assert states == ["done", "done", "open"]


def test_a_tap_colors_the_street_when_it_can_no_longer_be_taken_back(
    driver, app, plan, clock, sign_in
):
    driver.post(f"/api/plans/{plan.id}/routes/1/legs/1/complete", json={"key": "tap-0001"})
    app.consumer.run()
    heard = app.hub.subscribe(lambda: None)
    app.consumer.run()
    assert "coverage" not in dict(heard.take())
    clock.moment += UNDO_WITHIN
    app.consumer.run()
    assert v.MAIN_EAST in {row[0] for row in dict(heard.take())["coverage"]}
    assert driver.post("/api/shifts/1/undo", json={"key": "undo-0001"}).status_code == 409
    sign_in("dispatcher")
    there, _ = driver.get(f"/api/segments/{v.MAIN_EAST}").json()["directions"]
    assert (there["passes_done"], there["evidence"]["kind"]) == (1, "driver")


def test_what_was_tapped_before_a_new_plan_counts_for_the_plan_it_was_about(
    driver, app, plan, clock
):
    tapped_at = clock.moment
    with transaction(app.engine) as tx:
        set_published(tx, plan.id, tapped_at)
        set_plan_state(tx, plan.id, PlanState.SUPERSEDED)
        *_, mill = plan.routes[0].legs
        add_published_plan(tx, mill)
    clock.moment += UNDO_WITHIN
    held = {"key": "held-0001", "tapped_at": tapped_at.isoformat()}
    answer = driver.post(f"/api/plans/{plan.id}/routes/1/legs/1/complete", json=held)
    assert (answer.status_code, answer.json()["total"]) == (200, 1)
    app.consumer.run()
    with reading(app.engine) as tx:
        (tap,) = list_progress(tx, plan.id, ShiftId(1))
    assert (tap.leg, tap.ended_at, tap.proved) == (1, tapped_at, True)
    report = {"key": "held-0002", "plan_id": plan.id, "leg": 2}
    assert (
        driver.post("/api/shifts/1/blockages", json=report).json()["names"]["en"] == "Mill Street"
    )


def test_a_plan_with_the_same_route_takes_what_was_tapped_before(driver, app, plan):
    with transaction(app.engine) as tx:
        set_plan_state(tx, plan.id, PlanState.SUPERSEDED)
        same = add_published_plan(tx, *plan.routes[0].legs)
    answer = driver.post(f"/api/plans/{plan.id}/routes/1/legs/1/complete", json={})
    assert (answer.json()["plan_id"], answer.json()["done"]) == (same.id, 1)


def test_a_key_of_another_order_answers_for_that_order_only(driver, plan):
    path = f"/api/plans/{plan.id}/routes/1/legs"
    first = driver.post(f"{path}/0/complete", json={"key": "same-key"}).json()
    assert driver.post(f"{path}/1/complete", json={"key": "same-key"}).json() == first
    assert driver.get("/api/drive").json()["stages"][1]["state"] == "open"


def test_a_tap_is_taken_back(driver, plan):
    path = f"/api/plans/{plan.id}/routes/1/legs/0"
    driver.post(f"{path}/skip", json={"key": "tap-0001", "reason": "machine_fault"})
    assert driver.get("/api/drive").json()["stages"][0]["reason"] == "machine_fault"
    assert driver.post("/api/shifts/1/undo", json={"key": "tap-0002"}).json()["skipped"] == 0
    assert driver.get("/api/drive").json()["stages"][0]["state"] == "open"


def test_there_are_ten_reasons_and_no_other(driver, plan):
    answer = driver.post(f"/api/plans/{plan.id}/routes/1/legs/0/skip", json={"reason": "tired"})
    assert answer.status_code == 422


def test_a_shift_that_is_over_lets_nobody_drive_on(driver, code, enter, plan, app):
    assert driver.post("/api/shifts/1/end", json={"key": "end-0001"}).json()["state"] == "ended"
    assert driver.post("/api/shifts/1/end", json={"key": "end-0001"}).json()["state"] == "ended"
    assert "Your shift is over" in driver.get("/drive", headers=PAGE).text
    path = "/api/shifts/1/positions"
    assert driver.post(path, json={"positions": [a_fix(101)]}).status_code == 409
    with reading(app.engine) as tx:
        assert find_device_by_name(tx, "phone-1") is None
    unsent = {"positions": [a_fix(90), a_fix(101)]}
    assert driver.post(path, json=unsent).json()["stored"] == 1
    assert enter(code).status_code == 401


def a_fix(seconds: float = 0, **changes: Any) -> dict[str, Any]:
    at = v.NOW - timedelta(seconds=100 - seconds)
    return {"fixed_at": at.isoformat(), "lon": 45.0705, "lat": 37.55, **changes}


def test_a_phone_is_one_more_tracker(driver, app):
    batch = {"positions": [a_fix(0), a_fix(5, lon=45.071), a_fix(6, lat=100)]}
    answer = driver.post("/api/shifts/1/positions", json=batch).json()
    assert (answer["stored"], answer["needed"]) == (2, True)
    assert answer["rejected"] == [{"index": 2, "reason": "lat"}]
    assert driver.post("/api/shifts/1/positions", json=batch).json()["stored"] == 0
    with transaction(app.engine) as tx:
        (last,) = list_last(tx)
    assert (last.source, last.vehicle_id, last.location.lon) == ("phone", 1, 45.071)


def test_a_phone_knows_nothing_of_blade_and_spreader(driver, app):
    claimed = a_fix(0) | {"blade": True, "spreader": True, "rate_gm2": 20}
    assert driver.post("/api/shifts/1/positions", json={"positions": [claimed]}).json()["stored"]
    with transaction(app.engine) as tx:
        (last,) = list_last(tx)
    assert (last.blade, last.spreader, last.rate_gm2) == (None, None, None)


def test_a_phone_is_not_needed_while_the_machines_tracker_speaks(driver, app):
    from data.model import VehicleId
    from data.store.accounts.accounts import add_device
    from fleet.accounts.accounts import token_digest

    with transaction(app.engine) as tx:
        add_device(tx, "box", VehicleId(1), token_digest("secret-of-the-box"))
    bearer = {"Authorization": "Bearer secret-of-the-box"}
    driver.post("/positions", json={"positions": [a_fix(60)]}, headers=bearer)
    near = driver.post("/api/shifts/1/positions", json={"positions": [a_fix(90)]}).json()
    far = driver.post("/api/shifts/1/positions", json={"positions": [a_fix(-120)]}).json()
    both = {"positions": [a_fix(-110), a_fix(30)]}
    late = driver.post("/api/shifts/1/positions", json=both).json()
    assert (near["stored"], near["needed"]) == (0, False)
    assert (far["stored"], far["needed"]) == (1, True)
    assert (late["stored"], late["needed"]) == (1, False)
    app.consumer.run()
    told = driver.get("/api/drive/proved").json()
    assert [one["lon"] for one in told["track"]] == [pytest.approx(a_fix(60)["lon"])]
    assert (told["next_leg"], told["proved"]) == (0, [])


def test_a_driver_sends_for_his_own_machine_only(driver):
    answer = driver.post("/api/shifts/2/positions", json={"positions": [a_fix()]})
    assert answer.status_code == 403


@pytest.fixture
def blocked(driver, plan) -> dict[str, Any]:
    report = {"key": "blocked-1", "plan_id": plan.id, "leg": 1, "lon": 45.0735, "lat": 37.55}
    return driver.post("/api/shifts/1/blockages", json=report).json()


def test_a_blocked_street_is_an_alert_until_somebody_clears_it(blocked, client, sign_in, app):
    assert (blocked["names"]["en"], blocked["vehicle"], blocked["photo"]) == (
        "Imam Street",
        "Truck 1",
        False,
    )
    sign_in("dispatcher")
    assert client.get("/api/blockages").json() == [blocked]
    heard = app.hub.subscribe(lambda: None)
    cleared = client.post(f"/api/blockages/{blocked['id']}/clear").json()
    assert cleared["cleared_at"] is not None
    assert [kind for kind, _ in heard.take()] == ["blockages"]
    assert client.get("/api/blockages").json() == []
    assert client.post(f"/api/blockages/{blocked['id']}/clear").status_code == 409


def test_a_report_that_is_repeated_is_one_blockage(blocked, driver, plan, client, sign_in):
    again = {"key": "blocked-1", "plan_id": plan.id, "leg": 1, "lon": 45.0735, "lat": 37.55}
    assert driver.post("/api/shifts/1/blockages", json=again).json() == blocked
    sign_in("dispatcher")
    assert len(client.get("/api/blockages").json()) == 1


def test_undo_withdraws_the_blockage_too(blocked, driver, client, sign_in, app):
    heard = app.hub.subscribe(lambda: None)
    driver.post("/api/shifts/1/undo", json={"key": "undo-0001"})
    told = dict(heard.take())
    assert [view.cleared_at is None for view in told["blockages"]] == [False]
    sign_in("dispatcher")
    assert client.get("/api/blockages").json() == []


@pytest.mark.parametrize(
    ("content", "kind"), [(JPEG, "image/jpeg"), (PNG, "image/png"), (WEBP, "image/webp")]
)
def test_a_photo_is_served_as_a_picture_to_those_who_dispatch(
    blocked, driver, client, sign_in, app, content, kind
):
    path = f"/api/blockages/{blocked['id']}/photo"
    sent = driver.post(path, content=content, headers={"content-type": "text/html"})
    assert sent.json()["photo"] is True
    assert driver.get(path).status_code == 403
    for role in ("council", "operator"):
        sign_in(role)
        assert client.get(path).status_code == 403
    sign_in("supervisor")
    photo = client.get(path)
    assert (photo.content, photo.headers["content-type"]) == (content, kind)
    assert photo.headers["x-content-type-options"] == "nosniff"
    assert photo.headers["cache-control"] == "no-store"
    (file,) = (app.folder / "photos").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_second_photo_leaves_one_file(blocked, driver, app):
    path = f"/api/blockages/{blocked['id']}/photo"
    for content in (JPEG, PNG):
        assert driver.post(path, content=content).status_code == 200
    assert [file.suffix for file in (app.folder / "photos").iterdir()] == [".png"]


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"GIF89a", b"%PDF-1.4"])
def test_what_is_no_picture_is_refused_and_not_kept(blocked, driver, app, content):
    answer = driver.post(f"/api/blockages/{blocked['id']}/photo", content=content)
    assert answer.status_code == 422
    assert not (app.folder / "photos").exists() or not list((app.folder / "photos").iterdir())


def test_a_photo_that_is_too_large_is_refused(blocked, driver):
    huge = JPEG + bytes(MOST_BYTES)
    assert driver.post(f"/api/blockages/{blocked['id']}/photo", content=huge).status_code == 413


@pytest.mark.parametrize(
    ("content", "kind"),
    [(WEBM, "audio/webm"), (MP4, "audio/mp4"), (OGG, "audio/ogg")],
)
def test_a_voice_note_is_heard_by_those_who_dispatch(
    blocked, driver, client, sign_in, app, content, kind
):
    path = f"/api/blockages/{blocked['id']}/voice"
    heard = app.hub.subscribe(lambda: None)
    assert driver.post(path, content=WEBM + b"first").json()["voice"] is True
    assert driver.post(path, content=content).status_code == 200
    assert [kind for kind, _ in heard.take()] == ["blockages"]
    assert driver.get(path).status_code == 403
    sign_in("council")
    assert client.get(path).status_code == 403
    sign_in("supervisor")
    note = client.get(path)
    assert (note.content, note.headers["content-type"]) == (content, kind)
    assert note.headers["cache-control"] == "no-store"
    assert len(list((app.folder / "photos").iterdir())) == 1


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 422), (JPEG, 422), (WEBM + bytes(MOST_VOICE_BYTES), 413)]
)
def test_what_is_no_voice_note_is_refused_and_not_kept(blocked, driver, app, content, status):
    answer = driver.post(f"/api/blockages/{blocked['id']}/voice", content=content)
    assert answer.status_code == status
    assert not (app.folder / "photos").exists() or not list((app.folder / "photos").iterdir())


def test_a_report_carries_its_reason_and_how_sure_its_place_is(driver, plan):
    report = {"key": "icy-0001", "plan_id": plan.id, "leg": 1, "reason": "ice"}
    report |= {"lon": 45.0735, "lat": 37.55, "accuracy_m": 8.0}
    told = driver.post("/api/shifts/1/blockages", json=report).json()
    assert (told["reason"], told["accuracy_m"], told["voice"]) == ("ice", 8.0, False)
    assert driver.get("/api/drive").json()["stages"][1]["reason"] == "ice"


def test_nobody_photographs_for_another_shift(blocked, driver, app):
    with transaction(app.engine) as tx:
        tx.execute(shift_table.update().where(shift_table.c.id == 1).values(driver_id=None))
    answer = driver.post(f"/api/blockages/{blocked['id']}/photo", content=JPEG)
    assert answer.status_code == 403


def test_the_board_knows_how_far_every_shift_is(driver, plan, client, sign_in):
    driver.post(f"/api/plans/{plan.id}/routes/1/legs/0/complete", json={"key": "tap-0001"})
    sign_in("supervisor")
    first, second = client.get("/api/shifts").json()
    assert (first["done"], first["total"], first["driver"]) == (1, 3, "driver-1")
    assert (second["state"], second["total"], second["street"]) == ("planned", 0, None)


def test_without_a_storm_there_is_nothing_to_show(client, sign_in):
    sign_in("dispatcher")
    assert client.get("/api/shifts").json() == []
    assert client.get("/api/blockages").json() == []
