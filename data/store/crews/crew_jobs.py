"""Crew jobs as rows, and the lists that are not published yet."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update

from data.model import (
    RequestId,
    StormId,
)
from data.model.crews import (
    CrewDraft,
    CrewId,
    CrewJob,
    CrewJobId,
    CrewJobState,
)
from data.store.database.engine import Tx
from data.store.database.records import first_record, get_record, only_record, records, row_of
from data.store.schema import crew_draft, crew_job, request


def add_crew_job(tx: Tx, new: CrewJob) -> CrewJob:
    """Add a job and return it with its id."""
    return only_record(
        CrewJob, tx.execute(insert(crew_job).values(row_of(new, crew_job)).returning(crew_job))
    )


def save_crew_job(tx: Tx, changed: CrewJob) -> None:
    """Write a job's present state over the old one."""
    tx.execute(
        update(crew_job).where(crew_job.c.id == changed.id).values(row_of(changed, crew_job))
    )


def get_crew_job(tx: Tx, job_id: CrewJobId) -> CrewJob:
    """Return the job."""
    return get_record(
        CrewJob, tx.execute(select(crew_job).where(crew_job.c.id == job_id)), "crew_job", job_id
    )


def list_crew_jobs(
    tx: Tx, storm_id: StormId, states: Collection[CrewJobState] | None = None
) -> list[CrewJob]:
    """Return the crew jobs of a storm by id; in some states where given."""
    query = select(crew_job).where(crew_job.c.storm_id == storm_id).order_by(crew_job.c.id)
    if states is not None:
        query = query.where(crew_job.c.state.in_(states))
    return records(CrewJob, tx.execute(query))


def list_crew_jobs_of_crew(tx: Tx, storm_id: StormId, crew_id: CrewId) -> list[CrewJob]:
    """Return a crew's list in a storm, in order."""
    query = select(crew_job).where(
        crew_job.c.storm_id == storm_id,
        crew_job.c.crew_id == crew_id,
        crew_job.c.state != CrewJobState.CANCELLED,
    )
    return records(CrewJob, tx.execute(query.order_by(crew_job.c.nth, crew_job.c.id)))


def find_crew_job_of_request(tx: Tx, request_id: RequestId) -> CrewJob | None:
    """Return the newest crew job that a request became."""
    query = select(crew_job).where(crew_job.c.request_id == request_id)
    return first_record(CrewJob, tx.execute(query.order_by(crew_job.c.id.desc())))


def save_crew_draft(tx: Tx, draft: CrewDraft) -> None:
    """Keep the lists of a storm's draft in place of those before."""
    drop_crew_draft(tx, draft.storm_id)
    lists = [[crew_id, list(jobs)] for crew_id, jobs in draft.lists.items()]
    values = {"lists": lists, "made_by": draft.made_by, "made_at": draft.made_at}
    tx.execute(insert(crew_draft).values(storm_id=draft.storm_id, **values))


def find_crew_draft(tx: Tx, storm_id: StormId) -> CrewDraft | None:
    """Return the draft of a storm, if there is one."""
    row = tx.execute(select(crew_draft).where(crew_draft.c.storm_id == storm_id)).first()
    if row is None:
        return None
    lists = {CrewId(crew): tuple(CrewJobId(one) for one in jobs) for crew, jobs in row.lists}
    return CrewDraft(storm_id, lists, row.made_by, row.made_at)


def drop_crew_draft(tx: Tx, storm_id: StormId) -> None:
    """Forget the draft of a storm."""
    tx.execute(delete(crew_draft).where(crew_draft.c.storm_id == storm_id))


def erase_crew_texts(tx: Tx, before: datetime) -> int:
    """Take the words away of jobs that were added before a moment, and pins of callers with them.

    Returns of how many jobs words were taken.

    A job of a request is where the request is: call it once the pins have been moved.
    """
    old = crew_job.c.added_at < before
    worded = or_(crew_job.c.words != "", crew_job.c.said != "")
    count = tx.execute(update(crew_job).where(old, worded).values(words="", said="")).rowcount
    asked = crew_job.c.request_id == request.c.id
    pin = {name: select(request.c[name]).where(asked).scalar_subquery() for name in ("lon", "lat")}
    elsewhere = or_(*(crew_job.c[name].is_distinct_from(at) for name, at in pin.items()))
    asked_for = crew_job.c.request_id.is_not(None)
    tx.execute(update(crew_job).where(old, asked_for, elsewhere).values(pin))
    return count
