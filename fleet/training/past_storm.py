"""A scenario from a storm that is over: its snow, how many called, what broke, what was closed.

Nobody's words are in it, and no street, machine or name: any city can play it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from data.errors import ConflictError
from data.languages import default_language
from data.model import AlertKind, ByLanguage, OutReason, Storm, StormId, VehicleId
from data.model.work import SkipReason
from data.store.alerts import list_alerts
from data.store.audit.audit_log import list_events_on, list_last_events
from data.store.database.engine import Tx
from data.store.reports import list_requests_received
from data.store.setup.machines import list_vehicles
from data.store.shifts.blockages import list_blockages
from data.store.shifts.shifts import list_shifts
from data.store.storms.closures import list_all_closures
from data.store.storms.storms import get_storm
from data.streets.network import StreetNetwork
from data.training import (
    HOUR,
    LONGEST_H,
    BlockedStreet,
    Calls,
    ClosedStreet,
    MachineTrouble,
    Scenario,
    Snow,
    Trouble,
)
from fleet.simulation.street_blocks import kind_of

CLOSED: ByLanguage = {
    "en": "The police have closed {place}",
    "fa": "پلیس {place} را بسته است",
    "az": "Polis {place} yolunu bağlayıb",
}
"""What is told of a closed street: the reason that somebody wrote is not taken along."""

BLOCKED: ByLanguage = {
    "en": "The street is blocked, nobody gets through",
    "fa": "راه بسته است و کسی رد نمی‌شود",
    "az": "Yol bağlıdır, heç kim keçə bilmir",
}
"""What a driver reports of a blocked street, in place of his own words."""

SHORTEST = timedelta(minutes=15)
"""What lasted shorter than this is no trouble to rehearse."""

LEAST_CM_H, MOST_CM_H = 0.1, 30.0
MOST_CALLS_H = 2_000
"""As a scenario may have it."""

OUT = {OutReason.BROKEN: Trouble.BREAKDOWN, OutReason.NO_DRIVER: Trouble.ABSENT}
"""Why a machine was taken out of service, as a trouble that can be rehearsed."""


@dataclass(frozen=True, slots=True)
class ScenarioSums:
    """What a storm comes to as a scenario, for the words about it."""

    hours: int
    snow_cm: float
    calls: int


@dataclass(frozen=True, slots=True)
class _Clock:
    """Hours of a storm that began at a time and is played so long."""

    began_at: datetime
    lasts: timedelta

    def spell(self, since: datetime, until: datetime | None) -> tuple[timedelta, timedelta] | None:
        """Return from when to when something was; `None` where it is too short to be rehearsed."""
        begins = max(since - self.began_at, timedelta(0))
        ends = self.lasts if until is None else min(until - self.began_at, self.lasts)
        return (_rounded(begins), _rounded(ends)) if ends - begins >= SHORTEST else None


def _rounded(hours: timedelta) -> timedelta:
    return round(hours / HOUR, 2) * HOUR


def sums_of(scenario: Scenario) -> ScenarioSums:
    """Return what a scenario comes to."""
    snow = sum((one.until_h - one.from_h) / HOUR * one.cm_h for one in scenario.snow)
    called = sum((one.until_h - one.from_h) / HOUR * one.per_hour for one in scenario.calls)
    return ScenarioSums(round(scenario.lasts_h / HOUR), snow, round(called))


def scenario_of_storm(tx: Tx, storm_id: StormId, network: StreetNetwork) -> Scenario:
    """Return the scenario of a storm that has ended; its title and brief are its name.

    Raises `ConflictError` for a storm that goes on, or that never began.
    """
    storm = get_storm(tx, storm_id)
    title = {default_language(): storm.name}
    if storm.ended_at is None or storm.ended_at <= storm.started_at:
        raise ConflictError(f"storm {storm_id} is not over", reason="storm_not_over")
    hours = -(-(storm.ended_at - storm.started_at) // HOUR)
    clock = _Clock(storm.started_at, min(max(hours, 1), int(LONGEST_H)) * HOUR)
    return Scenario(
        title=title,
        brief=title,
        lasts_h=clock.lasts,
        snow=tuple(_snow(storm, clock)),
        calls=tuple(_calls(tx, storm.ended_at, clock)),
        trouble=tuple(_troubles(tx, storm, clock)),
        blocked=tuple(_blocked(tx, storm, network, clock)),
        closure=tuple(_closed(tx, storm, network, clock)),
    )


def _snow(storm: Storm, clock: _Clock) -> Iterator[Snow]:
    """Yield a spell for each rate of snow between its entries."""
    curve = [(storm.started_at, 0.0), *storm.snowfall]
    rates: list[tuple[timedelta, timedelta, float]] = []
    for (since, before_mm), (until, after_mm) in pairwise(curve):
        begins, ends = since - clock.began_at, min(until - clock.began_at, clock.lasts)
        if ends <= max(begins, timedelta(0)):
            continue
        cm_h = (after_mm - before_mm) / 10 / ((until - since) / HOUR)
        rates.append((max(begins, timedelta(0)), ends, round(min(cm_h, MOST_CM_H), 1)))
    for cm_h, alike in groupby(rates, key=lambda one: one[2]):
        spells = list(alike)
        begins, ends = _rounded(spells[0][0]), _rounded(spells[-1][1])
        if cm_h >= LEAST_CM_H and ends > begins:
            yield Snow(begins, ends, cm_h)


def _calls(tx: Tx, ended_at: datetime, clock: _Clock) -> Iterator[Calls]:
    """Yield how many called, by the hour; hours with as many are one spell."""
    until = min(ended_at, clock.began_at + clock.lasts)
    received = list_requests_received(tx, clock.began_at, until)
    yield from spells_of_calls(
        Counter((one.received_at - clock.began_at) // HOUR for one in received),
        round(clock.lasts / HOUR),
    )


def spells_of_calls(by_hour: Mapping[int, int], hours: int) -> Iterator[Calls]:
    """Yield how many called in each hour, no more than a scenario may have."""
    for many, alike in groupby(
        range(hours), key=lambda hour: min(by_hour.get(hour, 0), MOST_CALLS_H)
    ):
        spell = list(alike)
        if many:
            yield Calls(spell[0] * HOUR, (spell[-1] + 1) * HOUR, float(many))


def _troubles(tx: Tx, storm: Storm, clock: _Clock) -> Iterator[MachineTrouble]:
    """Yield what was wrong with machines, by their numbers in the fleet's order."""
    numbers = {one.id: number for number, one in enumerate(list_vehicles(tx), start=1)}
    found = [*_taken_out(tx, storm), *_silent(tx, storm)]
    for since, until, vehicle_id, kind in sorted(found, key=lambda one: one[0]):
        spell = clock.spell(since, until)
        if spell is not None and vehicle_id in numbers:
            yield MachineTrouble(*spell, numbers[vehicle_id], kind)


type _Wrong = tuple[datetime, datetime | None, VehicleId, Trouble]
"""From when to when something was wrong with a machine; `None` until the end."""


def _silent(tx: Tx, storm: Storm) -> Iterator[_Wrong]:
    for alert in list_alerts(tx, storm.id):
        if alert.kind is AlertKind.SILENT and alert.vehicle_id is not None:
            yield alert.since, alert.until, alert.vehicle_id, Trouble.SILENT


def _taken_out(tx: Tx, storm: Storm) -> Iterator[_Wrong]:
    """Yield machines that were out of service for want of a driver, or since they broke down."""
    shifts = {f"shift:{one.id}": one.vehicle_id for one in list_shifts(tx, storm.id)}
    changed: list[tuple[datetime, VehicleId, Trouble | None]] = [
        (one.at, shifts[one.subject], Trouble.BREAKDOWN)
        for one in list_last_events(tx, list(shifts), ["shift.broke_down"])
    ]
    verbs = ["storm.machine_out", "storm.machine_in"]
    for event in list_events_on(tx, [f"storm:{storm.id}"], verbs):
        kind = OUT.get(_reason(event.after)) if event.verb == verbs[0] else None
        changed.append((event.at, VehicleId(_number(event.after)), kind))
    by_machine = sorted(changed, key=lambda one: (one[1], one[0]))
    for vehicle_id, of_machine in groupby(by_machine, key=lambda one: one[1]):
        changes = list(of_machine)
        ends: Sequence[datetime | None] = [*(at for at, _, _ in changes[1:]), None]
        for (at, _, kind), until in zip(changes, ends, strict=True):
            if kind is not None:
                yield at, until, vehicle_id, kind


def _reason(after: Mapping[str, object]) -> OutReason:
    said = after.get("reason")
    return OutReason(said) if isinstance(said, str) and said in set(OutReason) else OutReason.OTHER


def _number(after: Mapping[str, object]) -> int:
    vehicle = after.get("vehicle")
    return vehicle if isinstance(vehicle, int) else 0


def _blocked(
    tx: Tx, storm: Storm, network: StreetNetwork, clock: _Clock
) -> Iterator[BlockedStreet]:
    for found in list_blockages(tx, storm.id):
        street = network.find(found.segment_id)
        spell = clock.spell(found.reported_at, found.cleared_at)
        if spell and street and found.reason is SkipReason.BLOCKED:
            yield BlockedStreet(*spell, kind_of(street), BLOCKED)


def _closed(tx: Tx, storm: Storm, network: StreetNetwork, clock: _Clock) -> Iterator[ClosedStreet]:
    for closure in list_all_closures(tx, storm.id):
        street = network.find(closure.segment_id)
        until = _first(closure.until_at, closure.lifted_at)
        spell = clock.spell(closure.from_at, until)
        if spell and street:
            yield ClosedStreet(*spell, kind_of(street), CLOSED)


def _first(*moments: datetime | None) -> datetime | None:
    known: Iterable[datetime] = (one for one in moments if one is not None)
    return min(known, default=None)
