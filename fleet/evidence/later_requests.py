"""Requests that came after the work that their job was for, because its evidence was read late."""

from dataclasses import dataclass, replace
from datetime import datetime

from data.model import Actor, JobId, RequestState, ServiceRequest, Storm
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.requests.duplicates import list_duplicates, remove_duplicate
from data.store.requests.requests import save_request
from data.store.requests.sla_clocks import asked_since, let_clock_run
from fleet.context import CityContext
from fleet.requests.intake import subject_of
from fleet.requests.placing import open_work


@dataclass(frozen=True, slots=True)
class AskedLater:
    """A request made or made again `since` a moment after its job was done at `done_at`."""

    request: ServiceRequest
    since: datetime
    done_at: datetime


def asked_later(tx: Tx, asked: ServiceRequest, done_at: datetime) -> list[AskedLater]:
    """Return whoever asked after the work of a request was done: itself, else its duplicates.

    With a request that came too late, those merged into it wait on.
    """
    since = asked_since(tx, asked)
    if since > done_at:
        return [AskedLater(asked, since, done_at)]
    return [
        AskedLater(each, each.received_at, done_at)
        for each in list_duplicates(tx, asked.id)
        if each.received_at > done_at
    ]


def work_since(city: CityContext, actor: Actor, late: AskedLater, storm: Storm) -> JobId | None:
    """Give a request the work that it would have got, had the work before it been known.

    Returns its job: one that is open on its street, or another one from when it was made. A
    duplicate stands for itself again. `None` where it has to be placed first.
    """
    tx, asked = city.tx, late.request
    if asked.state is not RequestState.OPEN:
        remove_duplicate(tx, asked.id)
        let_clock_run(tx, asked.id)
    before = {"state": asked.state, "job": asked.job_id}
    after = {"done_at": late.done_at.isoformat()}
    add_event(tx, city.now, actor, "request.done_before", subject_of(asked), before, after)
    loose = replace(asked, state=RequestState.NEW, job_id=None, closed_for=None)
    if loose.snap is None or city.network.find(loose.snap.segment_id) is None:
        save_request(tx, loose)
        return None
    return open_work(city, actor, loose, storm, since=late.since).job_id
