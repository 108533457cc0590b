"""A FixMyStreet-like site sends reports, fetches what became of them, and says "not cleared"."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest

from data.model import Actor, ActorKind, ClosingReason, RequestId
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import reading, transaction
from data.store.followup.comments import list_comments
from fleet.accounts.api_keys import make_key
from fleet.requests.closing import close_request
from tests.village import NOW

CITY = Actor(ActorKind.USER, "supervisor")
HOUR = timedelta(hours=1)


@dataclass
class Site:
    """What such a site does: XML only, its own numbers, an offset in every time."""

    client: object
    api_key: str
    reports: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def get(self, path: str, **params: str) -> Element:
        params |= {"jurisdiction_id": "village"}
        answer = self.client.get(f"/open311/v2/{path}", params=params)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        return fromstring(answer.content)

    def post(self, path: str, **fields: str):
        told = {"api_key": self.api_key, "jurisdiction_id": "village", **fields}
        return self.client.post(f"/open311/v2/{path}", data=told)

    def categories(self) -> dict[str, list[str]]:
        """Return the services, and the codes of the questions to show."""
        found = {}
        for service in self.get("services.xml").iterfind("service"):
            code = service.findtext("service_code")
            assert service.findtext("metadata") == "true"
            asked = self.get(f"services/{code}.xml").iterfind("attributes/attribute")
            shown = sorted(asked, key=lambda each: int(each.findtext("order")))
            found[code] = [
                each.findtext("code") for each in shown if each.findtext("variable") == "true"
            ]
        return found

    def send(self, number: str, category: str, title: str, detail: str) -> str:
        answer = self.post(
            "requests.xml",
            service_code=category,
            lat="37.5500",
            long="45.0702",
            description=f"title: {title}\n\ndetail: {detail}\n\nurl: https://fix.example/{number}\n",
            email="reporter@example.org",
            first_name="Mina",
            last_name="Rad",
            media_url=f"https://fix.example/photo/{number}.jpeg",
            **{"attribute[fixmystreet_id]": number, "attribute[title]": title},
        )
        assert answer.status_code in (200, 201), answer.text
        told = fromstring(answer.content).find("request")
        self.reports[number] = told.findtext("service_request_id")
        assert told.find("token") is None
        return self.reports[number]

    def fetch(self, since: datetime, until: datetime) -> list[str]:
        """Return the new states, in order; each update is taken once, by its number."""
        root = self.get(
            "servicerequestupdates.xml",
            start_date=since.isoformat(),
            end_date=until.isoformat(),
        )
        assert root.tag == "service_request_updates"
        fresh = []
        for update in root.iterfind("request_update"):
            number = update.findtext("update_id")
            at = datetime.fromisoformat(update.findtext("updated_datetime"))
            assert since <= at <= until
            assert update.findtext("description")
            if number not in self.seen:
                self.seen.add(number)
                self.states[update.findtext("service_request_id")] = update.findtext("status")
                fresh.append(update.findtext("status"))
        return fresh

    def comment(self, number: str, text: str, status: str, at: datetime, update: str):
        return self.post(
            "servicerequestupdates.xml",
            service_request_id=self.reports[number],
            update_id=update,
            status=status,
            description=text,
            updated_datetime=at.isoformat(),
            email="reporter@example.org",
        )


@pytest.fixture(autouse=True)
def english(client):
    client.headers["accept-language"] = "en"


@pytest.fixture
def site(client, app):
    with transaction(app.engine) as tx:
        _, text = make_key(tx, CITY, "FixMyStreet", "team@fix.example", NOW)
    return Site(client, text)


def closed(app, number: int, reason: ClosingReason, at: datetime) -> None:
    with transaction(app.engine) as tx:
        close_request(tx, CITY, RequestId(number), reason, "", at)


def test_reports_travel_and_the_truth_travels_back(site, client, sign_in, app, clock):
    sign_in()
    client.post("/api/storms", json={"name": "First snow"})
    assert site.categories()["plow"] == ["DANGER", "CONSENT", "LANGUAGE"]

    reference = site.send("5512", "plow", "Snow", "Nobody came to our street")
    assert site.send("5512", "plow", "Snow", "Nobody came to our street") == reference
    assert site.fetch(NOW - HOUR, NOW + HOUR) == ["action_scheduled"]

    clock.moment = NOW + HOUR
    closed(app, 1, ClosingReason.MELTED, clock.moment)
    clock.moment += HOUR
    assert site.fetch(NOW, clock.moment) == ["no_further_action"]
    shown = site.get(f"requests/{reference}.xml").find("request")
    assert shown.findtext("status") == "closed"
    assert shown.findtext("status_notes") == "The snow melted; we did not come"

    late = site.comment("5512", "Thanks", "OPEN", NOW, "81")
    assert fromstring(late.content).findtext("request_update/update_id")
    assert client.get("/api/requests/1").json()["state"] == "cancelled"
    heard = site.comment("5512", "It is all white still", "OPEN", clock.moment, "82")
    again = site.comment("5512", "It is all white still", "OPEN", clock.moment, "82")
    assert heard.content == again.content
    assert client.get("/api/requests/1").json()["state"] == "open"
    assert site.fetch(NOW, clock.moment) == ["action_scheduled"]
    assert site.states[reference] == "action_scheduled"

    with reading(app.engine) as tx:
        assert [each.text for each in list_comments(tx, 1)] == ["Thanks", "It is all white still"]
        events = list_events(tx)
    assert broken_links(events) == []
    assert "white" not in str(events)
    assert "Mina" not in str(events)


def test_what_the_reporter_calls_fixed_is_withdrawn_and_not_called_done(site, client, sign_in):
    sign_in()
    site.send("1", "ice", "Ice", "Slippery")
    assert site.comment("1", "Gone", "FIXED", NOW, "90").status_code == 201
    assert client.get("/api/requests/1").json()["state"] == "cancelled"
    shown = site.get("requests/B-0001.xml", extensions="true").find("request")
    assert shown.findtext("extended_attributes/closing_reason") == "withdrawn"


def test_a_site_speaks_of_its_own_reports_only(site, client, app, sign_in):
    site.send("1", "ice", "Ice", "Slippery")
    with transaction(app.engine) as tx:
        _, text = make_key(tx, CITY, "Another", "x", NOW)
    other = Site(client, text, reports=dict(site.reports))
    refused = other.comment("1", "Not mine", "CLOSED", NOW, "1")
    assert refused.status_code == 403
    assert fromstring(refused.content).findtext("error/code") == "403"
    site.comment("1", "Flat 7, ring at Rad", "OPEN", NOW, "2")
    params = {"api_key": text}
    told = client.get("/open311/v2/servicerequestupdates.json", params=params).json()
    assert "Flat 7" not in str(told)
    params = {"api_key": site.api_key}
    own = client.get("/open311/v2/servicerequestupdates.json", params=params).json()
    assert "Flat 7" in str(own)
