"""What a driver's phone keeps before the shift."""

import base64
import gzip

from api.reports.costly_answers import CityBeside
from api.shifts.stored_route import StoredSubject
from data.exchange.basemap import write_basemap
from tests import village as v


def test_a_driver_gets_the_streets_and_the_map_around_the_route_in_one_answer(
    client, app, enter, code
):
    write_basemap(v.village(), v.village_places(), app.folder / "tiles")
    enter(code)
    stored = client.get("/api/drive/stored").json()
    assert stored["network"]["plan_id"] == client.get("/api/drive").json()["plan_id"]
    assert stored["network"]["version"] == app.network.version
    assert {v.MAIN_WEST, v.MILL} <= {street[0] for street in stored["network"]["streets"]}
    tiles = stored["tiles"]["streets"]["tiles"]
    assert {address.split("/")[0] for address in tiles} == {"10", "11", "12", "13", "14", "15"}
    assert b"streets" in gzip.decompress(base64.b64decode(next(iter(tiles.values()))))


def test_a_layer_that_cannot_be_read_is_left_out_and_the_streets_come(client, app, enter, code):
    write_basemap(v.village(), v.village_places(), app.folder / "tiles")
    (app.folder / "tiles" / "streets.pmtiles").write_bytes(b"PMTiles\x02")
    enter(code)
    stored = client.get("/api/drive/stored").json()
    assert v.MILL in {street[0] for street in stored["network"]["streets"]}
    assert "streets" not in stored["tiles"]


def test_a_phone_hears_that_other_streets_are_closed_than_it_stored(driver, plan):
    stored = driver.get("/api/drive/stored").json()["network"]
    assert driver.get("/api/drive/proved").json()["closed"] == stored["closed"]
    report = {"key": "blocked-1", "plan_id": plan.id, "leg": 1}
    assert driver.post("/api/shifts/1/blockages", json=report).status_code == 200
    heard = driver.get("/api/drive/proved").json()["closed"]
    assert heard != stored["closed"]
    assert driver.get("/api/drive/stored").json()["network"]["closed"] == heard


def test_a_process_beside_the_server_makes_the_same(driver, app):
    beside = CityBeside(app.engine, app.folder, app.clock)
    assert driver.get("/api/drive/stored").content == beside.made(StoredSubject(1))


def test_nobody_else_gets_it(client, sign_in, plan):
    assert client.get("/api/drive/stored").status_code == 401
    sign_in("operator")
    assert client.get("/api/drive/stored").status_code == 403


def test_a_driver_without_a_route_is_told_so_before_anything_is_made(
    client, enter, code, app, monkeypatch
):
    from data.store.database.engine import transaction
    from data.store.schema import plan

    enter(code)
    with transaction(app.engine) as tx:
        tx.execute(plan.update().values(state="superseded"))
    asked = []
    monkeypatch.setattr(app.answers, "made", lambda subject, _: asked.append(subject))
    assert client.get("/api/drive/stored").status_code == 404
    assert asked == []
