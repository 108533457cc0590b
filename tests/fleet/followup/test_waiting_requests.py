from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data.errors import ConflictError, InvalidError
from data.geocode import Geocoder
from data.model import (
    ClosingReason,
    Coverage,
    Danger,
    Evidence,
    EvidenceKind,
    JobState,
    LonLat,
    QueueOrder,
    RequestFilter,
    RequestKind,
    RequestState,
    Role,
    ServiceRequest,
)
from data.policy.evidence_rules import EvidenceRules, Grade
from data.store.accounts.accounts import add_user, set_disabled
from data.store.audit.audit_log import broken_links, list_events
from data.store.coverage.coverage import list_coverage
from data.store.database.engine import Tx
from data.store.followup.comments import list_comments
from data.store.followup.followup import get_followed
from data.store.followup.sightings import list_sightings, list_sightings_on_segment
from data.store.requests.request_search import search_requests
from data.store.requests.requests import get_request
from data.store.requests.sla_clocks import get_clock, mark_caller_told, mark_planned
from data.store.storms.storms import find_active_storm
from data.store.work import get_job, set_planned
from fleet.context import CityContext
from fleet.evidence.recompute import recompute
from fleet.followup.waiting_requests import (
    SEEN_THERE,
    WATCH,
    OnSiteReport,
    assign,
    comment,
    escalate,
    escalate_overdue,
    list_overdue,
    list_waiting,
    settle,
    sight,
)
from fleet.requests.closing import cancel_request, close_request, reopen_request
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate
from fleet.requests.request_lookup import WAITING, queue_deadlines
from fleet.requests.sla_clocks import ClockStep, Due, next_due
from fleet.routes.published_plan import PublishedPlanCache
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY, a_city

GEOCODER = Geocoder(v.village(), v.village_places())
MINUTE = timedelta(minutes=1)
HOUR = 60 * MINUTE
RULES = POLICY.followup
LATER = v.NOW + HOUR


def overdue(tx: Tx, now: datetime, most: int = 9) -> list[ServiceRequest]:
    """Escalate what is found to be too late, twice over as two that look at once."""
    found = list_overdue(tx, v.village(), POLICY, now, most)
    return escalate_overdue(tx, [*found, *found], v.village(), POLICY, now)


def a_storm(tx: Tx) -> None:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)


def asked(tx: Tx, words: str = "خیابان مدرسه", **changes: object) -> ServiceRequest:
    told: dict[str, object] = {
        "channel": "phone",
        "kind": RequestKind.PLOW,
        "text": words,
        "caller_phone": "0441234567",
    }
    new = receive(tx, DISPATCHER, Report(**(told | changes)), v.NOW)
    return locate(a_city(tx, v.NOW), DISPATCHER, new.id, GEOCODER, PublishedPlanCache())


def due(tx: Tx, request: ServiceRequest, *, storm: bool = True) -> Due | None:
    one = get_followed(tx, request.id)
    return next_due(one, v.village(), POLICY, v.a_storm() if storm else None)


def verbs(tx: Tx, request: ServiceRequest) -> list[str]:
    return [line.verb for line in list_events(tx, f"request:{request.id}")]


def test_what_nobody_has_placed_is_to_be_placed_first(tx: Tx) -> None:
    request = asked(tx, "snow everywhere")
    assert due(tx, request) == Due(ClockStep.PLACE, v.NOW, v.NOW + RULES.place)


def test_plowing_is_due_by_the_deadline_of_its_class_from_the_storm_on(tx: Tx) -> None:
    a_storm(tx)
    request = asked(tx)
    rule = POLICY.rule_of(v.village().segment(v.SCHOOL))
    assert due(tx, request) == Due(ClockStep.DO, v.NOW, v.NOW + rule.deadline)


def test_without_a_storm_plowing_is_not_late_and_a_tree_is(tx: Tx) -> None:
    assert due(tx, asked(tx), storm=False) is None
    tree = due(tx, asked(tx, kind=RequestKind.TREE), storm=False)
    assert tree is not None
    target = RULES.done[RequestKind.TREE][POLICY.class_of(v.village().segment(v.SCHOOL))]
    assert (tree.step, tree.due_at) == (ClockStep.DO, v.NOW + target)


def test_danger_makes_it_due_sooner(tx: Tx) -> None:
    a_storm(tx)
    request = asked(tx, dangers=(Danger.TRAPPED,))
    found = due(tx, request)
    assert found is not None
    assert found.due_at == v.NOW + RULES.danger


def test_the_queue_says_the_same_deadlines_and_is_sorted_by_them(tx: Tx) -> None:
    def queued() -> list[tuple[int, datetime | None]]:
        found = search_requests(
            tx,
            RequestFilter(stages=WAITING),
            POLICY.classes,
            QueueOrder.DUE,
            50,
            rules=queue_deadlines(tx, POLICY),
        )
        return [(each.request.id, each.due_at) for each in found]

    def targets(*requests: ServiceRequest) -> dict[int, datetime | None]:
        found = {one.id: due(tx, one, storm=find_active_storm(tx) is not None) for one in requests}
        return {number: one and one.due_at for number, one in found.items()}

    early = [asked(tx), asked(tx, kind=RequestKind.TREE), asked(tx, "snow everywhere")]
    assert dict(queued()) == targets(*early)
    assert queued()[-1] == (early[0].id, None)
    a_storm(tx)
    later = [
        asked(tx, words, kind=kind, dangers=dangers)
        for words in ("خیابان مدرسه", "خیابان باغ", "snow everywhere")
        for kind in RequestKind
        for dangers in ((), (Danger.TRAPPED,))
    ]
    for nth, one in enumerate((later[3], later[-1])):
        assign(tx, DISPATCHER, one.id, "", v.NOW + (7 + nth) * MINUTE, v.NOW)
    assert dict(queued()) == targets(*early, *later)
    known = [due_at for _, due_at in queued() if due_at is not None]
    assert known == sorted(known)


def test_after_the_end_the_caller_is_to_be_told_once_and_then_nothing_is_left(tx: Tx) -> None:
    a_storm(tx)
    request = asked(tx)
    close_request(tx, DISPATCHER, request.id, ClosingReason.MELTED, "", LATER)
    assert due(tx, request) == Due(ClockStep.TELL, LATER, LATER + RULES.tell)
    mark_caller_told(tx, [request.id], LATER + HOUR)
    assert due(tx, request) is None
    assert list_waiting(tx, v.village(), POLICY) == []


def test_nobody_is_to_be_told_where_no_number_is_known_or_the_caller_ended_it(tx: Tx) -> None:
    nameless, withdrawn = asked(tx, caller_phone=""), asked(tx)
    close_request(tx, DISPATCHER, nameless.id, ClosingReason.MELTED, "", LATER)
    cancel_request(tx, DISPATCHER, withdrawn.id, "", LATER)
    assert list_waiting(tx, v.village(), POLICY) == []


def test_what_is_due_first_stands_first_and_what_waits_for_snow_last(tx: Tx) -> None:
    plow, lost = asked(tx), asked(tx, "snow everywhere")
    tree = asked(tx, kind=RequestKind.TREE)
    waiting = [each.followed.request.id for each in list_waiting(tx, v.village(), POLICY)]
    assert waiting == [lost.id, tree.id, plow.id]


def test_too_late_is_the_supervisors_and_only_once(tx: Tx) -> None:
    request = asked(tx, "snow everywhere")
    late = v.NOW + RULES.place + RULES.escalate
    assert overdue(tx, late) == []
    found = overdue(tx, late + MINUTE)
    assert [each.id for each in found] == [request.id]
    assert overdue(tx, late + HOUR) == []
    line = list_events(tx, f"request:{request.id}")[-1]
    assert (line.verb, line.actor) == ("request.escalated", WATCH)


def test_so_many_that_are_late_are_escalated_bit_by_bit_the_latest_first(tx: Tx) -> None:
    a_storm(tx)
    plow, lost = asked(tx), asked(tx, "snow everywhere")
    night = v.NOW + 100 * HOUR
    for expected in ([lost.id], [plow.id], []):
        late = overdue(tx, night, most=1)
        assert [each.id for each in late] == expected


def test_an_operator_escalates_with_a_reason_and_the_supervisor_settles_it(tx: Tx) -> None:
    request = asked(tx)
    escalate(tx, DISPATCHER, request.id, "third call today", LATER)
    assert get_clock(tx, request.id).escalated_at == LATER
    with pytest.raises(ConflictError):
        escalate(tx, DISPATCHER, request.id, "", LATER)
    settle(tx, DISPATCHER, request.id, LATER)
    assert get_clock(tx, request.id).escalated_at is None
    with pytest.raises(ConflictError):
        settle(tx, DISPATCHER, request.id, LATER)
    assert [each.text for each in list_comments(tx, request.id)] == ["third call today"]
    assert verbs(tx, request)[-2:] == ["request.escalated", "request.settled"]


def test_a_supervisors_time_stands_before_the_target(tx: Tx) -> None:
    a_storm(tx)
    add_user(tx, "reza", [Role.SUPERVISOR], "fa", "")
    request = asked(tx)
    assign(tx, DISPATCHER, request.id, "reza", LATER, v.NOW)
    found = due(tx, request)
    assert found is not None
    assert (found.due_at, get_clock(tx, request.id).assigned_to) == (LATER, "reza")


@pytest.mark.parametrize("login", ["nobody", "driver", "gone"])
def test_nobody_gets_a_request_who_may_not_look_after_it(tx: Tx, login: str) -> None:
    add_user(tx, "driver", [Role.DRIVER], "fa", "")
    gone = add_user(tx, "gone", [Role.SUPERVISOR], "fa", "")
    set_disabled(tx, gone.id, disabled=True)
    with pytest.raises(InvalidError, match="login"):
        assign(tx, DISPATCHER, asked(tx).id, login, None, v.NOW)


def test_a_time_that_is_past_is_no_target(tx: Tx) -> None:
    with pytest.raises(InvalidError, match="due_at"):
        assign(tx, DISPATCHER, asked(tx).id, "", v.NOW - HOUR, v.NOW)


def test_a_comment_is_kept_and_the_chain_has_only_that_there_is_one(tx: Tx) -> None:
    request = asked(tx)
    comment(tx, DISPATCHER, request.id, " Mrs Ahmadi called again ", LATER)
    with pytest.raises(InvalidError, match="text"):
        comment(tx, DISPATCHER, request.id, "  ", LATER)
    assert [(c.author, c.text) for c in list_comments(tx, request.id)] == [
        (DISPATCHER.id, "Mrs Ahmadi called again")
    ]
    assert verbs(tx, request)[-1] == "request.commented"
    assert "Ahmadi" not in repr(list_events(tx))


def test_a_street_seen_clear_closes_the_job_and_all_who_asked_for_it(tx: Tx) -> None:
    a_storm(tx)
    first, second = asked(tx), asked(tx)
    place = LonLat(45.07, 37.55)
    sight(
        a_city(tx, LATER),
        DISPATCHER,
        first.id,
        OnSiteReport(True, "a.jpg", place, "dry"),
    )
    assert first.job_id is not None
    assert get_job(tx, first.job_id).state is JobState.DONE
    for request in (first, second):
        ended = get_request(tx, request.id)
        assert (ended.state, ended.closed_for) == (RequestState.DONE, ClosingReason.INSPECTED)
        assert get_clock(tx, request.id).done_at == LATER
    (seen,) = list_sightings(tx, first.id)
    assert (seen.photo, seen.location, seen.author) == ("a.jpg", place, DISPATCHER.id)
    assert broken_links(list_events(tx)) == []


def rows_of(tx: Tx, request: ServiceRequest) -> list[Coverage]:
    assert request.snap is not None
    return list_coverage(tx, v.a_storm().id, [request.snap.segment_id])


def test_a_street_seen_clear_is_colored_both_ways_and_a_recomputation_keeps_that(tx: Tx) -> None:
    a_storm(tx)
    request = asked(tx)
    assert rows_of(tx, request) == []
    sight(
        a_city(tx, LATER),
        DISPATCHER,
        request.id,
        OnSiteReport(True, "a.jpg"),
    )
    rows = rows_of(tx, request)
    assert {row.forward for row in rows} == {True, False}
    for row in rows:
        assert row.evidence == Evidence(EvidenceKind.INSPECTION, SEEN_THERE)
        assert (row.passes_done, row.last_pass_at) == (row.passes_needed, LATER)
    recompute(a_city(tx, LATER), DISPATCHER, v.a_storm().id)
    assert rows_of(tx, request) == rows
    (closing,) = list_events(tx, f"job:{request.job_id}")[-1:]
    assert (closing.verb, closing.actor) == ("job.done", DISPATCHER)
    assert [one["vehicle"] for one in closing.after["evidence"]] == [None, None]


def test_where_inspections_only_show_they_close_nothing(tx: Tx) -> None:
    a_storm(tx)
    request = asked(tx)
    strict = replace(POLICY, evidence=EvidenceRules(inspection=Grade.SHOWS))
    sight(
        CityContext(tx, v.village(), strict, LATER),
        DISPATCHER,
        request.id,
        OnSiteReport(True, "a.jpg"),
    )
    assert get_request(tx, request.id).state is RequestState.OPEN
    assert request.job_id is not None
    assert get_job(tx, request.job_id).state is JobState.OPEN
    assert [(row.passes_done, row.evidence is None) for row in rows_of(tx, request)] == [
        (0, False),
        (0, False),
    ]


def test_how_far_from_the_street_a_photo_was_taken_is_kept_and_in_the_chain(tx: Tx) -> None:
    a_storm(tx)
    request = asked(tx)
    assert request.snap is not None
    here = v.village().point_at(request.snap.segment_id, request.snap.offset_m)
    for place in (here, v.CENTRE, None):
        sight(
            a_city(tx, LATER),
            DISPATCHER,
            request.id,
            OnSiteReport(False, "a.jpg", place),
        )
    near, far, unknown = list_sightings_on_segment(tx, request.snap.segment_id, v.NOW)
    assert near.away_m == pytest.approx(0, abs=0.2)
    assert far.away_m == pytest.approx(v.village().away_m(request.snap.segment_id, v.CENTRE), abs=1)
    assert far.away_m is not None
    assert far.away_m > RULES.spot_m
    assert unknown.away_m is None
    told = [line.after["away_m"] for line in list_events(tx) if line.verb == "request.seen"]
    assert told == [near.away_m, far.away_m, None]
    assert list_sightings_on_segment(tx, request.snap.segment_id, LATER + MINUTE) == []


def test_a_street_seen_not_clear_stays_open(tx: Tx) -> None:
    a_storm(tx)
    request = asked(tx)
    sight(
        a_city(tx, LATER),
        DISPATCHER,
        request.id,
        OnSiteReport(False, "a.jpg"),
    )
    assert get_request(tx, request.id) == request
    assert verbs(tx, request)[-1] == "request.seen"


def test_a_closed_request_is_not_looked_at_any_more(tx: Tx) -> None:
    request = asked(tx)
    cancel_request(tx, DISPATCHER, request.id, "", LATER)
    with pytest.raises(ConflictError, match="is cancelled"):
        sight(
            a_city(tx, LATER),
            DISPATCHER,
            request.id,
            OnSiteReport(True, "a.jpg"),
        )


def test_a_reopened_request_is_late_by_a_new_clock(tx: Tx) -> None:
    a_storm(tx)
    request = asked(tx)
    cancel_request(tx, DISPATCHER, request.id, "", v.NOW + HOUR)
    reopen_request(tx, DISPATCHER, request.id, "", v.NOW + 20 * HOUR)
    found = due(tx, request)
    assert found is not None
    assert found.since == v.NOW + 20 * HOUR


def test_a_request_is_planned_when_a_published_plan_has_its_job(tx: Tx) -> None:
    a_storm(tx)
    first = asked(tx)
    assert first.job_id is not None
    set_planned(tx, v.a_storm().id, [first.job_id], LATER)
    mark_planned(tx, LATER)
    second = asked(tx)
    assert get_clock(tx, first.id).planned_at == LATER
    assert get_clock(tx, second.id).planned_at == v.NOW
    set_planned(tx, v.a_storm().id, [], LATER + HOUR)
    assert get_clock(tx, asked(tx).id).planned_at is None
    assert get_clock(tx, first.id).planned_at == LATER
