"""A training as it is talked over afterwards: who did how well, what happened, what was missed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.model import Actor, PlanId, Role, Storm
from data.model.training.live_training import TrainingNote
from data.model.training.rehearsal import Training, TrainingMark
from data.model.training.results import TrainingResult
from data.policy.city_policy import Policy
from data.store.alerts import list_alerts
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.setup.machines import list_vehicles
from data.store.storms.storm_policies import get_storm_policy
from data.store.storms.storms import list_storms
from data.store.streets.network import load_network
from data.store.training.instructor import list_training_events, list_training_notes
from data.store.training.rehearsal import list_marks
from data.store.training.results import list_results, save_result
from data.streets.network import StreetNetwork
from data.training.players import PLAYED_BY_SIMULATION
from fleet.alerts.severity import Severity, severity
from fleet.reports.storm_statistics import StormRecords
from fleet.training.clock_speeds import clock_speeds
from fleet.training.counting import Counted, counted
from fleet.training.events import scenario_end, scenario_of
from fleet.training.rehearsal import known_training
from fleet.training.scores.alert_times import (
    JudgedAlert,
    alert_times,
    judged_alerts,
    of_the_storm,
    silences,
)
from fleet.training.scores.call_records import call_records
from fleet.training.scores.decision_points import DecisionPoint
from fleet.training.scores.decision_runs import decision_runs, found_points
from fleet.training.scores.dispatcher_score import DispatchFacts, dispatcher_score
from fleet.training.scores.driven_plans import DrivenStorm
from fleet.training.scores.driver_score import DrivenPlan, driver_score
from fleet.training.scores.operator_score import CallRecord, operator_score
from fleet.training.scores.plan_changes import plan_changes
from fleet.training.scores.score_rules import Measured, Score, score_of, together
from fleet.training.scores.storm_facts import dispatch_facts, driven_metres
from fleet.training.scores.supervisor_score import supervisor_score
from fleet.training.seat_spans import Sittings, Trainee, seat_spans, seated_share
from fleet.training.timeline import Happening, happenings, set_backs, with_streets

LEAST_SEATED = 1 / 3
"""Share of the storm that one sits at a desk at least to be scored by what the storm came to."""


@dataclass(frozen=True, slots=True)
class TraineeScore:
    """What a trainee reached, and former results in the same role, the newest first."""

    trainee: Trainee
    score: Score
    former: tuple[TrainingResult, ...]


@dataclass(frozen=True, slots=True)
class DebriefSources:
    """What a debrief is read with, beside the database; `speed` is the clock's."""

    network: StreetNetwork
    policy: Policy
    records: StormRecords
    speed: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Debrief:
    """A training until a moment; `points` are `None` where nobody looked for them yet.

    `counted` says how far it is judged, and how far it will be; `over` is whether the storm or the
    scenario has ended. `driven` says since when each plan was driven, `alerts` are those that count
    and other grave ones, the first first, and `set_backs` the moments to which the training was set
    back.
    """

    training: Training
    storm: Storm
    counted: Counted
    over: bool
    scores: tuple[TraineeScore, ...]
    facts: DispatchFacts
    calls: tuple[CallRecord, ...]
    points: tuple[DecisionPoint, ...] | None
    driven: Mapping[PlanId, datetime]
    alerts: tuple[JudgedAlert, ...]
    happenings: tuple[Happening, ...]
    notes: tuple[TrainingNote, ...]
    marks: tuple[TrainingMark, ...]
    set_backs: tuple[datetime, ...]

    @property
    def at(self) -> datetime:
        """Until when it is judged."""
        return self.counted.until


def training_storm(tx: Tx) -> Storm | None:
    """Return the storm of a training: the newest one."""
    return max(list_storms(tx), key=lambda one: one.id, default=None)


def debrief(
    tx: Tx,
    training: Training,
    storm: Storm,
    sources: DebriefSources,
    points: Sequence[DecisionPoint] | None,
    now: datetime,
) -> Debrief:
    """Return what a training came to until now, or until its storm or its scenario ended.

    Where what its trucks did is counted until an earlier moment, until then.
    """
    network, policy = sources.network, sources.policy
    reached = counted(tx, training, storm, now)
    until = reached.until
    points = None if points is None else [one for one in points if one.at <= until]
    driven = DrivenStorm(tx, storm, network, policy, until)
    account = sources.records.account(tx, storm, network, policy)
    comes = happenings(scenario_of(training), list_training_events(tx), training.began_at)
    quiet = silences(comes, [one.id for one in list_vehicles(tx)])
    alerts = of_the_storm((one for one in list_alerts(tx, storm.id) if one.since <= until), quiet)
    speeds = clock_speeds(tx, storm.started_at, until, sources.speed)
    judged = judged_alerts(alerts, until, speeds)
    facts = dispatch_facts(
        account,
        driven_metres(tx, sources.records, account, policy, until),
        plan_changes(driven.switches()),
        points,
        alert_times(judged),
        until,
    )
    calls = call_records(tx, network, until)
    seats = seat_spans(tx, storm.started_at, until)
    scoring = _Scoring(facts, calls, driven.plans, network, storm, until)
    former = [one for one in list_results(tx) if one.began_at != training.began_at]
    found = []
    late = supervisor_score(tx, storm, network, policy, until)
    for one in trainees(calls, seats):
        score = scoring.score(one, seats.get(one, ()), late)
        same = tuple(r for r in former if (r.login, r.role) == (one.login, one.role))
        found.append(TraineeScore(one, score, same))
    return Debrief(
        training=training,
        storm=storm,
        counted=reached,
        over=storm.ended_at is not None or scenario_end(training) <= now,
        scores=tuple(found),
        facts=facts,
        calls=tuple(calls),
        points=None if points is None else tuple(points),
        driven={one.check.plan.id: one.since for one in driven.plans},
        alerts=_worth_telling(judged),
        happenings=tuple(with_streets(tx, comes, network, training.seed)),
        notes=tuple(list_training_notes(tx)),
        marks=tuple(list_marks(tx)),
        set_backs=tuple(set_backs(tx, training.began_at)),
    )


def trainees(calls: Iterable[CallRecord], seated: Iterable[Trainee]) -> tuple[Trainee, ...]:
    """Return who played what: everybody who took a seat or a call, the simulation left out.

    Who drove several trucks after each other is there with each of them.
    """
    found = [*seated, *(Trainee(one.taken_by, Role.OPERATOR) for one in calls if one.taken_by)]
    people = (one for one in found if one.login not in PLAYED_BY_SIMULATION)
    return tuple(dict.fromkeys(people))


def results_of(found: Debrief, kept_at: datetime) -> tuple[TrainingResult, ...]:
    """Return what is kept of a training: each person's points, of a driver all trucks together."""
    by_person: dict[tuple[str, Role], list[Score]] = {}
    for one in found.scores:
        by_person.setdefault((one.trainee.login, one.trainee.role), []).append(one.score)
    results = []
    for (login, role), scores in by_person.items():
        score = together(role, scores)
        if score.points is None:
            continue
        measures = {each.name: each.value for each in score.measures if each.value is not None}
        results.append(
            TrainingResult(
                login=login,
                role=role,
                scenario_name=found.training.scenario_name,
                began_at=found.training.began_at,
                hours=found.facts.hours,
                points=score.points,
                measures=measures,
                kept_at=kept_at,
            )
        )
    return tuple(results)


def results_here(
    tx: Tx, now: datetime, kept_at: datetime, speed: float
) -> tuple[TrainingResult, ...]:
    """Return what is kept of the training in this database, as far as it is counted until now.

    Nothing is before its storm.
    """
    training, storm = known_training(tx), training_storm(tx)
    if storm is None:
        return ()
    policy = get_storm_policy(tx, storm.id)
    sources = DebriefSources(load_network(tx), policy, StormRecords(), speed)
    points = found_points(decision_runs(tx, storm.id))
    return results_of(debrief(tx, training, storm, sources, points, now), kept_at)


def counted_here(tx: Tx, now: datetime) -> Counted:
    """Return how far the training in this database is counted; all of it before its storm."""
    storm = training_storm(tx)
    return counted(tx, known_training(tx), storm, now) if storm else Counted(now, now)


def keep_results(tx: Tx, actor: Actor, results: Sequence[TrainingResult], now: datetime) -> int:
    """Keep results in place of those of the same training that cover less; return how many are new.

    One that covers fewer hours of the storm stays out: the clock was set back before it.
    """
    known = {_which(one): one for one in list_results(tx)}
    new = [one for one in results if _is_new(one, known.get(_which(one)))]
    for one in new:
        save_result(tx, one)
    if new:
        after = {"scenario": new[0].scenario_name, "people": len(new)}
        add_event(tx, now, actor, "training.results_kept", "training:1", after=after)
    return len(new)


def _which(one: TrainingResult) -> tuple[str, Role, datetime]:
    return one.login, one.role, one.began_at


def _is_new(one: TrainingResult, known: TrainingResult | None) -> bool:
    """Whether a result says more than the one that is known, or another thing of as much."""
    if known is None:
        return True
    return one.hours >= known.hours and replace(one, kept_at=known.kept_at) != known


def _worth_telling(judged: Iterable[JudgedAlert]) -> tuple[JudgedAlert, ...]:
    told = (
        one for one in judged if one.in_time is not None or severity(one.alert) >= Severity.STREETS
    )
    return tuple(sorted(told, key=lambda one: one.alert.since))


@dataclass(frozen=True, slots=True)
class _Scoring:
    facts: DispatchFacts
    calls: Sequence[CallRecord]
    plans: Sequence[DrivenPlan]
    network: StreetNetwork
    storm: Storm
    until: datetime

    def score(self, one: Trainee, seated: Sittings, supervised: Score) -> Score:
        if one.role is Role.OPERATOR:
            own = [
                call
                for call in self.calls
                if call.taken_by == one.login or _answers_for(call, seated)
            ]
            return operator_score(own, one.login, self.network, self.until)
        if one.role is Role.DRIVER and one.vehicle_id is not None:
            return driver_score(self.plans, one.vehicle_id, seated)
        score = supervised if one.role is Role.SUPERVISOR else dispatcher_score(self.facts)
        if seated_share(seated, self.storm.snow_at, self.until) < LEAST_SEATED:
            return score_of(one.role, [Measured(each.name, None, 0) for each in score.measures])
        return score


def _answers_for(call: CallRecord, seated: Sittings) -> bool:
    """Whether nobody took a call that rang or ended while somebody sat at the phone."""
    if call.taken_at is not None or call.over_at is None:
        return False
    return any(one.has(call.rang_at) or one.has(call.over_at) for one in seated)
