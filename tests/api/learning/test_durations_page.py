"""The page of how long work really takes: who looks, who decides, and what it draws."""

import re
from dataclasses import replace

import pytest

from data.model import Actor, ActorKind, DirectedSegment, SegmentId, StormId, VehicleId
from data.model.planning.paces import (
    AssumedSpeeds,
    ConditionRatio,
    FillTime,
    KindRatio,
    LearnedPace,
    LearnedRatio,
    MachineHabit,
    Movement,
    MovementRatio,
    PaceProposal,
    PaceProposalId,
    StreetRatio,
    TurnTime,
)
from data.model.streets import RoadClass
from data.store.database.engine import transaction
from data.store.learning.pace_proposals import add_proposal
from fleet.shifts.machine_limits import UntakenWay, propose_untaken
from tests import village as v

PAGE = {"accept": "text/html"}
PLOW = Movement.PLOW
LEARNED = LearnedPace(
    movements=(MovementRatio(PLOW, LearnedRatio(0.2, 0.05, 40), 1.1, 0.05, 900.0),),
    kinds=(KindRatio(PLOW, "dump_truck", RoadClass.PRIMARY, LearnedRatio(0.2, 0.05, 40)),),
    streets=(
        StreetRatio(PLOW, v.MILL, LearnedRatio(0.5, 0.1, 12)),
        StreetRatio(PLOW, v.TULIP, LearnedRatio(0.1, 0.1, 2)),
        StreetRatio(PLOW, SegmentId(999), LearnedRatio(-0.6, 0.1, 9)),
    ),
    depths=(ConditionRatio(PLOW, 50.0, LearnedRatio(0.1, 0.02, 40)),),
    hours=(ConditionRatio(PLOW, 6.0, LearnedRatio(0.0, 0.02, 40)),),
    turns=(TurnTime("left", 8.0, 14.0, 33),),
    fills=(FillTime(v.a_reload_site().id, "Salt heap", 600.0, 900.0, 5),),
    habits=(MachineHabit("dump_truck", 0.021, 4, 0.05, 9000.0),),
    scatter_s=90.0,
)


@pytest.fixture
def proposal(app):
    """What one storm taught, proposed by the console."""
    new = PaceProposal(PaceProposalId(0), v.NOW, "console", (StormId(1),), LEARNED)
    with transaction(app.engine) as tx:
        return add_proposal(tx, new)


def shown(client):
    return client.get("/durations", headers=PAGE).text


def test_before_anything_was_learned_the_page_says_so(client, sign_in):
    sign_in("dispatcher")
    assert "Nothing was learned yet." in shown(client)
    assert "Plans assume what is written" in shown(client)


def test_a_dispatcher_looks_and_does_not_decide(client, sign_in, proposal):
    sign_in("dispatcher")
    page = shown(client)
    for said in (
        "Mill Street",
        "1.65",
        "1.34",
        "14 s",
        "8 s",
        "15 min",
        "Salt heap",
        "2.1 %",
        "9 km",
    ):
        assert said in page, said
    assert "± 12 min" in re.sub("[\u2066-\u2069]", "", page)  # in 4 h of them by the whole storm
    assert "Tulip" not in page  # two drives say nothing sure
    assert "a former street" in page
    assert "Somebody at the server" in page
    assert "data-path" not in page
    answer = client.post(f"/api/durations/{proposal.id}/use", json={"base": 0})
    assert answer.status_code == 403


def test_streets_that_differ_are_drawn_by_how_much(client, sign_in, proposal):
    sign_in("dispatcher")
    page = shown(client)
    drawn = {look: page.count(f'class="band {look}"') for look in ("much-slower", "much-quicker")}
    assert drawn == {"much-slower": 2, "much-quicker": 1}  # one is the key; that street is gone


def test_a_supervisor_puts_it_in_force_and_undoes_it(client, sign_in, proposal):
    sign_in("supervisor")
    used = client.post(f"/api/durations/{proposal.id}/use", json={"base": 0}).json()
    assert used["proposal"] == proposal.id
    page = shown(client)
    assert f"Plans use proposal {proposal.id}" in page
    assert re.findall(r"/api/durations/(\d+)/use", page) == ["0"]  # only back to the fleet file
    again = client.post(f"/api/durations/{proposal.id}/use", json={"base": 0})
    assert again.status_code == 409
    undone = client.post("/api/durations/undo", json={"change": used["change"]}).json()
    assert undone["proposal"] == 0
    page = shown(client)
    assert "Plans assume what is written" in page
    assert re.findall(r"/api/durations/(\d+)/use", page) == [str(proposal.id)]
    base = undone["change"]
    used = client.post(f"/api/durations/{proposal.id}/use", json={"base": base}).json()
    written = client.post("/api/durations/0/use", json={"base": used["change"]}).json()
    assert written["proposal"] == 0
    assert "Plans assume what is written" in shown(client)


def test_what_the_fleet_file_says_otherwise_since_is_named(app, client, sign_in):
    speeds = (AssumedSpeeds(PLOW, "dump_truck", (1.0,)),)
    heap = LEARNED.fills[0]._replace(assumed_s=1.0)
    old = replace(LEARNED, speeds=speeds, fills=(heap,))
    new = PaceProposal(PaceProposalId(0), v.NOW, "console", (StormId(1),), old)
    with transaction(app.engine) as tx:
        proposal = add_proposal(tx, new)
    sign_in("supervisor")
    said = "from it alone: Plowing · Dump truck with plow, Salt heap."
    assert said in re.sub("[\u2066-\u2069]", "", shown(client))
    client.post(f"/api/durations/{proposal.id}/use", json={"base": 0})
    page = re.sub("[\u2066-\u2069]", "", shown(client))
    assert page.count(said) == 1
    (row,) = re.findall(r"Plowing · Dump truck with plow · .*?</tr>", page, re.DOTALL)
    assert "1.34" in row
    assert "1.00" in row  # in plans now


def test_what_is_never_driven_waits_for_a_decision_beside(app, client, sign_in, storm):
    way, came = DirectedSegment(v.MILL, True), DirectedSegment(v.MAIN_WEST, True)
    never = UntakenWay("dump_truck", way, came, 12, 3, VehicleId(1))
    console = Actor(ActorKind.SYSTEM, "console")
    with transaction(app.engine) as tx:
        (limit,) = propose_untaken(tx, console, StormId(storm["id"]), [never], v.NOW)
    sign_in("dispatcher")
    assert "waiting for a decision: 1." in re.sub("[\u2066-\u2069]", "", shown(client))
    page = re.sub("[\u2066-\u2069]", "", client.get("/machine-limits", headers=PAGE).text)
    assert "Turn never taken by: Dump truck with plow" in page
    assert "routes led there 12 times, 3 drivers, never taken" in page
    path = f"/api/machine-limits/{limit.id}"
    accepted = client.post(f"{path}/accept", json={"types": ["dump_truck"], "note": ""}).json()
    assert (accepted["state"], accepted["report_id"]) == ("accepted", None)
    assert "waiting for a decision" not in shown(client)
    assert client.post(f"{path}/take-back").status_code == 200
