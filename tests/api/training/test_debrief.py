"""The debrief of a training: its page, moments of decision by a worker, and paper."""

import re
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.config.settings import Settings
from api.processes.printing.training_debrief import printed_debrief
from api.processes.workers.plan_worker import solve_run
from api.processes.workers.run_lease import LEASE_S, real_now
from api.web.context import App
from data.languages import languages
from data.model import (
    Actor,
    ActorKind,
    Alert,
    AlertId,
    AlertKind,
    RequestKind,
    Role,
    RunState,
    StormId,
    VehicleId,
)
from data.model.training.rehearsal import MarkKind, Training, TrainingMark, TrainingMarkId
from data.store.accounts.accounts import add_device, find_user_by_login
from data.store.alerts import add_alert
from data.store.backup.sqlite_copy import copy_database
from data.store.database.city_address import SQLITE_FILE
from data.store.database.engine import reading, transaction
from data.store.planning.plan_runs import get_run, lease_run
from data.store.planning.plans import add_plan, set_published
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from data.store.training.rehearsal import add_mark, set_training
from data.training import shipped_text
from fleet.simulation.simulated_calls import SimulatedCall
from fleet.training.calls import hang_up_unanswered, ring
from fleet.training.sandbox.folder import Sandbox
from fleet.training.seats import take_seat
from maps.pages.i18n import translator
from maps.pages.pdf import report_pdf
from maps.training.debrief import search_view
from tests import postgres
from tests import village as v
from tests.api.conftest import be_signed_in, served
from tests.fleet.drives import a_fix
from tests.village_plan import a_plan, legs_along

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
LONG_WAY = (v.ORCHARD, v.TULIP, v.RING, v.SCHOOL, v.MILL, v.MAIN_WEST, v.MAIN_EAST)
"""A route that comes to the main street last."""

pytestmark = pytest.mark.skipif(postgres.WANTED, reason="a sandbox is always on SQLite")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A sandbox beside the city that it is a copy of."""
    return Settings(var=tmp_path / "training" / "village")


@pytest.fixture
def led(settings, city_folder, clock) -> TestClient:
    """An instructor's client two hours into a training, in which Dara leads the storm."""
    with served(settings, city_folder, clock) as client:
        app = client.app.state.barfrub
        be_signed_in(client, "dispatcher")
        assert client.post("/api/storms", json={"name": "First snow"}).status_code == 201
        with transaction(app.engine) as tx:
            text = shipped_text("first-night")
            set_training(tx, Training("village", "first-night", text, 7, v.NOW, "vera"))
            dispatcher = find_user_by_login(tx, "dispatcher")
            actor = Actor(ActorKind.USER, "dispatcher")
            take_seat(tx, actor, dispatcher, Role.DISPATCHER, None, v.NOW + MINUTE)
            plan = add_plan(tx, a_plan(*legs_along(tx, LONG_WAY, v.NOW, 10 * MINUTE)))
            set_published(tx, plan.id, v.NOW)
        mark(app, settings, v.NOW + 2 * MINUTE)
        clock.moment = v.NOW + 2 * HOUR
        be_signed_in(client, "supervisor")
        yield client


def mark(app: App, settings: Settings, at) -> Path:
    """Keep a copy of the sandbox, as it does by itself every half hour; return its file."""
    file = f"{at:%H%M}.sqlite"
    marks = Sandbox(settings.var, "village").marks
    marks.mkdir(exist_ok=True)
    with transaction(app.engine) as tx:
        add_mark(tx, TrainingMark(TrainingMarkId(0), at, "", MarkKind.AUTO, "", file))
    copy_database(settings.city_folder("village") / SQLITE_FILE, marks / file)
    return marks / file


def work(client: TestClient, clock) -> None:
    app = client.app.state.barfrub
    with transaction(app.engine) as tx:
        run = lease_run(tx, real_now(), LEASE_S)
    assert run is not None
    solve_run(app.engine, v.village(), run, clock, threading.Event())


def page(client: TestClient, language: str = "en") -> str:
    answer = client.get("/training/debrief", headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture(autouse=True)
def _short_searches(monkeypatch):
    monkeypatch.setattr("fleet.training.scores.decision_points.LEAST_ITERATIONS", 500)
    monkeypatch.setattr("fleet.training.scores.decision_points.CLEAR_MIN", 0.5)


def test_a_worker_compares_plans_at_each_mark_and_the_page_says_what_would_have_been_saved(
    led, settings, clock
):
    assert "Nobody has looked for moments of decision" in page(led)
    damaged = mark(led.app.state.barfrub, settings, v.NOW + 4 * MINUTE)
    damaged.write_bytes(damaged.read_bytes()[:9000])
    asked = led.post("/api/training/decisions")
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    again = led.post("/api/training/decisions").json()
    assert again["run_id"] == asked.json()["run_id"]  # one search at a time
    assert f'data-path="/api/training/decisions/{asked.json()["run_id"]}/stop">' in page(led)
    clock.moment = v.NOW + 6 * HOUR
    work(led, clock)
    told = page(led)
    assert "Plans were compared at 1 mark." in told
    assert "saves at least 75 % of what the worst of the three saves" in told
    assert "/replay?storm=1&amp;at=120" in told


def test_another_worker_finds_the_same_however_long_it_takes(led, clock):
    clock.moment = v.NOW + 6 * HOUR
    found = []
    for _ in range(2):
        run = led.post("/api/training/decisions").json()["run_id"]
        work(led, clock)
        with reading(led.app.state.barfrub.engine) as tx:
            found.append(get_run(tx, run))
    first, second = found
    assert first.answer["points"]
    assert first.answer == second.answer
    assert first.iterations == first.options["searches"] - 1 == 2  # told as the third one begins


def test_a_search_is_stopped_and_no_other_run_in_its_place(led):
    run = led.post("/api/training/decisions").json()["run_id"]
    stopped = led.post(f"/api/training/decisions/{run}/stop")
    assert stopped.json()["state"] == "stopped"
    assert "Comparing was stopped before it was done." in page(led)
    assert led.post("/api/training/decisions/99/stop").status_code == 404


def test_a_search_that_was_stopped_says_so_beside_what_it_found(led):
    run_id = led.post("/api/training/decisions").json()["run_id"]
    with reading(led.app.state.barfrub.engine) as tx:
        run = get_run(tx, run_id)
    over = replace(run, state=RunState.DONE, answer={"marks": 6, "points": []})
    t = translator("en", "Asia/Tehran")
    assert search_view(over, t).words == "Plans were compared at 6 marks."
    told = search_view(replace(over, stop_requested=True), t)
    assert told.state == "stopped"
    assert told.words == (
        "Comparing was stopped before it was done. Plans were compared at 6 marks."
    )


def test_everybody_follows_a_search_which_once_it_is_to_stop_is_not_stopped_again(led):
    run = led.post("/api/training/decisions").json()["run_id"]
    engine = led.app.state.barfrub.engine
    with transaction(engine) as tx:
        lease_run(tx, real_now(), LEASE_S)
    stopping = led.post(f"/api/training/decisions/{run}/stop").json()
    assert (stopping["state"], stopping["run_id"]) == ("stopping", None)
    assert stopping["words"] in page(led)
    assert 'id="stop" data-path="/api/training/decisions/0/stop" hidden' in page(led)
    be_signed_in(led, "operator")
    assert led.get("/api/training/decisions").json() == stopping


def test_paper_tells_no_progress(led):
    led.post("/api/training/decisions")
    texts = str(printed_debrief(led.app.state.barfrub, "en")["blocks"])
    assert "Plans were still being compared when this was printed." in texts
    assert "% done" not in texts


def test_page_and_paper_tell_every_alert_that_counts_and_the_page_folds_many(led):
    app = led.app.state.barfrub
    with transaction(app.engine) as tx:
        up = Alert(AlertId(0), StormId(1), AlertKind.BLADE_UP, VehicleId(1), v.NOW + HOUR)
        for seen in range(0, 50, 10):
            since = up.since + seen * SECOND
            add_alert(tx, replace(up, since=since, acknowledged_at=since + seen * MINUTE))
    folds = re.findall("<summary>(.*?)</summary>(.*?)</details>", page(led), re.DOTALL)
    for told in (folds[0][1], str(printed_debrief(app, "en")["blocks"])):
        assert told.count("Alert (a truck loses time)") == 5
        assert told.count("That was in time.") == 3
        assert told.count("That was not in time.") == 2
    assert "5 alerts of trucks that lost time" in re.sub("[\u2066-\u2069]", "", folds[0][0])


def test_everybody_but_instructors_sees_only_the_own_score(led):
    assert "Compare plans at all marks" in page(led)
    assert "Dispatcher" in page(led)
    be_signed_in(led, "operator")
    told = page(led)
    assert "Compare plans at all marks" not in told
    assert "Nobody has taken a seat" in told
    assert led.post("/api/training/decisions").status_code == 403
    assert led.get("/training/debrief.pdf").status_code == 403


def test_who_plays_reads_of_what_was_added_only_once_it_has_begun(led, clock):
    cut = {"kind": "power_cut", "details": {"from_h": 3, "until_h": 4}}
    assert led.post("/api/training/events", json=cut).status_code == 201
    assert "(added by the instructor)" in page(led)
    be_signed_in(led, "operator")
    assert "(added by the instructor)" not in page(led)
    clock.moment += 2 * HOUR
    assert "(added by the instructor)" in page(led)


def test_who_plays_reads_which_machine_broke_down_once_all_is_over(led, clock):
    trouble = {"machine": 1, "kind": "breakdown", "from_h": 3, "until_h": 4}
    added = led.post("/api/training/events", json={"kind": "trouble", "details": trouble})
    assert added.status_code == 201, added.text
    clock.moment += 2 * HOUR
    assert ": breaks down (added by the instructor)" in page(led)
    be_signed_in(led, "operator")
    assert "breaks down" not in page(led)
    clock.moment += 24 * HOUR
    assert ": breaks down (added by the instructor)" in page(led)


def test_who_plays_reads_neither_the_instructors_notes_nor_the_paper_of_everybody(led):
    noted = led.post("/api/training/notes", json={"words": "Dara waits too long"})
    assert noted.status_code in (200, 201), noted.text
    assert "Dara waits too long" in page(led)
    paper = led.get("/training/debrief.pdf?wait_s=0", headers={"accept": "application/json"})
    file = f"/api/plan-runs/{paper.json()['id']}/file"
    assert led.get(file).status_code == 202
    led.post("/api/training/seats", json={"role": "supervisor"})
    assert "Dara waits too long" not in page(led)
    assert led.get(file).status_code == 403


@pytest.mark.parametrize("language", languages())
def test_the_debrief_is_printed_in_every_language(led, language):
    app = led.app.state.barfrub
    printed = printed_debrief(app, language)
    t = translator(language, app.city.timezone)
    assert printed["title"] == t("Debrief of a training")
    assert printed["training"] == t("Training")
    texts = str(printed["blocks"])
    assert t("measure:late_first") in texts
    assert "{" not in texts.replace("{'", "")
    assert report_pdf(printed).startswith(b"%PDF")


def test_page_and_paper_say_that_figures_are_still_being_counted_and_how_far(led):
    app = led.app.state.barfrub
    with transaction(app.engine) as tx:
        add_device(tx, "box", VehicleId(1), "box")
        add_positions(tx, [a_fix(v.at_m(0, 0), 3600.0)])
    counting = "Still being counted: what the trucks did is known until"
    for told in (page(led), str(printed_debrief(app, "en"))):
        assert counting in told
        assert translator("en", app.city.timezone).time(v.NOW + HOUR) in told
    followed = led.get("/api/training/counting").json()["words"]
    assert f'id="counting" role="status">{followed}</p>' in page(led)
    with transaction(app.engine) as tx:
        mark_seen_until(tx, list_unseen(tx, 1)[1])
    assert counting not in page(led)
    assert led.get("/api/training/counting").json() == {"words": ""}


CALLERS = (v.MILL, v.ROSE, v.SCHOOL, v.MILL, v.TULIP, v.ROSE)
"""Where callers stand, some of them where another one stood before."""


def ring_up(client: TestClient, clock, streets) -> list[int]:
    """Let callers ring one after the other; return the numbers of their calls."""
    numbers = []
    for street in streets:
        clock.moment += 5 * MINUTE
        place = v.village().segment(street).geometry[0]
        caller = SimulatedCall(clock.moment, RequestKind.PLOW, "Snow", "here", place, street)
        with transaction(client.app.state.barfrub.engine) as tx:
            (call,) = ring(tx, [(caller, None)], clock.moment)
        numbers.append(call.id)
    return numbers


def perfect(client: TestClient, clock, street) -> None:
    """Take what rings at once, and save it on the caller's street within a minute."""
    (call,) = ring_up(client, clock, [street])
    clock.moment += 5 * SECOND
    assert client.post(f"/api/training/calls/{call}/take").status_code == 200
    clock.moment += 45 * SECOND
    save(client, call, street)


def careless(client: TestClient, clock, street) -> None:
    """Take every other call, late, and save it on a street where nobody called from."""
    call, _ = ring_up(client, clock, [street, street])
    clock.moment += 100 * SECOND
    client.post(f"/api/training/calls/{call}/take")
    clock.moment += 240 * SECOND
    save(client, call, v.MAIN_WEST)
    with transaction(client.app.state.barfrub.engine) as tx:
        hang_up_unanswered(tx, 1.0, clock.moment)


def save(client: TestClient, call: int, street) -> None:
    place = v.village().segment(street).geometry[0]
    where = {"lon": place.lon, "lat": place.lat, "segment_id": street}
    asked = where | {"text": "Snow", "kind": "plow", "channel": "phone", "call_id": call}
    saved = client.post("/requests", json=asked)
    assert saved.status_code == 201, saved.text


@pytest.mark.parametrize(("robot", "points"), [(perfect, "100 of 100"), (careless, "0 of 100")])
def test_robots_that_answer_the_phone_score_what_the_rules_say(led, clock, robot, points):
    be_signed_in(led, "operator")
    led.post("/api/training/seats", json={"role": "operator"})
    for street in CALLERS:
        robot(led, clock, street)
    told = page(led)
    assert f'<strong class="points">{points}</strong>' in told
    assert "/replay" not in told  # an operator may not open it


def test_a_real_city_has_no_debrief(client, sign_in):
    sign_in("supervisor")
    assert client.get("/training/debrief").status_code == 404
    assert client.post("/api/training/decisions").status_code == 404
    assert client.get("/training/debrief.pdf").status_code == 404
