"""The council's page: figures with their change since an earlier storm, and colored streets.

No vehicle, no driver and no caller is part of any of these.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import NamedTuple

from data.model import ClassRule, Storm, StormId
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.coverage.snow_accumulation import accumulation_of
from fleet.reports.class_courses import Courses, classes_beside_elsewhere, courses
from fleet.reports.critical_sites import Site
from fleet.reports.own_and_hired import MoneySpent
from fleet.reports.pass_ages import STEPS_H
from fleet.reports.performance import (
    DistrictPerformance,
    Lanes,
    Performance,
    Share,
    district_order,
)
from fleet.reports.restatements import Restatement
from fleet.reports.storm_statistics import Account
from maps.reports.attention import AttentionView, attention_view
from maps.reports.class_levels import ClassInDistrictView, class_in_district_views, within_of
from maps.reports.council_money import MoneyView, money_view
from maps.reports.coverage_revisions import RevisionView
from maps.reports.coverage_table import CoveragePicture
from maps.reports.fairness import FairnessView, fairness_view
from maps.reports.figures import (
    CouncilFiguresView,
    ResponseView,
    StormChoice,
    figures_view,
    response_view,
    storm_choice,
)
from maps.reports.storm_rows import StormRowView, storm_row

POINTS = 48
"""Moments of a curve; more than a small picture can show."""

SOONEST_S = 300.0
"""Moments of a curve are at least so far apart."""


@dataclass(frozen=True, slots=True)
class PartView:
    """The city, a class or a district, now and in the earlier storm.

    At each of the view's moments, `cleared` has the share cleared in time, `within` that and what
    was not yet due; `earlier_within` is the same of the earlier storm, as long as that lasted.
    """

    name: str
    now: CouncilFiguresView
    earlier: CouncilFiguresView | None
    cleared: tuple[float | None, ...] = ()
    within: tuple[float | None, ...] = ()
    earlier_within: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class PromiseView:
    """The level of service of a class; `cycle_s` is `None` where it is served on request.

    Where there are snowfall entries, streets are due once `trigger_mm` of new snow lie, until
    `by_snow_until`; from then on hours count. `None`: hours alone count.
    """

    service_class: str
    cycle_s: float | None
    deadline_s: float
    trigger_mm: float
    by_snow_until: datetime | None


@dataclass(frozen=True, slots=True)
class ClassAges:
    """Seconds since the streets of a class were last cleared; shares are of lane metres.

    `older` are the shares that were cleared longer ago than `age_steps_h`; `never` is the share not
    cleared in this storm, which counts from the first flake. There is no median where half was not.
    """

    service_class: str
    median_s: float | None
    worst_s: float
    older: tuple[float, ...]
    never: float


@dataclass(frozen=True, slots=True)
class RestatementView:
    """A change of the rules that restated the figures of that moment; metres are lane metres."""

    at: datetime
    cause: str
    within_before: float | None
    within_after: float | None
    late_before_m: float
    late_after_m: float


@dataclass(frozen=True, slots=True)
class CouncilView:
    """Figures of a storm at a moment, and those of the storm it is compared with.

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
    unplaced: ResponseView | None
    classes: tuple[PartView, ...]
    districts: tuple[PartView, ...]
    district_classes: tuple[ClassInDistrictView, ...]
    promises: tuple[PromiseView, ...]
    age_steps_h: tuple[int, ...]
    ages: tuple[ClassAges, ...]
    fairness: FairnessView | None
    attention: AttentionView | None
    money: MoneyView | None
    storm_rows: tuple[StormRowView, ...]
    restated: tuple[RestatementView, ...]
    revisions: tuple[RevisionView, ...]


@dataclass(frozen=True, slots=True)
class CouncilMap:
    """Colors of all streets; a row is street, forward, backward, class and district by number."""

    at: datetime
    live: bool
    classes: tuple[str, ...]
    districts: tuple[str, ...]
    streets: Sequence[tuple[int, int, int, int, int]]


class Ground(NamedTuple):
    """The city that a storm fell on; `inhabitants` of districts by name, as far as known."""

    network: StreetNetwork
    sites: Sequence[Site]
    inhabitants: Mapping[str, int]


def council_view(
    now: datetime,
    storms: Sequence[Storm],
    policy: Policy,
    account: Account | None,
    earlier: Account | None = None,
    revisions: tuple[RevisionView, ...] = (),
    *,
    ground: Ground,
    before_it: Sequence[Account] = (),
    spent: MoneySpent | None = None,
) -> CouncilView:
    """Return the figures of a storm and of an earlier one as long after its first flake.

    `revisions` are the storm's, oldest first; `before_it` the storms to be told beside it;
    `spent` is what the storm cost.
    """
    promises = tuple(
        _promise(rule, account.storm if account else None) for rule in policy.rules.values()
    )
    choices = tuple(storm_choice(storm) for storm in storms)
    if account is None:
        return CouncilView(
            now=now,
            storms=choices,
            storm=None,
            at=None,
            earlier=None,
            earlier_at=None,
            moments_s=(),
            city=None,
            unplaced=None,
            classes=(),
            districts=(),
            district_classes=(),
            promises=promises,
            age_steps_h=STEPS_H,
            ages=(),
            fairness=None,
            attention=None,
            money=None,
            storm_rows=(),
            restated=(),
            revisions=(),
        )
    shown = account.at(now)
    elapsed = shown.at - account.storm.started_at
    snowed = shown.at - account.storm.snow_at
    before = earlier.at(earlier.storm.snow_at + snowed) if earlier else None
    fair = account.fairness(ground.inhabitants, shown.at)
    moments_s = moments_of(elapsed)
    course = _course(account.storm, account, moments_s)
    before_course = _course(account.storm, earlier, moments_s) if earlier else None
    parts = _Storms(account, course, earlier, before_course)
    return CouncilView(
        now=now,
        storms=choices,
        storm=storm_choice(account.storm),
        at=shown.at,
        earlier=storm_choice(earlier.storm) if earlier else None,
        earlier_at=before.at if before else None,
        moments_s=moments_s,
        city=parts.city(shown, before),
        unplaced=response_view(shown.unplaced),
        classes=parts.classes(shown, before),
        districts=parts.districts(shown, before),
        district_classes=class_in_district_views(classes_beside_elsewhere(account.lanes, course)),
        promises=promises,
        age_steps_h=STEPS_H,
        ages=tuple(
            ClassAges(name, each.median_s, each.worst_s, each.older, each.never)
            for name, each in account.ages(shown.at).items()
        ),
        fairness=fairness_view(fair) if fair else None,
        attention=attention_view(
            account.lane_states(shown.at), ground.network, policy, ground.sites
        ),
        money=money_view(spent.by(account.cleared_m(shown.at))) if spent else None,
        storm_rows=tuple(
            storm_row(each, snowed, ground.inhabitants) for each in (account, *before_it)
        ),
        restated=tuple(map(_restatement, account.restated)),
        revisions=revisions,
    )


def compared_with(storms: Iterable[Storm], storm: Storm, wanted: StormId | None) -> Storm | None:
    """Return the storm to compare with: the wanted one, by default the one before; 0 for none."""
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
    return (*(whole_s * step / steps for step in range(steps)), whole_s)


def council_map(picture: CoveragePicture) -> CouncilMap:
    """Return every street with its colors, its class and its district."""
    segments = picture.network.segments
    districts = tuple(sorted({segment.district for segment in segments}, key=district_order))
    number = {name: i for i, name in enumerate(districts)}
    rank = {code: i for i, code in enumerate(picture.policy.rules)}
    rows = [
        (
            segment.id,
            *picture.states[segment.id],
            rank[picture.policy.class_of(segment)],
            number[segment.district],
        )
        for segment in segments
    ]
    live = picture.storm is not None and picture.storm.ended_at is None
    return CouncilMap(picture.at, live, tuple(picture.policy.rules), districts, rows)


def _course(shown: Storm, account: Account, moments_s: Sequence[float]) -> Courses:
    """Return how a storm went, until it ended: as long after its first flake as the shown one."""
    storm = account.storm
    later_s = _snow_s(storm) - _snow_s(shown)
    ended_s = (storm.ended_at - storm.started_at).total_seconds() if storm.ended_at else inf
    known_s = (max(at_s + later_s, 0.0) for at_s in moments_s)
    return courses(account.lanes, account.spells, [at_s for at_s in known_s if at_s <= ended_s])


def _snow_s(storm: Storm) -> float:
    """Return how long after its start a storm's first flake fell."""
    return (storm.snow_at - storm.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class _Storms:
    """How the storm that is shown went, and the one that it is compared with."""

    account: Account
    course: Courses
    earlier: Account | None
    before_course: Courses | None

    def city(self, shown: Performance, before: Performance | None) -> PartView:
        """Return the figures of the whole city."""
        return _part(
            "",
            shown.city,
            before.city if before else None,
            self.course.of_city(),
            self.before_course.of_city() if self.before_course else (),
        )

    def classes(self, shown: Performance, before: Performance | None) -> tuple[PartView, ...]:
        """Return the classes that have streets with a cycle or requests."""
        return tuple(
            _part(
                name,
                standing,
                before.classes.get(name) if before else None,
                *self._courses(name, lambda lanes: lanes.classes, Courses.of_class),
            )
            for name, standing in shown.classes.items()
            if standing.share.lane_m > 0 or standing.response.asked
        )

    def districts(self, shown: Performance, before: Performance | None) -> tuple[PartView, ...]:
        """Return the districts."""
        return tuple(
            _part(
                name,
                standing,
                before.districts.get(name) if before else None,
                *self._courses(name, lambda lanes: lanes.districts, Courses.of_district),
            )
            for name, standing in shown.districts.items()
        )

    def _courses(
        self,
        name: str,
        names_of: Callable[[Lanes], Sequence[str]],
        course_of: Callable[[Courses, int], list[Share]],
    ) -> Iterator[Sequence[Share]]:
        """Yield how a part went in either storm; nothing where it has no street with a cycle."""
        for account, course in ((self.account, self.course), (self.earlier, self.before_course)):
            names = names_of(account.lanes) if account else ()
            yield course_of(course, names.index(name)) if course and name in names else ()


def _part(
    name: str,
    now: DistrictPerformance,
    before: DistrictPerformance | None,
    course: Sequence[Share],
    before_course: Sequence[Share],
) -> PartView:
    return PartView(
        name,
        figures_view(now),
        figures_view(before) if before else None,
        tuple(share.clear for share in course),
        within_of(course),
        within_of(before_course),
    )


def _promise(rule: ClassRule, storm: Storm | None) -> PromiseView:
    known_until = accumulation_of(storm).known_until if storm else None
    return PromiseView(
        rule.service_class,
        _seconds(rule.cycle),
        rule.deadline.total_seconds(),
        rule.trigger_mm,
        known_until if rule.trigger_mm > 0 and rule.cycle is not None else None,
    )


def _restatement(one: Restatement) -> RestatementView:
    return RestatementView(
        one.at,
        one.cause,
        one.before.within,
        one.after.within,
        one.before.late_m,
        one.after.late_m,
    )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
