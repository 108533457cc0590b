"""What the council sees: figures and their change, the colored streets, one street's evidence.

No vehicle, no driver and no caller is part of any of these.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import (
    Coverage,
    DirectedSegment,
    District,
    Job,
    LevelReason,
    Pass,
    Segment,
    Storm,
    StormId,
)
from data.policy import Policy
from fleet.coverage import coverage_state, drivable
from fleet.performance import CLASSES, Performance, Share, Standing, shares_over_time
from fleet.records import Account
from maps.street import street_name
from maps.streets_table import CoveragePicture

POINTS = 48
"""Moments of a curve; more than a small picture can show."""

SOONEST_S = 300.0
"""Moments of a curve are at least so far apart."""


@dataclass(frozen=True, slots=True)
class StormChoice:
    """A storm to look at."""

    id: int
    name: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class FiguresView:
    """How a part of the city stood at a moment; metres are lane metres, `within` shares of one.

    `late` and `answered_within` are about requests; `waiting` have no answer yet.
    """

    lane_m: float
    clear_m: float
    waiting_m: float
    late_m: float
    within: float | None
    asked: int
    answered: int
    in_time: int
    late: int
    waiting: int
    answered_within: float | None
    median_s: float | None
    p90_s: float | None
    longest_wait_s: float | None


@dataclass(frozen=True, slots=True)
class PartView:
    """The city, a class or a district, now and in the earlier storm.

    At each of the view's moments, `cleared` has the share cleared in time, `within` that and what
    was not yet due; `earlier_within` is the same of the earlier storm, as long as that lasted.
    """

    name: str
    now: FiguresView
    earlier: FiguresView | None
    cleared: tuple[float | None, ...] = ()
    within: tuple[float | None, ...] = ()
    earlier_within: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class PromiseView:
    """What a class is promised; `cycle_s` is `None` where it is served on request."""

    service_class: str
    cycle_s: float | None
    deadline_s: float


@dataclass(frozen=True, slots=True)
class DistrictName:
    """What a district is called; `key` is how streets and figures name it."""

    key: str
    name_fa: str
    name_en: str


@dataclass(frozen=True, slots=True)
class CouncilView:
    """A storm's figures at a moment and what they are compared with.

    `earlier_at` is as long after the earlier storm's start, or its end where it was shorter.
    """

    now: datetime
    storms: tuple[StormChoice, ...]
    storm: StormChoice | None
    at: datetime | None
    earlier: StormChoice | None
    earlier_at: datetime | None
    moments_s: tuple[float, ...]
    city: PartView | None
    classes: tuple[PartView, ...]
    districts: tuple[PartView, ...]
    district_names: tuple[DistrictName, ...]
    promises: tuple[PromiseView, ...]


@dataclass(frozen=True, slots=True)
class CouncilMap:
    """Colors of all streets; a row is street, forward, backward, class and district by number."""

    at: datetime
    live: bool
    classes: tuple[str, ...]
    districts: tuple[str, ...]
    streets: Sequence[tuple[int, int, int, int, int]]


@dataclass(frozen=True, slots=True)
class ProofView:
    """One observed pass: when, what proves it, and over which share of the street."""

    forward: bool
    ended_at: datetime
    treatment: str | None
    evidence: str
    share: float


@dataclass(frozen=True, slots=True)
class WayView:
    """One direction of a street: its color and what proves it."""

    forward: bool
    state: int
    passes_done: int
    passes_needed: int
    last_pass_at: datetime | None
    driven_at: datetime | None
    evidence: str | None


@dataclass(frozen=True, slots=True)
class CouncilStreet:
    """A street, why it has its class, and the evidence behind its colors."""

    id: int
    name: str
    name_fa: str
    name_en: str
    road_class: str
    service_class: str
    reason: str
    subject: str
    cycle_s: float | None
    deadline_s: float
    length_m: float
    district: str
    at: datetime
    ways: tuple[WayView, ...]
    proofs: tuple[ProofView, ...]


def council_view(
    now: datetime,
    storms: Sequence[Storm],
    policy: Policy,
    districts: Iterable[District],
    account: Account | None,
    earlier: Account | None = None,
) -> CouncilView:
    """Return the figures of a storm and of an earlier one after the same time."""
    promises = tuple(
        PromiseView(name, _seconds(rule.cycle), rule.deadline.total_seconds())
        for name, rule in policy.rules.items()
    )
    names = tuple(_district_name(each) for each in districts)
    choices = tuple(storm_choice(storm) for storm in storms)
    if account is None:
        return CouncilView(now, choices, None, None, None, None, (), None, (), (), names, promises)
    shown = account.at(now)
    elapsed = shown.at - account.storm.started_at
    before = earlier.at(earlier.storm.started_at + elapsed) if earlier else None
    moments_s = moments_of(elapsed)
    course, before_course = _course(account, moments_s), _course(earlier, moments_s)
    return CouncilView(
        now=now,
        storms=choices,
        storm=storm_choice(account.storm),
        at=shown.at,
        earlier=storm_choice(earlier.storm) if earlier else None,
        earlier_at=before.at if before else None,
        moments_s=moments_s,
        city=_part(None, shown.city, before.city if before else None, course, before_course),
        classes=_class_parts(shown, before),
        districts=tuple(
            _part(name, standing, _of_district(before, name), course, before_course)
            for name, standing in shown.districts.items()
        ),
        district_names=names,
        promises=promises,
    )


def compared_with(storms: Iterable[Storm], storm: Storm, wanted: StormId | None) -> Storm | None:
    """Return the storm to compare with: the wanted one, else the one before; 0 is none."""
    before = [one for one in storms if one.id < storm.id]
    if wanted is None:
        return max(before, key=lambda one: one.id, default=None)
    return next((one for one in before if one.id == wanted), None)


def moments_of(elapsed: timedelta) -> tuple[float, ...]:
    """Return evenly spaced moments from a storm's start on, in seconds, the last one at its end."""
    whole_s = elapsed.total_seconds()
    if whole_s <= 0:
        return (0.0,)
    steps = max(1, min(POINTS - 1, int(whole_s / SOONEST_S)))
    return tuple(whole_s * step / steps for step in range(steps + 1))


def council_map(picture: CoveragePicture) -> CouncilMap:
    """Return every street with its colors, its class and its district."""
    segments = picture.network.segments
    districts = tuple(sorted({segment.district for segment in segments}))
    number = {name: i for i, name in enumerate(districts)}
    rows = [
        (
            segment.id,
            *picture.states[segment.id],
            CLASSES.index(picture.policy.class_of(segment)),
            number[segment.district],
        )
        for segment in segments
    ]
    live = picture.storm is not None and picture.storm.ended_at is None
    return CouncilMap(picture.at, live, tuple(str(name) for name in CLASSES), districts, rows)


def council_street(
    segment: Segment,
    policy: Policy,
    storm: Storm | None,
    coverages: Iterable[Coverage],
    passes: Mapping[DirectedSegment, Sequence[Pass]],
    open_job: Job | None,
    at: datetime,
) -> CouncilStreet:
    """Return a street with the evidence of a storm as of a moment.

    The subject of an override is an administrator's own note and stays inside.
    """
    name, level, rule = street_name(segment), policy.level_of(segment), policy.rule_of(segment)
    known = {one.forward: one for one in coverages}
    seen = sorted((p for way in passes.values() for p in way), key=lambda p: p.ended_at)
    return CouncilStreet(
        id=segment.id,
        name=name.name,
        name_fa=name.name_fa,
        name_en=name.name_en,
        road_class=segment.road_class,
        service_class=rule.service_class,
        reason=level.reason,
        subject="" if level.reason is LevelReason.OVERRIDE else level.subject,
        cycle_s=_seconds(rule.cycle),
        deadline_s=rule.deadline.total_seconds(),
        length_m=segment.length_m,
        district=segment.district,
        at=at,
        ways=tuple(
            way_view(
                known.get(forward),
                coverage_state(known.get(forward), rule, storm, at, open_job),
                forward=forward,
            )
            for forward in (True, False)
            if drivable(segment, forward=forward)
        ),
        proofs=tuple(_proof(one, segment.length_m) for one in reversed(seen)),
    )


def way_view(coverage: Coverage | None, state: int, *, forward: bool) -> WayView:
    """Return what evidence says of one direction."""
    if coverage is None:
        return WayView(forward, int(state), 0, 1, None, None, None)
    return WayView(
        forward,
        int(state),
        coverage.passes_done,
        coverage.passes_needed,
        coverage.last_pass_at,
        coverage.driven_at,
        coverage.evidence.kind if coverage.evidence else None,
    )


def storm_choice(storm: Storm) -> StormChoice:
    """Return a storm for a list to choose from."""
    return StormChoice(storm.id, storm.name, storm.started_at, storm.ended_at)


def _proof(one: Pass, length_m: float) -> ProofView:
    share = min(1.0, (one.to_m - one.from_m) / length_m)
    return ProofView(one.forward, one.ended_at, one.treatment, one.evidence.kind, share)


def _course(
    account: Account | None, moments_s: Sequence[float]
) -> Mapping[str | None, list[Share]]:
    """Return the course of a storm, by district, for as long as it lasted."""
    if account is None:
        return {}
    ended_at, started_at = account.storm.ended_at, account.storm.started_at
    lasted_s = (ended_at - started_at).total_seconds() if ended_at else moments_s[-1]
    known_s = [at_s for at_s in moments_s if at_s <= lasted_s]
    return shares_over_time(account.lanes, account.spells, known_s)


def _part(
    name: str | None,
    now: Standing,
    before: Standing | None,
    course: Mapping[str | None, list[Share]],
    before_course: Mapping[str | None, list[Share]],
) -> PartView:
    """Return a district, or the city under the name `None`."""
    return PartView(
        name or "",
        figures_view(now),
        figures_view(before) if before else None,
        tuple(share.clear for share in course.get(name, ())),
        tuple(share.within for share in course.get(name, ())),
        tuple(share.within for share in before_course.get(name, ())),
    )


def _class_parts(shown: Performance, before: Performance | None) -> tuple[PartView, ...]:
    """Return the classes that have streets with a cycle or requests."""
    return tuple(
        PartView(
            name, figures_view(standing), figures_view(before.classes[name]) if before else None
        )
        for name, standing in shown.classes.items()
        if standing.share.lane_m > 0 or standing.response.asked
    )


def _of_district(before: Performance | None, name: str) -> Standing | None:
    return before.districts.get(name) if before else None


def figures_view(standing: Standing) -> FiguresView:
    """Return the figures of one part of the city."""
    share, response = standing.share, standing.response
    return FiguresView(
        lane_m=share.lane_m,
        clear_m=share.clear_m,
        waiting_m=share.waiting_m,
        late_m=share.late_m,
        within=share.within,
        asked=response.asked,
        answered=response.answered,
        in_time=response.in_time,
        late=response.late,
        waiting=response.waiting,
        answered_within=response.within,
        median_s=response.median_s,
        p90_s=response.p90_s,
        longest_wait_s=response.longest_wait_s,
    )


def _district_name(district: District) -> DistrictName:
    first = {language: spellings[0] for language, spellings in district.names.items() if spellings}
    return DistrictName(district.name, first.get("fa", ""), first.get("en", ""))


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
