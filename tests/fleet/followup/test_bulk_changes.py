from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import ConflictError, InvalidError
from data.model import (
    ClosingReason,
    JobState,
    ReferralState,
    RequestId,
    RequestKind,
    RequestState,
    Treatment,
)
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import transaction
from data.store.followup.bulk_changes import find_last_queue_change
from data.store.followup.referrals import find_pending_referral, list_referrals
from data.store.requests.requests import get_request, list_requests
from data.store.requests.sla_clocks import get_clock
from data.store.work import get_job, list_jobs
from fleet.followup.agencies import retire_agency
from fleet.followup.bulk_changes import (
    give_kind,
    place_many,
)
from fleet.followup.referrals import take_answer
from fleet.requests.closing import reopen_request
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.fleet.followup.bulk_orders import (
    CITY,
    LATER,
    SCHOOL_WORDS,
    an_agency,
    closed,
    handed,
    on_a_street,
    placed_by_words,
    taken,
    undone,
)
from tests.village_database import DISPATCHER, POLICY, a_village_database


def test_requests_are_placed_by_their_words_where_those_leave_no_doubt(tx, storm):
    known, vague = taken(tx), taken(tx, "our street")
    bulk = placed_by_words(tx, known.id, vague.id)

    assert bulk.changed == (known.id,)
    assert get_request(tx, known.id).snap.segment_id == v.SCHOOL
    assert [(each.request_id, each.error.reason) for each in bulk.refusals] == [
        (vague.id, "place_in_doubt")
    ]
    assert get_request(tx, vague.id) == vague


def test_a_pin_moves_requests_to_another_street_and_their_work_with_them(tx, storm):
    asked = on_a_street(tx, "بن‌بست یاس")
    dead_end_job = asked.job_id
    bulk = place_many(tx, DISPATCHER, [asked.id], {asked.id: v.at_m(100, 152)}, CITY, LATER)

    moved = get_request(tx, asked.id)
    assert bulk.changed == (asked.id,)
    assert (moved.state, moved.snap.segment_id) == (RequestState.OPEN, v.SCHOOL)
    assert get_job(tx, dead_end_job).state is JobState.CANCELLED


def test_another_kind_of_work_is_another_job(tx, storm):
    asked = on_a_street(tx)
    give_kind(tx, DISPATCHER, [asked.id], RequestKind.ICE, CITY, LATER)

    salted = get_request(tx, asked.id)
    assert salted.kind is RequestKind.ICE
    assert get_job(tx, salted.job_id).treatment is Treatment.SALT


def test_a_kind_of_the_same_work_keeps_the_job(tx, storm):
    asked = on_a_street(tx)
    give_kind(tx, DISPATCHER, [asked.id], RequestKind.BLOCKED, CITY, LATER)

    assert get_request(tx, asked.id) == replace(asked, kind=RequestKind.BLOCKED)


def test_one_request_that_refuses_does_not_hold_up_the_others(tx, storm):
    first, second = on_a_street(tx), on_a_street(tx)
    closed(tx, first.id)
    bulk = closed(tx, first.id, second.id, RequestId(99))

    assert bulk.changed == (second.id,)
    assert [each.request_id for each in bulk.refusals] == [first.id, 99]
    assert broken_links(list_events(tx)) == []


def test_nobody_closes_by_hand_what_a_body_must_be_named_for(tx, storm):
    with pytest.raises(InvalidError):
        closed(tx, on_a_street(tx).id, reason=ClosingReason.HANDED_OVER)


def test_a_change_that_changes_nothing_leaves_nothing_to_take_back(tx, storm):
    asked = on_a_street(tx)
    bulk = give_kind(tx, DISPATCHER, [asked.id], asked.kind, CITY, LATER)

    assert (bulk.changed, bulk.change_id) == ((), None)
    assert find_last_queue_change(tx, DISPATCHER.id, v.NOW) is None


def test_closing_is_taken_back_with_job_deadline_and_clock(tx, storm):
    asked = on_a_street(tx, "بن‌بست یاس")
    due_at = get_job(tx, asked.job_id).due_at
    undone(tx, closed(tx, asked.id))

    assert get_request(tx, asked.id) == asked
    assert get_job(tx, asked.job_id).state is JobState.OPEN
    assert get_job(tx, asked.job_id).due_at == due_at
    assert get_clock(tx, asked.id).closed_at is None
    assert get_clock(tx, asked.id).reopened == 0


def test_a_request_that_has_changed_since_stays_as_it_is(tx, storm):
    first, second = on_a_street(tx), on_a_street(tx)
    bulk = closed(tx, first.id, second.id)
    reopen_request(tx, DISPATCHER, first.id, "not cleared", LATER)
    back = undone(tx, bulk)

    assert back.changed == (second.id,)
    assert [each.error.reason for each in back.refusals] == ["request_changed"]


def test_a_change_is_taken_back_once(tx, storm):
    bulk = closed(tx, on_a_street(tx).id)
    undone(tx, bulk)

    with pytest.raises(ConflictError):
        undone(tx, bulk)


def test_placing_is_taken_back(tx, storm):
    asked = taken(tx, "بن‌بست یاس")
    undone(tx, placed_by_words(tx, asked.id))

    assert get_request(tx, asked.id) == asked
    assert [
        job for job in list_jobs(tx, storm.id, JobState.OPEN) if job.segment_id == v.BLIND
    ] == []


def test_a_request_handed_over_names_the_body_and_is_ours_no_more(tx, storm):
    asked = on_a_street(tx, "بن‌بست یاس")
    handed(tx, asked.id)
    given = find_pending_referral(tx, asked.id)

    assert get_request(tx, asked.id).state is RequestState.HANDED_OVER
    assert get_job(tx, asked.job_id).state is JobState.CANCELLED
    assert (given.state, given.note) == (ReferralState.SENT, "please hurry")


def test_handing_over_is_taken_back_from_the_body(tx, storm):
    asked = on_a_street(tx)
    undone(tx, handed(tx, asked.id))

    assert get_request(tx, asked.id) == asked
    assert [each.referral.state for each in list_referrals(tx, 9)] == [ReferralState.WITHDRAWN]


def test_what_a_body_declines_is_our_work_again(tx, storm):
    asked = on_a_street(tx)
    handed(tx, asked.id)
    given = find_pending_referral(tx, asked.id)
    take_answer(tx, DISPATCHER, given.id, ReferralState.DECLINED, "not our road", LATER)

    assert get_request(tx, asked.id).state is RequestState.OPEN
    assert get_clock(tx, asked.id).reopened == 1
    with pytest.raises(ConflictError):
        take_answer(tx, DISPATCHER, given.id, ReferralState.DONE, "", LATER)


def test_what_a_body_did_stays_with_it(tx, storm):
    asked = on_a_street(tx)
    handed(tx, asked.id)
    given = find_pending_referral(tx, asked.id)
    for state in (ReferralState.ACCEPTED, ReferralState.DONE):
        take_answer(tx, DISPATCHER, given.id, state, "", LATER)

    assert get_request(tx, asked.id).state is RequestState.HANDED_OVER
    assert find_pending_referral(tx, asked.id) is None


def test_a_body_that_got_requests_leaves_the_register_but_not_the_history(tx, storm):
    police, parks = an_agency(tx), an_agency(tx, name="Parks")
    asked = on_a_street(tx)
    handed(tx, asked.id, agency=police)
    for agency in (police, parks):
        retire_agency(tx, DISPATCHER, agency.id, LATER)

    assert [each.agency.name for each in list_referrals(tx, 9)] == ["Police"]
    refused = handed(tx, on_a_street(tx).id, agency=police)
    assert [each.error.reason for each in refused.refusals] == ["agency_retired"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"phone": ""}, "contact"),
        ({"email": "nobody"}, "email"),
        ({"address": "x" * 201}, "address"),
    ],
)
def test_a_body_without_name_or_contact_is_refused(tx, wrong, field):
    with pytest.raises(InvalidError) as refused:
        an_agency(tx, **wrong)
    assert refused.value.values["field"] == field


def test_two_bodies_of_one_name_would_be_mixed_up(tx):
    an_agency(tx)
    with pytest.raises(ConflictError):
        an_agency(tx, name="POLICE")


ORDERS = {
    "close": closed,
    "ice": lambda tx, *ids: give_kind(tx, DISPATCHER, ids, RequestKind.ICE, CITY, LATER),
    "tree": lambda tx, *ids: give_kind(tx, DISPATCHER, ids, RequestKind.TREE, CITY, LATER),
    "place": placed_by_words,
    "hand over": handed,
}


@settings(max_examples=12)
@given(
    words=st.lists(st.sampled_from([SCHOOL_WORDS, "بن‌بست یاس", "nowhere"]), min_size=1, max_size=4),
    order=st.sampled_from(sorted(ORDERS)),
    stormy=st.booleans(),
)
def test_every_change_can_be_taken_back_whole(words, order, stormy):
    with transaction(a_village_database()) as tx:
        if stormy:
            start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
        for at, text in enumerate(words):
            (on_a_street if at % 2 else taken)(tx, text)
        before = list_requests(tx)
        bulk = ORDERS[order](tx, *(asked.id for asked in before))
        if bulk.change_id is not None:
            back = undone(tx, bulk)
            assert back.changed == bulk.changed

        after = {asked.id: asked for asked in list_requests(tx)}
        for asked in before:
            assert replace(after[asked.id], job_id=None) == replace(asked, job_id=None)
            if asked.job_id is not None:
                assert get_job(tx, after[asked.id].job_id).segment_id == asked.snap.segment_id
