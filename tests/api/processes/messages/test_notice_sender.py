import logging
from datetime import time, timedelta
from pathlib import Path

import pytest

from api.config.clock import Clock
from api.processes.messages import notice_sender as module
from api.processes.messages.message_gateways import (
    NO_WAY,
    AppriseGateway,
    LogGateway,
    NoticeSettings,
    read_notice_settings,
)
from api.processes.messages.notice_sender import NoticeSender
from data.errors import DiskFullError, InvalidError, NotFoundError
from data.model import PlanState
from data.store.database.engine import transaction
from data.store.planning.plans import add_plan
from data.store.requests.notices import list_notices
from data.store.requests.promises import find_promise
from data.store.requests.requests import Caller, list_requests
from fleet.requests.outbox import ANSWERED, OutboxRules, claim_messages
from fleet.requests.sms_limits import SmsRules
from maps.requests.notices import NoticeText
from tests import village as v
from tests.api.recording_gateway import RecordingGateway, RecordingSettings, a_notice_sender
from tests.village_plan import a_leg, a_plan

AWAKE = OutboxRules(time(3), time(3, 1))
TEXT = NoticeText(
    "Request B-0001", "Request B-0001: we have it.", "https://snow/track?code=12345678"
)


@pytest.fixture
def notice_sender(client, recorder: RecordingGateway) -> NoticeSender:
    return a_notice_sender(
        client, RecordingSettings(AWAKE, "https://snow.example", recorder=recorder)
    )


def ask(client, sign_in, **changes) -> dict:
    sign_in("operator")
    told = {"kind": "plow", "text": "School Street", "caller_phone": "0914", "consent": True}
    return client.post("/requests", json=told | changes).json()


def test_a_message_goes_out_once_in_the_callers_language(client, sign_in, notice_sender, recorder):
    ask(client, sign_in, language="fa")
    assert notice_sender.run() == 1
    assert notice_sender.run() == 0
    ((who, text),) = recorder.sent
    assert who.phone == "0914"
    assert text.body == "درخواست B-0001: ثبت شد. زمان برنامه‌ریزی و پایان کار را به شما خبر می‌دهیم."
    assert text.link.startswith("https://snow.example/track?reference=B-0001&code=")


def test_what_was_not_sent_before_a_restart_is_sent_after_it(
    client, sign_in, notice_sender, recorder
):
    ask(client, sign_in)
    app = client.app.state.barfrub
    again = NoticeSender(
        app.engine,
        app.clock,
        app.city_state,
        RecordingSettings(AWAKE, recorder=recorder),
        app.plans,
        b"key",
    )
    again.recover()
    assert again.run() == 1
    assert len(recorder.sent) == 1


def test_a_refused_message_is_tried_again_later(client, sign_in, notice_sender, recorder, clock):
    ask(client, sign_in)
    recorder.refusals = 1
    notice_sender.run()
    assert recorder.sent == []
    clock.moment += timedelta(minutes=2)
    notice_sender.run()
    assert len(recorder.sent) == 1
    assert notice_sender.tally == {"waiting": 1, "sent": 1}


@pytest.fixture
def full_once(monkeypatch) -> None:
    """Have the disk full when the outcome of a message is stored for the first time."""
    settle, failures = module.settle_message, [DiskFullError]

    def settle_later(*arguments, **more):
        if failures:
            raise failures.pop()
        return settle(*arguments, **more)

    monkeypatch.setattr(module, "settle_message", settle_later)


@pytest.mark.usefixtures("full_once")
def test_a_message_that_was_sent_while_the_disk_filled_up_is_settled_later_and_not_sent_again(
    client, sign_in, notice_sender, recorder
):
    ask(client, sign_in)
    with pytest.raises(DiskFullError):
        notice_sender.run()
    assert notice_sender.run() == 0
    assert notice_sender.tally == {"sent": 1}
    assert len(recorder.sent) == 1


@pytest.mark.usefixtures("full_once")
def test_a_server_that_leads_no_more_stores_what_became_of_its_messages(
    client, sign_in, notice_sender
):
    ask(client, sign_in)
    with pytest.raises(DiskFullError):
        notice_sender.run()
    notice_sender.step_beside()
    assert notice_sender.tally == {"sent": 1}


def test_what_a_killed_server_was_sending_is_lost_for_one_that_led_before_it(
    client, sign_in, notice_sender, recorder, clock
):
    notice_sender.step()
    notice_sender.step_beside()
    ask(client, sign_in)
    engine = client.app.state.barfrub.engine
    with transaction(engine) as tx:  # the other server, which is killed then
        (sending,) = claim_messages(tx, AWAKE, "Asia/Tehran", clock.now(), 4)
    notice_sender.step()
    clock.moment += ANSWERED
    assert states(engine, sending) == ["sending"]
    notice_sender.step()
    assert states(engine, sending) == ["lost"]
    assert recorder.sent == []


def states(engine, message) -> list[str]:
    with transaction(engine) as tx:
        return [one.state for one in list_notices(tx, message.asked.id)]


def test_a_caller_who_joins_a_planned_job_gets_what_was_promised(
    client, sign_in, notice_sender, recorder
):
    sign_in()
    client.post("/api/storms", json={"name": "First snow"})
    app = client.app.state.barfrub
    ask(client, sign_in, language="en")
    with transaction(app.engine) as tx:
        (asked,) = list_requests(tx)
        leg = a_leg(starts_at=v.NOW + timedelta(hours=1), job_ids=(asked.job_id,))
        add_plan(tx, a_plan(leg, state=PlanState.PUBLISHED))
    notice_sender.promise()
    notice_sender.run()
    said = sorted(text.body for _, text in recorder.sent)
    assert "planned today between 08:20 and 08:55" in said[0]
    with transaction(app.engine) as tx:
        given = find_promise(tx, asked.id)
    assert given is not None
    assert given.to_at - given.from_at == timedelta(minutes=35)
    assert "we have it" in said[1]


def test_an_exercise_wakes_nobody(client):
    app = client.app.state.barfrub
    fast = Clock(speed=10.0)
    settings = NoticeSettings(sms="kavenegar://key/{phone}")
    rehearsal = NoticeSender(app.engine, fast, app.city_state, settings, app.plans, b"key")
    assert isinstance(rehearsal.gateway, LogGateway)


def test_the_log_holds_neither_number_nor_code(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert LogGateway().send(Caller("Sara", "0914", b"", "s@s.ir"), TEXT) == ""
    assert "we have it" in caplog.text
    for secret in ("0914", "s@s.ir", "Sara", "12345678"):
        assert secret not in caplog.text


def test_a_gateway_gets_the_number_as_its_country_writes_it() -> None:
    settings = NoticeSettings(
        sms="kavenegar://key/{phone}",
        email="mailto://u:p@mail.example?to={email}",
        country_code="98",
    )
    way = AppriseGateway(settings)
    assert way.url_of(Caller("", "۰۹۱۴-۱۲۳", b"")) == "kavenegar://key/98914123"
    assert way.url_of(Caller("", "", b"", "a@b.ir")).endswith("?to=a%40b.ir")
    assert way.send(Caller("", "", b""), TEXT) == NO_WAY
    assert way.send(Caller("", "+44 20 7946", b""), TEXT) == NO_WAY


def test_apprise_knows_the_gateways_that_the_guide_names() -> None:
    import apprise

    for url in ("kavenegar://ABCDEF123456/989141234567", "mailtos://u:p@mail.example?to=a%40b.ir"):
        assert apprise.Apprise().add(url)


def test_settings_are_read_from_a_file_and_every_key_is_known(tmp_path: Path) -> None:
    file = tmp_path / "notices.toml"
    file.write_text('sms = "kavenegar://key/{phone}"\nquiet_from = "21:30"\nmost_a_day = 3\n')
    settings = read_notice_settings(file)
    assert settings.rules == OutboxRules(time(21, 30), time(7), 3)
    file.write_text('sms = "x://{phone}"\nsms_prefixes = ["+98", "90"]\nsms_a_day = 50\n')
    assert read_notice_settings(file).sms_rules == SmsRules(
        prefixes=("98", "90"), a_day=50, links=False
    )
    file.write_text('sms_prefixes = ["0"]\n')
    with pytest.raises(InvalidError, match="sms_prefixes"):
        read_notice_settings(file)
    file.write_text('sms = "kavenegar://key/0914"\n')
    with pytest.raises(InvalidError, match="sms"):
        read_notice_settings(file)
    file.write_text('smss = "x"\n')
    with pytest.raises(InvalidError, match="smss"):
        read_notice_settings(file)
    with pytest.raises(NotFoundError):
        read_notice_settings(tmp_path / "nowhere.toml")
