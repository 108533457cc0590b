"""Crews and their shifts as rows."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from data.model import (
    StormId,
    UserId,
)
from data.model.crews import (
    Crew,
    CrewId,
    CrewShift,
    CrewShiftId,
)
from data.store.database.engine import Tx
from data.store.database.records import first_record, get_record, only_record, records
from data.store.schema import crew, crew_shift


def add_crew(tx: Tx, new: Crew) -> Crew:
    """Add a crew and return it with its id."""
    return only_record(Crew, tx.execute(insert(crew).values(**_values(new)).returning(crew)))


def save_crew(tx: Tx, changed: Crew) -> None:
    """Write a crew over the old one."""
    tx.execute(update(crew).where(crew.c.id == changed.id).values(**_values(changed)))


def get_crew(tx: Tx, crew_id: CrewId) -> Crew:
    """Return the crew."""
    return get_record(Crew, tx.execute(select(crew).where(crew.c.id == crew_id)), "crew", crew_id)


def find_crew_of_user(tx: Tx, user_id: UserId) -> Crew | None:
    """Return the crew that somebody signs in for."""
    return first_record(Crew, tx.execute(select(crew).where(crew.c.user_id == user_id)))


def find_crew_by_name(tx: Tx, name: str) -> Crew | None:
    """Return the crew of this name."""
    return first_record(Crew, tx.execute(select(crew).where(crew.c.name == name)))


def list_crews(tx: Tx) -> list[Crew]:
    """Return all crews by name, retired ones too."""
    return records(Crew, tx.execute(select(crew).order_by(crew.c.name)))


def add_crew_shift(tx: Tx, new: CrewShift) -> CrewShift:
    """Add a shift and return it with its id."""
    values = {
        "storm_id": new.storm_id,
        "crew_id": new.crew_id,
        "starts_at": new.starts_at,
        "ends_at": new.ends_at,
        "ended_at": new.ended_at,
    }
    return only_record(
        CrewShift, tx.execute(insert(crew_shift).values(**values).returning(crew_shift))
    )


def save_crew_shift(tx: Tx, changed: CrewShift) -> None:
    """Write the hours of a shift."""
    mine = update(crew_shift).where(crew_shift.c.id == changed.id)
    tx.execute(mine.values(ends_at=changed.ends_at, ended_at=changed.ended_at))


def get_crew_shift(tx: Tx, shift_id: CrewShiftId) -> CrewShift:
    """Return the shift."""
    return get_record(
        CrewShift,
        tx.execute(select(crew_shift).where(crew_shift.c.id == shift_id)),
        "crew_shift",
        shift_id,
    )


def list_crew_shifts(tx: Tx, storm_id: StormId) -> Sequence[CrewShift]:
    """Return the shifts of crews in a storm, the earliest first."""
    query = select(crew_shift).where(crew_shift.c.storm_id == storm_id)
    rows = tx.execute(query.order_by(crew_shift.c.starts_at, crew_shift.c.id))
    return records(CrewShift, rows)


def _values(one: Crew) -> dict[str, object]:
    return {
        "name": one.name,
        "size": one.size,
        "works": list(one.works),
        "lon": one.base.lon,
        "lat": one.base.lat,
        "base_name": one.base_name,
        "contact": one.contact,
        "language": one.language,
        "drives": one.drives,
        "shift_h": one.shift_h,
        "rate_h": one.rate_h,
        "user_id": one.user_id,
        "retired": one.retired,
    }
