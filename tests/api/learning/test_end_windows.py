"""Ends of routes as windows: where plans, route sheets and drivers' phones tell them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data.model import Actor, ActorKind, PlanState, StormId
from data.model.planning.paces import PaceProposal, PaceProposalId
from data.store.database.engine import transaction
from data.store.learning.pace_proposals import add_proposal
from data.store.planning.plans import add_plan
from data.store.schema import shift as shift_table
from fleet.learning.pace_proposals import put_in_force
from maps.pages.i18n import translator
from maps.routes.route_sheet import SheetRoute, sheet_of
from maps.routes.route_steps import Surroundings
from routing.problem.finish_odds import FinishOdds
from tests import village as v
from tests.api.learning.test_durations_page import LEARNED
from tests.maps.plans import a_plan

CONSOLE = Actor(ActorKind.SYSTEM, "console")


def put(app, learned):
    new = PaceProposal(PaceProposalId(0), v.NOW, "console", (StormId(1),), learned)
    with transaction(app.engine) as tx:
        put_in_force(tx, CONSOLE, add_proposal(tx, new).id, 0, v.NOW)


@pytest.fixture
def plan(app, storm):
    with transaction(app.engine) as tx:
        tx.execute(shift_table.update().where(shift_table.c.id == 1).values(driver_id=4))
        return add_plan(tx, a_plan(state=PlanState.PUBLISHED, unserved=()))


def test_a_plan_and_its_driver_are_told_a_window_of_the_end(app, client, sign_in, plan):
    put(app, LEARNED)
    (route, *_) = client.get(f"/api/plans/{plan.id}").json()["routes"]
    earliest, ends, latest = (
        datetime.fromisoformat(at)
        for at in (route["end"]["earliest_at"], route["ends_at"], route["end"]["latest_at"])
    )
    assert earliest < ends < latest
    assert route["end"]["kept_pct"] == 80.0
    sign_in("driver")
    told = client.get("/api/drive").json()["end"]
    assert told["earliest_at"] < told["latest_at"]


def test_while_a_truck_is_driving_its_expected_end_is_a_window(app, client, plan):
    app.alert_task.run()
    (before, *_) = client.get("/api/route-checks").json()
    assert before["end"] is None
    put(app, replace(LEARNED, scatter_s=900.0))
    app.alert_task.run()
    (check, *_), (lane, *_) = (
        client.get("/api/route-checks").json(),
        client.get("/api/board/done").json()["lanes"],
    )
    earliest, ends, latest = (
        datetime.fromisoformat(at)
        for at in (check["end"]["earliest_at"], check["ends_at"], check["end"]["latest_at"])
    )
    assert earliest < ends < latest
    assert lane["end"] == check["end"]
    t = translator("en", "Asia/Tehran")
    page = client.get("/routes").text
    assert t.times(earliest, latest) in page
    assert "80 % of routes are over by the later time" in page


def test_proposals_that_do_not_say_how_sure_ends_are_make_no_window(app, client, plan):
    put(app, replace(LEARNED, scatter_s=None))
    (route, *_) = client.get(f"/api/plans/{plan.id}").json()["routes"]
    assert route["end"] is None


def test_a_sheet_has_the_window_behind_the_end():
    route, t = a_plan(state=PlanState.DRAFT).routes[0], translator("en", "Asia/Tehran")
    around = Surroundings(v.village(), [v.a_reload_site()], "Yard")
    odds = FinishOdds(storm_sd=0.1, own_s=900.0, kept=0.9)
    trip = SheetRoute(route, v.a_vehicle(1), v.a_shift(1), "sara", around, {}, odds)
    lasts = route.legs[-1].ends_at - route.legs[0].starts_at
    off = timedelta(seconds=odds.off_s(lasts.total_seconds()))
    ends_at = route.legs[-1].ends_at
    (said,) = (fact.value for fact in sheet_of(trip, t).facts if fact.name == "Ends")
    for at in (ends_at - off, ends_at, ends_at + off):
        assert t.time(at) in said
