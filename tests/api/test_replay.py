"""The history of a storm over HTTP: what a dispatcher sees again, and what a council does not."""

from datetime import timedelta
from itertools import accumulate

import pytest

from api.processes.tasks.replay_task import ReplayTask
from data.policy.city_policy import DEFAULT_POLICY
from data.store.accounts.accounts import add_device
from data.store.database.engine import transaction
from data.store.tracking.positions import add_positions
from fleet.coverage.coverage_states import CoverageState
from fleet.replay import storm_history
from fleet.replay.storm_history import StormHistory
from fleet.setup.city_setup import set_policy
from maps.replay.replay import CODES
from tests.api.public.test_public_map import SYSTEM
from tests.fleet.drives import a_drive
from tests.village import MAIN_EAST, NOW, a_vehicle, at_m

HOUR = timedelta(hours=1)


@pytest.fixture
def plowed(client, sign_in, clock):
    """A storm of three hours in which truck 1 plowed the main street after ten minutes."""
    sign_in()
    storm_id = client.post("/api/storms", json={"name": "First snow"}).json()["id"]
    app = client.app.state.barfrub
    with transaction(app.engine) as tx:
        add_device(tx, "phone-1", a_vehicle(1).id, "hash")
        there, back = (0, 0), (600, 0)
        for lap, (start, end) in enumerate([(there, back), (back, there)] * 2):
            drive = a_drive(start, end, start_s=600 + 300 * lap, blade=True)
            add_positions(tx, drive)
    clock.moment = NOW + HOUR
    while app.consumer.run():
        pass
    clock.moment = NOW + 3 * HOUR
    app.consumer.run()
    return storm_id


def street(view, hour, segment_id, second):
    """(forward, backward) of a street as the page would paint it."""
    row = view["streets"].index(segment_id)
    color = hour["first"][row]
    for at_s, one, later in zip(
        accumulate(hour["at_s"]), hour["street"], hour["color"], strict=True
    ):
        if one == row and at_s <= second:
            color = later
    return color // CODES - 1, color % CODES - 1


def test_a_street_is_not_due_then_worked_on_then_clear(client, plowed):
    view = client.get("/api/replay").json()
    hour = client.get(f"/api/replay/{plowed}/colors/0").json()

    assert view["storm"]["id"] == plowed
    assert view["lasts_s"] == 3 * 3_600
    assert street(view, hour, MAIN_EAST, 599) == (CoverageState.NOT_DUE, CoverageState.NOT_DUE)
    assert street(view, hour, MAIN_EAST, 800)[0] == CoverageState.PROGRESS
    assert street(view, hour, MAIN_EAST, 3_000)[0] == CoverageState.FRESH


def test_the_next_hour_begins_as_the_one_before_it_ended(client, plowed):
    view = client.get("/api/replay").json()
    first, second = (client.get(f"/api/replay/{plowed}/colors/{n}").json() for n in (0, 1))

    ended = [street(view, first, one, 3_600) for one in view["streets"]]
    assert [street(view, second, one, 3_600) for one in view["streets"]] == ended
    assert first["to_s"] == second["from_s"] == 3_600


def test_a_truck_drives_along_the_street_at_the_times_of_its_fixes(client, plowed):
    (track,) = client.get(f"/api/replay/{plowed}/tracks/0").json()["tracks"]

    at_ds, lon, lat = (list(accumulate(track[key])) for key in ("at_ds", "lon", "lat"))
    assert at_ds[0] == 6_000
    assert at_ds == sorted(at_ds)
    west, east = (at_m(east, 0) for east in (0, 600))
    assert min(lon) == pytest.approx(west.lon * 1e6, abs=300)
    assert max(lon) == pytest.approx(east.lon * 1e6, abs=300)
    assert max(abs(one - west.lat * 1e6) for one in lat) < 20  # two metres
    assert {1, 3} <= set(track["motion"])


def test_events_are_listed_in_order_and_by_phases(client, plowed):
    moments = client.get("/api/replay").json()["moments"]

    kinds = [one["kind"] for one in moments]
    assert kinds[:2] == ["storm_started", "work_began"]
    assert {"first_clear", "work_ended"} <= set(kinds)
    assert kinds.index("first_clear") <= kinds.index("work_ended")
    assert [one["at_s"] for one in moments] == sorted(one["at_s"] for one in moments)


def test_a_revision_after_the_end_is_seen_at_the_end(client, plowed, clock):
    app = client.app.state.barfrub
    client.post(f"/api/storms/{plowed}/end")
    clock.moment += HOUR
    late = a_drive((0, 0), (600, 0), start_s=5_000, blade=True, received_at=clock.moment)
    with transaction(app.engine) as tx:
        add_positions(tx, late)
    while app.consumer.run():
        pass
    clock.moment += HOUR
    app.consumer.run()

    view = client.get("/api/replay").json()
    last = view["moments"][-1]
    assert (last["kind"], last["at_s"]) == ("revised", view["lasts_s"])
    assert last["at"] > view["storm"]["ended_at"]


def test_what_a_storm_was_like_is_kept_on_the_disk_until_it_is_revised(client, plowed, clock):
    app = client.app.state.barfrub
    client.post(f"/api/storms/{plowed}/end")
    app.replay_task.run()
    (file,) = (app.folder / "history").iterdir()
    written, before = file.stat().st_mtime_ns, client.get(f"/api/replay/{plowed}/colors/1").json()

    app.history = StormHistory(app.folder / "history")
    assert client.get(f"/api/replay/{plowed}/colors/1").json() == before
    assert file.stat().st_mtime_ns == written

    with transaction(app.engine) as tx:
        add_positions(tx, a_drive((0, 150), (400, 150), start_s=5_000, blade=True))
    while app.consumer.run():
        pass
    clock.moment += HOUR
    app.consumer.run()
    app.history = StormHistory(app.folder / "history")
    assert client.get(f"/api/replay/{plowed}/colors/1").json() != before
    assert file.stat().st_mtime_ns != written


def test_what_everybody_may_see_and_what_snow_ahead_does_change_no_storm(
    client, plowed, monkeypatch
):
    app = client.app.state.barfrub
    client.post(f"/api/storms/{plowed}/end")
    before = client.get(f"/api/replay/{plowed}/colors/1").json()
    text = DEFAULT_POLICY.replace("map = false", "map = true")
    text += "\n[forecast]\ndepth_cm = 9\n"
    with transaction(app.engine) as tx:
        set_policy(tx, SYSTEM, text, app.network, app.clock.now())
    app.city_state.refresh()
    assert app.policy.public.map
    monkeypatch.delattr(storm_history, "street_changes")
    assert client.get(f"/api/replay/{plowed}/colors/1").json() == before
    app.history = StormHistory(app.folder / "history")
    assert client.get(f"/api/replay/{plowed}/colors/1").json() == before


def test_of_an_active_storm_one_process_reads_the_colors_and_another_receives_them(
    client, plowed, clock, monkeypatch
):
    app = client.app.state.barfrub
    writer = StormHistory(app.folder / "history", writes_active=True)
    ReplayTask(app.engine, clock, app.city_state, writer).run()
    expected = client.get("/api/replay").json()

    app.history = StormHistory(app.folder / "history", reads_active=True)
    with monkeypatch.context() as patch:
        patch.delattr(storm_history, "street_changes")
        clock.moment += timedelta(minutes=2)
        heard = client.get("/api/replay").json()
    assert heard["lasts_s"] == expected["lasts_s"] == 3 * 3_600
    assert client.get(f"/api/replay/{plowed}/colors/0").json()["street"]

    clock.moment += HOUR  # nobody tells any more
    assert client.get("/api/replay").json()["lasts_s"] == 4 * 3_600 + 120


def test_a_street_has_its_evidence_of_each_moment(client, plowed):
    street = client.get(f"/api/replay/{plowed}/streets/{MAIN_EAST}").json()
    forward = next(way for way in street["ways"] if way["forward"])

    done = [step["passes_done"] for step in forward["steps"]]
    assert (done[0], done[-1]) == (1, 2)
    assert forward["steps"][0]["at_s"] == street["passes"][0]["to_s"]
    assert {one["vehicle"] for one in street["passes"]} == {0}
    assert {one["evidence"] for one in street["passes"]} == {"blade"}
    assert client.get(f"/api/replay/{plowed}/streets/9999").status_code == 404


def test_a_council_sees_trucks_without_names(client, sign_in, plowed):
    named = client.get("/api/replay").json()["vehicles"]
    sign_in("council")
    bare = client.get("/api/replay")

    assert [one["name"] for one in named] == ["Truck 1"]
    assert "Truck 1" not in bare.text
    assert len(bare.json()["vehicles"]) == 1
    assert client.get(f"/api/replay/{plowed}/tracks/0").json()["tracks"]


def test_there_is_no_hour_after_the_end(client, plowed):
    assert client.get(f"/api/replay/{plowed}/colors/4").status_code == 404
    assert client.get(f"/api/replay/{plowed}/tracks/99999").status_code == 422


def test_a_late_position_shows_in_the_hour_that_it_belongs_to(client, plowed, clock):
    app = client.app.state.barfrub
    before = client.get(f"/api/replay/{plowed}/tracks/1").json()["tracks"]
    with transaction(app.engine) as tx:
        add_positions(tx, a_drive((0, 0), (0, 150), start_s=4_000, received_at=clock.moment))

    assert before == []
    assert client.get(f"/api/replay/{plowed}/tracks/1").json()["tracks"]


def test_before_the_first_storm_there_is_nothing_to_play(client, sign_in):
    sign_in("supervisor")
    assert client.get("/api/replay").json()["storm"] is None
    assert client.get("/replay", headers={"accept": "text/html"}).status_code == 200
