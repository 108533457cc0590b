"""A city with the fleet of Urmia and a plan drawn by hand, for benchmarks that drive it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from data.model import Actor, CostBreakdown, Plan, PlanId, PlanState, Route, Storm
from data.setup.fleet_file import URMIA_FLEET
from data.store.audit.audit_log import add_event
from data.store.database.city_database import database_of
from data.store.database.engine import Database, Tx, transaction
from data.store.planning.plans import add_plan, set_plan_state
from data.store.streets.network import load_network
from data.streets.network import StreetNetwork
from fleet.setup.city_setup import NewCity, add_city, set_fleet


def city_with_fleet(
    folder: Path, file: Path, now: datetime, actor: Actor, timezone: str
) -> Database:
    """Make a city of a file's streets in a folder and return its database."""
    add_city(folder, NewCity(folder.name, file, timezone=timezone), now, actor)
    engine = database_of(folder)
    with transaction(engine) as tx:
        set_fleet(tx, actor, URMIA_FLEET, load_network(tx), now)
    return engine


def published(
    tx: Tx,
    actor: Actor,
    storm: Storm,
    network: StreetNetwork,
    routes: Sequence[Route],
    made_at: datetime,
) -> PlanId:
    """Store routes as a storm's published plan."""
    plan = Plan(
        id=PlanId(0),
        storm_id=storm.id,
        parent_id=None,
        revision=0,
        made_at=made_at,
        network_version=network.version,
        routes=tuple(routes),
        unserved=(),
        cost=CostBreakdown(0.0, 0.0, 0.0, 0.0, 0.0),
        bound=0.0,
        solver="by hand",
        seed=1,
        state=PlanState.DRAFT,
    )
    made = add_plan(tx, plan)
    set_plan_state(tx, made.id, PlanState.PUBLISHED)
    add_event(tx, made_at, actor, "plan.published", f"plan:{made.id}")
    return made.id
