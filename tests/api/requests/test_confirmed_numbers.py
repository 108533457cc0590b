import re

from data.model import NoticeKind
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from fleet.requests.notices import write_notice
from tests.api.recording_gateway import RecordingSettings, a_notice_sender
from tests.citizens import reported, stored, track


def test_only_the_link_in_the_message_proves_that_a_number_is_read(citizen, app, sign_in, recorder):
    settings = RecordingSettings(
        sms="x://{phone}", country_code="98", address="https://snow.example", recorder=recorder
    )
    sender = a_notice_sender(citizen, settings)
    reference, code = reported(citizen, phone="0914 123 4567", consent="on")
    sender.run()
    track(citizen, reference, code)  # as whoever sent the form can
    with transaction(app.engine) as tx:
        write_notice(tx, stored(citizen)[0].id, NoticeKind.REOPENED, {}, app.clock.now())
    sender.run()
    ((_, first),) = recorder.sent
    sign_in("supervisor")
    page = citizen.get("/followup/messages?lang=en").text
    assert reference in page
    assert "nobody has opened the link or given the code of its first message" in page
    citizen.get(first.link.removeprefix("https://snow.example"))
    sender.run()
    assert [text.body.count("Open the link") for _, text in recorder.sent] == [1, 0]
    assert "Every message went out." in citizen.get("/followup/messages?lang=en").text


def test_without_links_the_code_of_the_message_is_typed_on_the_page_of_the_request(
    citizen, app, recorder
):
    settings = RecordingSettings(sms="x://{phone}", country_code="98", recorder=recorder)
    sender = a_notice_sender(citizen, settings)
    reference, code = reported(citizen, phone="0914 123 4567", consent="on")
    assert 'action="/track/confirm' not in track(citizen, reference, code).text
    sender.run()
    with transaction(app.engine) as tx:
        write_notice(tx, stored(citizen)[0].id, NoticeKind.REOPENED, {}, app.clock.now())
    sender.run()
    ((_, first),) = recorder.sent
    assert "Enter" not in first.body  # what is written into the log
    told = re.search(r"Enter (\d{8}) on the page of your request", first.link)[1]
    assert typed(citizen, reference, code, code).count("not the code of the message") == 1
    sender.run()
    assert len(recorder.sent) == 1
    page = typed(citizen, reference, code, told)
    assert "You get further messages." in page
    assert 'action="/track/confirm' not in page
    sender.run()
    assert len(recorder.sent) == 2


def test_who_does_not_know_the_request_confirms_no_number(citizen):
    reference, code = reported(citizen, phone="0914 123 4567", consent="on")
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    assert "There is no request" in typed(citizen, reference, wrong, "12345678")


def test_whoever_takes_the_call_enters_the_code_that_a_caller_tells(
    citizen, app, sign_in, recorder
):
    settings = RecordingSettings(sms="x://{phone}", country_code="98", recorder=recorder)
    sender = a_notice_sender(citizen, settings)
    reference, _ = reported(citizen, phone="0914 123 4567", consent="on")
    sender.run()
    ((_, first),) = recorder.sent
    told = re.search(r"Enter (\d{8})", first.link)[1]
    sign_in("operator")
    assert "That is not the code" in said_to_office(citizen, reference, f"{told}0")
    assert "this number gets further messages" in said_to_office(citizen, reference, told)
    with reading(app.engine) as tx:
        verbs = [line.verb for line in list_events(tx)]
    assert verbs.count("request.number_confirmed") == 1


def typed(client, reference, code, confirm):
    """Type a code on the page of a request; return what the page says then."""
    form = {"csrf": client.cookies["barfrub_csrf"], "reference": reference, "code": code}
    return client.post("/track/confirm?lang=en", data=form | {"confirm": confirm}).text


def said_to_office(client, reference, code):
    form = {"reference": reference, "code": code}
    return client.post("/followup/messages/confirm?lang=en", data=form).text
