"""Messages about a street to a browser: by known push services, encrypted for it, gone with it."""

import base64
import json

import httpx
import pytest
from sqlalchemy import select

from api.access.rate_limits import PublicAction
from api.processes.messages.message_gateways import NoticeSettings
from api.processes.messages.push_gateway import PushGateway, push_contact
from data.errors import InvalidError
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.public.street_watches import list_watches_of, set_watch
from data.store.schema import ended_watch
from fleet.public.push_addresses import push_address
from fleet.requests.outbox import OutboxRules
from tests.api.public.push_service import ENDPOINT, TestBrowser, base64_of, push_service
from tests.api.public.test_public_map import HOUR, MINUTE
from tests.api.public.test_street_watches import anybody, plow, turn_off
from tests.api.recording_gateway import a_notice_sender
from tests.village import MILL, NOW, ROSE

__all__ = ["anybody"]

KEY = b"the secret of a server, in no database"
BROWSER = TestBrowser()
MOST = 3


@pytest.fixture
def service():
    with push_service() as service:
        yield service


@pytest.fixture
def sender(anybody, app, service):
    """The server's sender, which a test runs, with a way to the push service of the test."""
    app.notice_sender = a_notice_sender(anybody, NoticeSettings(OutboxRules(most_a_day=MOST)))
    app.notice_sender.watches.push = PushGateway(KEY, "snow@example.org", service.transport())
    return app.notice_sender.watches


def ask(anybody, number=ROSE, language="en", **form):
    sent = {"csrf": anybody.cookies["barfrub_csrf"], "id": number, **BROWSER.form()}
    return anybody.post(f"/street/watch/push?lang={language}", data=sent | form)


def watches(app):
    with reading(app.engine) as tx:
        return list_watches_of(tx, "", "", ENDPOINT)


def read(service):
    """Return the messages that came, as the browser reads them."""
    return [BROWSER.read(content) for _, content in service.came]


def test_a_browser_is_told_in_its_language_and_its_push_service_reads_nothing(
    anybody, app, clock, sender, service
):
    answer = ask(anybody, language="fa").json()
    assert "برای شما فرستاده می‌شود" in answer["said"]
    plow(app, NOW + 4 * HOUR, street=ROSE, times=3)
    clock.moment = NOW + 4 * HOUR + 10 * MINUTE
    sender.run()
    assert len(service.came) == 1
    clock.moment = NOW + 4 * HOUR + 20 * MINUTE
    sender.run()
    welcome, news = read(service)
    assert welcome["body"] == answer["said"]
    assert "آخرین بار امروز ساعت ۱۱:۳۰ پاک شده است" in news["body"]
    assert (news["lang"], news["dir"], news["link"]) == ("fa", "rtl", answer["link"])
    assert set(news) == {"title", "body", "lang", "dir", "tag", "link"}
    headers, content = service.came[-1]
    assert (b"rose" in content.lower(), headers["ttl"]) == (False, "21600")


def test_a_push_service_is_told_who_sends_and_nothing_else(anybody, app, sender, service):
    ask(anybody)
    headers, _ = service.came[0]
    signed, key = headers["authorization"].removeprefix("vapid t=").split(", k=")
    assert f'data-key="{key}"' in anybody.get(f"/street?id={ROSE}").text
    facts = json.loads(_decoded(signed.split(".")[1]))
    assert (facts["aud"], facts["sub"]) == (
        "https://fcm.googleapis.com",
        "mailto:snow@example.org",
    )
    assert not {"cookie", "referer", "origin"} & headers.keys()
    with reading(app.engine) as tx:
        lines = [line for line in list_events(tx) if line.verb.startswith("watch.")]
    assert [line.verb for line in lines] == ["watch.asked", "watch.told"]
    assert "browser-1" not in repr(lines)


def _decoded(text):
    return base64.urlsafe_b64decode(text + "==")


@pytest.mark.parametrize("status", [404, 410])
def test_what_a_browser_takes_no_more_is_removed(anybody, app, clock, sender, service, status):
    ask(anybody)
    service.status = status
    plow(app, NOW + 4 * HOUR, street=ROSE, times=3)
    clock.moment = NOW + 4 * HOUR + 20 * MINUTE
    sender.run()
    assert watches(app) == []
    refused = ask(anybody, MILL)
    assert (refused.status_code, watches(app)) == (422, [])
    assert refused.json()["said"].startswith("We cannot send messages to this browser.")


def test_a_server_without_internet_says_so_and_tells_what_is_new_once_it_has_it(
    anybody, app, clock, sender, service
):
    way = sender.push
    sender.push = PushGateway(KEY, "snow@example.org", service_that_is_off())
    later = "The city's server has no internet at the moment."
    assert ask(anybody).json()["said"].startswith(later)
    assert later in anybody.get(f"/street?id={ROSE}&lang=en").text.replace("&#39;", "'")
    plow(app, NOW + 4 * HOUR, street=ROSE, times=3)
    for hours in (5, 6, 7, 8, 9, 10, 11):
        clock.moment = NOW + hours * HOUR
        sender.run()
    sender.push = way
    clock.moment += 6 * MINUTE
    sender.run()
    (news,) = read(service)
    assert news["body"] == "Rose Street was last cleared today at 11:30."


def test_a_host_that_is_not_there_does_not_pass_for_a_server_without_internet(anybody, app, sender):
    sender.push = PushGateway(KEY, "snow@example.org", service_that_is_off())
    assert ask(anybody, endpoint="https://nothing.push.apple.com/1").status_code == 422
    assert not sender.push.cut_off
    with reading(app.engine) as tx:
        assert list_watches_of(tx, "", "", "https://nothing.push.apple.com/1") == []


def test_news_waits_for_a_regional_service_that_was_not_reached(
    anybody, app, clock, sender, service
):
    region = "https://wns2-am3p.notify.windows.com/w/1"
    assert ask(anybody, endpoint=region).status_code == 200
    way, sender.push = sender.push, PushGateway(KEY, "snow@example.org", service_that_is_off())
    plow(app, NOW + 4 * HOUR, street=ROSE, times=3)
    for hours in range(5, 12):
        clock.moment = NOW + hours * HOUR
        sender.run()
    sender.push = way
    clock.moment += 6 * MINUTE
    sender.run()
    _, news = read(service)
    assert news["body"] == "Rose Street was last cleared today at 11:30."


@pytest.mark.parametrize("fault", [httpx.ReadTimeout("late"), UnicodeError("host")])
def test_what_a_push_service_may_have_taken_is_not_sent_without_end(anybody, sender, fault):
    def fails(_request):
        raise fault

    sender.push = PushGateway(KEY, "snow@example.org", httpx.MockTransport(fails))
    assert ask(anybody).status_code == 422
    assert not sender.push.cut_off


def test_news_told_while_the_first_message_is_on_its_way_stays_told(anybody, app, sender):
    ask(anybody)
    (before,) = watches(app)
    with transaction(app.engine) as tx:
        set_watch(tx, before.id, {"cleared_at": NOW + HOUR, "told": 2})
    sender.welcome(before)
    (after,) = watches(app)
    assert (after.cleared_at, after.told) == (NOW + HOUR, 3)


def service_that_is_off():
    with push_service() as service:
        return service.transport()


def test_it_counts_as_any_subscription_and_ends_by_its_link(anybody, app, clock, sender, service):
    asked = []
    app.limits.enter, enter = lambda action, _: asked.append(action), app.limits.enter
    link = ask(anybody).json()["link"]
    app.limits.enter = enter
    assert asked == [PublicAction.REPORT]
    assert ask(anybody).json()["link"] == link
    assert len(service.came) == 1
    assert "You get messages about" in anybody.get(link).text
    code = link.split("code=")[1].split("&")[0]
    form = {"csrf": anybody.cookies["barfrub_csrf"], "code": code}
    anybody.post("/street/watch/end?lang=en", data=form)
    assert watches(app) == []
    with reading(app.engine) as tx:
        (ended,) = tx.execute(select(ended_watch)).all()
    assert (ended.told, ended.by_phone, "browser-1" in ended.reader) == (1, False, False)


def test_no_more_messages_a_day_go_to_a_browser_than_to_a_phone(
    anybody, app, clock, sender, service
):
    for number in (ROSE, MILL):
        ask(anybody, number)
    for i in range(4):
        plow(app, NOW + (4 + i) * HOUR / 2, street=ROSE, times=3)
        clock.moment = NOW + (4 + i) * HOUR / 2 + 20 * MINUTE
        sender.run()
    assert len(service.came) == MOST


def test_nobody_subscribes_where_the_map_is_off_or_without_the_page(anybody, app, sender):
    assert ask(anybody, csrf="other").status_code == 403
    turn_off(app)
    assert ask(anybody).status_code == 404
    assert watches(app) == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/1",
        "https://127.0.0.1/1",
        "https://10.0.0.1/1",
        "https://localhost/1",
        "https://fcm.googleapis.com:8443/1",
        "https://fcm.googleapis.com@10.0.0.1/1",
        "https://fcm.googleapis.com.example.org/1",
        "https://examplefcm.googleapis.com.evil/1",
        "https://[::1",
        "https://a..push.apple.com/1",
        f"https://{'a' * 64}.push.apple.com/1",
        "https://evil.com\\.push.apple.com/1",
        "https://anything.push.services.mozilla.com/1",
        "https://fcm.googleapis.com/" + "a" * 2_000,
        "file:///etc/passwd",
    ],
)
def test_no_address_but_those_of_push_services_is_taken(endpoint):
    form = BROWSER.form()
    with pytest.raises(InvalidError):
        push_address(endpoint, form["key"], form["secret"])


@pytest.mark.parametrize(
    "endpoint",
    [
        ENDPOINT,
        "https://updates.push.services.mozilla.com/wpush/v2/a",
        "https://wns2-am3p.notify.windows.com/w/?token=a%2bb",
        "https://web.push.apple.com/a",
    ],
)
def test_the_addresses_of_browsers_are_taken(endpoint):
    form = BROWSER.form()
    assert push_address(endpoint, form["key"], form["secret"]).endpoint == endpoint


def test_keys_that_no_browser_has_are_refused(anybody, app, sender, service):
    off_the_curve = base64_of(b"\x04" + 64 * b"\x01")
    for wrong in ({"key": "short"}, {"secret": "!"}, {"key": off_the_curve}):
        assert ask(anybody, **wrong).status_code == 422
    assert (watches(app), service.came) == ([], [])


def test_the_key_follows_from_the_servers_secret(service):
    one, same, other = (PushGateway(key, "").application_key for key in (KEY, KEY, b"other"))
    assert one == same != other
    assert len(one) == 87


def test_a_push_service_may_write_to_the_operator():
    assert push_contact("snow@example.org", "") == "snow@example.org"
    assert push_contact("call 112", "https://snow.city.example/") == "webmaster@snow.city.example"
