"""What 10,000 open requests cost where a plan is published and where promises are asked for."""

from collections.abc import Iterator
from datetime import timedelta
from time import process_time

from data.model import PlanId, RequestId, RequestKind, RequestState, ServiceRequest, Side, Snap
from data.store.database.engine import Tx, transaction
from data.store.planning.plans import add_plan
from data.store.requests.promises import list_promise_outcomes
from data.store.requests.requests import Caller, add_caller, add_request
from data.store.work import list_jobs
from fleet.planning.plan_lifecycle import publish
from fleet.requests.promises import REMEMBERED
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY, a_village_database, estimates
from tests.village_plan import a_leg, a_plan

OPEN = 10_000


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield processor times, in the drawn village with every caller wanting messages."""
    with transaction(a_village_database()) as tx:
        plan_id = _filled(tx)
        began_s = process_time()
        publish(tx, DISPATCHER, plan_id, estimates(), v.NOW)
        spent_s = process_time() - began_s
        yield f"publish a plan for {OPEN:,} open requests, CPU", f"{spent_s:.2f} s", "1 s"
        for what, at in (("none decided", v.NOW), ("all decided", v.NOW + timedelta(days=9))):
            began_s = process_time()
            list_promise_outcomes(tx, REMEMBERED, at)
            spent_ms = (process_time() - began_s) * 1000
            yield f"record of {OPEN:,} promises, {what}, CPU", f"{spent_ms:.0f} ms", "50 ms"


def _filled(tx: Tx) -> PlanId:
    storm = start_storm(tx, DISPATCHER, "bench", v.village(), POLICY, v.NOW)
    jobs = list_jobs(tx, storm.id)
    for number in range(1, OPEN + 1):
        job = jobs[number % len(jobs)]
        asked = ServiceRequest(
            id=RequestId(number),
            reference=f"B-{number:04d}",
            received_at=v.NOW,
            channel="phone",
            text="snow",
            kind=RequestKind.PLOW,
            state=RequestState.OPEN,
            snap=Snap(job.segment_id, Side.RIGHT, 1.0, 1.0),
            job_id=job.id,
        )
        add_request(tx, asked)
        add_caller(tx, asked.id, Caller("", f"0914{number:07d}", b"salt", consent=True))
    legs = (
        a_leg(
            segment_id=job.segment_id,
            starts_at=v.NOW + timedelta(minutes=9 * (place + 1)),
            job_ids=(job.id,),
        )
        for place, job in enumerate(jobs)
    )
    return add_plan(tx, a_plan(*legs)).id
