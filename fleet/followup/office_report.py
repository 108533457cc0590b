"""Report of the complaints office, pure: counts, response times and closing reasons of a period."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.model import ClockedRequest, ClosingReason, RequestKind, RequestState, ServiceClass, Storm
from data.model.periods import Period, PeriodKind
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.requests.closing import STILL_OPEN
from fleet.requests.sla_clocks import Lateness, class_of, district_of, lateness
from fleet.work.totals import quantile

_INSTANT = timedelta(microseconds=1)
"""What happens now lies before the end of a period that ends now."""


@dataclass(frozen=True, slots=True)
class ReportedRequest:
    """One request as the report counts it; `done_s` from receiving it to the evidence.

    `reopened` says how often somebody said that it was not done, `unproved` how often its proof was
    taken back before anybody did.
    """

    kind: RequestKind
    service_class: ServiceClass | None
    district: str | None
    state: RequestState
    done_s: float | None
    late: Lateness
    reopened: int
    unproved: int


@dataclass(frozen=True, slots=True)
class Answered:
    """Counts of some requests: all, done, late, and the time until they were done.

    `late` are past the target of place or work, of which `late_waiting` are not closed; `overdue`
    stand as late in the office's list, where callers to be told count too. Times are `None` where
    nothing was done yet; they count what is done, so that waiting requests stand in `late`.
    """

    requests: int
    done: int
    late: int
    late_waiting: int
    overdue: int
    reopened: int
    unproved: int
    median_s: float | None
    p90_s: float | None


@dataclass(frozen=True, slots=True)
class StepTime:
    """Duration of a step: number of requests, median and 90th percentile."""

    requests: int
    median_s: float | None
    p90_s: float | None


@dataclass(frozen=True, slots=True)
class OfficeReport:
    """Report of a period: requests received in it, and requests closed in it.

    A district is "" outside all districts, and `None` where nobody knows the street yet.
    """

    period: Period
    whole: Answered
    states: Mapping[RequestState, int]
    steps: Mapping[str, StepTime]
    by_class: Mapping[ServiceClass | None, Answered]
    by_district: Mapping[str | None, Answered]
    by_both: Mapping[tuple[str | None, ServiceClass | None], Answered]
    by_kind: Mapping[RequestKind, Answered]
    reasons: Mapping[ClosingReason, int]


def shift_of(hours: Sequence[time], timezone: str, at: datetime) -> Period:
    """Return the office shift of a moment; without configured hours it is a day."""
    zone = ZoneInfo(timezone)
    today = at.astimezone(zone).date()
    starts = [
        datetime.combine(today + timedelta(days=days), hour, zone).astimezone(at.tzinfo)
        for days in (-1, 0, 1)
        for hour in hours
    ]
    if not starts:
        day = day_of(timezone, at)
        return Period(PeriodKind.SHIFT, day.since, day.until)
    since = max(start for start in starts if start <= at)
    return Period(PeriodKind.SHIFT, since, min(start for start in starts if start > at))


def day_of(timezone: str, at: datetime) -> Period:
    """Return the local day of a moment; 23 or 25 hours long when clocks change."""
    zone = ZoneInfo(timezone)
    local = at.astimezone(zone).date()
    midnights = [
        datetime.combine(local + timedelta(days=days), time(), zone).astimezone(at.tzinfo)
        for days in (0, 1)
    ]
    return Period(PeriodKind.DAY, *midnights)


def storm_of(storm: Storm, earlier: Iterable[Storm], now: datetime) -> Period:
    """Return the period of a storm's requests: from the storm before to its end, or now."""
    ends = [one.ended_at for one in earlier if one.ended_at and one.ended_at <= storm.started_at]
    return Period(
        PeriodKind.STORM, max(ends, default=storm.started_at), storm.ended_at or now + _INSTANT
    )


def office_report(
    period: Period,
    received: Sequence[ClockedRequest],
    reasons: Iterable[ClosingReason],
    network: StreetNetwork,
    policy: Policy,
    storms: Sequence[Storm],
    now: datetime,
) -> OfficeReport:
    """Return the report of a period at a moment."""
    lines = [_line(one, network, policy, storms, now) for one in received]
    return OfficeReport(
        period=period,
        whole=_answered(lines),
        states=Counter(line.state for line in lines),
        steps=_steps(received),
        by_class=_grouped(lines, lambda line: line.service_class),
        by_district=_grouped(lines, lambda line: line.district),
        by_both=_grouped(lines, lambda line: (line.district, line.service_class)),
        by_kind=_grouped(lines, lambda line: line.kind),
        reasons=Counter(reasons),
    )


def _line(
    one: ClockedRequest,
    network: StreetNetwork,
    policy: Policy,
    storms: Sequence[Storm],
    now: datetime,
) -> ReportedRequest:
    asked, done_at = one.request, one.clock.done_at
    return ReportedRequest(
        kind=asked.kind,
        service_class=class_of(one, network, policy),
        district=district_of(one, network),
        state=asked.state,
        done_s=None if done_at is None else (done_at - asked.received_at).total_seconds(),
        late=lateness(one, network, policy, storms, now),
        reopened=one.clock.asked_again,
        unproved=one.clock.unproved,
    )


def _answered(lines: Sequence[ReportedRequest]) -> Answered:
    waits_s = sorted(line.done_s for line in lines if line.done_s is not None)
    return Answered(
        requests=len(lines),
        done=len(waits_s),
        late=sum(line.late.work for line in lines),
        late_waiting=sum(line.late.work and line.state in STILL_OPEN for line in lines),
        overdue=sum(line.late.overdue for line in lines),
        reopened=sum(line.reopened > 0 for line in lines),
        unproved=sum(line.unproved > 0 for line in lines),
        median_s=quantile(waits_s, 0.5),
        p90_s=quantile(waits_s, 0.9),
    )


def _grouped[Key](
    lines: Iterable[ReportedRequest], key: Callable[[ReportedRequest], Key]
) -> dict[Key, Answered]:
    groups: dict[Key, list[ReportedRequest]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    return {name: _answered(group) for name, group in groups.items()}


def _steps(received: Iterable[ClockedRequest]) -> dict[str, StepTime]:
    """Return the duration of each step, counted from the step before."""
    spans: dict[str, list[float]] = {step: [] for step in ("placed", "planned", "done", "told")}
    for one in received:
        clock, since = one.clock, one.request.received_at
        for step, at, start in (
            ("placed", clock.placed_at, since),
            ("planned", clock.planned_at, since),
            ("done", clock.done_at, since),
            ("told", clock.told_at, clock.closed_at),
        ):
            if at is not None and start is not None:
                spans[step].append(max(0.0, (at - start).total_seconds()))
    return {step: _step_time(sorted(waits_s)) for step, waits_s in spans.items()}


def _step_time(waits_s: Sequence[float]) -> StepTime:
    return StepTime(len(waits_s), quantile(waits_s, 0.5), quantile(waits_s, 0.9))
