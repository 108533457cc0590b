"""The alert monitor: checks how routes are driven and what needs a dispatcher."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from data.model import (
    Alert,
    AlertKind,
    JobState,
    MachineOut,
    PlanId,
    Route,
    SegmentId,
    Shift,
    ShiftId,
    ShiftState,
    Storm,
    StormId,
    VehicleId,
)
from data.policy.alert_rules import AlertRules
from data.store.alerts import list_alerts
from data.store.database.engine import Tx
from data.store.setup.machines import list_depots, list_reload_sites
from data.store.shifts.route_answers import list_answers
from data.store.shifts.shifts import list_shifts
from data.store.shifts.vehicle_checks import list_checks
from data.store.storms.storm_conditions import list_machines_out, list_machines_taken_out
from data.store.tracking.positions import sensor_reports
from data.store.work import count_jobs, list_open_jobs_due
from data.streets.network import StreetNetwork
from fleet.alerts.alert_conditions import (
    Course,
    Sign,
    TruckNow,
    silent_signs,
    truck_signs,
)
from fleet.alerts.alert_register import AlertRegister
from fleet.alerts.danger_signs import danger_signs
from fleet.alerts.driver_signs import declined_signs, fault_signs
from fleet.alerts.evidence_lag import evidence_lag, evidence_lag_signs
from fleet.alerts.forecast_age import forecast_age_signs
from fleet.alerts.lateness_risk import Episode, risk_signs, risks
from fleet.alerts.rest_signs import RestClock, hours_signs, rest_signs, resting_until
from fleet.context import CityContext
from fleet.replanning.cycles import waiting_cycle
from fleet.routes.arrivals import arrivals_of
from fleet.routes.off_route import Corridor
from fleet.routes.published_plan import PublishedPlanCache
from fleet.routes.route_progress import PlanCheck
from fleet.routes.truck_states import TruckEvidence, TruckStatus, truck_status
from fleet.shifts.duty import duty_of
from fleet.shifts.fleet_orders import list_called_back
from fleet.shifts.shift_handover import current_shift_by_vehicle
from fleet.tracking.geofences import Geofence, sites_of
from fleet.tracking.live_fleet import VehicleLive

RISKS_EVERY = timedelta(seconds=20)
"""Risks grow by minutes, and all open jobs are looked at for them."""


@dataclass(frozen=True, slots=True)
class MonitorResult:
    """Result of one check: the driven plan, alert signs of trucks and targets, truck states."""

    check: PlanCheck | None = None
    signs: tuple[Sign, ...] = ()
    trucks: tuple[TruckStatus, ...] = ()


@dataclass(slots=True)
class AlertMonitor:
    """Checks a storm again and again; one thread, in memory, rebuilt from what is stored."""

    plans: PublishedPlanCache = field(default_factory=PublishedPlanCache)
    register: AlertRegister = field(default_factory=AlertRegister)
    courses: dict[VehicleId, Course] = field(default_factory=dict)
    rest_clock: RestClock = field(default_factory=RestClock)
    _storm: Storm | None = None
    _risks: tuple[PlanId, datetime, list[Sign]] | None = None
    _corridors: dict[ShiftId, Corridor] = field(default_factory=dict)
    _corridors_of: tuple[PlanId, StreetNetwork] | None = None

    def check(
        self,
        city: CityContext,
        storm: Storm | None,
        live: Mapping[VehicleId, VehicleLive],
        streets: Iterable[SegmentId] = (),
        shifts: Iterable[ShiftId] = (),
    ) -> MonitorResult:
        """Return the present alert signs; `streets` and `shifts` changed since the last check."""
        if storm is None or self._storm is None or storm.id != self._storm.id:
            self.courses.clear()
        self._storm = storm
        if storm is None:
            return MonitorResult()
        tx, now, rules = city.tx, city.now, city.policy.alerts
        check = self.plans.check(city, storm.id, streets, shifts)
        current = list(current_shift_by_vehicle(list_shifts(tx, storm.id), now).values())
        rests = resting_until(tx, storm.id, current, city.policy.hours)
        called = list_called_back(tx, current)
        behind = evidence_lag(tx, now)
        trucks = [
            replace(one, called_back=one.vehicle_id in called, evidence_behind=behind)
            for one in self._trucks(current, live, check, city.network, rests)
        ]
        sites = sites_of(list_depots(tx), list_reload_sites(tx))
        duty_signs = _duty_signs(tx, storm, current, now)
        signs = (*self._signs(city, storm, trucks, sites), *duty_signs, *danger_signs(tx, storm))
        open_shifts = [turn for turn in current if not turn.over]
        tired = [turn for turn in open_shifts if turn.vehicle_id not in rests]
        due = self.rest_clock.near(tx, tired, city.policy.hours, now)
        signs = (*signs, *rest_signs(due, city.policy.hours, now))
        checks = list_checks(tx, storm.id)
        signs = (*signs, *fault_signs(checks[one.id] for one in open_shifts if one.id in checks))
        if check is not None:
            signs = (*signs, *self._risk_signs(tx, check, rules, now))
            answers = list_answers(tx, check.plan.id).values()
            signs = (*signs, *declined_signs(answers, open_shifts))
        out = list_machines_taken_out(tx, storm.id)
        known = self._evidence(live, current, check, out, city, rests, due)
        states = (truck_status(one, sites, now) for one in known)
        told = tuple(replace(one, called_back=one.vehicle_id in called) for one in states)
        return MonitorResult(check, signs, told)

    def get_ready(self, city: CityContext, storm: Storm) -> PlanCheck | None:
        """Return the driven plan's checks before the first check, which is fast then."""
        self._storm = storm
        return self.plans.check(city, storm.id)

    def store(self, tx: Tx, result: MonitorResult, rules: AlertRules, now: datetime) -> list[Alert]:
        """Store the alerts of a check, and return those that changed.

        Requests in danger are looked for again: what somebody ended since the check stays ended.
        """
        signs = result.signs
        if self._storm is not None:
            others = (one for one in signs if one.kind is not AlertKind.REQUEST_DANGER)
            signs = (*others, *danger_signs(tx, self._storm))
        return self.register.store(tx, self._storm, signs, rules, now)

    def is_unchanged(self, tx: Tx, result: MonitorResult, now: datetime) -> bool:
        """Whether a check changes no stored alert."""
        return self.register.is_unchanged(tx, self._storm, result.signs, now)

    def _trucks(
        self,
        shifts: Iterable[Shift],
        live: Mapping[VehicleId, VehicleLive],
        check: PlanCheck | None,
        network: StreetNetwork,
        rests: Mapping[VehicleId, datetime],
    ) -> list[TruckNow]:
        """Return every truck whose present shift has not ended."""
        pairs = zip(check.plan.routes, check.routes, strict=True) if check else ()
        driven = {route.shift_id: (route, one) for route, one in pairs}
        found: list[TruckNow] = []
        for shift in shifts:
            if shift.over:
                continue
            truck = TruckNow(
                shift.vehicle_id,
                live.get(shift.vehicle_id),
                driving=shift.state is ShiftState.DRIVING,
                shift_starts_at=shift.starts_at,
                shift_ends_at=shift.ends_at,
                rests=shift.vehicle_id in rests,
            )
            if check is not None and shift.id in driven:
                route, became = driven[shift.id]
                corridor = self._corridor(check.plan.id, route, network)
                truck = replace(truck, route=route, check=became, corridor=corridor)
            found.append(truck)
        return found

    def _corridor(self, plan_id: PlanId, route: Route, network: StreetNetwork) -> Corridor:
        """Return the corridor of a truck's route: its streets in a spatial index."""
        known = self._corridors_of
        if known is None or known[0] != plan_id or known[1] is not network:
            self._corridors, self._corridors_of = {}, (plan_id, network)
        if route.shift_id not in self._corridors:
            self._corridors[route.shift_id] = Corridor(route, network)
        return self._corridors[route.shift_id]

    def _signs(
        self,
        city: CityContext,
        storm: Storm,
        trucks: Sequence[TruckNow],
        sites: Sequence[Geofence],
    ) -> tuple[Sign, ...]:
        rules, now = city.policy.alerts, city.now
        found: list[Sign] = []
        for truck in trucks:
            course = self.courses.setdefault(truck.vehicle_id, Course(wanted_at=now))
            course.follow(truck, city.network, rules)
            if course.was_down is None and course.up is not None:
                course.was_down = _said_down(city, truck)
            found += truck_signs(truck, course, sites, rules, now)
        found += hours_signs(trucks, rules, now)
        found += silent_signs(trucks, self.courses, sites, storm.started_at, rules, now)
        found += _cycle_signs(city.tx, storm, city.now)
        found += evidence_lag_signs(city.tx, now)
        found += forecast_age_signs(city)
        return tuple(found)

    def _evidence(
        self,
        live: Mapping[VehicleId, VehicleLive],
        shifts: Iterable[Shift],
        check: PlanCheck | None,
        out: Mapping[VehicleId, MachineOut],
        city: CityContext,
        rests: Mapping[VehicleId, datetime],
        due: Mapping[VehicleId, datetime],
    ) -> Iterator[TruckEvidence]:
        """Yield what is known of each truck that has a shift, was heard of, or is out."""
        turns = {shift.vehicle_id: shift for shift in shifts}
        pairs = zip(check.plan.routes, check.routes, strict=True) if check else ()
        driven = {route.shift_id: (route, one) for route, one in pairs}
        for vehicle_id in sorted({*live, *turns, *out}):
            shift, course = turns.get(vehicle_id), self.courses.get(vehicle_id)
            route, became = driven.get(shift.id, (None, None)) if shift else (None, None)
            off = course.off_route_since(city.policy.alerts, city.now) if course else None
            yield TruckEvidence(
                vehicle_id,
                live.get(vehicle_id),
                shift,
                route,
                became,
                out.get(vehicle_id),
                off_route=off is not None,
                resting_until=rests.get(vehicle_id),
                rest_due_at=due.get(vehicle_id),
            )

    def _risk_signs(self, tx: Tx, check: PlanCheck, rules: AlertRules, now: datetime) -> list[Sign]:
        """Return the jobs at risk of lateness, cached for a moment while the plan is the same."""
        plan, known = check.plan, self._risks
        if known is None or known[0] != plan.id or not now - RISKS_EVERY < known[1] <= now:
            jobs = list_open_jobs_due(tx, plan.storm_id, now, now + rules.risk)
            index = self.plans.driven(tx, plan.storm_id)
            arrivals = arrivals_of(index, check.routes, now) if index else None
            blades_up = _blades_up(tx, plan.storm_id, now)
            found = risks(arrivals, jobs, rules, blades_up) if arrivals else []
            known = self._risks = (plan.id, now, risk_signs(found, now))
        return known[2]


def _said_down(city: CityContext, truck: TruckNow) -> bool:
    """Whether a truck's sensor has said that its blade is down since its shift began.

    It is read where only the blade's way up is known, as after a start of the server.
    """
    since = truck.shift_starts_at or city.now
    return sensor_reports(city.tx, truck.vehicle_id, since, city.now, of_blade=True)[1]


def _blades_up(tx: Tx, storm_id: StormId, now: datetime) -> dict[VehicleId, list[Episode]]:
    """Return when the blade of each truck was up where it was to plow, as the alerts say."""
    found: dict[VehicleId, list[Episode]] = {}
    for one in list_alerts(tx, storm_id):
        if one.kind is AlertKind.BLADE_UP and one.vehicle_id is not None:
            found.setdefault(one.vehicle_id, []).append((one.since, one.until or now))
    return found


def _duty_signs(tx: Tx, storm: Storm, current: Iterable[Shift], now: datetime) -> list[Sign]:
    """Return that every shift is over though streets are left."""
    duty = duty_of(current, list_machines_out(tx, storm.id), now)
    if not duty.all_over:
        return []
    if not any(state is JobState.OPEN for _, state in count_jobs(tx, storm.id)):
        return []
    facts = {"count": len(duty.past)}
    return [Sign(AlertKind.SHIFTS_OVER, None, duty.past_since or now, facts=facts)]


def _cycle_signs(tx: Tx, storm: Storm, now: datetime) -> list[Sign]:
    """Return that the plan of a next cycle waits for somebody to publish it, while he still can."""
    waiting = waiting_cycle(tx, storm)
    good = waiting is not None and waiting.draft.is_good(now)
    return [Sign(AlertKind.NEXT_CYCLE, None, waiting.asked_at)] if waiting and good else []
