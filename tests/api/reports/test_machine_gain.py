"""What one more machine would have brought: asked by a member of the council, answered, printed."""

import threading

import pytest

from api.processes.workers.plan_worker import solve_run
from api.processes.workers.run_lease import LEASE_S, real_now
from data.files.json_records import to_plain
from data.languages import languages
from data.model import RunKind, RunWish, StormId
from data.store.database.engine import transaction
from data.store.planning.plan_runs import add_run, answer_run, lease_run
from fleet.what_if.hindsight_gain import Hindsight
from tests import village as v
from tests.api.reports.test_council import end, start
from tests.api.reports.test_storm_report import HOUR, blocks_of, printed, rows_of
from tests.fleet.what_if.test_hindsight_gain import CLEAR

TYPE = v.a_vehicle(1).type


@pytest.fixture(autouse=True)
def _short_searches(monkeypatch):
    monkeypatch.setattr("fleet.what_if.hindsight.LEAST_S", 0.02)


@pytest.fixture
def ended(client, sign_in, clock):
    """A storm that has ended, and a member of the council who looks at it."""
    number = start(client, sign_in, clock)
    end(client, sign_in, clock, number, v.NOW + 6 * HOUR)
    sign_in("council")
    return number


def work(app, clock):
    with transaction(app.engine) as tx:
        run = lease_run(tx, real_now(), LEASE_S)
    assert run is not None
    solve_run(app.engine, v.village(), run, clock, threading.Event())


def ask(client, storm, machine_type=TYPE):
    return client.post(f"/api/council/machines/{storm}", json={"type": machine_type})


def seen(client, storm):
    (one,) = client.get(f"/api/council/machines?storm={storm}").json()["types"]
    return one


def test_a_member_asks_of_a_storm_that_is_over_and_gets_an_answer_with_ranges(
    client, app, clock, ended
):
    assert (seen(client, ended)["state"], seen(client, ended)["answer"]) == (None, None)
    asked = ask(client, ended)
    assert asked.status_code == 202
    assert asked.json()["types"][0]["state"] == "computing"

    work(app, clock)
    told = seen(client, ended)
    assert (told["state"], told["fault"], told["share"]) == ("done", "", 1.0)
    answer = told["answer"]
    assert answer["heads"][2].startswith("One more: ")
    names = [group["name"] for group in answer["groups"]]
    assert names[-2:] == ["All classes", "The added machine"]
    assert any("plans that were computed for this storm" in one for one in answer["basis"])
    assert "Truck" not in str(told)
    assert ask(client, ended).json()["types"][0]["state"] == "done"  # known: nothing is solved


def test_a_question_is_withdrawn_at_once(client, app, ended):
    run = ask(client, ended).json()["types"][0]["run_id"]
    stopped = client.post(f"/api/council/machines/{ended}/{run}/stop").json()["types"][0]
    assert (stopped["state"], stopped["answer"]) == ("failed", None)
    assert stopped["fault"].startswith("The question was taken back")
    assert client.post(f"/api/council/machines/{ended}/{run}/stop").status_code == 409
    assert client.post(f"/api/council/machines/99/{run}/stop").status_code == 404


def test_no_other_run_is_stopped_in_its_place(client, sign_in, clock):
    number = start(client, sign_in, clock)
    plan = client.post("/api/plans", json={}).json()["id"]
    sign_in("council")
    assert client.post(f"/api/council/machines/{number}/{plan}/stop").status_code == 404


def test_nobody_asks_about_a_storm_that_goes_on(client, sign_in, clock):
    number = start(client, sign_in, clock)
    sign_in("council")
    assert not client.get("/api/council/machines").json()["over"]
    refused = ask(client, number)
    assert refused.status_code == 409
    assert "ended" in refused.json()["error"]["message"]


def test_what_makes_no_sense_is_refused(client, ended):
    assert ask(client, ended, "snow_blower").status_code == 422
    assert ask(client, 99).status_code == 404
    assert client.get("/api/council/machines?storm=99").status_code == 404


def test_before_the_first_storm_there_is_nothing_to_ask(client, sign_in):
    sign_in("council")
    assert client.get("/api/council/machines").json() == {"storm": None, "over": False, "types": []}


def answered(app, storm, found):
    """Answer a question about a storm as a worker did."""
    with transaction(app.engine) as tx:
        wish = RunWish(60.0, RunKind.HINDSIGHT, {"type": found.machine_type})
        run = add_run(tx, StormId(storm), "leila", v.NOW, wish)
        held = lease_run(tx, real_now(), LEASE_S)
        assert held is not None
        assert held.id == run.id
        answer_run(tx, held, to_plain(Hindsight, found), "digest")


@pytest.mark.parametrize("language", languages())
def test_the_report_prints_the_sentences_and_figures_of_the_page(
    client, app, clock, ended, language
):
    answered(app, ended, CLEAR)
    page = client.get(f"/api/council/machines?lang={language}").json()["types"][0]["answer"]
    document = printed(app, clock, language)
    rows = rows_of(document)
    for group in page["groups"]:
        assert (group["name"],) in rows
        assert all(tuple(row) in rows for row in group["rows"])
    lines = [block["lines"] for block in blocks_of(document["blocks"]) if block["kind"] == "list"]
    assert page["sentences"] in lines
