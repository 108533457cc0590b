"""Which photos show what crews did; the files lie in the city's photo folder."""

from collections.abc import Collection
from datetime import datetime
from itertools import batched

from sqlalchemy import delete, insert, select

from data.model.crews import CrewJobId
from data.store.database.engine import Tx
from data.store.requests.requests import AT_ONCE
from data.store.schema import crew_job, crew_job_photo


def add_crew_photo(tx: Tx, job_id: CrewJobId, name: str, now: datetime) -> None:
    """Say that a file shows how a job ended."""
    tx.execute(insert(crew_job_photo).values(name=name, job_id=job_id, added_at=now))


def remove_crew_photo(tx: Tx, name: str) -> None:
    """Say that no job needs a file any more."""
    tx.execute(delete(crew_job_photo).where(crew_job_photo.c.name == name))


def crew_photos(tx: Tx, job_ids: Collection[CrewJobId]) -> dict[CrewJobId, str]:
    """Return the file that shows how a job ended, by job; what showed an earlier end is left out.

    Jobs without any, or that are open again, are left out.
    """
    found: dict[CrewJobId, str] = {}
    for ids in batched(sorted(job_ids), AT_ONCE, strict=False):
        of_job = crew_job_photo.c.job_id == crew_job.c.id
        since = crew_job_photo.c.added_at >= crew_job.c.ended_at
        query = select(crew_job_photo).join(crew_job, of_job & since)
        query = query.where(crew_job.c.id.in_(ids)).order_by(crew_job_photo.c.added_at)
        found |= {CrewJobId(row.job_id): row.name for row in tx.execute(query)}
    return found
