"""Storms as rows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from data.errors import ConflictError, NotFoundError
from data.model import Storm, StormId, StormPhase
from data.store.database.engine import Tx
from data.store.database.records import first_record, get_record, only_record, records
from data.store.schema import storm

_ON = [phase for phase in StormPhase if phase.on]
_BEGAN = [*_ON, StormPhase.CLOSED]
_STORMS = (
    select(storm)
    .where(storm.c.phase.in_(_BEGAN))
    .order_by(storm.c.started_at.desc(), storm.c.id.desc())
)
_ACTIVE = select(storm).where(storm.c.phase.in_(_ON)).order_by(storm.c.id)
_COMING = [phase for phase in StormPhase if phase.coming]


def add_storm(
    tx: Tx,
    name: str,
    phase: StormPhase,
    started_at: datetime,
    opened_at: datetime | None = None,
) -> Storm:
    """Add a storm that starts, or is expected to start, at a time, and return it."""
    values = {"name": name, "phase": phase, "started_at": started_at, "snowfall": []}
    values["opened_at"] = opened_at or started_at
    return only_record(Storm, tx.execute(insert(storm).values(**values).returning(storm)))


def get_storm(tx: Tx, storm_id: StormId) -> Storm:
    """Return the storm."""
    return get_record(
        Storm, tx.execute(select(storm).where(storm.c.id == storm_id)), "storm", storm_id
    )


def find_active_storm(tx: Tx) -> Storm | None:
    """Return the storm that machines work on, active or in clean-up; there is one at most."""
    return first_record(Storm, tx.execute(_ACTIVE))


def find_storm_ended_since(tx: Tx, since: datetime) -> Storm | None:
    """Return the storm that ended last, if that was not before a moment."""
    query = select(storm).where(storm.c.ended_at >= since).order_by(storm.c.ended_at.desc())
    return first_record(Storm, tx.execute(query.limit(1)))


def list_storms(tx: Tx) -> list[Storm]:
    """Return the storms that have begun, the last one first; no two have a time in common."""
    return records(Storm, tx.execute(_STORMS))


def list_coming_storms(tx: Tx) -> list[Storm]:
    """Return the storms that are forecast or on alert, the next one first."""
    query = select(storm).where(storm.c.phase.in_(_COMING))
    return records(Storm, tx.execute(query.order_by(storm.c.started_at, storm.c.id)))


def list_all_storms(tx: Tx) -> list[Storm]:
    """Return every storm, also those that have not begun or never did, the last one first."""
    ordered = select(storm).order_by(storm.c.started_at.desc(), storm.c.id.desc())
    return records(Storm, tx.execute(ordered))


def begin_storm(tx: Tx, storm_id: StormId, started_at: datetime, policy_text: str) -> None:
    """Let a storm be active from now on, by a policy of its own."""
    change = update(storm).where(storm.c.id == storm_id)
    tx.execute(change.values(phase=StormPhase.ACTIVE, started_at=started_at, policy=policy_text))


def set_expected(tx: Tx, storm_id: StormId, expected_at: datetime) -> None:
    """Write when a storm that has not begun is expected."""
    change = update(storm).where(storm.c.id == storm_id, storm.c.phase.in_(_COMING))
    tx.execute(change.values(started_at=expected_at))


def set_phase(tx: Tx, storm_id: StormId, phase: StormPhase) -> None:
    """Write the phase of a storm; the caller checked the old one and writes the event."""
    tx.execute(update(storm).where(storm.c.id == storm_id).values(phase=phase))


def close_storm(tx: Tx, storm_id: StormId, phase: StormPhase, ended_at: datetime) -> None:
    """Write the end of a storm."""
    change = update(storm).where(storm.c.id == storm_id)
    tx.execute(change.values(phase=phase, ended_at=ended_at))


def set_quiet(tx: Tx, storm_id: StormId, quiet: Sequence[tuple[datetime, datetime | None]]) -> None:
    """Write the times of a storm in which it did not snow."""
    times = [[at.isoformat(), until and until.isoformat()] for at, until in quiet]
    tx.execute(update(storm).where(storm.c.id == storm_id).values(quiet=times))


def set_snowfall(tx: Tx, storm_id: StormId, snowfall: Sequence[tuple[datetime, float]]) -> None:
    """Write what the snowfall entries that hold come to, in order."""
    curve = [[at.isoformat(), fallen_mm] for at, fallen_mm in snowfall]
    tx.execute(update(storm).where(storm.c.id == storm_id).values(snowfall=curve))


def get_storm_policy_text(tx: Tx, storm_id: StormId) -> str:
    """Return the policy.toml that a storm started with or was given; empty for the city's."""
    text = tx.execute(select(storm.c.policy).where(storm.c.id == storm_id)).scalar()
    if text is None:
        raise NotFoundError("storm", storm_id)
    return str(text)


def set_storm_policy_text(tx: Tx, storm_id: StormId, text: str) -> None:
    """Replace the policy.toml of one storm; the caller has validated it."""
    tx.execute(update(storm).where(storm.c.id == storm_id).values(policy=text))


def open_storm(tx: Tx, storm_id: StormId) -> Storm:
    """Return a storm that may still be changed; raise `ConflictError` for one that is over."""
    storm = get_storm(tx, storm_id)
    if not (storm.phase.on or storm.phase.coming):
        raise ConflictError(
            f"storm {storm.name!r} is closed", reason="storm_ended", storm=storm.id, name=storm.name
        )
    return storm
