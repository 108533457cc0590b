"""Input of a plan, read in one transaction."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from data.errors import ConflictError
from data.model import (
    Depot,
    Job,
    JobState,
    PlanId,
    Present,
    ReloadSite,
    Shift,
    Storm,
    StormId,
    Vehicle,
)
from data.model.planning.paces import AS_ASSUMED, Pace, PaceProposalId
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.learning.pace_proposals import find_proposal_in_force_id
from data.store.planning.plans import find_published_plan_id
from data.store.setup.machines import list_depots, list_vehicles
from data.store.storms.storm_policies import get_storm_policy
from data.store.storms.storms import get_storm
from data.store.work import list_jobs
from data.streets.network import StreetNetwork
from fleet.context import CityContext
from fleet.learning.plan_pace import plan_pace
from fleet.planning.plan_options import shifts_in_service
from fleet.planning.storm_snapshot import present_of
from fleet.routes.published_plan import PublishedPlanCache
from fleet.routes.route_progress import PlanCheck
from fleet.shifts.order_preferences import preferred_orders
from fleet.storms.machines_in_service import sites_in_use
from fleet.streets.closed_streets import closed_streets
from fleet.streets.loaded_streets import require_present
from fleet.streets.machine_limits import way_limits


@dataclass(frozen=True, slots=True)
class Prepared:
    """Input of a plan, read in one transaction; `now` is when the plan begins.

    `parent_id` is the published plan's, `check` how it was driven until then, `pace` how long
    everything takes here, by the proposal `pace_id`; `None` where all is as written down.
    """

    storm: Storm
    network: StreetNetwork
    policy: Policy
    jobs: tuple[Job, ...]
    shifts: tuple[Shift, ...]
    vehicles: tuple[Vehicle, ...]
    depots: tuple[Depot, ...]
    reload_sites: tuple[ReloadSite, ...]
    parent_id: PlanId | None
    now: datetime
    present: Present = field(default_factory=Present)
    check: PlanCheck | None = None
    pace: Pace = AS_ASSUMED
    pace_id: PaceProposalId | None = None


def prepare(
    tx: Tx,
    storm_id: StormId,
    network: StreetNetwork,
    now: datetime,
    plans: PublishedPlanCache | None = None,
) -> Prepared:
    """Read the input of a storm's plan, with what is done and where trucks are.

    Only open jobs, shifts that are not over, and of jobs that are partly done what is left of them.
    Who asks again and again keeps its `plans`, so that not all evidence is read each time.
    """
    plain = outline(tx, storm_id, network, now)
    policy, jobs, shifts = plain.policy, plain.jobs, plain.shifts
    city = CityContext(tx, network, policy, now)
    check = (plans or PublishedPlanCache()).check(city, storm_id)
    return replace(
        plain,
        present=present_of(city, plain.storm, jobs, shifts, check),
        check=check,
        pace=plan_pace(city, plain.storm, shifts),
    )


def outline(tx: Tx, storm_id: StormId, network: StreetNetwork, now: datetime) -> Prepared:
    """Read the work, machines and places of a storm and which plan is driven, without its progress.

    That is enough to tell situations apart, and reads no evidence.
    """
    storm = get_active(tx, storm_id)
    require_present(tx, network)
    shifts = shifts_in_service(tx, storm_id, now)
    if not shifts:
        raise ConflictError(
            "no vehicle is in service: every shift is over", reason="no_shift", storm=storm_id
        )
    return Prepared(
        storm=storm,
        network=network,
        policy=get_storm_policy(tx, storm_id),
        jobs=tuple(list_jobs(tx, storm_id, JobState.OPEN)),
        shifts=tuple(shifts),
        vehicles=tuple(list_vehicles(tx)),
        depots=tuple(list_depots(tx)),
        reload_sites=tuple(sites_in_use(tx, storm_id)),
        parent_id=find_published_plan_id(tx, storm_id),
        now=now,
        present=Present(
            closed=closed_streets(tx, storm.id, now),
            limits=way_limits(tx, now),
            preferred=preferred_orders(tx),
        ),
        pace_id=find_proposal_in_force_id(tx),
    )


def get_active(tx: Tx, storm_id: StormId) -> Storm:
    """Return a storm that has not ended; raise `ConflictError` for one that has."""
    storm = get_storm(tx, storm_id)
    if storm.ended_at is not None:
        raise ConflictError(
            f"storm {storm.name!r} has ended", reason="storm_ended", storm=storm_id, name=storm.name
        )
    return storm
