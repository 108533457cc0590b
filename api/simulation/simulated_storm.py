"""A simulated storm sent to a server through its public API: positions, calls and orders.

It plays drivers, callers, an operator and a dispatcher at night. It reads the published plan, as
drivers do, and writes nothing but its trackers' tokens and, in a rehearsal, whose phones ring:
whatever the board shows came in over HTTP.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from datetime import datetime, timedelta
from functools import partial
from heapq import merge

import httpx

from api.config.clock import Clock, ServerClock
from api.simulation.another_round import may_pass, or_another_round
from api.simulation.drivers.signed_in_client import SignedInClient, SignInRefusedError
from api.simulation.drivers.simulated_drivers import SimulatedDrivers
from api.simulation.drivers.simulated_tracker import Truck
from api.simulation.live_training import LiveTraining, answer_calls, find_live_training
from api.simulation.night_dispatcher import NightDispatcher
from api.simulation.scenario_choice import Person, Script
from api.simulation.scenario_incidents import Incidents
from api.simulation.simulated_operator import SimulatedOperator
from data.errors import BarfrubError
from data.model import Plan, Role, Route, Storm, VehicleId
from data.store.database.engine import Database, reading, transaction
from data.store.setup.city import get_city
from data.store.setup.machines import list_vehicles
from data.store.storms.storms import find_active_storm
from data.store.streets.network import load_network
from data.store.streets.places import list_places
from data.streets.network import StreetNetwork
from data.training import Scenario
from fleet.simulation.city_parts import CityParts
from fleet.simulation.scenario_events import (
    callers_of,
    hindered,
    snow_cm,
    tracker_troubles,
    troubles_of,
    where_snow_lies,
    words_of,
)
from fleet.simulation.simulated_calls import SimulatedCall, calls, steadily, written_calls
from fleet.simulation.simulated_trucks import after_approach, drive_home, driven
from fleet.simulation.simulated_weather import fallen_cm
from fleet.simulation.taken_up_routes import called_home, last_places, newer_plan, rest_of
from fleet.tracking.trackers import own_trackers
from maps.pages.i18n import translator

TICK_S = 1.0
"""Real seconds between two rounds of sending."""

ALIGN_S = 20.0
"""How often the server's time is requested."""

REPORT_S = 10.0
"""How often a newer plan is looked up and the progress printed."""

PATIENCE_S = 180.0
"""Longest wait for the server, and for a published plan."""

AT_ONCE = 8
"""Concurrent requests."""

Report = Callable[[str], None]

Round = Callable[[], AbstractAsyncContextManager[tuple[datetime, float] | None]]
"""What a round of sending is done within; it may tell time and speed of the server's clock."""

_log = logging.getLogger(__name__)


class Simulation:
    """The trucks, callers and dispatcher of one city, synchronized with its server's clock.

    `clients` opens another client of the server, for each person who signs in. Rounds are
    `paced` where a rehearsal's clock waits for those that take long.
    """

    def __init__(
        self,
        engine: Database,
        client: httpx.AsyncClient,
        script: Script,
        clients: Callable[[], httpx.AsyncClient],
        paced: Round = nullcontext,
    ) -> None:
        self._engine = engine
        self._paced = paced
        self._client = client
        self._script = script
        self._clients = clients
        self._clock = ServerClock()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._plan: Plan | None = None
        self._former: Plan | None = None
        self._storm: Storm | None = None
        self._home: set[VehicleId] = set()
        self._operator: SimulatedOperator | None = None
        self._dispatcher: NightDispatcher | None = None
        self._training: LiveTraining | None = None
        self._incidents: Incidents | None = None
        self._drivers: SimulatedDrivers | None = None
        with transaction(engine) as tx:
            self._network: StreetNetwork = load_network(tx)
            self._houses = list_places(tx)
            tokens = own_trackers(tx, list_vehicles(tx), "simulated", Clock().now())
            self._timezone = get_city(tx).timezone
        self._trucks = {vehicle_id: Truck(token) for vehicle_id, token in tokens.items()}
        self._parts = CityParts(self._network)

    @property
    def positions_sent(self) -> int:
        """Number of fixes delivered."""
        return sum(truck.sent for truck in self._trucks.values())

    @property
    def calls_sent(self) -> int:
        """Number of calls entered."""
        return self._operator.sent if self._operator else 0

    async def run(self, report: Report) -> None:
        """Send until stopped; raise `BarfrubError` without a server or a plan."""
        await self.begin(report)
        told_s = time.monotonic()
        while True:
            await self.tick()
            if time.monotonic() - told_s > REPORT_S:
                told_s = time.monotonic()
                with or_another_round():
                    async with self._paced():
                        await self.look_for_plan(report)
                        await self.look_for_recalls()
                now = f"{self._clock.now():%H:%M:%S}Z"
                report(f"{now}  {self.positions_sent} positions, {self.calls_sent} calls")
            await asyncio.sleep(TICK_S)

    async def begin(self, report: Report) -> None:
        """Wait for the server and a published plan, then start the trucks."""
        await self._wait_for_server()
        self._training = await asyncio.to_thread(find_live_training, self._engine, self._callers)
        self._incidents = self._of_scenario()
        self._drivers = self._who_read_messages()
        if self._training is None:
            await self._wait_for_plan(report)
        else:  # to make the first plan may be a trainee's task
            await self.look_for_plan(report)
        script = self._script
        if script.operator and (self._scenario or script.calls_per_hour > 0):
            spoken = iter(()) if self._training else self._spoken()
            self._operator = SimulatedOperator(self._signed_in(script.operator), spoken)
        if script.dispatcher:
            client = self._signed_in(script.dispatcher)
            self._dispatcher = NightDispatcher(client, lambda: self._clock.speed, self._fallen_cm)

    def _of_scenario(self) -> Incidents | None:
        script = self._script
        if self._scenario is None:
            return None
        client = self._signed_in(script.dispatcher) if script.dispatcher else None
        words = translator(script.language, self._timezone)
        return Incidents(self._scenario, self._network, script.seed, words, client)

    def _who_read_messages(self) -> SimulatedDrivers | None:
        """Return the drivers of a rehearsal; in a city of its own its drivers have their phones."""
        script, incidents = self._script, self._incidents
        if self._training is None or incidents is None or script.dispatcher is None:
            return None
        client, trucks = self._signed_in(script.dispatcher), self._trucks
        return SimulatedDrivers(self._engine, client, script.language, trucks, incidents.met_by)

    @property
    def _scenario(self) -> Scenario | None:
        """What is played now; in a rehearsal with what its instructor added."""
        return self._training.scenario if self._training else self._script.scenario

    def _fallen_cm(self, elapsed: timedelta) -> float:
        scenario = self._scenario
        return snow_cm(scenario.snow, elapsed, self._parts) if scenario else fallen_cm(elapsed)

    def _spoken(self) -> Iterator[SimulatedCall]:
        """Return who calls from now on, by time."""
        script, now = self._script, self._clock.now()
        if script.scenario is not None:
            began_at = self._storm.started_at if self._storm else now
            return self._callers(script.scenario, began_at, now, script.seed)
        where = self._network.segments, self._houses
        later = steadily(script.calls_per_hour)
        return calls(*where, now, later, script.seed, language=script.language)

    def _callers(
        self, scenario: Scenario, began_at: datetime, since: datetime, seed: int
    ) -> Iterator[SimulatedCall]:
        """Return who calls in a scenario from some moment on."""
        where, language = (self._network.segments, self._houses), self._script.language
        said = [one for one in words_of(scenario, began_at, language) if one[0] >= since]
        likely = where_snow_lies(scenario.snow, began_at, self._parts)
        drawn = calls(*where, since, callers_of(scenario, began_at), seed, likely, language)
        return merge(drawn, written_calls(*where, said, seed, language), key=lambda call: call.at)

    def _signed_in(self, person: Person) -> SignedInClient:
        return SignedInClient(self._clients(), person.login, person.password)

    async def tick(self) -> None:
        """Send what is due."""
        with or_another_round():
            async with self._paced() as told:
                if told:
                    self._clock.align(*told)
                elif self._training or self._clock.age_s > ALIGN_S:
                    await self._align()
                now = self._clock.now()
                if self._training:
                    await self._obey(self._training)
                await self._send(now)

    async def _send(self, now: datetime) -> None:
        """Send what is due; where some fails, all others have ended before that is raised."""
        sending = [t.send(self._client, self._gate, now) for t in self._trucks.values()]
        if self._training:
            sending.append(self._answer(self._training, now))
        elif self._operator:
            sending.append(self._operator.send(now))
        if self._dispatcher and self._clock.speed:  # nobody decides while a rehearsal is paused
            sending.append(self._dispatcher.act(now))
        if self._incidents and self._storm and self._clock.speed:
            sending.append(self._incidents.act(self._storm, self._plan, now))
        if self._drivers and self._storm and self._clock.speed:
            sending.append(self._drivers.act(self._storm, self._plan, now))
        ended = await asyncio.gather(*sending, return_exceptions=True)
        failures = [each for each in ended if isinstance(each, BaseException)]
        if failures:
            raise min(failures, key=may_pass)

    async def _obey(self, training: LiveTraining) -> None:
        """Let people play what they have taken, and come what was added to the scenario."""
        for event in await asyncio.to_thread(training.look):
            self._hinder(training.alone(event))
        for vehicle_id, truck in self._trucks.items():
            truck.driver = training.driver_of(vehicle_id)
        if self._dispatcher:
            self._dispatcher.relieved = training.is_played(Role.DISPATCHER)
        if self._incidents:
            self._incidents.scenario = training.scenario
            self._incidents.relieved = training.is_played(Role.DISPATCHER)
            self._incidents.driven = {each for each, one in self._trucks.items() if one.driver}

    def _hinder(self, added: Scenario) -> None:
        """Let something that was added come in the way of trucks that are driving."""
        storm = self._active_storm()
        if storm is None:
            return
        for machine, truck in enumerate(self._trucks.values()):
            troubles = troubles_of(added, machine, len(self._trucks))
            if troubles:
                truck.path.hinder(partial(hindered, troubles=troubles, began_at=storm.started_at))
        self._trouble(storm)

    def _trouble(self, storm: Storm) -> None:
        """Let go wrong with trucks and their trackers what the scenario in force says."""
        if (scenario := self._scenario) is not None:
            of, since, seed = len(self._trucks), storm.started_at, self._script.seed
            for machine, truck in enumerate(self._trucks.values()):
                truck.troubles = tracker_troubles(scenario, machine, of, since, seed)

    async def _answer(self, training: LiveTraining, now: datetime) -> None:
        """Let callers ring, and the simulation take their calls where nobody plays the operator."""
        await asyncio.to_thread(training.ring, now, self._clock.speed, answers=bool(self._operator))
        if self._operator is None:
            return
        try:
            await answer_calls(training, self._operator, now)
        except SignInRefusedError as refusal:
            self._operator = None
            _log.warning("%s: nobody answers what trainees do not", refusal)

    async def _align(self) -> None:
        answer = await self._client.get("/health")
        answer.raise_for_status()
        health = answer.json()
        speed = float(health["speed"])
        if self._script.speed not in (None, speed):
            raise BarfrubError(
                f"the server's clock runs at speed {speed:g}: start it with "
                f"barfrub serve --speed {self._script.speed:g}"
            )
        self._clock.align(datetime.fromisoformat(health["now"]), speed)

    async def _wait_for_server(self) -> None:
        until_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await self._align()
            except httpx.HTTPError as error:
                if time.monotonic() > until_s:
                    raise BarfrubError(f"no server at {self._client.base_url}") from error
            await asyncio.sleep(TICK_S)

    async def _wait_for_plan(self, report: Report) -> None:
        until_s = time.monotonic() + PATIENCE_S
        while not await self.look_for_plan(report):
            if time.monotonic() > until_s:
                raise BarfrubError("there is no published plan to drive")
            await asyncio.sleep(TICK_S)

    async def look_for_plan(self, report: Report) -> bool:
        """Switch the trucks to a newer published plan, if there is one.

        The first one they may have begun to drive before, in a simulation that has ended since.
        """
        plan = await asyncio.to_thread(self._newer_plan)
        self._storm = await asyncio.to_thread(self._active_storm)
        if self._storm is not None:
            self._trouble(self._storm)
        if plan is not None:
            self._former, self._plan = self._plan, plan
            now, self._home, first = self._clock.now(), set(), self._former is None
            wanted = await asyncio.to_thread(self._taken_up, plan, now) if first else plan.routes
            routes = await asyncio.to_thread(self._approached, wanted, now)
            for route in routes:
                self._drive(route, now, self._script.seed + plan.id)
            report(f"{len(routes)} trucks drive plan {plan.id}")
        return self._plan is not None

    async def look_for_recalls(self) -> None:
        """Let trucks drive home that are to, as `called_home` says."""
        for route in await asyncio.to_thread(self._recalled):
            truck, now = self._trucks[route.vehicle_id], self._clock.now()
            self._home.add(route.vehicle_id)
            if truck.path.place is None:  # it has not left yet
                truck.path.begin(iter(()))
                continue
            home = drive_home(route, self._network, truck.path.place, now)
            self._drive(home, now, self._script.seed)

    def _drive(self, route: Route, now: datetime, seed: int) -> None:
        """Let a truck drive a route from now on, with what the scenario puts in its way."""
        fixes, truck = driven(route, self._network, now, seed), self._trucks[route.vehicle_id]
        if self._storm is not None:
            fixes = hindered(fixes, truck.troubles.troubles, self._storm.started_at)
        if self._incidents is not None:
            fixes = self._incidents.around(route.vehicle_id, fixes)
        truck.path.begin(fixes)

    def _recalled(self) -> list[Route]:
        if self._plan is None:
            return []
        with reading(self._engine) as tx:
            routes = called_home(tx, self._plan, self._former)
        driving = self._trucks.keys() - self._home
        return [route for route in routes if route.vehicle_id in driving]

    def _taken_up(self, plan: Plan, now: datetime) -> tuple[Route, ...]:
        """Put the trucks where they were seen last; return what they have still to drive."""
        with reading(self._engine) as tx:
            for vehicle_id, place in last_places(tx, plan, now).items():
                if vehicle_id in self._trucks:
                    self._trucks[vehicle_id].path.stand_at(place, now)
            return rest_of(tx, plan, self._network, now)

    def _newer_plan(self) -> Plan | None:
        with reading(self._engine) as tx:
            return newer_plan(tx, self._plan)

    def _active_storm(self) -> Storm | None:
        with reading(self._engine) as tx:
            return find_active_storm(tx)

    def _approached(self, routes: Iterable[Route], now: datetime) -> list[Route]:
        found: list[Route] = []
        for route in routes:
            if route.vehicle_id not in self._trucks:
                continue
            place = self._trucks[route.vehicle_id].path.place
            found.append(after_approach(route, self._network, place, now) if place else route)
        return found


async def simulate_storm(
    engine: Database,
    connected: Callable[[], httpx.AsyncClient],
    script: Script,
    report: Report,
    paced: Round = nullcontext,
) -> None:
    """Simulate trucks, callers and a dispatcher against a server until stopped."""
    async with AsyncExitStack() as opened:

        def client() -> httpx.AsyncClient:
            new = connected()
            opened.push_async_callback(new.aclose)
            return new

        await Simulation(engine, client(), script, client, paced).run(report)
