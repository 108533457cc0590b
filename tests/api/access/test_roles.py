import pytest

from api.web.context import Allowed, AllowedByForm, require_csrf
from data.model import Role
from tests.api.every_page import routes_of

PUBLIC = {
    ("GET", "/report"): "anybody may report snow",
    ("GET", "/track"): "whoever has a code follows a request",
    ("GET", "/map"): "everybody sees the streets, once an administrator turns it on",
    ("GET", "/street"): "everybody reads of a street, once an administrator turns it on",
    ("GET", "/street/watch"): "whoever has the code of a message sees its subscription",
    ("GET", "/street/worker.js"): "a service worker, the same for everybody",
    ("GET", "/api/public/map"): "everybody sees the streets, once an administrator turns it on",
    **dict.fromkeys(
        [
            ("GET", f"/open/v1{path and f'/{path}'}")
            for path in (
                "",
                "maintenance/routes",
                "maintenance/routes/latest",
                "maintenance/routes/{number}",
                "maintenance/tasks",
                "maintenance/domains",
                "closures/cifs.json",
                "closures/cifs.xml",
                "datex2/situations.xml",
                "storms",
                "storms/{storm_id}/streets.{ending}",
            )
        ],
        "everybody reads the open data, once an administrator turns it on",
    ),
    ("GET", "/health"): "monitoring has no sign-in",
    ("GET", "/ready"): "monitoring has no sign-in",
    ("GET", "/metrics"): "monitoring comes from this machine, or with a token",
    ("GET", "/sign-in"): "where one signs in",
    ("GET", "/sign-in/code"): "where one signs in",
    ("GET", "/enter"): "where one signs in who is signed in at the province",
    ("GET", "/enter/ticket"): "who is signed in at the province comes with a ticket",
    ("GET", "/forgotten"): "who forgot the password cannot sign in",
    ("GET", "/welcome/{token}"): "who is invited comes with a token",
    ("GET", "/style.css"): "the sign-in page has colors too",
    ("GET", "/certificate"): "a phone that does not trust the server yet",
    ("GET", "/certificate/barfrub-authority.crt"): "an authority's certificate is public",
    ("GET", "/{name}-worker.js"): "a page's files by name, which are public",
    ("GET", "/{name}.{language}.webmanifest"): "the name and the pictures of a page",
    ("GET", "/drive"): "where a driver enters his code",
    ("GET", "/crew"): "a crew's phone without a session goes where a code is entered",
    ("POST", "/positions"): "devices come with a token",
    ("GET", "/osmand"): "devices come with a token",
    ("POST", "/osmand"): "devices come with a token",
    ("POST", "/owntracks"): "devices come with a token",
    **dict.fromkeys(
        [
            ("GET", "/open311/discovery.{form}"),
            *(
                ("GET", f"/open311/v2/{path}")
                for path in (
                    "discovery.{form}",
                    "services.{form}",
                    "services/{service_code}.{form}",
                    "requests.{form}",
                    "requests/{service_request_id}.{form}",
                    "tokens/{token}.{form}",
                    "servicerequestupdates.{form}",
                    "media/{name}",
                )
            ),
            ("POST", "/open311/v2/requests.{form}"),
            ("POST", "/open311/v2/servicerequestupdates.{form}"),
        ],
        "anybody reads what all may know; more, and writing, wants a key",
    ),
}

A_WORD = {"json": {"kind": "plow", "text": "School Street"}}
A_TAP = {"key": "a-tap-of-a-phone"}
A_DEPOT = {"base": 99, "name": "Yard", "lon": 45.07, "lat": 37.55}
COUNCIL_ORDERS = {
    "see the council's figures": ("GET", "/api/council", {}),
    "see the council's map": ("GET", "/api/council/coverage", {}),
    "see a street as the council does": ("GET", "/api/council/streets/1", {}),
    "replay a storm": ("GET", "/api/replay", {}),
    "see colors of the past": ("GET", "/api/replay/99/colors/0", {}),
    "see tracks of the past": ("GET", "/api/replay/99/tracks/0", {}),
    "see a street of the past": ("GET", "/api/replay/99/streets/1", {}),
    "take the streets home as a table": ("GET", "/council/coverage.csv", {}),
}
A_SHIFT = {
    "vehicle_id": 1,
    "starts_at": "2026-12-21 06:00",
    "ends_at": "2026-12-21 14:00",
}
AN_ORDER = {"kind": "cancel", "vehicle_ids": [1]}
ORDERS = {
    **COUNCIL_ORDERS,
    "read the board": ("GET", "/api/board", {}),
    "follow the stream of a street": ("GET", "/api/segments/1", {}),
    "look for an address": ("GET", "/api/geocode?q=school", {}),
    "take a request": ("POST", "/requests", A_WORD),
    "read the requests": ("GET", "/api/requests", {}),
    "read who called": ("GET", "/api/requests/99/caller", {}),
    "cancel a request": ("POST", "/api/requests/99/cancel", {"json": {}}),
    "close a request": ("POST", "/api/requests/99/close", {"json": {"reason": "melted"}}),
    "escalate a request": ("POST", "/api/requests/99/escalate", {"json": {}}),
    "see the complaints office": ("GET", "/api/followup", {}),
    "read the office's report": ("GET", "/followup/figures.csv", {}),
    "see messages not sent": ("GET", "/followup/messages", {}),
    "take the code of a message": (
        "POST",
        "/followup/messages/confirm",
        {"data": {"reference": "B-0099", "code": "12345678"}},
    ),
    "give a request to somebody": ("POST", "/api/requests/99/assign", {"json": {}}),
    "start a storm": ("POST", "/api/storms", {"json": {"name": "Snow"}}),
    "end a storm": ("POST", "/api/storms/99/end", {}),
    "see storms": ("GET", "/api/storms", {}),
    "see closed streets": ("GET", "/api/closures", {}),
    "move a storm": ("POST", "/api/storms/99/phase", {"json": {"seen": "alert", "to": "active"}}),
    "enter snow": ("POST", "/api/storms/99/snowfall/undo", {"json": {"change": 99}}),
    "close a street": (
        "POST",
        "/api/storms/99/closures",
        {"json": {"segment_id": 1, "reason": "ice"}},
    ),
    "set a storm's policy": ("POST", "/api/storms/99/policy", {"json": {"base": 0, "tables": {}}}),
    "ask for a plan": ("POST", "/api/plans", {"json": {}}),
    "publish a plan": ("POST", "/api/plans/99/publish", {}),
    "take a plan back": ("POST", "/api/plans/99/take-back", {}),
    "say that a machine drives again": ("POST", "/api/vehicles/1/repaired", {}),
    "ask what machines lack": ("POST", "/api/insertions/lacks", {"json": {"segment_id": 1}}),
    "plan again from now": ("POST", "/api/plans/99/again", {}),
    "read the audit log": ("GET", "/audit-log.csv", {}),
    "take the whole audit log along": ("GET", "/audit-log.jsonl", {}),
    "see the vehicles' day": ("GET", "/vehicles.csv", {}),
    "see a vehicle's log": ("GET", "/vehicles/1/log.csv", {}),
    "see a route": ("GET", "/api/plans/99/routes/99", {}),
    "see a shift": ("GET", "/api/shifts/99", {}),
    "see a vehicle": ("GET", "/api/vehicles/1", {}),
    "see how far shifts are": ("GET", "/api/shifts", {}),
    "give a code": ("POST", "/api/shifts/99/code", {"json": {}}),
    "see who may drive": ("GET", "/api/drivers", {}),
    "drive": ("GET", "/api/drive", {}),
    "take a tap back": ("POST", "/api/shifts/99/undo", {}),
    "send a phone's positions": ("POST", "/api/shifts/99/positions", {"json": {"positions": []}}),
    "report a blocked street": (
        "POST",
        "/api/shifts/99/blockages",
        {"json": {"plan_id": 1, "leg": 0}},
    ),
    "photograph it": ("POST", "/api/blockages/99/photo", {}),
    "see blocked streets": ("GET", "/api/blockages", {}),
    "see the photo": ("GET", "/api/blockages/99/photo", {}),
    "see alerts": ("GET", "/api/alerts", {}),
    "see to an alert": ("POST", "/api/alerts/99/acknowledge", {}),
    "see who may own alerts": ("GET", "/api/alerts/owners", {}),
    "see what is put off": ("GET", "/api/alerts/snoozes", {}),
    "put alerts off": (
        "POST",
        "/api/alerts/snoozes/off_route",
        {"json": {"weight": 1, "severity": 1}},
    ),
    "show them again": ("POST", "/api/alerts/snoozes/off_route/end", {}),
    "give an alert": ("POST", "/api/alerts/99/owner", {"json": {"login": "dispatcher"}}),
    "end a call for help": ("POST", "/api/alerts/99/close", {}),
    "read messages": ("GET", "/api/messages", {}),
    "write to drivers": ("POST", "/api/messages", {"json": {"text": "hello"}}),
    "say that messages were read": ("POST", "/api/messages/seen", {"json": {"vehicle_id": 1}}),
    "read a shift's messages": ("GET", "/api/shifts/99/messages", {}),
    "answer dispatch": ("POST", "/api/shifts/99/messages", {"json": {**A_TAP, "text": "yes"}}),
    "say what came to a phone": ("POST", "/api/shifts/99/messages/heard", {"json": {}}),
    "call for help": ("POST", "/api/shifts/99/sos", {"json": A_TAP}),
    "see how routes are driven": ("GET", "/api/route-checks", {}),
    "see what trucks do": ("GET", "/api/truck-states", {}),
    "read the route check": ("GET", "/routes/99", {}),
    "clear a blocked street": ("POST", "/api/blockages/99/clear", {}),
    "see the classes": ("GET", "/api/classes", {}),
    "decide a class": ("POST", "/api/classes", {"json": {"decisions": [], "seen": []}}),
    "set up": ("GET", "/setup", {}),
    "see who signs in": ("GET", "/api/people", {}),
    "sign somebody out": ("POST", "/api/people/99/sign-out", {}),
    "see what the streets lack": ("GET", "/api/setup/unreached", {}),
    "see files for the streets": ("GET", "/api/setup/files", {}),
    "follow a newer street file": ("GET", "/api/setup/reimport", {}),
    "compare a newer street file": (
        "POST",
        "/api/setup/reimport/compare",
        {"json": {"file": "a.osm"}},
    ),
    "take a newer street file over": ("POST", "/api/setup/reimport/take-over", {}),
    "invite somebody": ("POST", "/api/people/99/invitation", {}),
    "shut somebody out": ("POST", "/api/people/99/disable", {}),
    "see the fleet": ("GET", "/api/setup/fleet", {}),
    "move a depot": ("POST", "/api/setup/depots/1", {"json": A_DEPOT}),
    "remove a machine": ("POST", "/api/setup/machines/1/remove", {"json": {"base": 99}}),
    "undo": ("POST", "/api/setup/fleet/undo", {"json": {"change": 99}}),
    "see the trackers": ("GET", "/api/trackers", {}),
    "give a tracker a token": ("POST", "/api/trackers/99/token", {}),
    "send a text to a tracker": ("POST", "/api/trackers/99/commands", {"json": {"text": "on"}}),
    "see the policy": ("GET", "/api/setup/policy", {}),
    "see what a truck does next": ("GET", "/api/board/trucks/1", {}),
    "see who comes to a street": ("GET", "/api/board/streets/1", {}),
    "see route sheets": ("GET", "/api/plans/99/sheets.pdf", {}),
    "see what a storm took": ("GET", "/storms/99/costs.csv", {}),
    "see who was called out": ("GET", "/api/call-outs", {}),
    "call a machine out": ("POST", "/api/call-outs", {"json": {"vehicle_id": 99}}),
    "see the roster": ("GET", "/api/roster", {}),
    "order many shifts": ("POST", "/api/storms/99/fleet-orders", {"json": AN_ORDER}),
    "see where trucks may wait": ("GET", "/api/storms/99/staging-places", {}),
    "name a point to wait at": ("GET", "/api/staging-point?lon=45.07&lat=37.55", {}),
    "plan a shift": ("POST", "/api/storms/99/shifts", {"json": A_SHIFT}),
    "strike a shift off": ("POST", "/api/shifts/99/cancel", {}),
    "see machines out of service": ("GET", "/api/machines-out", {}),
    "answer to a route": (
        "POST",
        "/api/plans/99/routes/99/answer",
        {"json": {"state": "accepted"}},
    ),
    "leave a note": ("POST", "/api/storms/99/handover-notes", {"json": {"text": "Watch"}}),
    "read the notes": ("GET", "/api/storms/99/handover-notes", {}),
    "take over": ("POST", "/api/handover-notes/99/read", {}),
    "see the timeline": ("GET", "/api/plans/99/timeline", {}),
    "see what became of legs": ("GET", "/api/board/done", {}),
    "be seen at the board": ("POST", "/api/board/presence", {"json": {"tab": "a-tab-of-mine"}}),
    "write a driver's number down": (
        "POST",
        "/api/drivers/phone",
        {"json": {"login": "nobody", "phone": ""}},
    ),
    "see crews": ("GET", "/api/crews", {}),
    "see crew jobs": ("GET", "/api/crew-jobs", {}),
    "see the page of crews": ("GET", "/crews", {}),
    "add a crew": (
        "POST",
        "/api/crews",
        {"json": {"name": "A", "size": 2, "works": ["stairs"], "depot": "nowhere"}},
    ),
    "put a crew on duty": ("POST", "/api/storms/99/crew-shifts", {"json": {"crew_id": 99}}),
    "give a crew a code": ("POST", "/api/crew-shifts/99/code", {}),
    "send a crew to a request": ("POST", "/api/requests/99/crew-job", {}),
    "plan crews": ("POST", "/api/storms/99/crew-plan", {}),
    "publish crews' lists": ("POST", "/api/storms/99/crew-plan/publish", {}),
    "cancel a crew job": ("POST", "/api/crew-jobs/99/cancel", {}),
    "see a crew's own list": ("GET", "/api/crew", {}),
    "begin a crew job": ("POST", "/api/crew-jobs/99/start", {}),
    "end a crew job": ("POST", "/api/crew-jobs/99/done", {"json": {}}),
    "photograph a crew job": ("POST", "/api/crew-jobs/99/photo", {"content": b""}),
    "see the photo of a crew job": ("GET", "/api/crew-jobs/99/photo", {}),
    "leave a crew job": ("POST", "/api/crew-jobs/99/cannot", {"json": {"reason": "danger"}}),
    "set the policy": ("POST", "/api/setup/policy", {"json": {"base": 99, "tables": {}}}),
}
BOARD = {"read the board", "follow the stream of a street", "look for an address"}
BOARD |= {"see a route", "see a vehicle", "see the classes"}
WATCH = {"see the vehicles' day", "see a vehicle's log", "see storms", "see closed streets"}
WATCH |= {"see how far shifts are", "see blocked streets", "see the photo"}
WATCH |= {"see alerts", "see how routes are driven", "see what trucks do"}
WATCH |= {"read the route check", "read the audit log"}
WATCH |= {"see what a truck does next", "see who comes to a street", "see the timeline"}
WATCH |= {"see route sheets", "see what a storm took", "see who was called out"}
WATCH |= {"see what became of legs", "be seen at the board"}
WATCH |= {"see the roster", "see machines out of service", "read the notes"}
WATCH |= {"read messages", "see who may own alerts", "see what is put off"}
WATCH |= {"see crews", "see crew jobs", "see the page of crews", "see the photo of a crew job"}
CREW = {"see a crew's own list", "begin a crew job", "end a crew job", "leave a crew job"}
CREW |= {"photograph a crew job"}
DRIVE = {"answer to a route"}
DRIVE |= {"see a shift", "drive", "take a tap back", "send a phone's positions"}
DRIVE |= {"report a blocked street", "photograph it"}
DRIVE |= {"read a shift's messages", "answer dispatch", "say what came to a phone"}
DRIVE |= {"call for help"}
INTAKE = {"take a request", "read the requests", "cancel a request"}
INTAKE |= {"close a request", "escalate a request"}
INTAKE |= {"see messages not sent", "take the code of a message"}
OFFICE = {"see the complaints office", "read the office's report", "give a request to somebody"}
SETUP = {"set up", "see who signs in", "invite somebody", "shut somebody out"}
SETUP |= {"sign somebody out", "take the whole audit log along"}
SETUP |= {"see the fleet", "move a depot", "remove a machine", "undo", "decide a class"}
SETUP |= {"see the policy", "set the policy", "see the trackers", "give a tracker a token"}
SETUP |= {"see what the streets lack", "see files for the streets", "follow a newer street file"}
SETUP |= {"compare a newer street file", "take a newer street file over"}
COUNCIL = {"look for an address", *COUNCIL_ORDERS}
ALL = set(ORDERS)
MAY = {
    Role.ADMINISTRATOR: ALL,
    Role.DISPATCHER: ALL - SETUP,
    Role.SUPERVISOR: BOARD | INTAKE | COUNCIL | WATCH | OFFICE | {"read who called"},
    Role.OPERATOR: INTAKE
    | {"follow the stream of a street", "look for an address", "read who called"},
    Role.DRIVER: DRIVE | {"see a route"},
    Role.CREW: CREW,
    Role.COUNCIL: COUNCIL,
    Role.WALL: {"read the board", "see how far shifts are", "see blocked streets", "see alerts"}
    | {"see how routes are driven", "see what trucks do", "see closed streets"},
}


def guards_of(dependant):
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from guards_of(dependency)


def test_every_endpoint_names_its_roles_or_is_public_on_purpose(client):
    unguarded = {
        (method, route.path)
        for route in routes_of(client.app)
        for method in route.methods
        if not any(isinstance(call, Allowed | AllowedByForm) for call in guards_of(route.dependant))
        and require_csrf not in set(guards_of(route.dependant))
    }
    assert unguarded == set(PUBLIC)


def test_the_walk_over_endpoints_sees_them_all(client):
    assert len(list(routes_of(client.app))) > 25


@pytest.mark.parametrize("role", list(Role))
def test_a_role_does_what_it_may_and_nothing_else(sign_in, client, role):
    sign_in(role.value)
    done = set()
    for order, (method, path, what) in ORDERS.items():
        answer = client.request(method, path, **what)
        assert answer.status_code in {200, 201, 202, 403, 404, 409}, (order, answer.text)
        if answer.status_code != 403:
            done.add(order)
    assert done == MAY[role]


def test_nobody_reads_anything_without_signing_in(client):
    client.get("/sign-in")
    client.headers["x-csrf-token"] = client.cookies["barfrub_csrf"]
    for method, path, what in ORDERS.values():
        assert client.request(method, path, **what).status_code == 401, path


def test_no_order_is_taken_without_the_anti_forgery_token(client, sign_in):
    sign_in("administrator")
    del client.headers["x-csrf-token"]
    for method, path, what in ORDERS.values():
        answer = client.request(method, path, **what)
        if method == "POST":
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf"), path


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Your role does not allow this"), ("fa", "نقش شما اجازهٔ این کار را نمی‌دهد.")],
)
def test_a_driver_is_told_that_the_desk_is_not_for_him_and_may_sign_out(
    client, sign_in, language, told
):
    sign_in("driver")
    answer = client.get(f"/operator?lang={language}", headers={"accept": "text/html"})
    assert answer.status_code == 403
    assert told in answer.text
    assert 'action="/sign-out"' in answer.text


def test_a_council_members_first_page_is_the_councils(client, sign_in):
    sign_in("council")
    first = client.get("/", headers={"accept": "text/html"}, follow_redirects=False)
    assert (first.status_code, first.headers["location"]) == (303, "/council")
    assert client.get("/council", headers={"accept": "text/html"}).status_code == 200
    assert client.get("/operator", headers={"accept": "text/html"}).status_code == 403


def test_the_board_leads_to_the_desk(client, sign_in):
    sign_in("supervisor")
    board = client.get("/", headers={"accept": "text/html"})
    assert 'href="/operator"' in board.text
