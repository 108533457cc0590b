"""A simulated city that nobody touches for a day."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from api.board.board import figures_now
from api.config.settings import Settings
from api.processes.tasks.cycle_task import CycleTask
from api.processes.workers.dispatch_worker import DispatchCache
from api.processes.workers.plan_worker import real_now, solve_run
from api.server.app import create_app
from api.simulation import night_dispatcher, simulated_storm
from api.simulation.drivers.signed_in_client import SignedInClient
from api.simulation.night_dispatcher import NightDispatcher
from api.simulation.scenario_choice import Person, Script
from api.simulation.simulated_storm import Simulation
from api.web.context import App
from data.model import Plan, RequestState, RunKind, StormId
from data.store.audit.audit_log import list_events
from data.store.coverage.coverage import list_plowed_times
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.planning.plan_runs import lease_run, list_recent_runs
from data.store.queue.run_queue import LEASE_S
from data.store.requests.requests import list_requests
from data.store.shifts.shifts import list_shifts
from data.store.storms.storms import get_storm
from fleet.planning.draft_validity import find_waiting_draft
from fleet.planning.plan_lifecycle import publish, store_draft
from fleet.routes.published_plan import Estimates, PublishedPlanCache
from fleet.simulation.simulated_weather import fallen_cm
from fleet.storms.storm_start import start_storm
from maps.board.board import BoardFiguresView
from tests import village as v
from tests.api.conftest import PASSWORD, StillClock
from tests.api.replanning.test_replans import NEVER
from tests.stories.test_first_storm import Never
from tests.village_database import DISPATCHER, POLICY

STEP = timedelta(minutes=10)
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
SCRIPT = Script(
    seed=3,
    calls_per_hour=3,
    operator=Person("operator", PASSWORD),
    dispatcher=Person("dispatcher", PASSWORD),
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_storm, "ALIGN_S", -1.0)
    monkeypatch.setattr(night_dispatcher, "SEARCH_S", (1.0, 1.0))
    monkeypatch.setattr("fleet.replanning.replan_requests.SECONDS", 0.1)


def let_workers_work(app: App, desk: DispatchCache) -> None:
    """Let everything run once that runs beside the server."""
    app.consumer.run()
    app.alert_task.run()
    CycleTask(app.engine, app.clock, app.city_state, app.hub).run()
    while desk.work(NEVER):
        pass
    with transaction(app.engine) as tx:
        run = lease_run(tx, real_now(), LEASE_S, {RunKind.PLAN})
    if run is not None:
        quick = replace(run, seconds=0.5)
        solve_run(app.engine, app.network, quick, app.clock, Never())


@pytest.fixture
def begun(city_folder: Path, solved: Plan) -> Path:
    """The village's folder, with a storm and a plan that is driven."""
    engine = database_of(city_folder)
    with transaction(engine) as tx:
        start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
        draft = store_draft(tx, DISPATCHER, solved, v.NOW)
        publish(
            tx, DISPATCHER, draft.id, Estimates(PublishedPlanCache(), v.village(), POLICY), v.NOW
        )
    engine.dispose()
    return city_folder


def let_a_day_pass(settings: Settings, folder: Path, clock: StillClock) -> list[BoardFiguresView]:
    """Let a city go on alone for a day; return the figures on its board, hour by hour."""
    web = create_app(settings, folder, clock)
    app: App = web.state.barfrub
    hours: list[BoardFiguresView] = []

    def client() -> httpx.AsyncClient:
        transport = httpx.ASGITransport(web)
        return httpx.AsyncClient(transport=transport, base_url="http://village")

    async def act() -> None:
        async with web.router.lifespan_context(web), client() as trackers:
            for task in (app.replay_task, app.consumer, app.alert_task):
                task.stop()
            desk = DispatchCache(app.engine, app.clock, 1)
            simulation = Simulation(app.engine, trackers, SCRIPT, client)
            await simulation.begin(print)
            while clock.moment < v.NOW + DAY:
                clock.moment += STEP
                await simulation.tick()
                await asyncio.to_thread(let_workers_work, app, desk)
                await simulation.look_for_plan(print)
                if clock.moment.minute == v.NOW.minute:
                    hours.append(figures_now(app))

    asyncio.run(act())
    return hours


def test_a_city_goes_on_by_itself_for_a_day(
    settings: Settings, begun: Path, clock: StillClock
) -> None:
    hours = let_a_day_pass(settings, begun, clock)
    assert len(hours) == DAY // HOUR
    assert all(hour.figures.open_requests <= 10 for hour in hours)
    for place in range(4):
        late = [hour.classes[place].late_m > 0 for hour in hours]
        assert sum(late) <= 8, late
    assert [one.late_m for one in hours[-1].classes] == [0.0] * 4

    engine = database_of(begun)
    with reading(engine) as tx:
        asked = list_requests(tx)
        shifts = list_shifts(tx, StormId(1))
        snowfall = get_storm(tx, StormId(1)).snowfall
        verbs = Counter(event.verb for event in list_events(tx))
        outdated = [find_waiting_draft(tx, run) for run in list_recent_runs(tx, StormId(1), 0)]
        worked_at = max(at for _, _, at in list_plowed_times(tx, StormId(1)))
    engine.dispose()
    assert len(asked) > 50
    placed = [one for one in asked if one.location is not None]
    assert len(placed) >= 0.95 * len(asked)
    answered = [one for one in asked if one.state is RequestState.DONE]
    assert len(answered) >= 0.8 * len(asked)
    assert max(shift.ends_at for shift in shifts) > v.NOW + DAY
    assert len(shifts) >= 8
    assert snowfall[-1][1] == pytest.approx(10 * fallen_cm(snowfall[-1][0] - v.NOW), abs=5)
    assert worked_at > v.NOW + DAY - 3 * HOUR
    assert verbs["cycle.began"] > 5
    assert verbs["plan.published"] > 5
    assert sum(draft is not None and draft.outdated for draft in outdated) <= 1


def test_who_is_refused_entry_leaves_the_city_alone(
    settings: Settings, begun: Path, clock: StillClock, caplog: pytest.LogCaptureFixture
) -> None:
    web = create_app(settings, begun, clock)

    async def act() -> None:
        async with (
            web.router.lifespan_context(web),
            httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://v") as client,
        ):
            signed_in = SignedInClient(client, "dispatcher", "no")
            dispatcher = NightDispatcher(signed_in, lambda: 1.0, fallen_cm)
            for _ in range(2):
                clock.moment += HOUR
                await dispatcher.act(clock.moment)

    asyncio.run(act())
    assert caplog.text.count("goes on without a night dispatcher") == 1
    engine = database_of(begun)
    with reading(engine) as tx:
        assert get_storm(tx, StormId(1)).snowfall == ()
    engine.dispose()
