from pathlib import Path

import pytest

from api.simulation import simulated_storm
from data.model import CostBreakdown, Plan, PlanId, PlanState, Route, StormId
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from data.store.planning.plans import add_plan, find_published_plan_id, set_plan_state
from data.store.shifts.shifts import add_shifts
from data.store.storms.storms import add_storm
from tests import village as v
from tests.fleet.simulation.test_simulated_trucks import a_route


@pytest.fixture(autouse=True)
def _always_asked_for_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_storm, "ALIGN_S", -1.0)


@pytest.fixture
def planned_city(city_folder: Path) -> Path:
    """Return the village's folder, with a storm and a published plan."""
    engine = database_of(city_folder)
    with transaction(engine) as tx:
        storm = add_storm(tx, "First snow", "active", v.NOW)
        add_shifts(tx, [v.a_shift()])
    publish_a_plan(city_folder)
    assert storm.id == StormId(1)
    engine.dispose()
    return city_folder


def publish_a_plan(folder: Path, routes: tuple[Route, ...] = (a_route(),)) -> PlanId:
    """Publish the round through the village, in place of an older plan."""
    plan = Plan(
        id=PlanId(0),
        storm_id=StormId(1),
        parent_id=None,
        revision=1,
        made_at=v.NOW,
        network_version=v.village().version,
        routes=routes,
        unserved=(),
        cost=CostBreakdown(0, 0, 0, 0, 0),
        bound=0.0,
        solver="hand",
        seed=1,
        state=PlanState.DRAFT,
    )
    engine = database_of(folder)
    with transaction(engine) as tx:
        older = find_published_plan_id(tx, StormId(1))
        if older is not None:
            set_plan_state(tx, older, PlanState.SUPERSEDED)
        added = add_plan(tx, plan)
        set_plan_state(tx, added.id, PlanState.PUBLISHED)
    engine.dispose()
    return added.id
