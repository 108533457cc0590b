"""`barfrub replay`: a log becomes history, the same by every door, and never twice."""

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest

from api.cli.storms.replay import replay
from api.server.app import create_app
from api.simulation.log_import import close_storm_of_log, make_ready, take_in
from api.simulation.log_sender import send_log, wait_for_digestion
from data.store.database.engine import reading
from data.store.setup.machines import list_vehicles
from data.store.storms.storms import list_storms
from data.store.tracking.positions import list_between
from fleet.setup.log_import import positions_of_log
from fleet.tracking.track_files import read_log
from tests.api.lived_in_city import open_at, rows_of, run
from tests.fleet.drives import a_drive
from tests.village import NOW, a_vehicle
from tests.village_database import copy_city

HOUR = timedelta(hours=1)
LONG_AGO = datetime.fromisoformat("2026-01-10T06:00:00Z") - NOW


@pytest.fixture(autouse=True)
def var(city_folder, monkeypatch):
    monkeypatch.setenv("BARFRUB_VAR", str(city_folder.parent.parent))
    monkeypatch.setenv("BARFRUB_CITY", "village")


@pytest.fixture
def log(tmp_path):
    """Truck 1 plows along the main street four times, on a day in January."""
    lines = ["vehicle,time,lat,lon,speed,blade"]
    for lap, way in enumerate([((0, 0), (600, 0)), ((600, 0), (0, 0))] * 2):
        for fix in a_drive(*way, start_s=300.0 * lap):
            at, place = fix.fixed_at + LONG_AGO, fix.location
            lines.append(f"Truck 1,{at.isoformat()},{place.lat},{place.lon},8,down")
    path = tmp_path / "log.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_log_becomes_a_storm_with_its_own_times(city_folder, log):
    said = run(replay, log, "--storm", "January")

    assert said.exit_code == 0, said.output
    engine = open_at(city_folder)
    with reading(engine) as tx:
        (storm,) = list_storms(tx)
        fixes = list_between(tx, a_vehicle(1).id, storm.started_at, storm.ended_at)
    engine.dispose()
    assert storm.name == "January"
    assert len(fixes) == len(read_log(log))
    tables = rows_of(city_folder)
    assert len(tables["pass"]) > 3
    assert any(row for row in tables["coverage"])


def test_doing_it_again_changes_nothing(city_folder, log):
    run(replay, log, "--storm", "January")
    tables = rows_of(city_folder)

    again = run(replay, log, "--storm", "January")

    assert again.exit_code == 0, again.output
    assert f"0 positions stored, {len(read_log(log))} repeated" in again.output
    after = rows_of(city_folder)
    kept = ("position", "pass", "coverage", "job", "storm", "vehicle")
    assert {name: after[name] for name in kept} == {name: tables[name] for name in kept}
    new = [row[4] for row in after["event"] if row not in tables["event"]]
    assert new == ["device.own_tokens_renewed", "clock.replayed"]


class CutOffError(Exception):
    """Somebody pulled the plug."""


@pytest.fixture
def two_trucks(tmp_path):
    """Two trucks plow the main street at once, over the edge of a half hour."""
    lines = ["vehicle,time,lat,lon,speed,blade"]
    for lap, way in enumerate([((0, 0), (600, 0)), ((600, 0), (0, 0))] * 3):
        for truck, start_s in ((1, 1_200.0), (2, 1_260.0)):
            for fix in a_drive(*way, start_s=start_s + 150 * lap):
                at, place = fix.fixed_at + LONG_AGO, fix.location
                lines.append(f"Truck {truck},{at.isoformat()},{place.lat},{place.lon},8,down")
    path = tmp_path / "two.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def undisturbed(city_folder, two_trucks, monkeypatch):
    """What the log of two trucks leaves in a city where nothing went wrong."""
    copy_city(city_folder, city_folder.with_name("other"))
    monkeypatch.setenv("BARFRUB_CITY", "other")
    said = run(replay, two_trucks, "--storm", "January")
    monkeypatch.setenv("BARFRUB_CITY", "village")
    assert said.exit_code == 0, said.output
    facts = facts_of(city_folder.with_name("other"))
    assert facts["pass"], "the log proves nothing"
    assert facts["coverage"]
    return facts


def facts_of(folder):
    """What a log leaves, without the numbers of rows and the times of their arrival."""
    tables = rows_of(folder)
    return {
        "position": sorted(row[1:5] + row[6:] for row in map(repr_all, tables["position"])),
        "pass": sorted(row[1:] for row in map(repr_all, tables["pass"])),
        "coverage": tables["coverage"],
        "job": tables["job"],
        "storm": tables["storm"],
    }


def repr_all(row):
    return tuple(repr(cell) for cell in row)


@pytest.mark.parametrize("portions", [1, 4])
def test_a_run_that_was_cut_off_goes_on_to_the_same_end(
    city_folder, two_trucks, undisturbed, portions
):
    fixes, engine, told = read_log(two_trucks), open_at(city_folder), []

    def plug(words):
        told.append(words)
        if len(told) == portions:
            raise CutOffError

    at = min(fix.fixed_at for fix in fixes)
    ready = make_ready(engine, {"Truck 1", "Truck 2"}, at, NOW, storm="January")
    positions, _ = positions_of_log(fixes, ready.vehicles, ready.devices, NOW)
    with pytest.raises(CutOffError):
        take_in(engine, ready, positions, plug, at_once=30)
    engine.dispose()

    said = run(replay, two_trucks, "--storm", "January")
    assert said.exit_code == 0, said.output
    assert facts_of(city_folder) == undisturbed


def test_over_a_server_that_dies_in_between_it_is_the_same(
    city_folder, two_trucks, undisturbed, settings, clock
):
    clock.moment = NOW + HOUR
    fixes, engine = read_log(two_trucks), open_at(city_folder)
    first_at, last_at = min(f.fixed_at for f in fixes), max(f.fixed_at for f in fixes)
    ready = make_ready(engine, {"Truck 1", "Truck 2"}, first_at, NOW, storm="January")

    async def sent(some, *, wait):
        web = create_app(settings, city_folder, clock)
        transport = httpx.ASGITransport(web)
        async with (
            web.router.lifespan_context(web),
            httpx.AsyncClient(transport=transport, base_url="http://village") as client,
        ):
            outcome = await send_log(client, some, ready.tokens, None, print)
            if wait:
                await wait_for_digestion(engine, print)
                clock.moment += 3 * HOUR
                web.state.barfrub.consumer.run()
            return outcome

    half = sorted(fixes, key=lambda fix: fix.fixed_at)[: len(fixes) // 2]
    asyncio.run(sent(half, wait=False))
    outcome = asyncio.run(sent(fixes, wait=True))
    close_storm_of_log(engine, ready.storm, last_at)
    engine.dispose()

    assert (outcome.stored, outcome.repeated) == (len(fixes) - len(half), len(half))
    assert not outcome.refused
    assert facts_of(city_folder) == undisturbed


def test_what_the_server_has_is_passed_over_without_waiting(city_folder, log, settings, clock):
    clock.moment = NOW + HOUR
    fixes, engine = read_log(log), open_at(city_folder)
    ready = make_ready(engine, {"Truck 1"}, fixes[0].fixed_at, NOW)

    async def sent():
        web = create_app(settings, city_folder, clock)
        transport = httpx.ASGITransport(web)
        async with (
            web.router.lifespan_context(web),
            httpx.AsyncClient(transport=transport, base_url="http://village") as client,
        ):
            await send_log(client, fixes, ready.tokens, None, print)
            began_s = asyncio.get_running_loop().time()
            outcome = await send_log(client, fixes, ready.tokens, 100.0, print)
            return outcome, asyncio.get_running_loop().time() - began_s

    outcome, took_s = asyncio.run(sent())
    engine.dispose()
    assert outcome.repeated == len(fixes)
    lasted_s = (fixes[-1].fixed_at - fixes[0].fixed_at).total_seconds()
    assert took_s < lasted_s / 100.0 / 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--map", "Truck 1"], "--map"),
        (["--map", "Truck 9=Truck 2"], "a vehicle of the log"),
        (["--speed", "fast"], "--speed"),
        (["--speed", "0x"], "--speed"),
        (["--token", "abc"], "--token"),
        (["--map", "Truck 1=Grader"], "vehicles of this city"),
    ],
)
def test_what_cannot_be_done_is_said(log, words, told):
    said = run(replay, log, *words)
    assert told in str(said.exception)


def test_vehicles_are_renamed_or_created(city_folder, log):
    assert run(replay, log, "--map", "Truck 1=Truck 2").exit_code == 0
    assert run(replay, log, "--map", "Truck 1=Grader", "--create-vehicles").exit_code == 0

    engine = open_at(city_folder)
    with reading(engine) as tx:
        names = {vehicle.name for vehicle in list_vehicles(tx)}
    engine.dispose()
    assert {"Truck 1", "Truck 2", "Grader"} <= names
    assert {row[2] for row in rows_of(city_folder)["position"]} >= {2}


def test_a_city_that_is_open_elsewhere_is_left_alone(client, log):
    said = run(replay, log)
    assert "is open in another program" in str(said.exception)
