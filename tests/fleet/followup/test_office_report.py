from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.model import (
    ClockedRequest,
    ClosingReason,
    RequestClock,
    RequestId,
    RequestKind,
    RequestState,
    ServiceClass,
    ServiceRequest,
    Side,
    Snap,
)
from data.model.periods import PeriodKind
from fleet.followup.office_report import OfficeReport, day_of, office_report, shift_of, storm_of
from tests import village as v
from tests.village_database import POLICY

HOUR = timedelta(hours=1)
HOURS = (time(7), time(15), time(23))
NIGHT = v.NOW + 24 * HOUR


def a_followed(
    number: int = 1, *, done_after: timedelta | None = None, **clock: object
) -> ClockedRequest:
    state = RequestState.OPEN if done_after is None else RequestState.DONE
    request = ServiceRequest(
        id=RequestId(number),
        reference=f"B-{number:04d}",
        received_at=v.NOW,
        channel="phone",
        text="snow",
        kind=RequestKind.PLOW,
        state=state,
        snap=Snap(v.SCHOOL, Side.RIGHT, 10.0, 2.0),
    )
    done_at = None if done_after is None else v.NOW + done_after
    times = {"done_at": done_at, "closed_at": done_at} | clock
    return ClockedRequest(request, RequestClock(request.id, **times), reachable=True)


def reported(*received: ClockedRequest, now: datetime = NIGHT) -> OfficeReport:
    period = day_of("Asia/Tehran", v.NOW)
    reasons = [ClosingReason.PLOWED, ClosingReason.MELTED, ClosingReason.PLOWED]
    return office_report(period, received, reasons, v.village(), POLICY, [v.a_storm()], now)


def test_times_count_what_is_done_and_what_waits_stands_among_the_late() -> None:
    waits = [a_followed(n, done_after=n * HOUR) for n in range(1, 11)]
    whole = reported(*waits, a_followed(11), now=NIGHT + 48 * HOUR).whole
    assert (whole.requests, whole.done) == (11, 10)
    assert whole.median_s == 5 * HOUR.total_seconds()
    assert whole.p90_s == 9 * HOUR.total_seconds()
    target = POLICY.rule_of(v.village().segment(v.SCHOOL)).deadline
    assert whole.late == sum(n * HOUR > target for n in range(1, 11)) + 1


def test_a_period_without_requests_has_no_times() -> None:
    report = reported()
    assert (report.whole.requests, report.whole.median_s) == (0, None)
    assert report.by_class == report.by_district == {}


def test_parts_add_up_to_the_whole() -> None:
    nowhere = a_followed(3)
    nowhere = replace(nowhere, request=replace(nowhere.request, snap=None))
    report = reported(a_followed(1, done_after=HOUR), a_followed(2), nowhere)
    school = POLICY.class_of(v.village().segment(v.SCHOOL))
    assert {name: one.requests for name, one in report.by_class.items()} == {school: 2, None: 1}
    for groups in (report.by_class, report.by_district, report.by_both, report.by_kind):
        assert sum(one.requests for one in groups.values()) == report.whole.requests


def test_reasons_are_counted_of_what_was_closed_in_the_period() -> None:
    assert reported().reasons == {ClosingReason.PLOWED: 2, ClosingReason.MELTED: 1}


def test_each_step_is_measured_from_the_one_before() -> None:
    one = a_followed(
        done_after=4 * HOUR,
        placed_at=v.NOW + HOUR,
        planned_at=v.NOW + 2 * HOUR,
        told_at=v.NOW + 5 * HOUR,
        reopened=2,
    )
    report = reported(one)
    hours = {name: (step.median_s or 0) / 3600 for name, step in report.steps.items()}
    assert hours == {"placed": 1, "planned": 2, "done": 4, "told": 1}
    assert report.whole.reopened == 1


def test_only_what_somebody_said_counts_as_not_cleared() -> None:
    said, both = a_followed(1, reopened=1), a_followed(2, reopened=2, unproved=1)
    lost = a_followed(3, reopened=1, unproved=1)
    whole = reported(said, both, lost).whole
    assert (whole.reopened, whole.unproved) == (2, 2)


def test_what_is_asked_between_storms_is_late_by_the_clock_of_the_next() -> None:
    target = POLICY.rule_of(v.village().segment(v.SCHOOL)).deadline
    storm = replace(v.a_storm(), started_at=v.NOW + 10 * HOUR)
    period = day_of("Asia/Tehran", v.NOW)
    late = [
        office_report(
            period, [a_followed()], [], v.village(), POLICY, storms, v.NOW + 10 * HOUR + target
        ).whole.late
        for storms in ([storm], [replace(storm, started_at=v.NOW)], [])
    ]
    assert late == [0, 1, 0]


def test_the_class_of_a_street_that_is_gone_is_not_guessed() -> None:
    gone = a_followed()
    request = replace(gone.request, snap=Snap(v.SegmentId(999), Side.RIGHT, 1.0, 1.0))
    report = reported(replace(gone, request=request))
    assert set(report.by_class) == {None}
    assert ServiceClass("P1") not in report.by_class


def test_a_shift_begins_at_its_hour_by_the_citys_clock() -> None:
    night = datetime(2026, 12, 21, 1, 0, tzinfo=UTC)  # 04:30 in Tehran
    shift = shift_of(HOURS, "Asia/Tehran", night)
    assert shift.since == datetime(2026, 12, 20, 19, 30, tzinfo=UTC)
    assert shift.until == datetime(2026, 12, 21, 3, 30, tzinfo=UTC)


def test_a_day_on_which_clocks_go_back_has_25_hours() -> None:
    day = day_of("Europe/Berlin", datetime(2026, 10, 25, 12, 0, tzinfo=UTC))
    assert day.until - day.since == 25 * HOUR


def test_a_storms_report_begins_where_the_storm_before_ended() -> None:
    before = replace(v.a_storm(), ended_at=v.NOW)
    after = replace(v.a_storm(), started_at=v.NOW + 48 * HOUR)
    period = storm_of(after, [before, after], NIGHT + 48 * HOUR)
    assert (period.span, period.since) == (PeriodKind.STORM, v.NOW)
    assert period.until > NIGHT + 48 * HOUR


hours = st.lists(st.times().map(lambda at: time(at.hour, at.minute)), unique=True, max_size=6)
moments = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(hours.map(sorted).map(tuple), moments, st.sampled_from(["Asia/Tehran", "Europe/Berlin"]))
def test_shifts_follow_each_other_without_a_gap(
    starts: tuple[time, ...], at: datetime, zone: str
) -> None:
    shift = shift_of(starts, zone, at)
    assert shift.since <= at < shift.until
    assert shift_of(starts, zone, shift.until).since == shift.until
    assert shift_of(starts, zone, shift.since - timedelta(seconds=1)).until == shift.since
