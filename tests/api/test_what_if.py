import threading

import pytest

from api.processes.workers.plan_worker import solve_run
from api.processes.workers.run_lease import LEASE_S, real_now
from data.store.database.engine import transaction
from data.store.planning.plan_runs import lease_run
from tests import village as v

pytestmark = pytest.mark.usefixtures("storm")

TYPE = v.a_vehicle(1).type
ONE_FEWER = {"machines": {TYPE: -1}, "seconds": 1}


def work(client, clock) -> None:
    """Do what a worker does with the next run."""
    app = client.app.state.barfrub
    with transaction(app.engine) as tx:
        run = lease_run(tx, real_now(), LEASE_S)
    assert run is not None
    solve_run(app.engine, v.village(), run, clock, threading.Event())


def test_a_question_is_computing_until_a_worker_has_solved_both_fleets(dispatcher, clock):
    desk = dispatcher.get("/api/what-ifs").json()
    assert [(one["type"], one["in_service"]) for one in desk["types"]] == [(TYPE, 2)]
    asked = dispatcher.post("/api/what-ifs", json=ONE_FEWER)
    assert asked.status_code == 202
    assert (asked.json()["state"], asked.json()["words"]) == ("computing", "")
    assert dispatcher.get("/api/board").json()["runs"] == []

    work(dispatcher, clock)
    (told,) = dispatcher.get("/api/what-ifs").json()["asked"]
    assert (told["state"], told["without"]) == ("done", ["Truck 2"])
    assert told["words"].startswith("1 fewer: ")
    assert told["classes"][0]["found_at"] >= told["classes"][0]["base_at"]
    persian = dispatcher.get(f"/api/what-ifs/{told['id']}?lang=fa").json()
    assert persian["words"].startswith("۱ دستگاه کمتر: ")

    again = dispatcher.post("/api/what-ifs", json=ONE_FEWER).json()
    assert (again["id"], again["state"]) == (told["id"], "done")


def test_a_question_is_taken_back(dispatcher, clock):
    asked = dispatcher.post("/api/what-ifs", json=ONE_FEWER).json()
    assert dispatcher.post(f"/api/what-ifs/{asked['id']}/stop").status_code == 200
    work(dispatcher, clock)
    told = dispatcher.get(f"/api/what-ifs/{asked['id']}").json()
    assert (told["state"], told["fault"]) == ("failed", "conflict:what_if_stopped")


def test_a_plan_run_is_no_question(dispatcher):
    run = dispatcher.post("/api/plans", json={}).json()
    assert dispatcher.get(f"/api/what-ifs/{run['id']}").status_code == 404


@pytest.mark.parametrize(
    "machines", [{}, {"snow_blower": 1}, {TYPE: -3}, {TYPE: 99}, {TYPE: "many"}]
)
def test_a_question_that_makes_no_sense_names_the_field(dispatcher, machines):
    refused = dispatcher.post("/api/what-ifs", json={"machines": machines})
    assert refused.status_code == 422
    assert refused.json()["error"]["values"]["field"].startswith("machines")


def test_who_only_looks_asks_nothing(dispatcher, sign_in):
    sign_in("supervisor")
    assert dispatcher.get("/api/what-ifs").status_code == 200
    assert dispatcher.post("/api/what-ifs", json=ONE_FEWER).status_code == 403
