from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InvalidError
from data.model import (
    ClosingReason,
    JobState,
    NoticeKind,
    NoticeState,
    PlanId,
    PlanState,
    Promise,
    RequestKind,
    ServiceRequest,
    Storm,
)
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import Tx, transaction
from data.store.planning.plans import add_plan, find_published_plan_id
from data.store.requests.notices import count_reaching, list_notices
from data.store.requests.promises import add_promises
from data.store.requests.requests import find_caller
from data.store.work import list_jobs, set_job_state
from fleet.requests.closing import close_by_evidence, close_request, reopen_request
from fleet.requests.intake import Report, receive
from fleet.requests.notices import MOVED, write_notice, write_planned_notices
from fleet.requests.outbox import (
    ANSWERED,
    BACK_OFF,
    OutboxRules,
    OutgoingMessage,
    claim_messages,
    lose_interrupted,
    quiet_end,
    settle_message,
)
from fleet.requests.placing import locate
from fleet.routes.published_plan import PublishedPlanCache
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.fleet.requests.test_intake import GEOCODER
from tests.village_database import DISPATCHER, POLICY, a_city, a_village_database
from tests.village_plan import a_leg, a_plan

TEHRAN = "Asia/Tehran"
NOON = datetime(2026, 12, 25, 8, 30, tzinfo=UTC)
NIGHT = datetime(2026, 12, 25, 21, 0, tzinfo=UTC)
RULES = OutboxRules()
HOUR = timedelta(hours=1)


def asked(tx: Tx, now: datetime = NOON, **changes: object) -> ServiceRequest:
    said: dict[str, object] = {
        "channel": "web",
        "kind": RequestKind.PLOW,
        "text": "خیابان مدرسه",
        "caller_phone": "09141234567",
        "consent": True,
    }
    new = receive(tx, DISPATCHER, Report(**(said | changes)), now)
    return locate(a_city(tx, now), DISPATCHER, new.id, GEOCODER, PublishedPlanCache())


def a_storm(tx: Tx) -> Storm:
    return start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, NOON - HOUR)


def promised(tx: Tx, new: ServiceRequest, until: datetime) -> None:
    """Promise a request that its street is clear by a time, from an hour before."""
    assert new.job_id is not None
    plan_id = find_published_plan_id(tx, v.a_storm().id) or add_published(tx)
    window = (until - HOUR, until)
    add_promises(tx, [Promise(new.id, new.job_id, plan_id, until - 2 * HOUR, until, *window)])


def add_published(tx: Tx) -> PlanId:
    return add_plan(tx, a_plan(a_leg(), state=PlanState.PUBLISHED)).id


def claimed(tx: Tx, now: datetime = NOON, rules: OutboxRules = RULES) -> list[OutgoingMessage]:
    return claim_messages(tx, rules, TEHRAN, now, 100)


def kinds(letters: list[OutgoingMessage]) -> list[NoticeKind]:
    return [letter.notice.kind for letter in letters]


def states(tx: Tx, new: ServiceRequest) -> list[tuple[NoticeKind, NoticeState]]:
    return [(each.kind, each.state) for each in list_notices(tx, new.id)]


def verbs(tx: Tx, new: ServiceRequest) -> list[str]:
    return [event.verb for event in list_events(tx, f"request:{new.id}")]


def sent(tx: Tx, now: datetime = NOON) -> list[NoticeKind]:
    letters = claimed(tx, now)
    for letter in letters:
        settle_message(tx, letter, "", now)
    return kinds(letters)


def test_who_wants_messages_is_told_once_that_the_request_has_come(tx: Tx) -> None:
    new = asked(tx, idempotency_key="first")
    asked_again = receive(
        tx, DISPATCHER, Report("web", RequestKind.PLOW, "x", idempotency_key="first"), NOON
    )
    assert asked_again.id == new.id
    assert sent(tx) == [NoticeKind.ACKNOWLEDGED]
    assert sent(tx) == []
    assert "request.told" in verbs(tx, new)


def test_who_did_not_ask_for_messages_gets_none(tx: Tx) -> None:
    new = asked(tx, consent=False)
    write_notice(tx, new.id, NoticeKind.CLOSED, {}, NOON)
    assert list_notices(tx, new.id) == []
    assert claimed(tx) == []


def test_a_plowed_street_is_told_with_its_time_and_directions(tx: Tx) -> None:
    a_storm(tx)
    new = asked(tx)
    assert new.job_id is not None
    sent(tx)
    set_job_state(tx, [new.job_id], JobState.DONE, NOON + HOUR)
    close_by_evidence(tx, DISPATCHER, new, ClosingReason.PLOWED, NOON + HOUR, NOON + HOUR)
    (letter,) = claimed(tx, NOON + HOUR)
    assert letter.notice.kind is NoticeKind.DONE
    assert letter.notice.facts["at"] == (NOON + HOUR).isoformat()
    assert letter.notice.facts["directions"] == "both"
    assert letter.who.phone == "09141234567"
    assert len(letter.code) == 8


def test_a_promise_is_told_once_and_again_only_when_it_moves_later(tx: Tx) -> None:
    a_storm(tx)
    new = asked(tx)
    assert new.job_id is not None
    assert write_planned_notices(tx, {new.job_id}, NOON) == 0
    promised(tx, new, NOON + 2 * HOUR)
    assert write_planned_notices(tx, {new.job_id}, NOON) == 1
    assert write_planned_notices(tx, {new.job_id}, NOON) == 0
    promised(tx, new, NOON + HOUR)
    assert write_planned_notices(tx, {new.job_id}, NOON) == 0
    promised(tx, new, NOON + 2 * HOUR + 2 * MOVED)
    assert write_planned_notices(tx, {new.job_id}, NOON) == 1
    planned = [state for kind, state in states(tx, new) if kind is NoticeKind.PLANNED]
    assert planned == [NoticeState.STALE, NoticeState.WAITING]


def test_jobs_that_nobody_asked_for_are_told_to_nobody(tx: Tx) -> None:
    storm = a_storm(tx)
    jobs = {job.id for job in list_jobs(tx, storm.id)}
    assert len(jobs) > 3
    assert write_planned_notices(tx, jobs, NOON) == 0


def test_at_night_only_those_who_are_awake_get_messages(tx: Tx) -> None:
    new = asked(tx, NIGHT)
    write_notice(tx, new.id, NoticeKind.DONE, {}, NIGHT)
    assert sent(tx, NIGHT) == [NoticeKind.ACKNOWLEDGED]
    assert sent(tx, NIGHT + 2 * HOUR) == []
    morning = datetime(2026, 12, 26, 7, 0, tzinfo=ZoneInfo(TEHRAN))
    assert sent(tx, morning - timedelta(minutes=1)) == []
    assert sent(tx, morning) == [NoticeKind.DONE]


def test_a_promise_that_passed_while_somebody_slept_is_not_told(tx: Tx) -> None:
    a_storm(tx)
    new = asked(tx, NIGHT)
    assert new.job_id is not None
    promised(tx, new, NIGHT + 2 * HOUR)
    write_planned_notices(tx, {new.job_id}, NIGHT)
    sent(tx, NIGHT)
    assert sent(tx, NIGHT + 9 * HOUR) == []
    assert states(tx, new)[-1] == (NoticeKind.PLANNED, NoticeState.STALE)
    assert verbs(tx, new)[-1] == "request.untold"


def test_one_person_gets_so_many_messages_a_day_whatever_the_requests(tx: Tx) -> None:
    for _ in range(5):
        asked(tx)
    other = asked(tx, caller_phone="0935")
    rules = OutboxRules(most_a_day=3)
    letters = claimed(tx, rules=rules)
    assert len([each for each in letters if each.who.phone == "09141234567"]) == 3
    assert other.id in {letter.asked.id for letter in letters}
    assert claimed(tx, NOON + timedelta(minutes=30), rules) == []
    who = find_caller(tx, other.id)
    assert who is not None
    assert count_reaching(tx, who, NOON - HOUR) == 1


def test_a_gateway_that_refuses_is_tried_again_more_and_more_seldom(tx: Tx) -> None:
    new, now = asked(tx), NOON
    for wait in BACK_OFF[:3]:
        (letter,) = claimed(tx, now)
        assert settle_message(tx, letter, "refused", now) is NoticeState.WAITING
        assert claimed(tx, now + wait - timedelta(seconds=1)) == []
        now += wait
    assert sent(tx, now) == [NoticeKind.ACKNOWLEDGED]
    assert verbs(tx, new).count("request.told") == 1


def test_a_message_that_never_gets_through_is_given_up_and_written_down(tx: Tx) -> None:
    new, now = asked(tx), NOON
    write_notice(tx, new.id, NoticeKind.CLOSED, {"reason": "melted"}, now)
    sent_first = [letter for letter in claimed(tx) if letter.notice.kind is NoticeKind.CLOSED]
    (letter,) = sent_first
    for wait in BACK_OFF:
        settle_message(tx, letter, "refused", now)
        now += wait
        (letter,) = [each for each in claimed(tx, now) if each.notice.kind is NoticeKind.CLOSED]
    assert settle_message(tx, letter, "refused", now) is NoticeState.FAILED
    assert list_events(tx, f"request:{new.id}")[-1].after["fault"] == "refused"


def test_what_was_with_a_gateway_when_the_server_died_is_never_sent_twice(tx: Tx) -> None:
    new = asked(tx)
    assert len(claimed(tx)) == 1
    assert lose_interrupted(tx, NOON + ANSWERED) == 1
    assert claimed(tx) == []
    assert states(tx, new) == [(NoticeKind.ACKNOWLEDGED, NoticeState.LOST)]


def test_what_another_server_may_still_be_sending_is_not_given_up(tx: Tx) -> None:
    new = asked(tx)
    (letter,) = claimed(tx)
    now = NOON + ANSWERED - timedelta(seconds=1)
    assert lose_interrupted(tx, now) == 0
    settle_message(tx, letter, "", now)
    assert lose_interrupted(tx, NOON + HOUR) == 0
    assert states(tx, new) == [(NoticeKind.ACKNOWLEDGED, NoticeState.SENT)]


def test_a_killed_server_loses_only_what_was_with_a_gateway(tx: Tx) -> None:
    told = [asked(tx, caller_phone=f"0914000000{number}") for number in range(5)]
    assert len(claim_messages(tx, RULES, TEHRAN, NOON, 2)) == 2
    assert lose_interrupted(tx, NOON + ANSWERED) == 2
    assert len(claimed(tx)) == 3
    kept = [states(tx, each)[0][1] for each in told]
    assert sorted(kept) == [NoticeState.LOST] * 2 + [NoticeState.SENDING] * 3


def test_an_opened_request_is_told_anew_what_becomes_of_it(tx: Tx) -> None:
    new = asked(tx)
    close_request(tx, DISPATCHER, new.id, ClosingReason.MELTED, "", NOON)
    reopen_request(tx, DISPATCHER, new.id, "still there", NOON)
    close_request(tx, DISPATCHER, new.id, ClosingReason.NOTHING_FOUND, "", NOON)
    told = [(each.kind, each.nth) for each in list_notices(tx, new.id)][1:]
    closed, opened = NoticeKind.CLOSED, NoticeKind.REOPENED
    assert told == [(closed, 1), (opened, 1), (closed, 2)]
    assert list_notices(tx, new.id)[1].facts == {"reason": "melted"}


@settings(max_examples=10)
@given(st.lists(st.sampled_from([*NoticeKind]), max_size=12))
def test_a_message_is_written_once_between_two_openings(happened: list[NoticeKind]) -> None:
    with transaction(a_village_database()) as tx:
        new = asked(tx)
        for kind in happened:
            write_notice(tx, new.id, kind, {}, NOON)
        told = [(each.kind, each.nth) for each in list_notices(tx, new.id)]
        opened = happened.count(NoticeKind.REOPENED)
        for kind in (NoticeKind.DONE, NoticeKind.CLOSED):
            assert len([each for each, _ in told if each is kind]) <= opened + 1
        assert len(told) == len(set(told))


def test_the_audit_log_names_no_number_of_those_who_were_told(tx: Tx) -> None:
    asked(tx)
    sent(tx)
    assert "09141234567" not in repr(list_events(tx))
    assert broken_links(list_events(tx)) == []


@given(
    st.integers(0, 525_600).map(lambda each: NOON + timedelta(minutes=each)),
    st.times().filter(lambda each: each.tzinfo is None),
    st.times().filter(lambda each: each.tzinfo is None),
    st.sampled_from([TEHRAN, "Europe/Berlin", "America/New_York"]),
)
def test_quiet_hours_end_within_a_day_and_are_over_then(
    now: datetime, start: time, end: time, zone: str
) -> None:
    rules = OutboxRules(start, end)
    over = quiet_end(rules, zone, now)
    if over is not None:
        assert now < over <= now + timedelta(hours=25)
        assert quiet_end(rules, zone, over) is None


def test_a_day_has_room_for_one_message_at_least() -> None:
    with pytest.raises(InvalidError):
        OutboxRules(most_a_day=0)
