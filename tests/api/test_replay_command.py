"""`barfrub replay`: a log becomes history, the same by every door, and never twice."""

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest

from api.app import create_app
from api.commands.replay import replay
from api.log_replay import make_ready
from api.log_sender import send_log, wait_for_digestion
from data.store.engine import reading
from data.store.fleet import list_vehicles
from data.store.positions import list_between
from data.store.storms import list_storms
from fleet.log_files import read_log
from tests.api.lived_in_city import open_at, rows_of, run
from tests.fleet.drives import a_drive
from tests.village import NOW, a_vehicle

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
    assert f"0 fixes are new, {len(read_log(log))} were known" in again.output
    kept = ("position", "pass", "coverage", "job", "event", "storm", "vehicle")
    assert {name: rows_of(city_folder)[name] for name in kept} == {n: tables[n] for n in kept}


def test_a_run_that_was_cut_off_goes_on(city_folder, log, tmp_path):
    lines = log.read_text().splitlines()
    half = tmp_path / "half.csv"
    half.write_text("\n".join(lines[: len(lines) // 2]) + "\n")
    fixes = read_log(half)
    engine = open_at(city_folder)
    make_ready(engine, {"Truck 1"}, fixes[0].fixed_at, NOW, storm="January")
    engine.dispose()

    said = run(replay, log, "--storm", "January")

    assert said.exit_code == 0, said.output
    assert len(rows_of(city_folder)["storm"]) == 1


def test_over_the_door_it_is_the_same(city_folder, log, settings, clock):
    clock.moment = NOW + HOUR
    fixes, engine = read_log(log), open_at(city_folder)
    ready = make_ready(engine, {"Truck 1"}, fixes[0].fixed_at, NOW, storm="January")

    async def sent():
        web = create_app(settings, city_folder, clock)
        transport = httpx.ASGITransport(web)
        async with (
            web.router.lifespan_context(web),
            httpx.AsyncClient(transport=transport, base_url="http://village") as client,
        ):
            outcome = await send_log(client, fixes, ready.tokens, None, print)
            await wait_for_digestion(engine, print)
            return outcome

    outcome = asyncio.run(sent())
    over_the_door = facts_of(city_folder)
    engine.dispose()
    again = run(replay, log, "--storm", "January")

    assert (outcome.stored, outcome.repeated, outcome.refused.total()) == (len(fixes), 0, 0)
    assert again.exit_code == 0, again.output
    assert "0 fixes are new" in again.output
    assert facts_of(city_folder) == over_the_door


def facts_of(folder):
    """What a log leaves: fixes, and how often each street was passed."""
    tables = rows_of(folder)
    return len(tables["position"]), [row[:4] for row in tables["coverage"]]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--map", "Truck 1"], "--map"),
        (["--map", "Truck 9=Truck 2"], "a vehicle of the log"),
        (["--speed", "fast"], "--speed"),
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
