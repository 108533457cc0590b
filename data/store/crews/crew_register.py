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
from data.store.database.records import first_record, get_record, only_record, records, row_of
from data.store.schema import crew, crew_shift


def add_crew(tx: Tx, new: Crew) -> Crew:
    """Add a crew and return it with its id."""
    return only_record(Crew, tx.execute(insert(crew).values(row_of(new, crew)).returning(crew)))


def save_crew(tx: Tx, changed: Crew) -> None:
    """Write a crew over the old one."""
    tx.execute(update(crew).where(crew.c.id == changed.id).values(row_of(changed, crew)))


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
    added = insert(crew_shift).values(row_of(new, crew_shift)).returning(crew_shift)
    return only_record(CrewShift, tx.execute(added))


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
