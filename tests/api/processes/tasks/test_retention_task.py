"""Callers and their words go when their time is over; the audit log stays whole."""

import os
from datetime import timedelta

import pytest

from api.cli.setup.apikey import add_key, list_keys, revoke
from api.cli.setup.erase import erase
from api.config.settings import Settings
from api.processes.city_state import CityStateHolder
from api.processes.tasks.retention_task import RetentionTask
from data.files.photos import photo_path, save_photo
from data.files.voice_notes import save_voice
from data.model import (
    Actor,
    ActorKind,
    Blockage,
    BlockageId,
    PlanId,
    RequestId,
    RouteAnswer,
    SegmentId,
    ShiftId,
    StormId,
    StormPhase,
    VehicleId,
)
from data.model.roster import AnswerState, DeclineReason
from data.store.audit.audit_log import broken_links, list_events
from data.store.database import sqlite_engine
from data.store.database.engine import is_shared, reading, transaction
from data.store.followup.comments import add_comment
from data.store.requests.data_retention import requests_of_number
from data.store.requests.owed_rewrites import list_owed_rewrites, settle_rewrites
from data.store.requests.partners import list_partner_reports
from data.store.requests.request_photos import list_request_photos
from data.store.requests.requests import find_caller, get_request
from data.store.shifts.blockages import add_blockage, list_open_blockages
from data.store.shifts.route_answers import find_answer, save_answer
from data.store.storms.storms import close_storm
from fleet.accounts.api_keys import find_key, make_key
from fleet.context import CityContext
from fleet.requests.data_retention import ERASED, PERSON_ERASED
from fleet.requests.intake import Report
from fleet.requests.partners import Extras, receive_from
from fleet.requests.placing import locate
from tests import postgres
from tests import village as v
from tests.api.lived_in_city import run
from tests.pictures import a_picture
from tests.village import NOW, village
from tests.village_plan import add_published_plan

ADMIN = Actor(ActorKind.USER, "administrator")
OLD = NOW - timedelta(days=91)
PIXEL = a_picture()


def told(app, at):
    """A request with everything that may be known about a person."""
    pin = village().point_at(4, 30.0)
    report = Report(
        channel="open311",
        kind="plow",
        text="Mrs Karimi, School Street 7",
        location=pin._replace(lon=pin.lon + 0.0003),
        caller_name="Karimi",
        caller_phone="0914 123 4567",
    )
    photo = save_photo(app.folder, PIXEL)
    with transaction(app.engine) as tx:
        key, _ = make_key(tx, ADMIN, f"Site {at}", "x", at)
        extras = Extras({"title": ("Karimi",)}, ("https://fix.example/1",), "7", "8", (photo,))
        asked, _ = receive_from(tx, key, report, extras, at)
        add_comment(tx, asked.id, "operator", "Karimi rang again", at)
        locate(
            CityContext(tx, app.network, app.policy, at), ADMIN, asked.id, app.geocoder, app.plans
        )
    return asked.id, photo


def words_in_files(app) -> bytes:
    """The bytes of the database and of its write-ahead log, as a thief of the disk reads them."""
    if is_shared(app.engine):
        return postgres.bytes_of_tables(app.engine).lower()
    files = (app.folder / name for name in ("barfrub.sqlite", "barfrub.sqlite-wal"))
    return b"".join(file.read_bytes() for file in files if file.exists()).lower()


def test_what_is_known_about_people_goes_in_time_and_what_was_done_stays(app):
    old, old_photo = told(app, OLD)
    fresh, fresh_photo = told(app, NOW)
    erased = app.retention_task.erase()
    assert (erased.callers, erased.requests, erased.photos) == (1, 1, (old_photo,))
    with reading(app.engine) as tx:
        gone, kept = get_request(tx, old), get_request(tx, fresh)
        assert find_caller(tx, old) is None
        assert find_caller(tx, fresh) is not None
        left = list_partner_reports(tx, [old])[old]
        assert list_request_photos(tx, [old, fresh]) == {fresh: [fresh_photo]}
        events = list_events(tx)
    assert (gone.text, gone.address, gone.reference) == ("", "", "B-0001")
    assert gone.snap is not None
    assert village().nearest(gone.location, 50.0).distance_m < 0.1
    assert village().nearest(kept.location, 50.0).distance_m > 5
    assert (left.attributes, left.media_urls, left.account_id) == ({}, (), "")
    assert not photo_path(app.folder, old_photo).exists()
    assert photo_path(app.folder, fresh_photo).exists()
    assert broken_links(events) == []
    (line,) = [each for each in events if each.verb == ERASED]
    assert line.after == {"callers": 1, "requests": 1, "photos": 1}
    assert app.retention_task.erase().requests == 0


def test_what_is_erased_cannot_be_read_from_the_files_either(app):
    told(app, OLD)
    assert b"karimi" in words_in_files(app)
    app.retention_task.erase()
    assert app.retention_task.overwrite()
    assert b"karimi" not in words_in_files(app)


def owed(app):
    with reading(app.engine) as tx:
        return set(list_owed_rewrites(tx))


def another_task(app):
    """Return the task of another server, or of this one after a restart."""
    return RetentionTask(
        app.engine, app.clock, CityStateHolder(app.engine), app.settings, app.folder
    )


def test_a_request_to_erase_leaves_the_overwriting_to_who_leads(app, client, sign_in):
    told(app, NOW)
    sign_in("administrator")
    client.post("/api/people/erase", json={"name": "karimi"})
    assert {"request", "caller"} <= owed(app)
    assert another_task(app).step() == 0.0
    assert not owed(app)
    assert b"karimi" not in words_in_files(app)


@pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")
def test_no_table_is_written_anew_in_a_storm_nor_one_without_an_erasure(app, client, sign_in):
    told(app, OLD)
    sign_in("dispatcher")
    storm_id = client.post("/api/storms", json={"name": "First snow"}).json()["id"]
    app.retention_task.erase()
    assert not app.retention_task.overwrite()
    assert "request" in owed(app)
    assert not {"message", "handover_note", "blockage"} & owed(app)
    with transaction(app.engine) as tx:
        close_storm(tx, storm_id, StormPhase.CLOSED, NOW)
    assert another_task(app).overwrite()
    assert not owed(app)


def test_a_table_from_which_more_was_erased_meanwhile_is_still_owed(app):
    told(app, OLD)
    app.retention_task.erase()
    with transaction(app.engine) as tx:
        before = list_owed_rewrites(tx)
    told(app, OLD - timedelta(days=1))
    app.retention_task.erase()
    with transaction(app.engine) as tx:
        settle_rewrites(tx, before)
    assert "request" in owed(app)


@pytest.mark.sqlite
def test_a_reader_in_the_way_does_not_keep_an_erasure_from_ending(app, monkeypatch):
    monkeypatch.setattr(sqlite_engine, "EMPTY_MS", 1)
    told(app, OLD)
    with reading(app.engine) as tx:
        get_request(tx, RequestId(1))
        assert app.retention_task.erase().requests == 1
        assert not app.retention_task.overwrite()
        assert "request" in owed(app)
    assert app.retention_task.overwrite()


def test_words_of_drivers_go_with_those_of_callers(app, client, sign_in):
    sign_in("dispatcher")
    client.post("/api/storms", json={"name": "First snow"})
    with transaction(app.engine) as tx:
        for at in (OLD, NOW):
            found = Blockage(
                BlockageId(0),
                StormId(1),
                SegmentId(4),
                VehicleId(1),
                ShiftId(1),
                at,
                v.at_m(0, 0),
                "the car of Mrs Karimi",
                voice=save_voice(app.folder, b"OggS the voice of a driver"),
            )
            add_blockage(tx, found)
            plan_id = add_published_plan(tx).id
            answer = AnswerState.DECLINED, DeclineReason.OTHER, "Karimi is ill"
            save_answer(tx, RouteAnswer(plan_id, ShiftId(1), *answer, at, "driver"))
    app.retention_task.erase()
    with reading(app.engine) as tx:
        blockages = list_open_blockages(tx, StormId(1))
        answers = [find_answer(tx, PlanId(one), ShiftId(1)) for one in (1, 2)]
        (line,) = [each for each in list_events(tx) if each.verb == ERASED]
    assert [one.text for one in blockages] == ["", "the car of Mrs Karimi"]
    assert blockages[0].voice == ""
    assert [one.name for one in (app.folder / "photos").iterdir()] == [blockages[1].voice]
    assert [one.text for one in answers if one] == ["", "Karimi is ill"]
    assert line.after["reports"] == 2


@pytest.mark.parametrize(
    "sought", [{"phone": "۰۹۱۴ ۱۲۳ ۴۵۶۷"}, {"name": "karimi"}], ids=["by phone", "by name"]
)
def test_one_person_is_erased_at_their_request(app, client, sign_in, sought):
    hers, photo = told(app, NOW)
    sign_in("operator")
    other = {"kind": "plow", "text": "snow", "caller_name": "Sara", "caller_phone": "09120000000"}
    client.post("/requests", json=other)
    with transaction(app.engine) as tx:
        assert requests_of_number(tx, "9141234567") == [hers]
    assert client.post("/api/people/erase", json=sought).status_code == 403
    sign_in("administrator")
    assert client.get("/setup/erasure", headers={"accept": "text/html"}).status_code == 200
    assert client.post("/api/people/look-up", json=sought).json() == {
        "requests": 1,
        "photos": 0,
        "watches": 0,
    }
    done = client.post("/api/people/erase", json=sought)
    assert done.json() == {"requests": 1, "photos": 1, "watches": 0}
    with reading(app.engine) as tx:
        assert find_caller(tx, hers) is None
        assert get_request(tx, hers).text == ""
        assert find_caller(tx, RequestId(hers + 1)) is not None
        events = list_events(tx)
    (line,) = [each for each in events if each.verb == PERSON_ERASED]
    assert line.after == {"callers": 1, "requests": [hers], "photos": 1}
    assert not any(word in str(events).lower() for word in ("karimi", "9141234567"))
    assert not photo_path(app.folder, photo).exists()
    nothing = {"requests": 0, "photos": 0, "watches": 0}
    assert client.post("/api/people/erase", json=sought).json() == nothing


def test_nobody_is_erased_without_a_name_or_a_number(client, sign_in):
    sign_in("administrator")
    for nobody in ({}, {"name": " "}, {"phone": "12"}):
        assert client.post("/api/people/erase", json=nobody).status_code == 422


def test_the_console_erases_one_person(lived_in, app):
    told(app, NOW)
    assert "No request is from this caller." in run(erase, "--name", "nobody").output
    kept = run(erase, "--name", "Karimi")
    assert kept.exit_code == 1  # nobody said yes
    done = run(erase, "--phone", "09141234567", "--yes")
    assert "Erased: 1 callers, words of 1 requests, 1 photos." in done.output


def test_the_console_erases_and_gives_out_keys(lived_in, capsys):
    assert Settings().callers_kept_days == 90
    erase()
    assert capsys.readouterr().out.startswith("Erased: ")
    add_key("FixMyStreet", "team@fix.example")
    text = capsys.readouterr().out.split()[-1]
    list_keys()
    assert "in use" in capsys.readouterr().out
    revoke("FixMyStreet")
    list_keys()
    assert "revoked" in capsys.readouterr().out
    from api.config.console import open_city_database

    with reading(open_city_database(lived_in)) as tx:
        assert find_key(tx, text) is None


def test_an_administrator_gives_out_a_key_once_and_ends_it(client, sign_in):
    sign_in("dispatcher")
    assert client.get("/api/api-keys").status_code == 403
    sign_in("administrator")
    wanted = {"name": "FixMyStreet", "contact": "team@fix.example"}
    made = client.post("/api/api-keys", json=wanted)
    assert made.status_code == 201
    assert client.post("/api/api-keys", json=wanted).status_code == 409
    (row,) = client.get("/api/api-keys").json()
    assert "text" not in row
    report = {"api_key": made.json()["text"], "service_code": "plow", "address_id": "4"}
    assert client.post("/open311/v2/requests.json", data=report).status_code == 201
    ended = client.post(f"/api/api-keys/{row['id']}/revoke")
    assert ended.json()["revoked_at"]
    assert client.post("/open311/v2/requests.json", data=report).status_code == 403
    assert client.post(f"/api/api-keys/{row['id']}/revoke").status_code == 409
    assert client.get("/setup/systems", headers={"accept": "text/html"}).status_code == 200


def test_after_an_erasure_there_is_no_caller_to_look_at(client, sign_in, app):
    old, _ = told(app, OLD)
    app.retention_task.erase()
    sign_in("operator")
    assert client.get(f"/api/requests/{RequestId(old)}/caller").status_code == 404


def test_files_of_photos_that_no_row_names_are_removed_a_day_later(app):
    _, named = told(app, NOW)
    orphan, young = save_photo(app.folder, PIXEL), save_photo(app.folder, PIXEL)
    for name in (named, orphan):
        os.utime(photo_path(app.folder, name), (0, 0))
    assert app.retention_task.prune_photos() == 1
    left = {name: photo_path(app.folder, name).exists() for name in (named, orphan, young)}
    assert left == {named: True, orphan: False, young: True}
