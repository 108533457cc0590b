"""Callers and their words go when their time is over; the audit log stays whole."""

from datetime import timedelta

from pysqlite3 import dbapi2

from api.cli.setup.apikey import add_key, list_keys, revoke
from api.cli.setup.erase import erase
from api.config.settings import Settings
from data.files.photos import photo_path, save_photo
from data.model import Actor, ActorKind, RequestId
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import reading, transaction
from data.store.followup.comments import add_comment
from data.store.requests.partners import list_partner_reports
from data.store.requests.request_photos import list_request_photos
from data.store.requests.requests import find_caller, get_request
from fleet.accounts.api_keys import find_key, make_key
from fleet.context import CityContext
from fleet.requests.data_retention import ERASED
from fleet.requests.intake import Report
from fleet.requests.partners import Extras, receive_from
from fleet.requests.placing import locate
from tests.pictures import a_picture
from tests.village import NOW, village

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
        caller_phone="0914",
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


def words_in_file(app) -> bytes:
    path = app.folder / "barfrub.sqlite"
    connection = dbapi2.connect(str(path), isolation_level=None, timeout=240)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.read_bytes()


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


def test_what_is_erased_cannot_be_read_from_the_file_either(app):
    told(app, OLD)
    assert b"Karimi" in words_in_file(app)
    app.retention_task.erase()
    assert b"Karimi" not in words_in_file(app)


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
