"""Requests that were merged: who hears what, and how merging and closing are taken back."""

import pytest
from sqlalchemy import select, update

from data.model import (
    ClosingReason,
    JobState,
    NoticeKind,
    NoticeState,
    RequestKind,
    RequestState,
)
from data.store.requests.duplicates import list_duplicates
from data.store.requests.notices import list_notices, set_notice
from data.store.requests.requests import get_request
from data.store.requests.sla_clocks import get_clock
from data.store.schema import queue_change
from data.store.work import get_job
from fleet.followup.bulk_changes import (
    close_many,
    give_kind,
)
from fleet.followup.duplicates import merge_many
from fleet.requests.closing import cancel_request, reopen_request
from tests.fleet.followup.bulk_orders import (
    CITY,
    LATER,
    MINUTE,
    closed,
    handed,
    on_a_street,
    undone,
)
from tests.village_database import DISPATCHER


def by_message(tx):
    return on_a_street(tx, caller_phone="09141234567", consent=True)


def merged(tx, kept, *others):
    return merge_many(tx, DISPATCHER, [each.id for each in others], kept.id, LATER + MINUTE)


def delivered(tx, asked):
    for each in list_notices(tx, asked.id):
        set_notice(tx, each.id, NoticeState.SENT, each.due_at)


def heard(tx, asked):
    told = [each.kind for each in list_notices(tx, asked.id)]
    return [kind for kind in told if kind is not NoticeKind.ACKNOWLEDGED]


def test_what_is_closed_or_merged_already_is_refused_and_the_others_are_merged(tx, storm):
    kept, first, melted, last = (on_a_street(tx) for _ in range(4))
    merged(tx, kept, first)
    closed(tx, melted.id)
    bulk = merged(tx, kept, first, melted, last)

    assert bulk.changed == (last.id,)
    assert [(each.request_id, each.error.reason) for each in bulk.refusals] == [
        (first.id, "request_state"),
        (melted.id, "request_state"),
    ]


def test_callers_of_merged_requests_hear_of_each_reopening_and_each_end(tx, storm):
    kept, other = on_a_street(tx), by_message(tx)
    merged(tx, kept, other)
    closed(tx, kept.id)
    delivered(tx, other)
    reopen_request(tx, DISPATCHER, kept.id, "not cleared", LATER)
    closed(tx, kept.id)

    assert heard(tx, other) == [NoticeKind.CLOSED, NoticeKind.REOPENED, NoticeKind.CLOSED]


def test_a_closing_taken_back_is_taken_back_for_the_callers_of_merged_requests(tx, storm):
    kept, other = on_a_street(tx), by_message(tx)
    merged(tx, kept, other)
    undone(tx, closed(tx, kept.id))
    assert heard(tx, other) == []

    again = closed(tx, kept.id)
    delivered(tx, other)
    undone(tx, again)
    assert heard(tx, other) == [NoticeKind.CLOSED, NoticeKind.REOPENED]


def test_a_merging_taken_back_gives_a_request_its_own_duplicates_again(tx, storm):
    kept, other, its_own = (on_a_street(tx) for _ in range(3))
    merged(tx, other, its_own)
    bulk = merged(tx, kept, other)
    assert [each.id for each in list_duplicates(tx, kept.id)] == [other.id, its_own.id]
    undone(tx, bulk)

    assert list_duplicates(tx, kept.id) == []
    assert [each.id for each in list_duplicates(tx, other.id)] == [its_own.id]


def test_a_duplicate_whose_kept_request_is_withdrawn_goes_on_as_if_never_merged(tx, storm):
    kept, other = on_a_street(tx), by_message(tx)
    clock = get_clock(tx, other.id)
    merged(tx, kept, other)
    cancel_request(tx, DISPATCHER, kept.id, "", LATER)

    assert get_request(tx, other.id) == other
    assert get_job(tx, other.job_id).state is JobState.OPEN
    assert (get_clock(tx, other.id), heard(tx, other)) == (clock, [])
    assert list_duplicates(tx, kept.id) == []


def test_a_withdrawal_taken_back_stands_for_its_duplicates_again_but_for_those_closed_since(
    tx, storm
):
    kept, other, plowed = on_a_street(tx), by_message(tx), on_a_street(tx)
    merged(tx, kept, other, plowed)
    bulk = close_many(tx, DISPATCHER, [kept.id], ClosingReason.WITHDRAWN, "", LATER)
    assert get_request(tx, other.id) == other
    closed(tx, plowed.id)
    undone(tx, bulk)

    assert [each.id for each in list_duplicates(tx, kept.id)] == [other.id]
    assert get_request(tx, other.id).closed_for is ClosingReason.DUPLICATE
    assert heard(tx, other) == []


def test_a_withdrawal_taken_back_leaves_what_became_of_a_duplicate_since(tx, storm):
    kept, other, tree = on_a_street(tx), on_a_street(tx), on_a_street(tx)
    merged(tx, kept, other, tree)
    bulk = closed(tx, kept.id, reason=ClosingReason.WITHDRAWN)
    give_kind(tx, DISPATCHER, [tree.id], RequestKind.TREE, CITY, LATER)
    stood = get_request(tx, tree.id)
    undone(tx, bulk)

    assert get_request(tx, tree.id) == stood
    assert stood.state is RequestState.OPEN
    assert [each.id for each in list_duplicates(tx, kept.id)] == [other.id]


def test_a_withdrawal_that_kept_numbers_alone_is_taken_back_and_leaves_duplicates_as_they_are(
    tx, storm
):
    kept, other = on_a_street(tx), by_message(tx)
    merged(tx, kept, other)
    bulk = closed(tx, kept.id, reason=ClosingReason.WITHDRAWN)
    (step,) = tx.execute(
        select(queue_change.c.steps).where(queue_change.c.id == bulk.change_id)
    ).scalar_one()
    old = [[*step[:3], other.id]]
    tx.execute(update(queue_change).where(queue_change.c.id == bulk.change_id).values(steps=old))
    undone(tx, bulk)

    assert get_request(tx, kept.id) == kept
    assert get_request(tx, other.id) == other


def test_a_withdrawal_taken_back_of_a_referred_request_merges_nothing_into_it(tx, storm):
    kept, other = on_a_street(tx), by_message(tx)
    merged(tx, kept, other)
    handed(tx, kept.id)
    undone(tx, closed(tx, kept.id, reason=ClosingReason.WITHDRAWN))

    assert get_request(tx, kept.id).state is RequestState.HANDED_OVER
    assert get_request(tx, other.id) == other


def test_who_heard_of_the_handing_over_of_a_withdrawn_kept_request_hears_of_its_end(tx, storm):
    kept, other = on_a_street(tx), by_message(tx)
    merged(tx, kept, other)
    handed(tx, kept.id)
    delivered(tx, other)
    cancel_request(tx, DISPATCHER, kept.id, "", LATER + 2 * MINUTE)

    assert heard(tx, other) == [NoticeKind.HANDED_OVER, NoticeKind.REOPENED]


@pytest.mark.parametrize("sent", [True, False])
def test_a_merging_taken_back_leaves_what_callers_heard_before_it(tx, storm, sent):
    kept, other = on_a_street(tx), by_message(tx)
    handed(tx, other.id)
    if sent:
        delivered(tx, other)
    undone(tx, merged(tx, kept, other))

    assert get_request(tx, other.id).state is RequestState.HANDED_OVER
    assert heard(tx, other) == [NoticeKind.HANDED_OVER]
