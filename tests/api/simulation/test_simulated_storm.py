import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count, pairwise
from pathlib import Path

import httpx
import pytest

from api.config.settings import Settings
from api.server.app import create_app
from api.simulation.scenario_choice import Person, Script, found_scenario
from api.simulation.simulated_storm import Simulation
from data.errors import BarfrubError, InvalidError
from data.model import (
    LegOutcome,
    LegProgress,
    Message,
    MessageId,
    Position,
    RequestKind,
    RequestState,
    ShiftId,
    StormId,
    VehicleId,
)
from data.policy.message_rules import COME_BACK
from data.store.accounts.accounts import list_devices
from data.store.coverage.coverage import list_coverage
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from data.store.messages.messages import add_message
from data.store.planning.plans import find_published_plan
from data.store.requests.requests import list_requests
from data.store.shifts.shifts import save_progress
from data.store.tracking.positions import list_between, list_unseen
from data.streets.projection import distance_m
from data.training import scenario_from_toml, shipped_scenario
from fleet.alerts.alert_register import WATCH
from fleet.shifts.roster import cancel_shift
from fleet.simulation.taken_up_routes import rest_of
from fleet.tracking.trackers import own_trackers
from tests import village as v
from tests.api.conftest import PASSWORD, StillClock
from tests.api.simulation.conftest import publish_a_plan
from tests.fleet.simulation.test_simulated_trucks import a_route

Scene = Callable[[Simulation, StillClock], Awaitable[None]]
SCRIPT = Script(seed=3, calls_per_hour=120, operator=Person("operator", PASSWORD))


def acted(
    settings: Settings, planned_city: Path, clock: StillClock, scene: Scene, script: Script = SCRIPT
) -> None:
    """Run a scene with a simulation and its server, both in this process."""

    async def act() -> None:
        web = create_app(settings, planned_city, clock)
        engine = database_of(planned_city)
        transport = httpx.ASGITransport(web)
        async with (
            web.router.lifespan_context(web),
            httpx.AsyncClient(transport=transport, base_url="http://village") as client,
        ):
            client.headers["accept"] = "application/json"

            def another() -> httpx.AsyncClient:
                return httpx.AsyncClient(transport=transport, base_url="http://village")

            await scene(Simulation(engine, client, script, another), clock)
        engine.dispose()

    asyncio.run(act())


async def ten_minutes(simulation: Simulation, clock: StillClock) -> None:
    await simulation.begin(print)
    for _ in range(20):
        clock.moment += timedelta(seconds=30)
        await simulation.tick()


def test_a_scenario_says_who_calls_when_and_what_goes_wrong(
    settings: Settings, planned_city: Path, clock: StillClock
) -> None:
    text = 'en = "One", fa = "یک", az = "Bir"'
    scenario = scenario_from_toml(f"""
        lasts_h = 2
        title = {{ {text} }}
        brief = {{ {text} }}
        [[snow]]
        from_h = 0
        until_h = 1
        cm_h = 2
        [[call]]
        at_h = 0.1
        kind = "blocked"
        words.en = "The minister cannot leave {{place}}"
        [[trouble]]
        machine = 1
        from_h = 0
        until_h = 1
        kind = "absent"
    """)

    async def scene(simulation: Simulation, clock: StillClock) -> None:
        await ten_minutes(simulation, clock)
        assert simulation.positions_sent == 0
        clock.moment += timedelta(hours=1)
        await simulation.tick()
        assert simulation.positions_sent > 5

    acted(settings, planned_city, clock, scene, replace(SCRIPT, scenario=scenario))
    engine = database_of(planned_city)
    with transaction(engine) as tx:
        (asked,) = list_requests(tx)
    engine.dispose()
    assert asked.kind is RequestKind.BLOCKED
    assert asked.text.startswith("The minister cannot leave ")
    assert asked.location is not None


def test_a_scenario_is_a_file_or_one_that_ships(tmp_path: Path) -> None:
    assert found_scenario("") is None
    assert found_scenario("power-cut") is shipped_scenario("power-cut")
    with pytest.raises(InvalidError, match="first-night"):
        found_scenario("power-cuts")
    file = tmp_path / "mine.toml"
    file.write_text("lasts_h = 1000")
    with pytest.raises(InvalidError, match=r"mine\.toml"):
        found_scenario(str(file))


def test_what_the_board_shows_came_in_through_the_public_api(
    settings: Settings, planned_city: Path, clock: StillClock
) -> None:
    async def scene(simulation: Simulation, clock: StillClock) -> None:
        await ten_minutes(simulation, clock)
        assert simulation.positions_sent > 50
        assert simulation.calls_sent > 5

    acted(settings, planned_city, clock, scene)
    engine = database_of(planned_city)
    with transaction(engine) as tx:
        asked = list_requests(tx)
        driven = {row.segment_id for row in list_coverage(tx, StormId(1)) if row.evidence}
    engine.dispose()
    assert len(asked) > 5
    assert {request.state for request in asked} >= {RequestState.OPEN}
    assert driven <= {leg.path[0].segment_id for leg in a_route().legs}


def test_a_server_at_another_speed_than_asked_is_refused(
    settings: Settings, planned_city: Path, clock: StillClock
) -> None:
    async def scene(simulation: Simulation, clock: StillClock) -> None:
        with pytest.raises(BarfrubError, match="--speed 30"):
            await simulation.begin(print)

    acted(settings, planned_city, clock, scene, Script(speed=30.0))


def test_an_operator_who_cannot_sign_in_is_an_error(
    settings: Settings, planned_city: Path, clock: StillClock
) -> None:
    async def scene(simulation: Simulation, clock: StillClock) -> None:
        with pytest.raises(BarfrubError, match="cannot sign in"):
            await ten_minutes(simulation, clock)

    acted(settings, planned_city, clock, scene, Script(operator=Person("operator", "no")))


def test_without_an_operator_nobody_calls(
    settings: Settings, planned_city: Path, clock: StillClock
) -> None:
    async def scene(simulation: Simulation, clock: StillClock) -> None:
        await ten_minutes(simulation, clock)
        assert simulation.calls_sent == 0
        assert simulation.positions_sent > 50

    acted(settings, planned_city, clock, scene, Script())


def test_trackers_get_new_tokens_for_each_simulation(planned_city: Path) -> None:
    engine = database_of(planned_city)
    with transaction(engine) as tx:
        first = own_trackers(tx, [v.a_vehicle(1)], "simulated", v.NOW)
        second = own_trackers(tx, [v.a_vehicle(1)], "simulated", v.NOW)
        assert first != second
        assert len(list_devices(tx)) == 1
    engine.dispose()


def test_a_newer_plan_sends_the_trucks_on_from_where_they_are(
    settings: Settings, planned_city: Path, clock: StillClock
) -> None:
    said: list[str] = []

    async def scene(simulation: Simulation, clock: StillClock) -> None:
        await ten_minutes(simulation, clock)
        sent = simulation.positions_sent
        await simulation.look_for_plan(said.append)
        assert said == []
        published = publish_a_plan(planned_city)
        await simulation.look_for_plan(said.append)
        assert said == [f"1 trucks drive plan {published}"]
        clock.moment += timedelta(minutes=10)
        await simulation.tick()
        assert simulation.positions_sent > sent

    acted(settings, planned_city, clock, scene, Script())
    fixes = all_fixes(planned_city)
    assert all(
        distance_m(a.location, b.location) < 100
        for a, b in pairwise(fixes)
        if b.fixed_at - a.fixed_at < timedelta(seconds=6)
    )


def test_a_simulation_that_begins_anew_goes_on_where_the_trucks_are(
    settings: Settings, planned_city: Path, clock: StillClock
) -> None:
    async def five_minutes(simulation: Simulation, clock: StillClock) -> None:
        await simulation.begin(print)
        for _ in range(10):
            clock.moment += timedelta(seconds=30)
            await simulation.tick()

    acted(settings, planned_city, clock, five_minutes, Script())
    again_at = clock.moment
    acted(settings, planned_city, clock, five_minutes, Script())
    fixes = all_fixes(planned_city)
    last = [fix for fix in fixes if fix.fixed_at <= again_at][-1]
    later = [fix for fix in fixes if fix.fixed_at > again_at]
    street = v.village().nearest(last.location, 50.0)
    assert street is not None
    length_m = v.village().segment(street.segment_id).length_m
    assert distance_m(last.location, later[0].location) < length_m + 30


def test_a_truck_that_goes_on_does_no_leg_twice(planned_city: Path) -> None:
    engine = database_of(planned_city)
    with transaction(engine) as tx:
        plan = find_published_plan(tx, StormId(1))
        assert rest_of(tx, plan, v.village(), v.NOW) == plan.routes
        tap = LegProgress(plan.id, ShiftId(1), 1, LegOutcome.DONE, v.NOW, v.NOW)
        save_progress(tx, tap)
        (route,) = rest_of(tx, plan, v.village(), v.NOW)
    engine.dispose()
    assert route.legs == plan.routes[0].legs[2:]


@pytest.mark.parametrize("order", ["recall", "cancel", "plan"])
def test_a_truck_that_is_called_back_drives_home_and_works_no_more(
    settings: Settings, planned_city: Path, clock: StillClock, order: str
) -> None:
    async def scene(simulation: Simulation, clock: StillClock) -> None:
        await simulation.begin(print)
        for _ in range(6):
            clock.moment += timedelta(seconds=30)
            await simulation.tick()
        called(planned_city, order, clock.moment)
        await simulation.look_for_plan(print)
        await simulation.look_for_recalls()
        clock.moment += timedelta(hours=1)
        await simulation.tick()

    acted(settings, planned_city, clock, scene, Script())
    fixes = all_fixes(planned_city)
    later = [fix for fix in fixes if fix.fixed_at > v.NOW + timedelta(minutes=3)]
    assert later
    assert not any(fix.blade for fix in later)


def all_fixes(folder: Path) -> list[Position]:
    """Return what the tracker of the truck has sent, by time."""
    engine = database_of(folder)
    with transaction(engine) as tx:
        day = timedelta(days=1)
        fixes = list_between(tx, VehicleId(1), v.NOW - day, v.NOW + day)
        fixes += list_unseen(tx, 10_000)[0]
    engine.dispose()
    return sorted(fixes, key=lambda fix: fix.fixed_at)


def called(folder: Path, order: str, now: datetime) -> None:
    """Order the truck home, cancel its shift, or publish a plan without it."""
    if order == "plan":
        publish_a_plan(folder, routes=())
        return
    engine = database_of(folder)
    with transaction(engine) as tx:
        if order == "cancel":
            cancel_shift(tx, WATCH, ShiftId(1), now)
        else:
            told = Message(
                MessageId(0), StormId(1), VehicleId(1), ShiftId(1), False, COME_BACK, "sara", now
            )
            add_message(tx, told, b"salt")
    engine.dispose()


def test_a_server_that_cannot_work_for_a_while_is_waited_for(
    planned_city: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = database_of(planned_city)

    async def act() -> None:
        stuck = httpx.MockTransport(lambda _: httpx.Response(503))
        async with httpx.AsyncClient(transport=stuck, base_url="http://village") as client:
            await Simulation(engine, client, SCRIPT, lambda: client).tick()

    asyncio.run(act())
    engine.dispose()
    assert "the server does not answer" in caplog.text


def test_a_round_is_over_when_all_of_it_is_also_where_some_of_it_fails(planned_city: Path) -> None:
    waiting, minutes = 0, count()

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal waiting
        if request.url.path == "/health":
            now = v.NOW + timedelta(minutes=next(minutes))
            return httpx.Response(200, json={"now": now.isoformat(), "speed": 1.0})
        if request.url.path != "/positions":
            raise httpx.ConnectError("the callers' line is dead")
        waiting += 1
        for _ in range(20):
            await asyncio.sleep(0)
        waiting -= 1
        return httpx.Response(200, json={"rejected": 0})

    engine = database_of(planned_city)

    async def act() -> int:
        transport = httpx.MockTransport(answer)
        async with httpx.AsyncClient(transport=transport, base_url="http://village") as client:
            simulation = Simulation(engine, client, SCRIPT, lambda: client)
            await simulation.begin(print)
            for _ in range(1000):
                if not simulation.positions_sent:
                    await simulation.tick()
            assert simulation.positions_sent
            return waiting

    assert asyncio.run(act()) == 0
    engine.dispose()
