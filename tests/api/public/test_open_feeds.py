"""Closed streets and storms as open data, and what is told of either while it is turned off."""

import csv
import io
import json
import os
import runpy
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import etree

from api.processes.cached_response import SharedAnswers
from api.public import open_storms
from data.model import Actor, ActorKind
from data.store.database.engine import transaction
from data.store.storms.storms import find_active_storm
from fleet.storms.closures import ClosureWish, close_street, lift_closure
from tests.api.access.test_roles import PUBLIC
from tests.api.public.open_city import BASE, open_up
from tests.api.public.test_public_map import turn_on
from tests.api.reports.test_council import HOUR, end, plow, start
from tests.village import MAIN_WEST, NOW, ORCHARD, ROSE

MINUTE = timedelta(minutes=1)
DISPATCHER = Actor(ActorKind.USER, "dispatcher")
WORDS = "Ali called: ice by the school"
SCHEMAS = Path(os.environ.get("BARFRUB_SHARED_DATA", "../shared/data")) / "datex"
SIT = "{http://datex2.eu/schema/3/situation}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}type"


@pytest.fixture
def anybody(client, app, sign_in, clock):
    """Somebody without an account; four hours after the storm began a street was plowed."""
    start(client, sign_in, clock)
    plow(app, NOW + 4 * HOUR, street=ROSE, times=3)
    client.cookies.clear()
    open_up(app)
    clock.moment = NOW + 5 * HOUR
    return client


def close(app, street=MAIN_WEST, at=NOW + 4 * HOUR, forward=None, until_at=None):
    with transaction(app.engine) as tx:
        wish = ClosureWish(street, forward, at, until_at, WORDS)
        return close_street(tx, DISPATCHER, find_active_storm(tx).id, app.network, wish, at)


def incidents(client):
    answer = client.get(f"{BASE}/closures/cifs.json")
    return [one["incident"] for one in answer.json()["incidents"]]


def test_a_closed_street_is_an_incident_from_junction_to_junction(anybody, app):
    closed = close(app, until_at=NOW + 8 * HOUR)
    (one,) = incidents(anybody)
    line = app.network.segment(MAIN_WEST).geometry
    assert one["id"] == f"closure-{closed.id}"
    assert (one["type"], one["direction"]) == ("ROAD_CLOSED", "BOTH_DIRECTIONS")
    assert one["polyline"].startswith(f"{line[0].lat:.6f} {line[0].lon:.6f} ")
    assert one["polyline"].endswith(f" {line[-1].lat:.6f} {line[-1].lon:.6f}")
    assert one["starttime"] == "2026-12-21T11:30:00+03:30"
    assert one["endtime"] == "2026-12-21T15:30:00+03:30"
    assert WORDS not in json.dumps(one)


def test_a_direction_that_is_closed_runs_with_the_traffic(anybody, app):
    close(app, forward=False)
    (one,) = incidents(anybody)
    line = app.network.segment(MAIN_WEST).geometry
    assert one["direction"] == "ONE_DIRECTION"
    assert one["polyline"].startswith(f"{line[-1].lat:.6f} {line[-1].lon:.6f} ")
    assert one["endtime"] == "2026-12-23T00:00:00+03:30"


def test_closures_come_and_go_late(anybody, app, clock):
    closed = close(app, at=NOW + 5 * HOUR)
    assert incidents(anybody) == []
    clock.moment = NOW + 5 * HOUR + 15 * MINUTE
    assert len(incidents(anybody)) == 1
    with transaction(app.engine) as tx:
        lift_closure(tx, DISPATCHER, closed.id, clock.moment)
    clock.moment += 14 * MINUTE
    assert len(incidents(anybody)) == 1
    clock.moment += MINUTE
    assert incidents(anybody) == []


def test_xml_says_the_same_as_json(anybody, app):
    close(app)
    answer = anybody.get(f"{BASE}/closures/cifs.xml")
    (found,) = ElementTree.fromstring(answer.content)
    said = {"id": found.get("id"), **{part.tag: part.text for part in found}}
    assert [said] == incidents(anybody)


def situations(client):
    answer = client.get(f"{BASE}/datex2/situations.xml")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/xml"
    return answer.content


def test_datex_tells_work_of_the_last_hour_and_closed_streets(anybody, app):
    close(app, street=ORCHARD)
    plow(app, NOW + 4 * HOUR + 30 * MINUTE, street=ROSE, times=1)
    top = ElementTree.fromstring(situations(anybody))
    records = list(top.iter(f"{SIT}situationRecord"))
    assert [one.get(XSI) for one in records] == [
        "sit:MaintenanceWorks",
        "sit:RoadOrCarriagewayOrLaneManagement",
    ]
    work, closed = records
    assert work.get("id") == f"work-{ROSE}-forward"
    assert work.findtext(f"{SIT}roadMaintenanceType") == "snowploughsInUse"
    kind = closed.findtext(f"{SIT}roadOrCarriagewayOrLaneManagementType")
    assert kind == "roadClosed"


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schemas of DATEX II are not beside us")
def test_datex_keeps_to_the_schemas(anybody, app):
    schema = etree.XMLSchema(file=str(SCHEMAS / "DATEXII_3_D2Payload.xsd"))
    schema.assertValid(etree.fromstring(situations(anybody)))
    close(app, street=ORCHARD)
    close(app, forward=False, until_at=NOW + 9 * HOUR)
    plow(app, NOW + 4 * HOUR + 30 * MINUTE, street=ROSE, times=1)
    schema.assertValid(etree.fromstring(situations(anybody)))


def rows(client, storm_id):
    text = client.get(f"{BASE}/storms/{storm_id}/streets.csv").text
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text))}


def test_a_storm_has_its_streets_as_files(anybody, app, tmp_path):
    (storm,) = anybody.get(f"{BASE}/storms").json()["storms"]
    rose = rows(anybody, storm["id"])[str(ROSE)]
    assert rose["cleared_forward_at"] == "2026-12-21T08:00:00+00:00"
    geojson = anybody.get(storm["files"]["geojson"]).json()
    assert len(geojson["features"]) == len(app.network.segments)
    assert geojson["licence"] == "CC BY 4.0"
    layer = tmp_path / "streets.gpkg"
    layer.write_bytes(anybody.get(storm["files"]["gpkg"]).content)
    with closing(sqlite3.connect(layer)) as file:
        count = file.execute("SELECT count(*) FROM streets").fetchone()
    assert count == (len(app.network.segments),)


def test_a_storm_that_goes_on_is_as_late_as_all_else(anybody, app, clock):
    (storm,) = anybody.get(f"{BASE}/storms").json()["storms"]
    plow(app, NOW + 5 * HOUR, street=MAIN_WEST, times=2)
    clock.moment = NOW + 5 * HOUR + 14 * MINUTE
    assert rows(anybody, storm["id"])[str(MAIN_WEST)]["cleared_forward_at"] == ""
    clock.moment = NOW + 5 * HOUR + 16 * MINUTE
    assert rows(anybody, storm["id"])[str(MAIN_WEST)]["cleared_forward_at"] != ""


@pytest.fixture
def over(anybody, client, sign_in, clock):
    """The addresses of the files of a storm that everybody may know all of."""
    (storm,) = anybody.get(f"{BASE}/storms").json()["storms"]
    end(client, sign_in, clock, storm["id"], NOW + 6 * HOUR)
    client.cookies.clear()
    clock.moment = NOW + 6 * HOUR + 16 * MINUTE
    return storm["files"]


def tags(client, files):
    answers = {ending: client.get(address) for ending, address in files.items()}
    assert {one.status_code for one in answers.values()} == {200}
    return {ending: one.headers["etag"] for ending, one in answers.items()}


def forget(app):
    """Answers are gone from memory, as after a start."""
    app.boards.open_files = SharedAnswers()


def test_files_of_a_storm_that_is_over_are_made_once(anybody, app, over, clock, monkeypatch):
    known = tags(anybody, over)
    clock.moment += 3 * HOUR
    open_up(app, delay_min=30)
    with monkeypatch.context() as patch:
        patch.delattr(open_storms, "write_streets")
        assert tags(anybody, over) == known
        forget(app)
        assert tags(anybody, over) == known
    forget(app)
    shutil.rmtree(app.folder / open_storms.FOLDER)
    assert tags(anybody, over) == known


def test_what_comes_late_of_a_storm_that_is_over_is_in_its_files(anybody, app, over, clock):
    known = tags(anybody, over)
    clock.moment += HOUR
    plow(app, NOW + 5 * HOUR, street=ORCHARD, times=3)
    changed = tags(anybody, over)
    assert all(changed[ending] != tag for ending, tag in known.items())


def test_storms_come_in_pages_and_not_before_the_delay_is_over(anybody, client, sign_in, clock):
    (first,) = anybody.get(f"{BASE}/storms").json()["storms"]
    end(client, sign_in, clock, first["id"], NOW + 6 * HOUR)
    second = start(client, sign_in, clock, NOW + 7 * HOUR, "Second snow")
    client.cookies.clear()
    clock.moment = NOW + 7 * HOUR + 14 * MINUTE
    assert len(anybody.get(f"{BASE}/storms").json()["storms"]) == 1
    assert anybody.get(f"{BASE}/storms/{second}/streets.csv").status_code == 404
    clock.moment = NOW + 7 * HOUR + 15 * MINUTE
    page = anybody.get(f"{BASE}/storms?limit=1").json()
    (link,) = page["links"]
    last = anybody.get(link["href"]).json()
    assert [one["id"] for one in (*page["storms"], *last["storms"])] == [first["id"], second]
    assert last["links"] == []


def test_nothing_is_told_while_it_is_turned_off(client):
    for _method, path in (one for one in PUBLIC if one[1].startswith(BASE)):
        address = path.format(number=1, storm_id=1, ending="csv")
        answer = client.get(address)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_public"), path


def test_the_index_lists_every_feed_with_licence_delay_and_formats(anybody, app):
    answer = anybody.get(BASE)
    said = answer.json()
    assert (said["city"], said["licence"], said["delay_min"]) == (app.city.name, "CC BY 4.0", 15)
    feeds = {one["address"]: one for one in said["feeds"]}
    assert feeds.keys() | {BASE} == {path for _method, path in PUBLIC if path.startswith(BASE)}
    storms = feeds[f"{BASE}/storms"]
    assert (storms["parameters"], storms["formats"]) == (["limit", "after"], ["application/json"])
    assert all(one["what"] and one["formats"] for one in feeds.values())
    files = feeds[f"{BASE}/storms/{{storm_id}}/streets.{{ending}}"]
    assert "csv · geojson · gpkg · parquet" in files["what"]
    assert anybody.get(said["requests"]).status_code == 200
    again = anybody.get(BASE, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert "Accept-Language" in again.headers["vary"]
    licensed = [anybody.get(one) for one in feeds if "{" not in one]
    assert {one.headers["link"] for one in licensed} == {f'<{BASE}>; rel="license"'}


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Open data"), ("fa", "دادهٔ باز"), ("az", "Açıq məlumat")]
)
def test_a_browser_gets_the_index_as_a_page_without_scripts(anybody, language, title):
    accepted = {"accept": "text/html", "accept-language": language}
    page = anybody.get(BASE, headers=accepted)
    assert f"<h1>{title}</h1>" in page.text
    assert f'href="{BASE}/closures/cifs.xml"' in page.text
    assert "CC BY 4.0" in page.text
    assert "<script" not in page.text


def test_public_pages_and_the_councils_lead_to_the_open_data_where_there_is_any(
    anybody, app, sign_in
):
    link, html = f'href="{BASE}?lang=en"', {"accept": "text/html"}
    open_up(app, shows_map=True)
    for address in ("/map?lang=en", "/street?lang=en"):
        assert link in anybody.get(address, headers=html).text
    assert 'href="/map?lang=en"' in anybody.get(f"{BASE}?lang=en", headers=html).text
    sign_in("council")
    assert '"open_data": true' in anybody.get("/council").text
    turn_on(app)
    assert link not in anybody.get("/street?lang=en", headers=html).text
    assert '"open_data": false' in anybody.get("/council").text


def test_the_client_in_the_docs_reads_every_feed_and_nothing_twice(anybody, app):
    close(app, until_at=NOW + 8 * HOUR)
    statuses = []

    def fetch(path, headers):
        answer = anybody.get(path, headers=headers)
        statuses.append(answer.status_code)
        return answer.status_code, answer.headers["etag"], answer.content

    client = runpy.run_path("docs/open-data-client.py")
    city = client["OpenData"](fetch)
    lines = list(client["report"](city))
    assert lines[0] == "3 passes in the last day"
    assert lines[1].endswith("until 2026-12-21T15:30:00+03:30")
    assert lines[2:] == [
        "2 situations in DATEX II",
        "storm 1: 1 of 12 streets cleared",
        "storm 1, features: 12 streets",
        "storm 1, layer: 12 streets",
        "storm 1, table: 12 streets",
    ]
    assert set(statuses) == {200}
    statuses.clear()
    assert list(client["report"](city)) == lines
    assert set(statuses) == {304}
