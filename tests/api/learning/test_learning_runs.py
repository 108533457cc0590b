"""A proposal of durations that a supervisor asks for, and a worker makes."""

import re
import threading
from types import SimpleNamespace

import pytest

from api.processes.workers.plan_worker import solve_run
from api.processes.workers.run_context import RunContext
from api.processes.workers.run_lease import LEASE_S, real_now
from data.model import RunKind, RunState
from data.store.database.engine import reading, transaction
from data.store.learning.pace_proposals import find_newest_proposal
from data.store.planning.plan_runs import lease_run
from fleet.learning.learning_runs import find_learning_run
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.plowed_storm import plowed_storm
from tests.village_database import DISPATCHER, POLICY

PAGE = {"accept": "text/html"}


@pytest.fixture
def over(app):
    """A storm that is over and tells how long a street took."""
    with transaction(app.engine) as tx:
        return plowed_storm(tx)


@pytest.fixture
def supervisor(client, sign_in):
    sign_in("supervisor")
    return client


def shown(client):
    answer = client.get("/durations", headers=PAGE)
    return SimpleNamespace(
        text=re.sub("[\u2066-\u2069]", "", answer.text), refresh=answer.headers.get("refresh")
    )


def work(app, clock):
    """Let a worker take the next run that learns."""
    with transaction(app.engine) as tx:
        run = lease_run(tx, real_now(), LEASE_S, {RunKind.LEARN})
    solve_run(app.engine, v.village(), run, clock, threading.Event())


def test_a_supervisor_asks_and_a_worker_proposes(app, clock, supervisor, over):
    assert "First snow" in shown(supervisor).text
    asked = supervisor.post("/api/durations/learn", json={"storms": [over.id]})
    assert (asked.status_code, asked.json()["run_id"]) == (202, 1)
    waiting = shown(supervisor)
    assert "Waiting to be made" in waiting.text
    assert waiting.refresh == "3"
    again = supervisor.post("/api/durations/learn", json={"storms": [over.id]})
    assert again.status_code == 409
    work(app, clock)
    done = shown(supervisor)
    assert "Proposal 1" in done.text
    assert done.refresh is None
    with reading(app.engine) as tx:
        proposal = find_newest_proposal(tx)
    assert (proposal.made_by, proposal.storm_ids) == ("supervisor", (over.id,))


def test_what_is_stopped_proposes_nothing_and_says_so(app, supervisor, over):
    supervisor.post("/api/durations/learn", json={"storms": [over.id]})
    assert supervisor.post("/api/durations/learn/stop").json()["run_id"] == 0
    page = shown(supervisor)
    assert "Learning was stopped; nothing was proposed." in page.text
    assert page.refresh is None


def test_only_storms_that_are_over_teach(app, supervisor, over):
    with transaction(app.engine) as tx:
        storm = start_storm(tx, DISPATCHER, "Second snow", v.village(), POLICY, v.NOW)
    refused = supervisor.post("/api/durations/learn", json={"storms": [storm.id]})
    assert refused.status_code == 409
    assert supervisor.post("/api/durations/learn", json={"storms": [99]}).status_code == 404
    assert "Second snow" not in shown(supervisor).text.split('id="learn"')[1].split("</form>")[0]


def test_reading_makes_room_for_a_plan_and_begins_anew(app, clock, supervisor, over, monkeypatch):
    supervisor.post("/api/durations/learn", json={"storms": [over.id]})
    monkeypatch.setattr(RunContext, "hurried", lambda _: True)
    work(app, clock)
    with reading(app.engine) as tx:
        assert find_learning_run(tx).state is RunState.QUEUED
    monkeypatch.undo()
    work(app, clock)
    with reading(app.engine) as tx:
        assert find_learning_run(tx).state is RunState.DONE


def test_a_dispatcher_sees_the_proposal_and_asks_for_none(client, sign_in, over):
    sign_in("dispatcher")
    assert 'id="learn"' not in shown(client).text
