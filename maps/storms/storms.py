"""Storms as their pages show them: the list, and one storm in full."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import (
    ByLanguage,
    Closure,
    Event,
    JobState,
    LonLat,
    MachineOut,
    ReloadSite,
    ReloadSiteId,
    ServiceClass,
    SnowEntry,
    SnowSource,
    Storm,
    StormMove,
    StormPhase,
    Vehicle,
    VehicleId,
)
from data.streets.network import StreetNetwork
from fleet.storms.storm_phases import LEGAL, OpenWork
from fleet.storms.work_of_machines import WorkOfMachine
from maps.board.board import SnowPoint, snow_points
from maps.pages.i18n import Translator
from maps.pages.wall import PrivateText, has_private_texts
from maps.streets.street import street_name


@dataclass(frozen=True, slots=True)
class StormSums:
    """Sums of a storm: jobs by state, published plans, coverage revisions."""

    jobs_open: int
    jobs_done: int
    jobs_cancelled: int
    plans: int
    revisions: int


@dataclass(frozen=True, slots=True)
class StormRow:
    """A storm in the list; `fallen_cm` is `None` without snowfall entries."""

    id: int
    name: str
    phase: StormPhase
    opened_at: datetime
    started_at: datetime
    ended_at: datetime | None
    fallen_cm: float | None
    sums: StormSums


@dataclass(frozen=True, slots=True)
class MoveView:
    """A change of phase: its time and author."""

    phase: StormPhase
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SnowEntryView:
    """A valid snowfall entry: total snowfall in cm by that time."""

    id: int
    at: datetime
    fallen_cm: float
    source: SnowSource
    by: str
    entered_at: datetime
    corrected: bool


@dataclass(frozen=True, slots=True)
class LastChange:
    """The last change of a thing, which may be undone; `what` is its verb in the audit log."""

    id: int
    what: str
    at: datetime
    by: str


@has_private_texts
@dataclass(frozen=True, slots=True)
class ClosureView:
    """A closure; `forward` is `None` for both directions, `over` is whether it has ended.

    `line` is how it lies on the map, empty for a street that a newer file no longer has.
    """

    id: int
    segment_id: int
    names: ByLanguage
    forward: bool | None
    from_at: datetime
    until_at: datetime | None
    reason: PrivateText
    by: PrivateText
    holds: bool
    over: bool
    line: tuple[LonLat, ...]


@dataclass(frozen=True, slots=True)
class SwitchView:
    """A machine or reload site, and whether the storm uses it; `busy` ones cannot be switched.

    Those that are `out` are on the road by evidence; busy ones are it by their drivers' word.
    `reason` and `note` are why somebody took a machine out.
    """

    id: int
    name: str
    on: bool
    busy: bool
    out: bool
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class WorkView:
    """What a machine did in a storm that is over; `last_at` is `None` where no work was seen.

    `sent` is whether it had a shift; `reason` and `note` are why somebody took it out of service.
    """

    id: int
    name: str
    plowed_m: float
    salted_m: float
    last_at: datetime | None
    sent: bool
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class LeftView:
    """What ends with a storm: open jobs and requests, machines on the road, closures, crew jobs."""

    jobs: Mapping[ServiceClass, int]
    requests: int
    out: tuple[str, ...]
    waiting: int
    closures: int
    crew_jobs: int


@dataclass(frozen=True, slots=True)
class StormDetail:
    """One storm in full; `next` are the phases that may follow, the usual one first.

    `snow_change` is the last change of the snowfall, which may be undone; `policy_base` goes back
    with an edit of the policy. `curve` is what entries come to. What machines did (`work`) is told
    of a storm that is over. `snow_at` is the first flake of one that was begun before its snow.
    """

    row: StormRow
    snow_at: datetime | None
    moves: tuple[MoveView, ...]
    next: tuple[StormPhase, ...]
    curve: tuple[SnowPoint, ...]
    snow: tuple[SnowEntryView, ...]
    snow_change: LastChange | None
    closures: tuple[ClosureView, ...]
    machines: tuple[SwitchView, ...]
    work: tuple[WorkView, ...]
    sites: tuple[SwitchView, ...]
    policy: Mapping[str, object]
    policy_own: bool
    policy_base: int
    policy_change: LastChange | None


def storm_row(
    storm: Storm,
    jobs: Mapping[tuple[ServiceClass, JobState], int],
    plans: int,
    revisions: int,
) -> StormRow:
    """Return a storm as a row of the list; `jobs` counts its jobs by class and state."""

    def count(state: JobState) -> int:
        return sum(number for (_, each), number in jobs.items() if each is state)

    sums = StormSums(
        count(JobState.OPEN), count(JobState.DONE), count(JobState.CANCELLED), plans, revisions
    )
    fallen_cm = round(storm.snowfall[-1][1] / 10, 2) if storm.snowfall else None
    return StormRow(
        storm.id,
        storm.name,
        storm.phase,
        storm.opened_at or storm.started_at,
        storm.started_at,
        storm.ended_at,
        fallen_cm,
        sums,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StormPageRecords:
    """Records of a storm's page; `policy_own` is whether the storm has its own policy."""

    storm: Storm
    row: StormRow
    moves: Iterable[StormMove]
    entries: Sequence[SnowEntry]
    snow_change: Event | None
    closures: tuple[ClosureView, ...]
    machines: tuple[SwitchView, ...]
    work: tuple[WorkView, ...]
    sites: tuple[SwitchView, ...]
    policy: Mapping[str, object]
    policy_change: Event | None
    policy_own: bool


def storm_detail(of: StormPageRecords) -> StormDetail:
    """Return one storm for its page."""
    held = sorted((one for one in of.entries if one.withdrawn_at is None), key=lambda one: one.at)
    return StormDetail(
        row=of.row,
        snow_at=of.storm.snow_at if of.storm.snow_at > of.storm.started_at else None,
        moves=tuple(MoveView(each.phase, each.at, each.moved_by) for each in of.moves),
        next=LEGAL[of.storm.phase],
        curve=snow_points(of.storm),
        snow=tuple(_entry(one) for one in held),
        snow_change=_last(of.snow_change) if of.snow_change else None,
        closures=of.closures,
        machines=of.machines,
        work=of.work,
        sites=of.sites,
        policy=of.policy,
        policy_own=of.policy_own,
        policy_base=of.policy_change.id if of.policy_change else 0,
        policy_change=_last(of.policy_change) if of.policy_change else None,
    )


def closure_view(closure: Closure, network: StreetNetwork, now: datetime) -> ClosureView:
    """Return a closure with its street's name; empty for a street that no longer exists."""
    segment = network.find(closure.segment_id)
    ended = closure.lifted_at is not None or (
        closure.until_at is not None and closure.until_at <= now
    )
    return ClosureView(
        closure.id,
        closure.segment_id,
        street_name(segment) if segment else {},
        closure.forward,
        closure.from_at,
        closure.lifted_at or closure.until_at,
        closure.reason,
        closure.added_by,
        closure.holds_at(now),
        ended,
        segment.geometry if segment else (),
    )


def machine_switches(
    vehicles: Iterable[Vehicle],
    out: Collection[VehicleId],
    why: Mapping[VehicleId, MachineOut],
    begun: Collection[VehicleId],
    driving: Collection[VehicleId],
) -> tuple[SwitchView, ...]:
    """Return the machines, whether in service or why not; those `begun` are busy."""
    reasons = {each: (one.reason or "", one.note) for each, one in why.items()}
    return tuple(
        SwitchView(
            each.id,
            each.name,
            each.id not in out,
            each.id in begun,
            each.id in driving,
            *reasons.get(each.id, ("", "")),
        )
        for each in vehicles
    )


def work_views(machines: Iterable[WorkOfMachine]) -> tuple[WorkView, ...]:
    """Return what machines did in a storm."""
    return tuple(
        WorkView(
            one.vehicle.id,
            one.vehicle.name,
            one.plowed_m,
            one.salted_m,
            one.last_at,
            one.sent,
            (one.out.reason or "") if one.out else "",
            one.out.note if one.out else "",
        )
        for one in machines
    )


def site_switches(
    sites: Iterable[ReloadSite], out: Collection[ReloadSiteId]
) -> tuple[SwitchView, ...]:
    """Return the reload sites, and whether they are in use."""
    return tuple(
        SwitchView(each.id, each.name, each.id not in out, False, False, "", "") for each in sites
    )


def left_view(left: OpenWork, names: Mapping[VehicleId, str], t: Translator) -> LeftView:
    """Return what ends with a storm, with the names of machines."""
    out = tuple(names.get(each, "") for each in left.out)
    jobs = {code: left.jobs[code] for code in t.classes_in_order(left.jobs)}
    return LeftView(jobs, left.requests, out, left.waiting, left.closures, left.crew_jobs)


def _last(event: Event) -> LastChange:
    return LastChange(event.id, event.verb, event.at, event.actor.id)


def _entry(one: SnowEntry) -> SnowEntryView:
    return SnowEntryView(
        one.id,
        one.at,
        round(one.fallen_mm / 10, 2),
        one.source,
        one.entered_by,
        one.entered_at,
        one.replaces_id is not None,
    )
