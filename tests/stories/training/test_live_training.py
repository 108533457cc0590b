"""A whole training: two trainees play, the simulation plays the rest, an instructor leads."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.config.settings import Settings
from api.config.training_clock import TrainingClock
from api.processes.workers.dispatch_worker import DispatchCache
from api.server.app import create_app
from api.simulation.drivers.signed_in_client import SignedInClient
from api.simulation.night_dispatcher import PATIENCE
from api.simulation.scenario_choice import Person, Script
from api.simulation.simulated_storm import Simulation
from api.web.context import App
from data.store.audit.audit_log import list_events
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.setup.city import get_policy_text, set_policy_text
from data.training.players import DISPATCHER, OPERATOR
from tests.api.simulation.test_a_day_alone import let_workers_work
from tests.conftest import PASSWORD
from tests.rehearsed import a_sandbox

MINUTE = timedelta(minutes=1)
SCRIPT = Script(
    operator=Person(OPERATOR, PASSWORD),
    dispatcher=Person(DISPATCHER, PASSWORD),
)


class Hand:
    """A monotonic clock that the test moves on."""

    def __init__(self) -> None:
        self.ns = time.monotonic_ns()

    def __call__(self) -> int:
        return self.ns

    def move(self, by: timedelta) -> None:
        self.ns += by // timedelta(microseconds=1) * 1_000


@dataclass
class Scene:
    """A training that runs: its server, its simulation, and those who take part."""

    app: App
    hand: Hand
    simulation: Simulation
    operator: SignedInClient
    dispatcher: SignedInClient
    instructor: SignedInClient

    async def go_on(self, minutes: int, step: timedelta = MINUTE) -> None:
        """Let time go by, with all that runs beside the server."""
        desk = DispatchCache(self.app.engine, self.app.clock, 1)
        for _ in range(minutes * MINUTE // step):
            self.hand.move(step)
            await self.simulation.look_for_plan(print)
            await self.simulation.tick()
            await asyncio.to_thread(let_workers_work, self.app, desk)

    async def stands(self) -> dict[str, Any]:
        """Return what the instructor's page shows."""
        answer: dict[str, Any] = (await self.instructor.get("/api/training/instructor")).json()
        return answer

    def verbs_of(self, login: str) -> list[str]:
        """Return what somebody did, by the audit log."""
        with reading(self.app.engine) as tx:
            return [line.verb for line in list_events(tx) if line.actor.id == login]


type Act = Callable[[Scene], Awaitable[None]]


@pytest.fixture
def hourly(city_folder: Path) -> None:
    """Every street is due an hour after it was plowed, with the first centimetre."""
    engine = database_of(city_folder)
    with transaction(engine) as tx:
        rules = re.sub(r"(cycle_h|trigger_cm) = \d+", r"\1 = 1", get_policy_text(tx))
        set_policy_text(tx, rules)
    engine.dispose()


@pytest.fixture
def play(city_folder: Path, password_hash: str) -> Callable[[Act], None]:
    """Play a scene in a sandbox of the village."""
    sandbox = a_sandbox(city_folder, players_hash=password_hash)
    hand = Hand()
    clock = TrainingClock(sandbox.folder, hand)

    async def act(scene: Act) -> None:
        web = create_app(Settings(var=sandbox.folder), sandbox.city_folder, clock)
        app: App = web.state.barfrub

        def client() -> httpx.AsyncClient:
            transport = httpx.ASGITransport(web)
            return httpx.AsyncClient(transport=transport, base_url="http://village")

        def person(login: str) -> SignedInClient:
            return SignedInClient(client(), login, PASSWORD)

        async with web.router.lifespan_context(web), client() as trackers:
            for task in (app.replay_task, app.consumer, app.alert_task):
                task.stop()
            simulation = Simulation(app.engine, trackers, SCRIPT, client)
            await simulation.begin(print)
            people = (person(login) for login in ("operator", "dispatcher", "supervisor"))
            await scene(Scene(app, hand, simulation, *people))

    return lambda scene: asyncio.run(act(scene))


def plain(text: str) -> str:
    return re.sub("[\u2066-\u2069]", "", text)


async def answered(scene: Scene) -> dict[str, Any]:
    """Let the trainee at the phone take the call that rings, and record it as it was said."""
    ringing = (await scene.operator.get("/api/training/calls")).json()["ringing"]
    taken = await scene.operator.post(f"/api/training/calls/{ringing[0]['id']}/take", {})
    words = taken.json()["line"]["words"]
    offered = (await scene.operator.get("/api/geocode", q=words)).json()
    place = {name: offered[0][name] for name in ("lon", "lat", "segment_id")} if offered else {}
    told = {"kind": "blocked", "text": words, "call_id": ringing[0]["id"]} | place
    asked: dict[str, Any] = (await scene.operator.post("/requests", told)).json()
    return asked


async def planned(scene: Scene) -> None:
    """Let the trainee at the board make a plan and publish it."""
    await scene.dispatcher.post("/api/plans", {"seconds": 1})
    await scene.go_on(1)
    board = (await scene.dispatcher.get("/api/board")).json()
    draft = next(run["draft"] for run in board["runs"] if run["draft"])
    published = await scene.dispatcher.post(f"/api/plans/{draft['plan_id']}/publish", {})
    assert published.status_code == 200, published.text


async def a_training(scene: Scene) -> None:
    await scene.instructor.post("/api/training/clock", {"paused": False})
    words = {"en": "{place}: an ambulance is stuck"}
    call = {"at_h": 0.05, "kind": "blocked", "words": words}
    await scene.instructor.post("/api/training/events", {"kind": "call", "details": call})
    await scene.go_on(5)
    (first,) = (await scene.stands())["calls"]
    assert (first["state"], first["taken_by"]) == ("ended", "The simulation")

    await scene.operator.post("/api/training/seats", {"role": "operator"})
    await scene.dispatcher.post("/api/training/seats", {"role": "dispatcher"})
    await scene.go_on(2 * PATIENCE // MINUTE)
    assert not any(verb.startswith("plan") for verb in scene.verbs_of(DISPATCHER))

    await planned(scene)
    await scene.go_on(15)
    assert scene.simulation.positions_sent > 10

    await scene.instructor.post("/api/training/clock", {"paused": True})
    another = call | {"at_h": 0.6}
    await scene.instructor.post("/api/training/events", {"kind": "call", "details": another})
    await scene.dispatcher.get("/routes", order="late")
    stands = await scene.stands()
    (board,) = (one for one in stands["seats"] if one["login"] == "dispatcher")
    assert (board["page"], board["page_name"]) == ("/routes?order=late", "Planned vs actual")
    with pytest.raises(httpx.HTTPStatusError):
        await scene.dispatcher.get("/requests/none-such")
    (board,) = (one for one in (await scene.stands())["seats"] if one["login"] == "dispatcher")
    assert board["page"] == "/routes?order=late"
    standing = stands["now"]
    await scene.go_on(10)
    assert (await scene.stands())["now"] == standing
    assert not (await scene.operator.get("/api/training/calls")).json()["ringing"]
    await scene.instructor.post("/api/training/clock", {"paused": False})
    await scene.go_on(4)
    asked = await answered(scene)
    await scene.instructor.post("/api/training/notes", {"words": "Asked nothing about danger"})

    stands = await scene.stands()
    (mine,) = (one for one in stands["calls"] if one["taken_by"] == "operator")
    assert (mine["state"], mine["reference"]) == ("ended", asked["reference"])
    assert {one["kind"] for one in stands["moments"]} == {"scenario", "added", "act", "note"}
    done = [plain(one["words"]) for one in stands["moments"] if one["kind"] == "act"]
    assert any(words.startswith("dispatcher published") for words in done), done
    assert any(words.startswith("operator") for words in done), done
    assert {one["login"]: one["role"] for one in stands["seats"]} == {
        "operator": "operator",
        "dispatcher": "dispatcher",
    }

    await scene.operator.post("/api/training/seats/leave", {"role": "operator"})
    last = call | {"at_h": 0.7}
    await scene.instructor.post("/api/training/events", {"kind": "call", "details": last})
    await scene.go_on(10)
    assert (await scene.stands())["calls"][0]["taken_by"] == "The simulation"


def test_two_trainees_and_an_instructor_play_a_storm(play: Callable[[Act], None]) -> None:
    play(a_training)


type Robot = Callable[[Scene], Awaitable[None]]


async def perfect(scene: Scene) -> None:
    """See to what the board names and to each alert, every ten minutes."""
    board = (await scene.dispatcher.get("/api/board")).json()
    action = board["figures"]["next_action"]
    if action["kind"] == "plan":
        await scene.dispatcher.post("/api/plans", {"seconds": 1})
    elif action["kind"] == "publish":
        await scene.dispatcher.post(f"/api/plans/{action['plan_id']}/publish", {})
    for alert in (await scene.dispatcher.get("/api/alerts")).json():
        if alert["acknowledged_at"] is None:
            await scene.dispatcher.post(f"/api/alerts/{alert['id']}/acknowledge", {})
    await scene.go_on(10, 10 * MINUTE)


async def careless(scene: Scene) -> None:
    """Sit at the board without a plan."""
    await scene.dispatcher.get("/api/board")
    await scene.go_on(30, 30 * MINUTE)


@pytest.mark.usefixtures("hourly")
@pytest.mark.parametrize(("robot", "least", "most"), [(perfect, 91, 100), (careless, 0, 0)])
def test_robots_that_lead_a_storm_score_what_the_rules_say(
    robot: Robot, least: int, most: int, play: Callable[[Act], None]
) -> None:
    async def two_hours_and_a_half(scene: Scene) -> None:
        await scene.instructor.post("/api/training/clock", {"paused": False})
        await scene.dispatcher.post("/api/training/seats", {"role": "dispatcher"})
        began = scene.app.clock.now()
        while scene.app.clock.now() - began < 150 * MINUTE:
            await robot(scene)
        scene.app.logbook_task.run()
        told = plain((await scene.dispatcher.get("/training/debrief")).text)
        (points,) = re.findall(r"(\d+) of 100", told)
        assert least <= int(points) <= most, told

    play(two_hours_and_a_half)
