import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.config.settings import Settings
from api.processes.workers.run_lease import real_now
from api.server import health
from api.server.app import create_app
from data.model import RunWish
from data.model.storm_conditions import FeedKind, FeedState
from data.store.accounts.accounts import add_device
from data.store.backup.backup import write_backup
from data.store.database.engine import transaction
from data.store.planning.plan_runs import add_run, lease_run
from data.store.queue.run_queue import LEASE_S
from data.store.tracking.positions import add_positions
from data.store.weather import set_feed_state
from tests import village as v
from tests.fleet.drives import a_drive, a_fix
from tests.weather_files import turn_feeds_on

ROOT = Path(__file__).parents[3]


def figures(client: TestClient, **headers: str) -> dict[str, float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def seen_from(address: str, client: TestClient) -> TestClient:
    """Another client of the same server."""
    return TestClient(client.app, client=(address, 50_000))


@pytest.fixture
def here(client: TestClient) -> TestClient:
    """A client on the server's own machine."""
    return seen_from("127.0.0.1", client)


def test_only_this_machine_reads_figures_where_no_token_is_set(client, here) -> None:
    figures(here)
    assert seen_from("10.0.0.7", client).get("/metrics").status_code == 403


def test_what_a_proxy_on_this_machine_passes_on_is_not_of_this_machine(here) -> None:
    for header in ("X-Forwarded-For", "Forwarded"):
        assert here.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


def test_no_role_opens_the_figures_to_a_browser(client, sign_in) -> None:
    sign_in("administrator")
    assert client.get("/metrics").status_code == 403


def test_a_token_is_asked_for_even_on_this_machine(settings, city_folder, clock) -> None:
    guarded = Settings(var=settings.var, metrics_token="a long word")
    with TestClient(
        create_app(guarded, city_folder, clock), client=("127.0.0.1", 50_000)
    ) as client:
        figures(client, Authorization="Bearer a long word")
        for sent in ("", "Bearer", "Bearer another", "Bearer واژه".encode()):
            assert client.get("/metrics", headers={"Authorization": sent}).status_code == 403


def test_requests_are_counted_by_route_and_status(client, here, sign_in) -> None:
    sign_in()
    for path in ("/api/segments/1", "/api/segments/2", "/api/segments/99"):
        client.get(path)
    told = figures(here)
    route = 'method="GET",route="/api/segments/{segment_id}"'
    assert told[f'barfrub_requests_total{{{route},status="200"}}'] == 2
    assert told[f'barfrub_requests_total{{{route},status="404"}}'] == 1
    timed = 'barfrub_request_seconds_count{route="/api/segments/{segment_id}"}'
    assert told[timed] == 3


def test_addresses_that_nobody_has_make_one_figure_not_thousands(here) -> None:
    for number in range(20):
        here.get(f"/wp-{number}.php")
    routes = {name for name in figures(here) if "wp-" in name}
    assert routes == set()


def test_made_up_methods_make_one_figure_not_thousands(here) -> None:
    for number in range(5):
        here.request(f"FETCH{number}", "/health")
    (counted,) = (name for name in figures(here) if 'method="other"' in name)
    assert "FETCH" not in counted


def test_positions_are_counted_by_what_became_of_them(client, here, clock) -> None:
    app = client.app.state.barfrub
    with transaction(app.engine) as tx:
        from fleet.accounts.accounts import token_digest

        add_device(tx, "phone-1", v.a_vehicle(1).id, token_digest("token"))
    clock.moment += timedelta(minutes=5)
    fix = {"lon": 45.07, "lat": 37.55, "fixed_at": v.NOW.isoformat()}
    sent = {"positions": [fix, fix, {"lon": 400}]}
    answer = client.post("/positions", json=sent, headers={"Authorization": "Bearer token"})
    assert answer.json()["stored"] == 1, answer.text
    told = figures(here)
    assert told['barfrub_positions_total{outcome="stored"}'] == 1
    assert told['barfrub_positions_total{outcome="repeated"}'] == 1
    assert told['barfrub_positions_total{outcome="rejected"}'] == 1


def test_the_lag_is_the_age_of_the_oldest_position_that_waits(settings, city_folder, clock) -> None:
    web = create_app(settings, city_folder, clock)
    client = TestClient(web, client=("127.0.0.1", 50_000))  # its consumer does not run
    engine = web.state.barfrub.engine
    assert figures(client)["barfrub_digest_lag_seconds"] == 0
    with transaction(engine) as tx:
        add_device(tx, "phone-1", v.a_vehicle(1).id, "hash")
        add_positions(tx, [a_fix(v.at_m(0, 0), 10.0), a_fix(v.at_m(0, 0), 20.0)])
    clock.moment = v.NOW + timedelta(seconds=70)
    told = figures(client)
    assert told["barfrub_positions_waiting"] == 2
    assert told["barfrub_digest_lag_seconds"] == 60
    web.state.barfrub.consumer.run()
    assert figures(client)["barfrub_positions_waiting"] == 0


def test_dropped_positions_are_counted_by_reason(settings, city_folder, clock) -> None:
    web = create_app(settings, city_folder, clock)
    client = TestClient(web, client=("127.0.0.1", 50_000))
    far = a_fix(v.at_m(90_000, 0), 12.0)
    with transaction(web.state.barfrub.engine) as tx:
        add_device(tx, "phone-1", v.a_vehicle(1).id, "hash")
        add_positions(tx, [*a_drive((0, 0), (100, 0)), far])
    clock.moment += timedelta(minutes=1)
    web.state.barfrub.consumer.run()
    assert figures(client)['barfrub_positions_total{outcome="dropped:jump"}'] == 1


def test_streams_runs_and_disk_are_measured(here, city_folder, tmp_path) -> None:
    told = figures(here)
    assert told["barfrub_leads"] == 1
    assert told["barfrub_streams"] == 0
    assert told['barfrub_plan_runs{state="failed"}'] == 0
    assert told["barfrub_database_bytes"] > 100_000
    here.app.state.barfrub.hub.subscribe(lambda: None)
    assert figures(here)["barfrub_streams"] == 1


def test_runs_that_no_worker_has_grow_old(here, storm, clock) -> None:
    engine = here.app.state.barfrub.engine
    with transaction(engine) as tx:
        add_run(tx, storm["id"], "dispatcher", clock.now(), RunWish(30.0))
    clock.moment += timedelta(minutes=5)
    told = figures(here)
    assert (told["barfrub_plan_wait_seconds"], told["barfrub_plan_runs_held"]) == (300.0, 0.0)
    with transaction(engine) as tx:
        assert lease_run(tx, real_now(), LEASE_S) is not None
    told = figures(here)
    assert (told["barfrub_plan_wait_seconds"], told["barfrub_plan_runs_held"]) == (0.0, 1.0)


def test_the_age_of_the_last_backup_is_measured_once_there_is_one(
    here, city_folder, tmp_path
) -> None:
    assert "barfrub_last_backup_age_seconds" not in figures(here)
    write_backup(city_folder, tmp_path / "saved.tar.gz", v.NOW)
    assert "barfrub_last_backup_age_seconds" in figures(here)


def test_a_full_disk_is_no_reason_to_restart_but_one_not_to_be_ready(here, monkeypatch) -> None:
    assert here.get("/ready").json()["status"] == "ok"
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 10**18)
    here.app.state.barfrub.consumer.digested_s = time.monotonic() - 61
    living, ready = here.get("/health"), here.get("/ready")
    assert (living.status_code, ready.status_code) == (200, 503)
    assert living.json()["status"] == ready.json()["status"] == "disk_full"


def test_health_says_when_positions_are_no_longer_digested(settings, city_folder, clock) -> None:
    web = create_app(settings, city_folder, clock)
    client = TestClient(web)
    assert client.get("/health").status_code == 200
    consumer = web.state.barfrub.consumer
    consumer.digested_s, consumer.kernels_ready = time.monotonic() - 61, True
    stuck = client.get("/health")
    assert (stuck.status_code, stuck.json()["status"]) == (503, "stuck")
    assert client.get("/ready").status_code == 503
    assert re.fullmatch(r"[0-9a-f]{12}", stuck.headers["x-request-id"])


def test_a_server_whose_kernels_compile_for_minutes_is_not_to_be_restarted(here) -> None:
    consumer = here.app.state.barfrub.consumer
    consumer.digested_s, consumer.kernels_ready = time.monotonic() - 300, False
    living, ready = here.get("/health"), here.get("/ready")
    assert (living.status_code, ready.status_code) == (200, 503)
    assert living.json()["status"] == ready.json()["status"] == "preparing"
    consumer.digested_s = time.monotonic() - 901
    assert here.get("/health").status_code == 503


def test_a_server_is_not_restarted_because_nobody_digests_elsewhere(
    settings, city_folder, clock
) -> None:
    alone = settings.model_copy(update={"evidence_processes": 0})
    web = create_app(alone, city_folder, clock, apart=True)
    client = TestClient(web)
    web.state.barfrub.consumer.digested_s = time.monotonic() - 61
    living, ready = client.get("/health"), client.get("/ready")
    assert (living.status_code, ready.status_code) == (200, 503)
    assert living.json()["status"] == "stuck"


@pytest.mark.parametrize("name", ["alerts.yml", "dashboard.json"])
def test_rules_and_dashboard_ask_for_figures_that_exist(here, city_folder, tmp_path, name) -> None:
    write_backup(city_folder, tmp_path / "saved.tar.gz", v.NOW)
    app, feed = here.app.state.barfrub, "https://weather.example.org/"
    with transaction(app.engine) as tx:
        set_feed_state(tx, FeedState(FeedKind.FORECAST, feed, v.NOW, app.clock.now()))
        turn_feeds_on(tx, forecast=feed)
    app.city_state.refresh()
    figures(here)
    told = {re.match(r"\w+", line)[0] for line in figures(here)}
    text = (ROOT / "deploy/monitoring" / name).read_text("utf-8")
    asked = set(re.findall(r"\bbarfrub_\w+", text))
    assert len(asked) > 6
    assert asked <= told
