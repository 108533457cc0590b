"""My street: when it was cleared, when it is planned, how sure that is; small, for everybody."""

import re

import pytest
from sqlalchemy import update

from api.access.rate_limits import PublicAction
from data.model import JobState, PlanState, Promise, RequestId, RequestState
from data.store.database.engine import reading, transaction
from data.store.planning.plans import find_published_plan_id, set_plan_state
from data.store.requests.promises import add_promises
from data.store.requests.requests import get_request
from data.store.schema import job
from data.store.storms.storms import find_active_storm, set_quiet
from data.store.work import list_jobs, set_job_state
from fleet.public import street_answer
from tests.api.public.test_public_map import HOUR, MINUTE, anybody, turn_on
from tests.api.reports.test_council import SECRETS, call, end, plow
from tests.village import BACK, MAIN_EAST, MAIN_WEST, MILL, NOW, ROSE, SCHOOL
from tests.village_plan import a_leg, add_published_plan

__all__ = ["anybody"]

SUPERSEDED = PlanState.SUPERSEDED
SAID = re.compile(r'class="headline">([^<]+)<')
PLANNED = re.compile(r'class="planned">([^<]+)<')
SHEETS = re.compile(r'<link rel="stylesheet" href="([^"]+)"')


def street(client, number=ROSE, language="en"):
    return client.get("/street", params={"id": number, "lang": language})


def headline(client, number=ROSE, language="en"):
    return SAID.search(street(client, number, language).text)[1]


def plain(answer):
    """Return the words of a page."""
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.text.split("<main")[1]))


def planned(client, number=ROSE):
    return PLANNED.search(street(client, number).text)[1]


def test_nothing_is_told_where_the_map_is_not_shown(anybody):
    answer = anybody.get("/street", params={"id": ROSE}, headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "Rose" not in answer.text
    assert "/street?" not in anybody.get("/report").text


def test_a_street_was_cleared_once_the_delay_is_over(anybody, app, clock):
    turn_on(app)
    clock.moment = NOW + 4 * HOUR + 14 * MINUTE
    assert "A part of Rose Street" in headline(anybody)
    clock.moment = NOW + 4 * HOUR + 16 * MINUTE
    assert "was last cleared today at" in headline(anybody)


SAYINGS = {
    "en": ("was last cleared today at 11:30", "cleared at least every 12 h"),
    "fa": ("آخرین بار امروز ساعت ۱۱:۳۰ پاک شده است", "دست‌کم هر ۱۲ ساعت یک بار"),
    "az": ("son dəfə bu gün saat 11:30", "ən azı hər 12 saat"),
}


@pytest.mark.parametrize("language", SAYINGS)
def test_what_was_done_and_what_is_promised_is_said_in_plain_words(anybody, app, clock, language):
    turn_on(app)
    clock.moment = NOW + 5 * HOUR
    text = plain(street(anybody, language=language))
    for said in SAYINGS[language]:
        assert said in text
    assert not re.search(r"\b(street|outlook|class):[a-z_]+", text)


def test_the_whole_page_is_small_and_has_no_font_and_one_script_that_it_does_not_wait_for(
    anybody, app, clock
):
    turn_on(app)
    clock.moment = NOW + 5 * HOUR
    page = street(anybody)
    sheets = [anybody.get(each) for each in SHEETS.findall(page.text)]
    assert len(sheets) == 4
    script = anybody.get("/static/js/public/push.js")
    others = [anybody.get(f"/street{rest}") for rest in ("", "?q=zzzz", "/watch", "/watch?code=1")]
    assert max(map(weight, others)) < weight(page)
    answers = [page, *sheets, script]
    assert {each.headers["content-encoding"] for each in answers} == {"gzip"}
    assert sum(map(weight, answers)) < 50_000
    scripts = re.findall(r"<script[^>]*>", page.text)
    assert scripts == ['<script type="module" src="/static/js/public/push.js">']
    assert "woff2" not in page.text


def weight(answer):
    return int(answer.headers["content-length"])


def test_a_list_of_reports_is_asked_for_as_rarely_as_places_are(anybody, app, monkeypatch):
    turn_on(app)
    asked = []
    monkeypatch.setattr(app.limits, "enter", lambda action, _: asked.append(action))
    street(anybody)
    assert asked == [PublicAction.PLACE]


def test_a_name_leads_to_its_street_and_vague_words_to_those_that_fit(anybody, app):
    turn_on(app)
    found = anybody.get("/street", params={"q": "12 Imam Street", "lang": "en"})
    assert "id=1&" in str(found.url)
    unknown = anybody.get("/street", params={"q": "zzzz", "lang": "en"})
    assert "We do not know this place" in unknown.text
    gone = street(anybody, 4711)
    assert (gone.status_code, "no longer on the city" in gone.text) == (404, True)


def plan_work(app, street, ends_at, **changes):
    """Publish a plan with the work on a street; return that job's id."""
    with transaction(app.engine) as tx:
        storm = find_active_storm(tx)
        job = next(job for job in list_jobs(tx, storm.id) if job.segment_id == street)
        leg = a_leg(
            segment_id=street, starts_at=ends_at - MINUTE, ends_at=ends_at, job_ids=(job.id,)
        )
        add_published_plan(tx, leg, **changes)
    return job.id


def test_a_plan_of_the_last_minutes_changes_nothing_until_the_delay_is_over(anybody, app, clock):
    turn_on(app)
    plan_work(app, MILL, NOW + 2 * HOUR + 10 * MINUTE, published_at=NOW)
    published_at = clock.moment = NOW + 40 * MINUTE
    said = planned(anybody, MILL)
    with transaction(app.engine) as tx:
        set_plan_state(tx, find_published_plan_id(tx, find_active_storm(tx).id), SUPERSEDED)
    plan_work(app, MILL, NOW + 5 * HOUR, published_at=published_at)
    clock.moment = published_at + 14 * MINUTE
    assert planned(anybody, MILL) == said
    clock.moment = published_at + 16 * MINUTE
    assert planned(anybody, MILL) not in {said, "No plan is in force yet."}


def test_all_promises_of_a_storm_are_counted_however_many_there_are(
    anybody, app, clock, client, sign_in, monkeypatch
):
    turn_on(app)
    monkeypatch.setattr(street_answer, "REMEMBERED", 1)
    clock.moment = NOW + HOUR
    number = RequestId(call(client, sign_in, clock, clock.moment)["id"])
    with transaction(app.engine) as tx:
        job_id = get_request(tx, number).job_id
        plan = add_published_plan(tx, a_leg(job_ids=(job_id,)))
        ends = [clock.moment + hours * HOUR for hours in (1, 2, 4, 9)]
        add_promises(tx, [a_promise(number, job_id, plan.id, clock.moment, to) for to in ends])
        set_job_state(tx, [job_id], JobState.DONE, clock.moment + 3 * HOUR)
    client.cookies.clear()
    clock.moment = NOW + 4 * HOUR
    assert "in this storm: 0 of 2 kept." in plain(street(anybody))
    clock.moment = NOW + 5 * HOUR
    text = plain(street(anybody))
    assert "in this storm: 2 of 4 kept." in text
    assert "1 of the last 1 kept." in text


def a_promise(request_id, job_id, plan_id, made_at, to_at):
    return Promise(request_id, job_id, plan_id, made_at, to_at, made_at, to_at)


def do_work(app, job_id, at):
    with transaction(app.engine) as tx:
        set_job_state(tx, [job_id], JobState.DONE, at)


def test_the_window_is_wide_and_stays_when_the_truck_goes_past_early(anybody, app, clock):
    turn_on(app)
    job_id = plan_work(app, MILL, NOW + 2 * HOUR + 10 * MINUTE)
    clock.moment = NOW + 40 * MINUTE
    said = planned(anybody, MILL)
    assert said == "It should be clear today between 09:00 and 10:30."
    passed_at = NOW + 41 * MINUTE
    plow(app, passed_at, street=MILL, times=1)
    do_work(app, job_id, passed_at)
    for after in (0, 13):
        clock.moment = passed_at + after * MINUTE
        assert planned(anybody, MILL) == said
    text = plain(street(anybody, MILL))
    assert "There is no record yet of how well such times are kept." in text
    assert "Truck" not in text


def test_who_asked_or_took_it_back_in_the_last_minutes_changes_nothing_until_the_delay_is_over(
    anybody, app, clock, client, sign_in
):
    turn_on(app)
    plan_work(app, MILL, NOW + 9 * HOUR, published_at=NOW)
    nobody_asked = "It is cleared when somebody reports that it needs it. Nobody has so far."
    in_next_plan = "Your street goes into the next plan"

    def at(moment):
        clock.moment = moment
        client.cookies.clear()
        return planned(anybody, BACK)

    asked_at, dropped_at = NOW + HOUR, NOW + 2 * HOUR
    clock.moment = asked_at
    sign_in("operator")
    said = {"kind": "plow", "text": "Back Lane", "address": "Back Lane"}
    number = client.post("/requests", json=said).json()["id"]
    assert at(asked_at + 14 * MINUTE) == nobody_asked
    assert at(asked_at + 16 * MINUTE).startswith(in_next_plan)
    clock.moment = dropped_at
    sign_in("operator")
    dropped = client.post(f"/api/requests/{number}/cancel", json={"reason": "melted"})
    assert dropped.status_code == 200
    assert at(dropped_at + 14 * MINUTE).startswith(in_next_plan)
    assert at(dropped_at + 16 * MINUTE) == nobody_asked


def test_work_of_a_storm_that_was_begun_before_its_snow_is_known_before_the_first_flake(
    anybody, app, clock
):
    turn_on(app)
    snow_at = NOW + 3 * HOUR
    with transaction(app.engine) as tx:
        storm = find_active_storm(tx)
        set_quiet(tx, storm.id, [(storm.started_at, snow_at)])
        tx.execute(update(job).values(starts_at=snow_at))
    plan_work(app, MILL, NOW + 4 * HOUR, published_at=NOW)
    clock.moment = NOW + HOUR
    assert planned(anybody, MILL).startswith("It should be clear today between")


def test_the_window_of_the_same_street_close_by_stays_too(anybody, app, clock):
    turn_on(app)
    with transaction(app.engine) as tx:
        jobs = list_jobs(tx, find_active_storm(tx).id)
        own = [job.id for job in jobs if job.segment_id == MAIN_WEST]
        set_job_state(tx, own, JobState.CANCELLED)
    job_id = plan_work(app, MAIN_EAST, NOW + 2 * HOUR + 10 * MINUTE)
    corner = {"id": MAIN_WEST, "at": app.network.segment(MAIN_WEST).length_m, "lang": "en"}
    clock.moment = NOW + 40 * MINUTE
    said = PLANNED.search(anybody.get("/street", params=corner).text)[1]
    assert said == "It should be clear today between 09:00 and 10:30."
    clock.moment += MINUTE
    do_work(app, job_id, clock.moment)
    assert PLANNED.search(anybody.get("/street", params=corner).text)[1] == said


def test_a_storm_that_is_over_and_one_that_nobody_may_know_of_yet(
    anybody, app, clock, client, sign_in
):
    turn_on(app)
    clock.moment = NOW + 10 * MINUTE
    assert headline(anybody) == "No snow is being cleared at the moment."
    clock.moment = NOW + 5 * HOUR
    with transaction(app.engine) as tx:
        storm_id = find_active_storm(tx).id
    end(client, sign_in, clock, storm_id, NOW + 6 * HOUR)
    client.cookies.clear()
    clock.moment = NOW + 7 * HOUR
    assert planned(anybody, ROSE) == "That storm is over, and no work is planned."
    assert headline(anybody, SCHOOL).startswith("School Street was not cleared in the storm")


def test_what_is_reported_nearby_is_told_without_words(anybody, app, clock, client, sign_in):
    turn_on(app)
    call(client, sign_in, clock, NOW + HOUR)
    client.cookies.clear()
    clock.moment = NOW + HOUR + 10 * MINUTE
    assert "Nothing is open near this place." in street(anybody).text
    clock.moment = NOW + HOUR + 20 * MINUTE
    text = plain(street(anybody))
    assert "Reported today" in text
    assert not [secret for secret in SECRETS if secret in text]


def test_a_report_that_a_truck_closed_stays_listed_until_the_delay_is_over(
    anybody, app, clock, client, sign_in
):
    turn_on(app)
    number = call(client, sign_in, clock, NOW + HOUR)["id"]
    client.cookies.clear()
    clock.moment = NOW + 90 * MINUTE
    plow(app, clock.moment, street=ROSE, times=1)
    with reading(app.engine) as tx:
        assert get_request(tx, number).state is RequestState.DONE
    assert "Reported today" in plain(street(anybody))
    clock.moment += 16 * MINUTE
    assert "Nothing is open near this place." in street(anybody).text


def test_what_is_reported_after_a_storm_is_told_too(anybody, app, clock, client, sign_in):
    turn_on(app)
    with reading(app.engine) as tx:
        storm_id = find_active_storm(tx).id
    end(client, sign_in, clock, storm_id, NOW + 6 * HOUR)
    call(client, sign_in, clock, NOW + 7 * HOUR)
    client.cookies.clear()
    clock.moment = NOW + 8 * HOUR
    assert "Reported today" in plain(street(anybody))
