"""Messages about a street: asked for, confirmed, sent after the delay, ended and erased."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.model import PlanState
from data.policy.city_policy import DEFAULT_POLICY
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.planning.plans import find_published_plan_id, set_plan_state
from data.store.public.street_watches import add_watch, list_watches_of, set_watch
from data.store.schema import ended_watch
from data.store.storms.storms import find_active_storm
from data.store.work import list_jobs
from fleet.public.street_watches import WatchNewsKind, claim_watch_news, next_watch_steps
from fleet.public.watch_limits import MOST_WATCHES, WatchRules
from fleet.public.watch_requests import unsubscribe
from fleet.requests.data_retention import PersonSought
from fleet.requests.outbox import OutboxRules
from fleet.requests.sms_limits import count_all_sms
from fleet.routes.published_plan import Estimates
from fleet.setup.city_setup import set_policy
from tests.api.public.test_public_map import HOUR, MINUTE, SYSTEM, turn_on
from tests.api.recording_gateway import RecordingSettings, a_notice_sender
from tests.api.reports.test_council import end, plow, start
from tests.village import MAIN_WEST, MILL, NOW, ROSE, SCHOOL
from tests.village_plan import a_leg, add_published_plan

PHONE = "0914 123 4567"
NUMBER = "9141234567"
ADDRESS = "https://snow.example.org"
CODE = re.compile(r"code=(\d+)")
DAY = timedelta(days=1)
KEY = b"key"


def signed_out(client):
    """Be somebody without an account, who has a page with a form open."""
    client.cookies.clear()
    client.headers.pop("x-csrf-token", None)
    client.get("/street")
    return client


def turn_off(app):
    """Show nobody the streets any more."""
    with transaction(app.engine) as tx:
        set_policy(tx, SYSTEM, DEFAULT_POLICY, app.network, app.clock.now())
    app.city_state.refresh()


@pytest.fixture
def anybody(client, app, sign_in, clock):
    """Somebody without an account, at eight in the morning of a storm that everybody sees."""
    start(client, sign_in, clock)
    turn_on(app)
    clock.moment = NOW + HOUR
    return signed_out(client)


@pytest.fixture
def sender(anybody, recorder):
    known = {"address": ADDRESS, "sms": "x://{phone}", "country_code": "98"}
    return a_notice_sender(anybody, RecordingSettings(**known, recorder=recorder))


def ask(anybody, number=ROSE, language="en", **form):
    sent = {"csrf": anybody.cookies["barfrub_csrf"], "id": number, "phone": PHONE, "consent": "yes"}
    return anybody.post(f"/street/watch?lang={language}", data=sent | form)


def told(sender, recorder):
    """Return the texts of the messages that go out now."""
    before = len(recorder.sent)
    sender.watches.run()
    return [text.body for _, text in recorder.sent[before:]]


def subscribed(anybody, sender, recorder, **form):
    """Subscribe and open the link of the first message; return its code."""
    page = ask(anybody, **form)
    assert "Look at your messages" in page.text
    assert told(sender, recorder)[0].startswith("Do you want messages about")
    code = CODE.search(recorder.sent[-1][1].link)[1]
    assert "Then open this link." in recorder.sent[-1][1].body
    assert re.search(r"Do you want messages about [^<]+\?<", opened(anybody, code))
    assert "You get messages about" in confirmed(anybody, code)
    return code


def opened(anybody, code):
    return anybody.get(f"/street/watch?code={code}&lang=en").text


def confirmed(anybody, code):
    form = {"csrf": anybody.cookies["barfrub_csrf"], "code": code}
    return anybody.post("/street/watch/confirm?lang=en", data=form).text


def watches(app):
    with reading(app.engine) as tx:
        return list_watches_of(tx, NUMBER, "")


def test_who_confirmed_hears_that_the_street_was_cleared_once_the_delay_is_over(
    anybody, app, clock, sender, recorder
):
    subscribed(anybody, sender, recorder)
    plow(app, NOW + 4 * HOUR, street=ROSE, times=3)
    clock.moment = NOW + 4 * HOUR + 10 * MINUTE
    assert told(sender, recorder) == []
    clock.moment = NOW + 4 * HOUR + 20 * MINUTE
    assert told(sender, recorder) == ["Rose Street was last cleared today at 11:30."]
    clock.moment = NOW + 4 * HOUR + 40 * MINUTE
    assert told(sender, recorder) == []
    who, text = recorder.sent[-1]
    assert (who.phone, text.link.startswith(f"{ADDRESS}/street/watch?code=")) == (PHONE, True)


def test_a_number_that_nobody_confirms_gets_one_message_and_is_erased(
    anybody, app, clock, sender, recorder
):
    ask(anybody)
    ask(anybody, MILL)
    assert len(told(sender, recorder)) == 1
    plow(app, NOW + 2 * HOUR, street=ROSE, times=3)
    clock.moment = NOW + 3 * HOUR
    assert told(sender, recorder) == []
    clock.moment = NOW + HOUR + DAY
    assert told(sender, recorder) == []
    assert watches(app) == []


def test_a_link_that_a_mail_scanner_opens_confirms_nothing(anybody, app, sender, recorder):
    ask(anybody)
    told(sender, recorder)
    code = CODE.search(recorder.sent[-1][1].link)[1]
    opened(anybody, code)
    assert watches(app)[0].confirmed_at is None
    assert anybody.post("/street/watch/confirm", data={"code": code}).status_code == 403
    assert "No more messages" in confirmed(anybody, code)
    assert watches(app)[0].confirmed_at is not None


def test_messages_are_stopped_by_their_link_also_where_the_map_is_off(
    anybody, app, sender, recorder
):
    code = subscribed(anybody, sender, recorder)
    turn_off(app)
    assert anybody.get("/street/watch").status_code == 404
    assert "No more messages" in opened(anybody, code)


def test_a_number_that_nobody_confirmed_is_erased_also_where_the_map_is_off(
    anybody, app, clock, sender, recorder
):
    ask(anybody)
    turn_off(app)
    assert told(sender, recorder) == []
    assert len(watches(app)) == 1
    clock.moment = NOW + HOUR + DAY
    assert told(sender, recorder) == []
    assert watches(app) == []


def test_who_stops_messages_while_one_is_worked_out_gets_none(anybody, app, clock):
    ask(anybody)
    (mine,) = watches(app)
    city, now = app.city_state.now, clock.now()
    rules = WatchRules(OutboxRules(), None, city.city.timezone, KEY)
    estimates = Estimates(app.plans, city.network, city.policy)
    with reading(app.engine) as tx:
        steps = next_watch_steps(tx, find_active_storm(tx), estimates, rules, now, 4)
    with transaction(app.engine) as tx:
        unsubscribe(tx, mine.code, now, KEY)
    with transaction(app.engine) as tx:
        assert [step.kind for step in steps] == [WatchNewsKind.CONFIRM]
        assert claim_watch_news(tx, steps, rules, now) == []


def test_a_message_without_a_link_asks_for_its_code(anybody, recorder):
    known = {"sms": "x://{phone}", "country_code": "98"}
    ask(anybody)
    said = told(a_notice_sender(anybody, RecordingSettings(**known, recorder=recorder)), recorder)
    assert said[0].endswith("Then type this code on the page of your street.")


def test_a_window_is_told_again_only_when_it_moves_by_more_than_half_an_hour(
    anybody, app, clock, sender, recorder
):
    subscribed(anybody, sender, recorder, number=MILL)

    def planned(at):
        with transaction(app.engine) as tx:
            storm = find_active_storm(tx)
            driven = find_published_plan_id(tx, storm.id)
            if driven is not None:
                set_plan_state(tx, driven, PlanState.SUPERSEDED)
            job = next(job for job in list_jobs(tx, storm.id) if job.segment_id == MILL)
            leg = a_leg(segment_id=MILL, starts_at=at - MINUTE, ends_at=at, job_ids=(job.id,))
            add_published_plan(tx, leg)

    planned(NOW + 4 * HOUR)
    clock.moment += 6 * MINUTE
    assert [text[:30] for text in told(sender, recorder)] == ["Work on Mill Street is planned"]
    clock.moment += 6 * MINUTE
    assert told(sender, recorder) == []
    planned(NOW + 7 * HOUR)
    clock.moment += 6 * MINUTE
    assert [text[:30] for text in told(sender, recorder)] == ["Work on Mill Street is planned"]


def test_it_waits_for_the_morning_and_ends_with_the_storm_or_by_the_link(
    anybody, app, clock, client, sign_in, sender, recorder
):
    subscribed(anybody, sender, recorder)
    kept = subscribed(anybody, sender, recorder, number=MILL, every="yes")
    told(sender, recorder)
    clock.moment = NOW + 15 * HOUR
    plow(app, clock.moment, street=ROSE, times=3)
    clock.moment = NOW + 16 * HOUR
    assert told(sender, recorder) == []
    clock.moment = NOW + 24 * HOUR
    assert told(sender, recorder) == ["Rose Street was last cleared last night at 22:30."]
    with reading(app.engine) as tx:
        storm_id = find_active_storm(tx).id
    end(client, sign_in, clock, storm_id, NOW + 25 * HOUR)
    clock.moment = NOW + 26 * HOUR
    told(sender, recorder)
    assert [one.segment_id for one in watches(app)] == [MILL]
    signed_out(client)
    form = {"csrf": client.cookies["barfrub_csrf"], "code": kept}
    assert "You get no more messages" in client.post("/street/watch/end?lang=en", data=form).text
    assert watches(app) == []


ASKED = re.compile(r'<h2 id="watch">.*?</section>', re.DOTALL)


def answer_to(anybody, number=MILL, **form):
    """Return all that a page says to whoever asks, but for the place in its hidden fields."""
    page = ask(anybody, number, **form)
    return page.status_code, re.sub(r'value="\d+"', "", ASKED.search(page.text)[0])


def follow_ten(app):
    """Let somebody who asked for a street hear of as many as is allowed."""
    with transaction(app.engine) as tx:
        first, *asked_for = list_watches_of(tx, NUMBER, "")
        heard_of = {"confirmed_at": NOW, "look_at": NOW + DAY}
        for one in (first, *asked_for):
            set_watch(tx, one.id, heard_of)
        for i in range(len(asked_for) + 1, MOST_WATCHES):
            add_watch(tx, replace(first, segment_id=1000 + i, code=f"{i}", **heard_of))


def test_a_stranger_learns_nothing_of_who_has_a_number(anybody, app):
    new = answer_to(anybody)
    assert (new[0], len(watches(app))) == (200, 1)
    assert answer_to(anybody) == new
    assert answer_to(anybody, ROSE) == new
    follow_ten(app)
    for one_too_many in (MAIN_WEST, SCHOOL):
        assert answer_to(anybody, one_too_many) == new
    assert len(watches(app)) == MOST_WATCHES + 1


def test_a_second_street_is_asked_about_once_the_first_was_answered(
    anybody, clock, sender, recorder
):
    ask(anybody)
    ask(anybody, MILL)
    assert [each[:39] for each in all_told(sender, recorder)] == [
        "Do you want messages about Rose Street?"
    ]
    confirmed(anybody, CODE.search(recorder.sent[-1][1].link)[1])
    clock.moment += 6 * MINUTE
    assert "Do you want messages about Mill Street?" in " ".join(all_told(sender, recorder))


def all_told(sender, recorder):
    return [*told(sender, recorder), *told(sender, recorder)]


def test_who_hears_of_ten_streets_is_told_once_that_it_is_one_too_many(
    anybody, app, clock, sender, recorder
):
    ask(anybody)
    follow_ten(app)
    for number in (MILL, SCHOOL, MAIN_WEST):
        ask(anybody, number)
        clock.moment += MINUTE
    (said,) = all_told(sender, recorder)
    assert said.startswith("You already get messages about 10 streets. For Mill Street, first stop")
    assert len(watches(app)) == MOST_WATCHES + 1
    code = CODE.search(recorder.sent[-1][1].link)[1]
    assert "You already get messages about 10 streets, and more" in confirmed(anybody, code)
    anybody.post("/street/watch/end", data={"csrf": anybody.cookies["barfrub_csrf"], "code": "1"})
    assert "You get messages about Mill Street" in confirmed(anybody, code)


def test_a_number_and_an_address_are_asked_each_on_their_own(anybody, app, sender, recorder):
    ask(anybody, email="stranger@example.org")
    all_told(sender, recorder)
    by_phone, by_email = ((who.phone, who.email) for who, _ in recorder.sent)
    assert (by_phone, by_email) == ((PHONE, ""), ("", "stranger@example.org"))
    confirmed(anybody, CODE.search(recorder.sent[1][1].link)[1])
    assert watches(app)[0].confirmed_at is None


def test_ending_and_beginning_anew_gives_no_more_messages(anybody, app, clock, sender, recorder):
    with transaction(app.engine) as tx:
        before = count_all_sms(tx, clock.now() - DAY)
    for _ in range(OutboxRules().most_a_day):
        clock.moment += MINUTE
        subscribed_and_ended(anybody, sender, recorder)
    with reading(app.engine) as tx:
        assert count_all_sms(tx, clock.now() - DAY) == before + OutboxRules().most_a_day
        assert NUMBER not in repr(tx.execute(select(ended_watch)).all())
    ask(anybody)
    assert told(sender, recorder) == []
    clock.moment += DAY + MINUTE
    app.retention_task.erase()
    with reading(app.engine) as tx:
        assert tx.execute(select(ended_watch)).all() == []


def subscribed_and_ended(anybody, sender, recorder):
    ask(anybody)
    assert len(told(sender, recorder)) == 1
    code = CODE.search(recorder.sent[-1][1].link)[1]
    form = {"csrf": anybody.cookies["barfrub_csrf"], "code": code}
    anybody.post("/street/watch/end?lang=en", data=form)


def test_a_refused_message_is_tried_again(anybody, app, clock, sender, recorder):
    ask(anybody)
    recorder.refusals = 1
    assert told(sender, recorder) == []
    clock.moment += 2 * MINUTE
    assert len(told(sender, recorder)) == 1


def test_a_mistake_stands_at_its_field_and_a_trap_takes_nothing(anybody, app):
    wrong = ask(anybody, email="nowhere", phone="")
    assert (wrong.status_code, "This is not an e-mail address." in wrong.text) == (422, True)
    assert "We need a phone number or an e-mail address" in ask(anybody, phone="").text
    silent = ask(anybody, consent="").text.split('name="consent"')[1]
    assert "Tick this box: without your yes we send nothing." in silent
    assert ask(anybody, homepage="x").status_code == 422
    assert watches(app) == []


def test_a_person_is_erased_and_the_audit_log_never_knew_the_number(anybody, app, sender, recorder):
    subscribed(anybody, sender, recorder)
    assert app.retention_task.erase_person(SYSTEM, PersonSought(phone=PHONE)).watches == 1
    assert watches(app) == []
    with reading(app.engine) as tx:
        lines = [line for line in list_events(tx) if line.verb.startswith("watch.")]
    assert [line.verb for line in lines] == ["watch.asked", "watch.told", "watch.confirmed"]
    assert NUMBER not in repr(lines)


def test_a_person_known_by_an_address_alone_is_erased_too(anybody, app, sign_in, client):
    ask(anybody, phone="", email="Sara@example.org")
    sign_in("administrator")
    sought = {"email": "sara@Example.org"}
    nothing = {"requests": 0, "photos": 0, "watches": 0}
    assert client.post("/api/people/look-up", json=sought).json() == nothing | {"watches": 1}
    assert client.post("/api/people/erase", json=sought).json() == nothing | {"watches": 1}
    assert client.post("/api/people/look-up", json=sought).json() == nothing
