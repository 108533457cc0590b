"""What the form says of a place before it is sent, and joining what is reported there."""

import re

from data.model import ClosingReason, RequestState
from data.store.database.engine import reading, transaction
from data.store.followup.comments import list_comments
from data.store.requests.duplicates import list_duplicates
from data.store.requests.requests import find_caller
from fleet.requests.closing import close_request
from fleet.requests.outbox import MESSENGER
from tests.citizens import report, reported, settled, stored, track

GATE = {"lon": "45.07", "lat": "37.55"}


def understood(citizen, language="en", **said) -> str:
    form = {"csrf": citizen.cookies["barfrub_csrf"], "kind": "plow"} | said
    page = citizen.post(f"/report/place?lang={language}", data=form)
    assert page.status_code == 200, page.text
    (part,) = re.findall(r'<div id="understood".*?</div>', page.text, re.DOTALL)
    return part


def test_the_place_of_a_pin_or_of_words_is_read_back_in_the_pages_language(citizen):
    street = "We take this as the place: School Street"
    assert f"{street}, between" in understood(citizen, address="School Street 7")
    assert street in understood(citizen, text="snow in School Street")
    assert re.search(r"as the place: .*\w Street", understood(citizen, **GATE))
    assert re.search(r"فهمیدیم: خیابان [ء-ی‌ ]+", understood(citizen, "fa", **GATE))
    assert "Anladığımız yer: " in understood(citizen, "az", **GATE)
    nowhere = understood(citizen, text="somewhere")
    assert "We do not know yet where this is" in nowhere
    assert "data-lon" not in nowhere
    assert stored(citizen) == []


def test_a_photo_that_a_form_could_not_keep_is_asked_for_again(citizen):
    again = "Choose your photo again"
    form = {"csrf": citizen.cookies["barfrub_csrf"], "kind": "plow", "address": "School Street"}
    photo = {"photo": ("snow.jpg", b"picture", "image/jpeg")}

    assert again in citizen.post("/report/place?lang=en", data=form, files=photo).text
    assert again not in citizen.post("/report/place?lang=en", data=form).text
    refused = form | {"phone": "0914", "kind": "moon"}
    assert again in citizen.post("/report?lang=en", data=refused, files=photo).text


def test_what_is_reported_there_is_told_without_words_number_or_caller(citizen):
    told = {"text": "Mrs Karimi fell", "phone": "0914 777", "consent": "yes"}
    reference, code = reported(citizen, kind="ice", **told, **GATE)
    settled(citizen)
    reported(citizen, kind="ice", text="slippery", **GATE)
    settled(citizen)
    there = understood(citizen, kind="ice", **GATE)
    assert there.count("That is it: follow it") == 1  # the same as the first
    assert "Reported today at 07:30 · Not on the work list yet" in there
    for secret in ("Karimi", "0914", reference, code):
        assert secret not in there
    other_kind = understood(citizen, **GATE)
    assert ("Already reported" in other_kind, "follow it" in other_kind) == (True, False)
    assert "Already reported" not in understood(citizen, lon="45.075", lat="37.553")
    with transaction(citizen.app.state.barfrub.engine) as tx:
        for asked in stored(citizen):
            close_request(tx, MESSENGER, asked.id, ClosingReason.MELTED, "", asked.received_at)
    assert "Already reported" not in understood(citizen, **GATE)


def test_who_follows_a_report_counts_as_one_more_caller_under_a_number_of_his_own(
    citizen, monkeypatch
):
    first = reported(citizen, kind="ice", text="Mrs Karimi fell", phone="0914 777", **GATE)
    settled(citizen)
    (kept,) = stored(citizen)
    mine = {"kind": "ice", "text": "", "phone": "0914 888", "consent": "yes", **GATE}
    announced, door = [], citizen.app.state.barfrub.report_ingest
    monkeypatch.setattr(door, "announce", lambda asked: announced.extend(asked))
    reference, code = reported(citizen, **mine, follow=str(kept.id))
    settled(citizen)
    assert kept.id in [each.id for each in announced]
    with reading(citizen.app.state.barfrub.engine) as tx:
        (joined,) = list_duplicates(tx, kept.id)
        who = find_caller(tx, joined.id)
        assert [each.text for each in list_comments(tx, kept.id)] == [f"+ {reference}"]
    assert (joined.reference, joined.closed_for) == (reference, ClosingReason.DUPLICATE)
    assert who is not None
    assert (who.phone, who.consent) == ("0914 888", True)
    page = track(citizen, reference, code).text
    assert "2 people have reported this." in page
    assert "We know the place" in page
    for secret in ("Karimi", "0914", kept.reference):
        assert secret not in page
    assert "2 people" in track(citizen, *first).text
    assert "2 people" not in understood(citizen, **GATE)


def test_only_what_is_reported_at_ones_own_place_and_of_ones_kind_can_be_followed(citizen):
    reported(citizen, **GATE)
    settled(citizen)
    (far,) = stored(citizen)
    assert report(citizen, follow=str(far.id), lon="45.075", lat="37.553").status_code == 303
    settled(citizen)
    assert report(citizen, kind="ice", follow=str(far.id), **GATE).status_code == 303
    settled(citizen)
    assert [each.state for each in stored(citizen)] == [RequestState.NEW] * 3


def test_a_city_is_not_read_out_place_by_place(citizen):
    form = {"csrf": citizen.cookies["barfrub_csrf"], "text": "School Street"}
    codes = [citizen.post("/report/place?lang=en", data=form).status_code for _ in range(35)]
    assert codes[:30] == [200] * 30
    assert codes[-1] == 429
