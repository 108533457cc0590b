"""Who plays what in a rehearsal, as rows."""

from sqlalchemy import delete, insert, select, update

from data.model import Role, UserId, VehicleId
from data.model.training.live_training import TrainingSeat
from data.store.database.engine import Tx
from data.store.database.records import first_record, records, row_of
from data.store.schema import training_seat


def list_seats(tx: Tx) -> list[TrainingSeat]:
    """Return the seats that are taken, the first taken first."""
    query = select(training_seat).order_by(training_seat.c.taken_at, training_seat.c.user_id)
    return records(TrainingSeat, tx.execute(query))


def find_seat(tx: Tx, user_id: UserId, role: Role) -> TrainingSeat | None:
    """Return somebody's seat in a role."""
    mine = (training_seat.c.user_id == user_id) & (training_seat.c.role == role)
    return first_record(TrainingSeat, tx.execute(select(training_seat).where(mine)))


def find_seat_in(tx: Tx, vehicle_id: VehicleId) -> TrainingSeat | None:
    """Return the seat of the driver of a vehicle."""
    query = select(training_seat).where(training_seat.c.vehicle_id == vehicle_id)
    return first_record(TrainingSeat, tx.execute(query))


def add_seat(tx: Tx, new: TrainingSeat) -> None:
    """Add a seat; the caller writes the event."""
    tx.execute(insert(training_seat).values(row_of(new, training_seat)))


def remove_seat(tx: Tx, user_id: UserId, role: Role) -> None:
    """Remove somebody's seat in a role; the caller writes the event."""
    mine = (training_seat.c.user_id == user_id) & (training_seat.c.role == role)
    tx.execute(delete(training_seat).where(mine))


def set_controls(tx: Tx, vehicle_id: VehicleId, *, going: bool, blade: bool) -> None:
    """Set what a driver does with his simulated truck."""
    change = update(training_seat).where(training_seat.c.vehicle_id == vehicle_id)
    tx.execute(change.values(going=going, blade=blade))
