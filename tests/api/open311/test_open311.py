"""Open311 field by field: what anybody reads, in both formats, and what is refused."""

from datetime import datetime, timedelta
from io import BytesIO
from xml.etree.ElementTree import fromstring

import pytest
from PIL import Image

from api.access.rate_limits import ALLOWANCES, PublicAction
from data.model import Actor, ActorKind, LonLat, RequestKind
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.requests.requests import find_caller, get_request
from fleet.accounts.api_keys import make_key, revoke_key
from maps.requests.open311_services import questions
from tests.village import NOW, village

BASE = "/open311/v2"
MILL = {"lat": "37.55", "long": "45.07"}
ADMIN = Actor(ActorKind.SYSTEM, "console")
REQUEST_FIELDS = {
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
}


@pytest.fixture(autouse=True)
def english(client):
    client.headers["accept-language"] = "en"


@pytest.fixture
def key(app) -> str:
    with transaction(app.engine) as tx:
        return make_key(tx, ADMIN, "FixMyStreet", "team@example.org", NOW)[1]


@pytest.fixture
def send(client, key):
    """Send a request as another system does; returns the whole answer."""

    def sent(form: str = "json", files=None, **fields: object):
        told = {"api_key": key, "service_code": "plow", **MILL, **fields}
        return client.post(f"{BASE}/requests.{form}", data=told, files=files)

    return sent


def read(client, path: str, **params: str):
    answer = client.get(f"{BASE}/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def fault(answer) -> tuple[int, str]:
    (only,) = answer.json()
    return answer.status_code, only["code"]


def a_picture() -> bytes:
    kept = BytesIO()
    picture = Image.new("RGB", (40, 30), "white")
    exif = picture.getexif()
    exif[0x9286] = "taken at home"
    picture.save(kept, "JPEG", exif=exif)
    return kept.getvalue()


def test_discovery_says_where_everything_is(client):
    found = client.get("/open311/discovery.json").json()
    assert set(found) == {"changeset", "contact", "key_service", "endpoints"}
    (endpoint,) = found["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"] == f"http://testserver{BASE}"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    root = fromstring(client.get("/open311/discovery.xml").content)
    assert root.tag == "discovery"
    assert [each.text for each in root.iterfind("endpoints/endpoint/formats/format")] == [
        "text/xml",
        "application/json",
    ]


def test_every_kind_of_request_is_a_service_with_questions(client):
    client.headers["accept-language"] = "en"
    services = read(client, "services.json")
    assert [each["service_code"] for each in services] == list(RequestKind)
    assert all(each["type"] == "realtime" and each["metadata"] is True for each in services)
    root = fromstring(client.get(f"{BASE}/services.xml").content)
    assert [each.findtext("metadata") for each in root.iterfind("service")] == ["true"] * 6
    definition = read(client, "services/blocked.json")
    asked = definition["attributes"]
    assert [each["order"] for each in asked] == list(
        range(1, len(questions(RequestKind.BLOCKED)) + 1)
    )
    danger = next(each for each in asked if each["code"] == "DANGER")
    assert (danger["datatype"], danger["required"]) == ("multivaluelist", False)
    assert {"key": "ambulance", "name": "Ambulance must get through"} in danger["values"]
    root = fromstring(client.get(f"{BASE}/services/blocked.xml").content)
    assert root.findtext("attributes/attribute/variable") == "false"


def test_a_place_outside_the_city_is_refused_with_the_reason(send, app):
    far = send(lat="35.69", long="51.39", description="snow in another city")
    assert fault(far) == (400, "400")
    assert "outside the city" in far.json()[0]["description"]
    assert send(lat="37.552", long="45.085").status_code == 201


def test_a_request_becomes_a_job_with_all_that_was_said(client, sign_in, send, app):
    sign_in()
    client.post("/api/storms", json={"name": "First snow"})
    told = {
        "description": "Snow & <ice> on the hill",
        "first_name": "Sara",
        "last_name": "Karimi",
        "email": "sara@example.org",
        "account_id": "77",
        "attribute[DANGER][]": ["ambulance", "school"],
        "attribute[CONSENT]": "yes",
        "attribute[LANGUAGE]": "en",
    }
    answer = send(**told)
    assert answer.status_code == 201
    (taken,) = answer.json()
    assert taken["service_request_id"] == "B-0001"
    assert taken["account_id"] == "77"
    assert taken["service_notice"].startswith("Accepted. The street is to be clear today by ")
    with reading(app.engine) as tx:
        asked, caller = get_request(tx, 1), find_caller(tx, 1)
        first = next(line for line in list_events(tx) if line.verb == "request.received")
    assert (asked.state, asked.channel, asked.dangers) == (
        "open",
        "open311",
        ("ambulance", "school"),
    )
    assert (caller.name, caller.email, caller.consent) == ("Sara Karimi", "sara@example.org", True)
    assert first.actor == Actor(ActorKind.CITIZEN, "open311:FixMyStreet")


def test_what_everybody_reads_has_all_fields_and_nothing_of_the_caller(client, send, key):
    send(description="Sara, School Street 7", phone="0914", first_name="Sara")
    (public,) = read(client, "requests.json")
    assert set(public) == REQUEST_FIELDS
    assert (public["service_request_id"], public["status"]) == ("B-0001", "open")
    assert (public["service_code"], public["service_name"]) == ("plow", "Snow removal")
    assert public["requested_datetime"] == public["updated_datetime"] == "2026-12-21T07:30:00+03:30"
    assert public["description"] is None
    assert "Sara" not in str(public)
    on_street = village().nearest(LonLat(public["long"], public["lat"]), 1.0)
    assert public["address_id"] == str(on_street.segment_id)
    (own,) = read(client, "requests/B-0001.json", api_key=key)
    assert own["description"] == "Sara, School Street 7"
    root = fromstring(client.get(f"{BASE}/requests/B-0001.xml").content)
    assert root.tag == "service_requests"
    assert {each.tag for each in root.find("request")} == REQUEST_FIELDS
    assert root.find("request/description").text is None


def test_requests_are_found_by_number_service_state_and_time(client, send, clock):
    send(service_code="plow")
    clock.moment = NOW + timedelta(days=2)
    send(service_code="ice")
    send(service_code="tree")

    def numbers(**params: str) -> list[str]:
        found = read(client, "requests.json", **params)
        return [each["service_request_id"] for each in found]

    assert numbers() == ["B-0003", "B-0002", "B-0001"]
    assert numbers(service_code="plow,tree", status="open") == ["B-0003", "B-0001"]
    assert numbers(status="closed") == []
    assert numbers(status="", service_code="") == numbers()
    assert numbers(start_date="2026-12-22T00:00:00Z") == ["B-0003", "B-0002"]
    assert numbers(end_date="2026-12-22T00:00:00+03:30") == ["B-0001"]
    assert numbers(service_request_id="B-0001,B-0003", status="closed") == ["B-0003", "B-0001"]
    assert numbers(page="2", page_size="2") == ["B-0001"]
    clock.moment = NOW + timedelta(days=91)
    assert numbers() == ["B-0003", "B-0002"]


def test_extensions_tell_channel_fine_state_answers_and_notes(client, send, key):
    answers = {"attribute[DANGER]": "school", "attribute[title]": "Sara's street"}
    send(files={"media": ("a.jpg", a_picture(), "image/jpeg")}, **answers)
    params = {"extensions": "true", "api_key": key}
    (own,) = read(client, "requests/B-0001.json", **params)
    assert own["extended_attributes"]["channel"] == "open311"
    assert own["extended_attributes"]["status"] == "investigating"
    assert own["extended_attributes"]["photos"] == [{"media_url": own["media_url"]}]
    assert {"code": "DANGER", "values": ["school"]} in own["attributes"]
    assert [note["type"] for note in own["notes"]] == ["placed"]
    (public,) = read(client, "requests/B-0001.json", extensions="true")
    assert public["attributes"] == public["extended_attributes"]["photos"] == []
    root = fromstring(client.get(f"{BASE}/requests/B-0001.xml", params=params).content)
    assert root.findtext("request/attributes/attribute/values/value") == "school"


def test_a_picture_is_drawn_anew_and_shown_by_its_address_only(client, send, key):
    send(files=[("media", ("a.jpg", a_picture(), "image/jpeg"))])
    (own,) = read(client, "requests.json", api_key=key)
    shown = client.get(own["media_url"])
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert b"taken at home" not in shown.content
    assert client.get(f"{BASE}/media/other.jpg").status_code == 404
    linked = {"media_url": ["https://example.org/1.jpg", "https://example.org/2.jpg"]}
    send(**linked)
    (other,) = read(client, "requests/B-0002.json", api_key=key)
    assert other["media_url"] == "https://example.org/1.jpg"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "guessed"}, 403),
        ({"service_code": "potholes"}, 404),
        ({"service_code": ""}, 400),
        ({"jurisdiction_id": "elsewhere"}, 404),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "91"}, 400),
        ({"long": "nan"}, 400),
        ({"lat": "", "long": "", "address_id": "999"}, 404),
        ({"description": "x" * 4001}, 400),
        ({"email": "nobody"}, 400),
        ({"attribute[DANGER]": "boredom"}, 400),
        ({"attribute[CONSENT]": ["yes", "no"]}, 400),
        ({"media_url": "javascript:alert(1)"}, 400),
    ],
)
def test_what_does_not_fit_is_refused_in_the_format_that_was_asked(client, send, change, status):
    assert fault(send(**change)) == (status, str(status))
    root = fromstring(send("xml", **change).content)
    assert (root.tag, root.findtext("error/code")) == ("errors", str(status))
    assert root.findtext("error/description")
    assert read(client, "requests.json") == []


def test_errors_say_what_is_wrong_in_both_languages(client, send, app):
    def said(answer) -> str:
        return answer.json()[0]["description"]

    assert said(send(service_code="holes")) == "service_code: there is no “holes” here."
    assert said(send(api_key="guessed")) == "api_key: a valid key is needed, and this is none."
    pictures = [("media", (f"{n}.jpg", a_picture(), "image/jpeg")) for n in range(5)]
    assert "at most 4 pictures" in said(send(files=pictures))
    one_bad = [pictures[0], ("media", ("b.jpg", b"no picture", "image/jpeg"))]
    assert send(files=one_bad).status_code == 400
    assert list((app.folder / "photos").glob("*")) == []
    client.headers["accept-language"] = "fa"
    assert said(send(service_code="holes")) == "service_code: «holes» اینجا وجود ندارد."


def test_the_body_that_has_a_request_is_responsible_for_it(client, sign_in, send):
    send(service_code="tree")
    sign_in("administrator")
    told = {"name": "Parks", "kind": "parks", "phone": "0441"}
    (agency,) = client.post("/api/agencies", json=told).json()
    (before,) = read(client, "requests.json")
    sign_in("dispatcher")
    order = {"ids": [1], "agency_id": agency["id"], "way": "paper"}
    assert client.post("/api/queue/refer", json=order).is_success
    (after,) = read(client, "requests.json")
    responsible = [each["agency_responsible"] for each in (before, after)]
    assert (responsible, after["status"]) == (["Village", "Parks"], "closed")


def test_a_place_may_be_an_address_or_the_number_of_a_street(client, send, app):
    send(lat="", long="", address_string="Mill Lane")
    send(lat="", long="", address_id="4")
    send(lat="", long="", address_string="somewhere else")
    with reading(app.engine) as tx:
        segments = [get_request(tx, number).snap for number in (1, 2, 3)]
    assert [snap and snap.segment_id for snap in segments] == [4, 4, None]


def test_reading_refuses_what_it_does_not_know(client):
    def refused(path: str, **params: str) -> tuple[int, str]:
        return fault(client.get(f"{BASE}/{path}", params=params))

    assert refused("requests/B-0099.json") == (404, "404")
    assert refused("tokens/B-0099.json") == (404, "404")
    assert refused("services/potholes.json") == (404, "404")
    assert refused("requests.json", service_code="potholes") == (404, "404")
    assert refused("requests.json", jurisdiction_id="elsewhere") == (404, "404")
    assert refused("requests.json", status="fixed") == (400, "400")
    assert refused("requests.json", start_date="yesterday") == (400, "400")
    assert refused("requests.json", start_date="2026-12-21T00:00:00") == (400, "400")
    long = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-12-01T00:00:00Z"}
    assert refused("requests.json", **long) == (400, "400")
    assert refused("requests.json", page="0") == (400, "400")
    assert refused("requests.json", page_size="1001") == (400, "400")
    assert client.get(f"{BASE}/requests.html").status_code == 404
    assert refused("nothing.json") == (404, "404")
    assert fault(client.post(f"{BASE}/services.json")) == (405, "405")
    assert read(client, "requests.json", jurisdiction_id="village") == []


def test_a_revoked_key_and_a_guessing_address_are_refused(client, send, key, app, clock):
    with transaction(app.engine) as tx:
        extra, text = make_key(tx, ADMIN, "Other", "x", clock.now())
        revoke_key(tx, ADMIN, extra.id, clock.now())
    app.limits.pace = 1.0 / ALLOWANCES[PublicAction.WRONG_KEY].burst
    assert fault(send(api_key=text)) == (403, "403")
    too_often = send(api_key="guessed")
    assert fault(too_often) == (429, "429")
    assert int(too_often.headers["retry-after"]) > 0


def test_readers_are_slowed_down_and_the_same_report_is_one_request(client, send, app):
    first = send(**{"attribute[fixmystreet_id]": "5512"})
    again = send(**{"attribute[fixmystreet_id]": "5512"}, files={"media": ("a.jpg", a_picture())})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()[0]["service_request_id"] == again.json()[0]["service_request_id"]
    assert list((app.folder / "photos").glob("*")) == []
    app.limits.pace = 1.0 / ALLOWANCES[PublicAction.READ].burst
    assert client.get(f"{BASE}/services.json").status_code == 200
    assert fault(client.get(f"{BASE}/services.json")) == (429, "429")


def test_times_are_read_with_any_offset(client, send):
    send()
    (public,) = read(client, "requests.json", start_date="2026-12-21T07:30:00+03:30")
    assert datetime.fromisoformat(public["requested_datetime"]) == NOW
    unescaped = client.get(f"{BASE}/requests.json?start_date=2026-12-21T07:30:01+03:30")
    assert unescaped.json() == []


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_list_that_was_read_is_told_unchanged_until_something_is_asked_for(client, send, form):
    send()
    path = f"{BASE}/requests.{form}"
    first = client.get(path)
    known = {"if-none-match": first.headers["etag"]}
    assert client.get(path, headers=known).status_code == 304
    send()
    again = client.get(path, headers=known)
    assert again.status_code == 200
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.content != first.content


def test_a_list_is_kept_by_language_and_what_a_key_reads_is_kept_for_nobody(client, send, key):
    send(description="Snow before the mill")
    path = f"{BASE}/requests.json"
    english = client.get(path)
    persian = client.get(path, params={"lang": "fa"})
    own = client.get(path, params={"api_key": key})
    assert english.json()[0]["service_name"] != persian.json()[0]["service_name"]
    assert own.json()[0]["description"] == "Snow before the mill"
    assert "etag" not in own.headers
    for answer in (english, persian, client.get(path)):
        assert "mill" not in answer.text
