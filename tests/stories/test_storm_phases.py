"""A storm from the forecast until it is closed, and the next one beside it: all through HTTP."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.model import ShiftState, StormId, VehicleId
from data.store.accounts.accounts import add_device
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.shifts.shifts import list_shifts
from data.store.work import list_jobs
from fleet.accounts.accounts import token_digest
from fleet.routes.truck_states import TruckState, TruckStatus
from tests import village as v

pytestmark = pytest.mark.usefixtures("dispatcher")

HOUR = timedelta(hours=1)
TRUCK = {"Authorization": "Bearer token-one"}


def forecast(client, clock, name, hours):
    expected = (clock.now() + hours * HOUR).isoformat()
    answer = client.post("/api/storms/forecast", json={"name": name, "begins_at": expected})
    assert answer.status_code == 201
    return answer.json()["id"]


def moved(client, storm, seen, to, status=200):
    answer = client.post(f"/api/storms/{storm}/phase", json={"seen": seen, "to": to})
    assert answer.status_code == status, answer.text
    return answer.json()


def snowed(client, storm, at, fallen_cm):
    entry = {"at": at.isoformat(), "fallen_cm": fallen_cm}
    return client.post(f"/api/storms/{storm}/snowfall", json={"entries": [entry]})


def plowing(since):
    """The fixes of a truck that goes along a street and back, blade down."""
    length_m, network = v.village().segment(v.MAIN_WEST).length_m, v.village()
    along_m = [5.0 * step for step in range(int(length_m / 5) + 1)]
    return [
        {
            "fixed_at": (since + timedelta(seconds=second)).isoformat(),
            "lon": round(network.point_at(v.MAIN_WEST, m).lon, 7),
            "lat": round(network.point_at(v.MAIN_WEST, m).lat, 7),
            "speed_mps": 5.0,
            "accuracy_m": 4.0,
            "blade": True,
        }
        for second, m in enumerate([*along_m, *reversed(along_m)])
    ]


def states_of(client):
    return {street: forward for street, forward, _ in client.get("/api/board").json()["coverage"]}


def due_of(app, storm):
    with reading(app.engine) as tx:
        return {job.segment_id: job.due_at for job in list_jobs(tx, StormId(storm))}


def by_evidence_on_the_road(app, storm):
    """Let the first truck be seen at work, though its driver never tapped."""
    with reading(app.engine) as tx:
        shift = list_shifts(tx, StormId(storm))[0]
    seen = TruckStatus(shift.vehicle_id, TruckState.WORKING, shift.id, ShiftState.DRIVING)
    app.alert_task.trucks = (seen,)


def test_a_storm_goes_from_the_forecast_to_its_end(client, app, clock):
    storm = forecast(client, clock, "برف یلدا", 6)
    assert client.get("/api/board").json()["storm"] is None
    assert due_of(app, storm) == {}
    moved(client, storm, "forecast", "alert")
    moved(client, storm, "forecast", "alert", 409)  # somebody else's page still shows the forecast
    moved(client, storm, "alert", "closed", 409)

    clock.moment = clock.now() + 5 * HOUR
    began = moved(client, storm, "alert", "active")
    assert began["row"]["sums"]["jobs_open"] == 9
    assert client.get("/api/board").json()["storm"]["id"] == storm
    quick = client.post("/api/storms", json={"name": "Another"})
    assert quick.json()["error"]["values"]["reason"] == "storm_active"

    moved(client, storm, "active", "clean_up")
    left = client.get(f"/api/storms/{storm}/left").json()
    assert left["jobs"] == {"P1": 3, "P2": 2, "P3": 4}
    assert (left["out"], left["waiting"]) == ([], 2)
    by_evidence_on_the_road(app, storm)
    left = client.get(f"/api/storms/{storm}/left").json()
    assert (left["out"], left["waiting"]) == (["Truck 1"], 1)
    machines = client.get(f"/api/storms/{storm}").json()["machines"]
    assert [(one["out"], one["busy"]) for one in machines][:2] == [(True, False), (False, False)]
    closed = moved(client, storm, "clean_up", "closed")
    assert closed["next"] == []
    assert not any(one["out"] for one in closed["machines"])  # though it was seen a moment ago
    assert [(one["sent"], one["last_at"]) for one in closed["work"]] == [(True, None)] * 2
    assert [move["phase"] for move in closed["moves"]] == [
        "forecast",
        "alert",
        "active",
        "clean_up",
        "closed",
    ]
    assert {move["by"] for move in closed["moves"]} == {"dispatcher"}
    assert snowed(client, storm, clock.now(), 3).status_code == 409  # a closed storm is read-only
    with reading(app.engine) as tx:
        verbs = [event.verb for event in list_events(tx, f"storm:{storm}")]
    assert verbs == ["storm.forecast", "storm.moved", "storm.started", "storm.moved", "storm.ended"]


def test_a_street_is_closed_until_the_next_time_that_is_told_alone(client, clock):
    storm = client.post("/api/storms", json={"name": "First"}).json()["id"]
    closure = {"segment_id": v.TULIP, "reason": "carnival", "until_at": "noon"}
    refused = client.post(f"/api/storms/{storm}/closures", json=closure)
    assert refused.status_code == 422
    assert "06:30" in refused.json()["error"]["message"]
    until = clock.now().astimezone(ZoneInfo("Asia/Tehran")) - HOUR
    told = closure | {"until_at": f"{until:%H:%M}"}
    closed = client.post(f"/api/storms/{storm}/closures", json=told).json()
    tomorrow = (until + timedelta(days=1)).replace(second=0, microsecond=0)
    assert datetime.fromisoformat(closed["until_at"]) == tomorrow


def test_two_storms_never_mix(client, app, clock):
    with transaction(app.engine) as tx:
        add_device(tx, "truck-1", VehicleId(1), token_digest("token-one"))
    first = client.post("/api/storms", json={"name": "First"}).json()["id"]
    began = clock.now()
    second = forecast(client, clock, "Second", 8)
    assert snowed(client, second, clock.now() + 9 * HOUR, 12).status_code == 201
    closure = {"segment_id": v.TULIP, "reason": "carnival"}
    assert client.post(f"/api/storms/{second}/closures", json=closure).status_code == 201

    assert client.get("/api/board").json()["storm"]["snowfall"] == []
    assert client.get("/api/closures").json() == []
    assert due_of(app, first)[v.MAIN_WEST] == began + 4 * HOUR
    moved(client, second, "forecast", "active", 409)
    clock.moment = began + 2 * HOUR
    moved(client, first, "active", "closed")
    clock.moment = began + 8 * HOUR
    moved(client, second, "forecast", "active")
    assert [one["segment_id"] for one in client.get("/api/closures").json()] == [v.TULIP]

    # Fixes of the first storm's time that come only now are the first storm's.
    sent = client.post("/positions", json={"positions": plowing(began + HOUR)}, headers=TRUCK)
    assert sent.json()["rejected"] == []
    while app.consumer.run():
        pass
    jobs = {storm: due_of(app, storm) for storm in (first, second)}
    assert jobs[first].keys() == jobs[second].keys()
    revisions = client.get(f"/api/storms/{first}/revisions").json()
    assert [one["cause"] for one in revisions] == ["late"]
    assert client.get(f"/api/storms/{second}/revisions").json() == []
    rows = {row["id"]: row for row in client.get("/api/storms").json()}
    truck, other = client.get(f"/api/storms/{first}").json()["work"]
    length_m = v.village().segment(v.MAIN_WEST).length_m
    assert truck["plowed_m"] == pytest.approx(2 * length_m, rel=0.05)
    assert (truck["salted_m"], other["plowed_m"], other["last_at"]) == (0, 0, None)
    assert began + HOUR < datetime.fromisoformat(truck["last_at"]) < began + 2 * HOUR
    assert client.get(f"/api/storms/{second}").json()["work"] == []  # goes on
    assert rows[first]["phase"] == "closed"
    assert rows[first]["fallen_cm"] is None
    assert rows[second]["fallen_cm"] == 12


def test_snow_colors_streets_and_moves_due_times_and_a_slip_is_undone(client, app, clock):
    storm = client.post("/api/storms", json={"name": "First"}).json()["id"]
    began = clock.now()
    before = due_of(app, storm)
    clock.moment = began + HOUR
    assert states_of(client)[v.MAIN_WEST] == 6
    assert snowed(client, storm, clock.now(), 6).status_code == 201  # 6 cm in an hour
    assert states_of(client)[v.MAIN_WEST] == 3
    assert states_of(client)[v.TULIP] == 6
    due = due_of(app, storm)
    assert due[v.MAIN_WEST] == began + 4 * HOUR + timedelta(minutes=20)  # 2 cm lay after a third
    assert due[v.TULIP] == began + 13 * HOUR  # 7 cm do not lie yet

    slip = client.post(
        f"/api/storms/{storm}/snowfall",
        json={"entries": [{"at": (began + 2 * HOUR).isoformat(), "fallen_cm": 5}]},
    )
    assert slip.status_code == 422  # less than an hour before
    detail = client.get(f"/api/storms/{storm}").json()
    entry, change = detail["snow"][0], detail["snow_change"]["id"]
    wrong = {"at": entry["at"], "fallen_cm": 60}
    corrected = client.post(f"/api/snowfall/{entry['id']}", json=wrong).json()
    assert [one["fallen_cm"] for one in corrected["snow"]] == [60]
    assert (
        client.post(f"/api/storms/{storm}/snowfall/undo", json={"change": change}).status_code
        == 409
    )
    last = corrected["snow_change"]["id"]
    undone = client.post(f"/api/storms/{storm}/snowfall/undo", json={"change": last}).json()
    assert [one["fallen_cm"] for one in undone["snow"]] == [6]
    assert due_of(app, storm) == due
    gone = client.post(f"/api/snowfall/{undone['snow'][0]['id']}/withdraw").json()
    assert gone["curve"] == []
    assert due_of(app, storm) == before
    assert states_of(client)[v.MAIN_WEST] == 6


def test_a_file_of_snow_is_taken_wholly_or_not_at_all(client, clock):
    storm = forecast(client, clock, "Snow", 1)
    url = f"/api/storms/{storm}/snowfall/file"
    times = [(clock.now() + hours * HOUR).isoformat() for hours in (1, 2, 3)]
    bad = f"time,cm\n{times[0]},1\n{times[1]},much\n".encode()
    found = client.post(f"{url}/check", files={"file": ("snow.csv", bad)}).json()
    assert [(one["line"], one["field"]) for one in found["mistakes"]] == [(3, "cm")]
    assert client.post(url, files={"file": ("snow.csv", bad)}).status_code == 422
    good = f"time;cm\n{times[0]};۱٫۵\n{times[1]};۴\n".encode()
    taken = client.post(url, files={"file": ("snow.csv", good)})
    assert [one["fallen_cm"] for one in taken.json()["snow"]] == [1.5, 4]
    more = good + f"{times[2]};۹\n".encode()  # the same file, grown
    again = client.post(url, files={"file": ("snow.csv", more)}).json()
    assert [one["fallen_cm"] for one in again["snow"]] == [1.5, 4, 9]


def test_a_storm_has_its_own_policy_machines_sites_and_closures(client, app, clock):
    storm = client.post("/api/storms", json={"name": "First"}).json()["id"]
    url = f"/api/storms/{storm}"
    wish = {"base": 0, "tables": {"class": {"P1": {"deadline_h": 2}}}}
    changed = client.post(f"{url}/policy", json=wish).json()
    assert changed["policy_own"]
    assert due_of(app, storm)[v.MAIN_WEST] == clock.now() + 2 * HOUR
    assert app.policy.rules["P1"].deadline == 2 * HOUR
    wrong = {"base": changed["policy_base"], "tables": {"class": {"P1": {"deadline_h": -1}}}}
    assert client.post(f"{url}/policy", json=wrong).status_code == 422
    roads = {"base": changed["policy_base"], "tables": {"class": {"P1": {"roads": ["primary"]}}}}
    assert client.post(f"{url}/policy", json=roads).status_code == 422

    out = client.post(f"{url}/machines/2", json={"on": False, "reason": "broken"}).json()
    assert [(one["id"], one["on"]) for one in out["machines"]] == [(1, True), (2, False)]
    site = client.post(f"{url}/sites/1", json={"on": False}).json()
    assert [one["on"] for one in site["sites"]] == [False]

    closure = {"segment_id": v.ROSE, "forward": True, "reason": "water main"}
    first = client.post(f"{url}/closures", json=closure)
    assert first.status_code == 201
    twice = client.post(f"{url}/closures", json=closure | {"forward": None})
    assert twice.json()["error"]["values"]["by"] == "dispatcher"
    no_way = client.post(f"{url}/closures", json=closure | {"forward": False})
    assert no_way.status_code == 422  # a one-way street
    assert client.post(f"/api/closures/{first.json()['id']}/lift").json()["over"]
    assert client.get("/api/closures").json() == []

    moved(client, storm, "active", "closed")
    assert app.policy.rules["P1"].deadline == 4 * HOUR  # the city's has stayed
    assert client.get(url).json()["policy"]["class"]["P1"]["deadline_h"] == 2
