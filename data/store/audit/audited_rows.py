"""Rows that the audit log is compared with: states, request texts, rights."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select

from data.model import JobState
from data.store.database.engine import Tx
from data.store.schema import crew_job, job, plan, request, user


class StateRow(NamedTuple):
    """A subject of the audit log and its state."""

    subject: str
    state: str


class RequestTextRow(NamedTuple):
    """A request, its text, and the salt of the text's digest."""

    subject: str
    text: str
    salt: bytes


class RightsRow(NamedTuple):
    """Somebody who signs in, in which roles, and whether shut out."""

    subject: str
    roles: tuple[str, ...]
    disabled: bool


def list_request_states(tx: Tx) -> Iterator[StateRow]:
    """Yield all requests with their states."""
    rows = tx.execute(select(request.c.id, request.c.state))
    return (StateRow(f"request:{row.id}", row.state) for row in rows)


def list_plan_states(tx: Tx) -> list[StateRow]:
    """Return all plans with their states."""
    rows = tx.execute(select(plan.c.id, plan.c.state))
    return [StateRow(f"plan:{row.id}", row.state) for row in rows]


def list_crew_job_states(tx: Tx) -> Iterator[StateRow]:
    """Yield all crew jobs with their states."""
    rows = tx.execute(select(crew_job.c.id, crew_job.c.state))
    return (StateRow(f"crew_job:{row.id}", row.state) for row in rows)


def list_done_jobs(tx: Tx) -> Iterator[str]:
    """Yield the subjects of all jobs that are done."""
    rows = tx.execute(select(job.c.id).where(job.c.state == JobState.DONE))
    return (f"job:{row.id}" for row in rows)


def list_request_texts(tx: Tx) -> Iterator[RequestTextRow]:
    """Yield the texts of requests that were not erased."""
    query = select(request.c.id, request.c.text, request.c.salt)
    rows = tx.execute(query.where(request.c.salt.is_not(None)))
    return (RequestTextRow(f"request:{row.id}", row.text, row.salt) for row in rows)


def list_rights(tx: Tx) -> Iterator[RightsRow]:
    """Yield all who sign in."""
    rows = tx.execute(select(user.c.id, user.c.roles, user.c.disabled))
    return (RightsRow(f"user:{row.id}", tuple(row.roles), row.disabled) for row in rows)
