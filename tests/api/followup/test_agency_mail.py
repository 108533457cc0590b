"""A referral by message goes through the outbox, and the desk sees what became of it."""

from datetime import time, timedelta

import pytest

from api.processes.messages.message_gateways import NoticeSettings
from data.store.audit.audit_log import list_events
from data.store.database.engine import transaction
from data.store.followup.referrals import list_referrals
from data.store.requests.notices import list_agency_messages
from fleet.requests.outbox import ANSWERED, BACK_OFF, OutboxRules, claim_messages
from tests.api.recording_gateway import RecordingSettings, a_notice_sender
from tests.api.requests.test_request_queue import WORDS, an_agency, order

AWAKE = OutboxRules(time(3), time(3, 1))
EMAIL = "mailtos://us@snow.example?to={email}"


@pytest.fixture
def notice_sender(client, recorder):
    return a_notice_sender(client, RecordingSettings(AWAKE, email=EMAIL, recorder=recorder))


def handed_over(client, sign_in, **more):
    """Hand a phone call over to the parks by message; return its change."""
    agency_id = an_agency(client, sign_in, email="parks@city.example")
    told = {"kind": "tree", "text": WORDS, "caller_phone": "044 5551234"}
    client.post("/requests", json=told)
    handing = {"agency_id": agency_id, "way": "message", "note": "please hurry"} | more
    return order(client, "refer", [1], **handing).json()


def letter_of(client):
    (one,) = client.get("/api/referrals").json()
    return one["letter"]


def test_a_letter_waits_and_is_sent_once_with_all_that_the_agency_needs(
    client, sign_in, notice_sender, recorder
):
    handed_over(client, sign_in)
    assert letter_of(client) == "waiting"
    assert notice_sender.run() == 1
    assert notice_sender.run() == 0
    ((who, text),) = recorder.sent
    assert (who.email, who.phone) == ("parks@city.example", "")
    assert "B-0001" in text.title
    assert WORDS in text.link
    assert "please hurry" in text.link
    assert "5551234" not in text.title + text.body + text.link
    assert letter_of(client) == "sent"


def test_the_callers_number_goes_along_where_it_was_wished_and_its_access_is_logged(
    client, sign_in, notice_sender, recorder
):
    handed_over(client, sign_in, with_caller=True)
    notice_sender.run()
    ((_, text),) = recorder.sent
    assert "044 5551234" in text.link
    assert "5551234" not in text.body
    with transaction(client.app.state.barfrub.engine) as tx:
        looks = [line.after for line in list_events(tx) if line.verb == "caller.seen"]
    assert looks == [{"requests": [1], "purpose": "referral"}]


def test_a_letter_that_is_refused_is_tried_again_and_then_given_up(
    client, sign_in, clock, notice_sender, recorder
):
    recorder.refusals = 99
    handed_over(client, sign_in)
    seen = []
    for wait in (*BACK_OFF, timedelta(hours=9)):
        assert notice_sender.run() == 1
        seen.append(letter_of(client))
        clock.moment += wait
    assert seen == ["waiting"] * len(BACK_OFF) + ["failed"]
    assert notice_sender.run() == 0
    assert recorder.sent == []


def test_without_a_gateway_for_email_the_desk_is_told_to_use_paper(client, sign_in):
    handed_over(client, sign_in)
    assert a_notice_sender(client, NoticeSettings(AWAKE)).run() == 1
    assert letter_of(client) == "failed"


def test_a_letter_whose_request_is_taken_back_does_not_leave(
    client, sign_in, notice_sender, recorder
):
    change = handed_over(client, sign_in)["change_id"]
    client.post(f"/api/queue/changes/{change}/undo")
    assert notice_sender.run() == 0
    assert recorder.sent == []
    assert letter_of(client) == "unwanted"


def test_a_letter_that_was_being_sent_when_the_server_died_is_not_sent_twice(
    client, sign_in, notice_sender, clock
):
    handed_over(client, sign_in)
    app = client.app.state.barfrub
    with transaction(app.engine) as tx:
        assert len(claim_messages(tx, AWAKE, "Asia/Tehran", app.clock.now(), 9)) == 1
    clock.moment += ANSWERED
    notice_sender.recover()
    assert notice_sender.run() == 0
    assert letter_of(client) == "lost"


def test_paper_has_no_letter(client, sign_in, notice_sender):
    handed_over(client, sign_in, way="paper")
    assert letter_of(client) is None
    with transaction(client.app.state.barfrub.engine) as tx:
        (one,) = list_referrals(tx, 9)
        assert list_agency_messages(tx, [one.referral]) == {}
