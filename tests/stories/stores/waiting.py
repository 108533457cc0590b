"""What tests of several servers of one city share: waiting, broken connections, a fix."""

from collections.abc import Callable
from threading import Event
from typing import Any

from data.model import DeviceId, LonLat, Position, VehicleId
from data.store.database.engine import Database, momentary
from tests.village import NOW

PAUSE_S, TRIES = 0.02, 1_500


def waited(answer: Callable[[], Any]) -> Any:
    """Return what is asked for as soon as there is anything."""
    pause = Event()
    for _ in range(TRIES):
        if found := answer():
            return found
        pause.wait(PAUSE_S)
    raise AssertionError("nothing came")


def end_connections(engine: Database, which: str) -> None:
    """End other connections to the city."""
    with momentary(engine) as tx:
        assert tx.exec_driver_sql(which).fetchall()


def a_fix() -> Position:
    return Position(DeviceId(1), VehicleId(1), "test", NOW, NOW, LonLat(45.07, 37.55), blade=True)
